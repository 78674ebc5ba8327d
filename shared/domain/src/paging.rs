//! Which part of a list is wanted, where its entries have one order, read forwards or backwards. Pure.

use crate::{field_error::FieldErrors, text_enum};
use uuid::Uuid;

text_enum! {
    /// In which order a list is read.
    pub enum Direction {
        /// The oldest first.
        Ascending = "asc",
        /// The newest first.
        Descending = "desc",
    }
}

/// The last page that can be asked for: the greatest whole number that every client can write.
/// However far beyond the end it is, it is empty.
pub const LAST_PAGE: i64 = (1 << 53) - 1;

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Where it begins.
    pub start: Start,
    /// How many entries at most.
    pub limit: i64,
}

/// Where a part of a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At this page, from 1.
    Page(i64),
    /// After the entry that has this id.
    After(Uuid),
}

impl PageRequest {
    /// The first so many.
    #[must_use]
    pub const fn first(limit: i64) -> Self {
        let start = Start::Page(1);
        Self { start, limit }
    }

    /// How many entries come before it, but for what a cursor passes over.
    #[must_use]
    pub fn offset(self) -> i64 {
        match self.start {
            Start::Page(page) => offset(page, self.limit),
            Start::After(_) => 0,
        }
    }
}

/// Notes that a page and a cursor each say where a part of a list begins.
pub fn page_beside_cursor(faults: &mut FieldErrors) {
    let must = "must not stand beside cursor, which says where the list goes on";
    faults.contradict("page", "beside_cursor", must);
}

/// How many entries come before a page.
#[must_use]
pub fn offset(page: i64, limit: i64) -> i64 {
    (page - 1).saturating_mul(limit)
}
