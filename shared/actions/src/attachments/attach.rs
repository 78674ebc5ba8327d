//! Uploads are attached to a ticket or a message, in the transaction that writes the ticket or message.

use crate::{attachments::store, error::ActionError};
use domain::{
    actor::Actor,
    attachments::{Attachment, NewAttachment, Place, Upload},
    field_error::FieldError,
    ids::AttachmentId,
};
use platform::work::UnitOfWork;
use std::collections::HashMap;

/// Attaches the caller's uploads to `place`. The result is the attachments to store with the ticket or message,
/// links included, in the order of the request.
///
/// # Errors
/// [`ActionError::Invalid`] with every upload that is not the caller's or is attached already; another person's
/// upload looks like one that does not exist. The database failed.
pub async fn attach(
    work: &mut UnitOfWork<'_>,
    actor: &Actor,
    new: Vec<NewAttachment>,
    place: Place,
) -> Result<Vec<Attachment>, ActionError> {
    let ids: Vec<_> = uploads(&new).map(|(_, id)| id.0).collect();
    let mut claimed: HashMap<AttachmentId, Upload> = HashMap::new();
    if !ids.is_empty() {
        let uploads = store::claim(&mut *work.tx, &ids, actor.id, place).await?;
        claimed.extend(uploads.into_iter().map(|upload| (upload.id, upload)));
    }
    if claimed.len() < ids.len() {
        let attached = store::attached(&mut *work.tx, &ids, actor.id).await?;
        let missing = uploads(&new).filter(|(_, id)| !claimed.contains_key(id));
        let errors = missing.map(|(at, id)| field_error(at, attached.contains(&id)));
        return Err(ActionError::Invalid(errors.collect()));
    }
    let kept = new.into_iter().filter_map(|new| match new {
        NewAttachment::Link(link) => Some(link),
        NewAttachment::Upload(id) => claimed.get(&id).map(Upload::attachment),
    });
    Ok(kept.collect())
}

/// The uploads among them, with their index.
fn uploads(new: &[NewAttachment]) -> impl Iterator<Item = (usize, AttachmentId)> {
    new.iter().enumerate().filter_map(|(at, new)| match new {
        NewAttachment::Link(_) => None,
        NewAttachment::Upload(id) => Some((at, *id)),
    })
}

fn field_error(at: usize, is_attached: bool) -> FieldError {
    let (code, message) = if is_attached {
        (
            "attachment_used",
            "is attached to a ticket or a message already: upload the file again",
        )
    } else {
        (
            "unknown_attachment",
            "must be the id of an upload of yours: uploads that are not attached are deleted after a day",
        )
    };
    FieldError {
        field: format!("attachments[{at}].id"),
        code,
        message: message.to_owned(),
    }
}
