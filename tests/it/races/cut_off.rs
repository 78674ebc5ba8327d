//! A request whose client hangs up at any instant, and the connection that it used.

use crate::harness::{App, eventually};
use domain::actor::Initiator;
use futures_util::{FutureExt, poll};
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection, postgres::PgPoolOptions};
use std::pin::pin;

#[tokio::test]
async fn a_request_that_is_cut_off_while_it_begins_leaves_no_transaction_behind() {
    let app = App::with(&[("DATABASE_CONNECTIONS", "2")]).await;
    app.customer("Amina").await;
    let url = app.cx.config.database.url.expose_secret();
    let mut observer = PgConnection::connect(url).await.unwrap();
    for polls in 0..200 {
        let reading = async { drop(app.cx.snapshot().await.unwrap()) };
        let writing = async { drop(app.cx.begin(Initiator::System).await.unwrap()) };
        for beginning in [reading.boxed_local(), writing.boxed_local()] {
            let mut beginning = pin!(beginning);
            for _ in 0..polls {
                if poll!(&mut beginning).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        let both = [
            app.cx.pool.acquire().await.unwrap(),
            app.cx.pool.acquire().await.unwrap(),
        ];
        for (number, mut connection) in both.into_iter().enumerate() {
            // A read-only transaction that is still open would refuse it, any other one would keep it to itself.
            let name = format!("Amina {polls} {number}");
            sqlx::query("update users set first_name = $1")
                .bind(&name)
                .execute(&mut *connection)
                .await
                .unwrap();
            let seen: String = sqlx::query_scalar("select first_name from users limit 1")
                .fetch_one(&mut observer)
                .await
                .unwrap();
            assert_eq!(seen, name, "after {polls} polls");
        }
    }
}

#[tokio::test]
async fn a_transaction_begins_on_another_connection_where_one_is_dead() {
    let app = App::new().await;
    let url = app.cx.config.database.url.expose_secret();
    // Nothing is pinged, as if the connection had been used a moment ago.
    let unchecked = PgPoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false);
    let pool = unchecked.connect(url).await.unwrap();
    let own: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(&pool)
        .await
        .unwrap();
    eventually("it is returned", async || pool.num_idle() == 1).await;
    let ended: bool = sqlx::query_scalar("select pg_terminate_backend($1, 5000)")
        .bind(own)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap();
    assert!(ended);
    let mut tx = platform::db::begin(&pool).await.unwrap();
    let other: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_ne!(other, own);
}

#[tokio::test]
async fn a_stranger_is_refused_at_once_while_somebody_changes_the_ticket() {
    let app = App::new().await;
    let (ann, bob) = (app.customer("Ann").await, app.customer("Bob").await);
    let id = ann.asks("general", "low").await;
    let mut changing = app.cx.begin(Initiator::System).await.unwrap();
    sqlx::query("select from tickets for update")
        .execute(&mut *changing.tx)
        .await
        .unwrap();
    assert_eq!(bob.says(&id, "Hello?").await.refused(404), "not_found");
    drop(changing);
    ann.says(&id, "Hello?").await.created();
}
