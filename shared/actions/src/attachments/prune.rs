//! Sweep: deletes uploads that hang on nothing for a day after they came. What was announced and
//! never attached, what was never announced, and what an earlier sweep began are all such rows.

use crate::{attachments::store, error::ActionError};
use domain::attachments::KEPT_FOR;
use futures_util::{StreamExt, stream};
use platform::{
    context::Context,
    files::{Files, FilesError},
};

/// Uploads that are given up at a time.
const PIECE: i64 = 200;
/// Calls of the store at a time.
const AT_ONCE: usize = 8;

/// Deletes them: first they are given up, so that nobody has them any more, then the bytes go, and
/// then the rows. Whatever stops it in between, the next sweep finds the rows again. Bytes that
/// cannot be deleted keep their row, and keep nobody else's.
///
/// # Errors
/// The database failed, or the store did for some of them.
pub async fn prune(cx: &Context, files: &Files) -> Result<(), ActionError> {
    let before = cx.clock.now() - KEPT_FOR;
    let (mut past, mut failed) = (None, None);
    loop {
        let given_up = store::give_up(&cx.pool, before, past, PIECE).await?;
        let Some(last) = given_up.iter().map(|id| id.0).max() else {
            return failed.map_or(Ok(()), |error: FilesError| Err(error.into()));
        };
        past = Some(last);
        let deleting = stream::iter(given_up).map(async |id| (id, files.delete(id).await));
        let outcomes: Vec<_> = deleting.buffer_unordered(AT_ONCE).collect().await;
        let mut gone = Vec::new();
        for (id, outcome) in outcomes {
            match outcome {
                Ok(()) => gone.push(id.0),
                Err(error) => failed = Some(error),
            }
        }
        store::delete(&cx.pool, &gone).await?;
    }
}
