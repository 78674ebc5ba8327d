//! What a template may say: of everything that a notification could tell, only what this person
//! may know, in the person's own time zone. Pure.

use lettre::message::Mailbox;
use secrecy::SecretString;
use serde::Serialize;
use shared::{
    notifications::{
        Audience, Template,
        content::{Content, Recipient},
    },
    sla::Metric,
    tickets::{Happened, survey},
};

/// Characters of people's text that a mail repeats.
const LONGEST_QUOTE: usize = 2_000;

/// Where links lead, and what makes survey links our own.
#[derive(Debug)]
pub struct Links {
    /// How people reach the system, without a slash at the end.
    pub public_url: String,
    /// Signs survey links.
    pub secret: SecretString,
}

/// The words that templates know. They see nothing else.
#[derive(Debug, Serialize)]
pub struct View {
    /// `customer` or `staff`.
    audience: &'static str,
    /// The subject of the mail.
    pub subject: String,
    number: String,
    /// The ticket's title.
    ticket: String,
    /// The recipient's given name.
    first_name: String,
    at: String,
    due_at: Option<String>,
    /// Given name of whoever did it.
    actor: Option<String>,
    /// Given name of the agent who has the ticket.
    agent: Option<String>,
    /// Given name of the customer.
    customer: String,
    /// Text that somebody wrote.
    quote: Option<String>,
    link: Option<String>,
    metric: Option<Metric>,
    late: bool,
}

impl View {
    /// What a notification tells.
    #[must_use]
    pub fn of(content: &Content, links: &Links) -> Self {
        let ticket = &content.ticket;
        let number = one_line(ticket.number.as_str());
        let title = one_line(&ticket.subject);
        let local = |at| local(at, content.person.timezone);
        let (metric, due_at, late) = clock(&content.what);
        Self {
            audience: match content.template.audience() {
                Audience::Customer => "customer",
                Audience::Holder | Audience::Staff | Audience::Owner => "staff",
            },
            subject: format!("[{number}] {title}"),
            first_name: one_line(&content.person.first_name),
            at: local(content.at),
            due_at: due_at.map(local),
            actor: content.actor.as_deref().map(one_line),
            agent: ticket.agent.as_deref().map(one_line),
            customer: one_line(&ticket.customer),
            quote: quote(content)
                .map(trimmed)
                .filter(|quote| !quote.is_empty()),
            link: link(content, links, &number),
            metric,
            late,
            number,
            ticket: title,
        }
    }
}

/// An instant in somebody's time zone.
pub(super) fn local(at: chrono::DateTime<chrono::Utc>, zone: chrono_tz::Tz) -> String {
    at.with_timezone(&zone)
        .format("%Y-%m-%d %H:%M %Z")
        .to_string()
}

/// The clock of which an event tells, when it is due, and whether that was found late.
fn clock(what: &Happened) -> (Option<Metric>, Option<chrono::DateTime<chrono::Utc>>, bool) {
    if let Happened::SlaAtRisk { metric, due_at, .. } = what {
        (Some(*metric), Some(*due_at), false)
    } else if let Happened::SlaBreached { metric, late, .. } = what {
        (Some(*metric), None, *late)
    } else {
        (None, None, false)
    }
}

/// The text that a mail repeats. An internal note goes to those alone whom it mentions; the
/// reasons of an escalation stay in the house.
fn quote(content: &Content) -> Option<&str> {
    match content.template {
        Template::StaffReplied | Template::CustomerReplied | Template::Mentioned => {
            content.text.as_deref()
        }
        Template::TicketResolved | Template::TicketClosed | Template::EscalationResolved => {
            content.ticket.summary.as_deref()
        }
        Template::WorkReopened | Template::EscalatedToYou | Template::EscalatedToNobody => {
            if let Happened::Reopened { reason } | Happened::Escalated { reason, .. } =
                &content.what
            {
                Some(reason)
            } else {
                None
            }
        }
        Template::TicketReceived
        | Template::TicketAssigned
        | Template::AnswerAwaited
        | Template::AnswerReminder
        | Template::WorkAssigned
        | Template::SlaAtRisk
        | Template::SlaBreached
        | Template::ConfirmEmail
        | Template::ResetPassword
        | Template::PasswordChanged
        | Template::EmailChanged
        | Template::TooManyFailures => None,
    }
}

/// Staff are led to the ticket, a customer whose ticket is closed to the survey.
fn link(content: &Content, links: &Links, number: &str) -> Option<String> {
    let support = format!("{}/api/v1/support", links.public_url);
    match content.template.audience() {
        Audience::Holder | Audience::Staff => Some(format!("{support}/tickets/{number}")),
        Audience::Customer if content.template == Template::TicketClosed => {
            let token = survey::token(&links.secret, content.ticket.id, content.ticket.cycle);
            Some(format!("{support}/survey/{token}"))
        }
        Audience::Customer | Audience::Owner => None,
    }
}

/// The recipient, by name.
pub(super) fn mailbox(person: &Recipient) -> Result<Mailbox, lettre::address::AddressError> {
    let name = one_line(&format!("{} {}", person.first_name, person.last_name));
    Ok(Mailbox::new(Some(name), person.email.trim().parse()?))
}

/// Without line breaks and other control characters, which have no place in a name or a title,
/// and would begin a new line of a header.
pub(super) fn one_line(text: &str) -> String {
    let spaced = text.replace(|letter: char| letter.is_control(), " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn trimmed(text: &str) -> String {
    let text = text.trim_end();
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
