//! The variables of a template, and how they are formed: each has only what its recipient may know. Pure.

use domain::notifications::content::Recipient;
use domain::sla::Metric;
use lettre::message::Mailbox;
use platform::config::TicketUrl;
use secrecy::SecretString;
use serde::Serialize;

/// What links are built from.
#[derive(Debug)]
pub struct Links {
    /// The public address of the system, without a slash at the end.
    pub public_url: String,
    /// Where people read a ticket, if there is such a page.
    pub ticket_url: Option<TicketUrl>,
    /// Signs the links to our own pages.
    pub secret: SecretString,
}

/// The variables of templates. Templates see these and the brand, nothing else.
#[derive(Debug, Default, Serialize)]
pub struct View {
    /// `customer`, `staff` or `owner`.
    pub(super) audience: &'static str,
    pub(super) number: Option<String>,
    /// The ticket's title.
    pub(super) ticket: Option<String>,
    /// The recipient's given name; `None` while the address is not confirmed: it may be a
    /// stranger's, who must not read text that another person wrote.
    pub(super) first_name: Option<String>,
    /// The address that a mail about an account is sent to.
    pub(super) address: Option<String>,
    /// When the event happened.
    pub(super) at: String,
    /// When the link expires.
    pub(super) until: Option<String>,
    /// The ticket's priority and department, for staff.
    pub(super) priority: Option<&'static str>,
    pub(super) department: Option<&'static str>,
    /// The ticket's next deadline or, where the mail is about a clock, that clock's; for staff.
    pub(super) due: Option<Due>,
    /// Whether the mail is about a clock.
    pub(super) about_clock: bool,
    /// What the system did it for: `deadline` or `reply`.
    pub(super) cause: Option<&'static str>,
    /// The given name of the actor.
    pub(super) actor: Option<String>,
    /// The assignee's given name.
    pub(super) agent: Option<String>,
    /// The requester's given name.
    pub(super) customer: Option<String>,
    /// A text that a person wrote.
    pub(super) quote: Option<String>,
    /// The beginning of a relayed message, on one line: lists of mails show it beside the subject.
    pub(super) preview: Option<String>,
    /// The names of the files of the message.
    pub(super) files: Vec<String>,
    /// The page of the ticket.
    pub(super) ticket_link: Option<String>,
    /// The page of the survey.
    pub(super) survey: Option<String>,
    /// The page of an account mail.
    pub(super) link: Option<String>,
    /// Whether the requested action has been done since.
    pub(super) dealt_with: bool,
    /// Whether the ticket waits for its customer.
    pub(super) waiting: bool,
    /// The tickets of a digest.
    pub(super) entries: Vec<Entry>,
    /// The number of notifications in a digest.
    pub(super) count: usize,
    /// How many of these it does not name.
    pub(super) more: usize,
    /// The page on which the recipient refuses such mails.
    pub(super) unsubscribe: Option<String>,
}

/// A ticket in a digest.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub number: String,
    /// The ticket's title.
    pub ticket: String,
    /// What happened, in order.
    pub news: Vec<String>,
    pub link: Option<String>,
}

/// A deadline, and the time until it, or since.
#[derive(Debug, Serialize)]
pub(super) struct Due {
    pub metric: Metric,
    pub has_passed: bool,
    pub days: i64,
    pub hours: i64,
    pub minutes: i64,
    /// The deadline; without the day where that is today's.
    pub at: String,
    pub is_today: bool,
}

/// The variables that people wrote. HTML isolates each, so that its direction of writing cannot
/// change the order of the words around it.
pub(super) const WRITTEN: [&str; 6] = [
    "ticket",
    "first_name",
    "address",
    "actor",
    "agent",
    "customer",
];

/// The recipient's mailbox; with a name only where the address is confirmed as this person's.
pub(super) fn mailbox(person: &Recipient) -> Result<Mailbox, lettre::address::AddressError> {
    let name = || one_line(&format!("{} {}", person.first_name, person.last_name));
    let name = person.confirmed.then(name);
    Ok(Mailbox::new(name, person.email.trim().parse()?))
}

/// Replaces line breaks and other control characters: they do not belong in a name or a title, and
/// would begin a new header line.
pub(crate) fn one_line(text: &str) -> String {
    let spaced = text.replace(|letter: char| letter.is_control(), " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Normalises every kind of line break, so that no line of a text escapes its quotation: those of
/// Unicode (UAX 14: CR, VT, FF, NEL, LS, PS) and the separators at which some programs break lines.
pub(super) fn in_lines(text: &str) -> String {
    let breaks = |letter| {
        matches!(
            letter,
            '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    text.replace("\r\n", "\n").replace(breaks, "\n")
}

/// The first characters of a text; an ellipsis stands for the rest.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    let text = text.trim_end();
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
