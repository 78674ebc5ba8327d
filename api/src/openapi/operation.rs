//! One operation of the document: what it is for, who may call it, what it reads and answers.

use super::{
    Example, ExampleStage, Resource,
    part::{Answers, ResponsePart},
    reader::Reader,
    who::{Access, OptionalAuth},
};
use domain::{
    field_error::FieldError,
    reader::{Null, ObjectReader, QueryReader},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// What an operation reads of the body.
#[derive(Debug, Clone)]
pub(super) enum Reads {
    /// Nothing.
    Nothing,
    /// An object of JSON or, where it answers with pages, their form.
    Object(Box<ObjectBody>),
    /// A form with a file in this field.
    File(&'static str),
}

/// An object that is read.
#[derive(Debug, Clone)]
pub(super) struct ObjectBody {
    pub schema: Value,
    reader: Reader<ObjectReader>,
    pub example: Value,
    null: Null,
    /// Whether there has to be a body at all.
    pub is_needed: bool,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) who: Access,
    pub(super) minds: OptionalAuth,
    pub(super) about: &'static str,
    pub(super) query: Option<(Value, Reader<QueryReader>)>,
    pub(super) reads: Reads,
    pub(super) takes_version: bool,
    pub(super) status: u16,
    pub(super) answers: Answers,
    pub(super) moment: ExampleStage,
    pub(super) leads_to: Option<(&'static str, Resource)>,
    pub(super) own_codes: Vec<(u16, &'static str)>,
}

impl Operation {
    /// An operation under a name that clients generate code from, in a few words.
    #[must_use]
    pub fn new(id: &'static str, who: Access, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            who,
            minds: OptionalAuth::Nothing,
            about: "",
            query: None,
            reads: Reads::Nothing,
            takes_version: false,
            status: 200,
            answers: Answers::Fields(Vec::new(), Vec::new()),
            moment: ExampleStage::default(),
            leads_to: None,
            own_codes: Vec::new(),
        }
    }

    /// What else a caller should know.
    #[must_use]
    pub fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    /// It reads a query like this.
    #[must_use]
    pub fn query<T>(self, read: impl Fn(&mut QueryReader) -> T + Send + Sync + 'static) -> Self {
        Self {
            query: Some((QueryReader::describe(&read), Reader::new(read))),
            ..self
        }
    }

    /// It reads a body like this, of which there is an example.
    #[must_use]
    pub fn body<T>(
        self,
        read: impl Fn(&mut ObjectReader) -> T + Send + Sync + 'static,
        example: Value,
    ) -> Self {
        self.object(
            ObjectReader::describe(&read),
            Null::Absent,
            Reader::new(read),
            example,
        )
    }

    /// As [`Operation::body`], of a merge patch.
    #[must_use]
    pub fn patch<T>(
        self,
        read: impl Fn(&mut ObjectReader) -> T + Send + Sync + 'static,
        example: Value,
    ) -> Self {
        let schema = ObjectReader::describe_patch(&read);
        self.object(schema, Null::MergePatch, Reader::new(read), example)
    }

    fn object(
        self,
        schema: Value,
        null: Null,
        reader: Reader<ObjectReader>,
        example: Value,
    ) -> Self {
        let object = ObjectBody {
            schema,
            reader,
            example,
            null,
            is_needed: true,
        };
        Self {
            reads: Reads::Object(Box::new(object)),
            ..self
        }
    }

    /// No body at all counts as an empty one.
    #[must_use]
    pub fn or_nothing(mut self) -> Self {
        if let Reads::Object(object) = &mut self.reads {
            object.is_needed = false;
        }
        self
    }

    /// It minds `If-Match`.
    #[must_use]
    pub fn versioned(self) -> Self {
        Self {
            takes_version: true,
            ..self
        }
    }

    /// The state may forbid it: 409, with one of these codes.
    #[must_use]
    pub fn conflicts(self, codes: &[&'static str]) -> Self {
        self.refuses(409, codes)
    }

    /// It answers with this field, besides `success`.
    #[must_use]
    pub fn answers<T: JsonSchema + Example>(self, field: &'static str) -> Self {
        self.always(field, ResponsePart::of::<T>())
    }

    /// As [`Operation::answers`], of a type that says nothing of what it means.
    #[must_use]
    pub fn answers_like<T: JsonSchema + Serialize>(self, field: &'static str, example: &T) -> Self {
        self.always(field, ResponsePart::like(example))
    }

    fn always(mut self, field: &'static str, part: ResponsePart) -> Self {
        if let Answers::Fields(always, _) = &mut self.answers {
            always.push((field, part));
        }
        self
    }

    /// It may answer with this field too, which looks like that.
    #[must_use]
    pub fn may_answer_like<T: JsonSchema + Serialize>(
        mut self,
        field: &'static str,
        example: &T,
    ) -> Self {
        if let Answers::Fields(_, sometimes) = &mut self.answers {
            sometimes.push((field, ResponsePart::like(example)));
        }
        self
    }

    /// Its answer is this, `success` included.
    #[must_use]
    pub fn answers_whole<T: JsonSchema + Example>(self) -> Self {
        self.answering(Answers::Whole(ResponsePart::of::<T>()))
    }

    /// As [`Operation::answers_whole`], of a type that says nothing of what it means.
    #[must_use]
    pub fn answers_whole_like<T: JsonSchema + Serialize>(self, example: &T) -> Self {
        self.answering(Answers::Whole(ResponsePart::like(example)))
    }

    fn answering(self, answers: Answers) -> Self {
        Self { answers, ..self }
    }

    /// Its example is of that moment of the story.
    #[must_use]
    pub fn at(self, moment: ExampleStage) -> Self {
        Self { moment, ..self }
    }

    /// At that place of its answer, a JSON pointer without the first slash, is what paths name such a
    /// resource by.
    #[must_use]
    pub fn leads_to(self, id: &'static str, resource: Resource) -> Self {
        Self {
            leads_to: Some((id, resource)),
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
            minds: OptionalAuth::Login,
            ..self
        }
    }

    /// It asks for the token of whoever reads the metrics, where one is set: else 401.
    #[must_use]
    pub fn for_whoever_measures(self) -> Self {
        let asks = self.challenges(&["token_required", "invalid_token"]);
        Self {
            minds: OptionalAuth::Metrics,
            ..asks
        }
    }

    /// It reads a form with a file in this field.
    #[must_use]
    pub fn uploads(self, field: &'static str) -> Self {
        Self {
            reads: Reads::File(field),
            ..self
        }
    }

    /// It answers with a file.
    #[must_use]
    pub fn answers_bytes(self) -> Self {
        self.answering(Answers::File)
    }

    /// It answers with text of that type, which looks like this.
    #[must_use]
    pub fn answers_text(self, content_type: &'static str, example: &'static str) -> Self {
        self.answering(Answers::Text(content_type, example))
    }

    /// It may seem not to be there: 404, with one of these codes.
    #[must_use]
    pub fn hides(self, codes: &[&'static str]) -> Self {
        self.refuses(404, codes)
    }

    /// It answers with pages instead of JSON, refusals of these statuses among them.
    #[must_use]
    pub fn pages(self, refusals: &'static [u16]) -> Self {
        self.answering(Answers::Page(refusals))
    }

    /// Who may call it.
    #[must_use]
    pub const fn who(&self) -> Access {
        self.who
    }

    /// Whether it answers with pages, and reads forms.
    #[must_use]
    pub const fn is_page(&self) -> bool {
        matches!(self.answers, Answers::Page(_))
    }

    /// Whether it answers with text that is no JSON.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self.answers, Answers::Text(..))
    }

    /// Whether it minds `If-Match`.
    #[must_use]
    pub const fn takes_version(&self) -> bool {
        self.takes_version
    }

    /// A body that it takes; `None` where it reads none.
    #[must_use]
    pub fn example(&self) -> Option<&Value> {
        self.reads_object().map(|object| &object.example)
    }

    /// The object that it reads, if it reads one.
    pub(super) fn reads_object(&self) -> Option<&ObjectBody> {
        match &self.reads {
            Reads::Object(object) => Some(object),
            Reads::Nothing | Reads::File(_) => None,
        }
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
    pub fn faults_of_body(&self, fields: Map<String, Value>) -> Vec<FieldError> {
        let object = self.reads_object();
        let null = object.map_or(Null::Absent, |object| object.null);
        let mut reader = ObjectReader::new(fields, null);
        if let Some(object) = object {
            object.reader.read(&mut reader);
        }
        reader.into_errors()
    }

    /// What its reader of queries finds wrong with this one, by itself.
    #[must_use]
    pub fn faults_of_query(&self, pairs: Vec<(String, String)>) -> Vec<FieldError> {
        let pairs = pairs.into_iter().map(|(name, value)| (name, Ok(value)));
        let mut query = QueryReader::new(pairs.collect());
        if let Some((_, reader)) = &self.query {
            reader.read(&mut query);
        }
        query.into_errors()
    }
}
