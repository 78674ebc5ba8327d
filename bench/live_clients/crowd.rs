//! The memory of an API process with many sockets at which nothing happens.

use crate::{
    figures::row,
    process::Process,
    socket::Socket,
    stage::{AGENTS, Stage},
};
use anyhow::Result;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Clients that connect at a time.
const AT_ONCE: usize = 32;
/// How long the crowd rests.
const REST: Duration = Duration::from_secs(10);

/// Connects that many customers, each once.
pub async fn run(stage: &Stage, sockets: u32, api: Process) -> Result<()> {
    let before = api.memory()?;
    let start = Instant::now();
    let mut waiting: VecDeque<u32> = (AGENTS + 1..=AGENTS + sockets).collect();
    let (mut connecting, mut connected) = (JoinSet::new(), Vec::new());
    loop {
        while connecting.len() < AT_ONCE
            && let Some(person) = waiting.pop_front()
        {
            let (at, token) = (stage.at, stage.token(person)?);
            connecting.spawn(async move { Socket::connect(at, &token, 256).await });
        }
        match connecting.join_next().await {
            Some(socket) => connected.push(socket??),
            None => break,
        }
    }
    let took = start.elapsed();
    let (worked, begun) = (api.processor()?, Instant::now());
    tokio::time::sleep(REST).await;
    let busy =
        api.processor()?.saturating_sub(worked).as_secs_f64() / begun.elapsed().as_secs_f64();
    let after = api.memory()?;
    let each = (after.saturating_sub(before)) / u64::from(sockets.max(1));
    row(
        &format!("memory of an API process without a socket, with {sockets} at rest, for each"),
        &format!("{} MB, {} MB, {each} kB", before / 1024, after / 1024),
    );
    row(
        &format!("connecting {sockets}, {AT_ONCE} at a time"),
        &format!("{:.1} s", took.as_secs_f64()),
    );
    row(
        "the process with them at rest: of one core",
        &format!("{:.1} %", busy * 100.0),
    );
    drop(connected);
    Ok(())
}
