//! Requesters, as staff find them: by how a name, an address or a phone number begins. Agents and admins
//! are never among them, whatever is looked for.

mod store;

use domain::{
    ids::UserId,
    paging::{PageRequest, Start},
    people::Role,
};
use sqlx::PgConnection;

/// A requester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: UserId,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// E.164.
    pub phone_number: String,
    /// A requester's role.
    pub role: Role,
    /// A language of BCP 47.
    pub language: String,
    /// Whether the account may be used.
    pub active: bool,
}

/// A part of the list.
#[derive(Debug)]
pub struct Page {
    /// The requesters, those with the newest accounts first.
    pub customers: Vec<Customer>,
    /// How many there are in all.
    pub total: i64,
    /// After whom the list goes on.
    pub next: Option<UserId>,
}

/// What somebody looks for: the beginning of a name or an address, without regard to case and accents, or
/// of a phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    text: String,
    number: Option<String>,
}

impl Beginning {
    /// Reads a text: white space counts as one space between names, and for nothing in numbers.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            number: number(text),
        }
    }
}

/// The beginning of a number in the form of E.164, if the text can be one.
fn number(text: &str) -> Option<String> {
    let is_written = |letter: char| letter.is_ascii_digit() || "+ -.()/".contains(letter);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty() && text.chars().all(is_written)).then(|| format!("+{digits}"))
}

/// A part of the list of requesters that are called so. Within a snapshot its total is that of the same
/// instant.
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
    let place = (after, section.offset(), section.limit.saturating_add(1));
    let mut customers = store::customers(db, beginning, place).await?;
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
