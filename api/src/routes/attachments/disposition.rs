//! `Content-Disposition` of a file with any name (RFC 6266, section 4; RFC 8187, section 3.2).

use std::fmt::Write;

/// `attachment`, with the name twice: in ASCII for old clients, and in full. Neither has a character that
/// could end the value or the line.
#[must_use]
pub fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        let written = if is_attribute_character(byte) {
            whole.write_char(char::from(byte))
        } else {
            write!(whole, "%{byte:02X}")
        };
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// Whether every client reads the character as itself between quotes. Some decode `%`.
fn is_plain(c: char) -> bool {
    (c == ' ' || c.is_ascii_graphic()) && !"\"\\%".contains(c)
}

/// `attr-char` of RFC 8187.
fn is_attribute_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_sent_twice() {
        assert_eq!(
            disposition("a b.txt"),
            "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt"
        );
        assert_eq!(
            disposition("naïve €.png"),
            "attachment; filename=\"na_ve _.png\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.png"
        );
    }

    #[test]
    fn no_name_ends_the_value_or_the_line() {
        for c in (0..=0x2ff)
            .filter_map(char::from_u32)
            .chain(['\u{2028}', '\u{202e}'])
        {
            let value = disposition(&format!("x{c}y\"; filename=z"));
            assert!(
                value
                    .bytes()
                    .all(|byte| byte == b' ' || byte.is_ascii_graphic()),
                "{c:?}"
            );
            assert_eq!(value.matches('"').count(), 2, "{c:?}");
            assert_eq!(value.matches("filename=").count(), 2, "{c:?}: {value}");
        }
    }
}
