//! Names of files: the name that is stored, and the name under which a file is saved. Pure.

use crate::attachments::Kind;

/// Characters of a name.
const LONGEST: usize = 255;
/// Characters of an ending that are kept when a name is too long.
const LONGEST_ENDING: usize = 16;

/// The name of an upload, as it is stored and shown. A file without a name is named by its type.
#[must_use]
pub fn file_name(sent: Option<&str>, kind: &Kind) -> String {
    let name = sent.and_then(fit_to_show);
    name.unwrap_or_else(|| format!("file.{}", kind.extension()))
}

/// The name of a linked file, whose type is not known.
#[must_use]
pub fn linked_file_name(sent: &str) -> String {
    fit_to_show(sent).unwrap_or_else(|| "file".to_owned())
}

/// The name without folders and invisible characters, cut to the maximum length; `None` where it is empty.
fn fit_to_show(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !is_hidden(*c)).collect();
    let name = name.trim();
    if name.trim_matches('.').is_empty() {
        return None;
    }
    if name.chars().count() <= LONGEST {
        return Some(name.to_owned());
    }
    let ending = ending(name).filter(|ending| ending.chars().count() < LONGEST_ENDING);
    let ending = ending
        .map(|ending| format!(".{ending}"))
        .unwrap_or_default();
    let stem = LONGEST.saturating_sub(ending.chars().count());
    Some(name.chars().take(stem).chain(ending.chars()).collect())
}

/// The name to save it under: one whose ending agrees with what it is, so that no system opens a
/// text as a page or a program because its name says so.
#[must_use]
pub fn name_on_disk(name: &str, content_type: &str) -> String {
    let Some(kind) = Kind::of(content_type) else {
        return format!("{name}.bin");
    };
    let agrees = ending(name).is_some_and(|ending| {
        let ending = ending.to_ascii_lowercase();
        kind.extensions.contains(&ending.as_str())
    });
    if agrees {
        name.to_owned()
    } else {
        format!("{name}.{}", kind.extension())
    }
}

fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending)
}

/// Control characters, and those that turn the direction of what follows: `exe.gnp` must not read
/// `png.exe`.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests;
