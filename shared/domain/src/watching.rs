//! Who has a ticket open and who types on it, and who is told so. The rights are those of reading and writing at that
//! moment; nobody learns more by it than by the messages themselves. Pure.

use crate::{
    actor::Actor,
    feed::Concerned,
    ids::UserId,
    tickets::{
        Visibility,
        access::{self, Action, Denied, Scope, Viewer},
    },
};

/// The beginning or the end of typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The person types.
    Began,
    /// The person no longer types.
    Ended,
}

/// Whether `actor` may have the ticket open.
///
/// # Errors
/// The reason of the denial.
pub fn may_open(actor: &Actor, now: Concerned) -> Result<(), Denied> {
    may(actor, Action::See, now)
}

/// Whether `actor` may be shown as typing: a public message, or an internal note.
///
/// # Errors
/// The reason of the denial.
pub fn may_type(actor: &Actor, what: Visibility, now: Concerned) -> Result<(), Denied> {
    let action = match what {
        Visibility::Public => Action::Message,
        Visibility::Internal => Action::Note,
    };
    may(actor, action, now)
}

fn may(actor: &Actor, action: Action, now: Concerned) -> Result<(), Denied> {
    let Concerned {
        customer,
        assigned_to,
        mention,
    } = now;
    access::may_on(actor, action, customer, assigned_to, mention)
}

/// Whether `listener`, who has the ticket open, is told that `typist` types. Nobody is told of their own typing, and
/// requesters are not told of notes.
#[must_use]
pub fn hears_typing(listener: &Actor, typist: UserId, what: Visibility, now: Concerned) -> bool {
    let is_for = match what {
        Visibility::Public => true,
        Visibility::Internal => is_staff(listener),
    };
    is_for && listener.id != typist && may_open(listener, now).is_ok()
}

/// Whether `listener`, who has the ticket open, is told which staff have it open. Requesters are not.
#[must_use]
pub fn hears_of_watchers(listener: &Actor, now: Concerned) -> bool {
    is_staff(listener) && may_open(listener, now).is_ok()
}

fn is_staff(listener: &Actor) -> bool {
    match Scope::of(listener).reader() {
        Viewer::Staff => true,
        Viewer::Requester => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{people::Role, tickets::access::Mention};
    use uuid::Uuid;

    const CUSTOMER: UserId = UserId(Uuid::from_u128(1));
    const STRANGER: UserId = UserId(Uuid::from_u128(2));
    const ASSIGNEE: UserId = UserId(Uuid::from_u128(3));
    const COLLEAGUE: UserId = UserId(Uuid::from_u128(4));
    const ADMIN: UserId = UserId(Uuid::from_u128(5));

    const PEOPLE: [(UserId, Role); 5] = [
        (CUSTOMER, Role::Customer),
        (STRANGER, Role::Corporate),
        (ASSIGNEE, Role::Support),
        (COLLEAGUE, Role::Support),
        (ADMIN, Role::Admin),
    ];

    fn concerned(mention: Mention) -> Concerned {
        Concerned {
            customer: CUSTOMER,
            assigned_to: Some(ASSIGNEE),
            mention,
        }
    }

    /// For customer, stranger, assignee, colleague and admin, in this order.
    fn each<T>(asked: impl Fn(&Actor) -> T) -> [T; 5] {
        PEOPLE.map(|(id, role)| asked(&Actor { id, role }))
    }

    #[test]
    fn a_note_in_the_making_is_for_staff_and_an_answer_for_the_customer_too() {
        let now = concerned(Mention::NotMentioned);
        let hears = |typist, what| each(|one| hears_typing(one, typist, what, now));
        let answer = hears(ASSIGNEE, Visibility::Public);
        assert_eq!(answer, [true, false, false, false, true]);
        let note = hears(ASSIGNEE, Visibility::Internal);
        assert_eq!(note, [false, false, false, false, true]);
        let question = hears(CUSTOMER, Visibility::Public);
        assert_eq!(question, [false, false, true, false, true]);
    }

    #[test]
    fn staff_who_see_a_ticket_are_told_who_has_it_open_and_requesters_never_are() {
        let hears = |mention| each(|one| hears_of_watchers(one, concerned(mention)));
        let plain = hears(Mention::NotMentioned);
        assert_eq!(plain, [false, false, true, false, true]);
        let mentioned = hears(Mention::Mentioned);
        assert_eq!(mentioned, [false, false, true, true, true]);
    }

    #[test]
    fn typing_needs_the_right_to_write() {
        let may = |what, mention| each(|one| may_type(one, what, concerned(mention)));
        let (role, hidden) = (Err(Denied::Role), Err(Denied::Hidden));
        assert_eq!(
            may(Visibility::Public, Mention::NotMentioned),
            [Ok(()), hidden, Ok(()), hidden, Ok(())]
        );
        assert_eq!(
            may(Visibility::Internal, Mention::NotMentioned),
            [role, role, Ok(()), hidden, Ok(())]
        );
        let only_notes = may(Visibility::Public, Mention::Mentioned);
        assert_eq!(only_notes[3], Err(Denied::MentionedOnly));
        assert_eq!(may(Visibility::Internal, Mention::Mentioned)[3], Ok(()));
    }
}
