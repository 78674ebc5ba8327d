//! The part of a list that is wanted, where its entries have one order, read forwards or backwards. Pure.

use crate::{
    field_error::FieldErrors,
    reader::{Meanings, QueryReader},
    text_enum,
};
use uuid::Uuid;

text_enum! {
    /// The direction in which a list is sorted.
    pub enum Direction as "SortDirection" {
        /// The oldest entries come first.
        Ascending = "asc",
        /// The newest entries come first.
        Descending = "desc",
    }
}

/// The last page that can be asked for: the greatest whole number that every client can write.
/// Pages after the end of the list are empty.
pub const LAST_PAGE: i64 = (1 << 53) - 1;

/// A request for a part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// The first entry.
    pub start: Start,
    /// The most entries, 1 to 100.
    pub limit: i64,
}

/// The beginning of a part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At this page, from 1.
    Page(i64),
    /// After the entry that has this id.
    After(Uuid),
}

/// What the parameters of a part of a list mean.
pub const MEANINGS: Meanings = &[
    (
        "page",
        "The number of the page, from 1. A page after the end of the list is empty. It cannot be combined with `cursor`.",
    ),
    (
        "limit",
        "The greatest number of entries in the response. The default is 20.",
    ),
    (
        "cursor",
        "The `nextCursor` of the previous response, with the same filters and the same order. The list continues from there.",
    ),
];

impl PageRequest {
    /// Reads `page`, `limit` and `cursor` of a list that has one order: the cursor is an id.
    pub fn read(query: &mut QueryReader) -> Option<Self> {
        query.mean(MEANINGS);
        let page = query.integer("page", 1..=LAST_PAGE);
        let limit = query.integer("limit", 1..=100).unwrap_or(20);
        let after = query.id("cursor");
        if page.is_some() && after.is_some() {
            page_beside_cursor(query.errors());
        }
        let start = after.map_or(Start::Page(page.unwrap_or(1)), Start::After);
        Some(Self { start, limit })
    }

    /// The first `limit` entries.
    #[must_use]
    pub const fn first(limit: i64) -> Self {
        let start = Start::Page(1);
        Self { start, limit }
    }

    /// The number of entries before the page; 0 after a cursor.
    #[must_use]
    pub fn offset(self) -> i64 {
        match self.start {
            Start::Page(page) => offset(page, self.limit),
            Start::After(_) => 0,
        }
    }
}

/// Notes that a page and a cursor contradict each other: each names the beginning.
pub fn page_beside_cursor(errors: &mut FieldErrors) {
    let must = "must not stand beside cursor, which says where the list goes on";
    errors.contradict("page", "beside_cursor", must);
}

/// The number of entries before a page.
#[must_use]
pub fn offset(page: i64, limit: i64) -> i64 {
    (page - 1).saturating_mul(limit)
}
