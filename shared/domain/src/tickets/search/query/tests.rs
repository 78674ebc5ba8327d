//! Words, phrases and exclusions of a search.

use super::*;
use proptest::prelude::*;

impl Term {
    /// Its words, and whether the last is a prefix.
    fn shown(&self) -> String {
        format!(
            "{}{}",
            self.words.join(" "),
            if self.open { "*" } else { "" }
        )
    }
}

fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let search = Search::parse(text).unwrap();
    let shown = |terms: &[Term]| terms.iter().map(Term::shown).collect();
    (shown(&search.wanted), shown(&search.unwanted))
}

#[test]
fn a_search_has_words_phrases_and_exclusions() {
    for (text, wanted, unwanted) in [
        ("", &[][..], &[][..]),
        ("  ?! - -- \"\" -\"\" * ", &[], &[]),
        ("Refund", &["refund"], &[]),
        ("refund booking refund", &["refund", "booking"], &[]),
        ("\"refund the booking\"", &["refund the booking"], &[]),
        ("refund -card", &["refund"], &["card"]),
        ("-\"credit card\" refund", &["refund"], &["credit card"]),
        ("BKG-12345", &["bkg 12345"], &[]),
        ("-BKG-12345", &[], &["bkg 12345"]),
        ("pay*", &["pay*"], &[]),
        ("\"credit ca*\"", &["credit ca*"], &[]),
        ("a\"b c\"d", &["a", "b c", "d"], &[]),
        ("\"left open", &["left open"], &[]),
        ("it's -- ok", &["it s", "ok"], &[]),
        ("a' & !b | c:*", &["a", "b", "c*"], &[]),
    ] {
        assert_eq!(read(text), (owned(wanted), owned(unwanted)), "{text}");
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn the_index_is_asked_for_words_and_neighbours_and_texts_for_long_phrases() {
    let search = Search::parse("refund \"credit card*\" -visa -\"my bank account\"").unwrap();
    let (requester, staff) = (Viewer::Requester, Viewer::Staff);
    assert_eq!(
        search.in_one_part(requester),
        "('#.refund') & ('#,credit card':*) & !('#.visa') & !'#+'"
    );
    assert_eq!(
        search.in_several_parts(requester),
        "'#+' & (('#.refund') | ('#,credit card':*) | ('#.visa') | ('#,my bank' & '#,bank account'))"
    );
    let wanted: Vec<_> = search.wanted_in_index(staff).collect();
    let pair = "('#,credit card':* | '#;credit card':*)";
    assert_eq!(wanted, ["('#.refund' | '#~refund')", pair]);
    let unwanted: Vec<_> = search.unwanted_in_index(staff).collect();
    assert_eq!(unwanted, ["(('#.visa' | '#~visa'))"]);
    assert_eq!(search.long_phrases().count(), 0);
    let unwanted: Vec<_> = search.unwanted_long_phrases().collect();
    assert_eq!(unwanted, [" my bank account "]);
    let said: Vec<_> = search.said().collect();
    assert_eq!(said, [" refund ", " credit card"]);
    assert_eq!(search.any(), "('refund') | ('credit' & 'card':*)");
    let excludes = Search::parse("-visa").unwrap();
    assert_eq!(excludes.in_one_part(requester), "!('#.visa') & '#-'");
    assert_eq!(excludes.in_several_parts(requester), "'#+'");
}

#[test]
fn a_search_has_at_most_sixteen_words_and_phrases() {
    let letters = |count: u8| (b'a'..b'a' + count).map(char::from).map(String::from);
    let search = |count| letters(count).collect::<Vec<_>>().join(" ");
    assert!(Search::parse(&search(16)).is_ok());
    assert_eq!(Search::parse(&search(17)), Err(TooMany));
    assert!(Search::parse(&"again ".repeat(80)).is_ok());
}

#[test]
fn a_match_is_as_long_as_the_longest_wanted_thing() {
    let words: Vec<_> = words("Credit cards refused").collect();
    let mut steps = Steps::of_a_page();
    let mut length = |text: &str| {
        let search = Search::parse(text).unwrap();
        search.matches_at(&words, &mut steps)
    };
    assert_eq!(length("credit"), 1);
    assert_eq!(length("credit \"credit cards\""), 2);
    assert_eq!(length("\"credit card\""), 0);
    assert_eq!(length("\"credit card*\""), 2);
    assert_eq!(length("\"credit cards refused twice\""), 0);
    assert_eq!(length("-credit"), 0);
    assert_eq!(length(""), 0);
}

proptest! {
    #[test]
    fn any_text_is_a_search_that_postgresql_can_read(text in any::<String>()) {
        if let Ok(search) = Search::parse(&text) {
            for term in search.wanted.iter().chain(&search.unwanted) {
                for word in &term.words {
                    prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric));
                }
            }
        }
    }

    #[test]
    fn a_phrase_of_a_text_is_found_in_it(text in "[a-z]{1,5}( [a-z]{1,5}){2,8}", from in 0_usize..3) {
        let words: Vec<_> = words(&text).collect();
        let phrase = format!("\"{}\"", &text[words[from].at.start..]);
        let search = Search::parse(&phrase).unwrap();
        let mut steps = Steps::of_a_page();
        prop_assert_eq!(search.matches_at(&words[from..], &mut steps), words.len() - from);
    }
}
