//! Retries and discards jobs, each in a transaction of its own.

use super::{Chosen, Form};
use crate::{schema::explained, table::write_json};
use actions::{error::ActionError, job_commands};
use anyhow::{Result, bail};
use domain::{actor::Initiator, queue::Queue};
use jobs::{
    JobId, State,
    operate::{self, Filter, JobRecord},
};
use platform::context::Context;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Clone, Copy)]
pub(super) enum Decision {
    Retry,
    Discard,
}

/// What became of a job.
#[derive(Serialize)]
struct Decided {
    id: i64,
    /// Its new state; absent where the decision was refused.
    state: Option<State>,
    /// Why the decision was refused.
    refusal: Option<String>,
}

/// Decides about each job, and continues after a refusal.
pub(super) async fn each(
    cx: &Context,
    chosen: Chosen,
    decision: Decision,
    form: Form,
) -> Result<()> {
    let (ids, of_all) = if chosen.all_dead {
        (all_dead(cx, chosen.queue).await?, true)
    } else {
        (chosen.ids.into_iter().map(JobId).collect(), false)
    };
    let mut decided = Vec::new();
    for id in ids {
        let outcome = decide(cx, id, decision).await;
        let job = match outcome {
            Ok(job) => Decided {
                id: id.0,
                state: Some(job.state),
                refusal: None,
            },
            Err(why) => Decided {
                id: id.0,
                state: None,
                refusal: Some(format!("{:#}", explained(why))),
            },
        };
        if form == Form::Text {
            tell(&job)?;
        }
        decided.push(job);
    }
    match form {
        Form::Json => write_json(&decided)?,
        Form::Text => summary(decided.len(), of_all)?,
    }
    let refused = decided.iter().filter(|job| job.refusal.is_some()).count();
    if refused > 0 {
        bail!("{refused} of {} jobs were left as they are", decided.len());
    }
    Ok(())
}

/// At once: many jobs take their time.
fn tell(job: &Decided) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match (&job.state, &job.refusal) {
        (Some(state), _) => writeln!(out, "{}: {state}", job.id),
        (None, refusal) => {
            let refusal = refusal.as_deref().unwrap_or_default();
            writeln!(out, "{}: {refusal}", job.id)
        }
    }
}

fn summary(count: usize, of_all: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match count {
        0 if of_all => writeln!(out, "There are no such dead letters."),
        1 => writeln!(out, "1 job"),
        count => writeln!(out, "{count} jobs"),
    }
}

async fn decide(cx: &Context, id: JobId, decision: Decision) -> Result<JobRecord, ActionError> {
    let mut work = cx.begin(Initiator::System).await?;
    let job = match decision {
        Decision::Retry => job_commands::retry(&mut work, id).await?,
        Decision::Discard => job_commands::discard(&mut work, id).await?,
    };
    work.commit().await?;
    Ok(job)
}

async fn all_dead(cx: &Context, queue: Option<Queue>) -> Result<Vec<JobId>> {
    let filter = Filter {
        states: vec![State::Dead],
        queue,
        name: None,
    };
    let (mut ids, mut before) = (Vec::new(), None);
    loop {
        let page = operate::page(&cx.pool, &filter, before, 1_000).await?;
        ids.extend(page.jobs.iter().map(|job| job.id));
        before = page.next;
        if before.is_none() {
            return Ok(ids);
        }
    }
}
