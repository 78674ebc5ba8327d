//! The conditions of a list of tickets: the scope of the caller, then the filter.

use crate::tickets::list::store::List;
use chrono::{DateTime, Utc};
use domain::{
    ids::UserId,
    tickets::{
        access::{Scope, Viewer},
        list::{Assignee, Filter, SlaFilter},
        search::Search,
    },
};
use sqlx::{Postgres, QueryBuilder};

impl List<'_> {
    /// Appends the conditions of the list, each after an `and`.
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
        by_deadlines(query, &filter.sla, self.now);
        if let Some(search) = &filter.search {
            self.matching(query, search);
        }
    }

    /// Appends the texts of `t` that the caller may read and that match `query_text`, a `tsquery`.
    pub(super) fn texts_with(&self, query: &mut QueryBuilder<Postgres>, query_text: String) {
        query.push("from text_words w where w.ticket_id = t.id and w.words @@ ");
        query.push_bind(query_text).push("::tsquery");
        match self.scope.reader() {
            Viewer::Requester => {
                query.push(" and not w.is_internal");
            }
            Viewer::Staff => {}
        }
    }

    /// Appends the condition of a search. An index finds the words. Phrases are then searched in the texts of
    /// the tickets found; `offset 0` keeps the planner from doing so for all tickets.
    fn matching(&self, query: &mut QueryBuilder<Postgres>, search: &Search) {
        if search.is_empty() {
            query.push(" and false");
        }
        let words = search.words();
        if !words.is_empty() {
            query.push(" and exists (select from ticket_words w where w.ticket_id = t.id and ");
            query.push(match self.scope.reader() {
                Viewer::Requester => "w.words",
                Viewer::Staff => "coalesce(w.all_words, w.words)",
            });
            query.push(" @@ ").push_bind(words).push("::tsquery)");
        }
        let wanted = search
            .phrases()
            .map(|phrase| (" and exists (select ", phrase));
        let unwanted = search
            .unwanted_phrases()
            .map(|phrase| (" and not exists (select ", phrase));
        for (condition, phrase) in wanted.chain(unwanted) {
            query.push(condition);
            self.texts_with(query, phrase);
            query.push(" offset 0)");
        }
    }
}

fn in_scope(query: &mut QueryBuilder<Postgres>, scope: Scope) {
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

fn by_deadlines(query: &mut QueryBuilder<Postgres>, any: &[SlaFilter], now: DateTime<Utc>) {
    for (n, sla) in any.iter().enumerate() {
        query.push(if n == 0 { " and (" } else { " or " });
        by_deadline(query, *sla, now);
    }
    if !any.is_empty() {
        query.push(")");
    }
}

/// By the instants themselves, since a sweep may not have recorded a breach yet. An index serves each condition.
fn by_deadline(query: &mut QueryBuilder<Postgres>, sla: SlaFilter, now: DateTime<Utc>) {
    let running = "stopped_at is null and paused_at is null";
    query.push("t.id in (select ticket_id from sla_clocks where ");
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
                .push("breached_at is not null union all select ticket_id from sla_clocks where ")
                .push(running)
                .push(" and due_at < ")
                .push_bind(now)
                .push(" and next_at <= ")
                .push_bind(now);
        }
    }
    query.push(")");
}
