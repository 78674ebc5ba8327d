//! `pagination`: the part of a list that a response has.

use domain::paging::{PageRequest, Start};
use schemars::JsonSchema;
use serde::Serialize;

/// Which part of a list the response has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    /// The number of the page, from 1. It is null after a cursor, since such a part has no number.
    #[schemars(range(min = 1))]
    page: Option<i64>,
    /// The greatest number of entries in the response.
    #[schemars(range(min = 1, max = 100))]
    limit: i64,
    /// The number of entries of the whole list. If `totalIsExact` is false, there are at least so many, or there were a moment
    /// ago.
    #[schemars(range(min = 0))]
    total: i64,
    /// Whether all entries were counted just now. Of long lists the number of a moment ago is told, or they are counted up to a
    /// limit.
    total_is_exact: bool,
    /// The number of pages that `total` entries fill.
    #[schemars(range(min = 0))]
    total_pages: i64,
    /// Whether the list continues after this part.
    has_more: bool,
    /// The value to send as `cursor` to get the next part. It is null at the end of the list, and for lists that have
    /// no cursor.
    next_cursor: Option<String>,
}

impl Pagination {
    /// The part that `section` requests, of a list of `total` entries.
    #[must_use]
    pub fn of(section: PageRequest, total: i64) -> Self {
        match section.start {
            Start::Page(page) => Self::new(page, section.limit, total),
            Start::After(_) => Self::after_cursor(section.limit, total),
        }
    }

    /// Page `page`, from 1, of a list of `total` entries in pages of `limit`.
    #[must_use]
    pub fn new(page: i64, limit: i64, total: i64) -> Self {
        Self {
            page: Some(page),
            has_more: page.saturating_mul(limit) < total,
            ..Self::after_cursor(limit, total)
        }
    }

    /// A part of at most `limit` entries after a cursor, of a list of `total` entries.
    #[must_use]
    pub fn after_cursor(limit: i64, total: i64) -> Self {
        Self {
            page: None,
            limit,
            total,
            total_is_exact: true,
            total_pages: total.saturating_add(limit - 1) / limit.max(1),
            has_more: false,
            next_cursor: None,
        }
    }

    /// Sets whether the total is exact. A total that is not exact is a lower bound, or that of a moment ago.
    #[must_use]
    pub fn counted(self, total_is_exact: bool) -> Self {
        Self {
            total_is_exact,
            ..self
        }
    }

    /// Sets the cursor of the next part; `None` where nothing follows.
    #[must_use]
    pub fn followed_by(self, next_cursor: Option<String>) -> Self {
        Self {
            has_more: next_cursor.is_some(),
            next_cursor,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_has_no_more_entries() {
        let more = |page, limit, total| {
            let pagination = Pagination::new(page, limit, total);
            (pagination.total_pages, pagination.has_more)
        };
        assert_eq!(more(1, 20, 0), (0, false));
        assert_eq!(more(1, 20, 20), (1, false));
        assert_eq!(more(1, 20, 21), (2, true));
        assert_eq!(more(3, 20, 21), (2, false));
    }
}
