//! One operation of the document: what it is for, who may call it, what it reads and answers.

use super::{Example, Moment};
use crate::{body::Body, query::Query};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use shared::fault::Fault;

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

/// A field of an answer, or a whole one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    schema: Schema,
    example: fn(Moment) -> Value,
}

impl Part {
    fn of<T: JsonSchema + Example>() -> Self {
        Self {
            schema: |generator| generator.subschema_for::<T>().to_value(),
            example: T::example,
        }
    }
}

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
    pub(super) query_faults: Vec<Fault>,
    pub(super) body: Option<(Value, Value)>,
    pub(super) body_faults: Vec<Fault>,
    pub(super) body_is_optional: bool,
    pub(super) takes_version: bool,
    pub(super) status: u16,
    pub(super) answer: Vec<(&'static str, Part)>,
    pub(super) may_answer: Vec<(&'static str, Part)>,
    pub(super) whole: Option<Part>,
    pub(super) moment: Moment,
    pub(super) leads_to: Option<(&'static str, &'static str)>,
    pub(super) once: bool,
    pub(super) conflicts: bool,
    pub(super) forbids: bool,
    pub(super) challenges: bool,
    pub(super) pages: bool,
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
            query_faults: Vec::new(),
            body: None,
            body_faults: Vec::new(),
            body_is_optional: false,
            takes_version: false,
            status: 200,
            answer: Vec::new(),
            may_answer: Vec::new(),
            whole: None,
            moment: Moment::default(),
            leads_to: None,
            once: false,
            conflicts: false,
            forbids: false,
            challenges: false,
            pages: false,
        }
    }

    /// What else a caller should know.
    #[must_use]
    pub fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    /// It reads a query like this.
    #[must_use]
    pub fn query<T>(self, read: impl Fn(&mut Query) -> T) -> Self {
        Self {
            query_faults: Query::faults_of(&read),
            query: Some(Query::describe(read)),
            ..self
        }
    }

    /// It reads a body like this, of which there is an example.
    #[must_use]
    pub fn body<T>(self, read: impl Fn(&mut Body) -> T, example: Value) -> Self {
        Self {
            body_faults: Body::faults_of(&read),
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
    pub fn answers<T: JsonSchema + Example>(mut self, field: &'static str) -> Self {
        self.answer.push((field, Part::of::<T>()));
        self
    }

    /// It may answer with this field too.
    #[must_use]
    pub fn may_answer<T: JsonSchema + Example>(mut self, field: &'static str) -> Self {
        self.may_answer.push((field, Part::of::<T>()));
        self
    }

    /// Its answer is this, `success` included.
    #[must_use]
    pub fn answers_whole<T: JsonSchema + Example>(self) -> Self {
        Self {
            whole: Some(Part::of::<T>()),
            ..self
        }
    }

    /// Its example is of that moment of the story.
    #[must_use]
    pub fn at(self, moment: Moment) -> Self {
        Self { moment, ..self }
    }

    /// The `id` of that field of its answer is what the paths that begin so are about.
    #[must_use]
    pub fn leads_to(self, field: &'static str, paths: &'static str) -> Self {
        Self {
            leads_to: Some((field, paths)),
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
        if path.contains("{id}") && self.body.is_none() {
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
            return (whole.schema)(generator);
        }
        let mut properties = Map::from_iter([("success".to_owned(), json!({"const": true}))]);
        for (field, part) in &self.answer {
            properties.insert((*field).to_owned(), (part.schema)(generator));
        }
        let required: Vec<_> = properties.keys().cloned().collect();
        for (field, part) in &self.may_answer {
            properties.insert((*field).to_owned(), (part.schema)(generator));
        }
        json!({"type": "object", "properties": properties, "required": required})
    }

    /// An example of its success.
    pub(super) fn example(&self) -> Value {
        if let Some(whole) = self.whole {
            return (whole.example)(self.moment);
        }
        let success = ("success".to_owned(), json!(true));
        let parts = self.answer.iter().chain(&self.may_answer);
        let parts = parts.map(|(field, part)| ((*field).to_owned(), (part.example)(self.moment)));
        std::iter::once(success).chain(parts).collect()
    }
}
