//! The filters of a query, and its errors.

use super::*;
use crate::{
    ids::TicketId,
    tickets::list::{Position, SortKey, Start},
};

fn query(pairs: &[(&str, &str)]) -> QueryReader {
    let pairs = pairs.iter();
    let pairs = pairs.map(|(name, value)| ((*name).to_owned(), Ok((*value).to_owned())));
    QueryReader::new(pairs.collect())
}

fn me() -> UserId {
    UserId(uuid::Uuid::from_u128(7))
}

#[test]
fn alternatives_are_separated_by_commas_and_me_is_the_caller() {
    let mut query = query(&[
        ("status", "open, in_progress"),
        ("assignedTo", "me"),
        ("sort", "-priority"),
    ]);
    let (filter, paging) = Filter::read(&mut query, me());
    assert_eq!(filter.status, [Status::Open, Status::InProgress]);
    assert_eq!(filter.assignees, [Assignee::Agent(me())]);
    assert_eq!(
        filter.order,
        Order {
            key: SortKey::Priority,
            descending: true
        }
    );
    assert_eq!(
        paging,
        Paging {
            start: Start::Page(1),
            limit: 20
        }
    );
}

#[test]
fn every_value_that_cannot_be_read_is_named() {
    let mut query = query(&[
        ("status", "open,nonsense"),
        ("assignedTo", "somebody"),
        ("createdFrom", "yesterday"),
        ("limit", "101"),
        ("page", "0"),
        ("cursor", "~~"),
    ]);
    Filter::read(&mut query, me());
    let errors = query.into_errors();
    let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "status",
            "assignedTo",
            "createdFrom",
            "limit",
            "page",
            "cursor"
        ]
    );
}

#[test]
fn days_begin_and_end_in_the_zone_that_was_sent() {
    let mut query = query(&[
        ("createdFrom", "2025-10-01"),
        ("createdTo", "2025-10-01"),
        ("updatedFrom", "2025-10-01T00:00:00Z"),
        ("timezone", "Africa/Nairobi"),
    ]);
    let (filter, _) = Filter::read(&mut query, me());
    let at = |text: &str| Some(text.parse().unwrap());
    assert_eq!(filter.created_from, at("2025-09-30T21:00:00Z"));
    assert_eq!(filter.created_before, at("2025-10-01T21:00:00Z"));
    assert_eq!(
        filter.updated_from,
        at("2025-10-01T00:00:00Z"),
        "an instant is in no zone"
    );
    assert!(query.into_errors().is_empty());
}

#[test]
fn values_that_contradict_each_other_are_told_apart_from_those_that_cannot_be_read() {
    let cursor = Position {
        value: "2025-10-01 08:30:00.123456+00".into(),
        ticket: TicketId(uuid::Uuid::from_u128(1)),
    };
    let cursor = cursor.cursor(Order::default());
    let mut query = query(&[
        ("createdFrom", "2025-10-02"),
        ("createdTo", "2025-10-01"),
        ("page", "2"),
        ("cursor", cursor.as_str()),
    ]);
    Filter::read(&mut query, me());
    let contradictions = query.errors().take_contradictions();
    let told: Vec<_> = contradictions
        .iter()
        .map(|error| (error.field.as_str(), error.code))
        .collect();
    assert_eq!(
        told,
        [("createdTo", "before_start"), ("page", "beside_cursor")]
    );
    assert!(query.into_errors().is_empty());
}

#[test]
fn a_label_is_looked_for_as_it_is_and_without_the_spaces_around_it() {
    for (tag, expected) in [
        ("vip", &["vip"][..]),
        (" VIP ", &[" VIP ", "VIP"]),
        ("a, b", &[" b", "a", "a, b", "b"]),
    ] {
        let (filter, _) = Filter::read(&mut query(&[("tag", tag)]), me());
        assert_eq!(filter.tags, expected, "{tag}");
    }
}

#[test]
fn a_cursor_holds_for_the_order_it_was_made_in_alone() {
    let newest = Order::default();
    let position = Position {
        value: "2025-10-01 08:30:00.123456+00".into(),
        ticket: TicketId(uuid::Uuid::from_u128(1)),
    };
    let cursor = position.cursor(newest);
    assert_eq!(Position::parse(&cursor, newest), Some(position));
    assert_eq!(
        Position::parse(
            &cursor,
            Order {
                descending: false,
                ..newest
            }
        ),
        None
    );
}
