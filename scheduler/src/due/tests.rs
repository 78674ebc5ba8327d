//! Missed instants, and clocks that were set back.

use super::*;
use chrono::TimeDelta;
use proptest::prelude::*;

fn timings() -> impl Strategy<Value = Timing> {
    prop_oneof![
        (1_i64..100).prop_map(|seconds| format!("every {seconds} s")),
        (1_i64..100).prop_map(|seconds| format!("every {seconds} s and on the minute")),
        prop::sample::select(vec![
            "*/2 * * * * *".to_owned(),
            "0 */5 * * * *".to_owned(),
            "30 17,43 * * * *".to_owned(),
        ]),
    ]
    .prop_map(|text| text.parse().unwrap())
}

/// Returns the ticks of a scheduler that looks at these instants.
fn fired(timing: &Timing, start: DateTime<Utc>, looks: &[DateTime<Utc>]) -> Vec<DateTime<Utc>> {
    let mut next_run = timing.after(start);
    let mut fired = Vec::new();
    for now in looks {
        if let Some(tick) = next_run.and_then(|next_run| due(timing, next_run, *now)) {
            fired.push(tick.due_at);
            next_run = tick.next_run;
        }
    }
    fired
}

fn instants(timing: &Timing, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    std::iter::successors(timing.after(from), |last| timing.after(*last))
        .take_while(|instant| *instant <= to)
        .collect()
}

proptest! {
    /// Of the instants between two looks exactly one fires, the first, and none if there are
    /// none; after a look none is due.
    #[test]
    fn missed_instants_collapse_into_one(
        timing in timings(),
        start in 1_700_000_000_i64..1_800_000_000,
        gaps in prop::collection::vec(1_i64..2_000, 1..20),
    ) {
        let start = DateTime::from_timestamp(start, 0).unwrap();
        let mut looks = Vec::new();
        let mut expected = Vec::new();
        let mut last = start;
        for gap in gaps {
            let now = last + TimeDelta::seconds(gap);
            expected.extend(instants(&timing, last, now).first().copied());
            looks.push(now);
            last = now;
        }
        prop_assert_eq!(fired(&timing, start, &looks), expected);
    }

    /// A scheduler that looks every second misses none.
    #[test]
    fn nothing_is_missed_by_a_look_every_second(
        timing in timings(),
        start in 1_700_000_000_i64..1_800_000_000,
    ) {
        let start = DateTime::from_timestamp(start, 0).unwrap();
        let looks: Vec<_> = (1..=900).map(|second| start + TimeDelta::seconds(second)).collect();
        let all = instants(&timing, start, start + TimeDelta::seconds(900));
        prop_assert_eq!(fired(&timing, start, &looks), all);
    }
}

#[test]
fn a_clock_that_was_set_back_fires_nothing() {
    let timing: Timing = "every 15 s".parse().unwrap();
    let next_run = "2025-10-01T08:30:15Z".parse().unwrap();
    let now = "2025-10-01T08:29:00Z".parse().unwrap();
    assert_eq!(due(&timing, next_run, now), None);
}
