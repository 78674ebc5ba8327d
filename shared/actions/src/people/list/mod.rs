//! The list of people for admins: newest account first, filtered by role, state and text.

mod store;

use crate::error::ActionError;
use domain::{
    assignment::WorkloadRule,
    ids::UserId,
    paging::{PageRequest, Start},
    people::{Person, Role},
};
use sqlx::PgPool;

/// The filter of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these roles; empty for all.
    pub roles: Vec<Role>,
    /// Only active (`true`) or inactive (`false`) accounts.
    pub active: Option<bool>,
    /// A text in the name, address or employee number.
    pub text: Option<String>,
}

/// The rows that a query reads.
#[derive(Debug, Clone, Copy)]
pub(in crate::people) struct Rows {
    /// The person before the first row; `None` begins at the start.
    pub after: Option<UserId>,
    /// How many rows are skipped after that.
    pub offset: i64,
    /// How many rows are read at most.
    pub limit: i64,
}

/// A page of the list.
#[derive(Debug)]
pub struct Page {
    /// The people.
    pub people: Vec<Person>,
    /// The number of people on all pages.
    pub total: i64,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<UserId>,
}

/// A page of the people who match `filter`.
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
    let rows = Rows {
        after,
        offset: section.offset(),
        limit: section.limit.saturating_add(1),
    };
    let mut ids = store::ids(&mut db, filter, pattern.as_deref(), rows).await?;
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

/// The `ilike` pattern for a text anywhere. `\`, `%` and `_` are escaped.
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
