//! Tests of what becomes of a notification that goes to several devices.

use super::*;
use chrono::TimeDelta;

#[test]
fn a_notification_is_sent_when_one_device_has_it_and_none_is_open() {
    let soon = DateTime::UNIX_EPOCH;
    let later = soon + TimeDelta::minutes(1);
    let no = || "no".to_owned();
    assert!(matches!(summed_up(vec![]), Ok(Delivered::NothingToTell)));
    assert!(matches!(
        summed_up(vec![Ended::Gone]),
        Ok(Delivered::NothingToTell)
    ));
    let mixed = vec![Ended::Failed(no()), Ended::Gone, Ended::Sent];
    assert!(matches!(summed_up(mixed), Ok(Delivered::Sent)));
    let failed = vec![Ended::Failed(no()), Ended::Gone];
    assert!(matches!(summed_up(failed), Err(PushError::Failed { .. })));
    let open = vec![Ended::Sent, Ended::Open(no()), Ended::Waits(soon)];
    assert!(matches!(
        summed_up(open),
        Err(PushError::Open {
            open: 2,
            all: 3,
            ..
        })
    ));
    let held = vec![Ended::Waits(later), Ended::Waits(soon), Ended::Sent];
    let held = summed_up(held);
    assert!(
        matches!(held, Err(PushError::Held { open: 2, until, .. }) if until == soon),
        "{held:?}"
    );
}
