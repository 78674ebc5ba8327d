//! The ticket of the examples in the document: a payment fails, and an agent helps. It is built from the types
//! of the domain, and shown by the views that show real tickets.

use super::{
    event,
    people::People,
    thread::{self, MessageView},
    ticket::{self, Ticket},
};
use crate::openapi::ExampleStage;
use actions::{
    directory::Named,
    following::Details,
    tickets::read::{Showing, Shown},
};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{
    attachments::{Attachment, NewAttachment},
    feed::{FeedChange, FeedEntry, FeedPosition},
    ids::{EventId, MessageId, TicketId, UserId},
    json::Json,
    people::{
        AgentStats, Availability, Department, Level, Person, Role, Shift, SupportInfo, Weekday,
    },
    sla::{Clocks, Policy},
    tickets::{
        Category, EventActor, Message, NewTicket, Opening, Priority, Resolution, ResolutionType,
        SenderType, Status, TicketEvent, TicketEventKind, TicketNumber, access::Viewer,
    },
};
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

const CUSTOMER: UserId = UserId(id(1));
const AGENT: UserId = UserId(id(2));
const SENIOR: UserId = UserId(id(3));
const TICKET: TicketId = TicketId(id(4));
const ANSWER: MessageId = MessageId(id(5));
/// A position in the feed, as clients see it.
const EXAMPLE_POSITION: &str = "zp0vFh2Kx1p3oPzJH8bVqkq5Jc8nM4cT9sQmXw7uYbA1dEfG";
pub(super) const AT_RISK_PERCENT: i16 = 80;

/// A `UUIDv7` of the day of the example.
const fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0199_9ec9_0c00_7000_8000_0000_0000_0000 + number)
}

/// The instant so many minutes after Wednesday, 1 October 2025, 08:00 UTC.
pub(super) fn minute(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_759_305_600) + TimeDelta::minutes(minutes)
}

/// The ticket with its people, messages and events.
pub(super) struct ExampleTicket {
    pub shown: Shown,
    pub people: People,
    messages: Vec<Message>,
    pub events: Vec<TicketEvent>,
    pub now: DateTime<Utc>,
}

impl ExampleTicket {
    /// The ticket at that stage.
    pub fn until(stage: ExampleStage) -> Self {
        let mut fixture = Self::created();
        if stage >= ExampleStage::Answered {
            fixture.answered();
        }
        if stage == ExampleStage::Redacted {
            fixture.redacted();
        }
        // Only at that stage: a closed example ticket was never escalated.
        if stage == ExampleStage::Escalated {
            fixture.escalated();
        }
        if stage >= ExampleStage::Closed {
            fixture.closed();
        }
        if stage == ExampleStage::Rated {
            fixture.rated();
        }
        if stage == ExampleStage::Reopened {
            fixture.reopened();
        }
        fixture
    }

    fn created() -> Self {
        let customer = named(CUSTOMER, "Asha", "Mwangi", Role::Customer);
        let ticket = new_ticket(&customer);
        let mut fixture = Self {
            shown: Shown {
                clocks: Clocks::open(&ticket.policy, ticket.created_at),
                ticket,
                escalations: Vec::new(),
            },
            people: [
                customer,
                named(AGENT, "Sarah", "Otieno", Role::Support),
                named(SENIOR, "Daniel", "Kamau", Role::Support),
            ]
            .into_iter()
            .map(|named| (named.id, named))
            .collect(),
            messages: Vec::new(),
            events: Vec::new(),
            now: minute(0),
        };
        let by = EventActor::Person(CUSTOMER, Role::Customer);
        fixture.records(0, by, TicketEventKind::Created);
        fixture
    }

    /// Records an event that changes the ticket: the version goes up by one.
    fn changes(&mut self, minutes: i64, by: EventActor, what: TicketEventKind) {
        self.records(minutes, by, what);
        self.shown.ticket.updated_at = self.now;
        self.shown.ticket.version += 1;
    }

    fn records(&mut self, minutes: i64, by: EventActor, what: TicketEventKind) {
        let event = TicketEvent {
            id: EventId(id(0x100 + u128::try_from(self.events.len()).unwrap_or(0))),
            ticket: TICKET,
            at: minute(minutes),
            by,
            kind: what,
        };
        if matches!(event.kind, TicketEventKind::Escalated { .. }) {
            self.shown.escalations.push(event.clone());
        }
        self.events.push(event);
        self.now = minute(minutes);
    }

    fn by_the_agent(&mut self, minutes: i64, what: TicketEventKind) {
        self.changes(minutes, EventActor::Person(AGENT, Role::Support), what);
    }

    fn answered(&mut self) {
        let assigned = TicketEventKind::Assigned {
            from: None,
            to: AGENT,
            reason: None,
        };
        self.by_the_agent(5, assigned);
        let ticket = &mut self.shown.ticket;
        (ticket.assigned_to, ticket.assigned_at) = (Some(AGENT), Some(minute(5)));
        ticket.status = Status::InProgress;
        ticket.first_response_at = Some(minute(12));
        let policy = &self.shown.ticket.policy;
        let overdue = self.shown.clocks.staff_replied(policy, minute(12));
        debug_assert!(overdue.is_empty(), "responded in time");
        self.messages = vec![message()];
        self.by_the_agent(12, TicketEventKind::MessageAdded { message: ANSWER });
    }

    fn redacted(&mut self) {
        for message in &mut self.messages {
            message.body.clear();
            message.redacted_at = Some(minute(14));
            message.redacted_by = Some(AGENT);
        }
        let redacted = TicketEventKind::MessageRedacted {
            message: ANSWER,
            is_internal: false,
            reason: "It had the number of a card.".to_owned(),
            mentioned: Vec::new(),
        };
        self.by_the_agent(14, redacted);
    }

    fn escalated(&mut self) {
        let ticket = &mut self.shown.ticket;
        (ticket.status, ticket.escalation_level) = (Status::Escalated, 1);
        (ticket.assigned_to, ticket.assigned_at) = (Some(SENIOR), Some(minute(40)));
        let escalated = TicketEventKind::Escalated {
            level: 1,
            from: Some(AGENT),
            to: Some(SENIOR),
            reason: "Requires technical team investigation".to_owned(),
            automatic: false,
        };
        self.by_the_agent(40, escalated);
    }

    fn closed(&mut self) {
        let policy = &self.shown.ticket.policy;
        let overdue = self.shown.clocks.resolved(policy, minute(55));
        debug_assert!(overdue.is_empty(), "resolved in time");
        let ticket = &mut self.shown.ticket;
        ticket.status = Status::Closed;
        (ticket.resolved_at, ticket.closed_at) = (Some(minute(55)), Some(minute(55)));
        ticket.resolution = Some(Json(Resolution {
            summary: Some("The payment gateway was down; it is back.".to_owned()),
            resolution_type: Some(ResolutionType::Solved),
            resolution_notes: Some("The customer has paid since.".to_owned()),
            duplicate_of: None,
            duplicate_is_theirs: false,
            resolved_by: Some(AGENT),
            resolved_at: minute(55),
        }));
        self.by_the_agent(55, TicketEventKind::Closed);
    }

    fn rated(&mut self) {
        let ticket = &mut self.shown.ticket;
        (ticket.rating, ticket.rated_at) = (Some(5), Some(minute(70)));
        ticket.rating_feedback = Some("Excellent support, resolved quickly!".to_owned());
        let by = EventActor::Person(CUSTOMER, Role::Customer);
        self.changes(70, by, TicketEventKind::Rated { rating: 5 });
    }

    fn reopened(&mut self) {
        let policy = Policy::standard(Priority::High, AT_RISK_PERCENT);
        self.shown.clocks.reopened(&policy, minute(70));
        let ticket = &mut self.shown.ticket;
        (ticket.status, ticket.reopened_count) = (Status::Reopened, 1);
        (ticket.resolved_at, ticket.closed_at) = (None, None);
        let reason = "Issue still not resolved".to_owned();
        let by = EventActor::Person(CUSTOMER, Role::Customer);
        self.changes(70, by, TicketEventKind::Reopened { reason });
    }

    /// Its id, number and subject.
    pub fn named(&self) -> (TicketId, domain::tickets::TicketNumber, String) {
        let ticket = &self.shown.ticket;
        (ticket.id, ticket.number.clone(), ticket.subject.clone())
    }

    pub fn ticket(&self) -> Ticket<'_> {
        ticket::ticket(&self.shown, &self.people, Viewer::Staff, self.now)
    }

    /// The last change, as an event of the feed.
    pub fn live_event(&self) -> Value {
        let messages = self.messages.iter().cloned();
        let details = Details {
            showing: Showing {
                tickets: vec![self.shown.clone()],
                people: self.people.clone(),
            },
            messages: messages.map(|message| (message.id, message)).collect(),
            agents: HashMap::new(),
            people: self.people.clone(),
        };
        let last = self.events.last().map(|event| FeedEntry {
            position: FeedPosition(0),
            id: event.id,
            at: event.at,
            change: FeedChange::Ticket {
                event: event.clone(),
                version: self.shown.ticket.version,
            },
        });
        json!(last.and_then(|last| {
            let event = event::event(&last, EXAMPLE_POSITION, &details, Viewer::Staff, self.now);
            event.map(|event| json!(event))
        }))
    }

    pub fn messages(&self) -> Vec<MessageView<'_>> {
        let messages = self.messages.iter();
        messages
            .map(|message| thread::message(message, &self.people))
            .collect()
    }
}

/// The ticket of the example, as the domain opens one.
fn new_ticket(customer: &Named) -> domain::tickets::Ticket {
    let screenshot = Attachment {
        url: "https://example.com/screenshot.png".to_owned(),
        file_name: "screenshot.png".to_owned(),
        content_type: None,
        size: None,
    };
    let new = NewTicket {
        related_booking: Some("BKG-12345".to_owned()),
        attachments: vec![NewAttachment::Link(screenshot.clone())],
        tags: vec!["payment".to_owned(), "booking".to_owned()],
        ..NewTicket::about(
            "Cannot complete payment".to_owned(),
            "Getting error when trying to pay for booking #BKG-12345".to_owned(),
            Category::Payment,
            customer.id,
        )
    };
    let opening = Opening {
        id: TICKET,
        language: customer.language.clone(),
        number: TicketNumber::new(minute(0), 42),
        attachments: vec![screenshot],
        policy: Policy::standard(Priority::High, AT_RISK_PERCENT),
        at: minute(0),
    };
    domain::tickets::Ticket::opened(new, opening)
}

fn message() -> Message {
    Message {
        id: ANSWER,
        ticket_id: TICKET,
        sender_id: Some(AGENT),
        sender_type: SenderType::Support,
        body: "Which card did you try to pay with?".to_owned(),
        attachments: Json(Vec::new()),
        is_internal: false,
        created_at: minute(12),
        redacted_at: None,
        redacted_by: None,
    }
}

fn named(id: UserId, first_name: &str, last_name: &str, role: Role) -> Named {
    Named {
        id,
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        email: format!("{}@example.com", first_name.to_lowercase()),
        role,
        language: "en".to_owned(),
        timezone: "Africa/Nairobi".to_owned(),
        active: true,
    }
}

pub(super) fn agent() -> Person {
    Person {
        id: AGENT,
        first_name: "Sarah".to_owned(),
        last_name: "Otieno".to_owned(),
        email: "sarah@example.com".to_owned(),
        phone_number: "+254712345678".to_owned(),
        role: Role::Support,
        language: "en".to_owned(),
        timezone: Tz::Africa__Nairobi,
        active: true,
        support_info: Some(SupportInfo {
            employee_id: Some("EMP-042".to_owned()),
            department: Department::Billing,
            specializations: vec!["payment".to_owned()],
            languages: vec!["en".to_owned(), "sw".to_owned()],
            level: Level(1),
            shift_schedule: vec![Shift {
                day: Weekday::Mon,
                start: NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default(),
                end: NaiveTime::from_hms_opt(17, 0, 0).unwrap_or_default(),
            }],
            availability: Availability::Available,
            availability_updated_at: minute(0),
            max_concurrent_tickets: 5,
            current_tickets: 1,
            stats: AgentStats {
                tickets_handled: 64,
                tickets_closed: 61,
                average_response_time: Some(9),
                average_resolution_time: Some(84),
                customer_satisfaction_rating: Some(4.7),
                rating_count: 38,
            },
        }),
        created_at: minute(-525_600),
        updated_at: minute(-1_440),
    }
}
