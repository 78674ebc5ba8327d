//! The OpenAPI document and the page of the API, ready to be sent. They are generated at the first request for
//! one of them.

use crate::representation::Representation;
use std::{
    fmt,
    sync::{Arc, LazyLock},
};

/// The document, and the page that is made of it.
#[derive(Debug)]
pub struct Written {
    /// The document as JSON.
    pub json: String,
    /// The page as HTML, or what is wrong with its template.
    pub page: Result<Representation, Arc<minijinja::Error>>,
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
