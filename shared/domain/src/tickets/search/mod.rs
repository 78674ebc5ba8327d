//! Full-text search over tickets: how texts are cut into words, what a search asks for, which tickets
//! have it, and where it stands in them.
//!
//! Texts and queries are cut into words by the same function, and not by the parsers of PostgreSQL: those
//! read `BKG-12345` as a word and a negative number, and keep an address whole. What can be found with
//! quotes or without them is therefore the same in every text and every language.

pub mod query;
pub mod quotes;
pub mod snippet;
pub mod steps;
pub mod words;

pub use query::{LONGEST, Search};
pub use quotes::Quotable;
pub use snippet::{Field, Highlight, Piece, snippet};
pub use steps::Steps;
