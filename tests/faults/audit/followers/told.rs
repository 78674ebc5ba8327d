//! What a follower was told: all that it must know, of each ticket in order, and nothing that it may never know.

use super::{Change, may_know};
use crate::{
    audit::Findings,
    followers::{Known, Role},
};
use std::collections::{BTreeMap, BTreeSet};

/// Each change that had to be told was told.
pub(super) fn is_complete(known: &Known, must: &[&Change], findings: &mut Findings) {
    let told: BTreeSet<_> = known.told.iter().map(|one| one.id.as_str()).collect();
    for change in must {
        findings.looked("events that had to be told", 1);
        if !told.contains(change.id.as_str()) {
            let (email, kind, id) = (&known.email, &change.kind, &change.id);
            findings.wrong(format!("{email} was never told of {kind} {id}"));
        }
    }
}

/// Of a ticket, each connection tells in order and nothing twice, and what is new is later than what was known.
pub(super) fn is_in_order(known: &Known, feed: &[Change], findings: &mut Findings) {
    let changes = by_id(feed);
    let mut seen = BTreeSet::new();
    // By ticket: the newest position in all, and the last with its connection.
    let mut newest: BTreeMap<&str, i64> = BTreeMap::new();
    let mut last: BTreeMap<&str, (usize, i64)> = BTreeMap::new();
    for told in &known.told {
        let (email, id, kind) = (&known.email, told.id.as_str(), &told.kind);
        let Some(change) = changes.get(id) else {
            findings.wrong(format!("{email} was told of {kind} {id}, which is nowhere"));
            continue;
        };
        if kind != "ticket:removed" && told.version != change.version {
            findings.wrong(format!("{email} was told of another version by {id}"));
        }
        let Some(ticket) = told.ticket.as_deref() else {
            continue;
        };
        let position = change.position;
        let is_new = seen.insert(id);
        let newest = newest.entry(ticket).or_default();
        let before = last.insert(ticket, (told.connection, position));
        let is_back =
            before.is_some_and(|(by, before)| by == told.connection && before >= position);
        if is_back || (is_new && position < *newest) {
            findings.wrong(format!("{email} was told of {id} out of order"));
        }
        *newest = position.max(*newest);
    }
}

/// Nobody is told of a change that is not theirs to see, and customers are not told what is internal about one.
pub(super) fn is_permitted(known: &Known, me: &str, feed: &[Change], findings: &mut Findings) {
    let changes = by_id(feed);
    let email = &known.email;
    for told in &known.told {
        // One that is nowhere is reported by the order.
        let Some(change) = changes.get(told.id.as_str()) else {
            continue;
        };
        let (kind, id) = (&told.kind, &told.id);
        if !may_know(known.role, me, change) {
            findings.wrong(format!(
                "{email} was told of {kind} {id}, and may never know it"
            ));
        }
        if known.role == Role::Customer && told.has_entry && !change.is_public {
            findings.wrong(format!("{email} was told what is internal in {id}"));
        }
    }
}

fn by_id(feed: &[Change]) -> BTreeMap<&str, &Change> {
    let changes = feed.iter().map(|change| (change.id.as_str(), change));
    changes.collect()
}
