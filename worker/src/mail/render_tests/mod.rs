//! Every template in every language, with people who write what they should not. A file for each promise:
//! words, safety, what is told to whom and when, the look, and the headers.

use super::*;
use crate::mail::{Composer, Links, Sender, TextEncoding};
use actions::notifications::account::AccountContent;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    channel::Channel,
    ids::{AccountEventId, MessageId, NotificationId, TicketId, UserId},
    notifications::{
        Audience, NotificationStatus,
        content::{Content, Deadline, Recipient, Since, TicketFacts},
    },
    people::{AccountEventKind, Department, Role},
    sla::Metric,
    tickets::{Priority, Status, TicketEventKind, TicketNumber, access::Mention},
};
use platform::config::{Brand, TicketUrl};
use std::collections::BTreeSet;

mod brand;
mod clocks;
mod digests;
mod headers;
mod links;
mod promises;
mod safety;
mod signature;
mod words;

const HOSTILE: &str =
    "<script>alert(1)</script>\r\nBcc: all@example.org\r\n\r\n\"Hi\" & {{ number }}";
const SECRET: &str = "the reason of an assignment";

fn at() -> DateTime<Utc> {
    "2025-10-01T08:30:00Z".parse().unwrap()
}

const fn user(number: u128) -> UserId {
    UserId(uuid::Uuid::from_u128(number))
}

/// The event that a template tells of.
fn what(template: Template) -> TicketEventKind {
    let reason = HOSTILE.to_owned();
    let message = MessageId(uuid::Uuid::from_u128(9));
    match template {
        Template::TicketReceived => TicketEventKind::Created,
        Template::TicketAssigned | Template::WorkAssigned => TicketEventKind::Assigned {
            from: None,
            to: user(2),
            reason: Some(SECRET.to_owned()),
        },
        Template::AnswerAwaited => TicketEventKind::StatusChanged {
            from: Status::InProgress,
            to: Status::WaitingCustomer,
        },
        Template::AnswerReminder => TicketEventKind::Reminded,
        Template::StaffReplied | Template::CustomerReplied => {
            TicketEventKind::MessageAdded { message }
        }
        Template::TicketResolved | Template::EscalationResolved => {
            TicketEventKind::Resolved { by_closing: false }
        }
        Template::TicketClosed => TicketEventKind::Closed,
        Template::WorkReopened => TicketEventKind::Reopened { reason },
        Template::Mentioned => TicketEventKind::NoteAdded { message },
        Template::StatusChanged
        | Template::WorkStatusChanged
        | Template::NoteAdded
        | Template::TicketWaiting => unreachable!("these go by no mail"),
        Template::EscalatedToYou => TicketEventKind::Escalated {
            level: 1,
            from: None,
            to: Some(user(2)),
            reason,
            automatic: false,
        },
        Template::EscalatedToNobody => TicketEventKind::Escalated {
            level: 1,
            from: None,
            to: None,
            reason,
            automatic: true,
        },
        Template::SlaAtRisk => TicketEventKind::SlaAtRisk {
            metric: Metric::Resolution,
            cycle: 0,
            percent: Some(80),
            due_at: at() + TimeDelta::minutes(20),
            detected_after_stop: false,
        },
        Template::SlaBreached => TicketEventKind::SlaBreached {
            metric: Metric::FirstResponse,
            cycle: 0,
            detected_after_stop: false,
        },
        Template::ConfirmEmail
        | Template::ResetPassword
        | Template::PasswordChanged
        | Template::EmailChanged
        | Template::TooManyFailures
        | Template::WebhookDisabled => unreachable!("mails about accounts tell of no ticket"),
    }
}

fn content(template: Template, language: &str) -> Content {
    let customer = template.audience() == Audience::Customer;
    Content {
        id: NotificationId(uuid::Uuid::from_u128(1)),
        template,
        channel: Channel::Email,
        status: NotificationStatus::Pending,
        person: Recipient {
            id: if customer { user(1) } else { user(2) },
            first_name: HOSTILE.to_owned(),
            last_name: "Otieno, \"Jr\"".to_owned(),
            email: "amina@example.org".to_owned(),
            phone_number: None,
            confirmed: true,
            role: if customer {
                Role::Customer
            } else {
                Role::Support
            },
            language: language.to_owned(),
            timezone: "Africa/Nairobi".parse().unwrap(),
            active: true,
        },
        at: at(),
        kind: what(template),
        actor: Some("Sarah".to_owned()),
        ticket: TicketFacts {
            id: TicketId(uuid::Uuid::from_u128(3)),
            number: TicketNumber::new(at(), 1),
            subject: HOSTILE.to_owned(),
            status: Status::InProgress,
            priority: Priority::High,
            department: Department::Billing,
            customer_id: user(1),
            customer: "Amina".to_owned(),
            assigned_to: Some(user(2)),
            agent: Some("Sarah".to_owned()),
            summary: Some(HOSTILE.to_owned()),
            cycle: 0,
        },
        since: Since::default(),
        clock: None,
        next_deadline: Some(Deadline {
            metric: Metric::FirstResponse,
            at: at() + TimeDelta::minutes(135),
        }),
        text: Some(HOSTILE.to_owned()),
        files: vec![HOSTILE.to_owned(), "receipt.pdf".to_owned()],
        is_redacted: false,
        mention: Mention::Mentioned,
        is_wanted: true,
        is_read: false,
        quiet_hours: Vec::new(),
    }
}

/// With what the mail would ask for done.
fn dealt_with(template: Template, language: &str) -> Content {
    let mut content = content(template, language);
    content.ticket.status = Status::Closed;
    content
}

/// With all that may be absent absent.
fn bare(template: Template, language: &str) -> Content {
    let mut content = content(template, language);
    content.actor = None;
    content.text = None;
    content.files.clear();
    content.next_deadline = None;
    content.ticket.agent = None;
    content.ticket.assigned_to = None;
    content.ticket.summary = None;
    content
}

/// Without a page of the ticket.
fn links() -> Links {
    Links {
        public_url: "https://support.example.org".to_owned(),
        ticket_url: None,
        secret: "0123456789abcdef0123456789abcdef".into(),
    }
}

/// With a page of the ticket.
fn links_to_tickets() -> Links {
    Links {
        ticket_url: TicketUrl::parse("https://app.example.org/t?a=1&number={number}"),
        ..links()
    }
}

fn brand() -> Brand {
    Brand {
        name: "Pamoja & Sons".to_owned(),
        logo: None,
        color: "#1d4ed8".parse().unwrap(),
    }
}

fn rendered(content: &Content) -> Rendered {
    rendered_with(content, &links())
}

fn rendered_with(content: &Content, links: &Links) -> Rendered {
    let view = View::of_ticket(content, links, at());
    Renderer::new(&brand())
        .unwrap()
        .render(content.template, &content.person.language, &view)
        .unwrap_or_else(|error| panic!("{}: {error:?}", content.template))
}

fn rendered_account(content: &AccountContent) -> Rendered {
    let view = View::of_account(content, &links());
    Renderer::new(&brand())
        .unwrap()
        .render(content.kind.template(), &content.person.language, &view)
        .unwrap_or_else(|error| panic!("{}: {error:?}", content.kind))
}

fn composer() -> Composer {
    Composer {
        from: Sender::parse("BaiTech <support@example.org>").unwrap(),
        logo: None,
        bounces_to: None,
        signature: None,
        encoding: TextEncoding::Ascii,
    }
}

/// A mail as it is sent.
fn composed(content: &Content) -> String {
    let mail = composer().about_ticket(content.id.0, content, rendered(content), at());
    String::from_utf8(mail.unwrap().formatted()).unwrap()
}

fn composed_account(content: &AccountContent) -> String {
    let mail = composer().about_account(content, rendered_account(content), at());
    String::from_utf8(mail.unwrap().formatted()).unwrap()
}

fn every_mail() -> impl Iterator<Item = (Template, &'static str)> {
    Template::ALL
        .iter()
        .filter(|template| template.audience() != Audience::Owner)
        .filter(|template| template.goes_by(Channel::Email))
        .flat_map(|template| ["en", "sw", "fr"].map(|language| (*template, language)))
}

fn account_content(kind: AccountEventKind, language: &str) -> AccountContent {
    let about_a_ticket = content(Template::TicketReceived, language);
    AccountContent {
        id: about_a_ticket.id,
        status: NotificationStatus::Pending,
        person: about_a_ticket.person,
        event: AccountEventId(uuid::Uuid::from_u128(4)),
        kind,
        address: "amina@example.org".to_owned(),
        is_present: kind != AccountEventKind::EmailChanged,
        at: at(),
        expires_at: kind.link_lifetime().map(|lifetime| at() + lifetime),
        spent_at: None,
    }
}
