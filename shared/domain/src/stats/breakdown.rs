//! How many tickets of a period have a status, a priority or a category. Pure.

use crate::tickets::{Category, Priority, Status};
use serde::Serialize;
use std::{cmp::Reverse, collections::BTreeMap, fmt};

/// How many tickets have a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(rename = "{T}Count")]
pub struct Count<T> {
    /// The value that the counted tickets have in common.
    #[serde(rename = "_id")]
    pub of: T,
    /// The number of tickets with this value.
    #[schemars(range(min = 0))]
    pub count: i64,
}

/// The number of tickets of a period that have status, priority and category in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Their status.
    pub status: Status,
    /// Their priority.
    pub priority: Priority,
    /// Their category.
    pub category: Category,
    /// Their number.
    pub total: i64,
}

/// The number of tickets of each kind: the most frequent first, those of the same number by their words, and none for a
/// kind without tickets.
pub fn breakdown<T: Ord + fmt::Display>(
    groups: &[Group],
    kind: impl Fn(&Group) -> T,
) -> Vec<Count<T>> {
    let mut counts = BTreeMap::new();
    for group in groups {
        *counts.entry(kind(group)).or_insert(0) += group.total;
    }
    let mut counts: Vec<_> = (counts.into_iter())
        .filter(|(_, count)| *count > 0)
        .map(|(of, count)| Count { of, count })
        .collect();
    counts.sort_by_cached_key(|one| (Reverse(one.count), one.of.to_string()));
    counts
}
