//! What a search finds does not depend on where a text says it or on how long its ticket is; what a message costs does
//! not, either.

use crate::harness::{App, Caller, TICKETS};
use serde_json::json;

fn encoded(text: &str) -> String {
    let bytes: Vec<_> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    bytes.concat()
}

/// The subjects of what is found, in alphabetical order.
async fn found(who: &Caller, q: &str) -> Vec<String> {
    let answer = who.get(&format!("{TICKETS}?q={}", encoded(q))).await;
    let tickets = answer.ok()["tickets"].as_array().unwrap().iter();
    let subjects = tickets.map(|ticket| ticket["subject"].as_str().unwrap().to_owned());
    let mut subjects: Vec<_> = subjects.collect();
    subjects.sort();
    assert_eq!(answer.body["pagination"]["total"], subjects.len(), "{q}");
    subjects
}

async fn opens(who: &Caller, subject: &str, description: &str) -> String {
    who.opens(json!({"subject": subject, "description": description}))
        .await
}

/// A text of 20 000 characters, whose words no other one has.
fn log(number: usize) -> String {
    let words: Vec<_> = (0..2_000).map(|n| format!("l{number}x{n}")).collect();
    words.join(" ").chars().take(20_000).collect()
}

#[tokio::test]
async fn a_phrase_a_number_or_an_address_is_found_and_excluded_wherever_a_text_has_it() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let repeated = "10.0.0.1 GET\n".repeat(300);
    opens(&amina, "log", &format!("{repeated}10.0.0.77 POST")).await;
    opens(
        &amina,
        "bookings",
        &format!("{}BKG-778899", "BKG-1 ".repeat(256)),
    )
    .await;
    // More than 16 383 words.
    let long = format!("{} the lost blue suitcase", "支付".repeat(9_000));
    opens(&amina, "long", &long).await;
    let thread = opens(&amina, "thread", "A question.").await;
    amina
        .says(&thread, &format!("{repeated}10.0.0.78 POST"))
        .await
        .created();
    for (q, expected) in [
        ("10.0.0.77", &["log"][..]),
        ("10.0.0.1 -10.0.0.77", &["thread"]),
        ("POST -\"10.0.0.78 POST\"", &["log"]),
        ("-10.0.0.77 -BKG-778899", &["long", "thread"]),
        ("10.0.0.79", &[]),
        ("\"0.77 GET\"", &[]),
        ("BKG-778899", &["bookings"]),
        ("BKG-7788*", &["bookings"]),
        ("\"lost blue suitcase\"", &["long"]),
        ("\"lost suitcase\"", &[]),
        ("\"付支 付\"", &["long"]),
        ("支付 -\"blue suitcase\"", &[]),
    ] {
        assert_eq!(found(&amina, q).await, expected, "{q}");
    }
    let quoted = amina.get(&format!("{TICKETS}?q=10.0.0.77")).await;
    let quoted = quoted.ok()["tickets"][0]["highlight"][0].clone();
    let snippet = quoted["snippet"].as_str().unwrap();
    assert!(snippet.contains("<mark>10.0.0.77</mark> POST"), "{snippet}");
    let quoted = amina.get(&format!("{TICKETS}?q=10.0.0.78")).await;
    assert_eq!(
        quoted.ok()["tickets"][0]["highlight"][0]["field"],
        "message"
    );
}

#[tokio::test]
async fn a_phrase_of_many_words_is_found_only_where_they_stand_in_this_order_in_one_text() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let id = opens(&amina, "pieces", "one two, two three. One three").await;
    amina.says(&id, "three four").await.created();
    opens(&amina, "whole", "one two three four").await;
    assert_eq!(found(&amina, "\"one two three\"").await, ["whole"]);
    assert_eq!(found(&amina, "\"two three four\"").await, ["whole"]);
    assert_eq!(found(&amina, "one -\"one two three\"").await, ["pieces"]);
    assert_eq!(found(&amina, "\"one two thr*\"").await, ["whole"]);
    let note = json!({"message": "one two three", "isInternal": true});
    let path = format!("{TICKETS}/{id}/messages");
    eve.post(&path, note).await.created();
    assert_eq!(found(&amina, "\"one two three\"").await, ["whole"]);
    assert_eq!(found(&eve, "\"one two three\"").await, ["pieces", "whole"]);
    assert_eq!(found(&amina, "one -\"one two three\"").await, ["pieces"]);
    assert_eq!(found(&eve, "one -\"one two three\"").await, [""; 0]);
}

#[tokio::test]
async fn every_word_is_found_when_a_ticket_has_megabytes_and_a_reply_costs_what_it_is_long() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let id = opens(&amina, "logs", &log(0)).await;
    opens(&amina, "other", "l0x7 alone").await;
    for number in 1..=60 {
        amina.says(&id, &log(number)).await.created();
    }
    let note = json!({"message": "a suspect", "isInternal": true});
    let path = format!("{TICKETS}/{id}/messages");
    eve.post(&path, note).await.created();
    let reply = amina
        .says(&id, "Is there any news?")
        .await
        .created()
        .clone();
    let reply = reply["message"]["id"].as_str().unwrap();
    // What the transaction of the reply has written.
    let written: i64 = sqlx::query_scalar(
        "select coalesce(sum(bytes), 0)::bigint from ticket_search
         where xmin = (select xmin from messages where id = $1::uuid)",
    )
    .bind(reply)
    .fetch_one(&app.cx.pool)
    .await
    .unwrap();
    assert!((1..17_000).contains(&written), "{written} bytes");
    for (q, expected) in [
        ("l60x1200", &["logs"][..]),
        ("l0x7 l60x1200 news", &["logs"]),
        ("\"l59x10 l59x11\"", &["logs"]),
        ("\"l59x10 l59x11 l59x12\"", &["logs"]),
        ("l0x7", &["logs", "other"]),
        ("l0x7 -l60x1200", &["other"]),
        ("-l60x1200", &["other"]),
        ("l0x7 -\"l59x10 l59x11\"", &["other"]),
        ("l0x7 -alone", &["logs"]),
        ("l0x7 l61x1", &[]),
        ("l60x12*", &["logs"]),
    ] {
        assert_eq!(found(&amina, q).await, expected, "{q}");
        assert_eq!(found(&eve, q).await, expected, "{q}");
    }
    assert_eq!(found(&amina, "l0x7 suspect").await, [""; 0]);
    assert_eq!(found(&eve, "l0x7 suspect").await, ["logs"]);
    // An edit divides all of it anew.
    let path = format!("{TICKETS}/{id}");
    eve.patch(&path, json!({"subject": "many logs"})).await.ok();
    assert_eq!(
        found(&amina, "l60x1200 l1x1 many news").await,
        ["many logs"]
    );
    assert_eq!(found(&eve, "suspect l31x5").await, ["many logs"]);
    assert_eq!(found(&eve, "-suspect").await, ["other"]);
}

#[tokio::test]
async fn an_agent_finds_what_the_agent_may_see_at_this_moment_in_tickets_of_any_length() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let kim = app
        .agent_with(
            "Kim",
            json!({"department": "billing", "employeeId": "EMP-7"}),
        )
        .await;
    let sarah = app.agent("Sarah", "technical").await;
    let short = opens(&amina, "short", "the lions").await;
    let long = opens(&amina, "long", &format!("the lions {}", log(0))).await;
    amina.says(&long, &log(1)).await.created();
    let finds = async |who: &Caller, expected: &[&str]| {
        assert_eq!(found(who, "lions").await, expected);
        assert_eq!(found(who, "-tigers").await, expected);
    };
    finds(&kim, &["long", "short"]).await;
    for id in [&short, &long] {
        eve.does("assign", id, json!({"agentId": sarah.id()}))
            .await
            .ok();
    }
    finds(&kim, &[]).await;
    finds(&sarah, &["long", "short"]).await;
    for id in [&short, &long] {
        sarah.notes(id, "@EMP-7, have a look").await;
    }
    finds(&kim, &["long", "short"]).await;
    for id in [&short, &long] {
        eve.does("assign", id, json!({"agentId": kim.id()}))
            .await
            .ok();
    }
    finds(&kim, &["long", "short"]).await;
    finds(&sarah, &[]).await;
    kim.does("status", &short, json!({"status": "open"}))
        .await
        .ok();
    finds(&sarah, &["short"]).await;
}

#[tokio::test]
async fn what_the_release_before_writes_and_redacts_during_an_upgrade_is_indexed_afterwards() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let id = opens(&amina, "Lost", "A suitcase.").await;
    amina.says(&id, "It is red").await.created();
    amina.says(&id, "It is mine").await.created();
    // As the release before does: it knows neither the column nor the new index.
    for statement in [
        "delete from text_words w using messages m where m.id = w.id and m.body = 'It is red'",
        "update messages set body = '' where body = 'It is red'",
        "update messages set body = 'It is yellow' where body = 'It is mine'",
        "delete from text_words w using messages m where m.id = w.id and m.body = 'It is yellow'",
        "insert into text_words (id, ticket_id, is_internal, words)
         select id, ticket_id, false, to_tsvector('simple', body) from messages where body = 'It is yellow'",
    ] {
        sqlx::query(statement).execute(&app.cx.pool).await.unwrap();
    }
    assert_eq!(app.count("select count(*) from search_stale").await, 1);
    for is_first in [true, false] {
        let any = actions::tickets::index_stale(&app.cx).await.unwrap();
        assert_eq!(any, is_first);
        assert_eq!(found(&amina, "\"it is yellow\"").await, ["Lost"]);
        assert_eq!(found(&amina, "red").await, [""; 0]);
        assert_eq!(found(&amina, "mine").await, [""; 0]);
        assert_eq!(app.count("select count(*) from search_stale").await, 0);
    }
}

#[tokio::test]
async fn a_redacted_text_leaves_the_index_of_an_earlier_release_too() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let id = amina.asks("general", "low").await;
    let said = amina.says(&id, "It is 4111").await.created().clone();
    app.sql(
        "insert into ticket_words (ticket_id, words) values ($1::uuid, to_tsvector('simple', '4111'))",
        &id,
    )
    .await;
    eve.redacts(&id, said["message"]["id"].as_str().unwrap())
        .await
        .ok();
    assert_eq!(app.count("select count(*) from ticket_words").await, 0);
}
