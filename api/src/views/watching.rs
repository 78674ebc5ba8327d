//! Who types on a ticket and who has it open, as sockets are told. These events are in no feed.

pub use super::people::People;
use super::people::{Sender, sender};
use domain::{
    ids::{TicketId, UserId},
    tickets::Visibility,
    watching::Moment,
};
use serde::Serialize;
use serde_json::{Value, json};

/// A person types, or has stopped.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TypingView<'a> {
    ticket_id: TicketId,
    person: Sender<'a>,
    is_internal: bool,
    typing: bool,
}

impl<'a> TypingView<'a> {
    /// The event about a person.
    #[must_use]
    pub fn new(
        ticket: TicketId,
        person: UserId,
        what: Visibility,
        moment: Moment,
        people: &'a People,
    ) -> Self {
        Self {
            ticket_id: ticket,
            person: sender(person, people),
            is_internal: what == Visibility::Internal,
            typing: moment == Moment::Began,
        }
    }
}

/// The people of staff who have a ticket open.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WatchersView<'a> {
    ticket_id: TicketId,
    viewers: Vec<Sender<'a>>,
}

impl<'a> WatchersView<'a> {
    /// The event about these people.
    #[must_use]
    pub fn new(ticket: TicketId, watchers: &[UserId], people: &'a People) -> Self {
        Self {
            ticket_id: ticket,
            viewers: staff(watchers, people),
        }
    }
}

/// The same in the answer to a client that opens a ticket.
#[must_use]
pub fn viewers(watchers: &[UserId], people: &People) -> Value {
    json!(staff(watchers, people))
}

/// Those who are staff now.
fn staff<'a>(watchers: &[UserId], people: &'a People) -> Vec<Sender<'a>> {
    let staff = watchers.iter().filter(|person| {
        let named = people.get(person);
        named.is_some_and(|named| named.active && named.role.is_staff())
    });
    staff.map(|person| sender(*person, people)).collect()
}
