//! Reduces a text to the characters of text messages: one character outside of their alphabet more than halves what fits
//! into a segment. Typography becomes ASCII, and letters lose the marks that the alphabet lacks (`ô`, not `é`). Letters
//! of other scripts stay, since nothing stands for them. Pure.

use super::gsm7::is_gsm7;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The text on one line, reduced. Symbols that nothing stands for, such as emojis, go.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Composed first: `é` as two characters would lose a mark that the alphabet has.
    for letter in text.nfc() {
        add(&mut folded, letter);
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn add(folded: &mut String, letter: char) {
    if letter.is_whitespace() || letter.is_control() {
        folded.push(' ');
        return;
    }
    if is_gsm7(letter) {
        folded.push(letter);
        return;
    }
    match letter {
        '‘' | '’' | '‚' | '‛' | '′' | '´' | '`' | 'ʼ' | 'ʻ' => folded.push('\''),
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => folded.push('"'),
        '‹' => folded.push('<'),
        '›' => folded.push('>'),
        '‐'..='―' | '−' => folded.push('-'),
        '…' => folded.push_str("..."),
        '•' | '·' | '→' => folded.push('-'),
        '×' => folded.push('x'),
        'œ' => folded.push_str("oe"),
        'Œ' => folded.push_str("OE"),
        'ł' => folded.push('l'),
        'Ł' => folded.push('L'),
        'đ' => folded.push('d'),
        'Đ' => folded.push('D'),
        'ı' => folded.push('i'),
        _ => add_without_marks(folded, letter),
    }
}

fn add_without_marks(folded: &mut String, letter: char) {
    // A ligature has several letters.
    let plain: String = std::iter::once(letter)
        .nfkd()
        .filter(|part| !is_combining_mark(*part))
        .collect();
    if !plain.is_empty() && plain.chars().all(is_gsm7) {
        folded.push_str(&plain);
    } else if letter.is_alphanumeric() || is_mark_of_script(folded, letter) {
        folded.push(letter);
    }
}

/// Whether a combining mark belongs to a letter of another script, where it is a part of the spelling.
fn is_mark_of_script(before: &str, mark: char) -> bool {
    let follows_script = before
        .chars()
        .next_back()
        .is_some_and(|last| last.is_alphanumeric() && !is_gsm7(last));
    follows_script && is_combining_mark(mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::{Encoding, Segments};
    use proptest::prelude::*;

    #[test]
    fn typography_becomes_ascii_and_letters_keep_the_marks_that_the_alphabet_has() {
        for (text, folded) in [
            (
                "L’hôtel “Étoile” – à 10 h…",
                "L'hotel \"Étoile\" - à 10 h...",
            ),
            ("Ça coûte 5 €, œuf\u{a0}!", "Ça coute 5 €, oeuf !"),
            ("reçu, déjà, naïve, Noël, où", "recu, déjà, naive, Noel, où"),
            ("caf\u{65}\u{301}", "café"),
            ("Ng'ombe ya Ŋ", "Ng'ombe ya Ŋ"),
            ("a\r\nb\tc\u{200b}d\u{202e}", "a b cd"),
            ("Pay 😀 now 👩‍👩‍👧", "Pay now"),
            ("ﬁle №5", "file No5"),
            ("Łódź", "Lodz"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn other_scripts_stay_as_they_are() {
        for text in ["دفع مرفوض", "ክፍያ ተከልክሏል", "भुगतान विफल", "оплата"]
        {
            assert_eq!(fold(text), text);
            assert_eq!(Segments::of(&fold(text)).encoding, Encoding::Ucs2);
        }
    }

    proptest! {
        #[test]
        fn a_folded_text_is_one_line_and_folds_to_itself(text in "\\PC{0,80}") {
            let folded = fold(&text);
            prop_assert!(!folded.chars().any(char::is_control), "{folded:?}");
            prop_assert_eq!(fold(&folded), folded);
        }
    }
}
