//! The figures of the demo, and the check at its end.

use actions::{
    installation::{Census, census},
    stats::{differences, stats},
};
use anyhow::{Result, ensure};
use domain::stats::{Question, Stats};
use platform::context::Context;
use std::fmt::Write;

/// Checks that no job is left and that the statistics are right.
pub(super) async fn check(cx: &Context) -> Result<()> {
    let counted = census(cx).await?;
    ensure!(
        counted.unfinished_jobs == 0,
        "jobs that were not done, of which the log says why: {}",
        counted.unfinished_jobs
    );
    let differences = differences(&cx.pool).await?;
    ensure!(
        differences == 0,
        "the statistics differ from the tickets; rows: {differences}"
    );
    Ok(())
}

/// The figures of the weeks.
pub(super) async fn figures(cx: &Context) -> Result<String> {
    let counted = census(cx).await?;
    let figures = stats(cx, &Question::default()).await?.figures;
    let mut text = String::new();
    tell(&mut text, &counted, &figures)?;
    Ok(text)
}

fn tell(out: &mut String, counted: &Census, figures: &Stats) -> std::fmt::Result {
    let statuses: Vec<String> = figures
        .status_breakdown
        .iter()
        .map(|status| format!("{} {}", status.count, status.of))
        .collect();
    let agents = &figures.agent_stats;
    let text = |figure: Option<&str>| figure.unwrap_or("-").to_owned();
    writeln!(out, "  People       {}", counted.people)?;
    writeln!(
        out,
        "  Tickets      {}: {}",
        counted.tickets,
        statuses.join(", ")
    )?;
    writeln!(
        out,
        "  Messages     {}, internal notes included",
        counted.messages
    )?;
    writeln!(
        out,
        "  Deadlines    {} missed; {} % of the resolved tickets met both of theirs",
        counted.breaches,
        text(agents.sla_compliance.as_deref())
    )?;
    writeln!(
        out,
        "  Times        first response {} min, resolution {} min on average",
        agents.avg_response_time.unwrap_or(0),
        agents.avg_resolution_time.unwrap_or(0)
    )?;
    writeln!(
        out,
        "  Ratings      {}, {} of 5 on average",
        counted.ratings,
        text(agents.satisfaction_rating.as_deref())
    )?;
    writeln!(
        out,
        "  Besides      {} escalations, {} reopenings, {} mails",
        counted.escalations, counted.reopenings, counted.notifications
    )
}
