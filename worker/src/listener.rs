//! Hears when jobs are inserted while the relay sleeps. A notification that is lost, with the
//! connection or otherwise, costs one tick of the relay.

use shared::jobs::relay;
use sqlx::{PgPool, postgres::PgListener};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const PAUSE: Duration = Duration::from_secs(1);

/// Rings the bell at each notification, until the stop.
pub async fn run(pool: PgPool, bell: Arc<Notify>, shutdown: CancellationToken) {
    let pool = relay::listen_connection(&pool);
    let listen = async {
        loop {
            if let Err(error) = listen(&pool, &bell).await {
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

async fn listen(pool: &PgPool, bell: &Notify) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(relay::CHANNEL).await?;
    loop {
        // Something may have been inserted before we listened, and again after each loss of the
        // connection, which comes as no notification.
        bell.notify_one();
        listener.try_recv().await?;
    }
}
