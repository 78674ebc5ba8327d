//! Permission to download an upload. Pure.

use crate::{
    actor::Actor,
    attachments::Upload,
    tickets::{
        Ticket, Visibility,
        access::{Action, Mention, may},
    },
};

/// Whether `actor` may download the upload. `hangs_on` is its ticket, and who may read it there; `mention` is
/// the actor's mention on that ticket. For others the upload does not exist.
#[must_use]
pub fn may_download(
    actor: &Actor,
    upload: &Upload,
    hangs_on: Option<(&Ticket, Visibility)>,
    mention: Mention,
) -> bool {
    match hangs_on {
        None => upload.uploader_id == actor.id,
        Some((ticket, Visibility::Public)) => may(actor, Action::See, ticket, mention).is_ok(),
        // A permission to write notes includes the permission to read them.
        Some((ticket, Visibility::Internal)) => may(actor, Action::Note, ticket, mention).is_ok(),
    }
}
