//! Runs the roles of this process.

use crate::{
    banner::Banner,
    schema::{self, Schema},
    settings::Ground,
};
use anyhow::{Result, anyhow};
use shared::{
    attachments::Files,
    config::{Config, Http, Place},
    presence::{self, Role},
    process::Roles,
};
use std::{io::ErrorKind, net::SocketAddr};
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

impl Part {
    fn roles(self) -> Vec<Role> {
        match self {
            Self::All => Role::ALL.to_vec(),
            Self::Api => vec![Role::Api],
            Self::Worker => vec![Role::Worker],
            Self::Scheduler => vec![Role::Scheduler],
        }
    }
}

/// Runs until a signal, or until a role ends by itself.
pub(crate) async fn run(part: Part, mut ground: Ground) -> Result<()> {
    let api = matches!(part, Part::All | Part::Api);
    // first of all: an address in use is the likeliest thing to go wrong
    let listener = if api {
        listen(&mut ground.config.http).await?
    } else {
        listen_for_operation(&ground.config).await?
    };
    let address = listener.local_addr()?;
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
    if api {
        roles.start("api", api::role(cx.clone(), listener, shutdown.clone()));
    } else {
        let operation = api::operation::role(cx.clone(), listener, shutdown.clone());
        roles.start("operation", operation);
    }
    let presence = presence::role(cx.clone(), part.roles(), shutdown.clone());
    roles.start("presence", presence);
    if matches!(part, Part::All | Part::Worker) {
        roles.start("worker", worker::role(cx.clone(), shutdown.clone()));
    }
    if matches!(part, Part::All | Part::Scheduler) {
        roles.start("scheduler", scheduler::role(cx.clone(), shutdown));
    }
    match made {
        Some(made) if part == Part::All => Banner::of(&cx.config, &made.admin).print()?,
        _ => tracing::info!(?part, http.listen = %address, "started"),
    }
    let end = roles.run(cx.config.shutdown).await;
    cx.traces.finish().await;
    tracing::info!("stopped");
    Ok(end?)
}

/// Where a process without an API tells of itself. Several workers of one machine need not be told
/// apart for that: without a setting, whoever finds the port taken gets another.
async fn listen_for_operation(config: &Config) -> Result<TcpListener> {
    let (host, place) = (config.http.listen.ip(), config.watching.place);
    let asked = SocketAddr::new(host, place.port());
    let bound = TcpListener::bind(asked).await;
    match (bound, place) {
        (Err(error), Place::Usual) if error.kind() == ErrorKind::AddrInUse => {
            Ok(TcpListener::bind(SocketAddr::new(host, 0)).await?)
        }
        (bound, _) => bound.map_err(|error| {
            anyhow!("cannot listen on {asked}, which HOST and OPERATION_PORT name: {error}")
        }),
    }
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
