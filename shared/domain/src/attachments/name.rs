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
mod tests {
    use super::*;

    fn kept(sent: &str) -> String {
        file_name(Some(sent), Kind::of("image/png").unwrap())
    }

    #[test]
    fn of_a_name_that_is_kept_what_can_do_no_harm() {
        for (sent, expected) in [
            ("photo.png", "photo.png"),
            (
                "my photo (1) – café 写真.png",
                "my photo (1) – café 写真.png",
            ),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\photo.png", "photo.png"),
            ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie: x=1.png"),
            ("nul\0.png", "nul.png"),
            ("gnp.\u{202e}exe.png", "gnp.exe.png"),
            ("say \"hi\".png", "say \"hi\".png"),
            ("  .png ", ".png"),
            ("", "file.png"),
            ("..", "file.png"),
            ("/", "file.png"),
            (" \t ", "file.png"),
        ] {
            assert_eq!(kept(sent), expected, "{sent:?}");
        }
        assert_eq!(file_name(None, Kind::of("text/plain").unwrap()), "file.txt");
    }

    #[test]
    fn of_the_name_of_a_linked_file_the_same_is_kept() {
        for (sent, expected) in [
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\u{61c}b\u{2067}.txt", "ab.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\photo.png", "photo.png"),
            ("a\r\nb\u{2028}c.txt", "abc.txt"),
            ("", "file"),
            ("..", "file"),
            ("folder/", "file"),
        ] {
            assert_eq!(linked_file_name(sent), expected, "{sent:?}");
        }
    }

    #[test]
    fn a_name_that_is_too_long_keeps_its_ending() {
        let long = kept(&format!("{}.png", "é".repeat(300)));
        assert_eq!(long.chars().count(), 255);
        assert!(long.ends_with("é.png"));
        assert_eq!(kept(&"x".repeat(300)).len(), 255);
        assert_eq!(kept(&format!("x.{}", "y".repeat(300))).len(), 255);
    }

    #[test]
    fn a_file_is_saved_under_an_ending_that_agrees_with_what_it_is() {
        for (name, kind, expected) in [
            ("photo.png", "image/png", "photo.png"),
            ("PHOTO.JPEG", "image/jpeg", "PHOTO.JPEG"),
            ("notes.txt", "image/png", "notes.txt.png"),
            ("page.html", "text/plain", "page.html.txt"),
            ("run.bat.", "text/plain", "run.bat..txt"),
            ("data.csv", "text/plain", "data.csv"),
            ("unnamed", "application/pdf", "unnamed.pdf"),
            ("old.x", "application/x-gone", "old.x.bin"),
        ] {
            assert_eq!(name_on_disk(name, kind), expected, "{name} {kind}");
        }
    }
}
