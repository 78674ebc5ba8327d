//! New tickets: the shape of the response, defaults by category, the mails of a ticket as one thread, and
//! tickets that staff open for customers.

use super::life_of_a_ticket::payment;
use crate::harness::{App, TICKETS};
use serde_json::{Value, json};

fn clock(target: i64, target_at: &str) -> Value {
    json!({
        "targetMinutes": target, "targetAt": target_at, "at": null, "elapsedMinutes": 0,
        "remainingMinutes": target, "state": "pending", "met": null
    })
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a story is told in one piece")]
async fn a_new_ticket_has_the_shape_of_the_contract() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let made = amina.post(TICKETS, payment()).await;
    let mut ticket = made.created()["ticket"].clone();
    let id = ticket["id"].as_str().unwrap().to_owned();
    assert_eq!(made.body["success"], true);
    assert_eq!(made.headers["location"], format!("{TICKETS}/{id}").as_str());
    assert_eq!(made.headers["etag"], "\"1\"");
    let number = ticket["ticketNumber"].as_str().unwrap().to_owned();
    assert_eq!(number, "TKT-1759305600-000001");
    ticket.as_object_mut().unwrap().remove("id");
    assert_eq!(
        ticket,
        json!({
            "ticketNumber": "TKT-1759305600-000001",
            "customer": {
                "id": amina.id(), "firstName": "Amina", "lastName": "Otieno",
                "email": "amina@example.com"
            },
            "assignedTo": null,
            "subject": "Cannot complete payment",
            "description": "Getting error when trying to pay for booking #BKG-12345",
            "category": "payment",
            "priority": "high",
            "status": "open",
            "department": "billing",
            "language": "en",
            "tags": ["payment", "booking"],
            "attachments": [{
                "url": "https://files.example.com/1", "fileName": "screenshot.png",
                "contentType": null, "size": null
            }],
            "relatedBooking": "booking_id",
            "relatedTransaction": null,
            "relatedConversation": null,
            "sla": {
                "policy": {
                    "name": "standard", "firstResponseMinutes": 30, "nextResponseMinutes": null,
                    "resolutionMinutes": 240, "pauseWhenWaiting": true, "atRiskPercent": 80,
                    "calendar": null
                },
                "firstResponse": clock(30, "2025-10-01T08:30:00.000Z"),
                "nextResponse": null,
                "resolution": clock(240, "2025-10-01T12:00:00.000Z"),
                "pausedMinutes": 0
            },
            "escalation": {"level": 0, "history": []},
            "resolution": null,
            "rating": null,
            "version": 1,
            "createdAt": "2025-10-01T08:00:00.000Z",
            "updatedAt": "2025-10-01T08:00:00.000Z",
            "assignedAt": null,
            "firstResponseAt": null,
            "resolvedAt": null,
            "closedAt": null,
            "reopenedCount": 0
        })
    );
    let by_number = amina.ticket(&number).await;
    assert_eq!(by_number["id"], id.as_str());
    assert_eq!(by_number["messages"], json!([]));
}

#[tokio::test]
async fn priority_and_department_follow_the_category_unless_they_are_named() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    for (category, priority, department) in [
        ("account", "medium", "technical"),
        ("booking", "medium", "general"),
        ("payment", "high", "billing"),
        ("technical", "medium", "technical"),
        ("billing", "medium", "billing"),
        ("complaint", "high", "complaints"),
        ("feature_request", "low", "general"),
        ("bug_report", "medium", "technical"),
        ("general", "medium", "general"),
        ("other", "medium", "general"),
    ] {
        let ticket = json!({"subject": "a", "description": "b", "category": category});
        let made = amina.post(TICKETS, ticket).await;
        let made = &made.created()["ticket"];
        assert_eq!(made["priority"], priority, "{category}");
        assert_eq!(made["department"], department, "{category}");
    }
    let made = amina
        .post(TICKETS, json!({"subject": "a", "description": "b"}))
        .await;
    assert_eq!(made.created()["ticket"]["category"], "general");
    let named =
        json!({"subject": "a", "description": "b", "category": "payment", "priority": "low"});
    let made = amina.post(TICKETS, named).await;
    assert_eq!(made.created()["ticket"]["priority"], "low");
}

#[tokio::test]
async fn all_mails_of_a_ticket_are_one_thread() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    app.agent("Sarah", "billing").await;
    let id = amina.opens(payment()).await;
    app.settle().await;
    let mails = app.mails();
    assert_eq!(mails.len(), 3);
    for mail in mails {
        assert_eq!(mail.references, format!("<{id}@localhost>"));
        // Staff read first what happened; the number is in every subject.
        let subject = match mail.template.as_str() {
            "work_assigned" => "Assigned to you: Cannot complete payment [TKT-1759305600-000001]",
            _ => "[TKT-1759305600-000001] Cannot complete payment",
        };
        assert_eq!(mail.subject, subject);
        assert!(mail.whole.contains("Auto-Submitted: auto-generated"));
    }
}

#[tokio::test]
async fn staff_create_tickets_for_customers_and_customers_for_nobody_else() {
    let app = App::new().await;
    let (amina, zoe) = (app.customer("Amina").await, app.customer("Zoe").await);
    let sarah = app.agent("Sarah", "billing").await;
    let for_amina = |id: &str| json!({"subject": "a", "description": "b", "customerId": id});
    let made = sarah.post(TICKETS, for_amina(&amina.id())).await;
    assert_eq!(made.created()["ticket"]["customer"]["id"], amina.id());
    app.settle().await;
    assert_eq!(app.news(), ["amina: ticket_received"]);
    for body in [
        json!({"subject": "a", "description": "b"}),
        for_amina(&sarah.id()),
        for_amina("01999999-0000-7000-8000-000000000000"),
    ] {
        let refused = sarah.post(TICKETS, body).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        assert_eq!(refused.body["errors"][0]["field"], "customerId");
    }
    let refused = zoe.post(TICKETS, for_amina(&amina.id())).await;
    assert_eq!(refused.refused(422), "invalid_fields");
}
