//! The load during the faults: customers open tickets, write, rate and reopen; agents answer, add notes, set
//! statuses, escalate, close, and change their availability.

use super::{
    acts::{Deeds, Kind},
    client::{Client, Reply},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::{ops::Range, time::Duration};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const TICKETS: &str = "/api/v1/support/tickets";
/// Tickets whose customer goes on with them.
const REMEMBERED: usize = 12;

/// Jobs and webhooks that may wait while people go on: a machine that is slower than they are must not
/// collect work for as long as the run takes.
const MOST_WAITING: i64 = 1_000;
/// The longest time for which people pause: workers that work take less for what may wait.
const LONGEST_PAUSE: Duration = Duration::from_mins(3);

/// Whether people may go on.
#[derive(Clone)]
pub struct Backlog(watch::Receiver<bool>);

impl Backlog {
    /// Looks again and again, until the stop. While the database is away, what was seen last holds.
    pub fn watched(look: PgPool, stop: CancellationToken) -> (Self, impl Future<Output = ()>) {
        let (tell, told) = watch::channel(true);
        let watching = async move {
            let waiting = "select count(*) from (
                 (select from jobs where state = 'ready' and run_at <= now() limit 2000)
                 union all (select from webhook_deliveries where status = 'waiting' and next_at <= now() limit 2000)) w";
            while !stop.is_cancelled() {
                let waiting = sqlx::query_scalar::<_, i64>(waiting).fetch_one(&look).await;
                if let Ok(waiting) = waiting {
                    tell.send_replace(waiting <= MOST_WAITING);
                }
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(500)) => {}
                    () = stop.cancelled() => {}
                }
            }
        };
        (Self(told), watching)
    }

    async fn is_small(&mut self) {
        let small = tokio::time::timeout(LONGEST_PAUSE, self.0.wait_for(|small| *small));
        // After the end nobody is held up.
        assert!(small.await.is_ok(), "the backlog does not go away");
    }
}

/// The knowledge of a client.
pub struct Errand {
    pub client: Client,
    pub acts: Deeds,
    pub rng: StdRng,
    /// Milliseconds between two deeds.
    pub pace: Range<u64>,
    pub stop: CancellationToken,
    pub backlog: Backlog,
}

impl Errand {
    pub fn new(
        client: Client,
        acts: Deeds,
        seed: u64,
        (stop, backlog): (CancellationToken, Backlog),
    ) -> Self {
        Self {
            client,
            acts,
            rng: StdRng::seed_from_u64(seed),
            pace: 50..350,
            stop,
            backlog,
        }
    }

    async fn think(&mut self) {
        let pause = Duration::from_millis(self.rng.random_range(self.pace.clone()));
        let pausing = async {
            tokio::time::sleep(pause).await;
            self.backlog.is_small().await;
        };
        tokio::select! {
            () = pausing => {}
            () = self.stop.cancelled() => {}
        }
    }

    /// One of so many things, by their weights.
    fn one_of(&mut self, weights: &[u32]) -> usize {
        let mut chance = self.rng.random_range(0..weights.iter().sum());
        let fits = |weight: &u32| {
            let found = chance < *weight;
            chance = chance.saturating_sub(*weight);
            found
        };
        weights.iter().position(fits).unwrap()
    }

    fn pick(&mut self, of: &[Value]) -> Option<Value> {
        (!of.is_empty()).then(|| of[self.rng.random_range(0..of.len())].clone())
    }

    async fn message(&mut self, ticket: &Value, is_internal: bool) {
        let text = self.client.marker();
        let path = path(ticket, "messages");
        let mut body = json!({"message": text});
        if is_internal {
            body["isInternal"] = json!(true);
        }
        let reply = self.client.post(&path, &body).await;
        self.acts.note(Kind::Message, &text, &reply);
    }

    async fn put(&mut self, (kind, key): (Kind, &str), ticket: &Value, what: &str, body: Value) {
        let path = path(ticket, what);
        let reply = self
            .client
            .put(&path, Some(&ticket["version"]), &body)
            .await;
        self.acts.note(kind, key, &reply);
    }
}

fn path(ticket: &Value, what: &str) -> String {
    format!("{TICKETS}/{}/{what}", id(ticket))
}

fn id(ticket: &Value) -> &str {
    ticket["id"].as_str().unwrap()
}

/// Goes on until it is told to stop. `look` is for the clocks of some tickets: their deadlines
/// come sooner than anybody could wait for them.
pub async fn customer(mut errand: Errand, look: PgPool) {
    let mut own: Vec<Value> = Vec::new();
    while !errand.stop.is_cancelled() {
        match errand.one_of(&[40, 35, 10, 5, 10]) {
            0 => open(&mut errand, &mut own, &look).await,
            1 => {
                if let Some(ticket) = errand.pick(&own) {
                    errand.message(&ticket, false).await;
                }
            }
            what @ (2 | 3) => {
                let Some(ticket) = errand.pick(&own) else {
                    continue;
                };
                let shown = errand
                    .client
                    .get(&format!("{TICKETS}/{}", id(&ticket)))
                    .await;
                if let Reply::Accepted(answer) = shown {
                    rate_or_reopen(&mut errand, what, &answer["ticket"]).await;
                }
            }
            _ => {
                errand.client.get(&format!("{TICKETS}?limit=5")).await;
            }
        }
        errand.think().await;
    }
}

async fn open(errand: &mut Errand, own: &mut Vec<Value>, look: &PgPool) {
    let subject = errand.client.marker();
    let priority = ["low", "medium", "high", "urgent"][errand.one_of(&[3, 3, 2, 1])];
    let category = ["general", "technical"][errand.one_of(&[1, 1])];
    let body = json!({
        "subject": subject, "description": "Please.", "priority": priority, "category": category,
    });
    let reply = errand.client.post(TICKETS, &body).await;
    errand.acts.note(Kind::Ticket, &subject, &reply);
    if let Reply::Accepted(mut answer) = reply {
        let ticket = answer["ticket"].take();
        if errand.one_of(&[1, 2]) == 0 {
            let seconds = errand.rng.random_range(45..60);
            age(look, id(&ticket), seconds).await;
        }
        own.push(ticket);
        if own.len() > REMEMBERED {
            own.remove(0);
        }
    }
}

/// As if the clocks of a ticket had begun earlier. Under the ticket's lock, as any change.
async fn age(look: &PgPool, ticket: &str, seconds: i32) {
    let attempt = async || {
        let mut tx = look.begin().await?;
        sqlx::query("select from tickets where id = $1::uuid for update")
            .bind(ticket)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "update sla_clocks set started_at = started_at - make_interval(secs => $2),
                 warn_at = warn_at - make_interval(secs => $2), due_at = due_at - make_interval(secs => $2),
                 next_at = next_at - make_interval(secs => $2)
             where ticket_id = $1::uuid and stopped_at is null and warned_at is null and breached_at is null",
        )
        .bind(ticket)
        .bind(seconds)
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    };
    // A server that is down just now spares it.
    let attempt: Result<(), sqlx::Error> = attempt().await;
    attempt.ok();
}

async fn rate_or_reopen(errand: &mut Errand, what: usize, ticket: &Value) {
    let status = ticket["status"].as_str().unwrap_or_default();
    if !["resolved", "closed"].contains(&status) {
        return;
    }
    if what == 2 {
        let body = json!({"rating": errand.rng.random_range(1..=5)});
        let reply = errand.client.post(&path(ticket, "rate"), &body).await;
        errand.acts.note(Kind::Rating, id(ticket), &reply);
    } else if status == "closed" {
        let reason = errand.client.marker();
        let body = json!({"reason": reason});
        errand
            .put((Kind::Reopening, &reason), ticket, "reopen", body)
            .await;
    }
}

/// Goes on until it is told to stop.
pub async fn agent(mut errand: Errand, email: String) {
    while !errand.stop.is_cancelled() {
        let mine = format!("{TICKETS}?assignedTo=me&limit=20");
        let listed = errand.client.get(&mine).await;
        let Reply::Accepted(answer) = listed else {
            continue;
        };
        let tickets = answer["tickets"].as_array().unwrap();
        let is_active =
            |ticket: &&Value| !["resolved", "closed"].contains(&ticket["status"].as_str().unwrap());
        let active: Vec<_> = tickets.iter().filter(is_active).cloned().collect();
        match errand.pick(&active) {
            Some(ticket) => work(&mut errand, &ticket, &email).await,
            None => available(&mut errand, &email, "available").await,
        }
        errand.think().await;
    }
    available(&mut errand, &email, "available").await;
}

async fn work(errand: &mut Errand, ticket: &Value, email: &str) {
    match errand.one_of(&[25, 10, 25, 7, 25, 8, 5]) {
        0 => errand.message(ticket, false).await,
        1 => errand.message(ticket, true).await,
        2 => move_on(errand, ticket).await,
        3 => {
            let reason = errand.client.marker();
            let body = json!({"reason": reason});
            errand
                .put((Kind::Escalation, &reason), ticket, "escalate", body)
                .await;
        }
        4 => {
            let body = json!({"summary": errand.client.marker(), "resolutionType": "solved"});
            errand
                .put((Kind::Closing, id(ticket)), ticket, "close", body)
                .await;
        }
        5 => {
            let status = ["available", "busy", "offline"][errand.one_of(&[3, 1, 1])];
            available(errand, email, status).await;
        }
        _ => {
            let present = ticket["priority"].as_str().unwrap();
            let other = if present == "high" { "medium" } else { "high" };
            errand
                .put(
                    (Kind::Priority, id(ticket)),
                    ticket,
                    "priority",
                    json!({"priority": other}),
                )
                .await;
        }
    }
}

/// To a status that the ticket does not have, with a note that tells this move from all others.
async fn move_on(errand: &mut Errand, ticket: &Value) {
    let all = [
        "open",
        "in_progress",
        "waiting_customer",
        "waiting_internal",
        "resolved",
    ];
    let to = all[errand.one_of(&[1, 3, 3, 2, 3])];
    if ticket["status"] == to {
        return;
    }
    let notes = errand.client.marker();
    let body = json!({"status": to, "notes": notes});
    errand
        .put((Kind::Message, &notes), ticket, "status", body)
        .await;
}

async fn available(errand: &mut Errand, email: &str, status: &str) {
    let path = "/api/v1/support/availability";
    let reply = errand
        .client
        .put(path, None, &json!({"status": status}))
        .await;
    errand.acts.note_availability(email, status, &reply);
}
