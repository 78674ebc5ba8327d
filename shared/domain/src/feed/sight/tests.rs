//! Who is told of what, over all roles.

use super::*;
use crate::{
    ids::{EventId, MessageId, NotificationId, TicketId},
    people::Role,
    sla::Metric,
    tickets::{EventActor, TicketEvent},
};
use chrono::DateTime;
use uuid::Uuid;

const CUSTOMER: UserId = UserId(Uuid::from_u128(1));
const STRANGER: UserId = UserId(Uuid::from_u128(2));
const ASSIGNEE: UserId = UserId(Uuid::from_u128(3));
const COLLEAGUE: UserId = UserId(Uuid::from_u128(4));
const ADMIN: UserId = UserId(Uuid::from_u128(5));

fn change(kind: TicketEventKind) -> FeedChange {
    let event = TicketEvent {
        id: EventId(Uuid::nil()),
        ticket: TicketId(Uuid::nil()),
        at: DateTime::UNIX_EPOCH,
        by: EventActor::System,
        kind,
    };
    FeedChange::Ticket { event, version: 2 }
}

/// What each of customer, stranger, assignee, colleague and admin is told, in this order.
fn told(kind: TicketEventKind, assigned_to: Option<UserId>, mention: Mention) -> [Sight; 5] {
    let change = change(kind);
    let now = Concerned {
        customer: CUSTOMER,
        assigned_to,
        mention,
    };
    [
        (CUSTOMER, Role::Customer),
        (STRANGER, Role::Corporate),
        (ASSIGNEE, Role::Support),
        (COLLEAGUE, Role::Support),
        (ADMIN, Role::Admin),
    ]
    .map(|(id, role)| sight(&Actor { id, role }, &change, Some(now)))
}

const NOT_MENTIONED: Mention = Mention::NotMentioned;

fn note() -> TicketEventKind {
    let message = MessageId(Uuid::nil());
    TicketEventKind::NoteAdded { message }
}

fn assigned(from: Option<UserId>, to: UserId) -> TicketEventKind {
    TicketEventKind::Assigned {
        from,
        to,
        reason: None,
    }
}

#[test]
fn a_public_change_is_told_to_the_customer_the_assignee_and_admins() {
    use Sight::{Full, Nothing};
    let told_of = told(TicketEventKind::Closed, Some(ASSIGNEE), NOT_MENTIONED);
    assert_eq!(told_of, [Full, Nothing, Full, Nothing, Full]);
    let unassigned = told(TicketEventKind::Created, None, NOT_MENTIONED);
    assert_eq!(unassigned, [Full, Nothing, Full, Full, Full]);
}

#[test]
fn an_internal_note_is_told_to_staff_only_and_a_mention_shows_it() {
    use Sight::{Full, Nothing};
    let told_of = told(note(), Some(ASSIGNEE), NOT_MENTIONED);
    assert_eq!(told_of, [Nothing, Nothing, Full, Nothing, Full]);
    // A mention widens the sight of agents, and of nobody else.
    let mentioned = told(note(), Some(ASSIGNEE), Mention::Mentioned);
    assert_eq!(mentioned, [Nothing, Nothing, Full, Full, Full]);
}

#[test]
fn a_requester_is_told_that_an_internal_change_happened_and_nobody_else_is_told_less() {
    use Sight::{Changed, Full, Nothing};
    let breached = TicketEventKind::SlaBreached {
        metric: Metric::Resolution,
        cycle: 0,
        detected_after_stop: false,
    };
    let told_of = told(breached, Some(ASSIGNEE), NOT_MENTIONED);
    assert_eq!(told_of, [Changed, Nothing, Full, Nothing, Full]);
}

#[test]
fn a_ticket_that_is_handed_over_is_removed_for_those_who_saw_it() {
    use Sight::{Changed, Full, Nothing, Removed};
    let taken = told(assigned(None, ASSIGNEE), Some(ASSIGNEE), NOT_MENTIONED);
    assert_eq!(taken, [Full, Nothing, Full, Removed, Full]);
    let handed_over = told(
        assigned(Some(COLLEAGUE), ASSIGNEE),
        Some(ASSIGNEE),
        NOT_MENTIONED,
    );
    assert_eq!(handed_over, [Full, Nothing, Full, Removed, Full]);
    // Their own assignment took nothing away, though they have lost the ticket since.
    let own = told(assigned(None, COLLEAGUE), Some(ASSIGNEE), NOT_MENTIONED);
    assert_eq!(own[3], Nothing);
    // Another agent had it: the colleague never saw it, and does not hear of it.
    let among_others = told(
        assigned(Some(STRANGER), ASSIGNEE),
        Some(ASSIGNEE),
        NOT_MENTIONED,
    );
    assert_eq!(among_others, [Full, Nothing, Full, Nothing, Full]);
    let escalated = TicketEventKind::Escalated {
        level: 1,
        from: Some(COLLEAGUE),
        to: Some(ASSIGNEE),
        reason: String::new(),
        automatic: true,
    };
    let told_of = told(escalated, Some(ASSIGNEE), NOT_MENTIONED);
    assert_eq!(told_of, [Changed, Nothing, Full, Removed, Full]);
}

#[test]
fn a_ticket_is_removed_for_an_agent_whose_mention_was_redacted() {
    use Sight::{Full, Nothing, Removed};
    let redacted = |mentioned| TicketEventKind::MessageRedacted {
        message: MessageId(Uuid::nil()),
        is_internal: true,
        reason: String::new(),
        mentioned,
    };
    let taken = told(redacted(vec![COLLEAGUE]), Some(ASSIGNEE), NOT_MENTIONED);
    assert_eq!(taken, [Nothing, Nothing, Full, Removed, Full]);
    // Another note mentions the colleague still, or nobody has the ticket.
    let another = told(
        redacted(vec![COLLEAGUE]),
        Some(ASSIGNEE),
        Mention::Mentioned,
    );
    assert_eq!(another, [Nothing, Nothing, Full, Full, Full]);
    let unassigned = told(redacted(vec![COLLEAGUE]), None, NOT_MENTIONED);
    assert_eq!(unassigned, [Nothing, Nothing, Full, Full, Full]);
    // It mentioned other people, or nobody: the colleague never saw it, and does not hear of it.
    for mentioned in [vec![STRANGER, ADMIN], vec![]] {
        let among_others = told(redacted(mentioned), Some(ASSIGNEE), NOT_MENTIONED);
        assert_eq!(among_others, [Nothing, Nothing, Full, Nothing, Full]);
    }
    // A person who is no longer an agent is told as little as any other stranger.
    let former = told(redacted(vec![STRANGER]), Some(ASSIGNEE), NOT_MENTIONED);
    assert_eq!(former[1], Nothing);
}

#[test]
fn the_right_counts_at_the_time_of_telling() {
    // Created while unassigned, read after the assignment.
    let late = told(TicketEventKind::Created, Some(ASSIGNEE), NOT_MENTIONED);
    assert_eq!(late[3], Sight::Nothing);
    let gone = sight(
        &Actor {
            id: ADMIN,
            role: Role::Admin,
        },
        &change(TicketEventKind::Closed),
        None,
    );
    assert_eq!(gone, Sight::Nothing);
}

#[test]
fn availability_is_for_staff_and_a_notification_for_its_person() {
    let of = |id, role, change: &FeedChange| sight(&Actor { id, role }, change, None);
    let availability = FeedChange::Availability { agent: ASSIGNEE };
    assert_eq!(of(COLLEAGUE, Role::Support, &availability), Sight::Full);
    assert_eq!(of(ADMIN, Role::Admin, &availability), Sight::Full);
    assert_eq!(of(CUSTOMER, Role::Customer, &availability), Sight::Nothing);
    let notification = FeedChange::Notification {
        person: CUSTOMER,
        notification: NotificationId(Uuid::nil()),
    };
    assert_eq!(of(CUSTOMER, Role::Customer, &notification), Sight::Full);
    assert_eq!(of(ADMIN, Role::Admin, &notification), Sight::Nothing);
    let read = FeedChange::NotificationsRead { person: CUSTOMER };
    assert_eq!(of(CUSTOMER, Role::Customer, &read), Sight::Full);
    assert_eq!(of(ADMIN, Role::Admin, &read), Sight::Nothing);
}
