//! Makes tickets known to searches that a release without them wrote.

use crate::tickets::load_for_system;
use crate::{error::ActionError, tickets::store};
use domain::{actor::Initiator, tickets::access::Viewer};
use platform::{context::Context, db};

/// Tickets that are looked for at a time.
const PIECE: i64 = 500;
/// Messages that are read at a time.
const MESSAGES: i64 = 100;

/// Does so, each ticket under its lock, in a transaction of its own. Doing it again does nothing.
///
/// # Errors
/// The database failed.
pub async fn backfill_index(cx: &Context) -> Result<(), ActionError> {
    loop {
        // It looks at every ticket there is.
        let mut looking = db::begin_unlimited(&cx.pool).await?;
        let unknown = crate::tickets::search::store::unknown(&mut *looking, PIECE).await?;
        drop(looking);
        if unknown.is_empty() {
            return Ok(());
        }
        for id in unknown {
            let mut work = cx.begin(Initiator::System).await?;
            let case = load_for_system(&mut work, id).await?;
            crate::tickets::search::store::forget(&mut work.tx, id).await?;
            crate::tickets::search::store::add_ticket(&mut work.tx, case.ticket()).await?;
            let mut read = 0;
            loop {
                let cut = store::Cut {
                    after: None,
                    offset: read,
                    limit: MESSAGES,
                };
                let messages = store::messages(&mut *work.tx, id, Viewer::Staff, cut).await?;
                for message in &messages {
                    crate::tickets::search::store::add_message(&mut work.tx, message).await?;
                }
                if messages.is_empty() {
                    break;
                }
                read += MESSAGES;
            }
            work.commit().await?;
        }
    }
}
