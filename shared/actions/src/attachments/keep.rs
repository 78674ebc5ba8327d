//! An upload is stored in two steps: its bytes while no transaction is open, then, in the transaction of the
//! response, the fact that the bytes are there.

use crate::{attachments::store, error::ActionError};
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    attachments::{MOST_WAITING, NewUpload, Upload},
    ids::AttachmentId,
};
use platform::{context::Context, files::Files, work::UnitOfWork};

/// The longest time that an upload takes to arrive.
const ARRIVING: TimeDelta = TimeDelta::minutes(15);

/// Stores the bytes. They are not visible before [`announce`]; without it a sweep deletes them after a day.
///
/// # Errors
/// [`ActionError::Conflict`] when the caller has [`MOST_WAITING`] uploads that are attached to nothing;
/// [`ActionError::Files`] when the file store failed; the database failed.
pub async fn keep(
    cx: &Context,
    files: &Files,
    actor: &Actor,
    new: &NewUpload,
    bytes: Vec<u8>,
) -> Result<AttachmentId, ActionError> {
    // An upload whose request broke off can never be attached, and counts only while it might still arrive.
    let arriving_since = cx.clock.now() - ARRIVING;
    if store::count_waiting(&cx.pool, actor.id, arriving_since).await? >= MOST_WAITING {
        return Err(ActionError::conflict(
            "too_many_uploads",
            format!(
                "{MOST_WAITING} of your uploads are attached to nothing: attach some, or wait until \
                 they are deleted, a day after they came."
            ),
        ));
    }
    let now = cx.clock.now();
    let id = AttachmentId(cx.ids.uuid(now));
    store::insert(&cx.pool, id, actor.id, new, now).await?;
    if let Err(error) = files.put(id, bytes).await {
        // The failed upload must not count against the caller. A sweep deletes its bytes with its row.
        store::abandon(&cx.pool, id).await?;
        return Err(error.into());
    }
    Ok(id)
}

/// Makes an upload visible to its uploader, who can then download and attach it.
///
/// # Errors
/// [`ActionError::Internal`] when a sweep has deleted the upload, which happens only after a day; the database
/// failed.
pub async fn announce(work: &mut UnitOfWork<'_>, id: AttachmentId) -> Result<Upload, ActionError> {
    let now = work.now();
    store::stored(&mut *work.tx, id, now)
        .await?
        .ok_or(ActionError::Internal("an upload took longer than a day"))
}
