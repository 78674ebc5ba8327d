//! The conditions of a list of tickets, besides a search: the scope of the caller, then the filter.

use crate::tickets::list::store::List;
use chrono::{DateTime, Utc};
use domain::{
    ids::UserId,
    tickets::{
        access::Scope,
        list::{Assignee, Filter, SlaFilter},
    },
};
use sqlx::{Postgres, QueryBuilder};

impl List<'_> {
    /// Appends the conditions of the list besides a search, each after an `and`.
    pub(super) fn narrow(&self, query: &mut QueryBuilder<Postgres>) {
        let filter = self.filter;
        in_scope(query, self.scope);
        by_words(query, filter);
        by_people(query, filter);
        if !filter.tags.is_empty() {
            query.push(" and t.tags && ").push_bind(filter.tags.clone());
        }
        since(query, " and t.created_at >= ", filter.created_from);
        since(query, " and t.created_at < ", filter.created_before);
        since(query, " and t.updated_at >= ", filter.updated_from);
        self.by_deadlines(query);
    }
}

/// Appends the condition that the caller may see `t`, after an `and`.
pub(super) fn in_scope(query: &mut QueryBuilder<Postgres>, scope: Scope) {
    match scope {
        Scope::Own(customer) => {
            query.push(" and t.customer_id = ").push_bind(customer.0);
        }
        // Mentions as an array, so that the planner can use the index on ids.
        Scope::AgentQueue(agent) => {
            query
                .push(" and (t.assigned_to = ")
                .push_bind(agent.0)
                .push(" or t.assigned_to is null or t.id = any(array(select ticket_id from note_mentions where user_id = ")
                .push_bind(agent.0)
                .push(")))");
        }
        Scope::All => {}
    }
}

fn by_words(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    let status = filter.status.iter().map(|status| status.as_str());
    one_of(query, "status", status);
    let priority = filter.priority.iter().map(|priority| priority.as_str());
    one_of(query, "priority", priority);
    let category = filter.category.iter().map(|category| category.as_str());
    one_of(query, "category", category);
    let department = filter.department.iter().map(|word| word.as_str());
    one_of(query, "department", department);
}

fn by_people(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    let agents = filter.assignees.iter().filter_map(|one| match one {
        Assignee::Agent(agent) => Some(*agent),
        Assignee::Nobody => None,
    });
    let agents: Vec<_> = agents.collect();
    match (filter.assignees.contains(&Assignee::Nobody), &*agents) {
        (false, []) => {}
        (true, []) => {
            query.push(" and t.assigned_to is null");
        }
        (false, agents) => any_of(query.push(" and t.assigned_to"), agents),
        (true, agents) => {
            any_of(
                query.push(" and (t.assigned_to is null or t.assigned_to"),
                agents,
            );
            query.push(")");
        }
    }
    if !filter.customers.is_empty() {
        any_of(query.push(" and t.customer_id"), &filter.customers);
    }
}

/// A single person is compared by `=`, so that an index can return the rows in order.
fn any_of(query: &mut QueryBuilder<Postgres>, people: &[UserId]) {
    if let [one] = people {
        query.push(" = ").push_bind(one.0);
    } else {
        let ids: Vec<_> = people.iter().map(|person| person.0).collect();
        query.push(" = any(").push_bind(ids).push(")");
    }
}

fn since(query: &mut QueryBuilder<Postgres>, condition: &str, instant: Option<DateTime<Utc>>) {
    if let Some(instant) = instant {
        query.push(condition).push_bind(instant);
    }
}

fn one_of<'a>(
    query: &mut QueryBuilder<Postgres>,
    column: &str,
    words: impl Iterator<Item = &'a str>,
) {
    let words: Vec<String> = words.map(str::to_owned).collect();
    if !words.is_empty() {
        query
            .push(" and t.")
            .push(column)
            .push(" = any(")
            .push_bind(words)
            .push(")");
    }
}

/// How many tickets of a list are late, which decides how they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Late {
    /// Few: they are read one by one.
    Few,
    /// Many: the list is read in its order, and each ticket is looked up among the late ones.
    Many,
}

/// From how many on they are many: so many are read and sorted as fast as a page of an order that skips most tickets.
const MANY: i64 = 2_000;

impl Late {
    pub(super) const fn of(total: i64) -> Self {
        if total < MANY { Self::Few } else { Self::Many }
    }
}

impl List<'_> {
    /// Appends the condition of `sla`, after an `and`.
    fn by_deadlines(&self, query: &mut QueryBuilder<Postgres>) {
        let any = &*self.filter.sla;
        if any.is_empty() {
            return;
        }
        match (self.scope, self.late) {
            // Few tickets: each is asked for its clocks.
            (Scope::Own(_), _) => {
                query.push(" and exists (");
                late_clocks(query, any, self.now, "ticket_id = t.id");
                query.push(" offset 0)");
            }
            (Scope::AgentQueue(_) | Scope::All, Late::Few) => {
                query.push(" and t.id in (");
                late_clocks(query, any, self.now, "true");
                query.push(")");
            }
            // `is true` keeps the planner from reading all of them first.
            (Scope::AgentQueue(_) | Scope::All, Late::Many) => {
                query.push(" and (t.id in (");
                late_clocks(query, any, self.now, "true");
                query.push(")) is true");
            }
        }
    }

    /// The query that counts the late tickets of all, without a look at the tickets.
    pub(super) fn count_late(&self) -> QueryBuilder<Postgres> {
        let mut query = QueryBuilder::new("select count(distinct ticket_id) from (");
        late_clocks(&mut query, &self.filter.sla, self.now, "true");
        query.push(") late");
        query
    }
}

/// Appends a query of the tickets of late clocks. The instants themselves decide, since a sweep may not have recorded a
/// breach yet. An index serves each part.
fn late_clocks(
    query: &mut QueryBuilder<Postgres>,
    any: &[SlaFilter],
    now: DateTime<Utc>,
    of: &str,
) {
    let running = "stopped_at is null and paused_at is null";
    for (n, sla) in any.iter().enumerate() {
        if n > 0 {
            query.push(" union all ");
        }
        query.push(format!("select ticket_id from sla_clocks where {of} and "));
        match sla {
            SlaFilter::AtRisk => {
                query
                    .push(running)
                    .push(" and breached_at is null and warn_at <= ")
                    .push_bind(now)
                    .push(" and due_at >= ")
                    .push_bind(now);
            }
            SlaFilter::Breached => {
                query
                    .push(format!(
                        "breached_at is not null union all select ticket_id from sla_clocks where {of} and {running}"
                    ))
                    .push(" and due_at < ")
                    .push_bind(now);
            }
        }
    }
}
