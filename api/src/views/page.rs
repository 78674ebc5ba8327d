//! `pagination`: which part of a list an answer is.

use domain::paging::{PageRequest, Start};
use schemars::JsonSchema;
use serde::Serialize;

/// Which part of a list an answer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    /// From 1; null where a cursor led to it, since that is in no page.
    page: Option<i64>,
    limit: i64,
    total: i64,
    total_is_exact: bool,
    total_pages: i64,
    has_more: bool,
    next_cursor: Option<String>,
}

impl Pagination {
    /// A part of a list of so many.
    #[must_use]
    pub fn of(section: PageRequest, total: i64) -> Self {
        match section.start {
            Start::Page(page) => Self::new(page, section.limit, total),
            Start::After(_) => Self::after_cursor(section.limit, total),
        }
    }

    /// The part that is page `page` of `limit` entries each, of `total` in all.
    #[must_use]
    pub fn new(page: i64, limit: i64, total: i64) -> Self {
        Self {
            page: Some(page),
            has_more: page.saturating_mul(limit) < total,
            ..Self::after_cursor(limit, total)
        }
    }

    /// A part of `limit` entries somewhere among `total`.
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

    /// With a total that is one among more, if it is not exact.
    #[must_use]
    pub fn counted(self, total_is_exact: bool) -> Self {
        Self {
            total_is_exact,
            ..self
        }
    }

    /// With the cursor of what comes next; nothing comes when there is none.
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
    fn the_last_page_is_not_followed_by_more() {
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
