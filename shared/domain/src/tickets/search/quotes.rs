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
mod tests;
