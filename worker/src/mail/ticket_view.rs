//! The variables of a mail about a ticket: of everything that a notification could tell, only what its
//! recipient may know. Pure.

use super::{
    Links, View,
    local_time::LocalTime,
    templates::Language,
    view::{Due, in_lines, one_line, shortened},
};
use chrono::{DateTime, Utc};
use domain::{
    notifications::{
        Audience, Template,
        content::{Content, Deadline},
    },
    tickets::{TicketEventKind, survey},
};

/// The longest quotation in a mail, in characters.
const LONGEST_QUOTE: usize = 2_000;
/// The longest preview of a message.
const LONGEST_PREVIEW: usize = 140;
/// The longest name of a file.
const LONGEST_FILE_NAME: usize = 100;

impl View {
    /// The variables for a notification about a ticket, as of `now`.
    #[must_use]
    pub fn of_ticket(content: &Content, links: &Links, now: DateTime<Utc>) -> Self {
        let ticket = &content.ticket;
        let language = Language::from_tag(&content.person.language);
        let local = LocalTime::new(language, content.person.timezone);
        let (quote, preview) = (quote(content), preview(content));
        let for_customer = Self {
            audience: "customer",
            number: Some(one_line(ticket.number.as_str())),
            ticket: Some(one_line(&ticket.subject)),
            first_name: Some(one_line(&content.person.first_name)),
            at: local.day_and_time(content.at),
            actor: content.actor.as_deref().map(one_line),
            agent: ticket.agent.as_deref().map(one_line),
            customer: Some(one_line(&ticket.customer)),
            quote,
            preview,
            files: files(content),
            ticket_link: links.ticket_url.as_ref().map(|url| url.of(&ticket.number)),
            survey: survey_page(content, links),
            dealt_with: content.is_dealt_with(),
            unsubscribe: Some(links.unsubscribe(content.person.id, &[content.template].into())),
            ..Self::default()
        };
        match content.template.audience() {
            Audience::Customer => for_customer,
            Audience::Assignee | Audience::Staff | Audience::Owner => Self {
                audience: "staff",
                priority: Some(ticket.priority.as_str()),
                department: Some(ticket.department.as_str()),
                due: deadline(content).map(|deadline| due(deadline, &local, now)),
                about_clock: is_about_a_clock(content),
                cause: cause(content),
                waiting: content.waits_for_customer(),
                ..for_customer
            },
        }
    }
}

fn is_about_a_clock(content: &Content) -> bool {
    matches!(
        content.kind,
        TicketEventKind::SlaAtRisk { .. } | TicketEventKind::SlaBreached { .. }
    )
}

/// The deadline to tell: that of the event's clock as it is now, else the next one of the ticket.
fn deadline(content: &Content) -> Option<Deadline> {
    if let TicketEventKind::SlaAtRisk { metric, due_at, .. } = content.kind {
        let at = content.clock.map_or(due_at, |clock| clock.due_at);
        Some(Deadline { metric, at })
    } else if let TicketEventKind::SlaBreached { metric, .. } = content.kind {
        // A breach is recorded with the instant of its deadline.
        let at = content.at;
        Some(Deadline { metric, at })
    } else {
        content.next_deadline
    }
}

/// Whole minutes, rounded down, with the hours but not the minutes of a day or more.
fn due(deadline: Deadline, local: &LocalTime, now: DateTime<Utc>) -> Due {
    let left = (deadline.at - now).abs();
    let is_today = local.is_one_day(deadline.at, now);
    Due {
        metric: deadline.metric,
        has_passed: deadline.at <= now,
        days: left.num_days(),
        hours: left.num_hours() % 24,
        minutes: left.num_minutes() % 60,
        at: if is_today {
            local.time(deadline.at)
        } else {
            local.day_and_time(deadline.at)
        },
        is_today,
    }
}

/// What the system did it for. The history has that as an English sentence, with an instant in UTC:
/// mails have words of their own.
fn cause(content: &Content) -> Option<&'static str> {
    if let TicketEventKind::Escalated {
        automatic: true, ..
    } = content.kind
    {
        Some("deadline")
    } else if let TicketEventKind::Reopened { reason } = &content.kind
        && reason == TicketEventKind::REOPENED_BY_REPLY
    {
        Some("reply")
    } else {
        None
    }
}

/// The text that a mail quotes.
fn quote(content: &Content) -> Option<String> {
    quoted(content)
        .map(in_lines)
        .map(|quote| shortened(&quote, LONGEST_QUOTE))
        .filter(|quote| !quote.is_empty())
}

/// An internal note is sent only to the people it mentions; the reasons of an escalation are sent to
/// staff only.
fn quoted(content: &Content) -> Option<&str> {
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
                cause(content).is_none().then_some(reason)
            } else {
                None
            }
        }
        Template::TicketReceived
        | Template::TicketAssigned
        | Template::AnswerAwaited
        | Template::AnswerReminder
        | Template::StatusChanged
        | Template::WorkAssigned
        | Template::WorkStatusChanged
        | Template::NoteAdded
        | Template::TicketWaiting
        | Template::SlaAtRisk
        | Template::SlaBreached
        | Template::ConfirmEmail
        | Template::ResetPassword
        | Template::PasswordChanged
        | Template::EmailChanged
        | Template::TooManyFailures
        | Template::WebhookDisabled => None,
    }
}

/// The beginning of the message that a mail relays.
fn preview(content: &Content) -> Option<String> {
    let text = content.text.as_deref()?;
    let preview = shortened(&one_line(text), LONGEST_PREVIEW);
    (content.template.relays_a_message() && !preview.is_empty()).then_some(preview)
}

/// The names of the files of the message that a mail relays.
fn files(content: &Content) -> Vec<String> {
    if !content.template.relays_a_message() {
        return Vec::new();
    }
    let names = content.files.iter();
    names
        .map(|name| shortened(&one_line(name), LONGEST_FILE_NAME))
        .collect()
}

/// The page of the survey, for a customer whose ticket is closed.
fn survey_page(content: &Content, links: &Links) -> Option<String> {
    if content.template != Template::TicketClosed {
        return None;
    }
    let token = survey::token(&links.secret, content.ticket.id, content.ticket.cycle);
    Some(format!(
        "{}/api/v1/support/survey/{token}",
        links.public_url
    ))
}
