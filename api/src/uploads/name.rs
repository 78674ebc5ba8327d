//! The name of a file, as various clients write it in a form. `filename*` (RFC 8187) has priority, although
//! RFC 7578 forbids it: clients that send it put a poorer name into `filename`. In `filename`, the
//! percent-encoding of browsers and encoded words (RFC 2047) are decoded.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use encoding_rs::{Encoding, WINDOWS_1252};
use percent_encoding::percent_decode_str;

/// The file name in the head of a field.
pub(super) fn of_file(headers: &HeaderMap) -> Option<String> {
    let disposition = headers.get(header::CONTENT_DISPOSITION)?;
    let parameters = parameters(disposition.as_bytes());
    let value = |wanted: &[u8]| {
        let mut named = parameters.iter().filter(|(name, _)| name == wanted);
        named.next().map(|(_, value)| value.as_slice())
    };
    let extended = value(b"filename*").and_then(extended);
    extended.or_else(|| value(b"filename").map(plain))
}

/// The parameters of a header, with lower-case names.
fn parameters(header: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    let mut rest = cut(header, b';').map_or(&[][..], |(_, rest)| rest);
    while let Some((before, value)) = cut(rest, b'=') {
        // A parameter without a value is skipped.
        let name = before.rsplit(|byte| *byte == b';').next();
        let name = name.unwrap_or_default().trim_ascii().to_ascii_lowercase();
        let value = value.trim_ascii_start();
        let (value, after) = if let Some(quoted) = value.strip_prefix(b"\"") {
            unquoted(quoted)
        } else {
            let (value, after) = value.split_at(place(value, b';').unwrap_or(value.len()));
            (value.trim_ascii_end().to_vec(), after)
        };
        found.push((name, value));
        rest = after;
    }
    found
}

fn place(bytes: &[u8], of: u8) -> Option<usize> {
    bytes.iter().position(|byte| *byte == of)
}

/// The parts before and after the first byte `at`.
fn cut(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let (before, rest) = bytes.split_at(place(bytes, at)?);
    Some((before, rest.get(1..)?))
}

/// The text up to its closing quotation mark, and the rest after it. A backslash escapes only that mark and
/// itself: some clients send Windows paths unescaped.
fn unquoted(mut quoted: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut text = Vec::new();
    loop {
        quoted = match quoted {
            [] => return (text, quoted),
            [b'"', rest @ ..] => return (text, rest),
            [b'\\', byte @ (b'"' | b'\\'), rest @ ..] | [byte, rest @ ..] => {
                text.push(*byte);
                rest
            }
        };
    }
}

/// The name in `utf-8'en'na%C3%AFve.txt`; `None` for another form.
fn extended(value: &[u8]) -> Option<String> {
    let mut parts = std::str::from_utf8(value).ok()?.splitn(3, '\'');
    let (charset, _language, text) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    let charset = Encoding::for_label(charset.as_bytes())?;
    let name = charset.decode_without_bom_handling_and_without_replacement(&bytes)?;
    (!name.is_empty()).then(|| name.into_owned())
}

fn plain(value: &[u8]) -> String {
    let text = match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        // An old client that does not send UTF-8.
        Err(_) => WINDOWS_1252.decode_without_bom_handling(value).0.into(),
    };
    let text = text
        .replace("%22", "\"")
        .replace("%0D", "\r")
        .replace("%0d", "\r")
        .replace("%0A", "\n")
        .replace("%0a", "\n");
    words_read(&text)
}

/// The text with its encoded words decoded, such as `=?utf-8?B?bmHDr3Zl?=`. Malformed ones stay.
fn words_read(mut text: &str) -> String {
    let (mut read, mut words) = (String::new(), EncodedWords::default());
    while let Some(start) = text.find("=?") {
        let (before, from) = text.split_at(start);
        // White space between two encoded words only separates them.
        if words.0.is_none() || !before.trim().is_empty() {
            words.end(&mut read);
            read.push_str(before);
        }
        if let Some((charset, bytes, after)) = word(from) {
            words.add(charset, bytes, &mut read);
            text = after;
        } else {
            words.end(&mut read);
            let (mark, after) = from.split_at(2);
            read.push_str(mark);
            text = after;
        }
    }
    words.end(&mut read);
    read.push_str(text);
    read
}

/// The bytes of adjacent words of one charset: some clients split a character between two words.
#[derive(Default)]
struct EncodedWords(Option<(&'static Encoding, Vec<u8>)>);

impl EncodedWords {
    fn add(&mut self, charset: &'static Encoding, bytes: Vec<u8>, read: &mut String) {
        match &mut self.0 {
            Some((same, all)) if *same == charset => all.extend(bytes),
            _ => {
                self.end(read);
                self.0 = Some((charset, bytes));
            }
        }
    }

    fn end(&mut self, read: &mut String) {
        if let Some((charset, bytes)) = self.0.take() {
            read.push_str(&charset.decode_without_bom_handling(&bytes).0);
        }
    }
}

/// The encoded word at the beginning of the text, and the rest after it.
fn word(text: &str) -> Option<(&'static Encoding, Vec<u8>, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (content, after) = rest.split_once("?=")?;
    // A language may follow (RFC 2231).
    let charset = charset.split('*').next().unwrap_or_default();
    let charset = Encoding::for_label(charset.as_bytes())?;
    let bytes = match encoding {
        "B" | "b" => STANDARD_NO_PAD.decode(content.trim_end_matches('=')).ok()?,
        "Q" | "q" => {
            let percent = content.replace('%', "%25").replace('_', "%20");
            percent_decode_str(&percent.replace('=', "%")).collect()
        }
        _ => return None,
    };
    Some((charset, bytes, after))
}

#[cfg(test)]
mod tests;
