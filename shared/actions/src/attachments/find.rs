//! An upload is asked for.

use crate::{
    attachments::store,
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

/// An upload that the caller may download.
///
/// # Errors
/// [`ActionError::NotFound`] when there is none, or none that the caller may see.
pub async fn find(pool: &PgPool, actor: &Actor, id: AttachmentId) -> Result<Upload, ActionError> {
    let unseen = || ActionError::NotFound("attachment");
    let (upload, visibility) = store::find(pool, id).await?.ok_or_else(unseen)?;
    let ticket = match upload.ticket_id {
        Some(ticket) => find_ticket(pool, &TicketKey::Id(ticket)).await?,
        None => None,
    };
    let mention = match &ticket {
        Some(ticket) => mentions::of_actor(&mut *pool.acquire().await?, actor, ticket).await?,
        None => Mention::NotMentioned,
    };
    let hangs_on = ticket.as_ref().map(|ticket| (ticket, visibility));
    if may_download(actor, &upload, hangs_on, mention) {
        Ok(upload)
    } else {
        Err(unseen())
    }
}
