//! Full-text search over tickets: words of texts, queries, the index, and highlights.
//!
//! One function splits texts and queries into words. The parsers of PostgreSQL are not used: they parse
//! `BKG-12345` as a word and a negative number, and keep an address whole. So a search finds the same, with
//! quotes or without, in every text and every language.

pub mod index;
pub mod query;
pub mod quotes;
pub mod snippet;
pub mod steps;
pub mod suggest;
pub mod words;

pub use query::{LONGEST, Search};
pub use quotes::Quotable;
pub use snippet::{Field, Highlight, Piece, snippet};
pub use steps::Steps;
pub use suggest::Typed;
