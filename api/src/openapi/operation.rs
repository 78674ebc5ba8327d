//! One operation of the document: what it is for, who may call it, what it reads and answers.

use crate::{body::Body, query::Query};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody.
    Anybody,
    /// Anybody who is signed in.
    SignedIn,
    /// Some roles alone: the others get 403.
    Roles(&'static str),
}

type Schema = fn(&mut SchemaGenerator) -> Value;

/// One operation.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether one more answer is possible"
)]
#[derive(Debug, Clone)]
pub struct Operation {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) who: Who,
    pub(super) about: &'static str,
    pub(super) query: Option<Value>,
    pub(super) body: Option<(Value, Value)>,
    pub(super) body_is_optional: bool,
    pub(super) takes_version: bool,
    pub(super) status: u16,
    pub(super) answer: Vec<(&'static str, Schema)>,
    pub(super) may_answer: Vec<(&'static str, Schema)>,
    pub(super) whole: Option<Schema>,
    pub(super) once: bool,
    pub(super) conflicts: bool,
    pub(super) forbids: bool,
    pub(super) challenges: bool,
    pub(super) pages: bool,
    pub(super) multipart: bool,
    pub(super) bytes: bool,
}

impl Operation {
    /// An operation under a name that clients generate code from, in a few words.
    #[must_use]
    pub fn new(id: &'static str, who: Who, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            who,
            about: "",
            query: None,
            body: None,
            body_is_optional: false,
            takes_version: false,
            status: 200,
            answer: Vec::new(),
            may_answer: Vec::new(),
            whole: None,
            once: false,
            conflicts: false,
            forbids: false,
            challenges: false,
            pages: false,
            multipart: false,
            bytes: false,
        }
    }

    /// What else a caller should know.
    #[must_use]
    pub fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    /// It reads a query like this.
    #[must_use]
    pub fn query<T>(self, read: impl FnOnce(&mut Query) -> T) -> Self {
        Self {
            query: Some(Query::describe(read)),
            ..self
        }
    }

    /// It reads a body like this, of which there is an example.
    #[must_use]
    pub fn body<T>(self, read: impl FnOnce(&mut Body) -> T, example: Value) -> Self {
        Self {
            body: Some((Body::describe(read), example)),
            ..self
        }
    }

    /// No body at all counts as an empty one.
    #[must_use]
    pub fn or_nothing(self) -> Self {
        Self {
            body_is_optional: true,
            ..self
        }
    }

    /// It minds `If-Match`.
    #[must_use]
    pub fn versioned(self) -> Self {
        Self {
            takes_version: true,
            ..self
        }
    }

    /// It minds `Idempotency-Key`.
    #[must_use]
    pub fn once(self) -> Self {
        Self {
            once: true,
            conflicts: true,
            ..self
        }
    }

    /// The state may forbid it.
    #[must_use]
    pub fn conflicts(self) -> Self {
        Self {
            conflicts: true,
            ..self
        }
    }

    /// It answers with this field, besides `success`.
    #[must_use]
    pub fn answers<T: JsonSchema>(mut self, field: &'static str) -> Self {
        self.answer
            .push((field, |generator| generator.subschema_for::<T>().to_value()));
        self
    }

    /// It may answer with this field too.
    #[must_use]
    pub fn may_answer<T: JsonSchema>(mut self, field: &'static str) -> Self {
        self.may_answer
            .push((field, |generator| generator.subschema_for::<T>().to_value()));
        self
    }

    /// Its answer is this, `success` included.
    #[must_use]
    pub fn answers_whole<T: JsonSchema>(self) -> Self {
        let schema: Schema = |generator| generator.subschema_for::<T>().to_value();
        Self {
            whole: Some(schema),
            ..self
        }
    }

    /// It may refuse what some roles ask for: 403.
    #[must_use]
    pub fn forbids(self) -> Self {
        Self {
            forbids: true,
            ..self
        }
    }

    /// It asks for credentials of its own: 401.
    #[must_use]
    pub fn challenges(self) -> Self {
        Self {
            challenges: true,
            ..self
        }
    }

    /// It creates something: 201.
    #[must_use]
    pub fn creates(self) -> Self {
        Self {
            status: 201,
            ..self
        }
    }

    /// It answers with pages instead of JSON.
    #[must_use]
    pub fn pages(self) -> Self {
        Self {
            pages: true,
            ..self
        }
    }

    /// It reads a form with a file in this field.
    #[must_use]
    pub fn uploads(self, field: &'static str) -> Self {
        // `format` is how OpenAPI 3.0 said it, and what many programs still look for.
        let file = json!({
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/octet-stream",
        });
        let schema = json!({
            "type": "object",
            "properties": {field: file},
            "required": [field],
            "additionalProperties": false,
        });
        Self {
            body: Some((schema, Value::Null)),
            multipart: true,
            ..self
        }
    }

    /// It answers with a file.
    #[must_use]
    pub fn answers_bytes(self) -> Self {
        Self {
            bytes: true,
            ..self
        }
    }

    /// The statuses of the failures it may answer with.
    pub(super) fn failures(&self, path: &str) -> Vec<u16> {
        let mut failures = Vec::new();
        if self.who != Who::Anybody || self.challenges {
            failures.push(401);
        }
        if matches!(self.who, Who::Roles(_)) || self.forbids {
            failures.push(403);
        }
        if path.contains('{') {
            failures.push(404);
        }
        // An id or a number that is neither. Elsewhere what is no id is the id of nothing.
        if path.contains("/tickets/{id}") && self.body.is_none() {
            failures.push(400);
        }
        if self.body.is_some() {
            failures.extend([400, 413, 415, 422]);
        }
        if self.query.is_some() && self.body.is_none() {
            failures.push(400);
        }
        if self.takes_version {
            failures.push(412);
        }
        if self.conflicts {
            failures.push(409);
        }
        failures.extend([429, 500, 503]);
        failures.sort_unstable();
        failures.dedup();
        failures
    }

    /// The schema of its success.
    pub(super) fn success(&self, generator: &mut SchemaGenerator) -> Value {
        if let Some(whole) = self.whole {
            return whole(generator);
        }
        let mut properties = Map::from_iter([("success".to_owned(), json!({"const": true}))]);
        for (field, schema) in &self.answer {
            properties.insert((*field).to_owned(), schema(generator));
        }
        let required: Vec<_> = properties.keys().cloned().collect();
        for (field, schema) in &self.may_answer {
            properties.insert((*field).to_owned(), schema(generator));
        }
        json!({"type": "object", "properties": properties, "required": required})
    }
}
