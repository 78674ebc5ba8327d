//! Names of files: what of a name is kept, and under which name a file is saved. Pure.

use super::Kind;

/// Characters of a name.
const LONGEST: usize = 255;
/// Characters of an ending that are kept when a name is too long.
const LONGEST_ENDING: usize = 16;

/// The name of a file as it is kept and shown: without folders, without what is not to be seen,
/// not too long. A file without a name gets one that says what it is.
#[must_use]
pub fn file_name(sent: Option<&str>, kind: &Kind) -> String {
    let last = sent
        .and_then(|name| name.rsplit(['/', '\\']).next())
        .unwrap_or_default();
    let name: String = last.chars().filter(|c| !is_hidden(*c)).collect();
    let name = name.trim();
    if name.trim_matches('.').is_empty() {
        return format!("file.{}", kind.extension());
    }
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let ending = ending(name).filter(|ending| ending.chars().count() < LONGEST_ENDING);
    let ending = ending
        .map(|ending| format!(".{ending}"))
        .unwrap_or_default();
    let stem = LONGEST.saturating_sub(ending.chars().count());
    name.chars().take(stem).chain(ending.chars()).collect()
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
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
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
