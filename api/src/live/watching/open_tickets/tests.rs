//! Opening and closing tickets, and typing on them.

use super::*;
use crate::live::clients::ClientId;
use domain::people::Role;
use uuid::Uuid;

const AGENT: Actor = Actor {
    id: UserId(Uuid::from_u128(7)),
    role: Role::Support,
};

fn ticket(number: u128) -> TicketId {
    TicketId(Uuid::from_u128(number))
}

fn opened(tickets: &OpenTickets, client: ClientId, number: u128) -> Opened {
    let tell: Tell = Arc::new(|_, _| true);
    tickets.open(client, AGENT, &tell, ticket(number))
}

#[test]
fn a_client_has_a_limited_number_of_tickets_open() {
    let (tickets, client) = (OpenTickets::default(), ClientId::of_test(1));
    for number in 1..=20 {
        assert_eq!(opened(&tickets, client, number), Opened::Now);
    }
    assert_eq!(opened(&tickets, client, 7), Opened::Before);
    assert_eq!(opened(&tickets, client, 21), Opened::TooMany);
    assert!(!tickets.is_open(ticket(21)));
    tickets.close(client, ticket(1)).unwrap();
    assert_eq!(tickets.close(client, ticket(1)), None);
    assert_eq!(opened(&tickets, client, 21), Opened::Now);
}

#[test]
fn nothing_remains_of_a_client_that_is_gone() {
    let tickets = OpenTickets::default();
    let (gone, other) = (ClientId::of_test(1), ClientId::of_test(2));
    for client in [gone, other] {
        opened(&tickets, client, 1);
    }
    opened(&tickets, gone, 2);
    assert_eq!(tickets.close_all(gone).len(), 2);
    assert_eq!(tickets.close_all(gone), []);
    assert_eq!(tickets.clients_of(ticket(1)), [other]);
    assert!(!tickets.is_open(ticket(2)));
    assert_eq!(tickets.staff(), [(ticket(1), vec![(other, AGENT.id)])]);
}

#[test]
fn others_are_told_of_typing_once_in_three_seconds_and_of_an_end_that_had_a_beginning() {
    let (tickets, client) = (OpenTickets::default(), ClientId::of_test(1));
    let start = Instant::now();
    let began = Typing::new(ticket(1), AGENT.id, Visibility::Internal, Moment::Began);
    let types = |typing: Typing, seconds| {
        let now = start + Duration::from_secs(seconds);
        let accepted = tickets.accepts(client, &typing, now);
        if accepted == Accepted::Tell {
            tickets.note_typing(client, &typing, now);
        }
        accepted
    };
    assert_eq!(types(began, 0), Accepted::NotOpen);
    opened(&tickets, client, 1);
    assert_eq!(types(began.ended(), 0), Accepted::Quiet);
    assert_eq!(types(began, 0), Accepted::Tell);
    assert_eq!(types(began, 2), Accepted::Quiet);
    assert_eq!(types(began, 3), Accepted::Tell);
    assert_eq!(types(began.ended(), 4), Accepted::Tell);
    assert_eq!(types(began.ended(), 4), Accepted::Quiet);
    // Beginning and ending again and again tells no more often.
    assert_eq!(types(began, 5), Accepted::Quiet);
    assert_eq!(types(began, 6), Accepted::Tell);
    let closed = tickets.close(client, ticket(1)).unwrap();
    assert_eq!(closed.types, Some(began.ended()));
}

#[test]
fn a_sign_that_was_not_told_keeps_none_quiet_and_neither_does_an_answer_that_becomes_a_note() {
    let (tickets, client) = (OpenTickets::default(), ClientId::of_test(1));
    let now = Instant::now();
    opened(&tickets, client, 1);
    let note = Typing::new(ticket(1), AGENT.id, Visibility::Internal, Moment::Began);
    let answer = Typing::new(ticket(1), AGENT.id, Visibility::Public, Moment::Began);
    for _ in 0..2 {
        assert_eq!(tickets.accepts(client, &answer, now), Accepted::Tell);
    }
    tickets.note_typing(client, &answer, now);
    assert_eq!(tickets.accepts(client, &answer, now), Accepted::Quiet);
    assert_eq!(tickets.accepts(client, &note, now), Accepted::Tell);
}

#[test]
fn the_people_of_a_ticket_are_told_when_they_are_others_than_before() {
    let (tickets, client) = (OpenTickets::default(), ClientId::of_test(1));
    let people = [AGENT.id];
    assert!(!tickets.is_news(ticket(1), &people), "nobody to tell");
    opened(&tickets, client, 1);
    for _ in 0..2 {
        assert!(tickets.is_news(ticket(1), &people), "until it is told");
    }
    tickets.note_told(ticket(1), Some(&people));
    assert!(!tickets.is_news(ticket(1), &people));
    assert!(tickets.is_news(ticket(1), &[]));
    tickets.note_told(ticket(1), None);
    assert!(tickets.is_news(ticket(1), &people), "a client missed it");
}
