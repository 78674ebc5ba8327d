//! The default alphabet of text messages with its extension table (3GPP TS 23.038, sections 6.2.1 and 6.2.1.1). Pure.

/// The characters that take one unit.
const BASIC: &str = concat!(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/// The characters that take two: an escape and a character.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// The units that a character takes; `None` if the alphabet lacks it.
pub(super) fn units(letter: char) -> Option<usize> {
    if BASIC.contains(letter) {
        Some(1)
    } else if EXTENDED.contains(letter) {
        Some(2)
    } else {
        None
    }
}

/// Whether the alphabet has a character.
#[must_use]
pub fn is_gsm7(letter: char) -> bool {
    units(letter).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_has_127_characters_and_ten_extended_ones() {
        // The 128th is the escape itself.
        assert_eq!((BASIC.chars().count(), EXTENDED.chars().count()), (127, 10));
    }

    #[test]
    fn french_and_typography_are_partly_outside_of_it() {
        assert!("éèàùÇ".chars().all(is_gsm7));
        assert!(!"çêâîôûëïœ’“”–…`".chars().any(is_gsm7));
    }
}
