//! The function that reads a body or a query, kept in the operation that it describes.

use std::{fmt, sync::Arc};

/// A function that reads a `T`, and leaves the field errors in it.
pub(super) struct Reader<T>(Arc<dyn Fn(&mut T) + Send + Sync>);

impl<T> Reader<T> {
    /// A reader whose result is dropped.
    pub fn new<R>(read: impl Fn(&mut T) -> R + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |from| {
            read(from);
        }))
    }

    /// Reads `from`, for its field errors.
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
