//! The highlights of a page of search results. Their cost is limited in steps, for texts of any length: texts
//! after the last step get no highlight. Pure.

use crate::ids::{MessageId, TicketId};
use crate::tickets::search::{Field, Highlight, Search, Steps, snippet};
use std::collections::HashMap;

/// A text that may match a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotable {
    /// The ticket.
    pub ticket: TicketId,
    /// The field of the ticket.
    pub field: Field,
    /// The message, if the field is one.
    pub message: Option<MessageId>,
    /// The text.
    pub text: String,
}

/// The highlights of these texts by ticket, in the order of the texts.
#[must_use]
pub fn quotes(
    search: &Search,
    texts: &[Quotable],
    steps: &mut Steps,
) -> HashMap<TicketId, Vec<Highlight>> {
    let mut quotes: HashMap<_, Vec<_>> = HashMap::new();
    for text in texts {
        if steps.are_over() {
            break;
        }
        let Some(pieces) = snippet(&text.text, search, steps) else {
            continue;
        };
        quotes.entry(text.ticket).or_default().push(Highlight {
            field: text.field,
            message: text.message,
            pieces,
        });
    }
    quotes
}

#[cfg(test)]
mod tests {
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
}
