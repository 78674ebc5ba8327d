//! The variables of a template: of everything that a notification could tell, only what its
//! recipient may know, with instants in the recipient's own time zone. Pure.

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

/// The longest quotation in a mail, in characters.
const LONGEST_QUOTE: usize = 2_000;

/// What links are built from.
#[derive(Debug)]
pub struct Links {
    /// The public address of the system, without a slash at the end.
    pub public_url: String,
    /// Signs survey links.
    pub secret: SecretString,
}

/// The variables of templates. Templates see nothing else.
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
    /// The given name of the actor.
    actor: Option<String>,
    /// The assignee's given name.
    agent: Option<String>,
    /// The requester's given name.
    customer: String,
    /// A text that a person wrote.
    quote: Option<String>,
    /// The number of files attached to the message.
    files: i64,
    link: Option<String>,
    metric: Option<Metric>,
    /// Whether the requested action has been done since.
    dealt_with: bool,
    /// Whether the ticket waits for its customer.
    waiting: bool,
}

impl View {
    /// The variables for a notification about a ticket.
    #[must_use]
    pub fn new(content: &Content, links: &Links) -> Self {
        let ticket = &content.ticket;
        let number = one_line(ticket.number.as_str());
        let title = one_line(&ticket.subject);
        let local = |at| local(at, content.person.timezone);
        let (metric, due_at) = clock(content);
        Self {
            audience: match content.template.audience() {
                Audience::Customer => "customer",
                Audience::Assignee | Audience::Staff | Audience::Owner => "staff",
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

/// Formats an instant in a time zone.
pub(super) fn local(at: chrono::DateTime<chrono::Utc>, zone: chrono_tz::Tz) -> String {
    at.with_timezone(&zone)
        .format("%Y-%m-%d %H:%M %Z")
        .to_string()
}

/// The SLA clock that an event names, and its current deadline.
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

/// The text that a mail quotes. An internal note is sent only to the people it mentions; the
/// reasons of an escalation are sent to staff only.
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

/// The number of files attached to the message that a mail relays.
fn files(content: &Content) -> i64 {
    if content.template.relays_a_message() {
        content.files
    } else {
        0
    }
}

/// The link: to the ticket for staff, to the survey for a customer whose ticket is closed.
fn link(content: &Content, links: &Links, number: &str) -> Option<String> {
    let support = format!("{}/api/v1/support", links.public_url);
    match content.template.audience() {
        Audience::Assignee | Audience::Staff => Some(format!("{support}/tickets/{number}")),
        Audience::Customer if content.template == Template::TicketClosed => {
            let token = survey::token(&links.secret, content.ticket.id, content.ticket.cycle);
            Some(format!("{support}/survey/{token}"))
        }
        Audience::Customer | Audience::Owner => None,
    }
}

/// The recipient's mailbox; with a name only where the address is confirmed as this person's.
pub(super) fn mailbox(person: &Recipient) -> Result<Mailbox, lettre::address::AddressError> {
    let name = || one_line(&format!("{} {}", person.first_name, person.last_name));
    let name = person.confirmed.then(name);
    Ok(Mailbox::new(name, person.email.trim().parse()?))
}

/// Replaces line breaks and other control characters: they do not belong in a name or a title, and
/// would begin a new header line.
pub(super) fn one_line(text: &str) -> String {
    let spaced = text.replace(|letter: char| letter.is_control(), " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Normalises every kind of line break, so that no line of a text escapes its quotation: those of
/// Unicode (UAX 14: CR, VT, FF, NEL, LS, PS) and the separators at which some programs break lines.
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
