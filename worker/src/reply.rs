//! What the responses of other systems have in common, whatever was asked of them. Pure.

use chrono::{DateTime, TimeDelta, Utc};

/// Whether a body is a whole web page. A receiver that says `ok` with the type of a page, as some frameworks do, is
/// believed; a page is the login or the advertisement of somebody who knows nothing of the request.
pub fn is_page(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = text.trim_ascii_start();
    [&b"<!doctype html"[..], b"<html"].iter().any(|begin| {
        text.get(..begin.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(begin))
    })
}

/// The pause of a `Retry-After` (RFC 9110, section 10.2.3): seconds, or an instant.
pub fn pause(text: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
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
}
