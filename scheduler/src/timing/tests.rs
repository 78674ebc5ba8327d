//! Intervals and cron expressions, over minutes and years.

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn an_interval_that_divides_no_minute_keeps_its_step_across_the_hour() {
    let timing = Timing::every(Duration::from_secs(7));
    let first = timing.after(at("2025-10-01T08:59:55Z")).unwrap();
    let second = timing.after(first).unwrap();
    assert_eq!((second - first).num_seconds(), 7);
    assert_eq!(first.timestamp() % 7, 0);
}

#[test]
fn cron_expressions_have_seconds_and_are_in_utc() {
    let timing: Timing = "0 */5 * * * *".parse().unwrap();
    let next = timing.after(at("2025-10-01T08:31:00.250Z"));
    assert_eq!(next, Some(at("2025-10-01T08:35:00Z")));
}

#[test]
fn the_next_instant_is_later_than_the_one_asked_about() {
    for text in ["*/2 * * * * *", "every 15 s"] {
        let timing: Timing = text.parse().unwrap();
        let instant = at("2025-10-01T08:30:00Z");
        assert!(timing.after(instant).unwrap() > instant, "{text}");
    }
}

#[test]
fn whatever_the_interval_each_full_minute_is_among_the_instants() {
    let timing = Timing::every_and_on_the_minute(Duration::from_secs(45));
    let mut instants = vec![at("2025-10-01T08:00:00Z")];
    for _ in 0..4 {
        instants.push(timing.after(*instants.last().unwrap()).unwrap());
    }
    let seconds: Vec<_> = instants
        .iter()
        .map(|it| it.format("%M:%S").to_string())
        .collect();
    assert_eq!(seconds, ["00:00", "00:45", "01:00", "01:30", "02:00"]);
}

#[test]
fn a_year_gone_by_leaves_nothing() {
    let timing: Timing = "0 0 0 1 1 * 2024".parse().unwrap();
    assert_eq!(timing.after(at("2025-10-01T00:00:00Z")), None);
}

#[test]
fn what_is_written_is_what_is_read() {
    for text in [
        "every 15 s",
        "every 7 s and on the minute",
        "0 17 * * * *",
        "0 0 0 1 1 * 2024",
    ] {
        let timing: Timing = text.parse().unwrap();
        assert_eq!(timing.to_string(), text);
    }
}

#[test]
fn nonsense_is_refused() {
    for text in [
        "",
        "* *",
        "every s",
        "every 0 s",
        "every 0 s and on the minute",
        "* * * * * * and on the minute",
        "61 * * * * *",
        "*/5 * * * *",
    ] {
        assert!(text.parse::<Timing>().is_err(), "{text}");
    }
}
