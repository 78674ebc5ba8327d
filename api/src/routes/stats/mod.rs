//! Statistics: the whole of a period, and reports on agents, departments, categories, deadlines, ratings and the backlog.
//! Each is shown as JSON, or as a table in CSV to a client that prefers `text/csv`.

pub mod agents;
pub mod backlog;
pub mod categories;
pub mod departments;
pub mod overview;
pub mod satisfaction;
pub mod sla;

use crate::{
    error::Problem,
    representation::{Representation, accepts},
    spreadsheet,
    views::stats::StatsView,
};
use axum::{
    http::{HeaderMap, header},
    response::Response,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The table of an answer.
pub(super) struct Table {
    /// The rows: objects.
    pub rows: Vec<Value>,
    /// A row that shows the columns, for a table without rows.
    pub columns: Value,
}

/// The answer to a request with these headers, as JSON or as a table. Its `ETag` is that of the figures, whenever they were
/// computed: a client that asks again learns that they are the same.
///
/// # Errors
/// The answer cannot be written, which memory alone could cause.
pub(super) fn respond<T: Serialize>(
    request: &HeaderMap,
    answer: &StatsView<T>,
    table: impl FnOnce(&Value) -> Table,
) -> Result<Response, Problem> {
    let figures = serde_json::to_value(&answer.figures).map_err(Problem::unexpected)?;
    let is_table = accepts(request, header::ACCEPT, "text/csv")
        && !accepts(request, header::ACCEPT, "application/json");
    let (content_type, text, version) = if is_table {
        let Table { rows, columns } = table(&figures);
        let text = spreadsheet::table(&rows, &columns).map_err(Problem::unexpected)?;
        let text = String::from_utf8(text).map_err(Problem::unexpected)?;
        (spreadsheet::CONTENT_TYPE, text.clone(), text)
    } else {
        let text = serde_json::to_string(answer).map_err(Problem::unexpected)?;
        ("application/json", text, figures.to_string())
    };
    Ok(Representation::of_version(content_type, text, &version).respond(request))
}

/// A row for each interval of a list of groups, or for each group where there are no intervals. `first` has the columns that
/// name the group.
fn rows(groups: &[Value], first: impl Fn(&Map<String, Value>) -> Map<String, Value>) -> Vec<Value> {
    let groups = groups.iter().filter_map(Value::as_object);
    let rows = groups.flat_map(|group| {
        let named = first(group);
        let parts = group.get("intervals").and_then(Value::as_array);
        let parts = parts.filter(|parts| !parts.is_empty());
        let figures = match parts {
            Some(parts) => parts.clone(),
            None => vec![Value::Object(without_lists(group))],
        };
        figures.into_iter().map(move |figures| {
            let mut row = named.clone();
            if let Value::Object(figures) = figures {
                row.extend(figures);
            }
            Value::Object(row)
        })
    });
    rows.collect()
}

/// The figures of a group without its intervals and without the lists that have rows of their own.
fn without_lists(group: &Map<String, Value>) -> Map<String, Value> {
    let mut figures = group.clone();
    for list in ["intervals", "priorities"] {
        figures.remove(list);
    }
    figures
}

/// The table of a report on everything: a row for each interval, or one row.
fn table_of_all(figures: &Value) -> Table {
    let rows = rows(std::slice::from_ref(figures), |_| Map::new());
    Table {
        rows,
        columns: json!({}),
    }
}

/// The table of a report on groups: a row for each interval of each group, or for each group.
fn table_of_groups(figures: &Value, list: &str, name: &str) -> Table {
    let groups = figures.get(list).and_then(Value::as_array);
    let named = |group: &Map<String, Value>| {
        let of = group.get("_id").or_else(|| group.get(name));
        let of = of.cloned().unwrap_or_default();
        Map::from_iter([(name.to_owned(), of)])
    };
    let mut rows = rows(groups.map_or(&[], Vec::as_slice), named);
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        row.remove("_id");
    }
    Table {
        rows,
        columns: json!({ name: "" }),
    }
}
