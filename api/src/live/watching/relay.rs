//! The tasks of a process: one hears the signs of all processes, one tells its clients.

use super::{deliver::deliver, shared::OpenAt, sign::Sign};
use crate::live::Live;
use platform::{
    db,
    error_chain::Chain,
    redis_subscription::{Heartbeat, Received, follow},
};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The pause between two looks for typing that has ended.
const TICK: Duration = Duration::from_millis(500);
/// How often the clients of this process are entered again, and those of others are looked for.
const ENTER_EVERY: Duration = Duration::from_secs(20);
/// The longest that telling may take: it ends the wait on a dead connection.
const LIMIT: Duration = Duration::from_secs(5);

/// Hears and tells until the stop.
pub(in crate::live) async fn run(live: &Live, shutdown: CancellationToken) {
    tokio::join!(hear(live, &shutdown), tell(live, &shutdown));
}

async fn hear(live: &Live, shutdown: &CancellationToken) {
    let channel = live.cx.config.redis.watching_channel();
    let heartbeat = Heartbeat::default();
    follow(
        &live.cx.redis,
        &channel,
        heartbeat,
        shutdown,
        |received| match received {
            // What was missed is found when the clients are entered again.
            Received::Subscribed => {}
            Received::Message(message) => {
                if let Some(sign) = Sign::read(&message) {
                    live.watching.hears(sign);
                }
            }
        },
    )
    .await;
}

async fn tell(live: &Live, shutdown: &CancellationToken) {
    let mut entered = Instant::now();
    while !shutdown.is_cancelled() {
        let waiting = live.watching.take();
        live.tell_closed(&waiting.closed).await;
        let mut signs = waiting.signs;
        signs.extend(live.watching.expired().into_iter().map(Sign::Typing));
        if entered.elapsed() >= ENTER_EVERY {
            entered = Instant::now();
            signs.extend(enter_again(live).await);
        }
        if !signs.is_empty()
            && let Err(error) = db::within(LIMIT, deliver(live, signs)).await
        {
            tracing::debug!(error = %Chain(&error), "clients could not be told who types or has a ticket open");
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = live.watching.arrived.notified() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
    leave_all(live).await;
}

/// Removes all clients of a process that stops. They connect to another one, and open their tickets there.
async fn leave_all(live: &Live) {
    let (mut left, mut signs) = (Vec::new(), Vec::new());
    for (ticket, clients) in live.watching.tickets.staff() {
        signs.push(Sign::Watchers { ticket });
        left.extend(
            clients
                .into_iter()
                .map(|(client, person)| (ticket, client, person)),
        );
    }
    if left.is_empty() {
        return;
    }
    if let Err(error) = live.watching.shared.leave(&left, &signs).await {
        tracing::debug!(error = %Chain(&error), "the clients of this process fade at their tickets");
    }
}

/// Removes those who closed their tickets while they were entered again.
async fn leave_closed(live: &Live, entered: &[OpenAt]) {
    let mut left = Vec::new();
    for (ticket, clients) in entered {
        let closed = clients
            .iter()
            .filter(|(client, _)| !live.watching.tickets.has_open(*client, *ticket));
        left.extend(closed.map(|(client, person)| (*ticket, *client, *person)));
    }
    if !left.is_empty()
        && let Err(error) = live.watching.shared.leave(&left, &[]).await
    {
        tracing::debug!(error = %Chain(&error), "clients that closed a ticket fade there");
    }
}

/// Enters all clients again, so that they do not fade. The result has a sign for each ticket, since clients of other
/// processes may have faded.
async fn enter_again(live: &Live) -> Vec<Sign> {
    let open = live.watching.tickets.staff();
    match live.watching.shared.enter(&open).await {
        Ok(_) => {
            leave_closed(live, &open).await;
            let tickets = open.into_iter().map(|(ticket, _)| ticket);
            tickets.map(|ticket| Sign::Watchers { ticket }).collect()
        }
        Err(error) => {
            tracing::debug!(error = %Chain(&error), "clients could not be entered again at their tickets");
            Vec::new()
        }
    }
}
