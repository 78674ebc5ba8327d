//! What a query of a list says, and what is wrong with it.

use super::*;
use crate::{
    ids::TicketId,
    tickets::list::{Position, SortKey, Start},
};

fn me() -> UserId {
    UserId(uuid::Uuid::from_u128(7))
}

#[test]
fn alternatives_are_separated_by_commas_and_me_is_the_caller() {
    let raw = RawFilter {
        status: Some("open, in_progress".into()),
        assigned_to: Some("me".into()),
        sort: Some("-priority".into()),
        ..RawFilter::default()
    };
    let (filter, paging) = Filter::parse(&raw, me(), &mut FieldErrors::new());
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
    let raw = RawFilter {
        status: Some("open,nonsense".into()),
        assigned_to: Some("somebody".into()),
        created_from: Some("yesterday".into()),
        limit: Some("101".into()),
        page: Some("0".into()),
        cursor: Some("~~".into()),
        ..RawFilter::default()
    };
    let mut faults = FieldErrors::new();
    Filter::parse(&raw, me(), &mut faults);
    let faults = faults.finish(Some(())).unwrap_err();
    let fields: Vec<_> = faults
        .iter()
        .map(|field_error| field_error.field.as_str())
        .collect();
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
fn values_that_contradict_each_other_are_told_apart_from_those_that_cannot_be_read() {
    let cursor = Position {
        value: "2025-10-01 08:30:00.123456+00".into(),
        ticket: TicketId(uuid::Uuid::from_u128(1)),
    };
    let raw = RawFilter {
        created_from: Some("2025-10-02".into()),
        created_to: Some("2025-10-01".into()),
        page: Some("2".into()),
        cursor: Some(cursor.cursor(Order::default())),
        ..RawFilter::default()
    };
    let mut faults = FieldErrors::new();
    Filter::parse(&raw, me(), &mut faults);
    let contradictions = faults.take_contradictions();
    let told: Vec<_> = contradictions
        .iter()
        .map(|field_error| (field_error.field.as_str(), field_error.code))
        .collect();
    assert_eq!(
        told,
        [("createdTo", "before_start"), ("page", "beside_cursor")]
    );
    assert!(faults.is_empty());
}

#[test]
fn a_label_is_looked_for_as_it_is_and_without_the_spaces_around_it() {
    for (tag, expected) in [
        ("vip", &["vip"][..]),
        (" VIP ", &[" VIP ", "VIP"]),
        ("a, b", &[" b", "a", "a, b", "b"]),
    ] {
        let raw = RawFilter {
            tag: Some(tag.into()),
            ..RawFilter::default()
        };
        let (filter, _) = Filter::parse(&raw, me(), &mut FieldErrors::new());
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
