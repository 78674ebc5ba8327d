//! Full-text search over tickets: the index in the database, and the quotes of results.
//!
//! One function of the domain splits texts and queries into words. The parsers of PostgreSQL would read
//! `BKG-12345` as a word and a negative number, and keep an address whole. A search therefore finds the same
//! with or without quotes, in every text and every language.

mod highlighter;
pub(in crate::tickets) mod store;

pub use highlighter::Highlighter;
