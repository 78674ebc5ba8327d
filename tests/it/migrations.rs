//! Migrations of a database that is in use.

mod landed;
mod locks;

use crate::harness::{App, eventually, stage::waiting_for_a_lock};
use sqlx::{
    SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};
use std::borrow::Cow;

fn change(version: i64, sql: &'static str, no_tx: bool) -> Migration {
    Migration::new(
        version,
        Cow::Borrowed("a change"),
        MigrationType::Simple,
        SqlStr::from_static(sql),
        no_tx,
    )
}

/// The program's own migrations and one more.
fn and_one_more(sql: &'static str) -> Migrator {
    and_more([change(9_000, sql, false)])
}

/// The program's own migrations and one more, without a transaction.
fn and_one_alone(sql: &'static str) -> Migrator {
    and_more([change(9_000, sql, true)])
}

fn and_more(more: impl IntoIterator<Item = Migration>) -> Migrator {
    let own = platform::MIGRATOR.iter().cloned();
    Migrator::with_migrations(own.chain(more).collect())
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

#[tokio::test]
async fn processes_that_start_at_once_build_an_index_concurrently_once() {
    let app = App::new().await;
    let change = and_one_alone("create index concurrently later on users (created_at)");
    let each = (0..4).map(|_| platform::migrate::apply_all(&app.cx.pool, &change));
    for applied in futures_util::future::join_all(each).await {
        applied.unwrap();
    }
}

#[tokio::test]
async fn an_index_that_was_broken_off_is_built_anew() {
    let app = App::new().await;
    let pool = &app.cx.pool;
    app.customer("Amina").await;
    app.customer("Baraka").await;
    let change = and_one_alone("create unique index concurrently later on users (role)");
    platform::migrate::apply_all(pool, &change)
        .await
        .unwrap_err();
    let states = async || {
        sqlx::query_scalar::<_, bool>(
            "select indisvalid from pg_index where indexrelid = to_regclass('later')",
        )
        .fetch_optional(pool)
        .await
        .unwrap()
    };
    assert_eq!(states().await, Some(false));
    sqlx::query("update users set role = 'corporate' where first_name = 'Amina'")
        .execute(pool)
        .await
        .unwrap();
    platform::migrate::apply_all(pool, &change).await.unwrap();
    assert_eq!(states().await, Some(true));
}

#[tokio::test]
async fn only_a_migration_in_a_transaction_gives_up_waiting_for_a_lock() {
    let app = App::new().await;
    let alone = "create table alone as select current_setting('lock_timeout') as at_most";
    let together = "create table together as select current_setting('lock_timeout') as at_most";
    let change = and_more([change(9_000, alone, true), change(9_001, together, false)]);
    platform::migrate::apply_all(&app.cx.pool, &change)
        .await
        .unwrap();
    for (table, at_most) in [("alone", "0"), ("together", "1s")] {
        let sql = format!("select at_most from {table}");
        let set: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&app.cx.pool)
            .await
            .unwrap();
        assert_eq!(set, at_most, "{table}");
    }
}
