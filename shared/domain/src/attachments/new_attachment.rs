//! `attachments` of a ticket or a message: links, and uploads by their ids. Pure.

use crate::attachments::{Attachment, name::linked_file_name};
use crate::{
    field_error::{self, Constraint},
    ids::AttachmentId,
    reader::ObjectReader,
};
use std::collections::HashSet;

const ATTACHMENTS: usize = 10;
const URL: usize = 2_000;
const FILE_NAME: usize = 255;
/// The forms that an entry may have.
const FORMS: &[field_error::Form] = &[
    field_error::Form {
        name: "AttachmentLink",
        about: "A file elsewhere, which this system never fetches.",
        fields: &["url", "fileName"],
    },
    field_error::Form {
        name: "AttachmentReference",
        about: "A file that the caller has uploaded and not attached yet.",
        fields: &["id"],
    },
];

/// The form of an entry, by the fields that are there: also fields of the wrong kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The id of an upload.
    Upload,
    /// A URL and a name, either of which may be missing.
    Link,
    /// Both at once, which is an error.
    Both,
}

impl Form {
    fn of(entry: &ObjectReader) -> Self {
        match (entry.has("id"), entry.has("url") || entry.has("fileName")) {
            (true, true) => Self::Both,
            (true, false) => Self::Upload,
            (false, _) => Self::Link,
        }
    }
}

/// A file of a new ticket or message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewAttachment {
    /// A link.
    Link(Attachment),
    /// An upload of the caller.
    Upload(AttachmentId),
}

impl NewAttachment {
    /// Reads `attachments`. An entry with an error is left out.
    pub fn read_list(reader: &mut ObjectReader) -> Vec<Self> {
        reader.checks_last();
        let errors = reader.errors();
        errors.ask("attachments[0]", Constraint::OneOf(FORMS));
        let mut uploads = HashSet::new();
        let entries = reader.objects_at_most("attachments", ATTACHMENTS, |entry| {
            Self::read(entry, &mut uploads)
        });
        entries.into_iter().flatten().collect()
    }

    fn read(entry: &mut ObjectReader, uploads: &mut HashSet<AttachmentId>) -> Option<Self> {
        entry.named("AttachmentCreate", "A file of a ticket or a message.");
        entry.mean(&[
            (
                "url",
                "The address of the file, which must begin with `https://`.",
            ),
            ("fileName", "The name that is shown for the file."),
            (
                "id",
                "The id of the upload. Each upload can be attached once.",
            ),
        ]);
        entry.checks_last();
        let form = Form::of(entry);
        let id: Option<AttachmentId> = entry.id("id");
        let link = read_link(entry, form);
        let errors = entry.errors();
        match form {
            Form::Both => {
                let message = "goes alone: send the id of an upload, or url and fileName";
                errors.add("id", "id_or_url", message);
                None
            }
            Form::Upload if id.is_some_and(|id| !uploads.insert(id)) => {
                let message = "stands here twice: an upload is attached once";
                errors.add("id", "repeated_attachment", message);
                None
            }
            Form::Upload => id.map(Self::Upload),
            Form::Link => link.map(Self::Link),
        }
    }
}

/// Reads the fields of a link; they are checked only where the entry is one.
fn read_link(entry: &mut ObjectReader, form: Form) -> Option<Attachment> {
    let (url, file_name) = (entry.text("url"), entry.text("fileName"));
    if form != Form::Link {
        return None;
    }
    let errors = entry.errors();
    // `FORMS` states which of them is required: these constraints hold for either.
    for (name, sent) in [("url", &url), ("fileName", &file_name)] {
        if sent.is_none() {
            let message = "is required, or the id of an upload alone";
            errors.add(name, "required", message);
        }
    }
    let url = errors.optional_text("url", url.as_deref(), 1, URL);
    errors.ask("url", Constraint::pattern(HTTPS_URL));
    let file_name = errors.optional_text("fileName", file_name.as_deref(), 1, FILE_NAME);
    let url = url.filter(|url| {
        let sound = is_https(url);
        if !sound {
            errors.add("url", "not_https", "must be an https:// URL");
        }
        sound
    });
    Some(Attachment {
        url: url?,
        file_name: linked_file_name(&file_name?),
        content_type: None,
        size: None,
    })
}

/// The texts that [`is_https`] accepts, as a regular expression.
const HTTPS_URL: &str =
    r"^[Hh][Tt][Tt][Pp][Ss]://[^/\s\u0000-\u001f\u007f-\u009f][^\s\u0000-\u001f\u007f-\u009f]*$";

/// `https`, a host, and no character that could end a header or a line.
fn is_https(url: &str) -> bool {
    url.get(..8)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
        && url.get(8..).is_some_and(|rest| {
            !rest.is_empty()
                && !rest.starts_with('/')
                && !rest.contains(|c: char| c.is_control() || c.is_whitespace())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Null;
    use serde_json::{Map, Value, json};

    fn errors(attachments: &Value) -> Vec<(String, &'static str)> {
        let sent = Map::from_iter([("attachments".to_owned(), attachments.clone())]);
        let mut reader = ObjectReader::new(sent, Null::Absent);
        NewAttachment::read_list(&mut reader);
        let errors = reader.into_errors().into_iter();
        errors.map(|error| (error.field, error.code)).collect()
    }

    const ID: &str = "01999999-0000-7000-8000-000000000000";
    const LINK: &str = "https://a.b/c";

    fn pairs(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
        expected
            .iter()
            .map(|(field, code)| ((*field).to_owned(), *code))
            .collect()
    }

    #[test]
    fn an_entry_is_an_upload_or_an_address_and_never_both_or_neither() {
        let named = errors(&json!([
            {"id": ID},
            {"url": LINK, "fileName": "c"},
            {"id": ID, "url": LINK, "fileName": "c"},
            {"id": ID, "fileName": "c"},
            {},
            {"url": LINK},
            {"id": "nonsense"},
            {"id": ID},
        ]));
        assert_eq!(
            named,
            pairs(&[
                ("attachments[2].id", "id_or_url"),
                ("attachments[3].id", "id_or_url"),
                ("attachments[4].url", "required"),
                ("attachments[4].fileName", "required"),
                ("attachments[5].fileName", "required"),
                ("attachments[6].id", "invalid_id"),
                ("attachments[7].id", "repeated_attachment"),
            ])
        );
    }

    #[test]
    fn every_entry_is_judged_at_its_place_also_where_there_are_too_many() {
        let link = json!({"url": LINK, "fileName": "c"});
        let mut sent = vec![json!(null), json!({"url": "http://a.b/c", "fileName": "c"})];
        sent.resize(10, link);
        let one = pairs(&[
            ("attachments[0]", "wrong_type"),
            ("attachments[1].url", "not_https"),
        ]);
        assert_eq!(errors(&json!(sent)), one);
        sent.push(json!({"url": LINK}));
        assert_eq!(
            errors(&json!(sent)),
            pairs(&[
                ("attachments[0]", "wrong_type"),
                ("attachments", "too_many"),
                ("attachments[1].url", "not_https"),
                ("attachments[10].fileName", "required"),
            ])
        );
    }

    #[test]
    fn an_upload_whose_id_is_no_text_is_not_taken_for_an_address() {
        let one = pairs(&[("attachments[0].id", "wrong_type")]);
        assert_eq!(errors(&json!([{"id": 5}])), one);
    }
}
