//! The OpenAPI document, ready to be sent. It is generated at the first request for it.

use std::{fmt, sync::LazyLock};

/// The document in its two forms.
#[derive(Debug)]
pub struct Written {
    /// The document as JSON.
    pub json: String,
    /// The document as an HTML page.
    pub page: String,
}

/// The document, generated or not yet.
pub struct Reference(LazyLock<Written, Box<dyn FnOnce() -> Written + Send>>);

impl Reference {
    /// A document that `write` generates at the first use.
    pub fn new(write: impl FnOnce() -> Written + Send + 'static) -> Self {
        Self(LazyLock::new(Box::new(write)))
    }

    /// The document, which is generated now if it was not before.
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
