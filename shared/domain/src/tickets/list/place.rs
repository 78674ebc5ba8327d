//! The order of a list and the places in it: `sort`, `page`, `limit` and `cursor`. Pure.

use crate::{
    field_error::{Constraint, FieldErrors, WordList},
    ids::TicketId,
    paging::{LAST_PAGE, page_beside_cursor},
    reader::{QueryReader, Sent},
    text_enum,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDateTime;

text_enum! {
    /// The keys that a list is sorted by.
    pub enum SortKey {
        /// The instant of creation.
        CreatedAt = "createdAt",
        /// The instant of the last change.
        UpdatedAt = "updatedAt",
        /// The urgency.
        Priority = "priority",
        /// The next deadline; tickets without one come last, descending first.
        SlaDue = "slaDue",
        /// The relevance to the search; the instant of creation without a search.
        Relevance = "relevance",
    }
}

/// The values of `sort`.
#[must_use]
pub fn sorts() -> WordList {
    WordList::described(
        "TicketSort",
        "The order of a list of tickets. A value that begins with `-` means descending order.",
        &[
            ("createdAt", "The oldest tickets come first."),
            ("-createdAt", "The newest tickets come first."),
            ("updatedAt", "The tickets that have not been changed for longest come first."),
            ("-updatedAt", "The tickets that were changed last come first."),
            ("priority", "The least urgent tickets come first."),
            ("-priority", "The most urgent tickets come first."),
            ("slaDue", "The tickets with the nearest deadline come first, and those without a deadline last."),
            ("-slaDue", "The tickets without a deadline come first, and those with the nearest one last."),
            ("relevance", "The least relevant tickets of a search come first."),
            ("-relevance", "The most relevant tickets of a search come first."),
        ],
    )
    .with_names(&[
        "CREATED_AT",
        "CREATED_AT_DESCENDING",
        "UPDATED_AT",
        "UPDATED_AT_DESCENDING",
        "PRIORITY",
        "PRIORITY_DESCENDING",
        "SLA_DUE",
        "SLA_DUE_DESCENDING",
        "RELEVANCE",
        "RELEVANCE_DESCENDING",
    ])
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The key.
    pub key: SortKey,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Order {
    /// Newest first.
    pub const NEWEST: Self = Self {
        key: SortKey::CreatedAt,
        descending: true,
    };
    /// The most relevant first.
    pub const RELEVANT: Self = Self {
        key: SortKey::Relevance,
        descending: true,
    };
}

impl Default for Order {
    fn default() -> Self {
        Self::NEWEST
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// The beginning.
    pub start: Start,
    /// The most tickets, 1 to 100.
    pub limit: i64,
}

/// The beginning of a part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// This page, from 1.
    Page(i64),
    /// After this position.
    After(Position),
}

/// A position in a list: the value by which a ticket is sorted, as PostgreSQL writes it, and the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The value.
    pub value: String,
    /// The ticket.
    pub ticket: TicketId,
}

impl Position {
    /// The cursor of this position in a list of that order. It needs no percent-encoding in a query.
    #[must_use]
    pub fn cursor(&self, order: Order) -> String {
        let place = format!("{}~{}~{}", sort_word(order), self.value, self.ticket);
        URL_SAFE_NO_PAD.encode(place)
    }

    /// The position of a cursor; `None` for text that is no cursor of a list in that order.
    #[must_use]
    pub fn parse(cursor: &str, order: Order) -> Option<Self> {
        let place = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let mut parts = place.split('~');
        let (sort, value, ticket) = (parts.next()?, parts.next()?.to_owned(), parts.next()?);
        let sound = match order.key {
            SortKey::CreatedAt | SortKey::UpdatedAt | SortKey::SlaDue => is_instant(&value),
            SortKey::Priority => value
                .parse()
                .is_ok_and(|rank: i16| rank.to_string() == value),
            // PostgreSQL refuses numbers that are too small for a normal `real`.
            SortKey::Relevance => value
                .parse()
                .is_ok_and(|rank: f32| rank.is_normal() || value == "0"),
        };
        let whole = parts.next().is_none() && sort == sort_word(order) && sound;
        let position = whole.then_some(Self {
            value,
            ticket: ticket.parse().ok()?,
        });
        // Encoded again and compared: only the exact text of our cursor is accepted.
        position.filter(|position| position.cursor(order) == cursor)
    }
}

/// Whether the text is an instant as PostgreSQL writes it in UTC, to the microsecond. Years outside of its range
/// have more than four digits, or a sign.
fn is_instant(text: &str) -> bool {
    let Some((seconds, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let is_date = NaiveDateTime::parse_from_str(seconds, "%Y-%m-%d %H:%M:%S")
        .is_ok_and(|instant| instant.to_string() == seconds);
    let is_fraction = |digits: &str| {
        (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_end = rest.strip_suffix("+00").is_some_and(|fraction| {
        fraction.is_empty() || fraction.strip_prefix('.').is_some_and(is_fraction)
    });
    is_date && is_end && !seconds.starts_with("0000")
}

fn sort_word(order: Order) -> String {
    format!("{}{}", if order.descending { "-" } else { "" }, order.key)
}

/// The most entries of a page.
pub const MOST: i64 = 100;
const USUAL: i64 = 20;

/// Reads `sort`.
pub fn order(sort: &str, errors: &mut FieldErrors) -> Option<Order> {
    let (descending, key) = match sort.strip_prefix('-') {
        Some(key) => (true, key),
        None => (false, sort),
    };
    let key = errors.word("sort", Some(key))?;
    Some(Order { key, descending })
}

/// `page`, `limit` and `cursor` as they were sent.
#[derive(Debug)]
pub struct PagingInput {
    page: Sent<String>,
    limit: Sent<String>,
    cursor: Sent<String>,
}

impl Paging {
    /// Reads `page`, `limit` and `cursor`, to be checked when the order of the list is known.
    pub fn sent(query: &mut QueryReader) -> PagingInput {
        PagingInput {
            page: query.sent("page"),
            limit: query.sent("limit"),
            cursor: query.sent("cursor"),
        }
    }

    /// Checks the part of a list of that order. Values with errors have their defaults.
    pub fn checked(sent: &PagingInput, order: Order, errors: &mut FieldErrors) -> Self {
        let limit = number(&sent.limit, MOST, errors).unwrap_or(USUAL);
        let page = number(&sent.page, LAST_PAGE, errors);
        let cursor = &sent.cursor;
        errors.ask(&cursor.name, Constraint::pattern("^[A-Za-z0-9_-]+$"));
        let after = cursor.text().and_then(|text| {
            let position = Position::parse(text, order);
            if position.is_none() {
                let message = "must be the nextCursor of a list in the same order";
                errors.add(&*cursor.name, "bad_cursor", message);
            }
            position
        });
        if page.is_some() && after.is_some() {
            page_beside_cursor(errors);
        }
        let start = after.map_or(Start::Page(page.unwrap_or(1)), Start::After);
        Self { start, limit }
    }
}

/// A whole number from 1 to `most`.
fn number(sent: &Sent<String>, most: i64, errors: &mut FieldErrors) -> Option<i64> {
    errors.ask(&sent.name, Constraint::Integer(1, most));
    let number = sent.text()?.parse().ok();
    let number = number.filter(|number| (1..=most).contains(number));
    if number.is_none() {
        let message = format!("must be a whole number of 1 to {most}");
        errors.add(&*sent.name, "out_of_range", message);
    }
    number
}
