//! The table of transitions in full, against the contract's own table (section 3): 81 pairs of statuses
//! and the other operations. The HTTP stories keep a few representative pairs.

use super::{
    Status::{
        self, Assigned, Closed, Escalated, InProgress, Open, Reopened, Resolved, WaitingCustomer,
        WaitingInternal,
    },
    TicketOperation, Transition, TransitionResult,
};

/// The statuses that `PUT /status` may set, for each present status; the present one aside.
fn allowed(from: Status) -> &'static [Status] {
    match from {
        Open => &[InProgress, Resolved],
        Assigned | Escalated | Reopened => {
            &[Open, InProgress, WaitingCustomer, WaitingInternal, Resolved]
        }
        InProgress => &[Open, WaitingCustomer, WaitingInternal, Resolved],
        WaitingCustomer => &[Open, InProgress, WaitingInternal, Resolved],
        WaitingInternal => &[Open, InProgress, WaitingCustomer, Resolved],
        Resolved => &[Closed],
        Closed => &[],
    }
}

#[test]
fn status_moves_as_the_table_says_and_in_no_other_way() {
    let mut pairs = 0;
    for &from in Status::ALL {
        for &to in Status::ALL {
            let expected = if to == from {
                TransitionResult::Stays
            } else if allowed(from).contains(&to) {
                TransitionResult::To(to)
            } else {
                TransitionResult::Refused
            };
            assert_eq!(from.after(Transition::Set(to)), expected, "{from} → {to}");
            pairs += 1;
        }
        assert_eq!(from.settable(), allowed(from), "from {from}");
    }
    assert_eq!(pairs, 81);
}

#[test]
fn a_status_with_an_operation_of_its_own_is_reached_by_no_other() {
    for &status in Status::ALL {
        let operation = match status {
            Assigned => Some(TicketOperation::Assign),
            Escalated => Some(TicketOperation::Escalate),
            Reopened => Some(TicketOperation::Reopen),
            _ => None,
        };
        assert_eq!(status.own_operation(), operation, "{status}");
        if operation.is_some() {
            for &from in Status::ALL {
                assert!(!from.settable().contains(&status), "{from} → {status}");
            }
        }
    }
}

#[test]
fn other_operations_move_as_the_table_says() {
    for &from in Status::ALL {
        let over = matches!(from, Resolved | Closed);
        let assigned = match from {
            Open | Reopened | Escalated => TransitionResult::To(Assigned),
            Resolved | Closed => TransitionResult::Refused,
            _ => TransitionResult::Stays,
        };
        let unless = |refused: bool, to: Status| {
            if refused {
                TransitionResult::Refused
            } else {
                TransitionResult::To(to)
            }
        };
        for (change, expected) in [
            (Transition::Assign, assigned),
            (Transition::Escalate, unless(over, Escalated)),
            (Transition::Reopen, unless(!over, Reopened)),
            (Transition::Close, unless(from == Closed, Closed)),
        ] {
            assert_eq!(from.after(change), expected, "{change:?} of {from}");
        }
    }
}
