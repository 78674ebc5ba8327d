//! Lists of people, for admins: newest first, found by role and by what they are called.

mod store;

use crate::error::ActionError;
use domain::{
    assignment::WorkloadRule,
    ids::UserId,
    paging::{PageRequest, Start},
    people::{Person, Role},
};
use sqlx::PgPool;

/// Which people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of any of these roles; of all when there is none.
    pub roles: Vec<Role>,
    /// Whose accounts may be used, or may not.
    pub active: Option<bool>,
    /// Who have this in their names, address or employee number.
    pub text: Option<String>,
}

/// A part of the list.
#[derive(Debug)]
pub struct Page {
    /// The people.
    pub people: Vec<Person>,
    /// How many there are in all.
    pub total: i64,
    /// After whom the list goes on.
    pub next: Option<UserId>,
}

/// A part of the list of people.
///
/// # Errors
/// The database failed.
pub async fn page(
    pool: &PgPool,
    filter: &Filter,
    section: PageRequest,
    load: WorkloadRule,
) -> Result<Page, ActionError> {
    let mut db = pool.acquire().await?;
    let pattern = filter.text.as_deref().map(pattern);
    let total = store::count(&mut db, filter, pattern.as_deref()).await?;
    let after = match section.start {
        Start::Page(_) => None,
        Start::After(person) => Some(UserId(person)),
    };
    let place = (after, section.offset(), section.limit.saturating_add(1));
    let mut ids = store::ids(&mut db, filter, pattern.as_deref(), place).await?;
    let shown = usize::try_from(section.limit).unwrap_or(usize::MAX);
    let more = ids.len() > shown;
    ids.truncate(shown);
    let next = ids.last().copied().filter(|_| more).map(UserId);
    Ok(Page {
        people: crate::people::store::people(&mut db, &ids, load).await?,
        total,
        next,
    })
}

/// The text anywhere, with the signs of patterns taken as they are.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.trim().chars() {
        if matches!(letter, '\\' | '%' | '_') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use crate::people::list::pattern;

    #[test]
    fn the_signs_of_patterns_are_letters_like_others() {
        assert_eq!(pattern(" 50%_\\x "), r"%50\%\_\\x%");
    }
}
