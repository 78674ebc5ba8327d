//! Runs the roles of this process.

use crate::{
    banner::Banner,
    development::Made,
    schema::{self, Schema},
    settings::Ground,
};
use anyhow::{Result, anyhow};
use api::StartupGate;
use platform::{
    config::{Config, Http, Place},
    context::Context,
    error_chain::Chain,
    files::Files,
    presence::{self, Role},
    process::{Roles, Signals},
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

    fn has(self, role: Role) -> bool {
        self.roles().contains(&role)
    }
}

/// Runs until a signal, or until a role ends by itself.
pub(crate) async fn run(part: Part, ground: Ground) -> Result<()> {
    // before anything that may take long
    let mut signals = Signals::listen()?;
    let Ground { mut config, made } = ground;
    // an address in use is the likeliest thing to go wrong
    let listener = listen(part, &mut config).await?;
    let address = listener.local_addr()?;
    let cx = schema::context(config)?;
    let (mut roles, door) = (Roles::new(), StartupGate::default());
    answer(part, &cx, listener, &door, &mut roles);
    let prepared = signals.unless_stopped(prepare(part, &cx, made.as_ref()));
    let Some(prepared) = prepared.await else {
        tracing::info!("stopped");
        return Ok(());
    };
    prepared?;
    door.open();
    work(part, &cx, &mut roles);
    match made {
        Some(made) if part == Part::All => greet(&cx, &made),
        _ => tracing::info!(?part, http.listen = %address, "started"),
    }
    let end = roles.run(signals, cx.config.shutdown).await;
    cx.traces.finish().await;
    tracing::info!("stopped");
    Ok(end?)
}

/// Has the port answered, before there is a database: that the process lives needs none.
fn answer(part: Part, cx: &Context, listener: TcpListener, door: &StartupGate, roles: &mut Roles) {
    let (cx, shutdown) = (cx.clone(), roles.shutdown());
    if part.has(Role::Api) {
        roles.start("api", api::run(cx, listener, door.clone(), shutdown));
    } else {
        roles.start(
            "operation",
            api::operators_server::run(cx, listener, shutdown),
        );
    }
}

/// Sees to all that the roles need before they work.
async fn prepare(part: Part, cx: &Context, made: Option<&Made>) -> Result<()> {
    let schema = match part {
        Part::All => Schema::Apply,
        Part::Api | Part::Worker | Part::Scheduler => Schema::Await,
    };
    schema::prepare(cx, schema, made).await?;
    if part.has(Role::Api) {
        schema::first_admin(cx).await?;
    }
    if part.has(Role::Api) || part.has(Role::Worker) {
        // Whether uploads can be kept is known at the start, or by the first who sends one.
        Files::new(&cx.config.attachments).open()?;
    }
    Ok(())
}

/// Starts the roles that work in the database.
fn work(part: Part, cx: &Context, roles: &mut Roles) {
    let shutdown = roles.shutdown();
    let presence = presence::role(cx.clone(), part.roles(), shutdown.clone());
    roles.start("presence", presence);
    if part.has(Role::Worker) {
        roles.start("worker", worker::run(cx.clone(), shutdown.clone()));
    }
    if part.has(Role::Scheduler) {
        roles.start("scheduler", scheduler::run(cx.clone(), shutdown));
    }
}

/// Whether anybody reads it makes no difference to the rest.
fn greet(cx: &Context, made: &Made) {
    if let Err(error) = Banner::of(&cx.config, &made.admin).print() {
        tracing::warn!(error = %Chain(&error), "the greeting could not be printed");
    }
}

/// Binds the address that this process answers at. The configuration then says which it is.
async fn listen(part: Part, config: &mut Config) -> Result<TcpListener> {
    if part.has(Role::Api) {
        listen_for_api(&mut config.http).await
    } else {
        listen_for_operation(config).await
    }
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

/// Binds the address of the API. Port 0 is any free one.
async fn listen_for_api(http: &mut Http) -> Result<TcpListener> {
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
