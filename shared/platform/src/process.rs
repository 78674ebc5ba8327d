//! The life of a process: it handles the signals to stop from its beginning, also while it waits
//! for its dependencies. Its roles run until a signal, or until one of them ends early; then the
//! others are stopped too.

use crate::error_chain::Chain;
use std::{error::Error, future::Future, io, time::Duration};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::{JoinError, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

/// The result of a role.
pub type RoleResult = Result<(), Box<dyn Error + Send + Sync>>;

/// Why a process ended without being told to, or was cut short.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// Signal handlers cannot be installed.
    #[error("signals cannot be received")]
    Signals(#[from] io::Error),
    /// A role failed, or ended before the stop; the log has the reason.
    #[error("the {0} ended by itself")]
    Role(&'static str),
    /// A second signal arrived before everything had finished.
    #[error("told twice to stop: work was left unfinished")]
    Forced,
}

/// The roles of this process.
#[derive(Debug, Default)]
pub struct Roles {
    tasks: JoinSet<(&'static str, RoleResult)>,
    shutdown: CancellationToken,
}

impl Roles {
    /// No roles yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The token that tells roles to finish.
    #[must_use]
    pub fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Starts a role. It has to end soon after [`Roles::shutdown`] is cancelled, and not before.
    pub fn start<E>(
        &mut self,
        name: &'static str,
        role: impl Future<Output = Result<(), E>> + Send + 'static,
    ) where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        self.tasks
            .spawn(async move { (name, role.await.map_err(Into::into)) });
    }

    /// Waits for a signal, tells the roles to finish, and gives them `limit` to do so. Unfinished
    /// roles are then abandoned, which counts as a normal stop.
    ///
    /// # Errors
    /// A role ended early or failed while it finished, or a second signal arrived.
    pub async fn run(self, signals: Signals, limit: Duration) -> Result<(), ProcessError> {
        self.run_until(signals, limit).await
    }

    async fn run_until(
        mut self,
        mut signals: impl Stop,
        limit: Duration,
    ) -> Result<(), ProcessError> {
        let mut failed = tokio::select! {
            () = stop(&mut signals) => None,
            Some(ended) = self.tasks.join_next() => Some(ended_by_itself(ended)),
        };
        self.shutdown.cancel();
        let deadline = Instant::now() + limit;
        loop {
            tokio::select! {
                ended = self.tasks.join_next() => match ended {
                    None => break,
                    Some(ended) => failed = failed.or(failed_to_finish(ended)),
                },
                _ = signals.next() => return Err(ProcessError::Forced),
                () = tokio::time::sleep_until(deadline) => {
                    tracing::warn!(
                        roles = self.tasks.len(),
                        seconds = limit.as_secs(),
                        "not everything finished in time"
                    );
                    break;
                }
            }
        }
        match failed {
            None => Ok(()),
            Some(role) => Err(ProcessError::Role(role)),
        }
    }
}

type Ended = Result<(&'static str, RoleResult), JoinError>;

/// A role that ended before the stop: a failure, whatever its result.
fn ended_by_itself(ended: Ended) -> &'static str {
    match ended {
        Ok((role, Ok(()))) => {
            tracing::error!(role, "a role ended by itself");
            role
        }
        failed => failed_to_finish(failed).unwrap_or("process"),
    }
}

fn failed_to_finish(ended: Ended) -> Option<&'static str> {
    match ended {
        Ok((_, Ok(()))) => None,
        Ok((role, Err(error))) => {
            tracing::error!(role, error = %Chain(&*error), "a role failed");
            Some(role)
        }
        Err(panic) => {
            tracing::error!(error = %panic, "a role panicked");
            Some("process")
        }
    }
}

/// The source of signals: the system, or a test.
trait Stop {
    /// Waits for the next signal and returns its name.
    async fn next(&mut self) -> &'static str;
}

/// SIGTERM and SIGINT. Without a handler they end a process at once; the first process of a
/// container ignores them.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Installs the handlers. A signal that arrives while nothing waits for it is kept. Must be
    /// called within a tokio runtime.
    ///
    /// # Errors
    /// The system denies it.
    pub fn listen() -> Result<Self, ProcessError> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Awaits `work`. `None`: a signal arrived first, and `work` was dropped where it stood.
    pub async fn unless_stopped<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        unless_stopped(self, work).await
    }
}

async fn unless_stopped<T>(signals: &mut impl Stop, work: impl Future<Output = T>) -> Option<T> {
    // Boxed: the preparation of a process is a large future, and this function would hold it
    // several times.
    let work = Box::pin(work);
    tokio::select! {
        biased;
        () = stop(signals) => None,
        done = work => Some(done),
    }
}

/// Waits for the first signal.
async fn stop(signals: &mut impl Stop) {
    let name = signals.next().await;
    tracing::info!(signal = name, "stopping");
}

impl Stop for Signals {
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use tokio::sync::mpsc;

    /// Signals that the test sends.
    struct Sent(mpsc::UnboundedReceiver<()>);

    impl Stop for Sent {
        async fn next(&mut self) -> &'static str {
            match self.0.recv().await {
                Some(()) => "sent",
                None => std::future::pending().await,
            }
        }
    }

    fn signals(count: usize) -> Sent {
        let (send, receive) = mpsc::unbounded_channel();
        for _ in 0..count {
            send.send(()).unwrap();
        }
        Sent(receive)
    }

    const LONG: Duration = Duration::from_mins(1);

    async fn obedient(shutdown: CancellationToken) -> Result<(), Infallible> {
        shutdown.cancelled().await;
        Ok(())
    }

    #[tokio::test]
    async fn a_signal_ends_all_roles_and_that_is_success() {
        let mut roles = Roles::new();
        roles.start("api", obedient(roles.shutdown()));
        roles.start("worker", obedient(roles.shutdown()));
        assert!(roles.run_until(signals(1), LONG).await.is_ok());
    }

    #[tokio::test]
    async fn a_role_that_fails_takes_the_others_along() {
        let mut roles = Roles::new();
        roles.start("api", obedient(roles.shutdown()));
        roles.start("worker", async { Err("no more") });
        let end = roles.run_until(signals(0), LONG).await;
        assert!(matches!(end, Err(ProcessError::Role("worker"))));
    }

    #[tokio::test]
    async fn a_role_that_ends_unasked_is_a_failure() {
        let mut roles = Roles::new();
        roles.start("scheduler", async { Ok::<(), Infallible>(()) });
        let end = roles.run_until(signals(0), LONG).await;
        assert!(matches!(end, Err(ProcessError::Role("scheduler"))));
    }

    #[tokio::test]
    async fn a_role_that_does_not_finish_is_abandoned_at_the_limit() {
        let mut roles = Roles::new();
        roles.start("worker", std::future::pending::<Result<(), Infallible>>());
        assert!(roles.run_until(signals(1), Duration::ZERO).await.is_ok());
    }

    #[tokio::test]
    async fn a_signal_ends_what_is_waited_for_before_there_are_roles() {
        let told = unless_stopped(&mut signals(1), std::future::pending::<()>()).await;
        assert_eq!(told, None);
        let done = unless_stopped(&mut signals(0), async { "done" }).await;
        assert_eq!(done, Some("done"));
    }

    #[tokio::test]
    async fn a_second_signal_ends_the_wait() {
        let mut roles = Roles::new();
        roles.start("worker", std::future::pending::<Result<(), Infallible>>());
        let end = roles.run_until(signals(2), LONG).await;
        assert!(matches!(end, Err(ProcessError::Forced)));
    }
}
