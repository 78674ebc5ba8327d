//! JSON as a table in CSV (RFC 4180), for spreadsheets. Objects inside a row become columns with dotted names; a list of counts
//! becomes a column for each word that was counted.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The content type of such a table.
pub const CONTENT_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// The table of rows, whose columns have the names of the first row's fields. `columns` are those of an empty table.
///
/// # Errors
/// Memory alone could cause one.
pub fn table(rows: &[Value], columns: &Value) -> csv::Result<Vec<u8>> {
    let rows: Vec<_> = rows.iter().map(columns_of).collect();
    let example = columns_of(columns);
    let header = rows.first().unwrap_or(&example);
    let known: BTreeSet<_> = header.iter().map(|(name, _)| name).collect();
    // A count that the first row does not have, such as that of a status.
    let further = rows.iter().flatten().map(|(name, _)| name);
    let mut names: Vec<_> = header.iter().map(|(name, _)| name).collect();
    for name in further.filter(|name| !known.contains(name)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&names)?;
    for row in &rows {
        let cell = |name: &&String| row.iter().find(|(known, _)| known == *name);
        writer.write_record(
            names
                .iter()
                .map(|name| cell(name).map_or("", |(_, text)| text)),
        )?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// The columns of a row, in order.
fn columns_of(row: &Value) -> Vec<(String, String)> {
    let mut columns = Vec::new();
    add(&mut columns, String::new(), row);
    columns
}

fn add(columns: &mut Vec<(String, String)>, name: String, value: &Value) {
    let within = |inner: &str| match name.as_str() {
        "" => inner.to_owned(),
        outer => format!("{outer}.{inner}"),
    };
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                add(columns, within(field), value);
            }
        }
        Value::Array(entries) => {
            for (of, count) in entries
                .iter()
                .filter_map(Value::as_object)
                .filter_map(count)
            {
                add(columns, within(&of), count);
            }
        }
        Value::Null => columns.push((name, String::new())),
        Value::String(text) => columns.push((name, harmless(text))),
        Value::Bool(_) | Value::Number(_) => columns.push((name, value.to_string())),
    }
}

/// What was counted, and how often.
fn count(entry: &Map<String, Value>) -> Option<(String, &Value)> {
    let of = entry.get("_id")?;
    let of = of.as_str().map_or_else(|| of.to_string(), str::to_owned);
    Some((of, entry.get("count")?))
}

/// Text that no spreadsheet takes for a formula: names of people are in the tables, and people choose them.
fn harmless(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(rows: &[Value], columns: &Value) -> String {
        String::from_utf8(table(rows, columns).unwrap()).unwrap()
    }

    #[test]
    fn fields_become_columns_and_counts_become_columns_of_their_words() {
        let rows = [
            json!({"agent": {"id": 1, "name": "Ann \"A\", B"}, "total": 3, "rate": null, "stars": [{"_id": 5, "count": 2}]}),
            json!({"agent": {"id": 2, "name": "Çelik"}, "total": 4, "rate": "92.50", "stars": [{"_id": 4, "count": 1}]}),
        ];
        assert_eq!(
            text(&rows, &json!({})),
            "agent.id,agent.name,total,rate,stars.5,stars.4\n1,\"Ann \"\"A\"\", B\",3,,2,\n2,Çelik,4,92.50,,1\n"
        );
    }

    #[test]
    fn a_table_without_rows_has_its_header() {
        assert_eq!(text(&[], &json!({"a": 1, "b": {"c": 2}})), "a,b.c\n");
    }

    #[test]
    fn a_name_is_never_a_formula() {
        for name in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            let table = text(&[json!({"name": name})], &json!({}));
            assert!(table.contains(&format!("'{name}")), "{table}");
        }
    }
}
