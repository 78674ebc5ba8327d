//! Messages between requesters and staff, and their effects.

use crate::harness::{App, Caller, TICKETS, history, minutes};
use serde_json::{Value, json};

#[tokio::test]
async fn a_message_has_the_shape_of_the_contract() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let id = amina.asks("general", "low").await;
    let path = format!("{TICKETS}/{id}/messages");
    let body = json!({
        "message": "I tried again but still getting the same error",
        "attachments": [{"url": "https://files.example.com/a", "fileName": "a.png"}]
    });
    let made = amina.post(&path, body).await;
    let mut message = made.created()["message"].clone();
    message.as_object_mut().unwrap().remove("id");
    assert_eq!(
        message,
        json!({
            "ticketId": id,
            "sender": {
                "id": amina.id(), "firstName": "Amina", "lastName": "Otieno", "role": "customer"
            },
            "senderType": "customer",
            "message": "I tried again but still getting the same error",
            "attachments": [{
                "url": "https://files.example.com/a", "fileName": "a.png",
                "contentType": null, "size": null
            }],
            "isInternal": false,
            "createdAt": "2025-10-01T08:00:00.000Z",
            "redacted": null
        })
    );
    assert!(made.headers.contains_key("location"));
}

#[tokio::test]
async fn text_is_given_back_as_it_was_sent() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let text = "  <b>été</b> \u{202e}👩‍👩‍👧 \r\n\t'; drop table tickets; -- {{ 7*7 }}  ";
    let tag = " <b>été</b> 👩‍👩‍👧 ";
    let ticket = json!({"subject": text, "description": text, "tags": [tag]});
    let id = amina.opens(ticket).await;
    amina.says(&id, text).await.created();
    let ticket = amina.ticket(&id).await;
    assert_eq!(ticket["subject"], text);
    assert_eq!(ticket["description"], text);
    assert_eq!(ticket["tags"], json!([tag]));
    assert_eq!(ticket["messages"][0]["message"], text);
    app.settle().await;
    let html = app.mails()[0].html();
    assert!(!html.contains("<b>"), "{html}");
    assert!(html.contains("&lt;b&gt;"), "{html}");
    // NUL is refused, characters are counted and not bytes.
    let refused = amina.says(&id, "a\0b").await;
    assert_eq!(refused.refused(422), "invalid_fields");
    amina.says(&id, &"é".repeat(20_000)).await.created();
    assert_eq!(amina.says(&id, &"é".repeat(20_001)).await.status, 422);
}

#[tokio::test]
async fn replies_move_the_ticket_as_the_contract_says() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    sarah.sets(&id, "waiting_customer").await.ok();
    // Staff's own words leave it waiting.
    sarah.says(&id, "Well?").await.created();
    assert_eq!(sarah.status_of(&id).await, "waiting_customer");
    amina.says(&id, "Here.").await.created();
    assert_eq!(sarah.status_of(&id).await, "in_progress");
    for unmoved in ["waiting_internal", "in_progress"] {
        sarah.sets(&id, unmoved).await.ok();
        amina.says(&id, "And?").await.created();
        assert_eq!(sarah.status_of(&id).await, unmoved);
    }
    sarah.sets(&id, "resolved").await.ok();
    app.settle().await;
    app.news();
    amina.says(&id, "Not yet.").await.created();
    assert_eq!(sarah.status_of(&id).await, "reopened");
    assert_eq!(sarah.ticket(&id).await["reopenedCount"], 1);
    app.settle().await;
    let told = ["sarah: customer_replied", "sarah: work_reopened"];
    assert_eq!(app.news(), told);
    sarah.closes(&id).await.ok();
    let refused = amina.says(&id, "Hello?").await;
    assert_eq!(refused.refused(409), "ticket_closed");
    assert!(refused.body["detail"].as_str().unwrap().contains("/reopen"));
    assert_eq!(sarah.status_of(&id).await, "closed");
}

#[tokio::test]
async fn the_first_public_message_by_staff_is_the_first_response() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    amina.says(&id, "Hello?").await.created();
    assert_eq!(amina.ticket(&id).await["firstResponseAt"], Value::Null);
    app.advance(minutes(3));
    sarah.says(&id, "Yes.").await.created();
    app.advance(minutes(3));
    sarah.says(&id, "Yes!").await.created();
    let at = amina.ticket(&id).await["firstResponseAt"].clone();
    assert_eq!(at, "2025-10-01T08:03:00.000Z");
}

#[tokio::test]
async fn notes_are_for_staff_alone_and_reach_those_they_mention() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let kim = json!({"department": "billing", "employeeId": "EMP-7"});
    app.agent_with("Kim", kim).await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    app.news();
    let path = format!("{TICKETS}/{id}/messages");
    let note = json!({"message": "@emp-7, did the payment go through?", "isInternal": true});
    let made = sarah.post(&path, note.clone()).await;
    assert_eq!(made.created()["message"]["isInternal"], true);
    assert_eq!(made.body["message"]["senderType"], "support");
    app.settle().await;
    assert_eq!(app.news(), ["kim: mentioned"]);
    let list = amina.get(&path).await;
    assert_eq!(list.ok()["messages"], json!([]));
    assert_eq!(list.body["pagination"]["total"], 0);
    assert_eq!(amina.ticket(&id).await["messages"], json!([]));
    assert!(!history(&amina, &id).await.join(" ").contains("note"));
    let refused = amina.post(&path, note).await;
    assert_eq!(refused.refused(403), "role_not_allowed");
}

#[tokio::test]
async fn a_thread_pages_oldest_first() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let id = amina.asks("general", "low").await;
    for number in 0..7 {
        amina.says(&id, &number.to_string()).await.created();
    }
    let mut read = Vec::new();
    for page in 1..=4 {
        let path = format!("{TICKETS}/{id}/messages?page={page}&limit=3");
        let answer = amina.get(&path).await;
        let messages = answer.ok()["messages"].as_array().unwrap();
        read.extend(messages.iter().map(|one| one["message"].clone()));
        let pagination = &answer.body["pagination"];
        assert_eq!(pagination["total"], 7);
        assert_eq!(pagination["totalPages"], 3);
        assert_eq!(pagination["hasMore"], page < 3);
    }
    assert_eq!(json!(read), json!(["0", "1", "2", "3", "4", "5", "6"]));
}

#[tokio::test]
async fn a_cursor_continues_a_thread_and_a_history_however_much_is_added_meanwhile() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let eve = app.admin("Eve").await;
    let id = ann.asks("general", "low").await;
    for n in 0..5 {
        let said = json!({"message": format!("m{n}"), "isInternal": n % 2 == 1});
        eve.post(&format!("/api/v1/support/tickets/{id}/messages"), said)
            .await
            .created();
    }
    for part in ["messages", "history"] {
        let path = format!("/api/v1/support/tickets/{id}/{part}");
        let all = eve.get(&format!("{path}?limit=100")).await.body;
        let expected = all[part].as_array().unwrap().clone();
        assert!(expected.len() > 4);
        let mut walked = Vec::new();
        let mut query = "limit=2".to_owned();
        loop {
            let answer = eve.get(&format!("{path}?{query}")).await;
            let answer = answer.ok();
            walked.extend(answer[part].as_array().unwrap().clone());
            let pagination = &answer["pagination"];
            assert_eq!(pagination["total"], expected.len());
            assert_eq!(pagination["hasMore"], pagination["nextCursor"].is_string());
            let Some(next) = pagination["nextCursor"].as_str() else {
                break;
            };
            query = format!("limit=2&cursor={next}");
        }
        assert_eq!(walked, expected, "{part}");
        let nobodys = uuid::Uuid::from_u128(7);
        let refused = eve.get(&format!("{path}?cursor={nobodys}")).await;
        refused.refused(400);
        assert_eq!(refused.body["errors"][0]["code"], "bad_cursor");
        // What a requester may not see is no place to begin at either.
        let hidden = all[part].as_array().unwrap().iter();
        let hidden = hidden.filter(|entry| entry["isInternal"] == true);
        for entry in hidden {
            let from = entry["id"].as_str().unwrap();
            ann.get(&format!("{path}?cursor={from}")).await.refused(400);
        }
    }
}

#[tokio::test]
async fn files_alone_are_a_message_and_without_them_the_text_is_needed() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let id = amina.asks("general", "low").await;
    let path = format!("{TICKETS}/{id}/messages");
    let file = json!([{"url": "https://files.example.com/a", "fileName": "a.png"}]);
    for text in [json!(null), json!(""), json!(" \n")] {
        let made = amina
            .post(&path, json!({"message": text, "attachments": file}))
            .await;
        let shown = &made.created()["message"];
        assert_eq!(shown["message"], text.as_str().unwrap_or_default());
        assert_eq!(shown["attachments"][0]["fileName"], "a.png");
    }
    let absent = amina.post(&path, json!({"attachments": file})).await;
    assert_eq!(absent.created()["message"]["message"], "");
    for (body, field, code) in [
        (json!({}), "message", "required"),
        (json!({"attachments": []}), "message", "required"),
        (
            json!({"message": "", "attachments": []}),
            "message",
            "too_short",
        ),
        (json!({"message": " "}), "message", "too_short"),
        (
            json!({"message": "a\u{0}b", "attachments": file}),
            "message",
            "nul_character",
        ),
        (
            json!({"message": "x".repeat(20_001), "attachments": file}),
            "message",
            "too_long",
        ),
        // The file is what is wrong then.
        (
            json!({"attachments": [{"url": "http://a.b/c", "fileName": "c"}]}),
            "attachments[0].url",
            "not_https",
        ),
    ] {
        let refused = amina.post(&path, body).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        let errors = refused.body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(
            (&errors[0]["field"], &errors[0]["code"]),
            (&json!(field), &json!(code))
        );
    }
    let list = amina.get(&format!("{TICKETS}?q=help")).await;
    assert_eq!(list.ok()["pagination"]["total"], 1);
}

#[tokio::test]
async fn a_mail_of_files_alone_names_the_files_and_quotes_nothing() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    let path = format!("{TICKETS}/{id}/messages");
    let file = json!({"url": "https://files.example.com/a", "fileName": "receipt.png"});
    for (body, said, quoted) in [
        (
            json!({"attachments": [file]}),
            "The message has a file, which you will find in the ticket:",
            None,
        ),
        (
            json!({"message": "See there.", "attachments": [file, file]}),
            "The message has 2 files, which you will find in the ticket:",
            Some("> See there."),
        ),
    ] {
        app.news();
        let before = app.mails().len();
        app.advance(minutes(1));
        sarah.post(&path, body).await.created();
        app.settle().await;
        let mails = app.mails();
        assert_eq!(mails.len(), before + 1);
        let mail = mails.last().unwrap();
        let (text, html) = (mail.text(), mail.html());
        assert!(text.contains(said) && html.contains(said), "{text}");
        assert_eq!(text.lines().find(|line| line.starts_with('>')), quoted);
        assert_eq!(html.contains("<blockquote"), quoted.is_some());
        assert!(text.lines().any(|line| line == "- receipt.png"));
        assert!(html.contains(">receipt.png</li>"));
        assert!(!mail.whole.contains("files.example.com"));
    }
    app.advance(minutes(1));
    amina.says(&id, "No file.").await.created();
    app.settle().await;
    assert!(
        !app.mails()
            .last()
            .unwrap()
            .text()
            .contains("The message has")
    );
}

/// What a walk by cursors reads.
async fn walked(who: &Caller, path: &str, query: &str) -> Vec<Value> {
    let (mut read, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = who.get(&format!("{path}?{query}{cursor}")).await;
        read.extend(answer.ok()["messages"].as_array().unwrap().clone());
        let Some(next) = answer.body["pagination"]["nextCursor"].as_str() else {
            return read;
        };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn a_thread_is_read_from_either_end_by_pages_and_by_cursors() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let id = ann.asks("general", "low").await;
    let path = format!("{TICKETS}/{id}/messages");
    // Several at one instant, and notes among them.
    for n in 0..9 {
        let said = json!({"message": format!("m{n}"), "isInternal": n % 3 == 1});
        eve.post(&path, said).await.created();
        if n % 4 == 3 {
            app.advance(minutes(1));
        }
    }
    for who in [&ann, &eve] {
        let oldest_first = who.get(&format!("{path}?limit=100")).await.ok()["messages"].clone();
        let oldest_first = oldest_first.as_array().unwrap().clone();
        let newest_first: Vec<Value> = oldest_first.iter().rev().cloned().collect();
        for (order, expected) in [
            ("", &oldest_first),
            ("&order=asc", &oldest_first),
            ("&order=desc", &newest_first),
        ] {
            for limit in [1, 2, 4, 100] {
                let query = format!("limit={limit}{order}");
                assert_eq!(walked(who, &path, &query).await, *expected, "{query}");
                let mut paged = Vec::new();
                for page in 1..=10 {
                    let part = who.get(&format!("{path}?{query}&page={page}")).await;
                    paged.extend(part.ok()["messages"].as_array().unwrap().clone());
                    assert_eq!(part.body["pagination"]["total"], expected.len());
                }
                assert_eq!(paged, *expected, "{query}");
            }
        }
        // A cursor is a place: from there on the thread is read in the order that is asked for.
        let third = oldest_first[2]["id"].as_str().unwrap();
        let back = format!("{path}?order=desc&cursor={third}");
        assert_eq!(
            who.get(&back).await.ok()["messages"],
            json!(newest_first[newest_first.len() - 2..])
        );
    }
    let refused = ann.get(&format!("{path}?order=newest")).await;
    assert_eq!(refused.refused(400), "invalid_query");
    assert_eq!(refused.body["errors"][0]["field"], "order");
}
