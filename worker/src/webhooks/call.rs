//! One call to an endpoint: the signed request, and what the response means. The receiver is told nothing but the body,
//! and what it says back is kept for admins only.

use actions::webhooks::{AttemptReport, Outgoing};
use chrono::{DateTime, TimeDelta, Utc};
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

/// Whether a body is a whole web page. A receiver that says `ok` with the type of a page, as some frameworks do, is
/// believed; a page is the login or the advertisement of somebody who knows nothing of webhooks.
fn is_page(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = text.trim_ascii_start();
    [&b"<!doctype html"[..], b"<html"].iter().any(|begin| {
        text.get(..begin.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(begin))
    })
}

/// The beginning of a body as text that can be stored.
fn beginning(body: &[u8]) -> String {
    let kept = body.get(..KEPT).unwrap_or(body);
    String::from_utf8_lossy(kept).replace('\0', "\u{fffd}")
}

/// The pause of a `Retry-After` (RFC 9110, section 10.2.3): seconds, or an instant.
fn pause(text: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    if let Ok(seconds) = text.trim().parse::<u32>() {
        return Some(TimeDelta::seconds(seconds.into()));
    }
    let until = DateTime::parse_from_rfc2822(text.trim()).ok()?;
    Some((until.to_utc() - now).max(TimeDelta::zero()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_page_is_recognised_by_its_beginning_and_a_short_answer_is_none() {
        for page in [
            "<!DOCTYPE html><html>…",
            "\n  <html lang=\"en\">",
            "\u{feff}<!doctype HTML>",
        ] {
            assert!(is_page(page.as_bytes()), "{page}");
        }
        for answer in [
            "",
            "ok",
            "{\"error\": \"no\"}",
            "<p>thanks</p>",
            "<!doctype",
        ] {
            assert!(!is_page(answer.as_bytes()), "{answer}");
        }
    }

    #[test]
    fn a_pause_is_read_as_seconds_or_as_an_instant() {
        let now = DateTime::parse_from_rfc3339("2026-02-03T04:05:06Z")
            .unwrap()
            .to_utc();
        assert_eq!(pause("120", now), Some(TimeDelta::seconds(120)));
        let later = "Tue, 03 Feb 2026 04:06:06 GMT";
        assert_eq!(pause(later, now), Some(TimeDelta::seconds(60)));
        let past = "Tue, 03 Feb 2026 04:00:00 GMT";
        assert_eq!(pause(past, now), Some(TimeDelta::zero()));
        for bad in ["", "soon", "-1", "99999999999999"] {
            assert_eq!(pause(bad, now), None, "{bad}");
        }
    }

    #[test]
    fn of_a_response_a_kilobyte_is_kept_as_text() {
        let answer = [vec![b'a'; 1_023], "é".into(), vec![0; 10]].concat();
        let kept = beginning(&answer);
        assert_eq!(kept.chars().count(), 1_024);
        assert_eq!(beginning(b"a\0b"), "a\u{fffd}b");
    }
}
