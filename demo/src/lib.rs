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
mod people;
mod plan;
mod progress;
mod script;
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
    people::Availability,
};
use people::People;
use plan::plan;
use platform::{
    config::{Config, MailTransport, Purpose},
    context::Context,
};
use progress::Progress;
use rand::{SeedableRng, rngs::StdRng};
use story::Story;
use world::World;

/// How far before the present the story begins.
const SPAN: TimeDelta = TimeDelta::weeks(5);
/// How long before the present the story ends. The actions of one instant move the clock by some
/// seconds, and must not reach the future.
const MARGIN: TimeDelta = TimeDelta::minutes(2);

/// The size of the demo, as the command line gives it.
#[derive(Debug, Args)]
pub struct Extent {
    /// How many tickets
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u16).range(1..=5_000))]
    tickets: u16,
    /// The same number gives the same story, told up to the present
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Overrides settings before the demo starts: mails go to the folder `mail-demo` of `DATA_DIR`
/// and never to an SMTP server, and the log shows warnings only, so that thousands of jobs do not
/// hide the progress.
pub fn prepare(config: &mut Config) {
    config.mail.transport = MailTransport::Files(config.data_dir.join("mail-demo"));
    "warn".clone_into(&mut config.log.filter);
    config.database.purpose = Purpose::Demo;
}

/// Fills the installation of `cx`, whose schema is up to date, and prints a summary. Every invented
/// person gets `password`.
///
/// # Errors
///
/// The installation has tickets already, the system is running, or an action or a job failed. After
/// a failure on the way the database has part of the story and cannot be used for another attempt.
pub async fn run(extent: Extent, cx: Context, password: &str) -> Result<()> {
    let tickets = census(&cx).await?.tickets;
    ensure!(
        tickets == 0,
        "The installation has {tickets} ticket(s): the demo fills empty ones only"
    );
    ensure_alone(&cx).await?;

    let end = cx.clock.now() - MARGIN;
    let start = end - SPAN;
    let world = World::at(start, cx)?;
    first_admin(&world.cx).await?;
    let people = people::register_all(&world, password).await?;
    play(&world, &people, &extent, end)
        .await
        .context("the demo stopped halfway and cannot go on: begin again with an empty database")?;
    summary::print(&world, &people, password).await
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
    let mut progress = Progress::new((start, end), stories.len());
    while let Some((at, entry)) = agenda.next(end) {
        world.move_to(at).await?;
        match entry {
            Entry::Scene(index) => {
                if let Some(story) = stories.get_mut(index)
                    && let Some(next) = story.play(world, people).await?
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
    let mut chance = StdRng::seed_from_u64(extent.seed);
    agenda.put_rounds(start, end);
    for agent in people.agents.iter().enumerate() {
        agenda.put_duties(agent, (start, end), &mut chance);
    }
    let opening = start + TimeDelta::hours(1);
    let arrivals = agenda::arrivals(usize::from(extent.tickets), (opening, end), &mut chance);
    let mut stories = Vec::new();
    for (number, arrival) in arrivals.into_iter().enumerate() {
        if let Some(plan) = plan(extent.seed, number, &people.customers) {
            agenda.put(arrival, Entry::Scene(stories.len()));
            stories.push(Story::new(plan));
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
