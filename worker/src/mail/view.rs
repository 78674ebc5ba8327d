//! What a template may say: of everything that a notification could tell, only what this person
//! may know, in the person's own time zone. Pure.

use domain::{
    notifications::{
        Audience, Template,
        content::{Content, Recipient},
    },
    sla::Metric,
    tickets::{TicketEventKind, survey},
};
use lettre::message::Mailbox;
use secrecy::SecretString;
use serde::Serialize;

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
    /// How many files came with it.
    files: i64,
    link: Option<String>,
    metric: Option<Metric>,
    /// Whether what the mail would ask for is done.
    dealt_with: bool,
    /// Whether the customer has to answer first.
    waiting: bool,
}

impl View {
    /// What a notification tells.
    #[must_use]
    pub fn of(content: &Content, links: &Links) -> Self {
        let ticket = &content.ticket;
        let number = one_line(ticket.number.as_str());
        let title = one_line(&ticket.subject);
        let local = |at| local(at, content.person.timezone);
        let (metric, due_at) = clock(content);
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
                .map(in_lines)
                .map(|quote| trimmed(&quote))
                .filter(|quote| !quote.is_empty()),
            files: files(content),
            link: link(content, links, &number),
            metric,
            dealt_with: content.is_dealt_with(),
            waiting: content.waits_for_customer(),
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

/// The clock of which an event tells, and the deadline that it has now.
fn clock(content: &Content) -> (Option<Metric>, Option<chrono::DateTime<chrono::Utc>>) {
    if let TicketEventKind::SlaAtRisk { metric, due_at, .. } = &content.kind {
        let now = content.clock.map_or(*due_at, |clock| clock.due_at);
        (Some(*metric), Some(now))
    } else if let TicketEventKind::SlaBreached { metric, .. } = &content.kind {
        (Some(*metric), None)
    } else {
        (None, None)
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
            if let TicketEventKind::Reopened { reason }
            | TicketEventKind::Escalated { reason, .. } = &content.kind
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

/// The files that came with what a mail quotes, or without a word.
fn files(content: &Content) -> i64 {
    if content.template.relays_a_message() {
        content.files
    } else {
        0
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

/// The recipient, by name where the address is known to be this person's.
pub(super) fn mailbox(person: &Recipient) -> Result<Mailbox, lettre::address::AddressError> {
    let name = || one_line(&format!("{} {}", person.first_name, person.last_name));
    let name = person.confirmed.then(name);
    Ok(Mailbox::new(name, person.email.trim().parse()?))
}

/// Without line breaks and other control characters, which have no place in a name or a title,
/// and would begin a new line of a header.
pub(super) fn one_line(text: &str) -> String {
    let spaced = text.replace(|letter: char| letter.is_control(), " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every kind of line break as one, so that no line of a text gets out of its quotation: those of
/// Unicode (UAX 14: CR, VT, FF, NEL, LS, PS) and the separators that some programs break lines at.
fn in_lines(text: &str) -> String {
    let breaks = |letter| {
        matches!(
            letter,
            '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    text.replace("\r\n", "\n").replace(breaks, "\n")
}

fn trimmed(text: &str) -> String {
    let text = text.trim_end();
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
