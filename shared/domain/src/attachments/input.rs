//! `attachments` of a ticket or a message, as people send them. Pure.

use crate::attachments::{Attachment, name::linked_file_name};
use crate::{
    field_error::{Constraint, FieldErrors},
    ids::AttachmentId,
};
use std::collections::HashSet;

const ATTACHMENTS: usize = 10;
const URL: usize = 2_000;
const FILE_NAME: usize = 255;
/// The forms that an entry may have.
const FORMS: &[&[&str]] = &[&["url", "fileName"], &["id"]];

/// An attachment as it was sent.
#[derive(Debug, Default, Clone)]
pub struct RawAttachment {
    /// What it was meant to be: a field of the wrong kind is there, too.
    pub form: Form,
    /// Of an upload; goes alone.
    pub id: Option<String>,
    /// https.
    pub url: Option<String>,
    /// The name to show.
    pub file_name: Option<String>,
}

/// The form of an entry, by the fields that it has, whatever is in them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The id of an upload.
    Upload,
    /// An address and a name, of which any may be missing.
    #[default]
    Link,
    /// Both at once, which nothing is.
    Both,
}

impl Form {
    /// Of an entry that has these fields.
    #[must_use]
    pub fn of(has: impl Fn(&str) -> bool) -> Self {
        match (has("id"), has("url") || has("fileName")) {
            (true, true) => Self::Both,
            (true, false) => Self::Upload,
            (false, _) => Self::Link,
        }
    }
}

/// A file that is to come with a ticket or a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewAttachment {
    /// An address.
    Link(Attachment),
    /// An upload of the caller's.
    Upload(AttachmentId),
}

/// Reads the entries; one that is at fault is left out.
pub fn parse(raw: &[Option<RawAttachment>], faults: &mut FieldErrors) -> Vec<NewAttachment> {
    faults.entries("attachments", raw.len(), ATTACHMENTS);
    faults.ask("attachments[0]", Constraint::OneOf(FORMS));
    let (mut read, mut uploads) = (Vec::new(), HashSet::new());
    for (at, raw) in raw.iter().enumerate() {
        let Some(raw) = raw else { continue };
        let field = |name: &str| format!("attachments[{at}].{name}");
        let id = faults.id(&field("id"), raw.id.as_deref());
        let new = match raw.form {
            Form::Both => {
                let message = "goes alone: send the id of an upload, or url and fileName";
                faults.add(field("id"), "id_or_url", message);
                None
            }
            Form::Upload => id.map(NewAttachment::Upload),
            Form::Link => link(raw, field, faults).map(NewAttachment::Link),
        };
        match new {
            Some(NewAttachment::Upload(id)) if !uploads.insert(id) => {
                let message = "stands here twice: an upload is attached once";
                faults.add(field("id"), "repeated_attachment", message);
            }
            Some(new) => read.push(new),
            None => {}
        }
    }
    read
}

fn link(
    raw: &RawAttachment,
    field: impl Fn(&str) -> String,
    faults: &mut FieldErrors,
) -> Option<Attachment> {
    // The forms say which of them is needed: what is asked here holds for either.
    for (name, sent) in [("url", &raw.url), ("fileName", &raw.file_name)] {
        if sent.is_none() {
            faults.add(
                field(name),
                "required",
                "is required, or the id of an upload alone",
            );
        }
    }
    let url = faults.optional_text(&field("url"), raw.url.as_deref(), 1, URL);
    faults.ask(&field("url"), Constraint::Pattern(HTTPS_URL));
    let file_name =
        faults.optional_text(&field("fileName"), raw.file_name.as_deref(), 1, FILE_NAME);
    let url = url.filter(|url| {
        let sound = is_https(url);
        if !sound {
            faults.add(field("url"), "not_https", "must be an https:// URL");
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

/// What [`is_https`] lets through, as a regular expression.
const HTTPS_URL: &str =
    r"^[Hh][Tt][Tt][Pp][Ss]://[^/\s\u0000-\u001f\u007f-\u009f][^\s\u0000-\u001f\u007f-\u009f]*$";

/// `https`, a host, and nothing that could break out of a header or a line.
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

    fn faults(raw: &[Option<RawAttachment>]) -> Vec<(String, &'static str)> {
        let mut faults = FieldErrors::new();
        parse(raw, &mut faults);
        let faults = faults.finish(None::<()>).unwrap_err();
        let named =
            |field_error: crate::field_error::FieldError| (field_error.field, field_error.code);
        faults.into_iter().map(named).collect()
    }

    const ID: &str = "01999999-0000-7000-8000-000000000000";
    const LINK: &str = "https://a.b/c";

    #[expect(clippy::unnecessary_wraps, reason = "as a list has it")]
    fn entry(id: &str, url: &str, file_name: &str) -> Option<RawAttachment> {
        let sent = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Some(RawAttachment {
            form: Form::of(|field| match field {
                "id" => !id.is_empty(),
                "url" => !url.is_empty(),
                _ => !file_name.is_empty(),
            }),
            id: sent(id),
            url: sent(url),
            file_name: sent(file_name),
        })
    }

    fn pairs(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
        expected
            .iter()
            .map(|(field, code)| ((*field).to_owned(), *code))
            .collect()
    }

    #[test]
    fn an_entry_is_an_upload_or_an_address_and_never_both_or_neither() {
        let named = faults(&[
            entry(ID, "", ""),
            entry("", LINK, "c"),
            entry(ID, LINK, "c"),
            entry(ID, "", "c"),
            entry("", "", ""),
            entry("", LINK, ""),
            entry("nonsense", "", ""),
            entry(ID, "", ""),
        ]);
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
        let mut sent = vec![None, entry("", "http://a.b/c", "c")];
        sent.resize(10, entry("", LINK, "c"));
        let one = pairs(&[("attachments[1].url", "not_https")]);
        assert_eq!(faults(&sent), one);
        sent.push(entry("", LINK, ""));
        assert_eq!(
            faults(&sent),
            pairs(&[
                ("attachments", "too_many"),
                ("attachments[1].url", "not_https"),
                ("attachments[10].fileName", "required"),
            ])
        );
    }

    #[test]
    fn an_upload_whose_id_is_no_text_is_not_taken_for_an_address() {
        let upload = RawAttachment {
            form: Form::Upload,
            ..RawAttachment::default()
        };
        let mut faults = FieldErrors::new();
        assert_eq!(parse(&[Some(upload)], &mut faults), []);
        assert!(faults.finish(Some(())).is_ok());
    }
}
