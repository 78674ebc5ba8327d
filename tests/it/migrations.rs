//! Migrations of a database that is in use.

mod locks;

use crate::harness::{App, eventually, stage::waiting_for_a_lock};
use sqlx::{
    SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};
use std::borrow::Cow;

fn change(version: i64, sql: &'static str) -> Migration {
    Migration::new(
        version,
        Cow::Borrowed("a change"),
        MigrationType::Simple,
        SqlStr::from_static(sql),
        false,
    )
}

/// The program's own migrations and one more.
fn and_one_more(sql: &'static str) -> Migrator {
    let mut all: Vec<_> = platform::MIGRATOR.iter().cloned().collect();
    all.push(change(9_000, sql));
    Migrator::with_migrations(all)
}

#[tokio::test]
async fn a_migration_that_waits_for_a_table_keeps_nobody_else_from_it_for_long() {
    let app = App::new().await;
    let pool = &app.cx.pool;
    // A sweep holds the lock of its own job for minutes, and enqueues on another connection.
    let mut sweep = pool.begin().await.unwrap();
    sqlx::query("select from jobs for update")
        .execute(&mut *sweep)
        .await
        .unwrap();
    let change = and_one_more("alter table jobs add column fresh boolean not null default false");
    let migrating = platform::migrate::apply_all(pool, &change);
    let working = async {
        eventually("the migration waits", async || {
            waiting_for_a_lock(&app).await > 0
        })
        .await;
        app.customer("Amina").await.asks("general", "low").await;
        sweep.commit().await.unwrap();
    };
    let (migrated, ()) = tokio::join!(migrating, working);
    migrated.unwrap();
    assert!(app.count("select count(*) from jobs where not fresh").await > 0);
}

#[tokio::test]
async fn a_release_goes_back_to_the_one_before_on_the_new_schema() {
    let app = App::new().await;
    let change = and_one_more("create table later (id bigint)");
    platform::migrate::apply_all(&app.cx.pool, &change)
        .await
        .unwrap();
    platform::migrate::apply(&app.cx.pool).await.unwrap();
}
