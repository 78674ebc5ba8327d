//! Files of tickets and messages: links, which this system never fetches, and uploads.
//!
//! An upload is a row in the database and bytes in the store of files. The row is committed first, so that no bytes
//! are without a row; it counts only when it records that the bytes are stored (`stored_at`).
//!
//! Races, and what each costs. Two requests attach one upload: `claim` locks its row, and the second
//! finds it attached. An upload is attached while `prune` deletes it: the row lock decides, and a deleted upload
//! stays deleted. A message is redacted while a file of it is downloaded: this download completes, the next one
//! finds no file. A process dies between row and bytes, or between bytes and `stored_at`: `prune` deletes the row
//! like that of an upload that was never attached. `prune` dies, or runs twice: the next run finds the same rows,
//! and bytes that are deleted already are no failure.

pub mod archive;
pub mod kind;
pub mod model;
pub mod name;
pub mod new_attachment;

pub use kind::{Inspector, KINDS, Kind};
pub use model::{Attachment, NewUpload, Place, Upload};
pub use name::{file_name, name_on_disk};
pub use new_attachment::NewAttachment;

use chrono::TimeDelta;

/// The most bytes of an upload.
pub const LARGEST: usize = 10 * 1024 * 1024;

/// How long an upload may stay unattached.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

/// The most unattached uploads of one person.
pub const MOST_WAITING: i64 = 100;
