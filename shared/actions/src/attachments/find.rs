//! An upload is downloaded.

use crate::{
    attachments::store::{self, FoundUpload},
    error::ActionError,
    tickets::{mentions, store::find as find_ticket},
};
use domain::{
    actor::Actor,
    attachments::{Upload, may_download},
    ids::AttachmentId,
    tickets::{TicketKey, access::Mention},
};
use sqlx::PgPool;

/// The upload, if the caller may download it.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such upload or the caller may not see it; the database failed.
pub async fn find(pool: &PgPool, actor: &Actor, id: AttachmentId) -> Result<Upload, ActionError> {
    let unseen = || ActionError::NotFound("attachment");
    let FoundUpload { upload, visibility } = store::find(pool, id).await?.ok_or_else(unseen)?;
    let ticket = match upload.ticket_id {
        Some(ticket) => find_ticket(pool, &TicketKey::Id(ticket)).await?,
        None => None,
    };
    let mention = match &ticket {
        Some(ticket) => mentions::of_actor(&mut *pool.acquire().await?, actor, ticket).await?,
        None => Mention::NotMentioned,
    };
    let attached_to = ticket.as_ref().map(|ticket| (ticket, visibility));
    if may_download(actor, &upload, attached_to, mention) {
        Ok(upload)
    } else {
        Err(unseen())
    }
}
