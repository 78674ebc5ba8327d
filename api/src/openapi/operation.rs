//! One operation of the document: what it is for, who may call it, what it reads and answers.

use super::{
    Example, Moment,
    codes::{self, Codes},
    reader::Reader,
    who::{Minds, Who},
};
use crate::{
    body::{Body, Null},
    query::Query,
};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use shared::fault::Fault;

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
    reason = "each says one thing that the operation minds"
)]
#[derive(Debug, Clone)]
pub struct Operation {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) who: Who,
    pub(super) about: &'static str,
    pub(super) query: Option<(Value, Reader<Query>)>,
    pub(super) body: Option<(Value, Reader<Body>)>,
    pub(super) example: Option<Value>,
    merges: Null,
    pub(super) body_is_optional: bool,
    pub(super) takes_version: bool,
    pub(super) status: u16,
    pub(super) answer: Vec<(&'static str, Part)>,
    pub(super) may_answer: Vec<(&'static str, Part)>,
    pub(super) whole: Option<Part>,
    pub(super) moment: Moment,
    pub(super) leads_to: Option<(&'static str, &'static str)>,
    pub(super) once: bool,
    pub(super) own_codes: Vec<(u16, &'static str)>,
    pub(super) minds: Minds,
    pub(super) pages: bool,
    pub(super) upload: Option<&'static str>,
    pub(super) bytes: bool,
    pub(super) text: Option<&'static str>,
    pub(super) page_statuses: &'static [u16],
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
            example: None,
            merges: Null::Absent,
            body_is_optional: false,
            takes_version: false,
            status: 200,
            answer: Vec::new(),
            may_answer: Vec::new(),
            whole: None,
            moment: Moment::default(),
            leads_to: None,
            once: false,
            own_codes: Vec::new(),
            minds: Minds::Nothing,
            pages: false,
            upload: None,
            bytes: false,
            text: None,
            page_statuses: &[],
        }
    }

    /// What else a caller should know.
    #[must_use]
    pub fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    /// It reads a query like this.
    #[must_use]
    pub fn query<T>(self, read: impl Fn(&mut Query) -> T + Send + Sync + 'static) -> Self {
        Self {
            query: Some((Query::describe(&read), Reader::new(read))),
            ..self
        }
    }

    /// It reads a body like this, of which there is an example.
    #[must_use]
    pub fn body<T>(
        self,
        read: impl Fn(&mut Body) -> T + Send + Sync + 'static,
        example: Value,
    ) -> Self {
        Self {
            body: Some((Body::describe(&read), Reader::new(read))),
            example: Some(example),
            ..self
        }
    }

    /// As [`Operation::body`], of a merge patch.
    #[must_use]
    pub fn patch<T>(
        self,
        read: impl Fn(&mut Body) -> T + Send + Sync + 'static,
        example: Value,
    ) -> Self {
        Self {
            body: Some((Body::describe_patch(&read), Reader::new(read))),
            example: Some(example),
            merges: Null::Clears,
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
        Self { once: true, ..self }
    }

    /// The state may forbid it: 409, with one of these codes.
    #[must_use]
    pub fn conflicts(self, codes: &[&'static str]) -> Self {
        self.refuses(409, codes)
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

    /// At that place of its answer, a JSON pointer without the first slash, is the id that the
    /// paths that begin so are about.
    #[must_use]
    pub fn leads_to(self, id: &'static str, paths: &'static str) -> Self {
        Self {
            leads_to: Some((id, paths)),
            ..self
        }
    }

    /// It may refuse what some roles ask for: 403, with one of these codes.
    #[must_use]
    pub fn forbids(self, codes: &[&'static str]) -> Self {
        self.refuses(403, codes)
    }

    /// It asks for credentials of its own: 401, with one of these codes.
    #[must_use]
    pub fn challenges(self, codes: &[&'static str]) -> Self {
        self.refuses(401, codes)
    }

    /// It counts wrong passwords: 429.
    #[must_use]
    pub fn counts_failures(self) -> Self {
        self.refuses(429, &["too_many_failures", "attempts_at_once"])
    }

    fn refuses(mut self, status: u16, codes: &[&'static str]) -> Self {
        self.own_codes
            .extend(codes.iter().map(|code| (status, *code)));
        self
    }

    /// It creates something: 201.
    #[must_use]
    pub fn creates(self) -> Self {
        Self {
            status: 201,
            ..self
        }
    }

    /// It needs no token, and minds one that is sent.
    #[must_use]
    pub fn recognises(self) -> Self {
        Self {
            minds: Minds::Login,
            ..self
        }
    }

    /// It asks for the token of whoever reads the metrics, where one is set: else 401.
    #[must_use]
    pub fn for_whoever_measures(self) -> Self {
        let asks = self.challenges(&["token_required", "invalid_token"]);
        Self {
            minds: Minds::Metrics,
            ..asks
        }
    }

    /// It reads a form with a file in this field.
    #[must_use]
    pub fn uploads(self, field: &'static str) -> Self {
        Self {
            upload: Some(field),
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

    /// It answers with text of that type.
    #[must_use]
    pub fn answers_text(self, content_type: &'static str) -> Self {
        Self {
            text: Some(content_type),
            ..self
        }
    }

    /// It may seem not to be there: 404, with one of these codes.
    #[must_use]
    pub fn hides(self, codes: &[&'static str]) -> Self {
        self.refuses(404, codes)
    }

    /// It answers with pages instead of JSON, refusals of these statuses among them.
    #[must_use]
    pub fn pages(self, page_statuses: &'static [u16]) -> Self {
        Self {
            pages: true,
            page_statuses,
            ..self
        }
    }

    /// The failures it may answer with: the codes of each status.
    #[must_use]
    pub fn failures(&self, path: &str) -> Codes {
        codes::of(self, path)
    }

    /// Who may call it.
    #[must_use]
    pub const fn who(&self) -> Who {
        self.who
    }

    /// Whether it answers with pages, and reads forms.
    #[must_use]
    pub const fn is_page(&self) -> bool {
        self.pages
    }

    /// Whether it answers with text that is no JSON.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        self.text.is_some()
    }

    /// Whether it minds `If-Match`.
    #[must_use]
    pub const fn takes_version(&self) -> bool {
        self.takes_version
    }

    /// A body that it takes; `None` where it reads none.
    #[must_use]
    pub const fn example(&self) -> Option<&Value> {
        self.example.as_ref()
    }

    /// The parameters of its query.
    #[must_use]
    pub fn parameters(&self) -> Vec<String> {
        let schema = self.query.as_ref().map(|(schema, _)| schema);
        let properties = schema.and_then(|schema| schema.get("properties")?.as_object());
        properties
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect()
    }

    /// What its reader of bodies finds wrong with this one, by itself.
    #[must_use]
    pub fn faults_of_body(&self, fields: Map<String, Value>) -> Vec<Fault> {
        let mut body = Body::new(fields, self.merges);
        if let Some((_, reader)) = &self.body {
            reader.read(&mut body);
        }
        body.into_faults()
    }

    /// What its reader of queries finds wrong with this one, by itself.
    #[must_use]
    pub fn faults_of_query(&self, pairs: Vec<(String, String)>) -> Vec<Fault> {
        let mut query = Query::of_pairs(pairs);
        if let Some((_, reader)) = &self.query {
            reader.read(&mut query);
        }
        query.into_faults()
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
    pub(super) fn success_example(&self) -> Value {
        if let Some(whole) = self.whole {
            return (whole.example)(self.moment);
        }
        let success = ("success".to_owned(), json!(true));
        let parts = self.answer.iter().chain(&self.may_answer);
        let parts = parts.map(|(field, part)| ((*field).to_owned(), (part.example)(self.moment)));
        std::iter::once(success).chain(parts).collect()
    }
}
