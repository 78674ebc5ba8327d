//! A change by REST until a connected client has its event, one change after another.

use crate::{
    figures::{Figures, row},
    http::Http,
    socket::{Came, Socket},
    stage::Stage,
};
use anyhow::{Context as _, Result};
use std::time::{Duration, Instant};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

/// The pause between two changes.
const PACE: Duration = Duration::from_millis(25);

/// Measures that many changes. `when` says in which state of the system.
pub async fn run(stage: &Stage, changes: u32, when: &str) -> Result<()> {
    let mut socket = Socket::connect(stage.at, &stage.token(1)?, 16 * 1024).await?;
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut echo = Figures::default();
    for _ in 0..changes {
        pace.tick().await;
        echo.add(socket.echo().await?);
    }
    let mut http = Http::connect(stage.at).await?;
    let (told, mut came) = mpsc::unbounded_channel();
    let mut reading = JoinSet::new();
    reading.spawn(async move {
        while let Ok(what) = socket.came().await {
            if what == Came::Message && told.send(Instant::now()).is_err() {
                return;
            }
        }
    });
    let (mut requests, mut events) = (Figures::default(), Figures::default());
    for number in 0..changes {
        pace.tick().await;
        let start = Instant::now();
        stage.writes(&mut http, 1, &format!("m{number}")).await?;
        requests.add(start.elapsed());
        let told = came.recv().await.context("the socket is closed")?;
        events.add(told - start);
    }
    row(
        &format!(
            "a customer's message sent until the agent's socket has its event, {when}: p50, p99, longest"
        ),
        &events.text(),
    );
    row(
        "floor: the same request until its response",
        &requests.text(),
    );
    row(
        "floor: a ping on the same socket until its answer",
        &echo.text(),
    );
    Ok(())
}
