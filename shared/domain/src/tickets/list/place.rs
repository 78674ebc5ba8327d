//! The order of a list and the places in it: what `sort`, `page`, `limit` and `cursor` say. Pure.

use crate::tickets::list::RawFilter;
use crate::{
    field_error::{Constraint, FieldErrors},
    ids::TicketId,
    paging::{LAST_PAGE, page_beside_cursor},
    text_enum,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDateTime;

text_enum! {
    /// What a list is sorted by.
    pub enum SortKey {
        /// When it was created.
        CreatedAt = "createdAt",
        /// When it last changed.
        UpdatedAt = "updatedAt",
        /// How urgent it is.
        Priority = "priority",
        /// The next deadline; tickets without one come last, descending first.
        SlaDue = "slaDue",
        /// How well it fits the search; without one, when it was created.
        Relevance = "relevance",
    }
}

/// What `sort` may say.
pub const SORTS: &[&str] = &[
    "createdAt",
    "-createdAt",
    "updatedAt",
    "-updatedAt",
    "priority",
    "-priority",
    "slaDue",
    "-slaDue",
    "relevance",
    "-relevance",
];

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// By what.
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
    /// What fits the search best first.
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

/// Which part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Where it begins.
    pub start: Start,
    /// How many at most, 1 to 100.
    pub limit: i64,
}

/// Where a part of a list begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// At this page, from 1.
    Page(i64),
    /// After this place.
    After(Position),
}

/// A place in a list: the sorted-by value of a ticket, as the database writes it, and the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The value.
    pub value: String,
    /// The ticket.
    pub ticket: TicketId,
}

impl Position {
    /// The cursor that names this place in a list of that order. It can stand in a query as it is.
    #[must_use]
    pub fn cursor(&self, order: Order) -> String {
        let place = format!("{}~{}~{}", sort_word(order), self.value, self.ticket);
        URL_SAFE_NO_PAD.encode(place)
    }

    pub fn parse(cursor: &str, order: Order) -> Option<Self> {
        let place = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let mut parts = place.split('~');
        let (sort, value, ticket) = (parts.next()?, parts.next()?.to_owned(), parts.next()?);
        let sound = match order.key {
            SortKey::CreatedAt | SortKey::UpdatedAt | SortKey::SlaDue => is_instant(&value),
            SortKey::Priority => value
                .parse()
                .is_ok_and(|rank: i16| rank.to_string() == value),
            // PostgreSQL refuses what is too small to be told from nothing.
            SortKey::Relevance => value
                .parse()
                .is_ok_and(|rank: f32| rank.is_normal() || value == "0"),
        };
        let whole = parts.next().is_none() && sort == sort_word(order) && sound;
        let position = whole.then_some(Self {
            value,
            ticket: ticket.parse().ok()?,
        });
        // Written back and compared: what reads alike in another way was never ours.
        position.filter(|position| position.cursor(order) == cursor)
    }
}

/// Whether it is an instant as PostgreSQL writes it in UTC, to the microsecond: years that it has
/// not have more than four digits, or a sign.
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
pub fn order(sort: &str, faults: &mut FieldErrors) -> Option<Order> {
    let (descending, key) = match sort.strip_prefix('-') {
        Some(key) => (true, key),
        None => (false, sort),
    };
    let key = faults.word("sort", Some(key))?;
    Some(Order { key, descending })
}

/// Reads `page`, `limit` and `cursor`.
pub fn paging(raw: &RawFilter, order: Order, faults: &mut FieldErrors) -> Paging {
    let mut number = |field: &str, text: &Option<String>, most: i64, usual: i64| {
        faults.ask(field, Constraint::Integer(1, most));
        match text.as_deref() {
            None => usual,
            Some(text) => text
                .parse()
                .ok()
                .filter(|number| (1..=most).contains(number))
                .unwrap_or_else(|| {
                    faults.add(
                        field,
                        "out_of_range",
                        format!("must be a whole number of 1 to {most}"),
                    );
                    usual
                }),
        }
    };
    let limit = number("limit", &raw.limit, MOST, USUAL);
    let page = number("page", &raw.page, LAST_PAGE, 1);
    if raw.page.is_some() && raw.cursor.is_some() {
        page_beside_cursor(faults);
    }
    faults.ask("cursor", Constraint::Pattern("^[A-Za-z0-9_-]+$"));
    let start = match raw.cursor.as_deref() {
        None => Start::Page(page),
        Some(cursor) => Position::parse(cursor, order).map_or_else(
            || {
                faults.add(
                    "cursor",
                    "bad_cursor",
                    "must be the nextCursor of a list in the same order",
                );
                Start::Page(page)
            },
            Start::After,
        ),
    };
    Paging { start, limit }
}
