//! Lists and shows jobs.

use super::{Form, Which, time};
use crate::table::{Table, write_json};
use anyhow::{Context as _, Result};
use api::views::job::JobView;
use jobs::{
    JobId,
    operate::{self, Filter, JobRecord, Page},
};
use platform::context::Context;
use serde::Serialize;
use std::io::{self, Write};

/// A list of jobs as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    jobs: Vec<JobView<'a>>,
    /// The jobs that match, counted up to a limit.
    total: i64,
    total_is_exact: bool,
}

pub(super) async fn list(cx: &Context, which: Which, limit: i64, form: Form) -> Result<()> {
    let wanted = words(&which);
    let filter = Filter {
        states: which.state,
        queue: which.queue,
        name: which.name,
    };
    let page = operate::page(&cx.pool, &filter, None, limit).await?;
    match form {
        Form::Json => write_json(&Listed {
            jobs: page.jobs.iter().map(JobView::from).collect(),
            total: page.total,
            total_is_exact: page.total_is_exact,
        }),
        Form::Text => Ok(print(&page, &wanted)?),
    }
}

/// The jobs that were asked for, as in "no job is dead or ready, in the queue email".
fn words(which: &Which) -> String {
    let states: Vec<&str> = which.state.iter().map(|state| state.as_str()).collect();
    let mut words = states.join(" or ");
    if let Some(queue) = which.queue {
        words = format!("{words}, in the queue {queue}");
    }
    if let Some(name) = &which.name {
        words = format!("{words}, with the name {name}");
    }
    words
}

fn print(page: &Page, wanted: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if page.jobs.is_empty() {
        return writeln!(out, "No job is {wanted}.");
    }
    let mut table = Table::new(["ID", "STATE", "QUEUE", "NAME", "ATTEMPTS", "AT", "ERROR"]);
    for job in &page.jobs {
        let error = job.last_error.as_deref().unwrap_or_default();
        table.push([
            job.id.to_string(),
            job.state.to_string(),
            job.queue.to_string(),
            job.name().to_owned(),
            format!("{}/{}", job.attempt, job.max_attempts),
            time(job.finished_at.unwrap_or(job.run_at)),
            error.lines().next().unwrap_or_default().to_owned(),
        ]);
    }
    table.write(&mut out)?;
    let more = if page.total_is_exact {
        ""
    } else {
        "more than "
    };
    writeln!(out, "{} of {more}{}", page.jobs.len(), page.total)
}

pub(super) async fn show(cx: &Context, ids: &[i64], form: Form) -> Result<()> {
    let mut jobs = Vec::new();
    for id in ids {
        let found = operate::find(&cx.pool, JobId(*id)).await?;
        jobs.push(found.with_context(|| format!("there is no job {id}"))?);
    }
    match form {
        Form::Json => write_json(&jobs.iter().map(JobView::from).collect::<Vec<_>>()),
        Form::Text => Ok(jobs.iter().try_for_each(tell)?),
    }
}

fn tell(job: &JobRecord) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "job       {}", job.id)?;
    writeln!(out, "name      {}", job.name())?;
    writeln!(out, "queue     {}, priority {}", job.queue, job.priority)?;
    writeln!(out, "state     {}", job.state)?;
    writeln!(out, "payload   {}", job.payload)?;
    writeln!(out, "attempts  {} of {}", job.attempt, job.max_attempts)?;
    writeln!(out, "enqueued  {}", time(job.created_at))?;
    writeln!(out, "run at    {}", time(job.run_at))?;
    writeln!(
        out,
        "sent      {} times since its last outcome; runs in a row without an outcome: {}",
        job.dispatches, job.interruptions,
    )?;
    if let Some(until) = job.lease_until {
        writeln!(out, "lease     until {}", time(until))?;
    }
    if let Some(trace) = &job.traceparent {
        writeln!(out, "trace     {trace}")?;
    }
    if let Some(finished) = job.finished_at {
        writeln!(out, "over      {}", time(finished))?;
    }
    if let Some(error) = &job.last_error {
        writeln!(out, "error     {error}")?;
    }
    writeln!(out)
}
