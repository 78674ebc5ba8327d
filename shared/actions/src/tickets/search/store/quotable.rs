//! The SQL of the texts that a page of a search quotes.

use domain::ids::{MessageId, TicketId};
use domain::tickets::{
    Ticket,
    access::Viewer,
    search::{Field, Quotable, Search},
};
use sqlx::PgConnection;

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
    tickets: &[&Ticket],
    reader: Viewer,
) -> sqlx::Result<Vec<Quotable>> {
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id.0).collect();
    let messages = sqlx::query!(
        r#"select m.ticket_id as "ticket_id: TicketId", m.id as "id: MessageId", m.body
           from unnest($1::uuid[]) as wanted (ticket_id)
           cross join lateral (
               select m.ticket_id, m.id, m.body, m.created_at, m.position
               from text_words w join messages m on m.id = w.id
               where w.ticket_id = wanted.ticket_id and (not w.is_internal or $3)
                   and exists (select from unnest($2::text[]) as term where strpos(w.said, term) > 0)
               order by m.created_at desc, m.position desc limit $4
           ) m
           order by m.created_at desc, m.position desc"#,
        &ids,
        &search.said().collect::<Vec<_>>(),
        reader == Viewer::Staff,
        QUOTED,
    )
    .fetch_all(db)
    .await?;
    let own = tickets.iter().copied().flat_map(texts_of);
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
