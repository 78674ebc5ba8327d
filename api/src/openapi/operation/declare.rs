//! How an operation is declared: each method adds one fact, and returns the operation.

use super::{ObjectBody, Operation, RequestBody};
use crate::openapi::{
    Example, ExampleStage, Resource,
    access::{Access, OptionalAuth},
    reader::Reader,
    response_part::{Fields, ResponseBody, ResponsePart},
};
use domain::reader::{Null, ObjectReader, QueryReader};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

impl Operation {
    /// An operation with its `operationId`, from which clients generate names, and a summary of a few
    /// words. It reads nothing and responds with 200 and `success`.
    #[must_use]
    pub fn new(id: &'static str, access: Access, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            access,
            optional_auth: OptionalAuth::Nothing,
            description: "",
            query: None,
            request_body: RequestBody::Nothing,
            takes_version: false,
            status: 200,
            response_body: ResponseBody::Fields(Fields::default()),
            has_etag: false,
            has_table: false,
            example_stage: ExampleStage::default(),
            leads_to: None,
            own_codes: Vec::new(),
        }
    }

    /// The description: what a caller should know beyond the summary.
    #[must_use]
    pub fn description(self, description: &'static str) -> Self {
        Self {
            description,
            ..self
        }
    }

    /// The operation reads the query parameters that `read` reads.
    #[must_use]
    pub fn query<T>(self, read: impl Fn(&mut QueryReader) -> T + Send + Sync + 'static) -> Self {
        Self {
            query: Some((QueryReader::describe(&read), Reader::new(read))),
            ..self
        }
    }

    /// The operation reads the body that `read` reads, for example `example`.
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

    /// As [`Operation::body`], for a merge patch (RFC 7396).
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
            request_body: RequestBody::Object(Box::new(object)),
            ..self
        }
    }

    /// An absent body counts as an empty object.
    #[must_use]
    pub fn or_nothing(mut self) -> Self {
        if let RequestBody::Object(object) = &mut self.request_body {
            object.is_needed = false;
        }
        self
    }

    /// The operation evaluates `If-Match`: 412 for another version.
    #[must_use]
    pub fn versioned(self) -> Self {
        Self {
            takes_version: true,
            ..self
        }
    }

    /// The state may forbid the operation: 409, with one of these codes.
    #[must_use]
    pub fn conflicts(self, codes: &[&'static str]) -> Self {
        self.refuses(409, codes)
    }

    /// The response has this field, besides `success`.
    #[must_use]
    pub fn answers<T: JsonSchema + Example>(self, field: &'static str) -> Self {
        self.always(field, ResponsePart::of::<T>())
    }

    /// The response has a ticket in the field `ticket`, and the version of the ticket in the header `ETag`.
    #[must_use]
    pub fn answers_ticket<T: JsonSchema + Example>(self) -> Self {
        Self {
            has_etag: true,
            ..self.answers::<T>("ticket")
        }
    }

    /// As [`Operation::answers`], for a type such as a number, whose example has to be given.
    #[must_use]
    pub fn answers_like<T: JsonSchema + Serialize>(self, field: &'static str, example: &T) -> Self {
        self.always(field, ResponsePart::like(example))
    }

    fn always(mut self, field: &'static str, part: ResponsePart) -> Self {
        if let ResponseBody::Fields(fields) = &mut self.response_body {
            fields.parts.push((field, part));
        }
        self
    }

    /// The name of the response in the document, where it does not follow from its first field.
    #[must_use]
    pub fn answer_named(mut self, name: &'static str) -> Self {
        if let ResponseBody::Fields(fields) = &mut self.response_body {
            fields.name = Some(name);
        }
        self
    }

    /// The response may have the first field alone instead. `name` is that of both together.
    #[must_use]
    pub fn or_answers_first_alone(self, name: &'static str) -> Self {
        let response_body = match self.response_body {
            ResponseBody::Fields(fields) => {
                let first = fields.parts.first().cloned();
                let alone = Fields {
                    name: None,
                    parts: first.into_iter().collect(),
                };
                ResponseBody::Either(name, Box::new([fields, alone]))
            }
            other => other,
        };
        Self {
            response_body,
            ..self
        }
    }

    /// The response is an object of this type, which has `success` itself.
    #[must_use]
    pub fn answers_whole<T: JsonSchema + Example>(self) -> Self {
        self.responding(ResponseBody::Whole(ResponsePart::of::<T>()))
    }

    /// As [`Operation::answers_whole`], for a type whose example has to be given.
    #[must_use]
    pub fn answers_whole_like<T: JsonSchema + Serialize>(self, example: &T) -> Self {
        self.responding(ResponseBody::Whole(ResponsePart::like(example)))
    }

    fn responding(self, response_body: ResponseBody) -> Self {
        Self {
            response_body,
            ..self
        }
    }

    /// The example of the response shows the example ticket at this stage.
    #[must_use]
    pub fn at(self, example_stage: ExampleStage) -> Self {
        Self {
            example_stage,
            ..self
        }
    }

    /// The response has an id that names such a resource in paths. `id` is its place: a JSON pointer
    /// without the first slash.
    #[must_use]
    pub fn leads_to(self, id: &'static str, resource: Resource) -> Self {
        Self {
            leads_to: Some((id, resource)),
            ..self
        }
    }

    /// The operation may refuse a request of some roles: 403, with one of these codes.
    #[must_use]
    pub fn forbids(self, codes: &[&'static str]) -> Self {
        self.refuses(403, codes)
    }

    /// The operation checks credentials of its own: 401, with one of these codes.
    #[must_use]
    pub fn challenges(self, codes: &[&'static str]) -> Self {
        self.refuses(401, codes)
    }

    /// The operation counts wrong passwords: 429.
    #[must_use]
    pub fn counts_failures(self) -> Self {
        self.refuses(429, &["too_many_failures", "attempts_at_once"])
    }

    /// The operation fails with that status and one of these codes.
    #[must_use]
    pub fn refuses(mut self, status: u16, codes: &[&'static str]) -> Self {
        self.own_codes
            .extend(codes.iter().map(|code| (status, *code)));
        self
    }

    /// The operation creates a resource: 201.
    #[must_use]
    pub fn creates(self) -> Self {
        Self {
            status: 201,
            ..self
        }
    }

    /// The operation needs no access token, and uses one that is sent.
    #[must_use]
    pub fn recognises(self) -> Self {
        Self {
            optional_auth: OptionalAuth::Login,
            ..self
        }
    }

    /// The operation needs the metrics token where one is configured: 401 without it.
    #[must_use]
    pub fn needs_metrics_token(self) -> Self {
        let asks = self.challenges(&["token_required", "invalid_token"]);
        Self {
            optional_auth: OptionalAuth::Metrics,
            ..asks
        }
    }

    /// The operation reads a form with a file in this field.
    #[must_use]
    pub fn uploads(self, field: &'static str) -> Self {
        Self {
            request_body: RequestBody::File(field),
            ..self
        }
    }

    /// The response may be a table in CSV instead, for a client that prefers it. It has an `ETag` of its figures.
    #[must_use]
    pub fn or_answers_table(self) -> Self {
        Self {
            has_table: true,
            ..self
        }
    }

    /// The response is a file.
    #[must_use]
    pub fn answers_bytes(self) -> Self {
        self.responding(ResponseBody::File)
    }

    /// The response is text of that content type, for example `example`.
    #[must_use]
    pub fn answers_text(self, content_type: &'static str, example: &'static str) -> Self {
        self.responding(ResponseBody::Text(content_type, example))
    }

    /// The operation may hide itself from a caller: 404, with one of these codes.
    #[must_use]
    pub fn hides(self, codes: &[&'static str]) -> Self {
        self.refuses(404, codes)
    }

    /// A service calls the operation, at an address that it was given, with a form of its own; the response is empty. The
    /// document does not show the operation.
    #[must_use]
    pub fn callback(self) -> Self {
        self.responding(ResponseBody::Nothing)
    }

    /// The responses are HTML pages for people instead of JSON. The document does not show the operation.
    #[must_use]
    pub fn pages(self) -> Self {
        self.responding(ResponseBody::Page)
    }
}
