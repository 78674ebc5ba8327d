//! The SQL of the texts that phrases and ranks are read from. No decisions.

use super::{own_words, words_of};
use domain::{
    ids::TicketId,
    tickets::{Message, Ticket, search::index::Index},
};
use platform::work::Tx;
use uuid::Uuid;

/// Writes the texts of a ticket and of these messages as they are now, without its parts: [`rebuild`] follows.
///
/// # Errors
/// The database failed.
pub async fn write_texts(tx: &mut Tx, ticket: &Ticket, messages: &[Message]) -> sqlx::Result<()> {
    let index = own_words(ticket);
    add_text(tx, Text::of_ticket(ticket), &index).await?;
    for message in messages {
        add_text(tx, Text::of_message(message), &words_of(message)).await?;
    }
    Ok(())
}

/// Whose text it is.
#[derive(Clone, Copy)]
pub(super) struct Text {
    id: Uuid,
    ticket: TicketId,
    is_internal: bool,
}

impl Text {
    pub(super) const fn of_ticket(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id.0,
            ticket: ticket.id,
            is_internal: false,
        }
    }

    pub(super) const fn of_message(message: &Message) -> Self {
        Self {
            id: message.id.0,
            ticket: message.ticket_id,
            is_internal: message.is_internal,
        }
    }
}

/// Writes a text, or replaces it.
///
/// # Errors
/// The database failed.
pub(super) async fn add_text(tx: &mut Tx, text: Text, index: &Index) -> sqlx::Result<()> {
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
