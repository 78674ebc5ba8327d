//! The type of a file, found only from its bytes: its name and the sender's `Content-Type` do not count. Pure.

use crate::attachments::archive::Tail;

/// A type of file that this system knows. Other types are refused in every configuration: no pages, scripts, programs or vector images, which can act when they are opened.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The group of types that is allowed together.
    pub group: &'static str,
    /// The media type.
    pub media_type: &'static str,
    /// The endings of its names, the usual one first.
    pub extensions: &'static [&'static str],
}

/// Every type that can be allowed.
#[rustfmt::skip] // a table: one line for each type
pub static KINDS: [Kind; 31] = [
    Kind { group: "image", media_type: "image/png", extensions: &["png"] },
    Kind { group: "image", media_type: "image/jpeg", extensions: &["jpg", "jpeg", "jpe", "jfif"] },
    Kind { group: "image", media_type: "image/gif", extensions: &["gif"] },
    Kind { group: "image", media_type: "image/webp", extensions: &["webp"] },
    Kind { group: "image", media_type: "image/heif", extensions: &["heic", "heif"] },
    Kind { group: "image", media_type: "image/avif", extensions: &["avif"] },
    Kind { group: "image", media_type: "image/bmp", extensions: &["bmp"] },
    Kind { group: "image", media_type: "image/tiff", extensions: &["tif", "tiff"] },
    Kind { group: "pdf", media_type: "application/pdf", extensions: &["pdf"] },
    Kind { group: "txt", media_type: "text/plain", extensions: &["txt", "csv", "tsv", "log", "md", "json", "yaml", "yml", "ini", "ics", "vcf", "srt"] },
    Kind { group: "office", media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", extensions: &["docx"] },
    Kind { group: "office", media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", extensions: &["xlsx"] },
    Kind { group: "office", media_type: "application/vnd.openxmlformats-officedocument.presentationml.presentation", extensions: &["pptx"] },
    Kind { group: "office", media_type: "application/vnd.oasis.opendocument.text", extensions: &["odt"] },
    Kind { group: "office", media_type: "application/vnd.oasis.opendocument.spreadsheet", extensions: &["ods"] },
    Kind { group: "office", media_type: "application/vnd.oasis.opendocument.presentation", extensions: &["odp"] },
    // Documents are archives too, and some are written so that only that is found.
    Kind { group: "zip", media_type: "application/zip", extensions: &["zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"] },
    Kind { group: "gz", media_type: "application/gzip", extensions: &["gz", "tgz"] },
    Kind { group: "7z", media_type: "application/x-7z-compressed", extensions: &["7z"] },
    Kind { group: "audio", media_type: "audio/mpeg", extensions: &["mp3"] },
    Kind { group: "audio", media_type: "audio/ogg", extensions: &["ogg", "oga", "opus"] },
    Kind { group: "audio", media_type: "audio/opus", extensions: &["opus", "ogg", "oga"] },
    Kind { group: "audio", media_type: "audio/m4a", extensions: &["m4a"] },
    Kind { group: "audio", media_type: "audio/x-wav", extensions: &["wav"] },
    Kind { group: "audio", media_type: "audio/x-flac", extensions: &["flac"] },
    Kind { group: "audio", media_type: "audio/aac", extensions: &["aac"] },
    Kind { group: "audio", media_type: "audio/amr", extensions: &["amr"] },
    Kind { group: "video", media_type: "video/mp4", extensions: &["mp4", "m4v", "mov"] },
    Kind { group: "video", media_type: "video/x-m4v", extensions: &["m4v", "mp4"] },
    Kind { group: "video", media_type: "video/webm", extensions: &["webm"] },
    Kind { group: "video", media_type: "video/quicktime", extensions: &["mov", "qt"] },
];

impl Kind {
    /// The type of that name, if it is known.
    #[must_use]
    pub fn of(media_type: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.media_type == media_type)
    }

    /// The usual ending.
    #[must_use]
    pub fn extension(&self) -> &'static str {
        self.extensions.first().copied().unwrap_or("bin")
    }
}

/// Bytes at the beginning that are inspected. Archives of documents need some thousands.
const HEAD: usize = 32 * 1024;

/// Inspects a file while it arrives, without storing it.
#[derive(Debug, Default)]
pub struct Inspector {
    head: Vec<u8>,
    tail: Tail,
    text: Text,
}

/// Whether all so far is text: UTF-8 without control characters but those that lay it out.
#[derive(Debug, Default)]
struct Text {
    refuted: bool,
    /// The beginning of a character whose rest has not come yet: at most three bytes.
    begun: Vec<u8>,
}

impl Inspector {
    /// Inspects the next bytes.
    pub fn look(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(room));
        self.tail.look(&self.head, bytes);
        self.text.look(bytes);
    }

    /// The type, after all bytes were inspected.
    ///
    /// # Errors
    /// The type that was found, where it cannot be allowed.
    pub fn find(&self) -> Result<&'static Kind, &'static str> {
        // Before the marks of other formats, some of which may stand anywhere near the beginning:
        // what a browser would take for a page is one, whatever else is in it.
        if is_markup(&self.head) {
            return Err("markup, such as HTML or SVG");
        }
        let media_type = if is_amr(&self.head) {
            "audio/amr"
        } else if self.head.starts_with(b"#!") {
            return Err("a script");
        } else {
            self.media_type()
        };
        Kind::of(media_type).ok_or(media_type)
    }

    fn media_type(&self) -> &'static str {
        let found = infer::get(&self.head);
        if self.text.holds() {
            return self.kind_of_text(found);
        }
        match found.map_or("of no type that is known", |found| found.mime_type()) {
            // The parts by which an Office file is known may come late in it.
            "application/zip" => self.tail.office().unwrap_or("application/zip"),
            media_type => media_type,
        }
    }

    /// Of text: formats whose mark is a few letters (a note that begins with `BM` is no bitmap, one
    /// that mentions `%PDF` no document) do not count, those that are text themselves do.
    fn kind_of_text(&self, found: Option<infer::Type>) -> &'static str {
        let counts = |found: &infer::Type| match found.mime_type() {
            "application/pdf" => self.head.starts_with(b"%PDF-"),
            "application/rtf" | "application/postscript" => true,
            _ => found.matcher_type() == infer::MatcherType::Text,
        };
        found
            .filter(counts)
            .map_or("text/plain", |found| found.mime_type())
    }
}

/// Whether it is a voice note of AMR, which begins like a script (RFC 4867, section 5). After the mark
/// comes the head of a frame, which has three bits that are 0 and a type that is known: few letters
/// look like one.
fn is_amr(head: &[u8]) -> bool {
    match head.strip_prefix(b"#!AMR\n") {
        Some([frame, ..]) => frame & 0b1000_0011 == 0 && matches!(frame >> 3, 0..=8 | 15),
        _ => false,
    }
}

/// Whether a text begins with a tag, a comment or a declaration.
fn is_markup(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    match head.trim_ascii_start() {
        [b'<', next, ..] => next.is_ascii_alphabetic() || b"!?/".contains(next),
        _ => false,
    }
}

impl Text {
    fn look(&mut self, bytes: &[u8]) {
        if self.refuted {
            return;
        }
        let mut joined = std::mem::take(&mut self.begun);
        let bytes = if joined.is_empty() {
            bytes
        } else {
            joined.extend_from_slice(bytes);
            &joined
        };
        let (valid, rest) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, &[][..]),
            Err(error) if error.error_len().is_some() => {
                self.refuted = true;
                return;
            }
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                (std::str::from_utf8(valid).unwrap_or_default(), rest)
            }
        };
        self.refuted = valid.contains(|c: char| c.is_control() && !"\t\n\r\u{c}".contains(c));
        self.begun = rest.to_vec();
    }

    fn holds(&self) -> bool {
        !self.refuted && self.begun.is_empty()
    }
}

#[cfg(test)]
mod tests;
