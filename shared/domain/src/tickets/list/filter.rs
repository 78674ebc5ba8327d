//! The filters of a list of tickets. Pure.

use crate::tickets::list::{
    Order, Paging, SortKey,
    place::{order, sorts},
};
use crate::{
    field_error::{Constraint, FieldErrors, Variants},
    ids::UserId,
    local_day::day_start,
    paging::MEANINGS,
    people::Department,
    reader::{Meanings, QueryReader, Sent},
    text_enum,
    tickets::{Category, Priority, Status, search::Search},
};
use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// The filters of a list. Empty: all tickets.
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
    /// Assigned to any of these.
    pub assignees: Vec<Assignee>,
    /// Of any of these customers.
    pub customers: Vec<UserId>,
    /// With any of these labels.
    pub tags: Vec<String>,
    /// Created at this instant or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Created before this instant.
    pub created_before: Option<DateTime<Utc>>,
    /// Changed at this instant or later.
    pub updated_from: Option<DateTime<Utc>>,
    /// Any of these states of the deadlines.
    pub sla: Vec<SlaFilter>,
    /// With these words.
    pub search: Option<Search>,
    /// The order of the list.
    pub order: Order,
}

/// The assignee of the tickets wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    /// Unassigned.
    Nobody,
    /// Assigned to this agent.
    Agent(UserId),
}

text_enum! {
    /// A state of the deadlines of a ticket.
    pub enum SlaFilter {
        /// A running clock has passed its first warning threshold, and not its deadline.
        AtRisk = "at_risk",
        /// A deadline of the ticket was missed.
        Breached = "breached",
    }
}

/// What the filters mean.
const FILTERS: Meanings = &[
    ("status", "Only tickets with one of these statuses."),
    ("priority", "Only tickets with one of these priorities."),
    ("category", "Only tickets with one of these categories."),
    ("department", "Only tickets of one of these departments."),
    (
        "assignedTo",
        "Only tickets that are assigned to one of these agents. `me` is the caller, and `none` finds \
         unassigned tickets.",
    ),
    ("customer", "Only tickets of one of these requesters."),
    ("tag", "Only tickets with one of these tags."),
    (
        "createdFrom",
        "Only tickets that were created at this instant or later. A day, such as `2025-10-01`, begins \
         at midnight in `timezone`.",
    ),
    (
        "createdTo",
        "Only tickets that were created at this instant or earlier. A day, such as `2025-10-01`, is \
         included as a whole.",
    ),
    (
        "updatedFrom",
        "Only tickets that were changed at this instant or later. A day, such as `2025-10-01`, begins \
         at midnight in `timezone`.",
    ),
    (
        "timezone",
        "The time zone in which days begin and end. The default is UTC.",
    ),
    (
        "sla",
        "Only tickets whose deadlines are in one of these states.",
    ),
    (
        "q",
        "Only tickets in which all of these words are found. Quotation marks make a phrase, `*` after the \
         beginning of a word stands for the rest of it, and `-` excludes a word.",
    ),
    (
        "sort",
        "The order of the list. Without it the newest tickets come first, or with `q` the most relevant ones.",
    ),
];

impl Filter {
    /// Reads the filters and the part of the list; `me` is the caller. Errors are noted in the reader.
    pub fn read(query: &mut QueryReader, me: UserId) -> (Self, Paging) {
        query.mean(FILTERS);
        query.mean(MEANINGS);
        let status = query.several("status");
        let priority = query.several("priority");
        let category = query.several("category");
        let department = query.several("department");
        let assigned_to = query.several("assignedTo");
        let customer = query.several("customer");
        let tag = query.several("tag");
        let created_from = query.sent("createdFrom");
        let created_to = query.sent("createdTo");
        let updated_from = query.sent("updatedFrom");
        let zone = query.zone("timezone").unwrap_or_default();
        let sla = query.several("sla");
        let q = query.sent("q");
        let sort = query.sent("sort");
        let part = Paging::sent(query);
        let errors = query.errors();
        let search = search(&q, errors);
        let order = sorted(&sort, search.as_ref(), errors);
        let filter = Self {
            status: words(&status, errors),
            priority: words(&priority, errors),
            category: words(&category, errors),
            department: words(&department, errors),
            assignees: assignees(&assigned_to, me, errors),
            customers: customers(&customer, errors),
            tags: tags(&tag, errors),
            created_from: instant(&created_from, Day::Begins, zone, errors),
            created_before: instant(&created_to, Day::Ends, zone, errors),
            updated_from: instant(&updated_from, Day::Begins, zone, errors),
            sla: words(&sla, errors),
            search,
            order,
        };
        if let (Some(from), Some(before)) = (filter.created_from, filter.created_before)
            && before <= from
        {
            let must = "must not be before createdFrom";
            errors.contradict("createdTo", "before_start", must);
        }
        let paging = Paging::checked(&part, order, errors);
        (filter, paging)
    }

    /// Whether all matching tickets are counted: the matches of a search, or of several filters, are counted
    /// up to a limit.
    #[must_use]
    pub fn is_counted_whole(&self) -> bool {
        self.search.is_none() && self.filters() < 2
    }

    /// Whether nothing narrows the list but status, priority, category and department, whose tickets are counted beforehand.
    #[must_use]
    pub fn is_counted_beforehand(&self) -> bool {
        let words = [
            !self.status.is_empty(),
            !self.priority.is_empty(),
            !self.category.is_empty(),
            !self.department.is_empty(),
        ];
        let words = words.into_iter().filter(|is_set| *is_set).count();
        self.search.is_none() && self.filters() == words
    }

    /// Whether nothing but a search narrows the list.
    #[must_use]
    pub fn is_search_alone(&self) -> bool {
        self.filters() == 0
    }

    /// The number of filters, besides a search.
    fn filters(&self) -> usize {
        let narrowed = [
            !self.status.is_empty(),
            !self.priority.is_empty(),
            !self.category.is_empty(),
            !self.department.is_empty(),
            !self.assignees.is_empty(),
            !self.customers.is_empty(),
            !self.tags.is_empty(),
            self.created_from.is_some() || self.created_before.is_some(),
            self.updated_from.is_some(),
            !self.sla.is_empty(),
        ];
        narrowed.into_iter().filter(|is_set| *is_set).count()
    }
}

/// The order of the list: without `sort` the most relevant first, or the newest without a search.
fn sorted(sort: &Sent<String>, search: Option<&Search>, errors: &mut FieldErrors) -> Order {
    errors.ask(&sort.name, Constraint::Word(sorts()));
    let usual = if search.is_some() {
        Order::RELEVANT
    } else {
        Order::NEWEST
    };
    let sort = sort.text().and_then(|text| order(text, errors));
    let order = sort.unwrap_or(usual);
    // Without a search all tickets are equally relevant: the age decides.
    match (order.key, search) {
        (SortKey::Relevance, None) => Order {
            key: SortKey::CreatedAt,
            ..order
        },
        _ => order,
    }
}

/// A search, if there is something to search for.
fn search(q: &Sent<String>, errors: &mut FieldErrors) -> Option<Search> {
    let text = errors.optional_text(&q.name, q.text(), 0, crate::tickets::search::LONGEST)?;
    if text.trim().is_empty() {
        return None;
    }
    Search::parse(&text)
        .inspect_err(|too_many| errors.add(&*q.name, "too_many", too_many.to_string()))
        .ok()
}

fn words<T: Variants>(sent: &Sent<String>, errors: &mut FieldErrors) -> Vec<T> {
    errors.ask_each(&sent.name, Constraint::word::<T>());
    alternatives(sent)
        .filter_map(|word| errors.word(&sent.name, Some(word)))
        .collect()
}

fn alternatives(sent: &Sent<String>) -> impl Iterator<Item = &str> {
    let parts = sent.text().into_iter().flat_map(|text| text.split(','));
    parts.map(str::trim)
}

fn assignees(sent: &Sent<String>, me: UserId, errors: &mut FieldErrors) -> Vec<Assignee> {
    errors.ask_each(&sent.name, Constraint::pattern(ME_NONE_OR_ID));
    let assignee = |word| match word {
        "me" => Some(Assignee::Agent(me)),
        "none" => Some(Assignee::Nobody),
        id => listed_id(&sent.name, id, errors).map(Assignee::Agent),
    };
    alternatives(sent).filter_map(assignee).collect()
}

fn customers(sent: &Sent<String>, errors: &mut FieldErrors) -> Vec<UserId> {
    errors.ask_each(&sent.name, Constraint::Id);
    alternatives(sent)
        .filter_map(|id| listed_id(&sent.name, id, errors))
        .collect()
}

fn listed_id(field: &str, id: &str, errors: &mut FieldErrors) -> Option<UserId> {
    let parsed = id.parse().ok();
    if parsed.is_none() {
        errors.add(field, "invalid_id", "must be an id, or several with commas");
    }
    parsed
}

/// Labels are stored as they were sent, with spaces and commas. So each part between commas is an alternative, and so
/// is the whole text, each of them with and without the spaces around it.
fn tags(sent: &Sent<String>, errors: &mut FieldErrors) -> Vec<String> {
    let text = errors.optional_text(&sent.name, sent.text(), 0, LONGEST_TAGS);
    errors.ask(&sent.name, Constraint::List);
    let parts = text.iter().flat_map(|text| text.split(','));
    let alternatives = parts.chain(text.as_deref());
    let spelled: BTreeSet<_> = alternatives.flat_map(|tag| [tag, tag.trim()]).collect();
    spelled.into_iter().map(str::to_owned).collect()
}

const ME_NONE_OR_ID: &str = "^(me|none|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$";
const INSTANT_OR_DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2}))?$";
/// Twenty labels of fifty characters with the commas between them.
const LONGEST_TAGS: usize = 1_019;

const MILLISECOND: TimeDelta = TimeDelta::milliseconds(1);

#[derive(Clone, Copy)]
enum Day {
    Begins,
    Ends,
}

/// An instant (RFC 3339), or a day of the zone: its first instant, or the first one after it. The last
/// instant is included to the millisecond, as responses show instants.
fn instant(
    sent: &Sent<String>,
    day: Day,
    zone: Tz,
    errors: &mut FieldErrors,
) -> Option<DateTime<Utc>> {
    errors.ask(&sent.name, Constraint::pattern(INSTANT_OR_DAY));
    let text = sent.text()?;
    let instant = DateTime::parse_from_rfc3339(text).map(|instant| instant.to_utc());
    let read = match (instant.ok(), day) {
        (Some(instant), Day::Begins) => Some(instant),
        (Some(instant), Day::Ends) => instant.trunc_subsecs(3).checked_add_signed(MILLISECOND),
        (None, Day::Begins) => day_of(text).and_then(|day| day_start(day, zone)),
        (None, Day::Ends) => day_of(text).and_then(|day| day_start(day.succ_opt()?, zone)),
    };
    if read.is_none() {
        errors.add(
            &*sent.name,
            "not_a_time",
            "must be a time such as 2025-10-01T08:30:00Z or a day such as 2025-10-01",
        );
    }
    read
}

/// A day of ten characters: PostgreSQL has no years that are longer.
fn day_of(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && day.to_string() == text).then_some(day)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
