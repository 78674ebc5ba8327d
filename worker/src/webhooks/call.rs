//! One call to an endpoint: the signed request, and what the response means. The receiver is told nothing but the body,
//! and what it says back is kept for admins only.

use crate::reply::{is_page, pause};
use actions::webhooks::{AttemptReport, Outgoing};
use chrono::{DateTime, Utc};
use domain::webhooks::DeliveryFailure;
use platform::{
    error_chain::Chain,
    outbound::{CallError, Outbound, Reply},
};
use std::time::Instant;

/// The most bytes of a response that are kept.
const KEPT: usize = 1_024;

/// Makes one attempt. Never fails: a failure is a report like any other.
pub(crate) async fn call(
    outbound: &Outbound,
    outgoing: &Outgoing,
    now: DateTime<Utc>,
) -> AttemptReport {
    let started = Instant::now();
    let called = post(outbound, outgoing, now).await;
    let duration = i32::try_from(started.elapsed().as_millis()).unwrap_or(i32::MAX);
    match called {
        Ok(reply) => judged(&reply, now, duration),
        Err(error) => {
            tracing::info!(
                delivery.id = %outgoing.id,
                error = %Chain(&error),
                "an endpoint could not be called"
            );
            let failure = failure(&error);
            // The time would tell a closed port from one that a firewall hides.
            let is_told = failure != DeliveryFailure::Refused;
            AttemptReport {
                at: now,
                failure: Some(failure),
                status_code: None,
                duration_ms: is_told.then_some(duration),
                answer: None,
                retry_after: None,
            }
        }
    }
}

/// Posts the body with its signatures. They are made for this attempt: those of an earlier one would look like a
/// replay.
async fn post(
    outbound: &Outbound,
    outgoing: &Outgoing,
    now: DateTime<Utc>,
) -> Result<Reply, CallError> {
    // Checked when it was written; what is allowed may have changed since.
    let to = outbound.destination(&outgoing.url)?;
    let (id, timestamp) = (outgoing.id.to_string(), now.timestamp());
    let signatures: Vec<_> = outgoing
        .secrets
        .iter()
        .map(|secret| secret.sign(&id, timestamp, &outgoing.body))
        .collect();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signatures.join(" ")),
    ];
    outbound.post(&to, &headers, outgoing.body.clone()).await
}

const fn failure(error: &CallError) -> DeliveryFailure {
    match error {
        CallError::Unfit(_) | CallError::Refused(_) => DeliveryFailure::Refused,
        CallError::Tls(_) => DeliveryFailure::Tls,
        CallError::TimedOut => DeliveryFailure::TimedOut,
        CallError::BrokeOff(_) => DeliveryFailure::BrokeOff,
    }
}

/// What a complete response means.
fn judged(reply: &Reply, now: DateTime<Utc>, duration: i32) -> AttemptReport {
    let failure = match reply.status.as_u16() {
        200..=299 if is_page(&reply.body) => Some(DeliveryFailure::Page),
        200..=299 => None,
        300..=399 => Some(DeliveryFailure::Redirected),
        410 => Some(DeliveryFailure::Gone),
        _ => Some(DeliveryFailure::Status),
    };
    AttemptReport {
        at: now,
        failure,
        status_code: i16::try_from(reply.status.as_u16()).ok(),
        duration_ms: Some(duration),
        answer: Some(beginning(&reply.body)),
        retry_after: reply
            .header("retry-after")
            .filter(|_| matches!(reply.status.as_u16(), 429 | 502 | 503 | 504))
            .and_then(|text| pause(text, now)),
    }
}

/// The beginning of a body as text that can be stored.
fn beginning(body: &[u8]) -> String {
    let kept = body.get(..KEPT).unwrap_or(body);
    String::from_utf8_lossy(kept).replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_response_a_kilobyte_is_kept_as_text() {
        let answer = [vec![b'a'; 1_023], "é".into(), vec![0; 10]].concat();
        let kept = beginning(&answer);
        assert_eq!(kept.chars().count(), 1_024);
        assert_eq!(beginning(b"a\0b"), "a\u{fffd}b");
    }
}
