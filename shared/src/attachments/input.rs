//! `attachments` of a ticket or a message, as people send them. Pure.

use super::Attachment;
use crate::{
    fault::{Asks, Faults},
    ids::AttachmentId,
};

const ATTACHMENTS: usize = 10;
const URL: usize = 2_000;
const FILE_NAME: usize = 255;
/// The forms that an entry may have.
const FORMS: &[&[&str]] = &[&["url", "fileName"], &["id"]];

/// An attachment as it was sent.
#[derive(Debug, Default, Clone)]
pub struct RawAttachment {
    /// Of an upload; goes alone.
    pub id: Option<String>,
    /// https.
    pub url: Option<String>,
    /// The name to show.
    pub file_name: Option<String>,
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
pub fn parse(raw: &[RawAttachment], faults: &mut Faults) -> Vec<NewAttachment> {
    faults.entries("attachments", raw.len(), ATTACHMENTS);
    faults.ask("attachments[0]", Asks::OneOf(FORMS));
    let mut read: Vec<NewAttachment> = Vec::new();
    for (at, raw) in raw.iter().take(ATTACHMENTS).enumerate() {
        let field = |name: &str| format!("attachments[{at}].{name}");
        let id = faults.id(&field("id"), raw.id.as_deref());
        let new = match (
            raw.id.is_some(),
            raw.url.is_some() || raw.file_name.is_some(),
        ) {
            (true, true) => {
                let message = "goes alone: send the id of an upload, or url and fileName";
                faults.add(field("id"), "id_or_url", message);
                None
            }
            (true, false) => id.map(NewAttachment::Upload),
            (false, _) => link(raw, field, faults).map(NewAttachment::Link),
        };
        match new {
            Some(again @ NewAttachment::Upload(_)) if read.contains(&again) => {
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
    faults: &mut Faults,
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
    faults.ask(&field("url"), Asks::Pattern(HTTPS_URL));
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
        file_name: file_name?,
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

    fn faults(raw: &[RawAttachment]) -> Vec<(String, &'static str)> {
        let mut faults = Faults::new();
        parse(raw, &mut faults);
        let faults = faults.finish(None::<()>).unwrap_err();
        let named = |fault: crate::fault::Fault| (fault.field, fault.code);
        faults.into_iter().map(named).collect()
    }

    #[test]
    fn an_entry_is_an_upload_or_an_address_and_never_both_or_neither() {
        let id = || Some("01999999-0000-7000-8000-000000000000".to_owned());
        let url = || Some("https://a.b/c".to_owned());
        let entry = |id, url: Option<String>, file_name: Option<&str>| RawAttachment {
            id,
            url,
            file_name: file_name.map(str::to_owned),
        };
        let named = faults(&[
            entry(id(), None, None),
            entry(None, url(), Some("c")),
            entry(id(), url(), Some("c")),
            entry(id(), None, Some("c")),
            entry(None, None, None),
            entry(None, url(), None),
            entry(Some("nonsense".to_owned()), None, None),
            entry(id(), None, None),
        ]);
        let named: Vec<_> = named.iter().map(|(f, code)| (f.as_str(), *code)).collect();
        assert_eq!(
            named,
            [
                ("attachments[2].id", "id_or_url"),
                ("attachments[3].id", "id_or_url"),
                ("attachments[4].url", "required"),
                ("attachments[4].fileName", "required"),
                ("attachments[5].fileName", "required"),
                ("attachments[6].id", "invalid_id"),
                ("attachments[7].id", "repeated_attachment"),
            ]
        );
    }
}
