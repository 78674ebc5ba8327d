//! `GET /health/live`: the process runs. `GET /health/ready`: the state of the database, the migrations,
//! Redis, the workers and the scheduler.
//!
//! Every check is shown, but only needed checks fail the request with 503: database, migrations and Redis,
//! unless `need` names others. Missing workers only delay jobs; if they failed the request, a load balancer
//! would take every API process out of rotation and turn a delay into an outage.

mod announce;
mod checks;

use crate::{
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    readiness::Announced,
    respond::Answer,
};
use announce::announce;
use axum::{extract::State as With, http::StatusCode};
use checks::{Check, Checks, NEEDED, Standing, Unready, detail};
use domain::reader::QueryReader;
use platform::{
    context::Context,
    health::{Schema, Staffing, redis_write, schema, staffing},
    redis_link::is_broken,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// The longest time for a reply of the database or of Redis.
const PATIENCE: Duration = Duration::from_secs(1);
/// The seconds after which a client that needs a failing check may ask again.
const RETRY_AFTER: u64 = 5;

/// Responds with 200 while the process runs. It checks nothing: restarting the process does not help against
/// an unavailable database.
pub async fn live() -> Answer {
    Answer::default()
}

/// Shows the state of every check.
///
/// # Errors
/// 400 for an unknown check in `need`; 503 that names the needed checks that fail.
pub async fn ready(
    With(cx): With<Context>,
    With(announced): With<Arc<Announced>>,
    query: Query,
) -> Result<Answer, Problem> {
    answer(&cx, &announced, query, Phase::Running).await
}

/// Whether the process still waits for the database at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It waits.
    Starting,
    /// It has started.
    Running,
}

/// The response of [`ready`]. A failing check is logged when it begins to fail, and not at each probe.
pub(crate) async fn answer(
    cx: &Context,
    announced: &Announced,
    query: Query,
    phase: Phase,
) -> Result<Answer, Problem> {
    let needed = query.read(needed)?;
    let (database, redis) = tokio::join!(database(cx), redis(cx));
    let redis_stands = if redis.is_ok() {
        Standing::Well
    } else {
        Standing::Down
    };
    let (checks, unready) = match database {
        Ok(staffing) => (Checks::of(Ok(staffing), redis_stands), None),
        Err(unready) => (Checks::of(Err(&unready), redis_stands), Some(unready)),
    };
    let cause = unready.or(redis.err());
    let is_starting = phase == Phase::Starting;
    announce(announced, &checks, cause.as_ref(), is_starting);
    let failing = checks.failing(&needed);
    if failing.is_empty() {
        return Ok(Answer::of("checks", checks));
    }
    let (status, detail) = (StatusCode::SERVICE_UNAVAILABLE, detail(&failing));
    Err(Problem::new(status, "unavailable", detail).with_retry_after(RETRY_AFTER))
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn needed(query: &mut QueryReader) -> Option<Vec<Check>> {
    query.mean(&[(
        "need",
        "The checks that must not fail. The default is `database,migrations,redis`.",
    )]);
    let named = query.words("need");
    Some(if named.is_empty() {
        NEEDED.to_vec()
    } else {
        named
    })
}

async fn database(cx: &Context) -> Result<Staffing, Unready> {
    let asked = async {
        match schema(cx).await.map_err(Unready::Database)? {
            Schema::Current => staffing(cx).await.map_err(Unready::Database),
            Schema::Behind => Err(Unready::Migrations),
        }
    };
    timeout(PATIENCE, asked)
        .await
        .unwrap_or(Err(Unready::DatabaseSlow))
}

/// Writes a key to Redis. The connection of the process may be broken: a broken one is replaced and tried again
/// at once, one without a reply only at the next check.
async fn redis(cx: &Context) -> Result<(), Unready> {
    let write = redis_write(&cx.config.redis.prefix);
    let begun = Instant::now();
    let ask = async |limit| {
        let asked = cx
            .redis
            .within(limit, async |mut redis| write.exec_async(&mut redis).await);
        asked.await
    };
    let mut written = ask(PATIENCE).await;
    if written
        .as_ref()
        .is_err_and(|error| is_broken(error) && !error.is_timeout())
    {
        written = ask(PATIENCE.saturating_sub(begun.elapsed())).await;
    }
    written.map_err(|error| {
        if error.is_timeout() {
            Unready::RedisSlow
        } else {
            Unready::Redis(error)
        }
    })
}

pub(crate) fn live_operation() -> Operation {
    Operation::new("isLive", Access::Anybody, "Check that the process runs").description(
        "The response is 200 while the process runs, whether it can serve requests or not.",
    )
}

pub(crate) fn ready_operation() -> Operation {
    Operation::new(
        "isReady",
        Access::Anybody,
        "Check whether the needed services are available",
    )
    .description(
            "All checks are shown. The response is 503 if a needed check fails, and names the failing ones. `need` lists the \
             needed checks: `database`, `migrations` and `redis` by default. Missing workers or a missing scheduler only \
             delay work: add them to `need` if they should cause a 503.",
        )
    .query(needed)
    .answers::<Checks>("checks")
}
