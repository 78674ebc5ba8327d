//! A request whose client hangs up at any instant, and the connection that it used.

use crate::harness::App;
use domain::actor::Initiator;
use futures_util::{FutureExt, poll};
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};
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
