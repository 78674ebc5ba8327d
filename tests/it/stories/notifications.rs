//! Which events are mailed to whom, and which are not.

use crate::harness::{App, NOTHING, TICKETS};
use domain::people::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn nobody_is_notified_of_their_own_actions() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    // The confirmation is what the customer asked for.
    assert_eq!(app.news(), ["amina: ticket_received"]);
    eve.does("assign", &id, json!({})).await.ok();
    eve.does(
        "escalate",
        &id,
        json!({"reason": "why", "escalatedTo": eve.id()}),
    )
    .await
    .ok();
    amina.says(&id, "Hello?").await.created();
    app.settle().await;
    assert_eq!(
        app.news(),
        ["amina: ticket_assigned", "eve: customer_replied"]
    );
    eve.closes(&id).await.ok();
    // A closing that is over before it is told is not told.
    app.settle().await;
    amina
        .does("reopen", &id, json!({"reason": "why"}))
        .await
        .ok();
    app.settle().await;
    assert_eq!(app.news(), ["amina: ticket_closed"]);
}

#[tokio::test]
async fn closed_accounts_are_told_nothing() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    app.news();
    app.deactivate(&amina).await;
    sarah.says(&id, "Hello?").await.created();
    sarah.closes(&id).await.ok();
    app.settle().await;
    assert_eq!(app.news(), NOTHING);
}

#[tokio::test]
async fn people_are_written_to_in_their_language_and_time_zone() {
    let app = App::new().await;
    let anybody = app.stranger();
    for (language, zone, word) in [
        ("sw", "Africa/Nairobi", "11:00"),
        ("fr", "Europe/Paris", "10:00"),
        ("de", "UTC", "08:00"),
    ] {
        let body = json!({
            "firstName": "Amina", "lastName": "Otieno", "email": format!("{language}@example.com"),
            "phoneNumber": "+254712345678", "password": "SecurePass123!", "language": language,
            "timezone": zone
        });
        let made = anybody.post("/api/v1/auth/register", body).await;
        made.created();
        let id = made.body["user"]["id"].as_str().unwrap();
        app.sql(
            "update users set email_confirmed_at = created_at where id = $1::uuid",
            id,
        )
        .await;
        let person = app.same(&made.body["user"]).await;
        person.asks("general", "low").await;
        app.settle().await;
        let mails = app.mails();
        let mail = mails
            .iter()
            .find(|mail| mail.name() == language && mail.template == "ticket_received")
            .unwrap();
        assert!(mail.text().contains(word), "{}", mail.text());
        let english = mail.text().contains("We have received your request");
        assert_eq!(english, language == "de", "{}", mail.text());
    }
}

#[tokio::test]
async fn headers_cannot_be_injected_by_names_and_titles() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let subject = "Help\r\nBcc: evil@example.com\r\n\r\nHello";
    amina
        .opens(json!({"subject": subject, "description": "b"}))
        .await;
    app.settle().await;
    let mail = app.mails().remove(0);
    let head = mail.whole.split("\r\n\r\n").next().unwrap().to_owned();
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    assert!(
        mail.subject.contains("Help Bcc: evil@example.com Hello"),
        "{head}"
    );
}

#[tokio::test]
async fn customers_are_mailed_nothing_of_the_house() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let kim = app
        .agent_with("Kim", json!({"department": "general", "level": 2}))
        .await;
    let id = amina.asks("general", "urgent").await;
    app.settle().await;
    let secret = "secret for staff only";
    let note = json!({"message": secret, "isInternal": true});
    sarah
        .post(&format!("{TICKETS}/{id}/messages"), note)
        .await
        .created();
    sarah
        .does(
            "status",
            &id,
            json!({"status": "in_progress", "notes": secret}),
        )
        .await
        .ok();
    sarah
        .does("priority", &id, json!({"priority": "high"}))
        .await
        .ok();
    app.after(31).await;
    let closing =
        json!({"summary": "Done.", "resolutionType": "solved", "resolutionNotes": secret});
    kim.does("close", &id, closing).await.ok();
    app.settle().await;
    for mail in app.mails().iter().filter(|mail| mail.name() == "amina") {
        let text = mail.whole.replace("=\r\n", "");
        for hidden in [secret, "escalat", "@example.com", "deadline"] {
            let text = text.replace("amina@example.com", "");
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
    }
    let about = json!(history_for(&amina, &id).await).to_string();
    for hidden in ["note_added", "sla_", "\"escalated\",", secret] {
        assert!(!about.contains(hidden), "{hidden}: {about}");
    }
}

async fn history_for(caller: &crate::harness::Caller, id: &str) -> Value {
    let path = format!("{TICKETS}/{id}/history?limit=100");
    let told = caller.get(&path).await;
    let entries = told.ok()["history"].as_array().unwrap();
    entries.iter().map(|entry| entry["type"].clone()).collect()
}

#[tokio::test]
async fn each_event_person_and_channel_is_one_row_that_says_it_was_sent() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    app.person("Full", Role::Support, json!({"maxConcurrentTickets": 0}))
        .await;
    amina.asks("general", "low").await;
    app.settle().await;
    let sent = "select count(*) from notifications where status = 'sent' and attempts = 1 \
                and sent_at is not null and channel = 'email'";
    assert_eq!(app.count(sent).await, 1);
    assert_eq!(app.count("select count(*) from notifications").await, 1);
    let mail = app.mails().remove(0);
    let id: (uuid::Uuid,) = sqlx::query_as("select id from notifications")
        .fetch_one(&app.cx.pool)
        .await
        .unwrap();
    assert_eq!(mail.message_id, format!("<{}@localhost>", id.0));
}
