//! One run: people at work, clients that follow, faults among them, rest, and the account.

use super::{
    acts::{Account, Deeds},
    audit::{Evidence, Findings, audit},
    chaos::{Diary, Span, rage},
    client::{Client, Met},
    followers::Followers,
    load::{self, Backlog, Errand},
    mailbox::Mailbox,
    people::{Office, People},
    receivers,
    resting::{rest, stop_all},
    rig::{Crew, Rig},
};
use crate::harness::Outside;
use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const PROCESSES: &[(&str, usize)] = &[("api", 2), ("worker", 3), ("scheduler", 2)];
const SETTINGS: &[(&str, &str)] = &[
    ("JOB_LEASE_SECONDS", "5"),
    ("SLA_SWEEP_SECONDS", "1"),
    ("ASSIGN_SWEEP_SECONDS", "2"),
    (
        "WORKER_QUEUES",
        "assignment:3,sweeps:2,notify:3,email:4,push:3,sms:2,webhooks:4,bulk:1",
    ),
];

/// People at work on the program.
pub struct Run {
    pub rig: Rig,
    pub crew: Crew,
    pub diary: Diary,
    pub met: Arc<Mutex<Met>>,
    outside: Outside,
    seed: u64,
    acts: Deeds,
    stop: CancellationToken,
    at_work: JoinSet<()>,
    followers: Followers,
    mailbox: Mailbox,
    began: Instant,
}

/// Faults by a seed, from the beginning to the account.
pub async fn run(seed: u64, span: Span) -> Finished {
    let mut run = Run::begin(&format!("faults-{seed}"), seed, PROCESSES).await;
    rage(&run.rig, &mut run.crew, (seed, span), &run.diary).await;
    run.finish().await
}

impl Run {
    /// Starts so many processes, and sets people to work.
    pub async fn begin(name: &str, seed: u64, processes: &[(&'static str, usize)]) -> Self {
        Self::begin_on(None, name, seed, processes).await
    }

    /// As [`begin`](Self::begin), with processes of that release if one is given.
    pub async fn begin_on(
        release: Option<&Path>,
        name: &str,
        seed: u64,
        processes: &[(&'static str, usize)],
    ) -> Self {
        eprintln!("seed {seed}");
        let outside = Outside::start().await;
        let own = outside.settings();
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        let set: Vec<_> = SETTINGS.iter().copied().chain(own).collect();
        let rig = Rig::new(name, &set).await;
        let crew = Crew::start(&rig, release, processes).await;
        let (met, acts) = (Arc::default(), Deeds::default());
        let stop = CancellationToken::new();
        let office = Office {
            rig: &rig,
            crew: &crew,
            outside: &outside,
            met: &met,
            acts: &acts,
        };
        let mut people = office.prepare().await;
        let followers = office.follow(seed).await;
        office.begin(&mut people).await;
        let admin = people.admin.clone();
        let mut at_work = set_to_work(people, seed, &rig, &stop, &acts);
        let urls = outside.urls();
        at_work.spawn(receivers::come_and_go(admin, urls, stop.clone()));
        let mailbox = Mailbox::of(&rig);
        Self {
            rig,
            crew,
            diary: Diary::new(),
            met,
            outside,
            seed,
            acts,
            stop,
            at_work,
            followers,
            mailbox,
            began: Instant::now(),
        }
    }

    /// Requests that were sent so far.
    pub fn answered(&self) -> usize {
        self.met.lock().unwrap().requests
    }

    /// Lets people finish and everything come to rest, ends the processes, and draws up the
    /// account; fails if anything is wrong.
    pub async fn finish(mut self) -> Finished {
        self.stop.cancel();
        while let Some(ended) = self.at_work.join_next().await {
            ended.unwrap();
        }
        let resting = Instant::now();
        rest(&self.rig).await;
        let known = stop_all(&self.rig, &mut self.crew, self.followers).await;
        eprintln!("at rest after {:?}", resting.elapsed());
        let finished = Finished {
            evidence: Evidence {
                account: self.acts.account(),
                diary: self.diary,
                mails: self.mailbox.close(&self.rig).await,
                letters: self.outside.letters(),
                known,
            },
            rig: self.rig,
        };
        let findings = finished.audit().await;
        let met = self.met.lock().unwrap().clone();
        report(&finished.evidence, &findings, &met, self.began.elapsed());
        assert!(met.errors.is_empty(), "answers of 500: {:#?}", met.errors);
        let (seed, logs) = (self.seed, finished.rig.folder().display());
        assert!(
            findings.wrong.is_empty(),
            "seed {seed}, logs in {logs}: {:#?}",
            findings.wrong
        );
        finished
    }
}

/// What is left of a run.
pub struct Finished {
    pub rig: Rig,
    pub evidence: Evidence,
}

impl Finished {
    /// The account.
    pub async fn audit(&self) -> Findings {
        audit(&self.rig, &self.evidence).await
    }
}

fn set_to_work(
    people: People,
    seed: u64,
    rig: &Rig,
    stop: &CancellationToken,
    acts: &Deeds,
) -> JoinSet<()> {
    let mut at_work = JoinSet::new();
    let (backlog, watching) = Backlog::watched(rig.look.clone(), stop.clone());
    at_work.spawn(watching);
    let errand = |client: Client, number: u64| {
        let pace = (stop.clone(), backlog.clone());
        Errand::new(client, acts.clone(), seed ^ number, pace)
    };
    for (number, client) in (1..).zip(people.customers) {
        at_work.spawn(load::customer(errand(client, number), rig.look.clone()));
    }
    for (number, (client, email)) in (101..).zip(people.agents) {
        at_work.spawn(load::agent(errand(client, number), email));
    }
    at_work
}

fn report(evidence: &Evidence, findings: &Findings, met: &Met, took: Duration) {
    let Evidence { account, diary, .. } = evidence;
    let Account {
        accepted,
        refused,
        unsure,
        ..
    } = account;
    eprintln!("\n{} faults in {took:.0?}:", diary.entries().len());
    for (what, count) in diary.counts() {
        eprintln!("  {count:5} {what}");
    }
    eprintln!(
        "{} requests, {} sent again, the slowest attempt {:.1?}; of those that change something {accepted} accepted, {refused} refused, {unsure} never known",
        met.requests, met.repeated, met.slowest,
    );
    for (what, count) in &findings.looked_at {
        eprintln!("  {count:5} {what} looked at");
    }
    for (what, count) in &findings.doubled {
        eprintln!("  {count:5} {what} came again around a death");
    }
    eprintln!("{} things wrong", findings.wrong.len());
}
