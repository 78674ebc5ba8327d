//! The summary at the end of the demo: figures of the weeks, and logins.

use super::{people::People, world::World};
use actions::{
    installation::{Census, census},
    stats::{differences, stats},
};
use anyhow::{Result, ensure};
use domain::stats::{Range, Stats};
use platform::config::MailTransport;
use std::io::{self, Write};

/// Checks that no job is left and that the statistics are right, and prints the summary on standard output.
pub(super) async fn print(world: &World, people: &People, password: &str) -> Result<()> {
    let counted = census(&world.cx).await?;
    ensure!(
        counted.unfinished_jobs == 0,
        "{} job(s) were not done: the log says why",
        counted.unfinished_jobs
    );
    let differences = differences(&world.cx.pool).await?;
    ensure!(
        differences == 0,
        "the statistics differ from the tickets in {differences} row(s)"
    );
    let figures = stats(&world.cx, &Range::ALL, None).await?;
    let mut out = io::stdout().lock();
    tell(&mut out, &counted, &figures)?;
    accounts(&mut out, world, people, password)?;
    out.flush()?;
    Ok(())
}

fn tell(out: &mut impl Write, counted: &Census, figures: &Stats) -> io::Result<()> {
    let statuses: Vec<String> = figures
        .status_breakdown
        .iter()
        .map(|status| format!("{} {}", status.count, status.of))
        .collect();
    let agents = &figures.agent_stats;
    let text = |figure: Option<&str>| figure.unwrap_or("-").to_owned();
    writeln!(out, "\nFive weeks of BaiTech Support\n")?;
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

fn accounts(
    out: &mut impl Write,
    world: &World,
    people: &People,
    password: &str,
) -> io::Result<()> {
    let config = &world.cx.config;
    writeln!(out, "\nAll of these people have the password {password}\n")?;
    writeln!(out, "  admin      {}", people.admin.email)?;
    for agent in people.agents.iter().step_by(4).take(3) {
        writeln!(
            out,
            "  support    {}  ({}, level {})",
            agent.person.email, agent.department, agent.level
        )?;
    }
    for person in people.customers.iter().step_by(17).take(3) {
        writeln!(
            out,
            "  {:<10} {}  ({})",
            person.actor.role.as_str(),
            person.email,
            person.language
        )?;
    }
    if let MailTransport::Files(folder) = &config.mail.transport {
        writeln!(
            out,
            "\nTheir mails are in {}; none was sent.",
            folder.display()
        )?;
    }
    let url = &config.http.public_url;
    writeln!(
        out,
        r#"
Start the system with ./dev (or `support`), then in another terminal:

TOKEN=$(curl -s {url}/api/v1/auth/login -H 'Content-Type: application/json' -d '{{"email":"{admin}","password":"{password}"}}' | sed -E 's/.*"token":"([^"]+)".*/\1/')
curl -s {url}/api/v1/support/dashboard -H "Authorization: Bearer $TOKEN"
curl -s {url}/api/v1/support/stats -H "Authorization: Bearer $TOKEN"
curl -s "{url}/api/v1/support/tickets?sla=breached&sort=-priority" -H "Authorization: Bearer $TOKEN""#,
        admin = people.admin.email
    )
}
