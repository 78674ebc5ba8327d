//! The people whom internal notes mention, and who may therefore see the ticket. A mention is stored in the
//! transaction that writes its note, and deleted when the note is redacted.

mod store;

use domain::tickets::{
    Message, Ticket,
    access::{self, Action, Denied, Mention, Scope},
};
use domain::{
    actor::Actor,
    ids::{MessageId, UserId},
    notifications::mentions,
};
use platform::work::Tx;
use sqlx::PgConnection;

pub(in crate::tickets) use store::forget;
pub(crate) use store::of_tickets;

/// Whether `actor` may do `action` to `ticket`, by the rules of [`access`].
///
/// # Errors
/// The database failed. The inner result has the reason for a denied access.
pub async fn may(
    db: &mut PgConnection,
    actor: &Actor,
    action: Action,
    ticket: &Ticket,
) -> sqlx::Result<Result<(), Denied>> {
    let mention = of_actor(db, actor, ticket).await?;
    Ok(access::may(actor, action, ticket, mention))
}

/// Whether a note of the ticket mentions `actor`. The database is asked only for an agent who does not see the
/// ticket otherwise; for anybody else the answer is [`Mention::NotMentioned`].
///
/// # Errors
/// The database failed.
pub async fn of_actor(
    db: &mut PgConnection,
    actor: &Actor,
    ticket: &Ticket,
) -> sqlx::Result<Mention> {
    let scope = Scope::of(actor);
    let counts = !scope.includes(ticket) && scope.is_widened_by(Mention::Mentioned);
    Ok(
        if counts && store::is_mentioned(db, actor.id, ticket.id).await? {
            Mention::Mentioned
        } else {
            Mention::NotMentioned
        },
    )
}

/// Stores the mentions of a note. A mention of its own author does not count.
///
/// # Errors
/// The database failed.
pub(in crate::tickets) async fn keep(tx: &mut Tx, note: &Message) -> sqlx::Result<()> {
    if note.is_internal {
        store_mentions(tx, note.id, note.sender_id, &note.body).await?;
    }
    Ok(())
}

/// The staff whom a note mentions. The text is read again where no mentions are stored, since an earlier release
/// may have written the note.
///
/// # Errors
/// The database failed.
pub async fn of_note(tx: &mut Tx, note: MessageId) -> sqlx::Result<Vec<UserId>> {
    let known = store::of_note(&mut **tx, note).await?;
    if !known.is_empty() {
        return Ok(known);
    }
    match store::unredacted(&mut **tx, note).await? {
        Some(text) => store_mentions(tx, note, text.sender_id, &text.body).await,
        None => Ok(Vec::new()),
    }
}

/// Finds the mentions in a text and stores them.
async fn store_mentions(
    tx: &mut Tx,
    note: MessageId,
    sender: Option<UserId>,
    text: &str,
) -> sqlx::Result<Vec<UserId>> {
    let mentions = mentions(text);
    if mentions.is_empty() {
        return Ok(Vec::new());
    }
    let known = store::employees(&mut **tx, &mentions.concat()).await?;
    let whose = |id: &String| {
        known
            .iter()
            .find(|(other, _)| other == id)
            .map(|(_, person)| *person)
    };
    let mut mentioned: Vec<_> = mentions
        .iter()
        .filter_map(|ids| ids.iter().find_map(whose))
        .filter(|person| Some(*person) != sender)
        .collect();
    mentioned.sort_unstable();
    mentioned.dedup();
    store::insert(&mut **tx, note, &mentioned).await?;
    Ok(mentioned)
}
