//! What a list may be narrowed by and sorted by. Pure.

use crate::{
    fault::{Asks, Faults, Words},
    ids::{TicketId, UserId},
    people::Department,
    text_enum,
    tickets::{
        Category, Priority, Status,
        search::{self, Search},
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Utc};

/// The query of a list, every value as text.
#[derive(Debug, Default, Clone)]
pub struct RawFilter {
    /// Words, separated by commas.
    pub status: Option<String>,
    /// Words, separated by commas.
    pub priority: Option<String>,
    /// Words, separated by commas.
    pub category: Option<String>,
    /// Words, separated by commas.
    pub department: Option<String>,
    /// `me`, `none` or an id.
    pub assigned_to: Option<String>,
    /// An id.
    pub customer: Option<String>,
    /// A label.
    pub tag: Option<String>,
    /// An instant or a day.
    pub created_from: Option<String>,
    /// An instant or a day, either of which is included.
    pub created_to: Option<String>,
    /// An instant or a day.
    pub updated_from: Option<String>,
    /// `at_risk` or `breached`.
    pub sla: Option<String>,
    /// Words, "phrases" and -exclusions.
    pub q: Option<String>,
    /// A key, with `-` before it for descending.
    pub sort: Option<String>,
    /// From 1.
    pub page: Option<String>,
    /// 1 to 100.
    pub limit: Option<String>,
    /// Where a page before this one ended.
    pub cursor: Option<String>,
}

/// What a list is narrowed to. Empty: not narrowed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Any of these.
    pub status: Vec<Status>,
    /// Any of these.
    pub priority: Vec<Priority>,
    /// Any of these.
    pub category: Vec<Category>,
    /// Any of these.
    pub department: Vec<Department>,
    /// Held by.
    pub assignee: Option<Assignee>,
    /// Of this customer.
    pub customer: Option<UserId>,
    /// With this label.
    pub tag: Option<String>,
    /// Created at this instant or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Created before this instant.
    pub created_before: Option<DateTime<Utc>>,
    /// Changed at this instant or later.
    pub updated_from: Option<DateTime<Utc>>,
    /// By deadlines.
    pub sla: Option<SlaFilter>,
    /// With these words.
    pub search: Option<Search>,
    /// In which order.
    pub order: Order,
}

/// Who holds the tickets wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    /// Nobody.
    Nobody,
    /// This agent.
    Agent(UserId),
}

text_enum! {
    /// Tickets by their deadlines.
    pub enum SlaFilter {
        /// A running clock is near its deadline.
        AtRisk = "at_risk",
        /// A deadline has passed.
        Breached = "breached",
    }
}

text_enum! {
    /// What a list is sorted by.
    pub enum SortKey {
        /// When it was created.
        CreatedAt = "createdAt",
        /// When it last changed.
        UpdatedAt = "updatedAt",
        /// How urgent it is.
        Priority = "priority",
        /// The next deadline; tickets without one come last.
        SlaDue = "slaDue",
        /// How well it fits the search; without one, when it was created.
        Relevance = "relevance",
    }
}

/// What `sort` may say.
const SORTS: &[&str] = &[
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

    fn parse(cursor: &str, order: Order) -> Option<Self> {
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
const MOST: i64 = 100;
const USUAL: i64 = 20;
/// Deeper pages are what cursors are for.
const DEEPEST: i64 = 100_000;

impl Filter {
    /// Reads a query. `me` is the caller.
    pub fn parse(raw: &RawFilter, me: UserId, faults: &mut Faults) -> (Self, Paging) {
        faults.ask("sort", Asks::Word(SORTS.to_vec()));
        let search = search(raw.q.as_deref(), faults);
        let usual = if search.is_some() {
            Order::RELEVANT
        } else {
            Order::NEWEST
        };
        let order = raw
            .sort
            .as_deref()
            .and_then(|sort| order(sort, faults))
            .unwrap_or(usual);
        let filter = Self {
            status: words("status", raw.status.as_deref(), faults),
            priority: words("priority", raw.priority.as_deref(), faults),
            category: words("category", raw.category.as_deref(), faults),
            department: words("department", raw.department.as_deref(), faults),
            assignee: match raw.assigned_to.as_deref() {
                Some("me") => Some(Assignee::Agent(me)),
                Some("none") => Some(Assignee::Nobody),
                other => faults.id("assignedTo", other).map(Assignee::Agent),
            },
            customer: faults.id("customer", raw.customer.as_deref()),
            tag: faults.optional_text("tag", raw.tag.as_deref(), 1, 50),
            created_from: instant(
                "createdFrom",
                raw.created_from.as_deref(),
                Day::Begins,
                faults,
            ),
            created_before: instant("createdTo", raw.created_to.as_deref(), Day::Ends, faults),
            updated_from: instant(
                "updatedFrom",
                raw.updated_from.as_deref(),
                Day::Begins,
                faults,
            ),
            sla: faults.word("sla", raw.sla.as_deref()),
            search,
            order,
        };
        let paging = paging(raw, order, faults);
        (filter, paging)
    }

    /// Whether what it lets through is counted to the end: a search, or filters in combination,
    /// are counted up to a limit.
    #[must_use]
    pub fn is_counted_whole(&self) -> bool {
        let narrowed = [
            !self.status.is_empty(),
            !self.priority.is_empty(),
            !self.category.is_empty(),
            !self.department.is_empty(),
            self.assignee.is_some(),
            self.customer.is_some(),
            self.tag.is_some(),
            self.created_from.is_some() || self.created_before.is_some(),
            self.updated_from.is_some(),
            self.sla.is_some(),
        ];
        let filters = narrowed.into_iter().filter(|is_set| *is_set).count();
        self.search.is_none() && filters < 2
    }
}

/// A search, if there is something to search for.
fn search(text: Option<&str>, faults: &mut Faults) -> Option<Search> {
    let text = faults.optional_text("q", text, 0, search::LONGEST)?;
    if text.trim().is_empty() {
        return None;
    }
    Search::parse(&text)
        .inspect_err(|too_many| faults.add("q", "too_many", too_many.to_string()))
        .ok()
}

fn order(sort: &str, faults: &mut Faults) -> Option<Order> {
    let (descending, key) = match sort.strip_prefix('-') {
        Some(key) => (true, key),
        None => (false, sort),
    };
    let key = faults.word("sort", Some(key))?;
    Some(Order { key, descending })
}

fn words<T: Words>(field: &str, text: Option<&str>, faults: &mut Faults) -> Vec<T> {
    faults.ask(field, Asks::AnyOf(T::words()));
    let parts = text
        .into_iter()
        .flat_map(|text| text.split(','))
        .map(str::trim);
    parts
        .filter_map(|word| faults.word(field, Some(word)))
        .collect()
}

const MILLISECOND: TimeDelta = TimeDelta::milliseconds(1);

#[derive(Clone, Copy)]
enum Day {
    Begins,
    Ends,
}

/// An instant (RFC 3339), or a day (UTC): where it begins, or where what it includes ends. The
/// last instant is included to the millisecond, as answers show instants.
fn instant(
    field: &str,
    text: Option<&str>,
    day: Day,
    faults: &mut Faults,
) -> Option<DateTime<Utc>> {
    faults.ask(field, Asks::AnyFormat(&["date-time", "date"]));
    let text = text?;
    let instant = DateTime::parse_from_rfc3339(text).map(|instant| instant.to_utc());
    let read = match (instant.ok(), day) {
        (Some(instant), Day::Begins) => Some(instant),
        (Some(instant), Day::Ends) => instant.trunc_subsecs(3).checked_add_signed(MILLISECOND),
        (None, Day::Begins) => day_of(text).map(midnight),
        (None, Day::Ends) => day_of(text).and_then(|day| day.succ_opt()).map(midnight),
    };
    if read.is_none() {
        faults.add(
            field,
            "not_a_time",
            "must be a time such as 2025-10-01T08:30:00Z or a day such as 2025-10-01",
        );
    }
    read
}

/// Ten characters: years that no database has are longer.
fn day_of(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && day.to_string() == text).then_some(day)
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// Reads `page`, `limit` and `cursor`.
pub(super) fn paging(raw: &RawFilter, order: Order, faults: &mut Faults) -> Paging {
    let mut number = |field: &str, text: &Option<String>, most: i64, usual: i64| {
        faults.ask(field, Asks::Integer(1, most));
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
    let page = number("page", &raw.page, DEEPEST, 1);
    faults.ask("cursor", Asks::Pattern("^[A-Za-z0-9_-]+$"));
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

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
