//! The SQL of the search index, which is written in the transaction that writes the text.

use domain::tickets::search::{
    Field, Quotable, Search,
    words::{Index, Weight},
};
use domain::{
    ids::{MessageId, TicketId},
    tickets::{Message, Ticket, access::Viewer},
};
use platform::work::Tx;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// The limit of the words of a ticket in bytes; no more words are added then. PostgreSQL refuses a `tsvector` of
/// 1 MiB.
const MAX_BYTES: i32 = 1_000_000;

/// The words of number, subject, tags and description.
fn own_words(ticket: &Ticket) -> Index {
    let index = Index::default()
        .with(ticket.number.as_str(), Weight::Title)
        .with(&ticket.subject, Weight::Title);
    ticket
        .tags
        .iter()
        .fold(index, |index, tag| index.with(tag, Weight::Tag))
        .with(&ticket.description, Weight::Description)
}

/// Adds a new ticket to the index.
///
/// # Errors
/// The database failed.
pub async fn add_ticket(tx: &mut Tx, ticket: &Ticket) -> sqlx::Result<()> {
    let index = own_words(ticket);
    sqlx::query!(
        "insert into ticket_words (ticket_id, words) values ($1, $2::text::tsvector)",
        ticket.id.0,
        index.stripped(),
    )
    .execute(&mut **tx)
    .await?;
    add_text(tx, ticket.id.0, ticket.id, false, &index).await
}

/// Replaces the words of number, subject, tags and description. A removed word is found no more, unless a message
/// has it.
///
/// # Errors
/// The database failed.
pub async fn change_ticket(tx: &mut Tx, ticket: &Ticket) -> sqlx::Result<()> {
    sqlx::query!("delete from text_words where id = $1", ticket.id.0)
        .execute(&mut **tx)
        .await?;
    add_text(tx, ticket.id.0, ticket.id, false, &own_words(ticket)).await?;
    rebuild(tx, ticket.id).await
}

/// Computes the words of a ticket again from all its texts: up to the limit, its own texts before its messages.
async fn rebuild(tx: &mut Tx, ticket: TicketId) -> sqlx::Result<()> {
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
             all_words = case when all_words is null then null
                 else coalesce((select array_to_tsvector(array_agg(lexeme)) from fitting where bytes <= $2), '') end
         where ticket_id = $1",
        ticket.0,
        i64::from(MAX_BYTES),
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// Adds a message to the index.
///
/// # Errors
/// The database failed.
pub async fn add_message(tx: &mut Tx, message: &Message) -> sqlx::Result<()> {
    let index = Index::default().with(&message.body, Weight::Message);
    // `|| ''` makes a value in memory, whose size is the uncompressed one.
    sqlx::query!(
        "update ticket_words set
             words = case when $3 or pg_column_size(words || '') + octet_length($2) > $4 then words
                 else words || $2::text::tsvector end,
             all_words = case when all_words is null and not $3 then null
                 when pg_column_size(coalesce(all_words, words) || '') + octet_length($2) > $4 then all_words
                 else coalesce(all_words, words) || $2::text::tsvector end
         where ticket_id = $1",
        message.ticket_id.0,
        index.stripped(),
        message.is_internal,
        MAX_BYTES,
    )
    .execute(&mut **tx)
    .await?;
    let (id, ticket) = (message.id.0, message.ticket_id);
    add_text(tx, id, ticket, message.is_internal, &index).await
}

/// Removes a redacted message from the index. The ticket's words are computed again from the other texts: up to
/// the limit, the earliest text first.
///
/// # Errors
/// The database failed.
pub async fn forget_message(tx: &mut Tx, message: &Message) -> sqlx::Result<()> {
    sqlx::query!("delete from text_words where id = $1", message.id.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "with texts as (
             select w.id, w.is_internal, word.lexeme from text_words w cross join lateral unnest(w.words) as word
             where w.ticket_id = $1
         ), known as (
             select lexeme, bool_or(not is_internal) as is_public, min(id::text) as first from texts group by lexeme
         ), sized as (
             select lexeme, is_public, sum(octet_length(lexeme) + 8) over earliest as size,
                 sum(octet_length(lexeme) + 8) filter (where is_public) over earliest as public_size
             from known window earliest as (order by first, lexeme)
         ), kept as (
             select
                 coalesce(array_agg(lexeme) filter (where is_public and public_size <= $2), '{}') as words,
                 coalesce(array_agg(lexeme) filter (where size <= $2), '{}') as all_words
             from sized
         )
         update ticket_words t set words = array_to_tsvector(kept.words),
             all_words = case when exists (select from text_words w where w.ticket_id = $1 and w.is_internal)
                 then array_to_tsvector(kept.all_words) end
         from kept where t.ticket_id = $1",
        message.ticket_id.0,
        i64::from(MAX_BYTES),
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// At most `limit` tickets without search words, which a release without search has written.
///
/// # Errors
/// The database failed.
pub async fn unindexed(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<TicketId>> {
    sqlx::query_scalar!(
        r#"select id as "id: TicketId" from tickets t
           where not exists (select from ticket_words w where w.ticket_id = t.id) order by id limit $1"#,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Removes the texts of a ticket from the index.
///
/// # Errors
/// The database failed.
pub async fn forget(tx: &mut Tx, ticket: TicketId) -> sqlx::Result<()> {
    sqlx::query!("delete from text_words where ticket_id = $1", ticket.0)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

async fn add_text(
    tx: &mut Tx,
    id: Uuid,
    ticket: TicketId,
    is_internal: bool,
    index: &Index,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into text_words (id, ticket_id, is_internal, words) values ($1, $2, $3, $4::text::tsvector)",
        id,
        ticket.0,
        is_internal,
        index.tsvector(),
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// The most messages of a ticket that are quoted: the newest ones.
const QUOTED: i64 = 3;

/// The texts of these tickets that may match the search: each ticket's own texts, then its newest messages that
/// match and that `reader` may see.
///
/// # Errors
/// The database failed.
pub async fn quotable(
    db: &mut PgConnection,
    search: &Search,
    tickets: &[Ticket],
    reader: Viewer,
) -> sqlx::Result<Vec<Quotable>> {
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id.0).collect();
    let messages = sqlx::query!(
        r#"select m.ticket_id as "ticket_id: TicketId", m.id as "id: MessageId", m.body
           from unnest($1::uuid[]) as wanted (ticket_id)
           cross join lateral (
               select m.ticket_id, m.id, m.body, m.created_at, m.position
               from text_words w join messages m on m.id = w.id
               where w.ticket_id = wanted.ticket_id and w.words @@ $2::text::tsquery and (not w.is_internal or $3)
               order by m.created_at desc, m.position desc limit $4
           ) m
           order by m.created_at desc, m.position desc"#,
        &ids,
        search.any(),
        reader == Viewer::Staff,
        QUOTED,
    )
    .fetch_all(db)
    .await?;
    let own = tickets.iter().flat_map(texts_of);
    let messages = messages.into_iter().map(|message| Quotable {
        ticket: message.ticket_id,
        field: Field::Message,
        message: Some(message.id),
        text: message.body,
    });
    Ok(own.chain(messages).collect())
}

fn texts_of(ticket: &Ticket) -> Vec<Quotable> {
    let tags = ticket.tags.iter().map(|tag| (Field::Tag, tag.as_str()));
    let title = [
        (Field::Number, ticket.number.as_str()),
        (Field::Subject, ticket.subject.as_str()),
    ];
    title
        .into_iter()
        .chain(tags)
        .chain([(Field::Description, ticket.description.as_str())])
        .map(|(field, text)| Quotable {
            ticket: ticket.id,
            field,
            message: None,
            text: text.to_owned(),
        })
        .collect()
}
