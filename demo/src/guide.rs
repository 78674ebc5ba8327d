//! The text for a newcomer at the end of the demo: figures, people to be, and commands that work when they
//! are pasted.

use super::{people::staff, summary};
use actions::{
    people::list::{Filter as PeopleFilter, page as people_page},
    stats::own_performance,
    tickets::{
        list::{dashboard, page},
        read::{self, Shown},
    },
};
use anyhow::Result;
use domain::{
    paging::PageRequest,
    people::{Availability, Person, Role, SupportInfo},
    tickets::{
        Status, Ticket,
        access::Scope,
        list::{Filter, Paging, Start},
    },
};
use platform::{context::Context, db};
use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::Path,
};

/// What the system does after the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It runs.
    Running,
    /// It has to be started.
    Start,
}

/// Prints the guide on standard output. `kept` is the file of the password.
///
/// # Errors
///
/// The database failed, or standard output is closed.
pub async fn tell(cx: &Context, password: &str, kept: &Path, next: Next) -> Result<()> {
    let mut text = match next {
        Next::Running => format!(
            "\nThe demo is ready: {url}  (reference: {url}/docs)\n\n",
            url = cx.config.http.public_url
        ),
        Next::Start => "\nThe demo is complete.\n\n".to_owned(),
    };
    text += &summary::figures(cx).await?;
    writeln!(
        text,
        "\nIt is the middle of a working day. Everybody's password is {password} (kept in {})\n",
        kept.display()
    )?;
    let agent = people(&mut text, cx).await?;
    commands(&mut text, cx, (&agent, password), next)?;
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// An agent with the tickets of the moment.
struct AtDesk {
    person: Person,
    info: SupportInfo,
    /// The agent's active tickets.
    assigned: Vec<Shown>,
    /// Those of nobody.
    unassigned: Vec<Shown>,
    /// How many of the agent's are at risk.
    at_risk: usize,
    resolved_today: i64,
}

impl AtDesk {
    fn count(&self, status: Status) -> usize {
        let tickets = self.assigned.iter();
        tickets.filter(|one| one.ticket.status == status).count()
    }
}

/// Writes who to be. The result is the address of an agent who has work.
async fn people(text: &mut String, cx: &Context) -> Result<String> {
    let (admin, _) = staff();
    writeln!(text, "  admin      {admin}")?;
    let agents = agents(cx).await?;
    let first_line = |agent: &&AtDesk| {
        agent.info.level.0 == 1 && agent.info.availability == Availability::Available
    };
    let busiest = |agent: &&AtDesk| {
        (
            agent.at_risk.min(1),
            agent.resolved_today.min(1),
            agent.assigned.len(),
        )
    };
    let front = agents.iter().filter(first_line).max_by_key(busiest);
    if let Some(agent) = front {
        let (of, risk) = (&agent.assigned, agent.at_risk);
        let what = format!(
            "{} tickets, {} at risk, {} resolved today",
            of.len(),
            risk,
            agent.resolved_today
        );
        line(text, agent, &what)?;
    }
    let senior = agents.iter().filter(|agent| agent.info.level.0 > 1);
    if let Some(agent) = senior.max_by_key(|agent| agent.count(Status::Escalated)) {
        line(
            text,
            agent,
            &format!("{} escalated", agent.count(Status::Escalated)),
        )?;
    }
    let waits = |agent: &&AtDesk| {
        let mut waiting = agent.unassigned.iter();
        agent.info.availability == Availability::Away
            && waiting.any(|one| one.ticket.department == agent.info.department)
    };
    if let Some(agent) = agents.iter().find(waits) {
        let what = "away: once available, a waiting ticket is assigned";
        line(text, agent, what)?;
    }
    for (status, what) in [
        (Status::WaitingCustomer, "was asked something"),
        (Status::Resolved, "may rate, or reopen"),
    ] {
        if let Some(ticket) = newest(cx, status).await? {
            let customer = actions::directory::find(&cx.pool, ticket.customer_id).await?;
            if let Some(customer) = customer {
                let (role, email) = (customer.role.as_str(), customer.email);
                writeln!(text, "  {role:<10} {email:<34} {}, {what}", ticket.number)?;
            }
        }
    }
    Ok(front
        .map(|agent| agent.person.email.clone())
        .unwrap_or_default())
}

fn line(text: &mut String, agent: &AtDesk, what: &str) -> std::fmt::Result {
    let AtDesk { person, info, .. } = agent;
    writeln!(
        text,
        "  {:<10} {:<34} {}, level {}: {what}",
        person.role.as_str(),
        person.email,
        info.department,
        info.level.0
    )
}

/// The agents of the cast with their dashboards, in the order of the cast.
async fn agents(cx: &Context) -> Result<Vec<AtDesk>> {
    let filter = PeopleFilter {
        roles: vec![Role::Support],
        active: Some(true),
        text: None,
    };
    let load = cx.config.tickets.load;
    let found = people_page(&cx.pool, &filter, PageRequest::first(100), load).await?;
    let (_, cast) = staff();
    let now = cx.clock.now();
    let mut agents = Vec::new();
    let mut db = db::snapshot(&cx.pool).await?;
    for email in cast {
        let person = found.people.iter().find(|person| person.email == email);
        let Some((person, info)) =
            person.and_then(|found| Some((found, found.support_info.clone()?)))
        else {
            continue;
        };
        let own = own_performance(&mut *db, now, person.id, person.timezone).await?;
        let lists = dashboard(&mut *db, person.id, load, now).await?;
        agents.push(AtDesk {
            person: person.clone(),
            info,
            assigned: read::show(&mut *db, &lists.assigned).await?.tickets,
            unassigned: read::show(&mut *db, &lists.unassigned).await?.tickets,
            at_risk: lists.at_risk.len(),
            resolved_today: own.today.tickets_resolved,
        });
    }
    Ok(agents)
}

/// The newest ticket of that status.
async fn newest(cx: &Context, status: Status) -> Result<Option<Ticket>> {
    let filter = Filter {
        status: vec![status],
        ..Filter::default()
    };
    let first = Paging {
        start: Start::Page(1),
        limit: 1,
    };
    let mut db = db::snapshot(&cx.pool).await?;
    let found = page(&mut db, Scope::All, &filter, &first, cx.clock.now()).await?;
    Ok(found
        .showing
        .tickets
        .into_iter()
        .next()
        .map(|one| one.ticket))
}

fn commands(
    text: &mut String,
    cx: &Context,
    (agent, password): (&str, &str),
    next: Next,
) -> std::fmt::Result {
    let (admin, _) = staff();
    let begin = match next {
        Next::Running => "In another terminal:",
        Next::Start => "Start the system with `support`, then in another terminal:",
    };
    let url = &cx.config.http.public_url;
    writeln!(
        text,
        r#"
{begin}

API={url}/api/v1
as() {{ WHO=$1 WHERE=$2; shift 2; TOKEN=$(curl -s $API/auth/login -H 'Content-Type: application/json' -d '{{"email":"'$WHO'","password":"{password}"}}' | sed -nE 's/.*"token":"([^"]+)".*/\1/p'); curl -s "$API$WHERE" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@" | (python3 -m json.tool 2>/dev/null || cat); }}
as {admin} /support/stats
as {admin} '/support/tickets?sla=at_risk&sort=slaDue'
as {agent} /support/dashboard"#
    )?;
    if next == Next::Running {
        writeln!(
            text,
            "\nMails are files in {}. Ctrl-C stops it, `./dev demo` runs it again, `./dev reset --demo` removes it.",
            cx.config.data_dir.join("mail").display()
        )?;
    }
    Ok(())
}
