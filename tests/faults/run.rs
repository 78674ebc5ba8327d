//! One run: people at work, faults among them, rest, and the account.

use super::{
    acts::{Account, Deeds, Kind},
    audit::{Findings, audit},
    chaos::{Diary, Span, rage},
    client::{Client, Met},
    load::{self, Errand},
    mailbox::{Arrival, Mailbox},
    rig::{ADMIN, Crew, Rig},
};
use crate::harness::within;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
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
        "assignment:3,sweeps:2,notify:3,email:4,bulk:1",
    ),
];
const CUSTOMERS: &[&str] = &["Ann", "Ben", "Cat"];
/// Name, department, level and room.
const AGENTS: &[(&str, &str, u32, u32)] = &[
    ("Sam", "general", 1, 6),
    ("Tom", "technical", 1, 6),
    ("Kim", "general", 1, 5),
    ("Lea", "technical", 2, 8),
    ("Max", "general", 2, 8),
];
/// How long everything may take to come to rest once all is mended.
const REST: Duration = Duration::from_mins(2);
/// After which it is told what it is waited for.
const SLOW_REST: Duration = Duration::from_secs(15);
/// Makes rescheduled jobs due, so that no test waits for a backoff. What was taken back from somebody
/// who may yet say that it is done (`dispatches`) must be.
const GO_ON: &str = "with hurried as (update jobs set run_at = created_at \
                     where state = 'ready' and attempt > 0 and dispatches = 0 and run_at > created_at returning id) \
                     select count(*) from hurried";

/// What the last sweeps changed is in the statistics too, though no scheduler asks for it any more.
const COUNT_WHAT_WAITS: &str = "with asked as (
        insert into jobs (queue, lane, payload, priority, unique_key, state, run_at, max_attempts, created_at)
        select 'bulk', 'workers', '{\"job\": \"roll_up_stats\"}', 0, 'roll_up_stats', 'ready', now(), 5, now()
        where exists (select from stats_dirty)
        on conflict do nothing returning id)
    select count(*) from asked";

/// People at work on the program.
pub struct Run {
    pub rig: Rig,
    pub crew: Crew,
    pub diary: Diary,
    pub met: Arc<Mutex<Met>>,
    seed: u64,
    acts: Deeds,
    stop: CancellationToken,
    at_work: JoinSet<()>,
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
        eprintln!("seed {seed}");
        let rig = Rig::new(name, SETTINGS).await;
        let crew = Crew::start(&rig, processes).await;
        let (met, acts) = (Arc::default(), Deeds::default());
        let stop = CancellationToken::new();
        let people = prepare(&rig, &crew, &met, &acts).await;
        let at_work = set_to_work(people, seed, &rig, &stop, &acts);
        let mailbox = Mailbox::of(&rig);
        let diary = Diary::new();
        let began = Instant::now();
        Self {
            rig,
            crew,
            diary,
            met,
            seed,
            acts,
            stop,
            at_work,
            mailbox,
            began,
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
        stop_all(&self.rig, &mut self.crew).await;
        eprintln!("at rest after {:?}", resting.elapsed());
        let finished = Finished {
            arrivals: self.mailbox.close(&self.rig).await,
            rig: self.rig,
            diary: self.diary,
            account: self.acts.account(),
        };
        let findings = finished.audit().await;
        let met = self.met.lock().unwrap().clone();
        let told = (&finished.account, &findings, &met);
        report(told, &finished.diary, self.began.elapsed());
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
    diary: Diary,
    account: Account,
    arrivals: Vec<Arrival>,
}

impl Finished {
    /// The account.
    pub async fn audit(&self) -> Findings {
        audit(&self.rig, &self.account, &self.diary, &self.arrivals).await
    }
}

/// Those who will be at work: the client and, of an agent, the address.
struct People {
    customers: Vec<Client>,
    agents: Vec<(Client, String)>,
}

/// Short deadlines, and accounts for everybody.
async fn prepare(rig: &Rig, crew: &Crew, met: &Arc<Mutex<Met>>, acts: &Deeds) -> People {
    let client = |name: &str| Client::new(crew.doors.clone(), Arc::clone(met), name);
    let mut admin = client("Eve");
    admin.sign_in(ADMIN.0).await;
    acts.note(
        Kind::Person,
        ADMIN.0,
        &super::client::Reply::Accepted(Value::Null),
    );
    let rule = |priority: &str, first: u32, whole: u32| json!({"priority": priority, "firstResponseMinutes": first, "resolutionMinutes": whole});
    let rules =
        json!({"policies": [rule("urgent", 1, 1), rule("high", 1, 2), rule("medium", 1, 3)]});
    admin.put("/api/v1/admin/sla-policies", None, &rules).await;
    let mut people = People {
        customers: Vec::new(),
        agents: Vec::new(),
    };
    for name in CUSTOMERS {
        let (mut client, email) = (client(name), address(name));
        make(&mut admin, &account(name, "customer", Value::Null), acts).await;
        client.sign_in(&email).await;
        people.customers.push(client);
    }
    for (name, department, level, room) in AGENTS.iter().copied() {
        let (mut client, email) = (client(name), address(name));
        let info = json!({"department": department, "level": level, "maxConcurrentTickets": room});
        make(&mut admin, &account(name, "support", info), acts).await;
        client.sign_in(&email).await;
        people.agents.push((client, email));
    }
    // Nobody is to wait until tomorrow for a mail because the address is new.
    let sql = "with known as (update users set email_confirmed_at = created_at returning id) select count(*) from known";
    rig.count(sql).await;
    people
}

fn address(name: &str) -> String {
    format!("{}@example.com", name.to_lowercase())
}

fn account(name: &str, role: &str, info: Value) -> Value {
    let mut body = json!({
        "firstName": name, "lastName": "Otieno", "email": address(name), "role": role,
        "phoneNumber": "+254712345678", "password": "SecurePass123!",
    });
    if !info.is_null() {
        body["supportInfo"] = info;
    }
    body
}

async fn make(admin: &mut Client, body: &Value, acts: &Deeds) {
    admin.register(body).await;
    let email = body["email"].as_str().unwrap();
    acts.note(
        Kind::Person,
        email,
        &super::client::Reply::Accepted(Value::Null),
    );
}

fn set_to_work(
    people: People,
    seed: u64,
    rig: &Rig,
    stop: &CancellationToken,
    acts: &Deeds,
) -> JoinSet<()> {
    let mut at_work = JoinSet::new();
    let errand = |client: Client, number: u64| {
        Errand::new(client, acts.clone(), seed ^ number, stop.clone())
    };
    for (number, client) in (1..).zip(people.customers) {
        at_work.spawn(load::customer(errand(client, number), rig.look.clone()));
    }
    for (number, (client, email)) in (101..).zip(people.agents) {
        at_work.spawn(load::agent(errand(client, number), email));
    }
    at_work
}

/// The unfinished jobs, for the message of a failure.
async fn late(rig: &Rig) -> Vec<String> {
    let sql =
        "select concat_ws(' ', id, payload->>'job', state, attempt, interruptions, last_error)
               from jobs where state in ('ready', 'sent', 'running') order by id limit 20";
    sqlx::query_scalar(sql).fetch_all(&rig.look).await.unwrap()
}

/// Waits until all jobs are done, and the statistics know of everything.
async fn rest(rig: &Rig) {
    let told = AtomicBool::new(false);
    let begun = Instant::now();
    within(REST, "everything comes to rest", async || {
        rig.count(GO_ON).await;
        if begun.elapsed() > SLOW_REST && !told.swap(true, Ordering::Relaxed) {
            eprintln!("not at rest after {SLOW_REST:?}: {:#?}", late(rig).await);
        }
        rig.unfinished().await == 0 && actions::stats::differences(&rig.look).await.unwrap() == 0
    })
    .await;
}

/// The schedulers first, so that the last sweeps are done, too; every process ends well.
async fn stop_all(rig: &Rig, crew: &mut Crew) {
    for role in ["scheduler", "api"] {
        for index in crew.of(role) {
            let program = &mut crew.members[index].program;
            assert_eq!(program.terminate().await, Some(0), "{}", program.log());
        }
    }
    within(REST, "the last sweeps are done", async || {
        rig.count(GO_ON).await;
        rig.count(COUNT_WHAT_WAITS).await;
        rig.count("select count(*) from jobs where state in ('ready', 'sent', 'running')")
            .await
            == 0
            && rig.count("select count(*) from stats_dirty").await == 0
    })
    .await;
    for index in crew.of("worker") {
        let program = &mut crew.members[index].program;
        assert_eq!(program.terminate().await, Some(0), "{}", program.log());
    }
}

fn report((account, findings, met): (&Account, &Findings, &Met), diary: &Diary, took: Duration) {
    eprintln!("\n{} faults in {took:.0?}:", diary.entries().len());
    for (what, count) in diary.counts() {
        eprintln!("  {count:5} {what}");
    }
    eprintln!(
        "{} requests, {} sent again, the slowest attempt {:.1?}; of those that change something {} accepted, {} refused, {} never known",
        met.requests, met.repeated, met.slowest, account.accepted, account.refused, account.unsure
    );
    for (what, count) in &findings.looked_at {
        eprintln!("  {count:5} {what} looked at");
    }
    eprintln!(
        "{} mails came again, {} things wrong",
        findings.doubled,
        findings.wrong.len()
    );
}
