//! The tickets, messages, closings and ratings that are read, and the errors that are named.

use super::*;
use crate::{
    actor::Actor,
    field_error::FieldErrors,
    ids::UserId,
    people::Role,
    reader::{Null, ObjectReader},
};
use serde_json::{Value, json};

const OTHER: &str = "01999999-0000-7000-8000-000000000000";

fn actor(role: Role) -> Actor {
    Actor {
        id: UserId(uuid::Uuid::nil()),
        role,
    }
}

fn reader(sent: Value) -> ObjectReader {
    match sent {
        Value::Object(fields) => ObjectReader::new(fields, Null::Absent),
        _ => panic!("not an object"),
    }
}

fn read(sent: Value, role: Role) -> Result<NewTicket, Vec<(String, &'static str)>> {
    let mut reader = reader(sent);
    let read = NewTicket::read(&mut reader, &actor(role));
    finish(reader, read)
}

fn finish<T>(reader: ObjectReader, read: Option<T>) -> Result<T, Vec<(String, &'static str)>> {
    let named = |error: crate::field_error::FieldError| (error.field, error.code);
    reader
        .finish(read)
        .map_err(|errors| errors.into_iter().map(named).collect())
}

/// A ticket with one more field.
fn ticket_with(field: &str, value: Value) -> Value {
    let mut ticket = json!({"subject": "Cannot pay", "description": "It fails"});
    ticket[field] = value;
    ticket
}

fn pairs(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    expected
        .iter()
        .map(|(field, code)| ((*field).to_owned(), *code))
        .collect()
}

#[test]
fn a_ticket_without_category_is_general_and_of_medium_priority() {
    let ticket = ticket_with("tags", json!([]));
    let ticket = read(ticket, Role::Customer).unwrap();
    assert_eq!(
        (ticket.category, ticket.priority),
        (Category::General, Priority::Medium)
    );
}

#[test]
fn every_error_of_a_ticket_is_named_at_once() {
    let link = |url: &str| json!({"url": url, "fileName": "a"});
    let ticket = json!({
        "subject": "",
        "category": "nonsense",
        "priority": "HIGH",
        "relatedBooking": "x".repeat(201),
        "relatedTransaction": 5,
        "attachments": [link("http://a.b/c"), link("https://a.b/c d"), {"fileName": 5}],
        "tags": ["fine", "nul\0"],
        "customerId": OTHER,
    });
    // Of all fields and entries, those of the wrong kind come first.
    let expected = [
        ("relatedTransaction", "wrong_type"),
        ("attachments[2].fileName", "wrong_type"),
        ("subject", "too_short"),
        ("description", "required"),
        ("category", "unknown_value"),
        ("priority", "unknown_value"),
        ("relatedBooking", "too_long"),
        ("attachments[0].url", "not_https"),
        ("attachments[1].url", "not_https"),
        ("attachments[2].url", "required"),
        ("tags[1]", "nul_character"),
        ("customerId", "not_allowed"),
    ];
    let named = read(ticket, Role::Customer).unwrap_err();
    assert_eq!(named, pairs(&expected));
}

#[test]
fn a_tag_is_judged_at_its_place_whatever_stands_before_it_and_however_many_there_are() {
    let tagged = |tags: &[Value]| read(ticket_with("tags", json!(tags)), Role::Customer);
    let mut tags = vec![json!("a"), json!("b"), json!("a")];
    assert_eq!(tagged(&tags).unwrap().tags, ["a", "b"]);
    tags.extend([json!(5), json!("")]);
    assert_eq!(
        tagged(&tags).unwrap_err(),
        pairs(&[("tags[3]", "wrong_type"), ("tags[4]", "too_short")])
    );
    tags.resize(20, json!("c"));
    tags.push(json!("x".repeat(51)));
    assert_eq!(
        tagged(&tags).unwrap_err(),
        pairs(&[
            ("tags[3]", "wrong_type"),
            ("tags", "too_many"),
            ("tags[4]", "too_short"),
            ("tags[20]", "too_long"),
        ])
    );
}

#[test]
fn staff_name_a_customer_and_requesters_nobody_but_themselves() {
    let own = actor(Role::Customer).id.to_string();
    let whose = |named: Option<&str>, role| {
        let ticket = ticket_with("customerId", json!(named));
        read(ticket, role).map(|ticket| ticket.customer.to_string())
    };
    for role in [Role::Customer, Role::Technician, Role::Corporate] {
        assert_eq!(whose(None, role), Ok(own.clone()));
        assert_eq!(whose(Some(&own), role), Ok(own.clone()));
        let refused = pairs(&[("customerId", "not_allowed")]);
        assert_eq!(whose(Some(OTHER), role), Err(refused));
    }
    for role in [Role::Support, Role::Admin] {
        assert_eq!(whose(Some(OTHER), role), Ok(OTHER.to_owned()));
        let refused = pairs(&[("customerId", "required")]);
        assert_eq!(whose(None, role), Err(refused));
    }
    for role in [Role::Customer, Role::Support] {
        let refused = pairs(&[("customerId", "invalid_id")]);
        assert_eq!(whose(Some("me"), role), Err(refused));
    }
}

#[test]
fn text_that_is_no_ticket_is_named_with_the_other_errors_of_a_closing() {
    let close = |summary: &str, kind: Option<ResolutionType>, original: &str| {
        let mut reader = reader(json!({
            "summary": summary, "resolutionType": kind, "duplicateOf": original,
        }));
        let read = Closing::read(&mut reader);
        finish(reader, read).map(|closing| closing.duplicate_of)
    };
    let duplicate = Some(ResolutionType::Duplicate);
    for key in [OTHER, "TKT-1759305600-000001"] {
        let read = TicketKey::parse(key);
        assert!(read.is_some());
        assert_eq!(close("Twice.", duplicate, key), Ok(read));
    }
    assert_eq!(
        close("", duplicate, "nonsense"),
        Err(pairs(&[
            ("summary", "too_short"),
            ("duplicateOf", "unknown_ticket")
        ]))
    );
    assert_eq!(
        close("Twice.", None, "nonsense"),
        Err(pairs(&[
            ("resolutionType", "required"),
            ("duplicateOf", "unknown_ticket")
        ]))
    );
    assert_eq!(
        close("Done.", Some(ResolutionType::Solved), "nonsense"),
        Err(pairs(&[("duplicateOf", "not_a_duplicate")]))
    );
}

#[test]
fn a_rating_is_a_whole_number_of_one_to_five() {
    for (stars, good) in [
        (None, false),
        (Some(0), false),
        (Some(1), true),
        (Some(5), true),
        (Some(6), false),
        (Some(i64::MAX), false),
    ] {
        let read = NewRating::parse(stars, None, &mut FieldErrors::new());
        assert_eq!(read.is_some(), good, "{stars:?}");
    }
}

#[test]
fn a_message_without_text_needs_an_attachment_whatever_is_wrong_with_that() {
    let read = |sent: Value| {
        let mut reader = reader(sent);
        let read = NewMessage::read(&mut reader);
        finish(reader, read)
    };
    assert_eq!(
        read(json!({"attachments": []})).unwrap_err(),
        pairs(&[("message", "required")])
    );
    let files = json!([{"id": OTHER}]);
    let note = read(json!({"attachments": files, "isInternal": true})).unwrap();
    assert_eq!(
        (note.body.as_str(), note.visibility),
        ("", Visibility::Internal)
    );
    assert_eq!(
        read(json!({"attachments": [{"id": "me"}, 5], "isInternal": "yes"})).unwrap_err(),
        pairs(&[
            ("attachments[1]", "wrong_type"),
            ("isInternal", "wrong_type"),
            ("attachments[0].id", "invalid_id"),
        ])
    );
}
