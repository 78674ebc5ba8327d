//! Which processes are present, and what they serve. Each sends a heartbeat every two seconds; a
//! process that has been silent for [`GONE_AFTER`] counts as gone, whether it was killed, frozen or
//! cut off from the database.
//!
//! Races: a process that stops removes its row at once, although running jobs finish: it claims no
//! more. A late heartbeat makes the presence wrong until the next one.

mod store;

use crate::{context::Context, error_chain::Chain};
use domain::{queue::Queue, text_enum};
use std::{convert::Infallible, time::Duration};
use tokio_util::sync::CancellationToken;

const BEAT: Duration = Duration::from_secs(2);
/// The silence after which a process counts as gone.
pub const GONE_AFTER: Duration = Duration::from_secs(10);

text_enum! {
    /// A role of a process.
    pub enum Role {
        /// Answers requests.
        Api = "api",
        /// Runs jobs.
        Worker = "worker",
        /// Enqueues the periodic jobs.
        Scheduler = "scheduler",
    }
}

/// A process that is present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// The roles that it runs.
    pub roles: Vec<Role>,
    /// The queues that its workers serve.
    pub queues: Vec<Queue>,
}

/// The processes that are present.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present(Vec<Process>);

impl Present {
    /// The number of processes that run a role.
    #[must_use]
    pub fn running(&self, role: Role) -> usize {
        let runs = |process: &&Process| process.roles.contains(&role);
        self.0.iter().filter(runs).count()
    }

    /// The number of processes that serve a queue.
    #[must_use]
    pub fn serving(&self, queue: Queue) -> usize {
        let serves = |process: &&Process| process.queues.contains(&queue);
        self.0.iter().filter(serves).count()
    }

    /// All of them.
    #[must_use]
    pub fn processes(&self) -> &[Process] {
        &self.0
    }

    /// The queues that no process serves.
    #[must_use]
    pub fn unserved(&self) -> Vec<Queue> {
        let unserved = |queue: &&Queue| self.serving(**queue) == 0;
        Queue::ALL.iter().filter(unserved).copied().collect()
    }
}

/// Reads the processes that are present.
///
/// # Errors
/// The database failed.
pub async fn present(cx: &Context) -> sqlx::Result<Present> {
    store::seen_within(&cx.pool, GONE_AFTER).await.map(Present)
}

/// Sends heartbeats until the stop, then removes this process from the list.
///
/// # Errors
/// Never: a lost heartbeat is made up for by the next.
pub async fn announce(
    cx: Context,
    roles: Vec<Role>,
    shutdown: CancellationToken,
) -> Result<(), Infallible> {
    let id = cx.ids.uuid(cx.clock.now());
    let queues = if roles.contains(&Role::Worker) {
        cx.config
            .jobs
            .queues
            .iter()
            .map(|(queue, _)| *queue)
            .collect()
    } else {
        Vec::new()
    };
    let process = Process { roles, queues };
    while !shutdown.is_cancelled() {
        if let Err(error) = store::say(&cx.pool, id, &process, GONE_AFTER).await {
            tracing::debug!(error = %Chain(&error), "a heartbeat failed");
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(BEAT) => {}
        }
    }
    let gone = tokio::time::timeout(BEAT, store::leave(&cx.pool, id)).await;
    if !matches!(gone, Ok(Ok(()))) {
        tracing::debug!("this process could not be removed from the list of processes");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_without_any_worker_is_unserved() {
        let worker = |queues: &[Queue]| Process {
            roles: vec![Role::Worker],
            queues: queues.to_vec(),
        };
        let present = Present(vec![
            worker(&[Queue::Email]),
            worker(&[Queue::Email, Queue::Bulk]),
        ]);
        assert_eq!(present.serving(Queue::Email), 2);
        assert_eq!(present.running(Role::Worker), 2);
        assert_eq!(present.running(Role::Scheduler), 0);
        assert_eq!(present.unserved().len(), Queue::ALL.len() - 2);
        assert_eq!(Present::default().unserved(), Queue::ALL);
    }
}
