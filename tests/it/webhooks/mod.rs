//! Outgoing webhooks, from a change to a receiver on this machine and back into the log.

mod endpoints;
mod failing;
mod planning;
mod receiver;
mod sending;
mod watching;

use crate::harness::{Answer, App, Caller};
use actions::webhooks::{Pass, pass};
use receiver::{DOWN, OK, Receiver};
use serde_json::{Value, json};

const WEBHOOKS: &str = "/api/v1/admin/webhooks";

/// The system, with an admin and a customer.
struct Rig {
    app: App,
    admin: Caller,
    customer: Caller,
}

impl Rig {
    /// Receivers on this machine may be called.
    async fn new() -> Self {
        Self::allowing("127.0.0.0/8").await
    }

    async fn allowing(allowed: &str) -> Self {
        let app = App::with(&[
            ("OUTBOUND_ALLOWED", allowed),
            ("ASSIGNMENT_STRATEGY", "manual"),
        ])
        .await;
        let admin = app.admin("Eve").await;
        let customer = app.customer("Ann").await;
        app.settle().await;
        Self {
            app,
            admin,
            customer,
        }
    }

    /// A new endpoint at a receiver, with its secret.
    async fn endpoint(&self, receiver: &Receiver) -> (String, String) {
        self.endpoint_for(receiver, json!([])).await
    }

    async fn endpoint_for(&self, receiver: &Receiver, events: Value) -> (String, String) {
        let new = json!({"url": receiver.url, "events": events});
        let made = self.admin.post(WEBHOOKS, new).await;
        let made = made.created();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["webhook"]["id"]), text(&made["secret"]))
    }

    /// A new ticket.
    async fn ticket(&self) -> String {
        self.customer.asks("general", "low").await
    }

    /// Sends everything that may be sent now.
    async fn deliver(&self) {
        loop {
            let passed = pass(&self.app.cx).await.unwrap();
            let ran = self.app.run_due().await;
            if passed == Pass::Idle && ran == 0 {
                return;
            }
        }
    }

    /// Moves the clock, and sends what is due then.
    async fn after(&self, time: chrono::TimeDelta) {
        self.app.advance(time);
        self.deliver().await;
    }

    async fn webhook(&self, id: &str) -> Value {
        let path = format!("{WEBHOOKS}/{id}");
        self.admin.get(&path).await.ok()["webhook"].clone()
    }

    /// The log of an endpoint, the oldest delivery first.
    async fn log(&self, id: &str) -> Vec<Value> {
        let path = format!("{WEBHOOKS}/{id}/deliveries?limit=100");
        let log = self.admin.get(&path).await.ok()["deliveries"].clone();
        let mut deliveries = log.as_array().unwrap().clone();
        deliveries.reverse();
        deliveries
    }

    async fn statuses(&self, id: &str) -> Vec<String> {
        let log = self.log(id).await;
        let status = |one: &Value| one["status"].as_str().unwrap().to_owned();
        log.iter().map(status).collect()
    }

    /// The last attempt of the oldest delivery of an endpoint.
    async fn last_attempt(&self, id: &str) -> Value {
        let log = self.log(id).await;
        log[0]["log"].as_array().unwrap().last().unwrap().clone()
    }

    async fn does(&self, id: &str, verb: &str) -> Answer {
        self.admin
            .post(&format!("{WEBHOOKS}/{id}/{verb}"), json!({}))
            .await
    }

    async fn redeliver(&self, id: &str, delivery: &str) -> Answer {
        self.does(id, &format!("deliveries/{delivery}/redeliver"))
            .await
    }
}
