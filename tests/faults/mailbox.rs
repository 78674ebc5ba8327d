//! The times at which mails arrived.

use super::rig::Rig;
use crate::harness::smtp_server::Received;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Instant,
};
use tokio::task::JoinSet;

/// A mail that arrived.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its Message-ID.
    pub id: String,
    pub at: Instant,
}

/// Watches the mail server until it is closed.
pub struct Mailbox {
    watch: JoinSet<()>,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
}

impl Mailbox {
    pub fn of(rig: &Rig) -> Self {
        let arrivals = Arc::<Mutex<Vec<Arrival>>>::default();
        let (mut news, known) = (rig.mail.news(), Arc::clone(&arrivals));
        let mut watch = JoinSet::new();
        watch.spawn(async move {
            while news.changed().await.is_ok() {
                note(&news.borrow_and_update(), &known);
            }
        });
        Self { watch, arrivals }
    }

    /// All that arrived.
    pub async fn close(mut self, rig: &Rig) -> Vec<Arrival> {
        self.watch.shutdown().await;
        note(&rig.mail.received(), &self.arrivals);
        self.arrivals.lock().unwrap().clone()
    }
}

/// Notes what has arrived since the last look.
fn note(received: &[Received], known: &Mutex<Vec<Arrival>>) {
    let at = Instant::now();
    let mut known = known.lock().unwrap();
    let fresh = received.iter().skip(known.len());
    let ids = fresh.map(|mail| mail.header("Message-ID").unwrap());
    known.extend(ids.map(|id| Arrival { id, at }).collect::<Vec<_>>());
}

/// The instants at which each mail arrived.
pub fn by_id(arrivals: &[Arrival]) -> BTreeMap<&str, Vec<Instant>> {
    let mut by_id: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for arrival in arrivals {
        by_id
            .entry(arrival.id.as_str())
            .or_default()
            .push(arrival.at);
    }
    by_id
}
