//! What people say to each other, and what follows from it.

use crate::harness::{App, TICKETS, history, minutes};
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
            "createdAt": "2025-10-01T08:00:00.000Z"
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
