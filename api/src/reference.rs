//! The document of the API, ready to be sent. It is written when somebody asks for it first.

use std::{fmt, sync::LazyLock};

/// The document as it is sent.
#[derive(Debug)]
pub struct Written {
    /// For programs.
    pub json: String,
    /// For people.
    pub page: String,
}

/// The document, written or to be written.
pub struct Reference(LazyLock<Written, Box<dyn FnOnce() -> Written + Send>>);

impl Reference {
    /// One that `write` writes.
    pub fn new(write: impl FnOnce() -> Written + Send + 'static) -> Self {
        Self(LazyLock::new(Box::new(write)))
    }

    /// The document.
    #[must_use]
    pub fn written(&self) -> &Written {
        &self.0
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reference")
    }
}
