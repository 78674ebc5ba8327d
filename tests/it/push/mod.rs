//! Push messages: devices, and deliveries to a push service and to Firebase, which are played by local servers that are
//! as strict as the real ones.

mod apps;
mod browser;
mod browsers;
mod devices;
mod failing;
mod firebase;
mod refusing;
mod service;

use crate::harness::{App, Caller, Set};
use actions::job_list::{Delivery, Job, enqueue};
use browser::Browser;
use chrono::TimeDelta;
use domain::{actor::Initiator, channel::Channel, ids::NotificationId};
use serde_json::{Value, json};
use service::PushService;

const PUSH: &str = "/api/v1/notifications/push";
const SUBSCRIPTIONS: &str = "/api/v1/notifications/push/subscriptions";

/// The system, with a ticket of Ann's on which Sam wrote.
struct Rig {
    app: App,
    ann: Caller,
    sam: Caller,
    ticket: String,
}

impl Rig {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    async fn with(set: Set<'_>) -> Self {
        let allowed = [
            ("PUSH_ALLOWED", "127.0.0.0/8"),
            ("PUSH_CONTACT", "mailto:push@baitech.example"),
            ("TICKET_URL", "https://app.example.com/tickets/{number}"),
        ];
        // The first of a name counts.
        let app = App::with(&[set, &allowed].concat()).await;
        let ann = app.customer("Ann").await;
        let sam = app.agent("Sam", "general").await;
        let ticket = ann.asks("general", "low").await;
        app.settle().await;
        sam.says(&ticket, "The secret words.").await.created();
        app.settle().await;
        Self {
            app,
            ann,
            sam,
            ticket,
        }
    }

    /// A new browser of Ann's at a push service, subscribed.
    async fn browser(&self, service: &PushService, name: &str) -> Browser {
        let browser = Browser::new(service, name);
        let made = self.ann.post(SUBSCRIPTIONS, browser.subscription()).await;
        made.created();
        browser
    }

    /// Plans the notification that Sam wrote, for Ann's devices.
    async fn plan(&self) -> NotificationId {
        self.plan_as("staff_replied", &self.ann, "message_added")
            .await
    }

    /// Plans a notification of the last event of that type, anew where it was sent before.
    async fn plan_as(&self, template: &str, to: &Caller, event: &str) -> NotificationId {
        self.plan_on(&self.ticket, template, to, event).await
    }

    async fn plan_on(
        &self,
        ticket: &str,
        template: &str,
        to: &Caller,
        event: &str,
    ) -> NotificationId {
        let cx = &self.app.cx;
        let id: uuid::Uuid = sqlx::query_scalar(
            "insert into notifications (id, event_id, user_id, channel, template, status, attempts, created_at)
             select $1, e.id, $2, 'push', $3, 'pending', 0, $4 from ticket_events e
             where e.ticket_id = $5 and e.what->>'type' = $6 order by e.position desc limit 1
             on conflict (event_id, user_id, channel)
             do update set status = 'pending', template = excluded.template returning id",
        )
        .bind(cx.ids.uuid(self.app.now()))
        .bind(to.id().parse::<uuid::Uuid>().unwrap())
        .bind(template)
        .bind(self.app.now())
        .bind(ticket.parse::<uuid::Uuid>().unwrap())
        .bind(event)
        .fetch_one(&cx.pool)
        .await
        .unwrap();
        sqlx::query("delete from push_deliveries where notification_id = $1")
            .bind(id)
            .execute(&cx.pool)
            .await
            .unwrap();
        let notification = NotificationId(id);
        self.enqueue(notification).await;
        notification
    }

    async fn enqueue(&self, notification: NotificationId) {
        let mut work = self.app.cx.begin(Initiator::System).await.unwrap();
        let job = Job::Deliver(Delivery::of(Channel::Push, notification));
        enqueue(&mut work, &job).await.unwrap();
        work.commit().await.unwrap();
    }

    /// Plans it and runs what is due.
    async fn notify(&self) -> NotificationId {
        let notification = self.plan().await;
        self.app.run_due().await;
        notification
    }

    /// Tells another person of a ticket of their own.
    async fn tell(&self, person: &Caller, ticket: &str) {
        self.plan_on(ticket, "ticket_received", person, "created")
            .await;
        self.app.run_due().await;
    }

    /// Moves the clock, and runs what is due then.
    async fn after(&self, time: TimeDelta) {
        self.app.advance(time);
        self.app.run_due().await;
    }

    /// The status of a notification.
    async fn status(&self, notification: NotificationId) -> String {
        sqlx::query_scalar("select status from notifications where id = $1")
            .bind(notification.0)
            .fetch_one(&self.app.cx.pool)
            .await
            .unwrap()
    }

    /// The number of attempts of the last delivery that failed.
    async fn attempts(&self) -> i64 {
        self.app
            .count(
                "select (attempt - (state = 'done')::int)::bigint from jobs where payload->>'job' = 'deliver_push'
                 order by id desc limit 1",
            )
            .await
    }

    async fn subscriptions(&self, of: &Caller) -> Vec<Value> {
        let listed = of.get(PUSH).await;
        listed.ok()["subscriptions"].as_array().unwrap().clone()
    }

    async fn devices(&self) -> usize {
        self.subscriptions(&self.ann).await.len()
    }
}

/// The body by which an app subscribes.
fn app_with(token: &str) -> Value {
    json!({"token": token})
}
