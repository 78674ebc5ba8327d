//! An upload is kept, in two steps: its bytes, while no transaction is open, and then, in the
//! transaction of the request's answer, that they are there.

use crate::{attachments::store, error::ActionError};
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    attachments::{MOST_WAITING, NewUpload, Upload},
    ids::AttachmentId,
};
use platform::{context::Context, files::Files, work::UnitOfWork};

/// No upload takes longer.
const ARRIVING: TimeDelta = TimeDelta::minutes(15);

/// Keeps the bytes. Until [`announce`] nobody knows of them, and they are deleted after a day.
///
/// # Errors
/// [`ActionError::Conflict`] for whoever has too many uploads that hang on nothing; the store failed.
pub async fn keep(
    cx: &Context,
    files: &Files,
    actor: &Actor,
    new: &NewUpload,
    bytes: Vec<u8>,
) -> Result<AttachmentId, ActionError> {
    // What broke off while it arrived, with its request, can be attached by nobody.
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
        // It must not count against the uploader. What there is of it goes with its row.
        store::abandon(&cx.pool, id).await?;
        return Err(error.into());
    }
    Ok(id)
}

/// Makes it the uploader's, to be downloaded and attached.
///
/// # Errors
/// [`ActionError::Internal`] when it was given up meanwhile, which takes a day.
pub async fn announce(work: &mut UnitOfWork<'_>, id: AttachmentId) -> Result<Upload, ActionError> {
    let now = work.now();
    store::stored(&mut *work.tx, id, now)
        .await?
        .ok_or(ActionError::Internal("an upload took longer than a day"))
}
