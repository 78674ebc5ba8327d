//! The brief's first example, with its responses to the letter.

use crate::harness::{App, Caller, NOTHING, history, minutes};
use actions::job_list::Job;
use serde_json::{Value, json};

/// The brief's request.
pub(super) fn payment() -> Value {
    json!({
        "subject": "Cannot complete payment",
        "description": "Getting error when trying to pay for booking #BKG-12345",
        "category": "payment",
        "priority": "high",
        "relatedBooking": "booking_id",
        "attachments": [{"url": "https://files.example.com/1", "fileName": "screenshot.png"}],
        "tags": ["payment", "booking"]
    })
}

/// A ticket and its people, from one act to the next.
struct Life {
    app: App,
    amina: Caller,
    sarah: Caller,
    eve: Caller,
    id: String,
}

impl Life {
    async fn begins() -> Self {
        let app = App::new().await;
        let amina = app.customer("Amina").await;
        let sarah = app.agent("Sarah", "billing").await;
        let eve = app.admin("Eve").await;
        let id = amina.opens(payment()).await;
        Self {
            app,
            amina,
            sarah,
            eve,
            id,
        }
    }

    /// 1. The customer creates a ticket; 2. the system assigns it.
    async fn is_opened_and_assigned(&self) {
        let Self {
            app,
            amina,
            sarah,
            id,
            ..
        } = self;
        assert_eq!(amina.status_of(id).await, "open");
        app.settle().await;
        let ticket = amina.ticket(id).await;
        assert_eq!(ticket["status"], "assigned");
        assert_eq!(ticket["assignedAt"], "2025-10-01T08:00:00.000Z");
        let named = json!({"id": sarah.id(), "firstName": "Sarah", "lastName": "Otieno"});
        assert_eq!(ticket["assignedTo"], named);
        let expected = [
            "amina: ticket_assigned",
            "amina: ticket_received",
            "sarah: work_assigned",
        ];
        assert_eq!(app.news(), expected);
    }

    /// 3. The agent starts working.
    async fn is_taken_up(&self) {
        let Self { app, sarah, id, .. } = self;
        app.advance(minutes(5));
        let body = json!({"status": "in_progress", "notes": "Started working on the issue"});
        let started = sarah.does("status", id, body).await;
        assert_eq!(started.ok()["ticket"]["status"], "in_progress");
        app.settle().await;
        assert_eq!(app.news(), NOTHING);
    }

    /// 4. The agent needs an answer: the customer is notified, and the resolution clock stands still.
    async fn waits_for_its_customer(&self) {
        let Self {
            app,
            amina,
            sarah,
            id,
            ..
        } = self;
        app.advance(minutes(5));
        sarah.says(id, "Which card is it?").await.created();
        sarah.sets(id, "waiting_customer").await.ok();
        app.settle().await;
        assert_eq!(
            app.news(),
            ["amina: answer_awaited", "amina: staff_replied"]
        );
        let sla = amina.ticket(id).await["sla"].clone();
        assert_eq!(sla["firstResponse"]["at"], "2025-10-01T08:10:00.000Z");
        assert_eq!(sla["firstResponse"]["state"], "met");
        assert_eq!(sla["firstResponse"]["met"], true);
        assert_eq!(sla["resolution"]["state"], "paused");
    }

    /// 5. The customer responds, an hour later.
    async fn goes_on_with_the_answer(&self) {
        let Self { app, amina, id, .. } = self;
        app.advance(minutes(60));
        amina.says(id, "The blue one.").await.created();
        app.settle().await;
        assert_eq!(app.news(), ["sarah: customer_replied"]);
        let ticket = amina.ticket(id).await;
        assert_eq!(ticket["status"], "in_progress");
        assert_eq!(ticket["sla"]["pausedMinutes"], 60);
        assert_eq!(
            ticket["sla"]["resolution"]["targetAt"],
            "2025-10-01T13:00:00.000Z"
        );
    }

    /// 6. The agent resolves it.
    async fn is_resolved(&self) {
        let Self { app, sarah, id, .. } = self;
        app.advance(minutes(10));
        sarah.sets(id, "resolved").await.ok();
        app.settle().await;
        assert_eq!(app.news(), ["amina: ticket_resolved"]);
    }

    /// 7. The agent closes it: the customer gets the survey.
    async fn is_closed_with_a_survey(&self) {
        let Self { app, sarah, id, .. } = self;
        app.advance(minutes(10));
        let closing = json!({
            "summary": "Payment gateway was experiencing downtime.",
            "resolutionType": "solved",
            "resolutionNotes": "Customer was able to complete payment successfully"
        });
        let closed = sarah.does("close", id, closing).await;
        assert_eq!(
            closed.ok()["ticket"]["resolution"],
            json!({
                "summary": "Payment gateway was experiencing downtime.",
                "resolutionType": "solved",
                "resolutionNotes": "Customer was able to complete payment successfully",
                "duplicateOf": null,
                "resolvedBy": sarah.id(),
                "resolvedAt": "2025-10-01T09:20:00.000Z"
            })
        );
        app.settle().await;
        assert_eq!(app.news(), ["amina: ticket_closed"]);
        let survey = app.mails().into_iter();
        let survey = survey
            .filter(|mail| mail.template == "ticket_closed")
            .map(|mail| mail.text())
            .next()
            .unwrap();
        assert!(survey.contains("/api/v1/support/survey/"), "{survey}");
    }

    /// 8. The customer rates it.
    async fn is_rated(&self) {
        let Self { app, amina, id, .. } = self;
        let rating = json!({"rating": 5, "feedback": "Excellent support, resolved quickly!"});
        let rated = amina.rates(id, rating).await;
        assert_eq!(
            rated.ok()["ticket"]["rating"],
            json!({
                "rating": 5, "feedback": "Excellent support, resolved quickly!",
                "ratedAt": "2025-10-01T09:30:00.000Z"
            })
        );
        app.settle().await;
        assert_eq!(app.news(), NOTHING);
    }

    /// The history has every act; the note is for staff.
    async fn has_a_history_of_all_of_it(&self) {
        let Self { amina, eve, id, .. } = self;
        let expected = [
            "created by Amina",
            "assigned by the system",
            "status_changed open → assigned by the system",
            "status_changed assigned → in_progress by Sarah",
            "note_added by Sarah",
            "message_added by Sarah",
            "status_changed in_progress → waiting_customer by Sarah",
            "status_changed waiting_customer → in_progress by Amina",
            "message_added by Amina",
            "status_changed in_progress → resolved by Sarah",
            "resolved by Sarah",
            "status_changed resolved → closed by Sarah",
            "closed by Sarah",
            "rated by Amina",
        ];
        assert_eq!(history(eve, id).await, expected);
        let public: Vec<_> = (expected.into_iter())
            .filter(|line| *line != "note_added by Sarah")
            .collect();
        assert_eq!(history(amina, id).await, public);
    }

    /// The statistics of the admin.
    async fn is_counted_in_the_statistics(&self) {
        let Self {
            app, sarah, eve, ..
        } = self;
        app.run(&Job::RollUpStats).await;
        let asked = "startDate=2025-10-01&endDate=2025-10-31";
        let path = format!("/api/v1/support/stats?{asked}&agentId={}", sarah.id());
        assert_eq!(
            *eve.get(&path).await.ok(),
            json!({
                "success": true,
                "total": 1,
                "statusBreakdown": [{"_id": "closed", "count": 1}],
                "priorityBreakdown": [{"_id": "high", "count": 1}],
                "categoryBreakdown": [{"_id": "payment", "count": 1}],
                "agentStats": {
                    "total": 1, "open": 0, "closed": 1, "resolved": 1,
                    "avgResponseTime": 10, "avgResolutionTime": 80,
                    "satisfactionRating": "5.0", "slaCompliance": "100.00"
                },
                "asOf": "2025-10-01T09:30:00.000Z"
            })
        );
    }

    /// The dashboard of the agent.
    async fn is_counted_on_the_dashboard(&self) {
        let Self { sarah, .. } = self;
        let dashboard = sarah.get("/api/v1/support/dashboard").await;
        let performance = json!({
            "ticketsResolved": 1, "ticketsClosed": 1, "averageResponseTime": 10,
            "averageResolutionTime": 80, "customerSatisfactionRating": 5.0,
            "slaCompliance": "100.00"
        });
        assert_eq!(
            *dashboard.ok(),
            json!({
                "success": true,
                "dashboard": {
                    "assignedTickets": [], "unassignedTickets": [], "urgentTickets": [],
                    "atRiskTickets": [], "currentWorkload": 0,
                    "performance": performance,
                    "performanceLast7Days": performance,
                    "performanceLast30Days": performance
                }
            })
        );
    }

    /// The figures of the agent in the account.
    async fn is_counted_in_the_account_of_its_agent(&self) {
        let Self { sarah, .. } = self;
        let me = sarah.get("/api/v1/auth/me").await;
        assert_eq!(
            me.ok()["user"]["supportInfo"]["stats"],
            json!({
                "ticketsHandled": 1, "ticketsClosed": 1, "averageResponseTime": 10,
                "averageResolutionTime": 80, "customerSatisfactionRating": 5.0, "ratingCount": 1
            })
        );
    }
}

#[tokio::test]
async fn a_ticket_lives_from_its_creation_to_its_rating() {
    let life = Life::begins().await;
    life.is_opened_and_assigned().await;
    life.is_taken_up().await;
    life.waits_for_its_customer().await;
    life.goes_on_with_the_answer().await;
    life.is_resolved().await;
    life.is_closed_with_a_survey().await;
    life.is_rated().await;
    life.has_a_history_of_all_of_it().await;
    life.is_counted_in_the_statistics().await;
    life.is_counted_on_the_dashboard().await;
    life.is_counted_in_the_account_of_its_agent().await;
}
