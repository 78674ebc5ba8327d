//! What is read of tickets, closings and ratings, and which faults are named.

use super::*;
use crate::people::Role;

const OTHER: &str = "01999999-0000-7000-8000-000000000000";

fn actor(role: Role) -> Actor {
    Actor {
        id: UserId(uuid::Uuid::nil()),
        role,
    }
}

fn raw() -> RawTicket {
    RawTicket {
        subject: Some("Cannot pay".into()),
        description: Some("It fails".into()),
        ..RawTicket::default()
    }
}

fn read(raw: &RawTicket, role: Role) -> Result<NewTicket, Vec<(String, &'static str)>> {
    let mut faults = FieldErrors::new();
    let read = NewTicket::parse(raw, &actor(role), &mut faults);
    finish(faults, read)
}

fn finish<T>(faults: FieldErrors, read: Option<T>) -> Result<T, Vec<(String, &'static str)>> {
    let named = |field_error: crate::field_error::FieldError| (field_error.field, field_error.code);
    faults
        .finish(read)
        .map_err(|faults| faults.into_iter().map(named).collect())
}

fn pairs(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    expected
        .iter()
        .map(|(field, code)| ((*field).to_owned(), *code))
        .collect()
}

fn texts(texts: &[&str]) -> Entries<String> {
    texts.iter().map(|&text| Some(text.to_owned())).collect()
}

#[test]
fn a_ticket_without_category_is_general_and_of_medium_priority() {
    let ticket = read(&raw(), Role::Customer).unwrap();
    assert_eq!(
        (ticket.category, ticket.priority),
        (Category::General, Priority::Medium)
    );
}

#[test]
fn every_fault_of_a_ticket_is_named_at_once() {
    let attachment = |url: &str| {
        Some(RawAttachment {
            url: Some(url.into()),
            file_name: Some("a".into()),
            ..RawAttachment::default()
        })
    };
    let ticket = RawTicket {
        subject: Some(String::new()),
        description: None,
        category: Some("nonsense".into()),
        priority: Some("HIGH".into()),
        related_booking: Some("x".repeat(201)),
        attachments: vec![attachment("http://a.b/c"), attachment("https://a.b/c d")],
        tags: texts(&["fine", "nul\0"]),
        customer_id: Some(OTHER.into()),
        ..RawTicket::default()
    };
    let expected = [
        ("subject", "too_short"),
        ("description", "required"),
        ("category", "unknown_value"),
        ("priority", "unknown_value"),
        ("relatedBooking", "too_long"),
        ("attachments[0].url", "not_https"),
        ("attachments[1].url", "not_https"),
        ("tags[1]", "nul_character"),
        ("customerId", "not_allowed"),
    ];
    let named = read(&ticket, Role::Customer).unwrap_err();
    assert_eq!(named, pairs(&expected));
}

#[test]
fn a_tag_is_judged_at_its_place_whatever_stands_before_it_and_however_many_there_are() {
    let tagged = |tags| RawTicket { tags, ..raw() };
    let mut tags = texts(&["a", "b", "a"]);
    let kept = read(&tagged(tags.clone()), Role::Customer).unwrap().tags;
    assert_eq!(kept, ["a", "b"]);
    tags.extend([None, Some(String::new())]);
    assert_eq!(
        read(&tagged(tags.clone()), Role::Customer).unwrap_err(),
        pairs(&[("tags[4]", "too_short")])
    );
    tags.resize(20, Some("c".to_owned()));
    tags.push(Some("x".repeat(51)));
    assert_eq!(
        read(&tagged(tags), Role::Customer).unwrap_err(),
        pairs(&[
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
        let customer_id = named.map(str::to_owned);
        let ticket = RawTicket {
            customer_id,
            ..raw()
        };
        read(&ticket, role).map(|ticket| ticket.customer.to_string())
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
fn what_cannot_be_a_ticket_is_named_with_the_other_faults_of_a_closing() {
    let close = |summary: &str, kind: Option<ResolutionType>, original: &str| {
        let raw = RawClosing {
            summary: Some(summary.to_owned()),
            resolution_type: kind.map(|kind| kind.as_str().to_owned()),
            resolution_notes: None,
            duplicate_of: Some(original.to_owned()),
        };
        let mut faults = FieldErrors::new();
        let read = Closing::parse(&raw, &mut faults);
        finish(faults, read).map(|closing| closing.duplicate_of)
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
