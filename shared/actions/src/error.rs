//! Refusals and failures of actions, in the terms of the domain. Only `api` maps them to status codes; a job maps
//! them to a retry or to a failure.

use domain::{field_error::FieldError, tickets::TicketOperation};
use platform::files::FilesError;

/// The reason why an action was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The thing does not exist, or the caller may not see it. Both must look the same to the caller.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The caller may not do this.
    #[error("{detail}")]
    Forbidden {
        /// A stable code.
        code: &'static str,
        /// The reason, for the caller.
        detail: String,
    },
    /// The present state does not allow it.
    #[error("{detail}")]
    Conflict {
        /// A stable code.
        code: &'static str,
        /// The present state and what it allows, for the caller.
        detail: String,
        /// An operation that the caller may do instead.
        instead: Option<TicketOperation>,
    },
    /// The input is invalid: every field error.
    #[error("the input has field errors: {}", .0.len())]
    Invalid(Vec<FieldError>),
    /// The ticket has another version than the caller expected.
    #[error("the ticket has changed: its present version is {present}")]
    Stale {
        /// The present version.
        present: i64,
    },
    /// The credentials are wrong, expired or revoked.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The file store failed.
    #[error("the file store failed")]
    Files(#[from] FilesError),
    /// An internal failure.
    #[error("{0}")]
    Internal(&'static str),
}

impl ActionError {
    /// An [`ActionError::Conflict`].
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Conflict {
            code,
            detail: detail.into(),
            instead: None,
        }
    }

    /// Adds an operation that the caller may do instead. Other errors stay as they are.
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

    /// An [`ActionError::Forbidden`].
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Forbidden {
            code,
            detail: detail.into(),
        }
    }

    /// An [`ActionError::Invalid`] with one field error.
    pub fn invalid(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.to_owned(),
            code,
            message: message.into(),
        }])
    }
}

impl From<Vec<FieldError>> for ActionError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid(errors)
    }
}
