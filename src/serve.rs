//! Runs the roles of this process.

use crate::{
    banner::Banner,
    schema::{self, Schema},
    settings::Ground,
};
use anyhow::{Result, anyhow};
use shared::{attachments::Files, config::Http, process::Roles};
use std::io::ErrorKind;
use tokio::net::TcpListener;

/// What this process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everything.
    All,
    /// The API.
    Api,
    /// The workers.
    Worker,
    /// The scheduler.
    Scheduler,
}

/// Runs until a signal, or until a role ends by itself.
pub(crate) async fn run(part: Part, mut ground: Ground) -> Result<()> {
    let api = matches!(part, Part::All | Part::Api);
    // first of all: an address in use is the likeliest thing to go wrong
    let listener = if api {
        Some(listen(&mut ground.config.http).await?)
    } else {
        None
    };
    let schema = match part {
        Part::All => Schema::Apply,
        Part::Api | Part::Worker | Part::Scheduler => Schema::Await,
    };
    let (cx, made) = schema::open(ground, schema).await?;
    if api {
        schema::first_admin(&cx).await?;
    }

    if !matches!(part, Part::Scheduler) {
        // Whether uploads can be kept is known at the start, or by the first who sends one.
        Files::new(&cx.config.attachments).open()?;
    }
    let mut roles = Roles::new();
    let shutdown = roles.shutdown();
    if let Some(listener) = listener {
        roles.start("api", api::role(cx.clone(), listener, shutdown.clone()));
    }
    if matches!(part, Part::All | Part::Worker) {
        roles.start("worker", worker::role(cx.clone(), shutdown.clone()));
    }
    if matches!(part, Part::All | Part::Scheduler) {
        roles.start("scheduler", scheduler::role(cx.clone(), shutdown));
    }
    match made {
        Some(made) if part == Part::All => Banner::of(&cx.config, &made.admin).print()?,
        _ if api => tracing::info!(?part, http.listen = %cx.config.http.listen, "started"),
        _ => tracing::info!(?part, "started"),
    }
    let end = roles.run(cx.config.shutdown).await;
    tracing::info!("stopped");
    Ok(end?)
}

/// Binds the address. Port 0 is any free one; the configuration then says which.
async fn listen(http: &mut Http) -> Result<TcpListener> {
    let asked = http.listen;
    let listener = TcpListener::bind(asked)
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => anyhow!(
                "{asked} is in use: stop whatever listens there, or set PORT to another port"
            ),
            _ => anyhow!("cannot listen on {asked}, which HOST and PORT name: {error}"),
        })?;
    http.listen = listener.local_addr()?;
    if http.public_url == format!("http://{asked}") {
        http.public_url = format!("http://{}", http.listen);
    }
    Ok(listener)
}
