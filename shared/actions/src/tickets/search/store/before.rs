//! The index of the release before, `ticket_words`: that release searches in it during an upgrade and after a return to
//! it. Goes with the next release.

use domain::{ids::TicketId, tickets::search::index::Index};
use platform::work::Tx;

/// The size up to which words of messages are added, in bytes. What is written here costs no more than that; the
/// release before does not find what comes after it.
const MAX_BYTES: i32 = 16_000;

pub(super) async fn add_ticket(tx: &mut Tx, ticket: TicketId, index: &Index) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into ticket_words (ticket_id, words) values ($1, $2::text::tsvector) on conflict do nothing",
        ticket.0,
        index.stripped(),
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

pub(super) async fn add_message(
    tx: &mut Tx,
    ticket: TicketId,
    is_internal: bool,
    index: &Index,
) -> sqlx::Result<()> {
    // `|| ''` makes a value in memory, whose size is the uncompressed one.
    sqlx::query!(
        "update ticket_words set
             words = case when $3 or pg_column_size(words || '') + octet_length($2) > $4 then words
                 else words || $2::text::tsvector end,
             all_words = case when all_words is null and not $3 then null
                 when pg_column_size(coalesce(all_words, words) || '') + octet_length($2) > $4 then all_words
                 else coalesce(all_words, words) || $2::text::tsvector end
         where ticket_id = $1",
        ticket.0,
        index.stripped(),
        is_internal,
        MAX_BYTES,
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// Computes the words of a ticket again from its texts, the ticket's own before its messages.
pub(super) async fn rebuild(tx: &mut Tx, ticket: TicketId) -> sqlx::Result<()> {
    sqlx::query!(
        "with known as (
             select w.lexeme, bool_and(t.is_internal) as is_internal, bool_or(t.id = $1) as is_own
             from text_words t cross join lateral unnest(t.words) as w (lexeme, positions, weights)
             where t.ticket_id = $1 group by w.lexeme
         ), fitting as (
             select lexeme, is_internal,
                 sum(octet_length(lexeme) + 8) over (order by is_own desc, is_internal, lexeme) as bytes
             from known
         )
         update ticket_words set
             words = coalesce((select array_to_tsvector(array_agg(lexeme)) from fitting
                               where bytes <= $2 and not is_internal), ''),
             all_words = case when exists (select from text_words t where t.ticket_id = $1 and t.is_internal)
                 then coalesce((select array_to_tsvector(array_agg(lexeme)) from fitting where bytes <= $2), '') end
         where ticket_id = $1",
        ticket.0,
        i64::from(MAX_BYTES),
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}
