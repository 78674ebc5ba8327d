//! The tickets of the last hours: each has come as far as its line says, so that every status, warnings and
//! a breach are there to look at when the demo ends. Times are those of a day of which half past two is now.

use super::{
    act::{Act, Plan, Scene},
    people::Somebody,
    script::{Facts, escalation, phrases, pick, topic_of},
};
use chrono::TimeDelta;
use domain::{
    people::Role,
    tickets::{Category, Closing, NewTicket, Priority},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::VecDeque;

/// How far a ticket has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nobody has begun.
    New,
    /// In work.
    Started,
    /// The customer was asked.
    Asked,
    /// A colleague was asked.
    AwaitsColleague,
    /// The next level has it.
    Escalated,
    /// It was closed and has come back.
    Reopened,
}

use Category::{
    Account, Billing, Booking, BugReport, Complaint, FeatureRequest, Payment, Technical,
};
use Priority::{High, Low, Medium, Urgent};
use Stage::{Asked, AwaitsColleague, Escalated, New, Reopened, Started};

/// Minutes before the present, category, priority, stage. The warning threshold is at 80 % of the target.
const TODAY: &[(i64, Category, Priority, Stage)] = &[
    // both agents of complaints are away
    (5, Complaint, Medium, New),
    (4, Payment, High, New),
    (8, Account, High, New),
    (13, Booking, Medium, New),
    (24, Technical, Medium, Started),
    (38, Payment, High, Started),
    (52, Billing, Medium, Started),
    (71, Booking, Medium, Asked),
    (96, Account, High, Asked),
    (64, Billing, Medium, AwaitsColleague),
    (83, Technical, Medium, AwaitsColleague),
    (47, Payment, High, Escalated),
    (110, BugReport, Medium, Escalated),
    // warnings: 101 of 120 minutes, 208 of 240, 418 of 480, 29 hours of which 15 count, and 9 at night do not
    (101, Booking, Urgent, Started),
    (208, Account, High, Started),
    (418, Booking, Medium, Started),
    (29 * 60 + 10, FeatureRequest, Low, Started),
    // breaches: 285 of 240 minutes, and 535 of 480
    (285, Technical, High, Started),
    (535 + 9 * 60, Billing, Medium, Started),
    (29 * 60 + 40, Booking, Medium, Reopened),
    (28 * 60, Account, Medium, Reopened),
];

/// How many there are.
pub(super) const COUNT: usize = TODAY.len();

/// The plans of the tickets, each with the time that its ticket is old at the present.
pub(super) fn plans(seed: u64, customers: &[Somebody]) -> Vec<(TimeDelta, Plan)> {
    let mut chance = StdRng::seed_from_u64(seed ^ 0x0da7);
    let english = |somebody: &&(usize, &Somebody)| {
        somebody.1.language == "en" && somebody.1.actor.role == Role::Customer
    };
    let customers: Vec<_> = customers.iter().enumerate().collect();
    let customers: Vec<_> = customers.iter().filter(english).collect();
    let mut plans = Vec::new();
    for (at, line) in TODAY.iter().enumerate() {
        if let Some((customer, somebody)) = customers.get(at % customers.len().max(1)) {
            let age = TimeDelta::minutes(line.0);
            let Some(scenes) = scenes(line, somebody, &mut chance) else {
                continue;
            };
            let chance = StdRng::seed_from_u64(chance.random());
            let plan = Plan {
                customer: *customer,
                scenes,
                chance,
            };
            plans.push((age, plan));
        }
    }
    plans
}

fn scenes(
    &(minutes, category, priority, stage): &(i64, Category, Priority, Stage),
    customer: &Somebody,
    chance: &mut StdRng,
) -> Option<VecDeque<Scene>> {
    let topic = topic_of(category, chance)?;
    let facts = Facts::make_up(customer.language, chance);
    let words = phrases(customer.language);
    let question = || Act::Ask(facts.fill(topic.question));
    let looking = Act::Reply(pick(words.looking, chance).to_owned());
    let ticket = NewTicket {
        subject: facts.fill(topic.subject),
        description: facts.fill(topic.description),
        category,
        priority,
        related_booking: None,
        related_transaction: None,
        related_conversation: None,
        attachments: Vec::new(),
        tags: super::plan::tags(category),
        customer: customer.actor.id,
    };
    let mut told = vec![(0, Act::Open(Box::new(ticket)))];
    // Nobody begins before the end; the others within some minutes.
    told.push((if stage == New { minutes + 60 } else { 3 }, Act::Start));
    match stage {
        New => {}
        Started => told.push((1, looking)),
        Asked => told.push((2, question())),
        AwaitsColleague => {
            told.push((1, looking));
            let note = "@{colleague} could you have a look at this one, please?";
            told.push((4, Act::AwaitColleague(note.to_owned())));
        }
        Escalated => {
            told.push((1, looking));
            told.push((9, Act::Escalate(escalation(category).to_owned())));
        }
        Reopened => {
            told.push((1, Act::Reply(facts.fill(topic.solution))));
            let closing = Closing {
                summary: facts.fill(topic.summary),
                resolution_type: topic.resolution,
                resolution_notes: None,
                duplicate_of: None,
            };
            told.push((14, Act::Close(closing)));
            let again = pick(words.again, chance).to_owned();
            told.push((minutes - 40, Act::Reopen(again)));
        }
    }
    let scene = |(minutes, act)| Scene {
        after: TimeDelta::minutes(minutes).max(TimeDelta::seconds(1)),
        act,
    };
    Some(told.into_iter().map(scene).collect())
}
