//! Hidden things leak nowhere: not in a body, a header, a count, an order or a refusal. Every GET route of the
//! API's own table is called in all ways; a route without a case here fails.

mod inside;
mod urls;
mod world;
mod writes;

use crate::harness::{App, Caller};
use serde_json::Value;
use std::collections::BTreeMap;
use urls::{Named, urls};
use world::{World, hidden_ticket};

/// The responses by address, without the parts that differ each time.
type Answers = BTreeMap<String, String>;

/// Asks everything there is to ask, and goes on wherever a cursor leads.
async fn ask_everything(caller: &Caller, named: &Named) -> Answers {
    let (_, routes) = api::routes::all();
    let reads = routes.iter().filter(|route| route.method == "GET");
    let mut to_ask: Vec<String> = reads.flat_map(|route| urls(route.path, named)).collect();
    let mut answers = Answers::new();
    while let Some(url) = to_ask.pop() {
        let answer = caller.get(&url).await;
        if let Some(cursor) = answer.body["pagination"]["nextCursor"].as_str()
            && !url.contains("cursor=")
        {
            // A cursor goes on from where it is, and from no page.
            let begins = url.replace("&page=2", "");
            to_ask.push(format!("{begins}&cursor={cursor}"));
        }
        let mut body = answer.body;
        if let Some(fields) = body.as_object_mut() {
            fields.remove("requestId");
        }
        let mut headers = answer.headers;
        headers.remove("x-request-id");
        answers.insert(url, format!("{} {headers:?} {body}", answer.status));
    }
    assert!(answers.len() > 100, "only {} were asked", answers.len());
    answers
}

/// Fails if a word that is hidden stands in an answer.
fn assert_tell_nothing(answers: &Answers, hidden: &[String], who: &str) {
    for (url, answer) in answers {
        let answer = answer.to_lowercase();
        for word in hidden {
            assert!(
                !answer.contains(&word.to_lowercase()),
                "{url} tells {who} {word}: {answer}"
            );
        }
    }
}

/// Fails where the answers are not the same.
fn assert_same(before: &Answers, after: &Answers, who: &str) {
    for (url, answer) in after {
        assert_eq!(
            before.get(url),
            Some(answer),
            "{url} tells {who} that there is something"
        );
    }
    assert_eq!(before.len(), after.len());
}

#[tokio::test]
async fn strangers_to_a_ticket_are_answered_as_if_it_were_not_there() {
    let app = App::new().await;
    let world = World::new(&app).await;
    let nowhere = Named {
        ticket: "01999999-0000-7000-8000-000000000000".to_owned(),
        number: "TKT-1759305600-999999".to_owned(),
        ..world.named()
    };
    let strangers = [
        ("another customer", &world.zoe),
        ("another agent", &world.sam),
    ];
    let mut before = Vec::new();
    for (_, stranger) in strangers {
        before.push(ask_everything(stranger, &nowhere).await);
    }
    let ticket = hidden_ticket(&app, &world).await;
    let named = Named {
        ticket: ticket.id.clone(),
        number: ticket.number.clone(),
        ..nowhere
    };
    let rows = app.fingerprint().await;
    for ((who, stranger), before) in strangers.iter().zip(before) {
        let after = ask_everything(stranger, &named).await;
        // The addresses name the ticket; the answers are those of a ticket that is none.
        let neutral = |(url, answer): (String, String)| {
            let url = url
                .replace(&named.ticket, "01999999-0000-7000-8000-000000000000")
                .replace(&named.number, "TKT-1759305600-999999");
            (url, answer)
        };
        assert_tell_nothing(&after, &ticket.hidden_from_strangers(&world), who);
        assert_same(&before, &after.into_iter().map(neutral).collect(), who);
    }
    assert_eq!(rows, app.fingerprint().await, "reading changes nothing");
}

#[tokio::test]
async fn an_urgent_ticket_of_another_agent_is_seen_in_outline_and_nothing_else_of_it() {
    let app = App::new().await;
    let world = World::new(&app).await;
    let ticket = hidden_ticket(&app, &world).await;
    let urgent = serde_json::json!({"priority": "urgent"});
    world.kim.does("priority", &ticket.id, urgent).await.ok();
    let dashboard = world.sam.get("/api/v1/support/dashboard").await;
    let outlines = dashboard.ok()["dashboard"]["urgentTickets"].clone();
    let outline = outlines[0].as_object().unwrap();
    let fields: Vec<_> = outline.keys().map(String::as_str).collect();
    let expected = ["ticketNumber", "subject", "status", "assignedTo", "sla"];
    assert_eq!(fields, expected);
    let shown = [
        ticket.number.clone(),
        outline["subject"].as_str().unwrap().to_owned(),
    ];
    let rest = dashboard.body.to_string();
    let rest = shown.iter().fold(rest, |rest, word| rest.replace(word, ""));
    for word in ticket.hidden_from_strangers(&world) {
        assert!(!rest.contains(&word), "{word}: {rest}");
    }
    // Elsewhere it is as before.
    let mut answers = ask_everything(&world.sam, &ticket.named(&world)).await;
    answers.remove("/api/v1/support/dashboard");
    assert_tell_nothing(&answers, &ticket.hidden_from_strangers(&world), "Sam");
}

#[tokio::test]
async fn a_ticket_that_is_hidden_is_refused_in_the_words_of_one_that_does_not_exist() {
    let app = App::new().await;
    let world = World::new(&app).await;
    let ticket = hidden_ticket(&app, &world).await;
    let absent = "TKT-1759305600-999999";
    for stranger in [&world.zoe, &world.sam] {
        for below in ["", "/messages", "/history"] {
            let of = async |id: &str| {
                let path = format!("/api/v1/support/tickets/{id}{below}");
                let mut answer = stranger.get(&path).await;
                assert_eq!(answer.refused(404), "not_found");
                answer.body["requestId"] = Value::Null;
                answer.body
            };
            assert_eq!(of(&ticket.id).await, of(absent).await);
            assert_eq!(of(&ticket.number).await, of(absent).await);
        }
    }
}
