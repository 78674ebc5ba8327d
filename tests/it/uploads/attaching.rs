//! Uploads on tickets and messages, and who may download them.

use super::{UNKNOWN, faults, has, message, pairs, path, picture, ticket};
use crate::{
    harness::{App, Caller, TICKETS},
    races::at_once,
};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};

fn messages(id: &str) -> String {
    format!("{TICKETS}/{id}/messages")
}

async fn agent(app: &App, name: &str) -> Caller {
    app.agent(name, "general").await
}

#[tokio::test]
async fn only_the_uploader_has_an_upload_until_it_is_attached() {
    let app = App::new().await;
    let (ann, zoe) = (app.customer("Ann").await, app.customer("Zoe").await);
    let (sam, eve) = (agent(&app, "Sam").await, app.admin("Eve").await);
    let id = picture(&ann).await;
    assert!(has(&ann, &id).await);
    for other in [&zoe, &sam, &eve] {
        assert!(!has(other, &id).await);
        let refused = other.post(TICKETS, ticket(&[&id])).await;
        // Staff name a customer, and are told of that first or as well.
        assert_eq!(refused.status, 422);
    }
    let refused = zoe.post(TICKETS, ticket(&[&id])).await;
    assert_eq!(
        faults(&refused),
        pairs(&[("attachments[0].id", "unknown_attachment")])
    );
    assert_eq!(
        app.stranger().get(&path(&id)).await.refused(401),
        "token_required"
    );
    let not_an_id = ann.get(&path("nonsense")).await;
    assert_eq!(not_an_id.refused(400), "invalid_query");
}

#[tokio::test]
async fn an_upload_that_is_none_is_told_before_the_version() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let id = ann.opens(ticket(&[])).await;
    for (body, status) in [
        (message(&[UNKNOWN], false), 422),
        (message(&[], false), 412),
    ] {
        let request = Request::post(messages(&id))
            .header("authorization", format!("Bearer {}", ann.token().unwrap()))
            .header("content-type", "application/json")
            .header("if-match", "\"999\"")
            .body(Body::from(body.to_string()))
            .unwrap();
        assert_eq!(ann.send(request).await.status, status);
    }
}

#[tokio::test]
async fn everybody_who_sees_a_ticket_has_its_files() {
    let app = App::new().await;
    let (ann, zoe) = (app.customer("Ann").await, app.customer("Zoe").await);
    let sam = agent(&app, "Sam").await;
    let id = picture(&ann).await;
    let mut new = ticket(&[&id]);
    let link = json!({"url": "https://files.example.com/a", "fileName": "a"});
    new["attachments"].as_array_mut().unwrap().push(link);
    let made = ann.post(TICKETS, new).await;
    let shown = &made.created()["ticket"];
    assert_eq!(
        shown["attachments"],
        json!([
            {"url": path(&id), "fileName": "photo.png", "contentType": "image/png", "size": super::PNG.len()},
            {"url": "https://files.example.com/a", "fileName": "a", "contentType": null, "size": null},
        ])
    );
    app.settle().await;
    let tom = agent(&app, "Tom").await;
    let eve = app.admin("Eve").await;
    for (who, may) in [
        (&ann, true),
        (&zoe, false),
        (&sam, true),
        (&tom, false),
        (&eve, true),
    ] {
        assert_eq!(has(who, &id).await, may);
    }
    // Taken over, it is out of the first agent's sight, and so is the file.
    let ticket = shown["id"].as_str().unwrap();
    eve.does("assign", ticket, json!({"agentId": tom.id()}))
        .await
        .ok();
    assert!(!has(&sam, &id).await);
    assert!(has(&tom, &id).await);
}

#[tokio::test]
async fn names_of_linked_files_are_cleaned_as_those_of_uploads() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let names = [
        ("photo\u{202e}gpj.exe", "photogpj.exe"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb.txt", "ab.txt"),
        ("..", "file"),
    ];
    let link = |name: &str| json!({"url": "https://files.example.com/a", "fileName": name});
    let links = json!(names.map(|(sent, _)| link(sent)));
    let new = json!({"subject": "Help", "description": "See there.", "attachments": links.clone()});
    let made = ann.post(TICKETS, new).await;
    let ticket = &made.created()["ticket"];
    let replied = json!({"message": "And there.", "attachments": links});
    let messages = format!("{TICKETS}/{}/messages", ticket["id"].as_str().unwrap());
    let replied = ann.post(&messages, replied).await;
    for shown in [ticket, &replied.created()["message"]] {
        let shown = shown["attachments"].as_array().unwrap().iter();
        let shown: Vec<_> = shown
            .map(|file| file["fileName"].as_str().unwrap())
            .collect();
        assert_eq!(shown, names.map(|(_, expected)| expected));
    }
}

#[tokio::test]
async fn files_of_an_internal_note_are_for_staff_who_see_the_ticket() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let sam = agent(&app, "Sam").await;
    let id = ann.opens(ticket(&[])).await;
    app.settle().await;
    let tom = agent(&app, "Tom").await;
    let (secret, public) = (picture(&sam).await, picture(&sam).await);
    sam.post(&messages(&id), message(&[&secret], true))
        .await
        .created();
    let said = sam.post(&messages(&id), message(&[&public], false)).await;
    assert_eq!(
        said.created()["message"]["attachments"][0]["url"],
        path(&public)
    );
    let eve = app.admin("Eve").await;
    for (who, may) in [(&sam, true), (&eve, true), (&ann, false), (&tom, false)] {
        assert_eq!(has(who, &secret).await, may);
    }
    for (who, may) in [(&sam, true), (&eve, true), (&ann, true), (&tom, false)] {
        assert_eq!(has(who, &public).await, may);
    }
    let thread = ann.get(&messages(&id)).await.ok().to_string();
    assert!(thread.contains(&public) && !thread.contains(&secret));
}

#[tokio::test]
async fn every_upload_that_cannot_be_attached_is_named_at_once() {
    let app = App::new().await;
    let (ann, zoe) = (app.customer("Ann").await, app.customer("Zoe").await);
    let (used, others, free) = (
        picture(&ann).await,
        picture(&zoe).await,
        picture(&ann).await,
    );
    let id = ann.opens(ticket(&[&used])).await;
    let refused = ann
        .post(
            &messages(&id),
            message(&[&free, &used, &others, UNKNOWN], false),
        )
        .await;
    assert_eq!(
        faults(&refused),
        pairs(&[
            ("attachments[1].id", "attachment_used"),
            ("attachments[2].id", "unknown_attachment"),
            ("attachments[3].id", "unknown_attachment"),
        ])
    );
    let texts: Vec<&Value> = (refused.body["errors"].as_array().unwrap().iter())
        .map(|field_error| &field_error["message"])
        .collect();
    assert_eq!(texts[1], texts[2]);
    // An attached upload of another person has the same error.
    let refused = zoe.post(TICKETS, ticket(&[&used, UNKNOWN])).await;
    let texts = &refused.body["errors"];
    assert_eq!(texts[0]["message"], texts[1]["message"]);
    assert_eq!(texts[0]["code"], "unknown_attachment");
    let refused = ann
        .post(&messages(&id), message(&[&free, &free], false))
        .await;
    assert_eq!(
        faults(&refused),
        pairs(&[("attachments[1].id", "repeated_attachment")])
    );
    let mut both = message(&[&free], false);
    both["attachments"][0]["url"] = json!("https://files.example.com/a");
    let refused = ann.post(&messages(&id), both).await;
    assert_eq!(
        faults(&refused),
        pairs(&[("attachments[0].id", "id_or_url")])
    );
    // Nothing of what was refused was taken.
    ann.post(&messages(&id), message(&[&free], false))
        .await
        .created();
    assert_eq!(app.count("select count(*) from messages").await, 1);
}

#[tokio::test]
async fn a_message_that_is_refused_leaves_its_upload_free() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let sam = agent(&app, "Sam").await;
    let closed = ann.opens(ticket(&[])).await;
    app.settle().await;
    sam.closes(&closed).await.ok();
    let id = picture(&ann).await;
    let refused = ann.post(&messages(&closed), message(&[&id], false)).await;
    assert_eq!(refused.refused(409), "ticket_closed");
    ann.post(TICKETS, ticket(&[&id])).await.created();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_that_two_people_attach_at_once_goes_to_one_of_them() {
    let app = App::with(&[("DATABASE_CONNECTIONS", "16")]).await;
    let ann = app.customer("Ann").await;
    let first = ann.opens(ticket(&[])).await;
    for _ in 0..10 {
        let (a, b) = (picture(&ann).await, picture(&ann).await);
        let attempts = [
            (messages(&first), message(&[&a, &b], false)),
            (TICKETS.to_owned(), ticket(&[&b, &a])),
            (TICKETS.to_owned(), ticket(&[&a])),
        ];
        let attempts = attempts.map(|(path, body)| {
            let ann = ann.clone();
            async move { ann.post(&path, body).await }
        });
        let answers = at_once(attempts.into()).await;
        let won = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(won, 1);
        for lost in answers.iter().filter(|answer| answer.status != 201) {
            let lost = faults(lost);
            assert!(
                lost.iter().all(|(_, code)| code == "attachment_used"),
                "{lost:?}"
            );
        }
    }
}
