//! The cost of quoting a page, and what is quoted.

use super::*;
use uuid::Uuid;

/// Descriptions of so many tickets.
fn texts(count: u128, text: &str) -> Vec<Quotable> {
    let text = |ticket| Quotable {
        ticket: TicketId(Uuid::from_u128(ticket)),
        field: Field::Description,
        message: None,
        text: text.to_owned(),
    };
    (0..count).map(text).collect()
}

fn quoted(search: &str, texts: &[Quotable]) -> (usize, usize) {
    let mut steps = Steps::of_a_page();
    let quotes = quotes(&Search::parse(search).unwrap(), texts, &mut steps);
    (quotes.len(), steps.done())
}

#[test]
fn a_page_of_the_longest_texts_costs_a_bounded_number_of_steps() {
    // One letter of these folds to eighteen.
    let hostile: String = "\u{fdfa} a ".chars().cycle().take(20_000).collect();
    let texts = texts(400, &hostile);
    let whole: usize = texts.iter().map(|text| text.text.len()).sum();
    assert!(whole > 10_000_000);
    for search in [
        "absent",
        "a* absent \"a a\" \"a b\"",
        &format!("\"{} absent\"", "\u{fdfa} a ".repeat(60)),
    ] {
        let (_, done) = quoted(search, &texts);
        assert!(done < 1_100_000 + 16 * hostile.len(), "{search}: {done}");
    }
}

#[test]
fn what_is_found_at_once_is_quoted_of_every_text_of_a_page() {
    let hostile: String = "\u{fdfa} a ".chars().cycle().take(20_000).collect();
    let (quotes, done) = quoted("a", &texts(400, &hostile));
    assert_eq!(quotes, 400);
    assert!(done < 400 * 1_000, "{done}");
}
