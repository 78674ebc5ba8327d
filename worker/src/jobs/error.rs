//! Why a handler did not do its job: at each error it chooses between later,
//! when the other side is fit again, and never.

use actions::error::ActionError;
use jobs::circuit::ProviderFailure;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a handler did not do its job.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may work later. The last attempt is the last all the same.
    #[error("the attempt failed")]
    Retry {
        /// Why.
        source: Cause,
    },
    /// The other side is in trouble: its queue is held for a while, and the job may keep its attempt.
    #[error("the other side is in trouble")]
    Hold {
        /// What kind of trouble.
        trouble: ProviderFailure,
        /// Why.
        source: Cause,
    },
    /// The job may be somebody else's by now. It keeps its attempt.
    #[error("the job was not held for long enough")]
    Lost {
        /// Why.
        source: Cause,
    },
    /// It will never work: to the dead letters.
    #[error("the job cannot be done")]
    Fail {
        /// Why.
        source: Cause,
    },
}

impl JobError {
    /// Again later.
    pub fn retry(error: impl Into<Cause>) -> Self {
        Self::Retry {
            source: error.into(),
        }
    }

    /// When the other side is fit again.
    pub fn hold(trouble: ProviderFailure, error: impl Into<Cause>) -> Self {
        Self::Hold {
            trouble,
            source: error.into(),
        }
    }

    /// Somebody else's, or again at once.
    pub fn lost(error: impl Into<Cause>) -> Self {
        Self::Lost {
            source: error.into(),
        }
    }

    /// Never again.
    pub fn fail(error: impl Into<Cause>) -> Self {
        Self::Fail {
            source: error.into(),
        }
    }
}

/// That the database failed says nothing about the job. A statement that can never work shows
/// itself by using up the attempts.
impl From<sqlx::Error> for JobError {
    fn from(error: sqlx::Error) -> Self {
        Self::retry(error)
    }
}

/// Actions that jobs call find "nothing to do" by themselves. What they refuse all the same may
/// look different later, but for a thing that is gone or an input that is wrong.
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
