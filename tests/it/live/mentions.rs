//! Sight by a mention: an agent whom a note mentions is told of the ticket until the note is redacted, and that it is gone
//! then.

use super::{follow, lines, newest};
use crate::harness::{App, Caller, NOTHING, history};
use serde_json::json;

/// A ticket of Amina's that Sarah has, and Kim of another department, who is mentioned as `@EMP-7`.
struct Desk {
    app: App,
    amina: Caller,
    sarah: Caller,
    kim: Caller,
    ticket: String,
}

impl Desk {
    async fn new() -> Self {
        let app = App::new().await;
        let amina = app.customer("Amina").await;
        let sarah = app.agent("Sarah", "general").await;
        let kim = json!({"department": "billing", "employeeId": "EMP-7"});
        let kim = app.agent_with("Kim", kim).await;
        let ticket = amina.asks("general", "low").await;
        app.settle().await;
        assert_eq!(app.assignee(&ticket).await, Some(sarah.id()));
        Self {
            app,
            amina,
            sarah,
            kim,
            ticket,
        }
    }

    /// Redacts a note of Sarah's.
    async fn redact(&self, note: &str) {
        self.sarah.redacts(&self.ticket, note).await.ok();
    }
}

#[tokio::test]
async fn an_agent_whose_mention_is_redacted_is_told_that_the_ticket_is_gone_and_nobody_else_is() {
    let desk = Desk::new().await;
    let daniel = desk.app.agent("Daniel", "billing").await;
    let serving = desk.app.serves().await;
    let note = desk.sarah.notes(&desk.ticket, "@EMP-7, please look.").await;
    let start = newest(&desk.kim).await;
    let mut socket = serving.socket(&desk.kim, None).await;
    socket.until("position").await;
    desk.redact(&note).await;
    let removed = socket.until("ticket:removed").await;
    assert_eq!(removed["ticketId"], desk.ticket.as_str());
    let fields: Vec<_> = removed.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["id", "type", "at", "ticketId", "position"]);
    // By pages it is the same, and nothing follows.
    desk.sarah.notes(&desk.ticket, "Between us.").await;
    let lines_of = async |who: &Caller| lines(&follow(who, &start, 100).await.0);
    assert_eq!(lines_of(&desk.kim).await, ["ticket:removed"]);
    let all = [
        "ticket:updated message_redacted",
        "ticket:message note_added",
    ];
    assert_eq!(lines_of(&desk.sarah).await, all);
    assert_eq!(lines_of(&daniel).await, NOTHING);
    assert_eq!(lines_of(&desk.amina).await, NOTHING);
}

#[tokio::test]
async fn a_ticket_stays_in_sight_until_the_last_note_that_mentions_the_agent_is_redacted() {
    let desk = Desk::new().await;
    let first = desk.sarah.notes(&desk.ticket, "@EMP-7, please look.").await;
    let second = desk.sarah.notes(&desk.ticket, "Once more, @EMP-7.").await;
    let start = newest(&desk.kim).await;
    desk.redact(&first).await;
    let (told, after) = follow(&desk.kim, &start, 100).await;
    assert_eq!(lines(&told), ["ticket:updated message_redacted"]);
    desk.redact(&second).await;
    let (told, after) = follow(&desk.kim, &after, 100).await;
    assert_eq!(lines(&told), ["ticket:removed"]);
    // A new mention gives sight again.
    desk.sarah.notes(&desk.ticket, "@EMP-7, it was you.").await;
    let (told, _) = follow(&desk.kim, &after, 100).await;
    assert_eq!(lines(&told), ["ticket:message note_added"]);
}

#[tokio::test]
async fn nobody_is_shown_whom_a_redacted_note_mentioned() {
    let desk = Desk::new().await;
    let note = desk.sarah.notes(&desk.ticket, "@EMP-7, please look.").await;
    let start = newest(&desk.sarah).await;
    desk.redact(&note).await;
    let (told, _) = follow(&desk.sarah, &start, 100).await;
    let details =
        json!({"message": note, "isInternal": true, "reason": "It should not stand there."});
    assert_eq!(told[0]["entry"]["details"], details);
    let last = history(&desk.sarah, &desk.ticket).await.pop();
    assert_eq!(last.as_deref(), Some("message_redacted by Sarah"));
    let path = format!("/api/v1/support/tickets/{}/history?limit=100", desk.ticket);
    let shown = desk.sarah.get(&path).await.ok().to_string();
    assert!(!shown.contains(&desk.kim.id()), "{shown}");
}
