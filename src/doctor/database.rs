//! Checks PostgreSQL: whether it can be used, what it is, the schema, the permissions, the connections
//! and the clock.

use super::{report::Report, store};
use chrono::TimeDelta;
use platform::{
    MIGRATOR,
    config::Purpose,
    context::Context,
    db,
    health::Schema,
    presence::{self, Role},
    reach::postgres,
};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// The oldest supported version.
const OLDEST: i32 = 15;
/// A difference of the clocks that shows, in seconds: times of tickets and deadlines come from the
/// processes, leases and ticks from the database.
const CLOCK_WARNING: TimeDelta = TimeDelta::seconds(2);
/// A difference that breaks tokens between processes.
const CLOCK_WRONG: TimeDelta = TimeDelta::seconds(60);
/// Connections of a worker besides its pool.
const MORE_OF_A_WORKER: i64 = 1;

/// Checks PostgreSQL. The result is the state of the schema, where it could be read.
pub(super) async fn check(report: &mut Report, cx: &Context) -> Option<Schema> {
    let options = cx.pool.connect_options();
    let mut db = match postgres::connect(&options).await {
        Ok(db) => db,
        Err(failure) => {
            let found = format!("{}: {}", failure.place, failure.fault.cause);
            report.wrong("database", found, failure.fault.advice);
            return None;
        }
    };
    report.ok("database", postgres::place(&options));
    if postgres::may_be_read(&options) {
        report.warn(
            "database.tls",
            "the connection may be unencrypted, and the server is not verified",
            "Add ?sslmode=verify-full to DATABASE_URL",
        );
    }
    match catalogue(report, cx, &mut db).await {
        Ok(schema) => Some(schema),
        Err(error) => {
            let advice = "PostgreSQL's log has more";
            report.wrong("database", db::in_words(&error), advice);
            None
        }
    }
}

async fn catalogue(
    report: &mut Report,
    cx: &Context,
    db: &mut PgConnection,
) -> sqlx::Result<Schema> {
    about_server(report, &store::server(db).await?);
    let schema = about_schema(report, store::migrations(db).await?.as_deref());
    about_permissions(report, db).await?;
    about_connections(report, cx, db, schema).await?;
    about_clock(report, cx, db).await?;
    Ok(schema)
}

fn about_server(report: &mut Report, server: &store::Server) {
    let version = format!("PostgreSQL {}", server.version);
    if server.version_num / 10_000 < OLDEST {
        let advice = format!("Upgrade to PostgreSQL {OLDEST} or newer");
        report.wrong("database.version", version, advice);
    } else {
        report.ok("database.version", version);
    }
    if server.encoding != "UTF8" {
        let found = format!("the encoding is {}", server.encoding);
        let advice = "Create a database with `encoding 'UTF8'`, and restore into it";
        report.wrong("database.text", found, advice);
    } else if server.lowers_all_letters {
        report.ok("database.text", "UTF-8");
    } else {
        report.warn(
            "database.text",
            "the locale lower-cases ASCII only: searches miss É where é is written",
            "Create a database with `locale 'C.UTF-8'` and restore into it",
        );
    }
    if server.is_read_only {
        report.wrong(
            "database.writes",
            "the database accepts no writes: a standby, or default_transaction_read_only",
            "Name the primary in DATABASE_URL",
        );
    }
}

fn about_schema(report: &mut Report, applied: Option<&[i64]>) -> Schema {
    let applied: BTreeSet<i64> = applied.into_iter().flatten().copied().collect();
    let known: BTreeSet<i64> = MIGRATOR.iter().map(|migration| migration.version).collect();
    let missing = known.difference(&applied).count();
    if missing > 0 {
        report.wrong(
            "database.migrations",
            format!("{missing} of {} migrations are missing", known.len()),
            "Run `support migrate` with this release",
        );
        return Schema::Behind;
    }
    let found = match applied.difference(&known).count() {
        0 => format!("all {} are applied", known.len()),
        more => format!(
            "all {} are applied, and {more} of a newer release",
            known.len()
        ),
    };
    report.ok("database.migrations", found);
    Schema::Current
}

async fn about_permissions(report: &mut Report, db: &mut PgConnection) -> sqlx::Result<()> {
    let forbidden = store::forbidden(db).await?;
    if !forbidden.is_empty() {
        report.wrong(
            "database.permissions",
            format!("the role may not use {}", forbidden.join(", ")),
            "Grant select, insert, update and delete on all tables, and usage on all sequences",
        );
    } else if store::may_migrate(db).await? {
        report.ok(
            "database.permissions",
            "the role may read, write and migrate",
        );
    } else {
        report.warn(
            "database.permissions",
            "the role may read and write, and not migrate",
            "Run `support migrate` as the owner of the tables",
        );
    }
    Ok(())
}

async fn about_connections(
    report: &mut Report,
    cx: &Context,
    db: &mut PgConnection,
    schema: Schema,
) -> sqlx::Result<()> {
    let limits = store::connections(db, Purpose::System.application()).await?;
    let free = limits.usable.saturating_sub(limits.others);
    let room = [limits.of_role, limits.of_database]
        .into_iter()
        .flatten()
        .fold(free, i64::min);
    let (processes, workers) = if schema == Schema::Current {
        // A role without the right to read them is a finding of its own.
        let present = presence::present(cx).await.unwrap_or_default();
        (present.processes().len(), present.running(Role::Worker))
    } else {
        (0, 0)
    };
    // Before a first start: one process of each role.
    let (who, processes, workers) = match processes {
        0 => ("an API, a worker and a scheduler", 3, 1),
        _ => ("the running processes", processes, workers),
    };
    let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let pool = i64::from(cx.config.database.max_connections);
    let wanted = whole(processes)
        .saturating_mul(pool)
        .saturating_add(whole(workers).saturating_mul(MORE_OF_A_WORKER));
    let found = format!("{who} may open {wanted}; PostgreSQL has {room} for them");
    if wanted > room {
        let advice = "Lower DATABASE_CONNECTIONS, or raise max_connections of PostgreSQL";
        report.warn("database.connections", found, advice);
    } else {
        report.ok("database.connections", found);
    }
    Ok(())
}

async fn about_clock(report: &mut Report, cx: &Context, db: &mut PgConnection) -> sqlx::Result<()> {
    let before = cx.clock.now();
    let theirs = store::clock(db).await?;
    let after = cx.clock.now();
    let behind = (before - theirs).max(theirs - after).max(TimeDelta::zero());
    let found = format!(
        "this machine and the database differ by {} ms at least",
        behind.num_milliseconds()
    );
    let advice = "Synchronise the clocks of both machines (NTP)";
    if behind >= CLOCK_WRONG {
        report.wrong("clock", found, advice);
    } else if behind >= CLOCK_WARNING {
        report.warn("clock", found, advice);
    } else {
        report.ok("clock", "this machine and the database agree");
    }
    Ok(())
}
