//! The database before the roles start: there, with every migration, and with an admin.

use crate::{development::Made, settings::Ground};
use actions::{
    error::ActionError,
    people::{Bootstrapped, bootstrap_admin},
    tickets::backfill_index,
};
use anyhow::{Context as _, Result, bail};
use domain::queue::Execution;
use platform::{
    clock::SystemClock, config::Config, context::Context, db, error_chain::Chain,
    id_source::IdSource, migrate, process::Signals, redis_link::RedisLink, trace::Traces,
};
use secrecy::ExposeSecret;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout};

/// How long a role waits for the database, and then for its migrations.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long making the first admin may take, the hash of a password included.
const ANSWER_LIMIT: Duration = Duration::from_secs(15);

/// Who sees to the schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schema {
    /// This process applies what is missing.
    Apply,
    /// Somebody else does: wait.
    Await,
}

/// The means by which everything happens. Nothing is asked yet.
pub(crate) fn context(config: Config) -> Result<Context> {
    Ok(Context {
        pool: db::pool(&config.database).context("the database cannot be used")?,
        redis: RedisLink::new(config.redis.url.clone()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(IdSource::random()),
        traces: Traces::new(&config.traces, env!("CARGO_PKG_VERSION"))?,
        config: Arc::new(config),
        lane: Execution::Workers,
        metrics: Arc::default(),
    })
}

/// Waits for the database, until its schema is up to date. With private servers nobody else would see
/// to it.
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

/// Both, for a command that has nothing to do meanwhile.
pub(crate) async fn open(ground: Ground, schema: Schema) -> Result<(Context, Option<Made>)> {
    let cx = context(ground.config)?;
    prepare(&cx, schema, ground.made.as_ref()).await?;
    Ok((cx, ground.made))
}

/// `support migrate`. Told to stop before it is done it fails, so that nobody goes on as if the schema
/// were up to date; the migration that was under way is undone, those before it stay.
pub(crate) async fn migrate(ground: Ground) -> Result<()> {
    let mut signals = Signals::listen()?;
    // In a box, as it is large.
    let done = signals.unless_stopped(Box::pin(async {
        let (cx, _) = open(ground, Schema::Apply).await?;
        tracing::info!("the schema is up to date");
        first_admin(&cx).await
    }));
    done.await.context("told to stop before it was done")?
}

/// Creates the configured admin if there is none at all.
pub(crate) async fn first_admin(cx: &Context) -> Result<()> {
    let Some(admin) = &cx.config.auth.bootstrap_admin else {
        return Ok(());
    };
    let deadline = Instant::now() + PATIENCE;
    loop {
        let made = timeout(
            ANSWER_LIMIT,
            bootstrap_admin(cx, &admin.email, &admin.password),
        );
        match made
            .await
            .unwrap_or_else(|_| Err(db::silence(ANSWER_LIMIT).into()))
        {
            Ok(Bootstrapped::Created(id)) => {
                tracing::info!(user.id = %id, "created the first admin");
                return Ok(());
            }
            Ok(Bootstrapped::Exists) => return Ok(()),
            Err(ActionError::Database(error))
                if db::is_unavailable(&error) && Instant::now() < deadline =>
            {
                wait_a_little(&error).await;
            }
            Err(error) => {
                return Err(explained(error)).context("the first admin cannot be created");
            }
        }
    }
}

async fn wait_a_little(error: &sqlx::Error) {
    tracing::warn!(error = %Chain(error), "waiting for the database");
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// An action's refusal with all its faults, for the terminal.
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

/// A server that starts at the same time as we do may take a while.
async fn reach(cx: &Context) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match db::reach(&cx.pool).await {
            Ok(()) => return Ok(()),
            Err(error) if db::is_unavailable(&error) && Instant::now() < deadline => {
                wait_a_little(&error).await;
            }
            Err(error) if db::is_unavailable(&error) => {
                bail!(
                    "the database did not answer within a minute: {}",
                    Chain(&error)
                )
            }
            Err(error) => return Err(error).context("the database cannot be used"),
        }
    }
}
