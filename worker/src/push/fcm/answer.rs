//! What Firebase answers. Its code stands in the details of the error, else in its status, else only in the status of the
//! response, where something in between answered. Pure.

use crate::reply::pause;
use chrono::{DateTime, TimeDelta, Utc};
use platform::outbound::Reply;
use serde_json::Value;

/// The pause after which a quota may be free again, if the answer names none.
const QUOTA_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// The same after an internal failure: Firebase asks for at least ten seconds.
const INTERNAL_PAUSE: TimeDelta = TimeDelta::seconds(10);

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The message was accepted.
    Accepted,
    /// The app is no longer registered.
    Gone,
    /// The message will never be accepted.
    Unfit(String),
    /// Our access token is not accepted.
    OurToken(String),
    /// Our configuration is wrong.
    Refused(String),
    /// Too many messages.
    SlowDown(String, Option<TimeDelta>),
    /// It is down.
    Down(String, Option<TimeDelta>),
    /// It is no answer of Firebase: nobody knows whether the message was accepted.
    Senseless(String),
}

/// Reads an answer.
pub fn read(reply: &Reply, now: DateTime<Utc>) -> Answer {
    let asked = reply
        .header("retry-after")
        .and_then(|text| pause(text, now));
    judged(reply.status.as_u16(), &reply.body, asked)
}

fn judged(status: u16, body: &[u8], asked: Option<TimeDelta>) -> Answer {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = body.get("error");
    if (200..=299).contains(&status) {
        let is_named = body.get("name").is_some_and(Value::is_string);
        return if is_named && error.is_none() {
            Answer::Accepted
        } else {
            Answer::Senseless(format!(
                "Firebase answered {status} without the name of a message"
            ))
        };
    }
    let code = error.and_then(code).unwrap_or_default();
    let because = if code.is_empty() {
        format!("Firebase answered {status}")
    } else {
        format!("Firebase answered {status} {code}")
    };
    match (code, status) {
        // A bare 404 is that of a wrong project or address: it says nothing of the app.
        ("UNREGISTERED", _) => Answer::Gone,
        // Of one app it says that the app is of another project; with a wrong key file, of all of them.
        ("SENDER_ID_MISMATCH", _) => Answer::Refused(because),
        ("INVALID_ARGUMENT", _) if error.is_some_and(is_about_the_token) => Answer::Gone,
        ("INVALID_ARGUMENT", _) | (_, 413) => Answer::Unfit(because),
        // The key for Apple's service is wrong: our token is not.
        ("THIRD_PARTY_AUTH_ERROR", _) => Answer::Refused(because),
        ("QUOTA_EXCEEDED" | "RESOURCE_EXHAUSTED", _) | (_, 429) => {
            Answer::SlowDown(because, Some(asked.unwrap_or(QUOTA_PAUSE)))
        }
        (_, 401) => Answer::OurToken(because),
        ("INTERNAL", _) | (_, 500) => Answer::Down(because, asked.or(Some(INTERNAL_PAUSE))),
        (_, 501..=599) => Answer::Down(because, asked),
        (_, 300..=399) => Answer::Senseless(because),
        _ => Answer::Refused(because),
    }
}

/// The code of an error: that of Firebase, else the general one.
fn code(error: &Value) -> Option<&str> {
    let details = error.get("details").and_then(Value::as_array);
    let mut details = details.into_iter().flatten();
    let of_firebase = details.find_map(|detail| detail.get("errorCode")?.as_str());
    let code = of_firebase.or_else(|| error.get("status")?.as_str())?;
    let is_word = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    (code.len() <= 40 && code.bytes().all(is_word)).then_some(code)
}

/// Whether an invalid argument is the token of the app: "too large" has the same code.
fn is_about_the_token(error: &Value) -> bool {
    let details = error.get("details").and_then(Value::as_array);
    let mut details = details.into_iter().flatten();
    details.any(|detail| {
        let violations = detail.get("fieldViolations").and_then(Value::as_array);
        let mut violations = violations.into_iter().flatten();
        violations.any(|violation| {
            violation
                .get("field")
                .is_some_and(|field| field == "message.token")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn error(status: u16, general: &str, of_firebase: Option<&str>) -> Answer {
        let details: Vec<_> = of_firebase
            .iter()
            .map(|code| {
                json!({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code})
            })
            .collect();
        let error = json!({"code": status, "message": "…", "status": general, "details": details});
        judged(status, json!({"error": error}).to_string().as_bytes(), None)
    }

    #[test]
    fn only_an_unregistered_token_is_deleted() {
        assert_eq!(error(404, "NOT_FOUND", Some("UNREGISTERED")), Answer::Gone);
        for (status, general, of_firebase) in [
            (403, "PERMISSION_DENIED", Some("SENDER_ID_MISMATCH")),
            (404, "NOT_FOUND", None),
            (403, "PERMISSION_DENIED", None),
            (401, "UNAUTHENTICATED", Some("THIRD_PARTY_AUTH_ERROR")),
            (401, "UNAUTHENTICATED", None),
            (400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT")),
        ] {
            let answer = error(status, general, of_firebase);
            assert_ne!(answer, Answer::Gone, "{status} {of_firebase:?}: {answer:?}");
        }
    }

    #[test]
    fn an_invalid_argument_deletes_the_token_only_if_it_names_it() {
        let named = |field: &str| {
            let body = json!({"error": {"status": "INVALID_ARGUMENT", "details": [
                {"fieldViolations": [{"field": field, "description": "…"}]},
            ]}});
            judged(400, body.to_string().as_bytes(), None)
        };
        assert_eq!(named("message.token"), Answer::Gone);
        assert!(matches!(named("message.data"), Answer::Unfit(_)));
    }

    #[test]
    fn what_is_no_answer_of_firebase_is_no_success() {
        for lie in [
            "",
            "<!doctype html>",
            "{}",
            "{\"name\": \"projects/a/messages/1\", \"error\": {}}",
            "{\"nam",
        ] {
            let answer = judged(200, lie.as_bytes(), None);
            assert!(matches!(answer, Answer::Senseless(_)), "{lie}: {answer:?}");
        }
        let accepted = judged(200, b"{\"name\": \"projects/a/messages/1\"}", None);
        assert_eq!(accepted, Answer::Accepted);
        assert!(matches!(judged(502, b"<html>", None), Answer::Down(..)));
        assert!(matches!(judged(302, b"", None), Answer::Senseless(_)));
    }

    #[test]
    fn a_quota_waits_for_a_minute_or_for_what_is_asked() {
        let minute = Some(TimeDelta::minutes(1));
        let answer = error(429, "RESOURCE_EXHAUSTED", Some("QUOTA_EXCEEDED"));
        assert!(matches!(answer, Answer::SlowDown(_, pause) if pause == minute));
        let asked = Some(TimeDelta::seconds(7));
        assert!(matches!(judged(429, b"", asked), Answer::SlowDown(_, pause) if pause == asked));
        assert!(matches!(judged(503, b"", asked), Answer::Down(_, pause) if pause == asked));
    }

    #[test]
    fn a_token_of_ours_that_is_refused_is_told_from_the_key_for_apple() {
        assert!(matches!(
            error(401, "UNAUTHENTICATED", None),
            Answer::OurToken(_)
        ));
        let apple = error(401, "UNAUTHENTICATED", Some("THIRD_PARTY_AUTH_ERROR"));
        assert!(matches!(apple, Answer::Refused(_)));
    }
}
