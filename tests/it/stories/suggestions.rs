//! Suggestions while somebody types.

use crate::harness::{App, Caller, TICKETS, minutes};
use serde_json::json;

/// The subjects of what is suggested, in order.
async fn suggested(who: &Caller, q: &str) -> Vec<String> {
    let bytes: Vec<_> = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let answer = who
        .get(&format!("{TICKETS}/suggest?q={}", bytes.concat()))
        .await;
    let suggestions = answer.ok()["suggestions"].as_array().unwrap().iter();
    let subjects = suggestions.map(|one| one["subject"].as_str().unwrap().to_owned());
    subjects.collect()
}

#[tokio::test]
async fn what_is_typed_suggests_the_newest_tickets_whose_number_or_subject_begins_with_it() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let open = async |subject: &str, description: &str| {
        app.advance(minutes(1));
        let ticket = json!({"subject": subject, "description": description, "tags": ["refund"]});
        amina.opens(ticket).await
    };
    let first = open("Cannot pay", "A refund.").await;
    open("Réservation: payment refused", "It is red.").await;
    let number = amina.ticket(&first).await["ticketNumber"].clone();
    let number = number.as_str().unwrap();
    let (_, sequence) = number.rsplit_once('-').unwrap();
    let both = &["Réservation: payment refused", "Cannot pay"][..];
    for (typed, expected) in [
        ("p", both),
        ("PAY", both),
        ("paym", &both[..1]),
        ("reser", &both[..1]),
        ("cannot p", &both[1..]),
        ("p cannot", &[]),
        ("pay cannot", &both[1..]),
        ("refund", &[]),
        ("red", &[]),
        ("TKT", both),
        (number, &both[1..]),
        (&number[..number.len() - 1], &both[1..]),
        (sequence, &both[1..]),
        ("?!", &[]),
    ] {
        assert_eq!(suggested(&amina, typed).await, expected, "{typed}");
    }
    let one = amina.get(&format!("{TICKETS}/suggest?q=cannot")).await;
    let expected = json!([{"ticketNumber": number, "subject": "Cannot pay", "status": "open"}]);
    assert_eq!(one.ok()["suggestions"], expected);
    for number in 0..12 {
        open(&format!("Many {number}"), "Text.").await;
    }
    let many = suggested(&amina, "man").await;
    assert_eq!(
        (many.len(), many[0].as_str(), many[9].as_str()),
        (10, "Many 11", "Many 2")
    );
    for (query, code) in [
        ("", "required"),
        (&*format!("?q={}", "a".repeat(201)), "too_long"),
        (&*format!("?q={}", "a+".repeat(17)), "too_many"),
    ] {
        let refused = amina.get(&format!("{TICKETS}/suggest{query}")).await;
        assert_eq!(refused.refused(400), "invalid_query");
        assert_eq!(refused.body["errors"][0]["field"], "q");
        assert_eq!(refused.body["errors"][0]["code"], code);
    }
}

#[tokio::test]
async fn nobody_is_suggested_a_ticket_that_the_list_does_not_show_and_an_edit_counts_at_once() {
    let app = App::new().await;
    let (amina, zoe) = (app.customer("Amina").await, app.customer("Zoe").await);
    let eve = app.admin("Eve").await;
    let tom = app.agent("Tom", "technical").await;
    let open = async |who: &Caller, subject: &str| {
        app.advance(minutes(1));
        who.opens(json!({"subject": subject, "description": "Text."}))
            .await
    };
    let held = open(&amina, "Amina's lions").await;
    open(&zoe, "Zoe's lions").await;
    eve.does("assign", &held, json!({})).await.ok();
    assert_eq!(suggested(&amina, "lio").await, ["Amina's lions"]);
    assert_eq!(suggested(&zoe, "lio").await, ["Zoe's lions"]);
    assert_eq!(suggested(&tom, "lio").await, ["Zoe's lions"]);
    assert_eq!(
        suggested(&eve, "lio").await,
        ["Zoe's lions", "Amina's lions"]
    );
    let many: Vec<_> = (0..1_500).map(|n| format!("d{n}")).collect();
    let long = json!({"description": many.join(" "), "subject": "Amina's tigers"});
    eve.patch(&format!("{TICKETS}/{held}"), long).await.ok();
    assert_eq!(suggested(&amina, "lio").await, [""; 0]);
    assert_eq!(suggested(&amina, "tig").await, ["Amina's tigers"]);
    amina.says(&held, &"more ".repeat(9)).await.created();
    assert_eq!(suggested(&eve, "amina s tig").await, ["Amina's tigers"]);
    assert_eq!(suggested(&tom, "tig").await, [""; 0]);
}
