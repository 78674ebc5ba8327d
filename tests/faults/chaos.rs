//! Faults, drawn by a seed from two decks that are shuffled and played again and again: one for the processes,
//! one for the servers and the network. Every kind of fault comes in each round, and two may come at once.

use super::{
    proxy::Weather,
    rig::{Crew, Rig},
    servers::Server,
};
use crate::harness::smtp_server::Behaviour;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// What can happen to a process.
#[derive(Debug, Clone, Copy)]
enum Blow {
    Kill,
    Freeze,
}

/// What can happen to a server, or on the way to it.
#[derive(Debug, Clone, Copy)]
enum ProviderFailure {
    Kill(Server),
    Freeze(Server),
    Cut(Server),
    HalfOpen(Server),
    Silence(Server),
    Slow(Server),
    Flush,
    MailHangs,
    MailRefuses,
}

const BLOWS: &[(&str, Blow)] = &[
    ("api", Blow::Kill),
    ("api", Blow::Freeze),
    ("worker", Blow::Kill),
    ("worker", Blow::Kill),
    ("worker", Blow::Freeze),
    ("scheduler", Blow::Kill),
    ("scheduler", Blow::Freeze),
];

const TROUBLES: &[ProviderFailure] = &[
    ProviderFailure::Kill(Server::Postgres),
    ProviderFailure::Kill(Server::Redis),
    ProviderFailure::Freeze(Server::Postgres),
    ProviderFailure::Freeze(Server::Redis),
    ProviderFailure::Cut(Server::Postgres),
    ProviderFailure::Cut(Server::Redis),
    ProviderFailure::HalfOpen(Server::Postgres),
    ProviderFailure::HalfOpen(Server::Redis),
    ProviderFailure::Silence(Server::Postgres),
    ProviderFailure::Silence(Server::Redis),
    ProviderFailure::Slow(Server::Postgres),
    ProviderFailure::Slow(Server::Redis),
    ProviderFailure::Flush,
    ProviderFailure::Flush,
    ProviderFailure::MailHangs,
    ProviderFailure::MailRefuses,
];

/// What happened and when, for the reader and for the audit.
#[derive(Clone)]
pub struct Diary {
    began: Instant,
    entries: Arc<Mutex<Vec<Entry>>>,
}

/// One fault.
#[derive(Debug, Clone)]
pub struct Entry {
    pub at: Instant,
    pub what: String,
}

impl Diary {
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            entries: Arc::default(),
        }
    }

    /// Notes what happens now.
    pub fn write(&self, what: String) {
        let at = Instant::now();
        let seconds = (at - self.began).as_secs_f64();
        eprintln!("{seconds:8.2} s  {what}");
        self.entries.lock().unwrap().push(Entry { at, what });
    }

    /// All faults so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().clone()
    }

    /// How many of each kind.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for entry in self.entries() {
            let kind = entry.what.split(" (").next().unwrap().to_owned();
            *counts.entry(kind).or_default() += 1;
        }
        counts
    }
}

/// How long it goes on.
#[derive(Debug, Clone, Copy)]
pub enum Span {
    /// Each card once.
    OneRound,
    /// At least so long.
    For(Duration),
}

impl Span {
    fn is_over(self, rounds: usize, began: Instant) -> bool {
        match self {
            Self::OneRound => rounds > 0,
            Self::For(time) => began.elapsed() >= time,
        }
    }
}

/// Lets things go wrong, and mends all of it in the end.
pub async fn rage(rig: &Rig, crew: &mut Crew, (seed, span): (u64, Span), diary: &Diary) {
    tokio::join!(
        strike(rig, crew, (seed, span), diary),
        trouble(rig, (seed, span), diary)
    );
}

/// Milliseconds, drawn.
fn draw(rng: &mut StdRng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(rng.random_range(range))
}

async fn strike(rig: &Rig, crew: &mut Crew, (seed, span): (u64, Span), diary: &Diary) {
    let mut rng = StdRng::seed_from_u64(seed);
    let (began, mut rounds) = (Instant::now(), 0);
    while !span.is_over(rounds, began) {
        let mut cards = BLOWS.to_vec();
        cards.shuffle(&mut rng);
        for (role, blow) in cards {
            tokio::time::sleep(draw(&mut rng, 400..2_000)).await;
            let those = crew.of(role);
            let index = those[rng.random_range(0..those.len())];
            let program = &mut crew.members[index].program;
            assert!(program.runs(), "a {role} ended by itself");
            let number = program.id();
            match blow {
                Blow::Kill => {
                    diary.write(format!("{role} killed ({number})"));
                    crew.kill(index);
                    tokio::time::sleep(draw(&mut rng, 50..800)).await;
                    crew.replace(index, rig);
                    crew.announce(index).await;
                }
                Blow::Freeze => {
                    let time = draw(&mut rng, 300..4_000);
                    diary.write(format!("{role} frozen ({number}, for {time:?})"));
                    program.signal("STOP");
                    tokio::time::sleep(time).await;
                    program.signal("CONT");
                }
            }
        }
        rounds += 1;
    }
}

async fn trouble(rig: &Rig, (seed, span): (u64, Span), diary: &Diary) {
    // Not the same draws as for the processes.
    let mut rng = StdRng::seed_from_u64(!seed);
    let (began, mut rounds) = (Instant::now(), 0);
    while !span.is_over(rounds, began) {
        let mut cards = TROUBLES.to_vec();
        cards.shuffle(&mut rng);
        for card in cards {
            tokio::time::sleep(draw(&mut rng, 200..1_200)).await;
            let time = draw(&mut rng, 200..2_000);
            make(rig, card, time, diary).await;
        }
        rounds += 1;
    }
}

async fn make(rig: &Rig, trouble: ProviderFailure, time: Duration, diary: &Diary) {
    let pause = || tokio::time::sleep(time);
    match trouble {
        ProviderFailure::Kill(server) => {
            diary.write(format!("{server:?} killed (for {time:?} and its start)"));
            rig.servers.kill(server);
            pause().await;
            rig.servers.start_again().await;
        }
        ProviderFailure::Freeze(server) => {
            diary.write(format!("{server:?} frozen (for {time:?})"));
            rig.servers.freeze(server);
            pause().await;
            rig.servers.thaw(server);
        }
        ProviderFailure::Cut(server) => {
            diary.write(format!("{server:?} connections cut"));
            rig.proxy(server).cut();
        }
        ProviderFailure::HalfOpen(server) => {
            diary.write(format!("{server:?} connections half-open"));
            rig.proxy(server).half_open();
        }
        ProviderFailure::Silence(server) => {
            diary.write(format!("{server:?} silent (for {time:?})"));
            rig.proxy(server).weather(Weather::Silent);
            pause().await;
            rig.proxy(server).weather(Weather::Fair);
        }
        ProviderFailure::Slow(server) => {
            let by = time / 20;
            diary.write(format!("{server:?} slow (by {by:?} for {time:?})"));
            rig.proxy(server).weather(Weather::Slow(by));
            pause().await;
            rig.proxy(server).weather(Weather::Fair);
        }
        ProviderFailure::Flush => {
            diary.write("Redis flushed".to_owned());
            let client = redis::Client::open(rig.servers.redis_url()).unwrap();
            let mut connection = client.get_connection().unwrap();
            redis::cmd("FLUSHALL").exec(&mut connection).unwrap();
        }
        ProviderFailure::MailHangs => {
            diary.write(format!("mail server hanging (for {time:?})"));
            rig.mail.behave(Behaviour::HoldAtData);
            pause().await;
            rig.mail.behave(Behaviour::Accept);
        }
        ProviderFailure::MailRefuses => {
            diary.write(format!("mail server refusing (for {time:?})"));
            rig.mail.behave(Behaviour::Refuse(451));
            pause().await;
            rig.mail.behave(Behaviour::Accept);
        }
    }
}
