//! Listens for inserted jobs while the relay sleeps. A lost notification costs one tick of the
//! relay. A dead connection is found when no notification has arrived for a while.

use jobs::relay;
use platform::db;
use sqlx::{PgPool, postgres::PgListener};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const PAUSE: Duration = Duration::from_secs(1);
/// The silence after which the connection is checked.
const SILENCE: Duration = Duration::from_secs(15);
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// Wakes the relay at each notification, until the stop.
pub async fn run(pool: PgPool, relay_wake: Arc<Notify>, shutdown: CancellationToken) {
    let listen = async {
        loop {
            // A pool for each connection: a dead connection may never be returned.
            let own = relay::listen_pool(&pool);
            if let Err(error) = listen(&own, &relay_wake).await {
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

async fn listen(pool: &PgPool, relay_wake: &Notify) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    db::within(ANSWER_LIMIT, listener.listen(relay::CHANNEL)).await?;
    loop {
        // A job may have been inserted before the listening began, and after each loss of the
        // connection, which gives no notification.
        relay_wake.notify_one();
        next_notification(&mut listener).await?;
    }
}

/// Waits for the next notification, or for the loss of the connection.
async fn next_notification(listener: &mut PgListener) -> sqlx::Result<()> {
    loop {
        match tokio::time::timeout(SILENCE, listener.try_recv()).await {
            Ok(received) => return received.map(drop),
            Err(_elapsed) => db::within(ANSWER_LIMIT, relay::is_alive(listener)).await?,
        }
    }
}
