//! The search for requesters by staff: by the beginning of a name, an address or a phone number. Agents and admins
//! are never found.

mod store;

use crate::people::list::Rows;
use domain::{
    ids::UserId,
    paging::{PageRequest, Start},
    people::Role,
};
use sqlx::PgConnection;

/// A requester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The person's id.
    pub id: UserId,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number in E.164 form.
    pub phone_number: String,
    /// Customer, technician or corporate.
    pub role: Role,
    /// A language tag of BCP 47.
    pub language: String,
    /// Whether the account is active.
    pub active: bool,
}

/// A page of the list.
#[derive(Debug)]
pub struct Page {
    /// The requesters, newest account first.
    pub customers: Vec<Customer>,
    /// The number of requesters on all pages.
    pub total: i64,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<UserId>,
}

/// The text of a search: the beginning of a name, an address (case and accents do not count) or a phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    text: String,
    number: Option<String>,
}

impl Beginning {
    /// Parses a text. White space counts as one space in names, and is ignored in phone numbers.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            number: number(text),
        }
    }
}

/// The text as the beginning of a phone number in E.164 form; `None` when it can be none.
fn number(text: &str) -> Option<String> {
    let is_written = |letter: char| letter.is_ascii_digit() || "+ -.()/".contains(letter);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty() && text.chars().all(is_written)).then(|| format!("+{digits}"))
}

/// A page of the requesters who match. Call it within a snapshot, so that the total is of the same instant.
///
/// # Errors
/// The database failed.
pub async fn page(
    db: &mut PgConnection,
    beginning: &Beginning,
    section: PageRequest,
) -> sqlx::Result<Page> {
    let total = store::count(&mut *db, beginning).await?;
    let after = match section.start {
        Start::Page(_) => None,
        Start::After(person) => Some(person),
    };
    let rows = Rows {
        after: after.map(UserId),
        offset: section.offset(),
        limit: section.limit.saturating_add(1),
    };
    let mut customers = store::customers(db, beginning, rows).await?;
    let shown = usize::try_from(section.limit).unwrap_or(usize::MAX);
    let more = customers.len() > shown;
    customers.truncate(shown);
    let last = customers.last().filter(|_| more);
    Ok(Page {
        next: last.map(|customer| customer.id),
        customers,
        total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_can_be_a_number_is_one_too() {
        for (text, expected) in [
            ("+254712", Some("+254712")),
            ("254 712-345", Some("+254712345")),
            (" (254) 712 ", Some("+254712")),
            ("ann", None),
            ("ann 254", None),
            ("+", None),
        ] {
            assert_eq!(Beginning::of(text).number.as_deref(), expected, "{text}");
        }
        assert_eq!(Beginning::of("  Ann \t Otieno ").text, "Ann Otieno");
    }
}
