//! The SQL of the search index, which is written in the transaction that writes the text. The row of the ticket is
//! locked, so that nobody else writes its parts.

mod quotable;
mod texts;

pub use quotable::quotable;
pub use texts::write_texts;
use texts::{Text, add_text};

use domain::tickets::search::{
    index::{Index, Kind, NOBODY, Parts, Weight, lexemes_said},
    query::bucket_of,
};
use domain::{
    ids::{MessageId, TicketId},
    tickets::{Message, Ticket, access::Viewer},
};
use platform::work::Tx;
use sqlx::PgExecutor;
use std::collections::BTreeSet;

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

/// Adds a new ticket to the index. It is active, and nobody's.
///
/// # Errors
/// The database failed.
pub async fn add_ticket(tx: &mut Tx, ticket: &Ticket) -> sqlx::Result<()> {
    let index = own_words(ticket);
    let mut parts = own_parts(&index).into_parts().into_iter();
    let customer = ticket.customer_id.0.simple().to_string();
    let seen_by = [customer.as_str(), NOBODY].map(|who| Kind::SeenBy.lexeme(who));
    let of_first = seen_by.into_iter().chain([Kind::Active.lexeme("")]);
    let number = number_of(parts.len());
    let first = parts.next().into_iter().flatten().chain(of_first);
    let first: Vec<_> = first.chain([number.lexeme("")]).collect();
    sqlx::query!(
        "with text as (
             insert into text_words (id, ticket_id, is_internal, words, said) values ($1, $1, false, $2::text::tsvector, $3))
         insert into ticket_search (ticket_id, part, bucket, bytes, words)
         select $1, 0, $4::integer, pg_column_size(words), words
         from array_to_tsvector(array(select $4::integer || lexeme from unnest($5::text[]) as lexeme)) as words",
        ticket.id.0,
        index.tsvector(),
        index.said(),
        bucket_of(&ticket.number),
        &first,
    )
    .execute(&mut **tx)
    .await?;
    for (part, lexemes) in (1..).zip(parts) {
        add_part(tx, Place::of(ticket, part), lexemes, number).await?;
    }
    Ok(())
}

/// The last part of a ticket, and whether it had room for a message.
struct LastPart {
    part: i32,
    bucket: i32,
    bytes: i32,
    has_room: bool,
}

/// Adds a message to the index: to the last part of its ticket, or as further parts. A ticket that is not in the index
/// is left to [`rebuild`].
///
/// # Errors
/// The database failed.
pub async fn add_message(tx: &mut Tx, message: &Message) -> sqlx::Result<()> {
    let index = words_of(message);
    let lexemes = index.lexemes(readers(message.is_internal));
    let ticket = message.ticket_id;
    let Some(last) = add_text_of(tx, message, &index, &lexemes).await? else {
        return Ok(());
    };
    if last.has_room {
        return Ok(());
    }
    let mut parts = Parts::after(usize::try_from(last.bytes).unwrap_or(usize::MAX));
    parts.add(lexemes);
    let mut parts = parts.into_parts().into_iter();
    let continued = parts.next().unwrap_or_default();
    if !continued.is_empty() {
        extend(tx, ticket, last.part, &continued).await?;
    }
    if parts.len() > 0 && last.part == 0 {
        divide(tx, ticket).await?;
    }
    for (part, lexemes) in (last.part.saturating_add(1)..).zip(parts) {
        let place = Place {
            ticket,
            part,
            bucket: last.bucket,
        };
        add_part(tx, place, lexemes, Kind::Several).await?;
    }
    Ok(())
}

/// Adds the text of a message, and its lexemes to the last part of its ticket if they fit there, as most do: one statement.
async fn add_text_of(
    tx: &mut Tx,
    message: &Message,
    index: &Index,
    lexemes: &BTreeSet<String>,
) -> sqlx::Result<Option<LastPart>> {
    let room = Parts::room_for(lexemes).and_then(|room| i32::try_from(room).ok());
    let lexemes: Vec<_> = lexemes.iter().cloned().collect();
    sqlx::query_as!(
        LastPart,
        r#"with text as (
             insert into text_words (id, ticket_id, is_internal, words, said) values ($1, $2, $3, $4::text::tsvector, $5)
             on conflict (id) do update set words = excluded.words, said = excluded.said),
         last as materialized (
             select part, bucket, bytes from ticket_search where ticket_id = $2 order by part desc limit 1),
         grown as (
             update ticket_search s set words = s.words || added.words, bytes = pg_column_size(s.words || added.words)
             from last cross join lateral array_to_tsvector(
                 array(select last.bucket || lexeme from unnest($6::text[]) as lexeme)) as added (words)
             where s.ticket_id = $2 and s.part = last.part and last.bytes <= $7)
         select part, bucket, bytes, coalesce(bytes <= $7, false) as "has_room!" from last"#,
        message.id.0,
        message.ticket_id.0,
        message.is_internal,
        index.tsvector(),
        index.said(),
        &lexemes,
        room,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Replaces the words of number, subject, tags and description. A removed word is found no more, unless a message
/// has it.
///
/// # Errors
/// The database failed.
pub async fn change_ticket(tx: &mut Tx, ticket: &Ticket) -> sqlx::Result<()> {
    forget_former_words(tx, ticket.id).await?;
    add_text(tx, Text::of_ticket(ticket), &own_words(ticket)).await?;
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
    forget_former_words(tx, ticket.id).await?;
    rebuild(tx, ticket).await
}

/// Deletes the words of a ticket from `ticket_words`, the index of an earlier release, which nobody reads any longer and which
/// goes with a later migration: a redacted text must not stay in it.
async fn forget_former_words(tx: &mut Tx, ticket: TicketId) -> sqlx::Result<()> {
    sqlx::query!("delete from ticket_words where ticket_id = $1", ticket.0)
        .execute(&mut **tx)
        .await
        .map(|_| ())
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
    let mut parts = own_parts(&own_words(ticket));
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

impl Place {
    fn of(ticket: &Ticket, part: i32) -> Self {
        Self {
            ticket: ticket.id,
            part,
            bucket: bucket_of(&ticket.number),
        }
    }
}

/// The lexemes of a ticket without its messages.
fn own_parts(own: &Index) -> Parts {
    let mut parts = Parts::default();
    parts.add(own.title());
    parts.add(own.lexemes(Viewer::Requester));
    parts
}

const fn number_of(parts: usize) -> Kind {
    if parts > 1 {
        Kind::Several
    } else {
        Kind::Single
    }
}

async fn add_parts(tx: &mut Tx, ticket: &Ticket, parts: Parts) -> sqlx::Result<()> {
    let parts = parts.into_parts();
    let number = number_of(parts.len());
    for (part, lexemes) in (0..).zip(parts) {
        add_part(tx, Place::of(ticket, part), lexemes, number).await?;
    }
    Ok(())
}

async fn add_part(
    tx: &mut Tx,
    at: Place,
    mut lexemes: Vec<String>,
    number: Kind,
) -> sqlx::Result<()> {
    lexemes.push(number.lexeme(""));
    sqlx::query!(
        "insert into ticket_search (ticket_id, part, bucket, bytes, words)
         select $1::uuid, $2::integer, $3::integer, pg_column_size(words), words from array_to_tsvector(
             array(select $3::integer || lexeme from unnest($4::text[]) as lexeme)
             || case when $2::integer = 0 then search_seen_by_all($1::uuid, $3::integer) else '{}' end) as words",
        at.ticket.0,
        at.part,
        at.bucket,
        &lexemes,
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
