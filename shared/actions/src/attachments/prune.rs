//! Sweep: deletes uploads that are attached to nothing a day after they arrived. They were announced and never
//! attached, or never announced, or an earlier sweep did not finish them.

use crate::{attachments::store, error::ActionError};
use domain::attachments::KEPT_FOR;
use futures_util::{StreamExt, stream};
use platform::{
    context::Context,
    files::{Files, FilesError},
};

/// Uploads that one query marks as deleted.
const BATCH: i64 = 200;
/// Concurrent calls of the file store.
const AT_ONCE: usize = 8;

/// Deletes these uploads in three steps: the mark, so that nobody can use them; the bytes; the rows. After an
/// interruption the next sweep finds the rows again. An upload whose bytes cannot be deleted keeps its row and
/// delays no other. The result is the number of uploads that were deleted.
///
/// # Errors
/// The database failed; [`crate::error::ActionError::Files`] when the file store failed for some of them.
pub async fn prune(cx: &Context, files: &Files) -> Result<usize, ActionError> {
    let before = cx.clock.now() - KEPT_FOR;
    let (mut after, mut failed) = (None, None);
    let mut count: usize = 0;
    loop {
        let marked = store::mark_deleted(&cx.pool, before, after, BATCH).await?;
        let Some(last) = marked.iter().map(|id| id.0).max() else {
            return failed.map_or(Ok(count), |error: FilesError| Err(error.into()));
        };
        after = Some(last);
        let deleting = stream::iter(marked).map(async |id| (id, files.delete(id).await));
        let outcomes: Vec<_> = deleting.buffer_unordered(AT_ONCE).collect().await;
        let mut deleted = Vec::new();
        for (id, outcome) in outcomes {
            match outcome {
                Ok(()) => deleted.push(id.0),
                Err(error) => failed = Some(error),
            }
        }
        store::delete(&cx.pool, &deleted).await?;
        count = count.saturating_add(deleted.len());
    }
}
