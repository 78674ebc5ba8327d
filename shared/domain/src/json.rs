//! A value that is stored as a document in a `jsonb` column.

#[cfg(feature = "sqlx")]
pub use sqlx::types::Json;

#[cfg(not(feature = "sqlx"))]
mod plain {
    use serde::{Deserialize, Serialize};
    use std::ops::{Deref, DerefMut};

    /// The value.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct Json<T: ?Sized>(pub T);

    impl<T> Deref for Json<T> {
        type Target = T;

        fn deref(&self) -> &T {
            &self.0
        }
    }

    impl<T> DerefMut for Json<T> {
        fn deref_mut(&mut self) -> &mut T {
            &mut self.0
        }
    }
}

#[cfg(not(feature = "sqlx"))]
pub use plain::Json;
