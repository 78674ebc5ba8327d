//! Tables of fields, from JSON Schemas. Pure.

use super::{
    limits::limits,
    markdown,
    shape::{Shape, shape},
    spec::{Spec, entries, items, text_of},
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// Fields within fields are shown to this depth.
const DEEPEST: usize = 6;
/// Of a longer list of values the first ones are shown.
const MOST_VALUES: usize = 40;

/// A row of a table of fields.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Field {
    pub name: String,
    /// The type in words: `string`, `list of integers`, `Ticket`.
    pub kind: String,
    /// The component whose own table has the fields of this one.
    pub component: Option<String>,
    pub is_required: bool,
    pub is_nullable: bool,
    /// JSON.
    pub default: Option<String>,
    /// In words.
    pub limits: Vec<String>,
    pub values: Vec<String>,
    /// The number of values that are not shown.
    pub further_values: usize,
    /// HTML.
    pub about: String,
    #[serde(skip)]
    pub fields: Vec<Field>,
    /// Alternative forms, each with fields of its own.
    #[serde(skip)]
    pub forms: Vec<Vec<Field>>,
}

/// A line of a table: a field, or the heading of one of several forms.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    /// The fields that it is in: `attachments[].`.
    pub within: String,
    pub depth: usize,
    pub form: Option<usize>,
    #[serde(flatten)]
    pub field: Field,
}

impl Field {
    /// The lines of its own fields, without one of itself.
    pub fn inner_rows(self) -> Vec<Row> {
        let mut rows = Vec::new();
        push_rows(self, "", 0, &mut rows);
        rows
    }
}

/// The lines of these fields, each followed by those of the fields within it.
pub(super) fn flat(fields: Vec<Field>) -> Vec<Row> {
    let whole = Field {
        fields,
        ..Field::default()
    };
    whole.inner_rows()
}

fn push_rows(mut of: Field, within: &str, depth: usize, rows: &mut Vec<Row>) {
    let fields = std::mem::take(&mut of.fields);
    let forms = std::mem::take(&mut of.forms);
    push_all(fields, within, depth, rows);
    for (at, fields) in forms.into_iter().enumerate() {
        rows.push(Row {
            within: within.to_owned(),
            depth,
            form: Some(at + 1),
            field: Field::default(),
        });
        push_all(fields, within, depth, rows);
    }
}

fn push_all(fields: Vec<Field>, within: &str, depth: usize, rows: &mut Vec<Row>) {
    for mut field in fields {
        let of_list = if field.kind.starts_with("list of") {
            "[]"
        } else {
            ""
        };
        let inner = format!("{within}{}{of_list}.", field.name);
        let children = Field {
            fields: std::mem::take(&mut field.fields),
            forms: std::mem::take(&mut field.forms),
            ..Field::default()
        };
        rows.push(Row {
            within: within.to_owned(),
            depth,
            form: None,
            field,
        });
        push_rows(children, &inner, depth + 1, rows);
    }
}

/// What happens to the fields of a component with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Components {
    /// Their rows stand where the component is used: a reader who fills in a body needs all of them.
    Inline,
    /// The component has a table of its own, and the row leads there.
    Linked,
}

/// Reads tables, and remembers the components that need a table of their own.
pub(super) struct Tables<'d> {
    spec: Spec<'d>,
    linked: Vec<String>,
    known: BTreeSet<String>,
}

impl<'d> Tables<'d> {
    pub fn new(spec: Spec<'d>) -> Self {
        Self {
            spec,
            linked: Vec::new(),
            known: BTreeSet::new(),
        }
    }

    /// A whole body or component: its own fields stand here, and the components within have tables of their own.
    pub fn whole(&mut self, schema: &Value) -> Field {
        let nameless = Shape {
            name: None,
            ..shape(self.spec, schema)
        };
        let mut whole = Field::default();
        self.fill(&mut whole, &nameless, Components::Linked, DEEPEST);
        whole
    }

    /// One value with a name.
    pub fn row(&mut self, name: &str, schema: &Value, components: Components) -> Field {
        self.field(name, schema, components, DEEPEST)
    }

    /// The next component that needs a table of its own, in the order in which they were met.
    pub fn next_linked(&mut self) -> Option<String> {
        let next = self.linked.first()?.clone();
        self.linked.remove(0);
        Some(next)
    }

    fn link(&mut self, name: &str) {
        if self.known.insert(name.to_owned()) {
            self.linked.push(name.to_owned());
        }
    }

    fn fields_of(&mut self, shape: &Shape, components: Components, depth: usize) -> Vec<Field> {
        if depth == 0 {
            return Vec::new();
        }
        let required: BTreeSet<&str> = items(shape.schema.get("required"))
            .filter_map(Value::as_str)
            .collect();
        let mut fields: Vec<Field> = entries(shape.schema.get("properties"))
            .map(|(name, schema)| Field {
                is_required: required.contains(name.as_str()),
                ..self.field(name, schema, components, depth)
            })
            .collect();
        // The order of the document, required fields first.
        fields.sort_by_key(|field| !field.is_required);
        fields
    }

    fn field(&mut self, name: &str, schema: &Value, components: Components, depth: usize) -> Field {
        let outer = shape(self.spec, schema);
        // A list has the fields and the values of its entries.
        let (inner, is_list) = outer.innermost(self.spec);
        let mut field = Field {
            name: name.to_owned(),
            kind: outer.kind(self.spec),
            is_nullable: outer.is_nullable,
            default: outer.schema.get("default").map(Value::to_string),
            limits: limits(&outer.schema),
            about: markdown::inline(text_of(&outer.schema, "description")),
            ..Field::default()
        };
        if is_list {
            field.limits.extend(
                limits(&inner.schema)
                    .iter()
                    .map(|limit| format!("each {limit}")),
            );
        }
        let values = inner.values();
        field.further_values = values.len().saturating_sub(MOST_VALUES);
        field.values = values.into_iter().take(MOST_VALUES).collect();
        match &inner.name {
            Some(component) if components == Components::Linked && inner.is_structured() => {
                self.link(component);
                field.component = Some(component.clone());
            }
            _ => {
                self.fill(&mut field, &inner, components, depth - 1);
            }
        }
        field
    }

    /// Adds the fields and forms of a shape.
    fn fill(&mut self, field: &mut Field, of: &Shape, components: Components, depth: usize) {
        field.fields = self.fields_of(of, components, depth);
        let forms = of
            .forms
            .iter()
            .map(|form| self.fields_of(&shape(self.spec, form), components, depth));
        field.forms = forms.filter(|fields| !fields.is_empty()).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document() -> Value {
        json!({"components": {"schemas": {
            "Word": {"type": "string", "enum": ["low", "high"], "description": "How *urgent*."},
            "Person": {
                "type": "object",
                "required": ["name"],
                "properties": {"nick": {"type": ["string", "null"]}, "name": {"type": "string", "maxLength": 9},
                    "friend": {"$ref": "#/components/schemas/Person"}},
            },
        }}})
    }

    #[test]
    fn a_row_has_type_limits_default_values_and_meaning() {
        let document = document();
        let mut tables = Tables::new(Spec(&document));
        let word = json!({"$ref": "#/components/schemas/Word", "default": "low"});
        let row = tables.row("urgency", &word, Components::Linked);
        assert_eq!(
            (row.kind.as_str(), row.default.as_deref()),
            ("string", Some("\"low\""))
        );
        assert_eq!(row.values, ["low", "high"]);
        assert_eq!(row.about, "How <em>urgent</em>.");
        assert_eq!(row.component, None, "a word needs no table");
        let list =
            json!({"type": "array", "maxItems": 3, "items": {"type": "string", "minLength": 1}});
        let row = tables.row("tags", &list, Components::Inline);
        assert_eq!(row.kind, "list of strings");
        assert_eq!(
            row.limits,
            ["at most 3 entries", "each at least 1 character"]
        );
    }

    #[test]
    fn a_component_is_linked_or_its_fields_stand_inline_and_a_circle_ends() {
        let document = document();
        let mut tables = Tables::new(Spec(&document));
        let person = json!({"anyOf": [{"$ref": "#/components/schemas/Person"}, {"type": "null"}]});
        let linked = tables.row("by", &person, Components::Linked);
        assert_eq!(linked.component.as_deref(), Some("Person"));
        assert!(linked.is_nullable && linked.fields.is_empty());
        assert_eq!(tables.next_linked().as_deref(), Some("Person"));
        assert_eq!(tables.next_linked(), None);
        let inline = tables.row("by", &person, Components::Inline);
        let names: Vec<_> = inline
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(names, ["name", "nick", "friend"]);
        assert!(inline.fields[0].is_required && inline.fields[1].is_nullable);
    }

    #[test]
    fn fields_within_fields_follow_theirs_with_the_whole_path() {
        let document = json!({});
        let schema = json!({"type": "array", "items": {"type": "object", "properties": {
            "by": {"type": "object", "properties": {"id": {"type": "string"}}},
        }}});
        let row = Tables::new(Spec(&document)).row("history", &schema, Components::Inline);
        let rows = flat(vec![row]);
        let paths: Vec<_> = rows
            .iter()
            .map(|row| format!("{}{}", row.within, row.field.name))
            .collect();
        assert_eq!(paths, ["history", "history[].by", "history[].by.id"]);
        assert_eq!(rows[2].depth, 2);
    }

    #[test]
    fn alternative_forms_are_tables_of_their_own() {
        let document = json!({});
        let forms = json!({"type": "array", "items": {"oneOf": [
            {"type": "object", "properties": {"id": {"type": "string"}}},
            {"type": "object", "properties": {"url": {"type": "string"}, "id": {"type": "null"}}},
        ]}});
        let row = Tables::new(Spec(&document)).row("attachments", &forms, Components::Inline);
        assert_eq!(row.kind, "list of objects");
        assert_eq!(row.forms.len(), 2);
    }
}
