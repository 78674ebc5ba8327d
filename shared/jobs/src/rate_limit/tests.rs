//! Bursts, waits and refunds, and that no minute has more than its rate.

use super::*;
use proptest::prelude::*;

fn rate(count: u32) -> Rate {
    Rate::per_minute(NonZeroU32::new(count).unwrap())
}

#[test]
fn after_the_burst_one_starts_at_each_interval() {
    let (rate, mut granted) = (rate(120), Gcra::default());
    let start = 1_000 * MINUTE;
    assert_eq!(granted.take(rate, start, 10), Grant { count: 2, wait: 0 });
    let none = granted.take(rate, start, 10);
    assert_eq!((none.count, none.wait), (0, 500_000));
    assert_eq!(granted.take(rate, start + 499_999, 10).count, 0);
    assert_eq!(granted.take(rate, start + 500_000, 10).count, 1);
}

#[test]
fn starts_that_were_not_used_are_granted_again() {
    let (rate, mut granted) = (rate(600), Gcra::default());
    assert_eq!(granted.take(rate, MINUTE, 10).count, 10);
    granted.refund(rate, 4);
    assert_eq!(granted.take(rate, MINUTE, 10).count, 4);
}

#[test]
fn a_clock_that_was_set_back_costs_no_more_than_the_burst() {
    let (rate, mut granted) = (rate(60), Gcra::default());
    granted.take(rate, 1_000 * MINUTE, 1);
    assert_eq!(granted.take(rate, MINUTE, 1).wait, rate.between);
    assert_eq!(granted.take(rate, MINUTE + rate.between, 1).count, 1);
}

proptest! {
    #[test]
    fn no_minute_has_more_than_its_rate_and_a_burst(
        count in 1_u32..5_000,
        asked in proptest::collection::vec((0_u64..3_000_000, 1_u64..200), 1..200),
    ) {
        let (rate, mut granted) = (rate(count), Gcra::default());
        let mut now = 100 * MINUTE;
        let mut starts: Vec<(u64, u64)> = Vec::new();
        for (later, wanted) in asked {
            now += later;
            let grant = granted.take(rate, now, wanted);
            prop_assert!(grant.count > 0 || grant.wait > 0);
            starts.push((now, grant.count));
            let within: u64 = starts
                .iter()
                .filter(|(at, _)| *at + MINUTE > now)
                .map(|(_, count)| count)
                .sum();
            prop_assert!(within <= MINUTE / rate.between + rate.burst + 1);
        }
    }

    #[test]
    fn a_start_is_granted_after_the_wait_that_was_told(count in 1_u32..5_000, before in 1_u64..500) {
        let (rate, mut granted) = (rate(count), Gcra::default());
        let now = 100 * MINUTE;
        granted.take(rate, now, before);
        let grant = granted.take(rate, now, 1);
        if grant.count == 0 {
            prop_assert_eq!(granted.take(rate, now + grant.wait, 1).count, 1);
        }
    }
}
