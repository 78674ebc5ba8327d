//! The order in which unassigned tickets are assigned.

use super::*;
use proptest::{prelude::*, sample::select, strategy::ValueTree};
use std::cmp::Reverse;

fn any_waiting() -> impl Strategy<Value = UnassignedTicket> {
    let parts = (select(Priority::ALL), 0..3_i64, 0..3_u128);
    parts.prop_map(|(priority, second, id)| UnassignedTicket {
        id: TicketId(uuid::Uuid::from_u128(id)),
        category: Category::General,
        department: Department::General,
        language: "en".to_owned(),
        priority,
        status: Status::Open,
        escalation_level: 0,
        returned_by: None,
        created_at: DateTime::from_timestamp(second, 0).unwrap(),
    })
}

proptest! {
    /// The same order as in the queries.
    #[test]
    fn the_most_urgent_goes_first_then_the_oldest(one in any_waiting(), other in any_waiting()) {
        let place = |it: &UnassignedTicket| (Reverse(it.priority), it.created_at, it.id);
        prop_assert_eq!(one.goes_before(&other), place(&one) < place(&other));
    }
}

#[test]
fn only_a_ticket_that_is_escalated_now_asks_for_a_level() {
    for (status, level) in [
        (Status::Escalated, 3),
        (Status::Open, 1),
        (Status::Reopened, 1),
    ] {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let tree = any_waiting().new_tree(&mut runner).unwrap();
        let waiting = UnassignedTicket {
            status,
            escalation_level: 2,
            ..tree.current()
        };
        assert_eq!(waiting.level(), Level(level), "{status}");
    }
}
