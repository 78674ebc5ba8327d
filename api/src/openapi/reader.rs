//! The function that reads a body or a query, kept beside what it was described by.

use std::{fmt, sync::Arc};

/// Reads a `T`, and leaves in it what is wrong with it.
pub(super) struct Reader<T>(Arc<dyn Fn(&mut T) + Send + Sync>);

impl<T> Reader<T> {
    pub fn new<R>(read: impl Fn(&mut T) -> R + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |from| {
            read(from);
        }))
    }

    pub fn read(&self, from: &mut T) {
        (self.0)(from);
    }
}

impl<T> Clone for Reader<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Reader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}
