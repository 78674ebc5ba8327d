//! JSON values as literals of a language. Pure.

use serde_json::Value;

/// How a language writes values.
#[derive(Debug)]
pub(super) struct Syntax {
    null: &'static str,
    yes: &'static str,
    no: &'static str,
    /// Whether the name of a field that is a plain word stands without quotes.
    has_bare_names: bool,
    /// After the last field or entry of several lines.
    last: &'static str,
    /// One step of indentation.
    step: &'static str,
}

pub(super) const JSON: Syntax = Syntax {
    null: "null",
    yes: "true",
    no: "false",
    has_bare_names: false,
    last: "",
    step: "  ",
};

pub(super) const PYTHON: Syntax = Syntax {
    null: "None",
    yes: "True",
    no: "False",
    last: ",",
    step: "    ",
    ..JSON
};

pub(super) const TYPESCRIPT: Syntax = Syntax {
    has_bare_names: true,
    last: ",",
    ..JSON
};

/// A list or an object that fits into one line stands in one line.
const LINE: usize = 60;

/// The value in a language; its last line is indented by so many steps.
pub(super) fn literal(value: &Value, syntax: &Syntax, depth: usize) -> String {
    let flat = flat(value, syntax);
    let is_outermost_object = value.as_object().is_some_and(|fields| !fields.is_empty());
    if flat.len() <= LINE && !(is_outermost_object && flat.len() > LINE / 2) {
        return flat;
    }
    nested(value, syntax, depth)
}

fn nested(value: &Value, syntax: &Syntax, depth: usize) -> String {
    let one_line = flat(value, syntax);
    let (open, close, entries): (_, _, Vec<String>) = match value {
        Value::Object(fields) if !fields.is_empty() => {
            let fields = fields.iter().map(|(name, value)| {
                format!(
                    "{}: {}",
                    named(name, syntax),
                    inner(value, syntax, depth + 1)
                )
            });
            ("{", "}", fields.collect())
        }
        Value::Array(entries) if one_line.len() > LINE => {
            let entries = entries.iter().map(|entry| inner(entry, syntax, depth + 1));
            ("[", "]", entries.collect())
        }
        _ => return one_line,
    };
    let inside = syntax.step.repeat(depth + 1);
    let lines = entries.join(&format!(",\n{inside}"));
    format!(
        "{open}\n{inside}{lines}{}\n{}{close}",
        syntax.last,
        syntax.step.repeat(depth)
    )
}

/// A value within another one: in one line where it fits.
fn inner(value: &Value, syntax: &Syntax, depth: usize) -> String {
    let one_line = flat(value, syntax);
    if one_line.len() <= LINE {
        one_line
    } else {
        nested(value, syntax, depth)
    }
}

fn flat(value: &Value, syntax: &Syntax) -> String {
    match value {
        Value::Null => syntax.null.to_owned(),
        Value::Bool(true) => syntax.yes.to_owned(),
        Value::Bool(false) => syntax.no.to_owned(),
        Value::Number(_) | Value::String(_) => value.to_string(),
        Value::Array(entries) => {
            let entries: Vec<String> = entries.iter().map(|entry| flat(entry, syntax)).collect();
            format!("[{}]", entries.join(", "))
        }
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", named(name, syntax), flat(value, syntax)))
                .collect();
            if syntax.has_bare_names {
                format!("{{ {} }}", fields.join(", "))
            } else {
                format!("{{{}}}", fields.join(", "))
            }
        }
    }
}

fn named(name: &str, syntax: &Syntax) -> String {
    let is_plain = name
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let is_word = is_plain && !name.starts_with(|first: char| first.is_ascii_digit());
    if syntax.has_bare_names && is_word {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}
