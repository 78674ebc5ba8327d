//! A value that is kept as a document in a `jsonb` column.

pub use sqlx::types::Json;
