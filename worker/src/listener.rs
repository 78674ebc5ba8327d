//! Hears when jobs are inserted while the relay sleeps. A notification that is lost, with the
//! connection or otherwise, costs one tick of the relay. A connection that is dead without saying so
//! is found out when nothing has been heard for a while.

use jobs::relay;
use platform::db;
use sqlx::{PgPool, postgres::PgListener};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const PAUSE: Duration = Duration::from_secs(1);
/// After so long without a word the connection is asked whether it lives.
const SILENCE: Duration = Duration::from_secs(15);
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// Rings the bell at each notification, until the stop.
pub async fn run(pool: PgPool, wake_up: Arc<Notify>, shutdown: CancellationToken) {
    let listen = async {
        loop {
            // A pool for each connection: a dead one may never be given back.
            let own = relay::listen_connection(&pool);
            if let Err(error) = listen(&own, &wake_up).await {
                tracing::debug!(%error, "the listener lost its connection");
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = listen => {}
    }
}

async fn listen(pool: &PgPool, wake_up: &Notify) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    db::within(ANSWER_LIMIT, listener.listen(relay::CHANNEL)).await?;
    loop {
        // Something may have been inserted before we listened, and again after each loss of the
        // connection, which comes as no notification.
        wake_up.notify_one();
        hear(&mut listener).await?;
    }
}

/// Waits for the next notification, or for the loss of the connection.
async fn hear(listener: &mut PgListener) -> Result<(), sqlx::Error> {
    loop {
        match tokio::time::timeout(SILENCE, listener.try_recv()).await {
            Ok(heard) => return heard.map(drop),
            Err(_elapsed) => db::within(ANSWER_LIMIT, relay::is_alive(listener)).await?,
        }
    }
}
