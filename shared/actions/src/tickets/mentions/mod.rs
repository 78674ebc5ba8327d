//! Whom internal notes mention, and what they may therefore see. A mention is kept in the transaction
//! that writes its note, and goes with the note's text.

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

/// Whether `actor` may do `action` to `ticket`, by the rules of [`access`].
///
/// # Errors
/// The database failed; the inner one says why not.
pub async fn may(
    db: &mut PgConnection,
    actor: &Actor,
    action: Action,
    ticket: &Ticket,
) -> sqlx::Result<Result<(), Denied>> {
    let mention = of_actor(db, actor, ticket).await?;
    Ok(access::may(actor, action, ticket, mention))
}

/// Whether a note of the ticket mentions `actor`. It is looked up only where it counts: for an agent
/// who does not see the ticket otherwise.
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

/// Keeps whom a note mentions. Nobody mentions themselves.
///
/// # Errors
/// The database failed.
pub(in crate::tickets) async fn keep(tx: &mut Tx, note: &Message) -> sqlx::Result<()> {
    if note.is_internal {
        learn(tx, note.id, note.sender_id, &note.body).await?;
    }
    Ok(())
}

/// The staff whom a note mentions. A note that a release without mentions wrote is read here.
///
/// # Errors
/// The database failed.
pub async fn of_note(tx: &mut Tx, note: MessageId) -> sqlx::Result<Vec<UserId>> {
    let known = store::of_note(&mut **tx, note).await?;
    if !known.is_empty() {
        return Ok(known);
    }
    match store::unredacted(&mut **tx, note).await? {
        Some(unread) => learn(tx, note, unread.sender_id, &unread.body).await,
        None => Ok(Vec::new()),
    }
}

async fn learn(
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
