//! The error of a handler. At each error the handler chooses what happens to the job: a retry, a
//! wait for the provider, or the dead letters.

use actions::error::ActionError;
use chrono::{DateTime, TimeDelta, Utc};
use jobs::circuit::ProviderFailure;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The error of a handler, by what happens to its job.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The job is retried, unless this was its last attempt.
    #[error("the attempt failed")]
    Retry {
        /// The cause.
        source: Cause,
    },
    /// The provider failed: the circuit of the queue opens, and the job may keep its attempt.
    #[error("the provider failed")]
    Provider {
        /// The kind of failure.
        failure: ProviderFailure,
        /// How long the provider asked us to wait.
        pause: Option<TimeDelta>,
        /// The cause.
        source: Cause,
    },
    /// What the job calls is left alone until an instant: the job runs again then, and keeps its attempt for a day.
    #[error("the job waits until {until}")]
    Held {
        /// The instant.
        until: DateTime<Utc>,
        /// The cause.
        source: Cause,
    },
    /// The lease expired: another process may run the job. It keeps its attempt.
    #[error("the lease on the job expired")]
    Lost {
        /// The cause.
        source: Cause,
    },
    /// The job can never succeed: it moves to the dead letters.
    #[error("the job cannot be done")]
    Fail {
        /// The cause.
        source: Cause,
    },
}

impl JobError {
    /// A failed attempt; the job is retried.
    pub fn retry(error: impl Into<Cause>) -> Self {
        Self::Retry {
            source: error.into(),
        }
    }

    /// A provider failure, and the pause that the provider asked for.
    pub fn provider(
        failure: ProviderFailure,
        pause: Option<TimeDelta>,
        error: impl Into<Cause>,
    ) -> Self {
        Self::Provider {
            failure,
            pause,
            source: error.into(),
        }
    }

    /// A wait until an instant.
    pub fn held(until: DateTime<Utc>, error: impl Into<Cause>) -> Self {
        Self::Held {
            until,
            source: error.into(),
        }
    }

    /// A lost lease; the job is requeued.
    pub fn lost(error: impl Into<Cause>) -> Self {
        Self::Lost {
            source: error.into(),
        }
    }

    /// A permanent failure.
    pub fn fail(error: impl Into<Cause>) -> Self {
        Self::Fail {
            source: error.into(),
        }
    }
}

/// A database failure says nothing about the job. A statement that can never succeed uses up the
/// attempts.
impl From<sqlx::Error> for JobError {
    fn from(error: sqlx::Error) -> Self {
        Self::retry(error)
    }
}

/// Actions that jobs call treat "nothing to do" as success. A refusal may have another result
/// later, except for a missing row or invalid input.
impl From<ActionError> for JobError {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::NotFound(_)
            | ActionError::Invalid(_)
            | ActionError::Forbidden { .. }
            | ActionError::Unauthenticated(_) => Self::fail(error),
            ActionError::Conflict { .. }
            | ActionError::Stale { .. }
            | ActionError::Database(_)
            | ActionError::Files(_)
            | ActionError::Internal(_) => Self::retry(error),
        }
    }
}
