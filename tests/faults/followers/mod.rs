//! Clients that follow what happens by Socket.IO during the faults. Each loses its connection by the faults, and now and
//! then by itself; then it connects to any process and continues after the last position that it got.

mod known;
mod socket;

pub use known::{Known, Role};

use super::client::{Client, Reply};
use known::Told;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;
use socket::{NoConnection, Packet, Socket};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Milliseconds after which a follower drops its connection.
const PATIENCE: std::ops::Range<u64> = 500..9_000;
/// The pause before it connects again.
const PAUSE: Duration = Duration::from_millis(150);
/// How long it listens in the end before it asks whether it knows everything.
const LISTEN: Duration = Duration::from_millis(500);
/// How long it may take to catch up once all is mended.
const CATCH_UP: Duration = Duration::from_mins(1);

const TICKETS: &str = "/api/v1/support/tickets?limit=100";
/// What a list of the unassigned tickets is asked for by.
const UNASSIGNED: &str = "&assignedTo=none&status=open,assigned,in_progress,waiting_customer,waiting_internal,escalated,reopened";

/// All that follow.
#[derive(Default)]
pub struct Followers {
    following: JoinSet<Known>,
    stop: CancellationToken,
}

impl Followers {
    /// Begins to follow, and waits until it does: everything from now on counts. The client is signed in.
    pub async fn begin(&mut self, client: Client, role: Role, seed: u64) {
        let (says, follows) = tokio::sync::oneshot::channel();
        let follower = Follower {
            known: Known::nothing(client.email(), role),
            client,
            position: None,
            began: Some(says),
            rng: StdRng::seed_from_u64(seed),
            stop: self.stop.clone(),
        };
        self.following.spawn(follower.run());
        follows.await.unwrap();
    }

    /// What each of them knows, once it knows everything. Nothing may happen afterwards.
    pub async fn end(mut self) -> Vec<Known> {
        self.stop.cancel();
        let mut all = Vec::new();
        while let Some(known) = self.following.join_next().await {
            all.push(known.unwrap());
        }
        all
    }
}

struct Follower {
    client: Client,
    known: Known,
    position: Option<String>,
    began: Option<tokio::sync::oneshot::Sender<()>>,
    rng: StdRng,
    stop: CancellationToken,
}

impl Follower {
    async fn run(mut self) -> Known {
        while !self.stop.is_cancelled() {
            let patience = Duration::from_millis(self.rng.random_range(PATIENCE));
            let stop = self.stop.clone();
            tokio::select! {
                () = self.connection() => tokio::time::sleep(PAUSE).await,
                () = tokio::time::sleep(patience) => {}
                () = stop.cancelled() => {}
            }
        }
        let end = Instant::now() + CATCH_UP;
        while !self.known.caught_up && Instant::now() < end {
            // By sockets alone; the request only tells whether they have told everything.
            tokio::time::timeout(LISTEN, self.connection()).await.ok();
            self.known.caught_up = self.knows_everything().await;
        }
        self.look().await;
        self.known
    }

    /// Reads all tickets, and staff the unassigned ones, as a client does that begins.
    async fn look(&mut self) {
        self.known.shown = self.list(TICKETS).await;
        if self.known.role != Role::Customer {
            let unassigned = self.list(&format!("{TICKETS}{UNASSIGNED}")).await;
            self.known.unassigned = unassigned.into_keys().collect();
        }
    }

    /// All tickets of a list, by id. After a refusal the rest is missing.
    async fn list(&mut self, path: &str) -> BTreeMap<String, Value> {
        let (mut listed, mut next) = (BTreeMap::new(), Some(path.to_owned()));
        while let Some(page) = next.take() {
            let Reply::Accepted(mut page) = self.client.get(&page).await else {
                return listed;
            };
            for ticket in page["tickets"].as_array_mut().unwrap() {
                let id = ticket["id"].as_str().unwrap().to_owned();
                listed.insert(id, ticket.take());
            }
            let cursor = page["pagination"]["nextCursor"].as_str();
            next = cursor.map(|cursor| format!("{path}&cursor={cursor}"));
        }
        listed
    }

    async fn knows_everything(&mut self) -> bool {
        let mut position = self.position.clone().unwrap_or_default();
        loop {
            let path = format!("/api/v1/events?after={position}&limit=1");
            let Reply::Accepted(page) = self.client.get(&path).await else {
                return false;
            };
            if !page["events"].as_array().unwrap().is_empty() {
                return false;
            }
            if page["hasMore"] == false {
                return true;
            }
            page["position"].as_str().unwrap().clone_into(&mut position);
        }
    }

    /// Listens to one connection until it ends.
    async fn connection(&mut self) {
        let Some(http) = self.client.door() else {
            return;
        };
        let after = self.position.as_deref();
        let socket = Socket::connect(http.address(), self.client.token(), after).await;
        let mut socket = match socket {
            Ok(socket) => socket,
            Err(NoConnection::Failed) => return,
            Err(NoConnection::Refused(code)) => {
                // The server is not itself while it has no database; else the token is over.
                if code.starts_with("token") || code == "invalid_token" {
                    let email = self.known.email.clone();
                    self.client.sign_in(&email).await;
                }
                assert_ne!(code, "invalid_position");
                return;
            }
        };
        self.known.connections += 1;
        while let Packet::Event(name, content) = socket.packet().await {
            self.hear(&name, content);
        }
    }

    fn hear(&mut self, name: &str, content: Value) {
        if let Some(position) = content["position"].as_str() {
            self.position = Some(position.to_owned());
            if let Some(began) = self.began.take() {
                began.send(()).ok();
            }
        }
        self.known.resyncs += usize::from(name == "resync");
        let Some(id) = content["id"].as_str() else {
            return;
        };
        let ticket = content["ticketId"].as_str().map(str::to_owned);
        self.known.told.push(Told {
            id: id.to_owned(),
            kind: name.to_owned(),
            version: content["version"].as_i64(),
            has_entry: !content["entry"].is_null(),
            connection: self.known.connections,
            ticket: ticket.clone(),
        });
        self.known.learn(name, ticket, content);
    }
}
