//! Adds the search words of tickets that the release before has written.

use crate::tickets::load_for_system;
use crate::{
    error::ActionError,
    tickets::{search::store as search, store},
};
use domain::{
    actor::Initiator,
    ids::TicketId,
    paging::Direction,
    tickets::{Ticket, access::Viewer},
};
use platform::{context::Context, db, work::UnitOfWork};

/// Tickets that one query reads.
const BATCH: i64 = 500;
/// Messages that one query reads.
const MESSAGES: i64 = 100;

/// Indexes every ticket whose index is missing or out of date, each under its row lock and in its own transaction. A
/// second run changes nothing.
///
/// # Errors
/// The database failed. The tickets that are indexed by then stay so.
pub async fn backfill_index(cx: &Context) -> Result<(), ActionError> {
    let mut last = TicketId(uuid::Uuid::nil());
    loop {
        // This query may scan all tickets, longer than the limit of statements allows.
        let mut scan = db::begin_unlimited(&cx.pool).await?;
        let unindexed = search::unindexed(&mut *scan, last, BATCH).await?;
        drop(scan);
        for id in &unindexed {
            index_one(cx, *id).await?;
        }
        match unindexed.last() {
            Some(id) => last = *id,
            None => return Ok(()),
        }
    }
}

/// Indexes again what the release before has written during an upgrade, after [`backfill_index`]; whether there was
/// anything. Goes with the next release.
///
/// # Errors
/// The database failed. The tickets that are indexed by then stay so.
pub async fn index_stale(cx: &Context) -> Result<bool, ActionError> {
    let mut last = TicketId(uuid::Uuid::nil());
    let mut any = false;
    loop {
        let stale = search::stale(&cx.pool, last, BATCH).await?;
        for id in &stale {
            index_one(cx, *id).await?;
        }
        match stale.last() {
            Some(id) => (last, any) = (*id, true),
            None => return Ok(any),
        }
    }
}

async fn index_one(cx: &Context, id: TicketId) -> Result<(), ActionError> {
    let mut work = cx.begin(Initiator::System).await?;
    let change = load_for_system(&mut work, id).await?;
    index(&mut work, change.ticket()).await?;
    work.commit().await?;
    Ok(())
}

/// Indexes a ticket and all its messages. Its row is locked.
async fn index(work: &mut UnitOfWork<'_>, ticket: &Ticket) -> Result<(), ActionError> {
    let all = store::Listing {
        ticket: ticket.id,
        viewer: Viewer::Staff,
    };
    let mut offset = 0;
    loop {
        let section = store::Section {
            after: None,
            offset,
            limit: MESSAGES,
        };
        let messages = store::messages(&mut *work.tx, all, Direction::Ascending, section).await?;
        search::write_texts(&mut work.tx, ticket, &messages).await?;
        if messages.is_empty() {
            break;
        }
        offset += MESSAGES;
    }
    search::rebuild(&mut work.tx, ticket).await?;
    Ok(())
}
