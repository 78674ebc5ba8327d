//! `/notifications`: what the caller was told, and what the caller wants to be told.

pub mod list;
pub mod preferences;
pub mod read;
pub mod read_all;
pub mod unsubscribe;
