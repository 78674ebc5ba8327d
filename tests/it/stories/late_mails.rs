//! Mails that leave late: their content is decided when they are sent.

use crate::harness::{App, Caller, Mail, NOTHING};
use actions::job_list::Job;
use chrono::TimeDelta;
use serde_json::json;

/// A ticket of Amina's, which Eve gives to agents, while the queue of mails stands still.
struct Desk {
    app: App,
    amina: Caller,
    sarah: Caller,
    kim: Caller,
    eve: Caller,
    ticket: String,
}

impl Desk {
    /// All mails are sent; the ticket is assigned to Sarah and in progress.
    async fn with_a_ticket(priority: &str) -> Self {
        let app = App::with(&[
            ("ASSIGNMENT_STRATEGY", "manual"),
            ("AUTO_ESCALATE_ON_BREACH", "false"),
        ])
        .await;
        let amina = app.customer("Amina").await;
        let (sarah, kim) = (
            app.agent("Sarah", "general").await,
            app.agent("Kim", "general").await,
        );
        let eve = app.admin("Eve").await;
        let ticket = amina.asks("general", priority).await;
        let desk = Self {
            app,
            amina,
            sarah,
            kim,
            eve,
            ticket,
        };
        desk.assigns_to(&desk.sarah).await;
        desk.sarah.sets(&desk.ticket, "in_progress").await.ok();
        desk.app.settle().await;
        desk.app.news();
        desk
    }

    /// From now on mails wait, as they do when the mail server is away.
    async fn hold(&self) {
        let hold = "update queue_control set failures = 1, held_until = $1::timestamptz where queue = 'email'";
        // Files of mails are in the order of what they tell.
        self.app.advance(TimeDelta::seconds(1));
        let long = self.app.now() + TimeDelta::days(100);
        self.app.sql(hold, &long.to_rfc3339()).await;
    }

    /// All that waits is sent; who was told what.
    async fn resume(&self) -> Vec<String> {
        self.app.settle().await;
        assert_eq!(self.app.news(), NOTHING, "the queue is held");
        let open = json!({"paused": false});
        self.eve.put("/api/v1/admin/queues/email", open).await.ok();
        self.app.settle().await;
        self.app.news()
    }

    async fn assigns_to(&self, agent: &Caller) {
        let to = json!({"agentId": agent.id()});
        self.eve.does("assign", &self.ticket, to).await.ok();
    }

    async fn reopens(&self) {
        let why = json!({"reason": "why"});
        self.amina.does("reopen", &self.ticket, why).await.ok();
    }

    /// The last mail of that kind to that person.
    fn mail(&self, name: &str, template: &str) -> Mail {
        let mut mails = self.app.mails();
        mails.retain(|mail| mail.name() == name && mail.template == template);
        mails.pop().unwrap()
    }
}

#[tokio::test]
async fn after_two_assignments_the_customer_is_told_of_the_present_agent() {
    let desk = Desk::with_a_ticket("low").await;
    desk.hold().await;
    desk.assigns_to(&desk.kim).await;
    desk.assigns_to(&desk.sarah).await;
    desk.assigns_to(&desk.kim).await;
    let told = ["amina: ticket_assigned", "kim: work_assigned"];
    assert_eq!(desk.resume().await, told);
    let text = desk.mail("amina", "ticket_assigned").text();
    assert!(text.contains("Kim is now looking after"), "{text}");
}

#[tokio::test]
async fn a_ticket_that_nobody_has_any_more_is_not_told_to_be_looked_after() {
    let desk = Desk::with_a_ticket("low").await;
    desk.hold().await;
    desk.assigns_to(&desk.kim).await;
    desk.kim.sets(&desk.ticket, "open").await.ok();
    assert_eq!(desk.resume().await, NOTHING);
    desk.hold().await;
    desk.assigns_to(&desk.kim).await;
    desk.kim.closes(&desk.ticket).await.ok();
    assert_eq!(desk.resume().await, ["amina: ticket_closed"]);
}

#[tokio::test]
async fn a_customer_who_has_answered_is_neither_asked_nor_reminded() {
    let desk = Desk::with_a_ticket("low").await;
    desk.hold().await;
    desk.sarah.sets(&desk.ticket, "waiting_customer").await.ok();
    desk.app.advance(TimeDelta::days(3));
    desk.app.run(&Job::AutoClose).await;
    desk.amina.says(&desk.ticket, "Here.").await.created();
    assert_eq!(desk.resume().await, ["sarah: customer_replied"]);
    // Asked once more, and waiting: told once, and reminded.
    desk.hold().await;
    desk.sarah.sets(&desk.ticket, "waiting_customer").await.ok();
    desk.amina.says(&desk.ticket, "Here again.").await.created();
    desk.sarah.sets(&desk.ticket, "waiting_customer").await.ok();
    desk.app.advance(TimeDelta::days(3));
    desk.app.run(&Job::AutoClose).await;
    let told = [
        "amina: answer_awaited",
        "amina: answer_reminder",
        "sarah: customer_replied",
    ];
    assert_eq!(desk.resume().await, told);
}

#[tokio::test]
async fn no_warning_is_sent_for_a_clock_that_has_stopped() {
    let desk = Desk::with_a_ticket("urgent").await;
    desk.hold().await;
    desk.app.after(13).await;
    desk.sarah.says(&desk.ticket, "Hello!").await.created();
    assert_eq!(desk.resume().await, ["amina: staff_replied"]);
    desk.hold().await;
    desk.app.after(90).await;
    desk.sarah.closes(&desk.ticket).await.ok();
    assert_eq!(desk.resume().await, ["amina: ticket_closed"]);
    let warned = "select count(*) from ticket_events where what->>'type' = 'sla_at_risk'";
    assert_eq!(desk.app.count(warned).await, 2, "both were on record");
}

#[tokio::test]
async fn a_warning_that_is_late_itself_is_told_by_the_breach() {
    let desk = Desk::with_a_ticket("urgent").await;
    desk.hold().await;
    desk.app.after(13).await;
    desk.app.after(3).await;
    let told = desk.resume().await;
    let breached = ["eve", "registrar", "sarah"].map(|who| format!("{who}: sla_breached"));
    assert_eq!(told, breached);
    let text = desk.mail("sarah", "sla_breached").text();
    assert!(text.contains("helped at once"), "{text}");
}

#[tokio::test]
async fn the_mail_about_a_breach_describes_the_ticket_as_it_is_when_the_mail_leaves() {
    let desk = Desk::with_a_ticket("urgent").await;
    desk.hold().await;
    desk.app.after(16).await;
    desk.sarah.says(&desk.ticket, "Hello!").await.created();
    assert_eq!(desk.resume().await.len(), 4);
    let text = desk.mail("sarah", "sla_breached").text();
    assert!(text.contains("dealt with since"), "{text}");
    desk.hold().await;
    desk.app.after(110).await;
    desk.sarah.sets(&desk.ticket, "waiting_customer").await.ok();
    assert_eq!(desk.resume().await.len(), 4);
    let text = desk.mail("eve", "sla_breached").text();
    assert!(text.contains("waiting for the customer"), "{text}");
}

#[tokio::test]
async fn a_resolution_and_a_closing_are_told_while_they_last() {
    let desk = Desk::with_a_ticket("low").await;
    desk.hold().await;
    desk.sarah.sets(&desk.ticket, "resolved").await.ok();
    desk.amina.says(&desk.ticket, "Not yet.").await.created();
    let again = ["sarah: customer_replied", "sarah: work_reopened"];
    assert_eq!(desk.resume().await, again);
    desk.hold().await;
    desk.sarah.sets(&desk.ticket, "resolved").await.ok();
    desk.sarah.closes(&desk.ticket).await.ok();
    desk.reopens().await;
    desk.sarah.closes(&desk.ticket).await.ok();
    assert_eq!(desk.resume().await, ["amina: ticket_closed"]);
    let text = desk.mail("amina", "ticket_closed").text();
    let (_, path) = text.split_once("/api/v1/support/survey/").unwrap();
    let token = path.split_whitespace().next().unwrap();
    let page = format!("/api/v1/support/survey/{token}");
    let page = desk.app.stranger().get(&page).await;
    assert!(
        page.body.as_str().unwrap().contains("<form"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn an_escalation_that_somebody_took_asks_nobody_to_assign_it() {
    let desk = Desk::with_a_ticket("low").await;
    desk.hold().await;
    let why = json!({"reason": "why"});
    desk.sarah.does("escalate", &desk.ticket, why).await.ok();
    desk.assigns_to(&desk.kim).await;
    let told = ["amina: ticket_assigned", "kim: work_assigned"];
    assert_eq!(desk.resume().await, told);
    desk.hold().await;
    let to_sarah = json!({"reason": "why", "escalatedTo": desk.sarah.id()});
    desk.kim.does("escalate", &desk.ticket, to_sarah).await.ok();
    desk.sarah.closes(&desk.ticket).await.ok();
    assert_eq!(
        desk.resume().await,
        ["amina: ticket_closed", "kim: escalation_resolved"]
    );
    desk.hold().await;
    desk.reopens().await;
    desk.sarah.closes(&desk.ticket).await.ok();
    desk.reopens().await;
    assert_eq!(desk.resume().await, ["sarah: work_reopened"]);
}

#[tokio::test]
async fn a_message_goes_to_who_has_the_ticket_and_asks_for_no_answer_that_was_given() {
    let desk = Desk::with_a_ticket("low").await;
    desk.hold().await;
    desk.amina.says(&desk.ticket, "Hello?").await.created();
    desk.assigns_to(&desk.kim).await;
    let told = ["amina: ticket_assigned", "kim: work_assigned"];
    assert_eq!(desk.resume().await, told);
    desk.hold().await;
    desk.amina.says(&desk.ticket, "Anybody?").await.created();
    desk.kim.says(&desk.ticket, "Here.").await.created();
    let told = ["amina: staff_replied", "kim: customer_replied"];
    assert_eq!(desk.resume().await, told);
    let text = desk.mail("kim", "customer_replied").text();
    assert!(text.contains("> Anybody?"), "{text}");
    assert!(text.contains("has had an answer since"), "{text}");
    desk.hold().await;
    desk.kim.says(&desk.ticket, "Bye.").await.created();
    desk.kim.closes(&desk.ticket).await.ok();
    desk.resume().await;
    let text = desk.mail("amina", "staff_replied").text();
    assert!(text.contains("reopen it"), "{text}");
}

#[tokio::test]
async fn a_confirmation_that_is_late_promises_nothing_that_is_over() {
    let desk = Desk::with_a_ticket("low").await;
    desk.hold().await;
    let ticket = desk.amina.asks("general", "low").await;
    desk.eve.closes(&ticket).await.ok();
    let told = ["amina: ticket_closed", "amina: ticket_received"];
    assert_eq!(desk.resume().await, told);
    let text = desk.mail("amina", "ticket_received").text();
    assert!(text.contains("dealt with since"), "{text}");
    assert!(!text.contains("will look after it"), "{text}");
}
