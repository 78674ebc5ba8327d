//! The words of tickets in SQL, written in the transaction that writes the text.

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

/// Bytes of the words of a ticket when no more are added: PostgreSQL refuses a `tsvector` of a mebibyte.
const FULL: i32 = 1_000_000;

/// The words of a ticket's own texts.
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

/// Makes a ticket's own texts known to searches.
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

/// Puts a ticket's own texts as they are now in place of those that searches know: the words that
/// are gone are found no more, unless a message has them.
///
/// # Errors
/// The database failed.
pub async fn change_ticket(tx: &mut Tx, ticket: &Ticket) -> sqlx::Result<()> {
    sqlx::query!("delete from text_words where id = $1", ticket.id.0)
        .execute(&mut **tx)
        .await?;
    add_text(tx, ticket.id.0, ticket.id, false, &own_words(ticket)).await?;
    gather(tx, ticket.id).await
}

/// Makes the words of a ticket anew from those of its texts, its own first, as far as there is room.
async fn gather(tx: &mut Tx, ticket: TicketId) -> sqlx::Result<()> {
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
        i64::from(FULL),
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// Makes a message known to searches.
///
/// # Errors
/// The database failed.
pub async fn add_message(tx: &mut Tx, message: &Message) -> sqlx::Result<()> {
    let index = Index::default().with(&message.body, Weight::Message);
    // What is in memory has its whole size; in its column it would be compressed.
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
        FULL,
    )
    .execute(&mut **tx)
    .await?;
    let (id, ticket) = (message.id.0, message.ticket_id);
    add_text(tx, id, ticket, message.is_internal, &index).await
}

/// Makes searches forget a message that is redacted: the words of the ticket are those of the texts
/// that are left, the earliest first as far as there is room.
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
        i64::from(FULL),
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// Tickets that no search knows: those of a release that had none.
///
/// # Errors
/// The database failed.
pub async fn unknown(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<TicketId>> {
    sqlx::query_scalar!(
        r#"select id as "id: TicketId" from tickets t
           where not exists (select from ticket_words w where w.ticket_id = t.id) order by id limit $1"#,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Forgets the texts of a ticket.
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

/// Messages quoted of each ticket, the newest ones.
const QUOTED: i64 = 3;

/// The texts of these tickets in which what was searched for may stand: each ticket's own, then of its
/// messages those that have it.
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
