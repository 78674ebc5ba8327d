//! Sweep: deletes uploads that hang on nothing for a day after they came. What was announced and
//! never attached, what was never announced, and what an earlier sweep began are all such rows.

use crate::{
    attachments::{Files, KEPT_FOR, store},
    context::Context,
    error::ActionError,
};
use futures_util::{StreamExt, TryStreamExt, stream};

/// Uploads that are given up at a time.
const PIECE: i64 = 200;
/// Calls of the store at a time.
const AT_ONCE: usize = 8;

/// Deletes them: first they are given up, so that nobody has them any more, then the bytes go, and
/// then the rows. Whatever stops it in between, the next sweep finds the rows again.
///
/// # Errors
/// The store or the database failed.
pub async fn prune(cx: &Context, files: &Files) -> Result<(), ActionError> {
    let before = cx.clock.now() - KEPT_FOR;
    loop {
        let given_up = store::give_up(&cx.pool, before, PIECE).await?;
        if given_up.is_empty() {
            return Ok(());
        }
        stream::iter(given_up.clone())
            .map(|id| files.delete(id))
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        let ids: Vec<_> = given_up.iter().map(|id| id.0).collect();
        store::delete(&cx.pool, &ids).await?;
    }
}
