//! The texts of text messages, in the languages of mails: what happened to which ticket, and the beginning of its subject.
//! One segment, where the subject can be written with the characters of text messages; else two. The number of the
//! ticket is always whole. Pure.

use crate::mail::Language;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    notifications::{Template, content::Content},
    sla::Metric,
    sms::{Encoding, Segments, fold, shortened},
    tickets::{TicketEventKind, TicketNumber},
};
use std::collections::BTreeSet;

/// The text of a notification; `None` if it does not go by text message.
#[must_use]
pub fn text(content: &Content, now: DateTime<Utc>) -> Option<String> {
    let language = Language::from_tag(&content.person.language);
    let topic = topic(content)?;
    let clock = Clock {
        now,
        zone: content.person.timezone,
    };
    let fixed = opening(&topic, language, &content.ticket.number, &clock);
    Some(compose(&fixed, &content.ticket.subject))
}

/// What a text tells.
enum Topic {
    /// The ticket was escalated to the reader.
    Escalated,
    /// A deadline is near.
    AtRisk(Metric, DateTime<Utc>),
    /// A deadline passed.
    Breached(Metric, DateTime<Utc>),
    /// An urgent ticket waits, and nobody could be assigned.
    Waiting,
}

fn topic(content: &Content) -> Option<Topic> {
    match content.template {
        Template::EscalatedToYou => Some(Topic::Escalated),
        Template::TicketWaiting => Some(Topic::Waiting),
        Template::SlaAtRisk => match content.kind {
            TicketEventKind::SlaAtRisk { metric, due_at, .. } => {
                let due_at = content.clock.map_or(due_at, |clock| clock.due_at);
                Some(Topic::AtRisk(metric, due_at))
            }
            _ => None,
        },
        Template::SlaBreached => match content.kind {
            // The event has the instant of the deadline.
            TicketEventKind::SlaBreached { metric, .. } => {
                Some(Topic::Breached(metric, content.at))
            }
            _ => None,
        },
        Template::TicketReceived
        | Template::TicketAssigned
        | Template::AnswerAwaited
        | Template::AnswerReminder
        | Template::StaffReplied
        | Template::TicketResolved
        | Template::TicketClosed
        | Template::StatusChanged
        | Template::WorkAssigned
        | Template::CustomerReplied
        | Template::WorkReopened
        | Template::WorkStatusChanged
        | Template::NoteAdded
        | Template::Mentioned
        | Template::EscalatedToNobody
        | Template::EscalationResolved
        | Template::ConfirmEmail
        | Template::ResetPassword
        | Template::PasswordChanged
        | Template::EmailChanged
        | Template::TooManyFailures
        | Template::WebhookDisabled => None,
    }
}

/// The clock on the reader's wall.
struct Clock {
    now: DateTime<Utc>,
    zone: Tz,
}

impl Clock {
    /// The time, with the day where it is another one than today.
    fn time(&self, at: DateTime<Utc>) -> String {
        let (at, now) = (
            at.with_timezone(&self.zone),
            self.now.with_timezone(&self.zone),
        );
        let form = if at.date_naive() == now.date_naive() {
            "%H:%M"
        } else {
            "%d/%m %H:%M"
        };
        at.format(form).to_string()
    }
}

/// All that comes before the subject.
fn opening(topic: &Topic, language: Language, number: &TicketNumber, clock: &Clock) -> String {
    match (topic, language) {
        (Topic::Escalated, Language::English) => format!("{number} was escalated to you: "),
        (Topic::Escalated, Language::Swahili) => format!("{number} imepandishwa ngazi kwako: "),
        (Topic::Escalated, Language::French) => format!("{number} vous a été transmis : "),
        (Topic::Waiting, Language::English) => {
            format!("{number} is urgent and nobody could be assigned: ")
        }
        (Topic::Waiting, Language::Swahili) => format!("{number} ni ya dharura na haina mhudumu: "),
        (Topic::Waiting, Language::French) => format!("{number} est urgent et sans agent : "),
        (Topic::AtRisk(metric, due), _) => {
            let (what, time) = (named(*metric, language), clock.time(*due));
            match language {
                Language::English => format!("{number}: {what} due by {time}. "),
                Language::Swahili => format!("{number}: {what} kabla ya saa {time}. "),
                Language::French => format!("{number} : {what} attendue avant {time}. "),
            }
        }
        (Topic::Breached(metric, due), _) => {
            let (what, time) = (named(*metric, language), clock.time(*due));
            match language {
                Language::English => format!("{number}: {what} overdue since {time}. "),
                Language::Swahili => format!("{number}: muda wa {what} ulipita saa {time}. "),
                Language::French => format!("{number} : {what} en retard depuis {time}. "),
            }
        }
    }
}

const fn named(metric: Metric, language: Language) -> &'static str {
    match (metric, language) {
        (Metric::FirstResponse, Language::English) => "first response",
        (Metric::FirstResponse, Language::Swahili) => "jibu la kwanza",
        (Metric::FirstResponse, Language::French) => "première réponse",
        (Metric::NextResponse, Language::English) => "next response",
        (Metric::NextResponse, Language::Swahili) => "jibu linalofuata",
        (Metric::NextResponse, Language::French) => "prochaine réponse",
        (Metric::Resolution, Language::English) => "resolution",
        (Metric::Resolution, Language::Swahili) => "utatuzi",
        (Metric::Resolution, Language::French) => "résolution",
    }
}

fn compose(fixed: &str, subject: &str) -> String {
    let subject = fold(subject);
    let segments = match Segments::of(&subject).encoding {
        Encoding::Gsm7 => 1,
        // So little of it would fit into one that it said nothing.
        Encoding::Ucs2 => 2,
    };
    shortened(fixed, &subject, segments)
}

/// More numbers than fit into a segment.
const MOST_LISTED: usize = 12;

/// One text for several notifications of one person, in one segment: the numbers of their tickets, as many as fit, and
/// how many more there are. Empty for none.
#[must_use]
pub fn digest_text(contents: &[Content]) -> String {
    let Some(first) = contents.first() else {
        return String::new();
    };
    let mut seen = BTreeSet::new();
    let numbers = contents
        .iter()
        .map(|content| content.ticket.number.as_str());
    let numbers: Vec<&str> = numbers.filter(|number| seen.insert(*number)).collect();
    let count = numbers.len();
    let opening = match Language::from_tag(&first.person.language) {
        Language::English if count == 1 => "1 ticket needs you: ".to_owned(),
        Language::English => format!("{count} tickets need you: "),
        Language::Swahili => format!("Tiketi {count} zinakuhitaji: "),
        Language::French if count == 1 => "1 ticket vous attend : ".to_owned(),
        Language::French => format!("{count} tickets vous attendent : "),
    };
    let listed = |shown: usize| {
        let list = numbers.get(..shown).unwrap_or_default().join(", ");
        match count - shown {
            0 => format!("{opening}{list}"),
            more => format!("{opening}{list} +{more}"),
        }
    };
    let mut fitting = (1..=count.min(MOST_LISTED)).rev().map(listed);
    fitting
        .find(|text| Segments::of(text).count == 1)
        .unwrap_or_else(|| opening.trim_end().to_owned())
}

#[cfg(test)]
mod tests;
