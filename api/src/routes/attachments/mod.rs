//! `/support/attachments`: files that are uploaded first, and attached to a ticket or a message later.

pub mod disposition;
pub mod download;
pub mod upload;
