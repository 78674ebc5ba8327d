//! Which processes are there, and what they serve. Each says so every two seconds; one that has been
//! silent for [`GONE_AFTER`] is gone, whether it was killed, frozen or cut off from the database.
//!
//! Races: a process that stops takes its name off the list at once, though it finishes what runs: it
//! takes no more. A beat that is late costs a wrong word until the next.

mod store;

use crate::{context::Context, error_chain::Chain};
use domain::{queue::Queue, text_enum};
use std::{convert::Infallible, time::Duration};
use tokio_util::sync::CancellationToken;

const BEAT: Duration = Duration::from_secs(2);
/// How long a process may be silent before it counts as gone.
pub const GONE_AFTER: Duration = Duration::from_secs(10);

text_enum! {
    /// A part of the program.
    pub enum Role {
        /// It answers requests.
        Api = "api",
        /// It runs jobs.
        Worker = "worker",
        /// It says when periodic jobs are due.
        Scheduler = "scheduler",
    }
}

/// A process that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// What it runs.
    pub roles: Vec<Role>,
    /// The queues that its workers serve.
    pub queues: Vec<Queue>,
}

/// Who is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present(Vec<Process>);

impl Present {
    /// How many processes run a role.
    #[must_use]
    pub fn running(&self, role: Role) -> usize {
        let runs = |process: &&Process| process.roles.contains(&role);
        self.0.iter().filter(runs).count()
    }

    /// How many processes serve a queue.
    #[must_use]
    pub fn serving(&self, queue: Queue) -> usize {
        let serves = |process: &&Process| process.queues.contains(&queue);
        self.0.iter().filter(serves).count()
    }

    /// The queues that nobody serves.
    #[must_use]
    pub fn unserved(&self) -> Vec<Queue> {
        let unserved = |queue: &&Queue| self.serving(**queue) == 0;
        Queue::ALL.iter().filter(unserved).copied().collect()
    }
}

/// Who is there at this moment.
///
/// # Errors
/// The database failed.
pub async fn present(cx: &Context) -> Result<Present, sqlx::Error> {
    store::seen_within(&cx.pool, GONE_AFTER).await.map(Present)
}

/// Says that this process is there, until the stop; then that it takes no more.
///
/// # Errors
/// Never: a beat that fails is made up for by the next.
pub async fn role(
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
            tracing::debug!(error = %Chain(&error), "this process could not say that it is there");
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(BEAT) => {}
        }
    }
    let gone = tokio::time::timeout(BEAT, store::leave(&cx.pool, id)).await;
    if !matches!(gone, Ok(Ok(()))) {
        tracing::debug!("this process could not take its name off the list");
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
