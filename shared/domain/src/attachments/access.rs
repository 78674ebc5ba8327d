//! Who may download an upload. Pure.

use crate::attachments::Upload;
use crate::{
    actor::Actor,
    tickets::{
        Ticket, Visibility,
        access::{Action, Mention, may},
    },
};

/// Whether `actor` may download it. `hangs_on` is the ticket that it hangs on, and who may read it
/// there; `mention` is the actor's on that ticket. Nobody else knows that it exists.
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
        // Whoever may write notes on a ticket may read them.
        Some((ticket, Visibility::Internal)) => may(actor, Action::Note, ticket, mention).is_ok(),
    }
}
