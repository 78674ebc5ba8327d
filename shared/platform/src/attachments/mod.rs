//! Files that come with tickets and messages: addresses that are never fetched by us, and uploads.
//!
//! An upload is a row here and bytes in [`files`]. The row is there first, so that no bytes are
//! ever without one; it counts only once it says that the bytes are there (`stored_at`).
//!
//! Races, and what each costs. Two requests attach one upload: `claim` locks its row, and the second
//! finds it taken. An upload is attached while `prune` gives it up: the row's lock decides, and what
//! is given up stays so. A message is redacted while a file of it is downloaded: what has been sent is
//! sent, the next download finds nothing. A process dies between row and bytes, or between bytes and
//! `stored_at`: the row waits for `prune` like one that was never attached. `prune` dies on its way, or
//! runs twice: the next one finds the same rows, and bytes that are gone already are no failure.

pub mod files;

pub use files::{Files, FilesError};
