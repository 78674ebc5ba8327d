//! What a list may be narrowed by. Pure.

use crate::tickets::list::{
    Order, Paging, SortKey,
    place::{SORTS, order, paging},
};
use crate::{
    field_error::{Constraint, FieldErrors, Variants},
    ids::UserId,
    people::Department,
    text_enum,
    tickets::{Category, Priority, Status, search::Search},
};
use chrono::{DateTime, NaiveDate, NaiveTime, SubsecRound, TimeDelta, Utc};
use std::collections::BTreeSet;

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
    /// `me`, `none` or ids, separated by commas.
    pub assigned_to: Option<String>,
    /// Ids, separated by commas.
    pub customer: Option<String>,
    /// Labels, separated by commas.
    pub tag: Option<String>,
    /// An instant or a day.
    pub created_from: Option<String>,
    /// An instant or a day, either of which is included.
    pub created_to: Option<String>,
    /// An instant or a day.
    pub updated_from: Option<String>,
    /// Words, separated by commas.
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
    /// Held by any of these.
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
    /// By deadlines: any of these.
    pub sla: Vec<SlaFilter>,
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

impl Filter {
    /// Reads a query. `me` is the caller.
    pub fn parse(raw: &RawFilter, me: UserId, faults: &mut FieldErrors) -> (Self, Paging) {
        faults.ask("sort", Constraint::Word(SORTS.to_vec()));
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
        // Without a search everything is as relevant: what is left is the age.
        let order = match (order.key, &search) {
            (SortKey::Relevance, None) => Order {
                key: SortKey::CreatedAt,
                ..order
            },
            _ => order,
        };
        let filter = Self {
            status: words("status", raw.status.as_deref(), faults),
            priority: words("priority", raw.priority.as_deref(), faults),
            category: words("category", raw.category.as_deref(), faults),
            department: words("department", raw.department.as_deref(), faults),
            assignees: assignees(raw.assigned_to.as_deref(), me, faults),
            customers: customers(raw.customer.as_deref(), faults),
            tags: tags(raw.tag.as_deref(), faults),
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
            sla: words("sla", raw.sla.as_deref(), faults),
            search,
            order,
        };
        if let (Some(from), Some(before)) = (filter.created_from, filter.created_before)
            && before <= from
        {
            let must = "must not be before createdFrom";
            faults.contradict("createdTo", "before_start", must);
        }
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
            !self.assignees.is_empty(),
            !self.customers.is_empty(),
            !self.tags.is_empty(),
            self.created_from.is_some() || self.created_before.is_some(),
            self.updated_from.is_some(),
            !self.sla.is_empty(),
        ];
        let filters = narrowed.into_iter().filter(|is_set| *is_set).count();
        self.search.is_none() && filters < 2
    }
}

/// A search, if there is something to search for.
fn search(text: Option<&str>, faults: &mut FieldErrors) -> Option<Search> {
    let text = faults.optional_text("q", text, 0, crate::tickets::search::LONGEST)?;
    if text.trim().is_empty() {
        return None;
    }
    Search::parse(&text)
        .inspect_err(|too_many| faults.add("q", "too_many", too_many.to_string()))
        .ok()
}

fn words<T: Variants>(field: &str, text: Option<&str>, faults: &mut FieldErrors) -> Vec<T> {
    faults.ask(field, Constraint::AnyOf(T::words()));
    alternatives(text)
        .filter_map(|word| faults.word(field, Some(word)))
        .collect()
}

fn alternatives(text: Option<&str>) -> impl Iterator<Item = &str> {
    let parts = text.into_iter().flat_map(|text| text.split(','));
    parts.map(str::trim)
}

fn assignees(text: Option<&str>, me: UserId, faults: &mut FieldErrors) -> Vec<Assignee> {
    faults.ask("assignedTo", Constraint::Pattern(ME_NONE_OR_IDS));
    let assignee = |word| match word {
        "me" => Some(Assignee::Agent(me)),
        "none" => Some(Assignee::Nobody),
        id => listed_id("assignedTo", id, faults).map(Assignee::Agent),
    };
    alternatives(text).filter_map(assignee).collect()
}

fn customers(text: Option<&str>, faults: &mut FieldErrors) -> Vec<UserId> {
    faults.ask("customer", Constraint::Pattern(IDS));
    alternatives(text)
        .filter_map(|id| listed_id("customer", id, faults))
        .collect()
}

fn listed_id(field: &str, id: &str, faults: &mut FieldErrors) -> Option<UserId> {
    let parsed = id.parse().ok();
    if parsed.is_none() {
        faults.add(field, "invalid_id", "must be an id, or several with commas");
    }
    parsed
}

/// Labels are kept as they were sent, spaces around them and commas in them included: what stands between
/// commas is an alternative, and so is the whole, each as it is and without the spaces around it.
fn tags(text: Option<&str>, faults: &mut FieldErrors) -> Vec<String> {
    let text = faults.optional_text("tag", text, 0, LONGEST_TAGS);
    let parts = text.iter().flat_map(|text| text.split(','));
    let alternatives = parts.chain(text.as_deref());
    let spelled: BTreeSet<_> = alternatives.flat_map(|tag| [tag, tag.trim()]).collect();
    spelled.into_iter().map(str::to_owned).collect()
}

const IDS: &str = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(,[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})*$";
const ME_NONE_OR_IDS: &str = "^(me|none|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(,(me|none|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}))*$";
/// Twenty labels of fifty characters with the commas between them.
const LONGEST_TAGS: usize = 1_019;

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
    faults: &mut FieldErrors,
) -> Option<DateTime<Utc>> {
    faults.ask(field, Constraint::AnyFormat(&["date-time", "date"]));
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

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
