//! The audit after everything has come to rest: the responses that clients got against the database, laws that
//! no fault may break, the replayed history, what arrived outside, and what clients that followed know.

mod doubles;
mod followers;
mod history;
mod mails;
mod planted;
mod properties;
mod pushes;
mod texts;
mod webhooks;

pub use planted::everything_is_noticed;

use super::{
    acts::{Account, Expected, Kind},
    chaos::Diary,
    followers::Known,
    mailbox::Arrival,
    rig::Rig,
};
use crate::harness::{Letter, Letters};
use std::{collections::BTreeMap, time::Instant};

/// What the run left beside the database.
#[derive(Clone)]
pub struct Evidence {
    /// What people were told.
    pub account: Account,
    /// What was done to the program.
    pub diary: Diary,
    /// What arrived.
    pub mails: Vec<Arrival>,
    pub letters: Letters,
    /// What followers know.
    pub known: Vec<Known>,
}

/// What was looked at, and what is wrong.
#[derive(Debug, Default)]
pub struct Findings {
    /// Effects, rows and mails that were looked at, by kind.
    pub looked_at: BTreeMap<&'static str, i64>,
    /// What came twice because its worker was killed or frozen, by kind.
    pub doubled: BTreeMap<&'static str, usize>,
    pub wrong: Vec<String>,
}

impl Findings {
    fn looked(&mut self, at: &'static str, count: i64) {
        *self.looked_at.entry(at).or_default() += count;
    }

    fn doubled(&mut self, what: &'static str) {
        *self.doubled.entry(what).or_default() += 1;
    }

    fn wrong(&mut self, what: String) {
        self.wrong.push(what);
    }
}

/// Looks at everything.
pub async fn audit(rig: &Rig, evidence: &Evidence) -> Findings {
    let mut findings = Findings::default();
    let Evidence {
        account,
        diary,
        mails,
        letters,
        known,
    } = evidence;
    effects(rig, account, &mut findings).await;
    availability(rig, account, &mut findings).await;
    properties::hold(rig, &mut findings).await;
    history::replay(rig, &mut findings).await;
    mails::arrived(rig, diary, mails, &mut findings).await;
    texts::arrived(rig, diary, &letters.texts, &mut findings).await;
    pushes::arrived(rig, diary, &letters.pushes, &mut findings).await;
    webhooks::arrived(rig, diary, &letters.calls, &mut findings).await;
    followers::know_everything(rig, known, &mut findings).await;
    let differences = actions::stats::differences(&rig.look).await.unwrap();
    if differences != 0 {
        findings.wrong(format!(
            "{differences} rows of the statistics differ from a recount"
        ));
    }
    findings
}

/// The instants at which each letter arrived.
fn by_id(letters: &[Letter]) -> BTreeMap<&str, Vec<Instant>> {
    let mut by_id: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for letter in letters {
        by_id.entry(&*letter.id).or_default().push(letter.at);
    }
    by_id
}

/// Where each kind of deed leaves its traces: a key and how often it is there.
const TRACES: &[(Kind, &str)] = &[
    (Kind::Person, "select email, count(*) from users group by 1"),
    (
        Kind::Ticket,
        "select subject, count(*) from tickets group by 1",
    ),
    (
        Kind::Message,
        "select body, count(*) from messages group by 1",
    ),
    (
        Kind::Escalation,
        "select what->>'reason', count(*) from ticket_events
         where what->>'type' = 'escalated' and actor_id is not null group by 1",
    ),
    (
        Kind::Reopening,
        "select what->>'reason', count(*) from ticket_events
         where what->>'type' = 'reopened' and actor_id is not null group by 1",
    ),
    (
        Kind::Closing,
        "select ticket_id::text, count(*) from ticket_events
         where what->>'type' = 'closed' and actor_id is not null group by 1",
    ),
    (
        Kind::Rating,
        "select ticket_id::text, count(*) from ticket_events where what->>'type' = 'rated' group by 1",
    ),
    (
        Kind::Priority,
        "select ticket_id::text, count(*) from ticket_events
         where what->>'type' = 'priority_changed' group by 1",
    ),
];

/// What was accepted is there as often as it was accepted; what was refused is not.
async fn effects(rig: &Rig, account: &Account, findings: &mut Findings) {
    for (kind, sql) in TRACES.iter().copied() {
        let found: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(&rig.look).await.unwrap();
        let found: BTreeMap<_, _> = found.into_iter().collect();
        let expected = account.expected.iter();
        for ((_, key), Expected { least, most }) in expected.filter(|((of, _), _)| *of == kind) {
            let count = found.get(key).copied().unwrap_or(0);
            findings.looked("effects of accepted requests", *least);
            if count < *least || count > *most {
                findings.wrong(format!(
                    "{kind:?} {key}: there {count} times, should be {least} to {most}"
                ));
            }
        }
        // Whatever people write comes from a client, under a key that it knows. A reply that
        // reopens gives a reason of its own.
        for (key, count) in found {
            let is_known = account.expected.contains_key(&(kind, key.clone()));
            if !is_known && kind != Kind::Reopening {
                findings.wrong(format!(
                    "{kind:?} {key}: there {count} times, and nobody did it"
                ));
            }
        }
    }
}

/// Agents are what they said last.
async fn availability(rig: &Rig, account: &Account, findings: &mut Findings) {
    let sql = "select email, availability from agents join users on users.id = user_id";
    let found: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&rig.look).await.unwrap();
    for (email, is) in found {
        if let Some(said) = account.availability.get(&email) {
            findings.looked("availabilities", 1);
            if !said.contains(&is) {
                findings.wrong(format!("{email} is {is}, and said {said:?}"));
            }
        }
    }
}
