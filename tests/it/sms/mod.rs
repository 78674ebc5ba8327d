//! Text messages, from a notification to a provider on this machine and back by its delivery report.

mod africas_talking;
mod caps;
mod digests;
mod early;
mod lies;
mod provider;
mod reports;
mod twilio;

use crate::harness::{App, Caller, Set};
use actions::job_list::{self, Delivery, Job};
use domain::{
    actor::Initiator,
    channel::Channel,
    ids::{EventId, NotificationId, UserId},
    notifications::Template,
};
use platform::config::{Config, SmsTransport};
use provider::{Answers, Provider};
use sqlx::Row;
use std::time::Duration;

const NUMBER: &str = "+254712345678";
const PUBLIC_URL: &str = "https://support.example.com";

/// Which provider is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Played {
    AfricasTalking,
    Twilio,
}

const BOTH: [Played; 2] = [Played::AfricasTalking, Played::Twilio];

/// The system, a provider that it sends by, and an agent who gets messages about an escalated ticket.
struct Rig {
    app: App,
    provider: Provider,
    customer: Caller,
    agent: Caller,
    admin: Caller,
    ticket: String,
}

impl Rig {
    async fn new(played: Played) -> Self {
        Self::with(played, &[]).await
    }

    async fn with(played: Played, more: Set<'_>) -> Self {
        let provider = Provider::new(played).await;
        // The first of a name counts.
        let mut set = more.to_vec();
        set.extend([
            ("SMS_API_URL", provider.url.as_str()),
            ("PUBLIC_URL", PUBLIC_URL),
            ("PUSH_CONTACT", "mailto:push@example.com"),
            ("ASSIGNMENT_STRATEGY", "manual"),
        ]);
        set.extend_from_slice(provider::account(played));
        let app = App::adjusted(&set, impatient).await;
        let customer = app.customer("Ann").await;
        let agent = app.agent("Bob", "general").await;
        let ticket = customer.asks("general", "low").await;
        app.settle().await;
        let to = serde_json::json!({"reason": "It burns.", "escalatedTo": agent.id()});
        let admin = app.admin("Eve").await;
        admin.does("escalate", &ticket, to).await.ok();
        app.settle().await;
        Self {
            app,
            provider,
            customer,
            agent,
            admin,
            ticket,
        }
    }

    /// Plans a message to the agent about the escalation, and enqueues its delivery. What an event tells whom is not tested
    /// here: the ticket is not urgent, and the row is inserted.
    async fn plan(&self) -> NotificationId {
        self.plan_as(Template::EscalatedToYou, "escalated").await
    }

    async fn plan_as(&self, template: Template, event: &str) -> NotificationId {
        let mut work = self.app.cx.begin(Initiator::System).await.unwrap();
        // An event tells a person once by a channel: each message has an event of its own.
        let copied =
            "insert into ticket_events (id, ticket_id, at, actor_id, actor_role, what, is_public)
            select $3, ticket_id, at, actor_id, actor_role, what, is_public from ticket_events
            where ticket_id = $1::uuid and what->>'type' = $2 order by position limit 1
            returning id";
        let event: EventId = sqlx::query_scalar(copied)
            .bind(&self.ticket)
            .bind(event)
            .bind(work.cx.ids.uuid(work.now()))
            .fetch_one(&mut *work.tx)
            .await
            .map(EventId)
            .unwrap();
        let agent: UserId = self.agent.id().parse().unwrap();
        let notification = NotificationId(work.cx.ids.uuid(work.now()));
        sqlx::query(
            "insert into notifications (id, event_id, user_id, channel, template, status, attempts, created_at)
            values ($1, $2, $3, 'sms', $4, 'pending', 0, $5)",
        )
        .bind(notification.0)
        .bind(event.0)
        .bind(agent.0)
        .bind(template.as_str())
        .bind(work.now())
        .execute(&mut *work.tx)
        .await
        .unwrap();
        let delivery = Delivery::of(Channel::Sms, notification);
        job_list::enqueue(&mut work, &Job::Deliver(delivery))
            .await
            .unwrap();
        work.commit().await.unwrap();
        notification
    }

    /// Plans a message and sends it, if the provider lets it.
    async fn send(&self) -> NotificationId {
        let notification = self.plan().await;
        self.app.run_due().await;
        notification
    }

    /// Sends a message that the provider answers so.
    async fn answered(&self, answers: Answers) -> NotificationId {
        self.provider.answers(answers);
        self.send().await
    }

    /// Moves the clock, and runs what is due then.
    async fn after(&self, time: chrono::TimeDelta) {
        self.app.advance(time);
        self.app.run_due().await;
    }

    /// The status of a notification, its attempts and its error.
    async fn state(&self, notification: NotificationId) -> (String, i32, String) {
        let row = sqlx::query(
            "select status, attempts, coalesce(last_error, '') from notifications where id = $1",
        )
        .bind(notification.0)
        .fetch_one(&self.app.cx.pool)
        .await
        .unwrap();
        (row.get(0), row.get(1), row.get(2))
    }

    async fn status(&self, notification: NotificationId) -> String {
        self.state(notification).await.0
    }

    /// The provider's id of a message, its segments, its last report and the reason.
    async fn message(
        &self,
        notification: NotificationId,
    ) -> (Option<String>, i16, Option<String>, Option<String>) {
        let row = sqlx::query(
            "select provider_id, segments, report, reason from sms_messages where id = $1",
        )
        .bind(notification.0)
        .fetch_one(&self.app.cx.pool)
        .await
        .unwrap();
        (row.get(0), row.get(1), row.get(2), row.get(3))
    }

    /// Why the circuit of the queue is open; empty while it is closed.
    async fn held(&self) -> String {
        let held = "select coalesce(held_because, '') from queue_control where queue = 'sms'";
        sqlx::query_scalar(held)
            .fetch_one(&self.app.cx.pool)
            .await
            .unwrap()
    }

    /// Makes the number deliverable again.
    async fn forget_refusals(&self) {
        let forget = "delete from undeliverable";
        sqlx::query(forget)
            .execute(&self.app.cx.pool)
            .await
            .unwrap();
    }

    /// The state of the delivery's job.
    async fn job(&self, notification: NotificationId) -> String {
        sqlx::query_scalar("select state from jobs where payload->>'notification' = $1")
            .bind(notification.to_string())
            .fetch_one(&self.app.cx.pool)
            .await
            .unwrap()
    }
}

/// A silent provider is waited for no longer than a test may take.
fn impatient(config: &mut Config) {
    let patience = Duration::from_secs(3);
    match &mut config.sms.transport {
        SmsTransport::AfricasTalking(account) => account.api.patience = patience,
        SmsTransport::Twilio(account) => account.api.patience = patience,
        SmsTransport::Off | SmsTransport::Files(_) => {}
    }
}

#[tokio::test]
async fn without_a_provider_nothing_is_sent_and_nothing_waits() {
    let rig = Rig::with(Played::Twilio, &[("SMS_PROVIDER", "")]).await;
    let notification = rig.send().await;
    assert_eq!(rig.status(notification).await, "dropped");
    assert_eq!(rig.provider.arrived().len(), 0);
}

#[tokio::test]
async fn in_development_a_message_is_a_file() {
    let rig = Rig::with(Played::Twilio, &[("SMS_PROVIDER", "file")]).await;
    let notification = rig.send().await;
    assert_eq!(rig.status(notification).await, "sent");
    let folder = rig.app.folder().join("sms");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
    assert_eq!(files.len(), 1);
    let file = files[0].as_ref().unwrap();
    let name = file.file_name().into_string().unwrap();
    assert!(
        name.ends_with(&format!("escalated_to_you-{notification}.txt")),
        "{name}"
    );
    let text = std::fs::read_to_string(file.path()).unwrap();
    let (head, body) = text.split_once("\n\n").unwrap();
    assert_eq!(head, format!("To: {NUMBER}\nSegments: 1\nEncoding: gsm7"));
    assert!(body.contains("was escalated to you: Help"), "{body}");
    assert_eq!(rig.message(notification).await, (None, 1, None, None));
}

#[tokio::test]
async fn a_second_run_of_a_delivery_sends_nothing() {
    for played in BOTH {
        let rig = Rig::new(played).await;
        let notification = rig.send().await;
        let delivery = Delivery::of(Channel::Sms, notification);
        rig.app.run(&Job::Deliver(delivery)).await;
        rig.app.settle().await;
        assert_eq!(rig.provider.arrived().len(), 1, "{played:?}");
        assert_eq!(rig.state(notification).await.0, "sent");
    }
}

/// The state of a notification whose number refused messages before.
fn left_alone() -> (String, i32, String) {
    let error = "not tried: the address refused several messages";
    ("failed".into(), 1, error.into())
}

#[tokio::test]
async fn what_does_not_go_by_text_message_is_dropped() {
    let rig = Rig::new(Played::Twilio).await;
    let notification = rig.plan_as(Template::WorkAssigned, "escalated").await;
    rig.app.run_due().await;
    assert_eq!(rig.status(notification).await, "dropped");
    assert_eq!(rig.provider.arrived().len(), 0);
}

#[tokio::test]
async fn a_message_that_is_no_longer_true_is_not_sent() {
    let rig = Rig::new(Played::Twilio).await;
    let notification = rig.plan().await;
    rig.agent.closes(&rig.ticket).await.ok();
    rig.app.settle().await;
    assert_eq!(rig.status(notification).await, "dropped");
    assert_eq!(rig.provider.arrived().len(), 0);
}
