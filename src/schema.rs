//! The database before the roles start: reachable, with every migration applied, and with an admin.

use crate::{development::Made, settings::Startup};
use actions::{
    error::ActionError,
    people::{Bootstrapped, bootstrap_admin},
    tickets::backfill_index,
};
use anyhow::{Context as _, Result};
use domain::queue::Execution;
use platform::{
    clock::SystemClock,
    config::Config,
    context::Context,
    db,
    feed_signal::FeedSignal,
    id_source::IdSource,
    migrate,
    process::Signals,
    reach::{self, Outlook, Pauses, postgres},
    redis_link::RedisLink,
    trace::Traces,
};
use secrecy::ExposeSecret;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout};

/// How long a role waits for the database, and then for its migrations.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long a start waits for Redis at most, while it waits for the database anyway.
const REDIS_LIMIT: Duration = Duration::from_secs(2);

/// How long making the first admin may take, the hash of a password included.
const FIRST_ADMIN_LIMIT: Duration = Duration::from_secs(15);

/// Which process applies the migrations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schema {
    /// This process applies what is missing.
    Apply,
    /// Another process does: wait for it.
    Await,
}

/// The context of this process. Nothing is connected yet.
///
/// # Errors
///
/// A URL of the configuration cannot be used.
pub(crate) fn context(config: Config) -> Result<Context> {
    Ok(Context {
        pool: db::pool(&config.database).context("the database cannot be used")?,
        redis: RedisLink::new(config.redis.url.clone()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(IdSource::random()),
        traces: Traces::new(&config.traces, env!("CARGO_PKG_VERSION"))?,
        feed: FeedSignal::default(),
        config: Arc::new(config),
        execution: Execution::Workers,
        metrics: Arc::default(),
    })
}

/// Waits for the database and for its schema. With private servers this process applies the migrations,
/// since no other one would.
///
/// # Errors
///
/// The database did not respond within a minute, or a migration failed.
pub(crate) async fn prepare(cx: &Context, schema: Schema, made: Option<&Made>) -> Result<()> {
    if made.is_some() {
        migrate::create_database(cx.config.database.url.expose_secret())
            .await
            .context("the database cannot be created")?;
    }
    reach(cx).await?;
    if schema == Schema::Apply || made.is_some() {
        migrate::apply(&cx.pool).await?;
        backfill_index(cx).await.map_err(explained)?;
    } else {
        migrate::wait(cx, PATIENCE).await?;
    }
    Ok(())
}

/// [`context`] and [`prepare`], for a command.
pub(crate) async fn open(startup: Startup, schema: Schema) -> Result<(Context, Option<Made>)> {
    let cx = context(startup.config)?;
    prepare(&cx, schema, startup.made.as_ref()).await?;
    Ok((cx, startup.made))
}

/// `support migrate`. A signal before the end makes it fail, so that a deployment does not continue with an
/// old schema. The running migration is rolled back, those before it stay.
pub(crate) async fn migrate(startup: Startup) -> Result<()> {
    let mut signals = Signals::listen()?;
    // boxed: the future is large
    let done = signals.unless_stopped(Box::pin(async {
        let (cx, _) = open(startup, Schema::Apply).await?;
        tracing::info!("the schema is up to date");
        first_admin(&cx).await
    }));
    done.await.context("told to stop before it was done")?
}

/// Creates the configured admin if the installation has no admin.
pub(crate) async fn first_admin(cx: &Context) -> Result<()> {
    let Some(admin) = &cx.config.auth.bootstrap_admin else {
        return Ok(());
    };
    let deadline = Instant::now() + PATIENCE;
    loop {
        let made = timeout(FIRST_ADMIN_LIMIT, bootstrap_admin(cx, admin));
        match made
            .await
            .unwrap_or_else(|_| Err(db::silence(FIRST_ADMIN_LIMIT).into()))
        {
            Ok(Bootstrapped::Created(id)) => {
                tracing::info!(user.id = %id, "created the first admin");
                return Ok(());
            }
            Ok(Bootstrapped::Exists) => return Ok(()),
            Err(ActionError::Database(error))
                if db::is_unavailable(&error) && Instant::now() < deadline =>
            {
                wait_a_little(cx, &error).await;
            }
            Err(error) => {
                return Err(explained(error)).context("the first admin cannot be created");
            }
        }
    }
}

async fn wait_a_little(cx: &Context, error: &sqlx::Error) {
    tracing::warn!(
        server.place = postgres::place(&cx.pool.connect_options()),
        error = db::in_words(error),
        "waiting for PostgreSQL"
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// An action's error with every field error in the text, for the terminal.
pub(crate) fn explained(error: ActionError) -> anyhow::Error {
    match error {
        ActionError::Invalid(faults) => {
            let lines = faults
                .iter()
                .map(|field_error| format!("{} {}", field_error.field, field_error.message));
            anyhow::Error::msg(lines.collect::<Vec<_>>().join("; "))
        }
        other => other.into(),
    }
}

/// Waits for a server that starts at the same time as this process: one line for each attempt, with the
/// cause. What only an operator can mend is not waited for.
async fn reach(cx: &Context) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let options = cx.pool.connect_options();
    for pause in Pauses::default() {
        let failure = match postgres::connect(&options).await {
            Ok(connection) => {
                // Dropped rather than closed: a server that no longer answers delays nothing.
                drop(connection);
                return Ok(());
            }
            Err(failure) => failure,
        };
        if failure.fault.outlook == Outlook::NeedsChange || Instant::now() >= deadline {
            return Err(failure.into());
        }
        tracing::warn!(
            server.place = failure.place,
            error = failure.fault.cause,
            advice = failure.fault.advice,
            "waiting for PostgreSQL"
        );
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

/// Tries Redis and reports what is wrong with it. Every process works without Redis, so that this is no
/// failure.
pub(crate) async fn try_redis(cx: &Context) {
    if let Err(failure) = reach::redis::connect(&cx.config.redis, REDIS_LIMIT).await {
        tracing::warn!(
            server.place = failure.place,
            error = failure.fault.cause,
            advice = failure.fault.advice,
            "Redis cannot be used: this process works without it, and keeps trying"
        );
    }
}
