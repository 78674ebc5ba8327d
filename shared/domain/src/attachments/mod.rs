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

pub mod access;
pub mod archive;
pub mod input;
pub mod kind;
pub mod model;
pub mod name;

pub use access::may_download;
pub use input::{Form, NewAttachment, RawAttachment};
pub use kind::{Inspector, KINDS, Kind};
pub use model::{Attachment, NewUpload, Place, Upload};
pub use name::{file_name, name_on_disk};

use chrono::TimeDelta;

/// The most bytes of an upload.
pub const LARGEST: usize = 10 * 1024 * 1024;

/// How long an upload may be attached to nothing.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

/// How many uploads of one person may be attached to nothing.
pub const MOST_WAITING: i64 = 100;
