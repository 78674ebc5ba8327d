//! Two customers, two agents, an admin, and a ticket with a marker in every part: `sekret` is hidden from
//! strangers, `inhouse` from its customer too.

use super::urls::Named;
use crate::harness::{App, Caller, TICKETS};
use domain::people::Role;
use serde_json::{Value, json};

/// Everybody.
pub struct World {
    /// The customer of the ticket.
    pub ann: Caller,
    /// Another customer.
    pub zoe: Caller,
    /// The agent who has the ticket.
    pub kim: Caller,
    /// An agent who had it once.
    pub sam: Caller,
    /// An admin.
    pub eve: Caller,
}

/// The ticket.
pub struct Hidden {
    pub id: String,
    pub number: String,
}

impl World {
    /// Everybody with tickets of their own, and nothing of the ticket that is hidden yet.
    pub async fn new(app: &App) -> Box<Self> {
        Box::pin(Self::made(app)).await
    }

    async fn made(app: &App) -> Box<Self> {
        let world = Box::new(Self {
            ann: app.person("AnnSekret", Role::Customer, json!(null)).await,
            zoe: app.customer("Zoe").await,
            sam: app
                .agent_with("Sam", json!({"department": "billing"}))
                .await,
            kim: app
                .person("Kim", Role::Support, json!({"department": "technical"}))
                .await,
            eve: app.admin("Eve").await,
        });
        for (person, phone) in [
            (&world.ann, "+254799999901"),
            (&world.kim, "+254799999902"),
            (&world.sam, "+254799999903"),
        ] {
            let change = json!({"phoneNumber": phone});
            person.patch("/api/v1/auth/me", change).await.ok();
        }
        for (category, priority) in [
            ("payment", "high"),
            ("general", "low"),
            ("account", "medium"),
        ] {
            let id = world.zoe.asks(category, priority).await;
            world.zoe.says(&id, "Hello?").await.created();
            app.settle().await;
            world.sam.says(&id, "Hello.").await.created();
        }
        app.settle().await;
        world
    }

    /// What addresses may name, without the ticket.
    pub fn named(&self) -> Named {
        Named {
            ticket: String::new(),
            number: String::new(),
            customer: self.ann.id(),
            agent: self.kim.id(),
        }
    }
}

impl Hidden {
    /// What addresses may name.
    pub fn named(&self, world: &World) -> Named {
        Named {
            ticket: self.id.clone(),
            number: self.number.clone(),
            ..world.named()
        }
    }

    /// What nobody may know who does not see the ticket.
    pub fn hidden_from_strangers(&self, world: &World) -> Vec<String> {
        let mut hidden = hidden_from_the_customer();
        hidden.extend(["sekret".to_owned(), "+254799999901".to_owned()]);
        hidden.extend([self.id.clone(), self.number.clone(), world.ann.id()]);
        hidden
    }
}

/// What the ticket's own customer may not know.
pub fn hidden_from_the_customer() -> Vec<String> {
    [
        "inhouse",
        "note_added",
        "kim@example.com",
        "eve@example.com",
        "+254799999902",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// A ticket of Ann's that Sam had and Kim has: with every kind of text there is.
pub async fn hidden_ticket(app: &App, world: &World) -> Hidden {
    let World {
        ann, sam, kim, eve, ..
    } = world;
    let made = ann.post(TICKETS, sekret()).await;
    let ticket = &made.created()["ticket"];
    let named = |field: &str| ticket[field].as_str().unwrap().to_owned();
    let hidden = Hidden {
        id: named("id"),
        number: named("ticketNumber"),
    };
    let id = &hidden.id;
    app.settle().await;
    assert_eq!(
        app.assignee(id).await,
        Some(sam.id()),
        "Sam has it at first"
    );
    writes(sam, id, "sekret answer", false).await;
    writes(sam, id, "inhouse note", true).await;
    let escalate = json!({"reason": "inhouse reason", "escalatedTo": kim.id()});
    sam.does("escalate", id, escalate).await.ok();
    app.settle().await;
    ann.says(id, "sekret question").await.created();
    let status = json!({"status": "waiting_internal", "notes": "inhouse status note"});
    kim.does("status", id, status).await.ok();
    // Another customer's ticket is what it turns out to be a copy of.
    let other = world.zoe.get(&format!("{TICKETS}?limit=1")).await;
    let closing = json!({
        "summary": "sekret summary", "resolutionType": "duplicate",
        "resolutionNotes": "inhouse resolution notes",
        "duplicateOf": other.ok()["tickets"][0]["id"],
    });
    eve.does("close", id, closing).await.ok();
    let rating = json!({"rating": 2, "feedback": "sekret feedback"});
    ann.rates(id, rating).await.ok();
    let again = json!({"reason": "sekret reason to take it up again"});
    ann.does("reopen", id, again).await.ok();
    app.settle().await;
    let assign = json!({"agentId": kim.id(), "force": true});
    eve.does("assign", id, assign).await.ok();
    writes(kim, id, "inhouse note again", true).await;
    for slip in [kim.notes(id, "inhouse slip").await, said(kim, id).await] {
        let path = format!("{TICKETS}/{id}/messages/{slip}");
        let reason = json!({"reason": "inhouse reason to redact it"});
        kim.delete(&path, reason).await.ok();
    }
    app.settle().await;
    hidden
}

/// The id of what somebody should not have said to the customer.
async fn said(by: &Caller, ticket: &str) -> String {
    let made = by.says(ticket, "inhouse slip of the tongue").await;
    made.created()["message"]["id"].as_str().unwrap().to_owned()
}

fn sekret() -> Value {
    json!({
        "subject": "sekret subject", "description": "sekret description",
        "category": "payment", "priority": "high",
        "relatedBooking": "sekret-booking", "relatedTransaction": "sekret-transaction",
        "relatedConversation": "sekret-conversation", "tags": ["sekret-tag", "common"],
        "attachments": [{"url": "https://files.example/sekret-url", "fileName": "sekret-name"}],
    })
}

/// A message or a note, with a file.
pub async fn writes(by: &Caller, ticket: &str, text: &str, is_internal: bool) {
    let file = json!({"url": format!("https://files.example/{}", text.replace(' ', "-")), "fileName": text});
    let message = json!({"message": text, "isInternal": is_internal, "attachments": [file]});
    let path = format!("{TICKETS}/{ticket}/messages");
    by.post(&path, message).await.created();
}
