//! `support demo`: fills an empty installation with people and with the tickets of five weeks.
//! Every row is written by the actions that requests use and by the jobs that follow from them,
//! under a clock that is moved: no state of the demo is impossible in production.
//!
//! Race: somebody starts the system while the demo moves through the past. The sweeps of that
//! system would breach every deadline of those weeks. The demo counts the connections of the system
//! at the start and once for each simulated day, and stops with an error if it finds one.

mod act;
mod agenda;
mod at_work;
mod cast;
mod guide;
mod home;
mod people;
mod plan;
mod present;
mod progress;
mod script;
mod sla;
mod story;
mod summary;
mod supervision;
mod world;

use actions::{
    error::ActionError,
    installation::{census, connections_of_the_system},
    people::{bootstrap_admin, set_availability},
};
use agenda::{Agenda, Entry};
use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use domain::{
    actor::{Actor, Initiator},
    people::{Availability, Department},
};
use home::Home;
use people::People;
use plan::{plan, repetition};
use platform::context::Context;
use progress::Progress;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use story::Story;
use world::World;

/// How far before the present the story begins.
const SPAN: TimeDelta = TimeDelta::weeks(5);
/// How long before the present the story ends. The actions of one instant move the clock by some
/// seconds, and must not reach the future.
const MARGIN: TimeDelta = TimeDelta::minutes(2);
/// How long before the end the agents of complaints go away.
const ABSENT: TimeDelta = TimeDelta::minutes(9);
/// The share of customers who send the same twice.
const REPEATED: f64 = 0.04;

/// Tickets without `--tickets`.
const TICKETS: u16 = 300;

/// The size of the demo, as the command line gives it.
#[derive(Debug, Args)]
pub struct Extent {
    /// How many tickets, 300 unless set
    #[arg(long, value_parser = clap::value_parser!(u16).range(SMALLEST..=5_000))]
    tickets: Option<u16>,
    /// The same number gives the same story, told up to the present; 1 unless set
    #[arg(long)]
    seed: Option<u64>,
    /// The password of everybody; made up and printed unless set
    #[arg(long)]
    password: Option<String>,
}

/// The smallest demo has only the tickets of the last hours and a few before them.
const SMALLEST: i64 = 25;

impl Extent {
    /// Whether anything is asked for.
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        self.tickets.is_some() || self.seed.is_some() || self.password.is_some()
    }

    /// The password that is asked for.
    #[must_use]
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }
}

pub use guide::{Next, tell};

/// Fills the installation of `cx`, whose schema is up to date. Every invented person gets `password`.
///
/// # Errors
///
/// The installation has tickets already, the system is running, or an action or a job failed. After
/// a failure on the way the database has part of the story and cannot be used for another attempt.
pub async fn run(extent: &Extent, cx: Context, password: &str) -> Result<()> {
    let tickets = census(&cx).await?.tickets;
    ensure!(
        tickets == 0,
        "The installation has tickets, {tickets} of them: the demo fills empty ones only"
    );
    ensure_alone(&cx).await?;

    let end = cx.clock.now() - MARGIN;
    let start = end - SPAN;
    let home = Home::at(end);
    let world = World::at(start, cx)?;
    first_admin(&world.cx).await?;
    let people = people::register_all(&world, home, password).await?;
    sla::set_policies(&world, &people).await?;
    play(&world, &people, extent, end)
        .await
        .context("the demo stopped halfway and cannot go on: begin again with an empty database")?;
    summary::check(&world.cx).await
}

/// Creates the configured admin if the installation has no admin.
async fn first_admin(cx: &Context) -> Result<()> {
    if let Some(admin) = &cx.config.auth.bootstrap_admin {
        bootstrap_admin(cx, admin)
            .await
            .map_err(explained)
            .context("the first admin cannot be created")?;
    }
    Ok(())
}

/// An action's error with every field error in the text, for the terminal.
fn explained(error: ActionError) -> anyhow::Error {
    match error {
        ActionError::Invalid(errors) => {
            let lines = errors
                .iter()
                .map(|error| format!("{} {}", error.field, error.message));
            anyhow::Error::msg(lines.collect::<Vec<_>>().join("; "))
        }
        other => other.into(),
    }
}

/// Runs the agenda until `end`: scenes of tickets, duties of agents, sweeps and clean-up.
async fn play(world: &World, people: &People, extent: &Extent, end: DateTime<Utc>) -> Result<()> {
    let start = world.now();
    let mut agenda = Agenda::default();
    let mut stories = plan_all(people, extent, (start, end), &mut agenda);
    let mut progress = Progress::new(people.home, (start, end), stories.len());
    while let Some((at, entry)) = agenda.next(end) {
        world.move_to(at).await?;
        match entry {
            Entry::Scene(index) => {
                let original = stories.get(index).and_then(|story| story.original);
                let original = original.and_then(|at| stories.get(at)?.ticket);
                if let Some(story) = stories.get_mut(index)
                    && let Some(next) = story.play(world, people, original).await?
                {
                    agenda.put(next, entry);
                }
                world.settle().await?;
            }
            Entry::Duty(index, availability) => {
                if let Some(agent) = people.agents.get(index) {
                    let actor = agent.person.actor;
                    set(world, actor, availability).await.map_err(explained)?;
                    // only a change to available enqueues jobs
                    if availability == Availability::Available {
                        world.settle().await?;
                    }
                }
            }
            Entry::Sweep => world.sweep().await?,
            Entry::Tidy => {
                world.tidy().await?;
                ensure_alone(&world.cx).await?;
            }
        }
        let told = stories
            .iter()
            .filter(|story| story.ticket.is_some())
            .count();
        progress.show(world.now(), told);
    }
    world.move_to(end).await?;
    world.sweep().await?;
    world.tidy().await?;
    progress.finish();
    Ok(())
}

fn plan_all(
    people: &People,
    extent: &Extent,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    agenda: &mut Agenda,
) -> Vec<Story> {
    let seed = extent.seed.unwrap_or(1);
    let mut chance = StdRng::seed_from_u64(seed);
    agenda.put_rounds(start, end);
    for (index, agent) in people.agents.iter().enumerate() {
        agenda.put_duties((index, agent), (start, end), &mut chance);
        // so that a ticket waits for an agent in the end
        if agent.department == Department::Complaints {
            agenda.put(end - ABSENT, Entry::Duty(index, Availability::Away));
        }
    }
    let mut stories = Vec::new();
    for (age, plan) in present::plans(seed, &people.customers) {
        agenda.put(end - age, Entry::Scene(stories.len()));
        stories.push(Story::new(plan));
    }
    let tickets = usize::from(extent.tickets.unwrap_or(TICKETS));
    let opening = start + TimeDelta::hours(1);
    let earlier = tickets.saturating_sub(present::COUNT);
    let arrivals = agenda::arrivals(earlier, people.home, (opening, end), &mut chance);
    for (number, arrival) in arrivals.into_iter().enumerate() {
        let Some(plan) = plan(seed, number, &people.customers) else {
            continue;
        };
        if stories.len() >= tickets {
            break;
        }
        let customer = people.customers.get(plan.customer);
        let repetition = customer
            .filter(|_| chance.random_bool(REPEATED) && stories.len() + 1 < tickets)
            .and_then(|customer| repetition(&plan, customer, &mut chance));
        let original = stories.len();
        agenda.put(arrival, Entry::Scene(original));
        stories.push(Story::new(plan));
        if let Some(plan) = repetition {
            let later = TimeDelta::minutes(chance.random_range(7..30));
            agenda.put(arrival + later, Entry::Scene(stories.len()));
            let mut story = Story::new(plan);
            story.original = Some(original);
            stories.push(story);
        }
    }
    stories
}

async fn ensure_alone(cx: &Context) -> Result<()> {
    ensure!(
        connections_of_the_system(cx).await? == 0,
        "Stop the running system first: the demo moves through weeks, and its workers would not"
    );
    Ok(())
}

async fn set(world: &World, actor: Actor, availability: Availability) -> Result<(), ActionError> {
    let mut work = world.cx.begin(Initiator::Person(actor)).await?;
    set_availability(&mut work, actor, availability).await?;
    work.commit().await?;
    Ok(())
}
