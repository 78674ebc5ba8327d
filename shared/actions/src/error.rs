//! Why an action did not happen, in the domain's words. `api` alone turns these into status
//! codes; a job turns them into "again later" or "never".

use domain::{field_error::FieldError, tickets::TicketOperation};
use platform::files::FilesError;

/// Why an action was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// No such thing, or one that this caller may not see: the two must read alike.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The caller's role may not do this at all.
    #[error("{detail}")]
    Forbidden {
        /// A stable word.
        code: &'static str,
        /// What to do about it.
        detail: String,
    },
    /// The present state forbids it.
    #[error("{detail}")]
    Conflict {
        /// A stable word.
        code: &'static str,
        /// The present state and what is allowed.
        detail: String,
        /// What the caller may do instead, where there is such an operation.
        instead: Option<TicketOperation>,
    },
    /// The input is wrong.
    #[error("the input has {} fault(s)", .0.len())]
    Invalid(Vec<FieldError>),
    /// The caller expected another version of the ticket.
    #[error("the ticket has changed since: it is at version {present} now")]
    Stale {
        /// The ticket's version now.
        present: i64,
    },
    /// The credentials are wrong, or no longer good.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The database failed.
    #[error("the database did not answer as it should")]
    Database(#[from] sqlx::Error),
    /// The store of the attachments failed.
    #[error("the attachments did not do what was asked")]
    Files(#[from] FilesError),
    /// A part of our own did.
    #[error("{0}")]
    Internal(&'static str),
}

impl ActionError {
    /// A [`ActionError::Conflict`].
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Conflict {
            code,
            detail: detail.into(),
            instead: None,
        }
    }

    /// The same conflict, which names an operation that helps.
    #[must_use]
    pub fn with_instead(self, operation: TicketOperation) -> Self {
        match self {
            Self::Conflict { code, detail, .. } => Self::Conflict {
                code,
                detail,
                instead: Some(operation),
            },
            other => other,
        }
    }

    /// A [`ActionError::Forbidden`].
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Forbidden {
            code,
            detail: detail.into(),
        }
    }

    /// A [`ActionError::Invalid`] of one field.
    pub fn invalid(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.to_owned(),
            code,
            message: message.into(),
        }])
    }
}

impl From<Vec<FieldError>> for ActionError {
    fn from(faults: Vec<FieldError>) -> Self {
        Self::Invalid(faults)
    }
}
