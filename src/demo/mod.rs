//! `support demo`: fills an empty installation with people and with the tickets of five weeks, by
//! the actions that requests use and the jobs that follow from them, under a clock that is moved.
//! Nothing is written in any other way, so that what it leaves could have come about by itself.
//!
//! Race: the system is started while the demo moves through the past, and its sweeps take the
//! deadlines of then for overdue. The demo looks for its connections at the start and once for
//! each day that it moves through, and gives up when there are any.

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

use crate::{
    development::secret,
    schema::{self, Schema},
    settings::Ground,
};
use actions::{
    installation::{census, connections_of_the_system},
    people::set_availability,
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
    id_source::IdSource,
};
use progress::Progress;
use rand::{SeedableRng, rngs::StdRng};
use story::Story;
use world::World;

/// How far back it begins.
const SPAN: TimeDelta = TimeDelta::weeks(5);
/// How long before the present it ends: what is done at one instant takes some seconds of its clock.
const MARGIN: TimeDelta = TimeDelta::minutes(2);

/// How much there is to be.
#[derive(Debug, Args)]
pub(crate) struct Extent {
    /// How many tickets
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u16).range(1..=5_000))]
    tickets: u16,
    /// The same number gives the same story, told up to the present
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What the demo sets of the configuration, whatever was set: no mail leaves the machine, and the
/// log of thousands of jobs does not hide the progress.
pub(crate) fn prepare(config: &mut Config) {
    config.mail.transport = MailTransport::Files(config.data_dir.join("mail-demo"));
    "warn".clone_into(&mut config.log.filter);
    config.database.purpose = Purpose::Demo;
}

/// Fills the installation.
pub(crate) async fn run(extent: Extent, ground: Ground) -> Result<()> {
    let (cx, _) = schema::open(ground, Schema::Apply).await?;
    let tickets = census(&cx).await?.tickets;
    ensure!(
        tickets == 0,
        "The installation has {tickets} ticket(s): the demo fills empty ones only"
    );
    ensure_alone(&cx).await?;

    let end = cx.clock.now() - MARGIN;
    let start = end - SPAN;
    let world = World::at(start, cx)?;
    schema::first_admin(&world.cx).await?;
    let password = secret(&IdSource::random());
    let people = people::register_all(&world, &password).await?;
    play(&world, &people, &extent, end)
        .await
        .context("the demo stopped halfway and cannot go on: begin again with an empty database")?;
    summary::print(&world, &people, &password).await
}

/// Plays everybody's part until `end`.
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
                    set(world, actor, availability)
                        .await
                        .map_err(schema::explained)?;
                    // nothing follows from the other answers
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

async fn set(
    world: &World,
    actor: Actor,
    availability: Availability,
) -> Result<(), actions::error::ActionError> {
    let mut work = world.cx.begin(Initiator::Person(actor)).await?;
    set_availability(&mut work, actor, availability).await?;
    work.commit().await?;
    Ok(())
}
