//! An upload is downloaded.

use crate::{
    attachments::store::{self as attachments, FoundUpload},
    error::ActionError,
    tickets::{mentions, store},
};
use domain::{
    actor::Actor,
    attachments::Upload,
    ids::AttachmentId,
    tickets::{TicketKey, access::Mention, may_download},
};
use sqlx::PgPool;

/// The upload, if the caller may download it.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such upload or the caller may not see it; the database failed.
pub async fn find_attachment(
    pool: &PgPool,
    actor: &Actor,
    id: AttachmentId,
) -> Result<Upload, ActionError> {
    let unseen = || ActionError::NotFound("attachment");
    let FoundUpload { upload, visibility } =
        attachments::find(pool, id).await?.ok_or_else(unseen)?;
    let ticket = match upload.ticket_id {
        Some(ticket) => store::find(pool, &TicketKey::Id(ticket)).await?,
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
