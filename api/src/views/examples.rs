//! The examples of all response types in the document. The views that show real data make them.

mod statistics;

use super::{
    dashboard::{Dashboard, Urgent, glimpse},
    event::LiveEventView,
    example_ticket::{AT_RISK_PERCENT, ExampleTicket, agent, minute},
    history::{self, EventView},
    job::{JobView, QueueView},
    page::Pagination,
    person::{AvailabilityView, FoundCustomer, User},
    push::PushSubscriptionView,
    thread::MessageView,
    ticket::{
        self, FirstMessages, ListedTicket, SearchMatches, Ticket, TicketSuggestion,
        TicketWithMessages,
    },
    webhook::{DeliveryView, WebhookView},
};
use crate::openapi::{Example, ExampleStage};
use actions::{
    people::customers::Customer,
    push::Subscription,
    tickets::list::Suggestion,
    webhooks::{Attempt, Delivery, Webhook},
};
use domain::{
    ids::{EventId, PushSubscriptionId, SessionId, WebhookDeliveryId, WebhookId},
    people::{Availability, AvailabilityNow},
    push::PushKind,
    queue::Queue,
    sla::{PolicyRule, SlaView, default_rules},
    stats::Performance,
    tickets::{
        access::Viewer,
        search::{Field, Piece},
    },
    webhooks::{Circuit, DeliveryFailure, DeliveryStatus, WebhookSecret, WebhookType},
};
use jobs::{
    JobId, State,
    operate::{JobRecord, OpenCircuit, QueueState},
};
use serde_json::{Value, json};
use uuid::uuid;

impl Example for Ticket<'_> {
    fn example(at: ExampleStage) -> Value {
        json!(ExampleTicket::until(at).ticket())
    }
}

impl Example for ListedTicket<'_> {
    fn example(at: ExampleStage) -> Value {
        let found = [domain::tickets::search::Highlight {
            field: Field::Subject,
            message: None,
            pieces: vec![
                Piece::Around("Cannot complete ".to_owned()),
                Piece::Found("payment".to_owned()),
            ],
        }];
        json!(ListedTicket {
            ticket: ExampleTicket::until(at).ticket(),
            found: SearchMatches {
                highlight: Some(ticket::highlight(&found)),
            },
        })
    }
}

impl Example for TicketSuggestion<'_> {
    fn example(at: ExampleStage) -> Value {
        let fixture = ExampleTicket::until(at);
        let ticket = &fixture.shown.ticket;
        json!(TicketSuggestion::from(&Suggestion {
            number: ticket.number.clone(),
            subject: ticket.subject.clone(),
            status: ticket.status,
        }))
    }
}

impl Example for LiveEventView<'_> {
    fn example(at: ExampleStage) -> Value {
        ExampleTicket::until(at).live_event()
    }
}

impl Example for TicketWithMessages<'_> {
    fn example(at: ExampleStage) -> Value {
        let fixture = ExampleTicket::until(at);
        json!(TicketWithMessages {
            ticket: fixture.ticket(),
            thread: FirstMessages {
                messages: fixture.messages(),
            },
        })
    }
}

impl Example for MessageView<'_> {
    fn example(at: ExampleStage) -> Value {
        json!(ExampleTicket::until(at).messages().first())
    }
}

impl Example for EventView<'_> {
    fn example(at: ExampleStage) -> Value {
        let fixture = ExampleTicket::until(at);
        let last = fixture.events.last();
        json!(last.map(|event| history::event(event, &fixture.people, Viewer::Staff)))
    }
}

impl Example for Dashboard<'_> {
    fn example(at: ExampleStage) -> Value {
        let (fixture, urgent) = (
            ExampleTicket::until(at),
            ExampleTicket::until(ExampleStage::Escalated),
        );
        json!(Dashboard {
            assigned_tickets: vec![Urgent::Whole(Box::new(fixture.ticket()))],
            unassigned_tickets: Vec::new(),
            urgent_tickets: vec![Urgent::Outline(Box::new(glimpse(
                &urgent.shown,
                &urgent.people,
                urgent.now,
            )))],
            at_risk_tickets: Vec::new(),
            current_workload: 1,
            performance: performance(4),
            performance_last7_days: performance(23),
            performance_last30_days: performance(96),
        })
    }
}

/// The figures of an agent who resolved so many tickets.
fn performance(resolved: i64) -> Performance {
    Performance {
        tickets_resolved: resolved,
        tickets_closed: resolved - 1,
        average_response_time: Some(8),
        average_resolution_time: Some(71),
        customer_satisfaction_rating: Some(4.5),
        sla_compliance: Some("100.00".to_owned()),
    }
}

impl Example for User<'_> {
    fn example(_: ExampleStage) -> Value {
        json!(User::from(&agent()))
    }
}

impl Example for FoundCustomer<'_> {
    fn example(at: ExampleStage) -> Value {
        let fixture = ExampleTicket::until(at);
        let named = fixture.people.get(&fixture.shown.ticket.customer_id);
        let customer = named.map(|named| Customer {
            id: named.id,
            first_name: named.first_name.clone(),
            last_name: named.last_name.clone(),
            email: named.email.clone(),
            phone_number: "+255712345678".to_owned(),
            role: named.role,
            language: named.language.clone(),
            active: named.active,
        });
        json!(customer.as_ref().map(FoundCustomer::from))
    }
}

impl Example for AvailabilityView {
    fn example(_: ExampleStage) -> Value {
        json!(Self::from(AvailabilityNow {
            status: Availability::Available,
            max_concurrent_tickets: 5,
            current_tickets: 1,
            updated_at: minute(0),
        }))
    }
}

impl Example for Pagination {
    fn example(_: ExampleStage) -> Value {
        json!(Self::new(1, 20, 1))
    }
}

impl Example for PolicyRule {
    fn example(_: ExampleStage) -> Value {
        json!(default_rules(AT_RISK_PERCENT).first())
    }
}

impl Example for SlaView {
    fn example(at: ExampleStage) -> Value {
        json!(json!(ExampleTicket::until(at).ticket()).get("sla"))
    }
}

impl Example for JobView<'_> {
    fn example(_: ExampleStage) -> Value {
        let entry = JobRecord {
            id: JobId(4711),
            queue: Queue::Email.into(),
            state: State::Dead,
            payload: json!({"job": "deliver_email", "notification": "01999ec9-0c00-7000-8000-000000000009"}),
            priority: 0,
            attempt: 12,
            max_attempts: 12,
            run_at: minute(30),
            lease_until: None,
            dispatches: 1,
            interruptions: 0,
            last_error: Some("the mail server refused: 550 no such mailbox".to_owned()),
            traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
            created_at: minute(0),
            finished_at: Some(minute(31)),
        };
        json!(JobView::from(&entry))
    }
}

impl Example for QueueView {
    fn example(_: ExampleStage) -> Value {
        let state = QueueState {
            queue: Queue::Email.into(),
            paused: false,
            ready: 12,
            sent: 4,
            running: 2,
            dead: 1,
            oldest_due: Some(minute(0)),
            circuit: Some(OpenCircuit {
                until: minute(2),
                because: "the mail server cannot be reached".to_owned(),
                times: 3,
            }),
        };
        json!(Self::of(&state, minute(1)))
    }
}

impl Example for PushSubscriptionView<'_> {
    fn example(_: ExampleStage) -> Value {
        let session = Some(SessionId(uuid!("01999ec9-0c00-7000-8000-00000000000e")));
        let device = Subscription {
            id: PushSubscriptionId(uuid!("01999ec9-0c00-7000-8000-00000000000d")),
            user: agent().id,
            session,
            kind: PushKind::WebPush,
            address: "https://push.example.com/send/dGhlIGJyb3dzZXI".to_owned(),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
                .to_owned(),
            created_at: minute(0),
            last_used_at: minute(1),
        };
        json!(PushSubscriptionView::of(&device, session))
    }
}

impl Example for WebhookView<'_> {
    fn example(_: ExampleStage) -> Value {
        let webhook = Webhook {
            id: WebhookId(uuid!("01999ec9-0c00-7000-8000-00000000000a")),
            url: "https://hooks.example.com/support".to_owned(),
            description: "The warehouse".to_owned(),
            events: vec![WebhookType::TicketCreated, WebhookType::TicketUpdated],
            secret: WebhookSecret::new([0; 32]),
            previous: None,
            disabled: None,
            circuit: Circuit::default(),
            created_by: agent().id,
            created_at: minute(0),
            updated_at: minute(0),
        };
        json!(WebhookView::from(&webhook))
    }
}

impl Example for DeliveryView<'_> {
    fn example(_: ExampleStage) -> Value {
        let id = WebhookDeliveryId(uuid!("01999ec9-0c00-7000-8000-00000000000b"));
        let delivery = Delivery {
            id,
            webhook: WebhookId(uuid!("01999ec9-0c00-7000-8000-00000000000a")),
            event: EventId(uuid!("01999ec9-0c00-7000-8000-00000000000c")),
            kind: WebhookType::TicketUpdated,
            status: DeliveryStatus::Waiting,
            by_hand: false,
            attempts: 1,
            failures: 1,
            next_at: minute(6),
            created_at: minute(1),
            ended_at: None,
        };
        let attempt = Attempt {
            delivery: id,
            at: minute(1),
            failure: Some(DeliveryFailure::Status),
            status_code: Some(503),
            duration_ms: Some(120),
            answer: Some("down for maintenance".to_owned()),
        };
        json!(DeliveryView::of(&delivery, &[attempt]))
    }
}
