//! Adds the search words of tickets that a release without search has written.

use crate::tickets::load_for_system;
use crate::{
    error::ActionError,
    tickets::{search::store as search, store},
};
use domain::{actor::Initiator, paging::Direction, tickets::access::Viewer};
use platform::{context::Context, db};

/// Tickets that one query reads.
const BATCH: i64 = 500;
/// Messages that one query reads.
const MESSAGES: i64 = 100;

/// Indexes every ticket without search words, each under its row lock and in its own transaction. A second run
/// changes nothing.
///
/// # Errors
/// The database failed. The tickets that are indexed by then stay so.
pub async fn backfill_index(cx: &Context) -> Result<(), ActionError> {
    loop {
        // This query scans all tickets, longer than the limit of statements allows.
        let mut scan = db::begin_unlimited(&cx.pool).await?;
        let unindexed = search::unindexed(&mut *scan, BATCH).await?;
        drop(scan);
        if unindexed.is_empty() {
            return Ok(());
        }
        for id in unindexed {
            let mut work = cx.begin(Initiator::System).await?;
            let change = load_for_system(&mut work, id).await?;
            search::forget(&mut work.tx, id).await?;
            search::add_ticket(&mut work.tx, change.ticket()).await?;
            let all = store::Listing {
                ticket: id,
                viewer: Viewer::Staff,
            };
            let mut offset = 0;
            loop {
                let section = store::Section {
                    after: None,
                    offset,
                    limit: MESSAGES,
                };
                let order = Direction::Ascending;
                let messages = store::messages(&mut *work.tx, all, order, section).await?;
                for message in &messages {
                    search::add_message(&mut work.tx, message).await?;
                }
                if messages.is_empty() {
                    break;
                }
                offset += MESSAGES;
            }
            work.commit().await?;
        }
    }
}
