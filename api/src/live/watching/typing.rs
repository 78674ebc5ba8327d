//! Who is shown as typing at the watchers of this process, and for how long. Pure.

use super::sign::Typing;
use domain::{
    ids::{TicketId, UserId},
    watching::Moment,
};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// How long typing is shown after it was told. Clients are told of the end as well.
const SHOWN_FOR: Duration = Duration::from_secs(6);

/// Everybody who is shown as typing.
#[derive(Debug, Default)]
pub(super) struct Shown(HashMap<(TicketId, UserId), (Typing, Instant)>);

impl Shown {
    /// Takes a sign over. The result is what has to be told: nothing for an end of what is not shown, and the end of an
    /// answer before the beginning of a note by the same person, since others see it.
    pub fn take(&mut self, typing: Typing, now: Instant) -> Vec<Typing> {
        let key = (typing.ticket, typing.person);
        let before = self.0.remove(&key).map(|(before, _)| before);
        match typing.moment {
            Moment::Ended => before.map(Typing::ended).into_iter().collect(),
            Moment::Began => {
                self.0.insert(key, (typing, now + SHOWN_FOR));
                let other = before.filter(|before| before.what() != typing.what());
                let ended = other.map(Typing::ended);
                ended.into_iter().chain([typing]).collect()
            }
        }
    }

    /// What a person is shown to type on a ticket.
    pub fn of(&self, ticket: TicketId, person: UserId) -> Option<Typing> {
        self.0.get(&(ticket, person)).map(|(typing, _)| *typing)
    }

    /// The ends of what has been shown for long enough. They have to be taken over like signs.
    pub fn expired(&self, now: Instant) -> Vec<Typing> {
        let expired = self.0.values().filter(|(_, until)| *until <= now);
        expired.map(|(typing, _)| typing.ended()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::tickets::Visibility;
    use uuid::Uuid;

    fn typing(what: Visibility) -> Typing {
        let (ticket, person) = (TicketId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        Typing::new(ticket, person, what, Moment::Began)
    }

    #[test]
    fn typing_ends_by_itself_unless_it_goes_on() {
        let (mut shown, start) = (Shown::default(), Instant::now());
        let answer = typing(Visibility::Public);
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(shown.take(answer, start), [answer]);
        assert_eq!(shown.take(answer, after(3)), [answer], "told again");
        assert_eq!(shown.expired(after(8)), []);
        assert_eq!(shown.expired(after(9)), [answer.ended()]);
        assert_eq!(shown.take(answer.ended(), after(9)), [answer.ended()]);
        assert_eq!(shown.take(answer.ended(), after(9)), [], "told once");
        assert_eq!(shown.expired(after(99)), []);
    }

    #[test]
    fn an_answer_ends_before_a_note_begins() {
        let (mut shown, now) = (Shown::default(), Instant::now());
        let (answer, note) = (typing(Visibility::Public), typing(Visibility::Internal));
        shown.take(answer, now);
        assert_eq!(shown.take(note, now), [answer.ended(), note]);
        // An end is that of what is shown, whatever the sign says.
        assert_eq!(shown.take(answer.ended(), now), [note.ended()]);
    }
}
