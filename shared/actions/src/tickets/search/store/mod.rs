//! The SQL of the search index, which is written in the transaction that writes the text. The row of the ticket is
//! locked, so that nobody else writes its parts.

mod before;
mod quotable;

pub use quotable::quotable;

use domain::tickets::search::{
    index::{Index, Kind, Parts, Weight, lexemes_said},
    query::bucket_of,
};
use domain::{
    ids::{MessageId, TicketId},
    tickets::{Message, Ticket, access::Viewer},
};
use platform::work::Tx;
use sqlx::PgExecutor;
use std::collections::BTreeSet;
use uuid::Uuid;

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

fn words_of(message: &Message) -> Index {
    Index::default().with(&message.body, Weight::Message)
}

/// Who may read a text.
const fn readers(is_internal: bool) -> Viewer {
    if is_internal {
        Viewer::Staff
    } else {
        Viewer::Requester
    }
}

/// Adds a new ticket to the index.
///
/// # Errors
/// The database failed.
pub async fn add_ticket(tx: &mut Tx, ticket: &Ticket) -> sqlx::Result<()> {
    let index = own_words(ticket);
    before::add_ticket(tx, ticket.id, &index).await?;
    add_text(tx, Text::of_ticket(ticket), &index).await?;
    let mut parts = Parts::default();
    parts.add(index.title());
    parts.add(index.lexemes(Viewer::Requester));
    add_parts(tx, ticket, parts).await
}

/// Adds a message to the index: to the last part of its ticket, or as further parts. A ticket that is not in the index
/// is left to [`rebuild`].
///
/// # Errors
/// The database failed.
pub async fn add_message(tx: &mut Tx, message: &Message) -> sqlx::Result<()> {
    let index = words_of(message);
    before::add_message(tx, message.ticket_id, message.is_internal, &index).await?;
    add_text(tx, Text::of_message(message), &index).await?;
    let ticket = message.ticket_id;
    let last = sqlx::query!(
        "select part, bucket, bytes from ticket_search where ticket_id = $1 order by part desc limit 1",
        ticket.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(last) = last else { return Ok(()) };
    let mut parts = Parts::after(usize::try_from(last.bytes).unwrap_or(usize::MAX));
    parts.add(index.lexemes(readers(message.is_internal)));
    let mut parts = parts.into_parts().into_iter();
    let continued = parts.next().unwrap_or_default();
    if !continued.is_empty() {
        extend(tx, ticket, last.part, &continued).await?;
    }
    if parts.len() > 0 && last.part == 0 {
        divide(tx, ticket).await?;
    }
    for (part, mut lexemes) in (last.part.saturating_add(1)..).zip(parts) {
        lexemes.push(Kind::Several.lexeme(""));
        add_part(
            tx,
            Place {
                ticket,
                part,
                bucket: last.bucket,
            },
            &lexemes,
        )
        .await?;
    }
    Ok(())
}

/// Replaces the words of number, subject, tags and description. A removed word is found no more, unless a message
/// has it.
///
/// # Errors
/// The database failed.
pub async fn change_ticket(tx: &mut Tx, ticket: &Ticket) -> sqlx::Result<()> {
    add_text(tx, Text::of_ticket(ticket), &own_words(ticket)).await?;
    before::rebuild(tx, ticket.id).await?;
    rebuild(tx, ticket).await
}

/// Removes a redacted message from the index.
///
/// # Errors
/// The database failed.
pub async fn forget_message(tx: &mut Tx, ticket: &Ticket, message: MessageId) -> sqlx::Result<()> {
    sqlx::query!("delete from text_words where id = $1", message.0)
        .execute(&mut **tx)
        .await?;
    before::rebuild(tx, ticket.id).await?;
    rebuild(tx, ticket).await
}

/// Writes the texts of a ticket and of these messages as they are now, without its parts: [`rebuild`] follows.
///
/// # Errors
/// The database failed.
pub async fn write_texts(tx: &mut Tx, ticket: &Ticket, messages: &[Message]) -> sqlx::Result<()> {
    let index = own_words(ticket);
    before::add_ticket(tx, ticket.id, &index).await?;
    add_text(tx, Text::of_ticket(ticket), &index).await?;
    for message in messages {
        add_text(tx, Text::of_message(message), &words_of(message)).await?;
    }
    Ok(())
}

/// Divides the words of all texts of a ticket into parts again. Its cost grows with the ticket: for edits and redactions.
///
/// # Errors
/// The database failed.
pub async fn rebuild(tx: &mut Tx, ticket: &Ticket) -> sqlx::Result<()> {
    // What the release before has written has no `said`.
    let texts = sqlx::query!(
        r#"select w.is_internal, w.said, case when w.said is null then m.body end as body
           from text_words w left join messages m on m.id = w.id
           where w.ticket_id = $1 and w.id <> $1 order by w.id"#,
        ticket.id.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    let own = own_words(ticket);
    let mut parts = Parts::default();
    parts.add(own.title());
    parts.add(own.lexemes(Viewer::Requester));
    for text in texts {
        let readers = readers(text.is_internal);
        parts.add(match (text.said, text.body) {
            (Some(said), _) => lexemes_said(&said, readers),
            (None, Some(body)) => Index::default()
                .with(&body, Weight::Message)
                .lexemes(readers),
            (None, None) => BTreeSet::new(),
        });
    }
    sqlx::query!(
        "delete from ticket_search where ticket_id = $1",
        ticket.id.0
    )
    .execute(&mut **tx)
    .await?;
    add_parts(tx, ticket, parts).await?;
    sqlx::query!(
        "delete from search_stale s where s.ticket_id = $1
             and not exists (select from text_words w where w.ticket_id = s.ticket_id and w.said is null)",
        ticket.id.0,
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// At most `limit` tickets after `after` whose index is missing or out of date: the release before has written them.
///
/// # Errors
/// The database failed.
pub async fn unindexed(
    db: impl PgExecutor<'_>,
    after: TicketId,
    limit: i64,
) -> sqlx::Result<Vec<TicketId>> {
    sqlx::query_scalar!(
        r#"select id as "id: TicketId" from tickets t
           where id > $1 and (not exists (select from ticket_search s where s.ticket_id = t.id and s.part = 0)
               or exists (select from search_stale s where s.ticket_id = t.id))
           order by id limit $2"#,
        after.0,
        limit,
    )
    .fetch_all(db)
    .await
}

/// At most `limit` tickets after `after` that the release before has changed.
///
/// # Errors
/// The database failed.
pub async fn stale(
    db: impl PgExecutor<'_>,
    after: TicketId,
    limit: i64,
) -> sqlx::Result<Vec<TicketId>> {
    sqlx::query_scalar!(
        r#"select ticket_id as "id: TicketId" from search_stale where ticket_id > $1 order by ticket_id limit $2"#,
        after.0,
        limit,
    )
    .fetch_all(db)
    .await
}

/// A place of the index.
#[derive(Clone, Copy)]
struct Place {
    ticket: TicketId,
    part: i32,
    bucket: i32,
}

async fn add_parts(tx: &mut Tx, ticket: &Ticket, parts: Parts) -> sqlx::Result<()> {
    let parts = parts.into_parts();
    let number = if parts.len() > 1 {
        Kind::Several
    } else {
        Kind::Single
    };
    let (bucket, ticket) = (bucket_of(&ticket.number), ticket.id);
    for (part, mut lexemes) in (0..).zip(parts) {
        lexemes.push(number.lexeme(""));
        add_part(
            tx,
            Place {
                ticket,
                part,
                bucket,
            },
            &lexemes,
        )
        .await?;
    }
    Ok(())
}

async fn add_part(tx: &mut Tx, at: Place, lexemes: &[String]) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into ticket_search (ticket_id, part, bucket, bytes, words)
         select $1::uuid, $2::integer, $3::integer, pg_column_size(words), words from array_to_tsvector(
             array(select $3::integer || lexeme from unnest($4::text[]) as lexeme)
             || case when $2::integer = 0 then search_seen_by_all($1::uuid, $3::integer) else '{}' end) as words",
        at.ticket.0,
        at.part,
        at.bucket,
        lexemes,
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

async fn extend(tx: &mut Tx, ticket: TicketId, part: i32, lexemes: &[String]) -> sqlx::Result<()> {
    sqlx::query!(
        "update ticket_search s set words = s.words || added.words, bytes = pg_column_size(s.words || added.words)
         from ticket_search old cross join lateral array_to_tsvector(
             array(select old.bucket || lexeme from unnest($3::text[]) as lexeme)) as added (words)
         where s.ticket_id = $1 and s.part = $2 and old.ticket_id = s.ticket_id and old.part = s.part",
        ticket.0,
        part,
        lexemes,
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// Marks the first part of a ticket that gets a second one.
async fn divide(tx: &mut Tx, ticket: TicketId) -> sqlx::Result<()> {
    sqlx::query!(
        "update ticket_search set words = ts_delete(words, bucket || $2::text) || array_to_tsvector(array[bucket || $3::text])
         where ticket_id = $1 and part = 0",
        ticket.0,
        Kind::Single.lexeme(""),
        Kind::Several.lexeme(""),
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// Whose text it is.
#[derive(Clone, Copy)]
struct Text {
    id: Uuid,
    ticket: TicketId,
    is_internal: bool,
}

impl Text {
    const fn of_ticket(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id.0,
            ticket: ticket.id,
            is_internal: false,
        }
    }

    const fn of_message(message: &Message) -> Self {
        Self {
            id: message.id.0,
            ticket: message.ticket_id,
            is_internal: message.is_internal,
        }
    }
}

async fn add_text(tx: &mut Tx, text: Text, index: &Index) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into text_words (id, ticket_id, is_internal, words, said) values ($1, $2, $3, $4::text::tsvector, $5)
         on conflict (id) do update set words = excluded.words, said = excluded.said",
        text.id,
        text.ticket.0,
        text.is_internal,
        index.tsvector(),
        index.said(),
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}
