//! The state of the queues; pausing and resuming one.

use super::{Form, time};
use crate::{
    schema::explained,
    table::{Table, write_json},
};
use anyhow::Result;
use api::views::job::QueueView;
use chrono::{DateTime, Utc};
use domain::{actor::Initiator, queue::Queue};
use jobs::operate::{self, PauseState, QueueState};
use platform::context::Context;
use std::io::{self, Write};

pub(super) async fn stats(cx: &Context, form: Form) -> Result<()> {
    let now = cx.clock.now();
    let mut db = cx.pool.acquire().await?;
    let queues = operate::queues(&mut db, now).await?;
    match form {
        Form::Json => {
            let views: Vec<_> = queues.iter().map(|it| QueueView::of(it, now)).collect();
            write_json(&views)
        }
        Form::Text => Ok(print(&queues, now)?),
    }
}

fn print(queues: &[QueueState], now: DateTime<Utc>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mut table = Table::new([
        "QUEUE",
        "READY",
        "SENT",
        "RUNNING",
        "DEAD",
        "OLDEST (S)",
        "STATE",
    ]);
    for queue in queues {
        let age = queue.oldest_due.map(|due| (now - due).num_seconds().max(0));
        table.push([
            queue.queue.to_string(),
            queue.ready.to_string(),
            queue.sent.to_string(),
            queue.running.to_string(),
            queue.dead.to_string(),
            age.unwrap_or_default().to_string(),
            state(queue),
        ]);
    }
    table.write(&mut out)?;
    for queue in queues {
        if let Some(open) = &queue.circuit {
            let (name, until) = (&queue.queue, time(open.until));
            let (because, times) = (&open.because, open.times);
            writeln!(
                out,
                "{name}: the circuit is open until {until}, after {times} failures in a row: {because}"
            )?;
        }
    }
    Ok(())
}

fn state(queue: &QueueState) -> String {
    let states = [
        (queue.paused, "paused"),
        (queue.circuit.is_some(), "circuit open"),
    ];
    let states = states.iter().filter(|(is, _)| *is).map(|(_, word)| *word);
    states.collect::<Vec<_>>().join(", ")
}

pub(super) async fn set(cx: &Context, queue: Queue, state: PauseState, form: Form) -> Result<()> {
    let mut work = cx.begin(Initiator::System).await?;
    operate::pause(&mut work.tx, queue, state)
        .await
        .map_err(|error| explained(error.into()))?;
    work.commit().await?;
    stats(cx, form).await
}
