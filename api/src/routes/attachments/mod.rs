//! `/support/attachments`: files that are sent, to be attached to a ticket or a message later.

pub mod disposition;
pub mod download;
pub mod upload;
