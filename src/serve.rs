//! Runs the roles of this process.

use crate::{
    banner::Banner,
    development::Made,
    schema::{self, Schema},
    settings::Startup,
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

/// The roles of this process.
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

/// Runs until a signal, or until a role ends.
///
/// # Errors
///
/// The port is in use, the database cannot be prepared, or a role failed.
pub(crate) async fn run(part: Part, startup: Startup) -> Result<()> {
    // before anything that may take long
    let mut signals = Signals::listen()?;
    let Startup { mut config, made } = startup;
    // first, since a port in use is the most frequent failure
    let listener = listen(part, &mut config).await?;
    let address = listener.local_addr()?;
    let cx = schema::context(config)?;
    let (mut roles, gate) = (Roles::new(), StartupGate::default());
    serve_port(part, &cx, listener, &gate, &mut roles);
    // boxed: the future is large
    let prepared = signals.unless_stopped(Box::pin(async {
        let (prepared, ()) =
            tokio::join!(prepare(part, &cx, made.as_ref()), schema::try_redis(&cx));
        prepared
    }));
    let Some(prepared) = prepared.await else {
        tracing::info!("stopped");
        return Ok(());
    };
    prepared?;
    gate.open();
    work(part, &cx, &mut roles);
    match made {
        Some(made) if part == Part::All => welcome(&cx, &made).await,
        _ => tracing::info!(role = ?part, http.listen = %address, "started"),
    }
    let end = roles.run(signals, cx.config.shutdown).await;
    cx.traces.finish().await;
    tracing::info!("stopped");
    Ok(end?)
}

/// Serves the port before the database is ready: liveness needs no database.
fn serve_port(
    part: Part,
    cx: &Context,
    listener: TcpListener,
    gate: &StartupGate,
    roles: &mut Roles,
) {
    let (cx, shutdown) = (cx.clone(), roles.shutdown());
    if part.has(Role::Api) {
        roles.start("api", api::run(cx, listener, gate.clone(), shutdown));
    } else {
        roles.start(
            "operation",
            api::operators_server::run(cx, listener, shutdown),
        );
    }
}

/// Prepares the database and the store of uploads for the roles.
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
        // fails here rather than at the first upload
        Files::new(&cx.config.attachments).open()?;
    }
    Ok(())
}

/// Starts the roles that work in the database.
fn work(part: Part, cx: &Context, roles: &mut Roles) {
    let shutdown = roles.shutdown();
    let presence = presence::announce(cx.clone(), part.roles(), shutdown.clone());
    roles.start("presence", presence);
    let (redis, channel) = (cx.redis.clone(), cx.config.redis.feed_channel());
    let signals = cx.feed.clone().publish(redis, channel, shutdown.clone());
    roles.start("feed signals", signals);
    // Once for the process, whatever it runs.
    if part.has(Role::Api) || part.has(Role::Worker) {
        let (redis, channel) = (cx.redis.clone(), cx.config.redis.feed_channel());
        let signals = cx.feed.clone().receive(redis, channel, shutdown.clone());
        roles.start("feed signals of others", signals);
    }
    if part.has(Role::Worker) {
        roles.start("worker", worker::run(cx.clone(), shutdown.clone()));
    }
    if part.has(Role::Scheduler) {
        roles.start("scheduler", scheduler::run(cx.clone(), shutdown));
    }
}

/// Prints what a newcomer needs. A failure is logged only: the process runs without it.
async fn welcome(cx: &Context, made: &Made) {
    let printed = match made {
        Made::Admin(admin) => Banner::of(&cx.config, admin).print().map_err(Into::into),
        Made::Demo { password } => {
            let kept = cx.config.data_dir.join("password");
            demo::tell(cx, password, &kept, demo::Next::Running).await
        }
    };
    if let Err(error) = printed {
        tracing::warn!(error = %Chain(error.as_ref()), "the banner could not be printed");
    }
}

/// Binds the address of this process, and writes the bound one into the configuration.
async fn listen(part: Part, config: &mut Config) -> Result<TcpListener> {
    if part.has(Role::Api) {
        listen_for_api(&mut config.http).await
    } else {
        listen_for_operation(config).await
    }
}

/// Binds the address where a process without the API serves health and metrics. Without a setting, the second
/// process of a machine gets a free port instead of an error.
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
pub(crate) async fn listen_for_api(http: &mut Http) -> Result<TcpListener> {
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
