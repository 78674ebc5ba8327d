//! Mentions in internal notes: `@` and an employee id. Pure.
//!
//! Employee ids are free text, so the note alone does not show where an id ends. A mention is parsed
//! into a list of candidates, the longest first; the first candidate that is the id of an agent counts.
//! With agents `E-1` and `E-1.2`, `@E-1.2` means the second and `@E-1.` the first.

/// Maximum of mentions in a note; further ones are ignored.
const MOST: usize = 20;
/// Maximum length of an employee id, in characters.
const LONGEST: usize = 50;

/// The candidates of each mention: employee ids in lower case, the longest first. At most 20 mentions.
pub fn mentions(note: &str) -> Vec<Vec<String>> {
    let mut before = None;
    let mut found = Vec::new();
    for (at, letter) in note.char_indices() {
        // An `@` inside a word is part of an address: ann@example.org mentions nobody.
        let begins_word = !before.is_some_and(char::is_alphanumeric);
        before = Some(letter);
        if letter == '@' && begins_word && found.len() < MOST {
            let candidates = candidates(note.get(at + 1..).unwrap_or_default());
            if !candidates.is_empty() {
                found.push(candidates);
            }
        }
    }
    found
}

/// Every prefix of `text` that ends at the end of a word, up to the first white space or `@`.
fn candidates(text: &str) -> Vec<String> {
    let word: Vec<char> = text
        .chars()
        .take(LONGEST)
        .take_while(|letter| !letter.is_whitespace() && *letter != '@')
        .collect();
    let next = text.chars().nth(word.len());
    (1..=word.len())
        .rev()
        .filter_map(|end| word.split_at_checked(end))
        .filter(|(id, rest)| {
            id.last().copied().is_some_and(is_inner)
                && !rest.first().copied().or(next).is_some_and(is_inner)
        })
        .map(|(id, _)| id.iter().collect::<String>().to_lowercase())
        .collect()
}

/// Whether a letter continues a word: `@E-12` does not mention `E-1`, and `@E-1` does not mention `E`.
fn is_inner(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '-' || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest(note: &str) -> Vec<String> {
        mentions(note)
            .into_iter()
            .map(|ids| ids[0].clone())
            .collect()
    }

    #[test]
    fn a_mention_is_an_at_sign_and_a_whole_word() {
        assert_eq!(longest("@EMP-001, please look"), ["emp-001"]);
        assert_eq!(longest("ask (@Emp1) or @EMP2!"), ["emp1", "emp2"]);
        assert_eq!(longest("écrire à @É7."), ["é7"]);
    }

    #[test]
    fn an_address_mentions_nobody() {
        assert!(mentions("write to ann@example.org").is_empty());
        assert!(mentions("@ nobody, and @@").is_empty());
    }

    #[test]
    fn an_id_with_a_dot_is_tried_whole_before_the_part_up_to_the_dot() {
        assert_eq!(mentions("@a.1."), [["a.1", "a"]]);
        assert_eq!(mentions("@a-12 "), [["a-12"]]);
    }

    #[test]
    fn a_note_full_of_mentions_is_read_in_part() {
        assert_eq!(mentions(&"@a ".repeat(1_000)).len(), MOST);
        assert!(mentions(&format!("@{}", "a".repeat(1_000))).is_empty());
    }
}
