//! A map of limited size whose entries expire. When it is full, the tenth of the entries that would expire
//! first is removed. Pure.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// Values by name, each with the instant of its expiry.
#[derive(Debug)]
pub(crate) struct Bounded<V> {
    entries: HashMap<String, Entry<V>>,
    most: usize,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    until: Instant,
}

impl<V: Default> Bounded<V> {
    /// A map of at most `most` entries.
    pub fn of(most: usize) -> Self {
        Self {
            entries: HashMap::new(),
            most,
        }
    }

    /// The entry of this name, and the instant of its expiry. A new entry lasts for `lifetime`.
    pub fn entry(&mut self, name: &str, now: Instant, lifetime: Duration) -> (&mut V, Instant) {
        let entry = self.found(name, now, lifetime);
        (&mut entry.value, entry.until)
    }

    /// The entry of this name, whose lifetime begins again at `now`.
    pub fn renewed(&mut self, name: &str, now: Instant, lifetime: Duration) -> &mut V {
        let entry = self.found(name, now, lifetime);
        entry.until = now + lifetime;
        &mut entry.value
    }

    fn found(&mut self, name: &str, now: Instant, lifetime: Duration) -> &mut Entry<V> {
        if self
            .entries
            .get(name)
            .is_none_or(|entry| entry.until <= now)
        {
            self.entries.remove(name);
            self.make_room(now);
        }
        let entry = self.entries.entry(name.to_owned());
        entry.or_insert_with(|| Entry {
            value: V::default(),
            until: now + lifetime,
        })
    }

    /// Removes the entry of this name.
    pub fn remove(&mut self, name: &str) {
        self.entries.remove(name);
    }

    fn make_room(&mut self, now: Instant) {
        if self.entries.len() < self.most {
            return;
        }
        self.entries.retain(|_, entry| entry.until > now);
        if self.entries.len() < self.most {
            return;
        }
        let mut ends: Vec<Instant> = self.entries.values().map(|entry| entry.until).collect();
        let tenth = ends.len() / 10;
        let (_, last, _) = ends.select_nth_unstable(tenth);
        let last = *last;
        // `last` itself is removed, so that at least one entry is.
        self.entries.retain(|_, entry| entry.until > last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_mins(1);

    #[test]
    fn an_entry_expires_and_a_new_one_begins_empty() {
        let mut map = Bounded::<u32>::of(10);
        let now = Instant::now();
        *map.entry("ann", now, LIFETIME).0 += 1;
        let (value, until) = map.entry("ann", now + LIFETIME / 2, LIFETIME);
        assert_eq!((*value, until), (1, now + LIFETIME));
        assert_eq!(*map.entry("ann", now + LIFETIME, LIFETIME).0, 0);
        map.remove("ann");
        assert_eq!(*map.entry("ann", now, LIFETIME).0, 0);
    }

    #[test]
    fn a_full_map_removes_the_entries_that_expire_first_and_never_grows() {
        let mut map = Bounded::<u32>::of(100);
        let now = Instant::now();
        for number in 0..1_000_u32 {
            let at = now + Duration::from_millis(number.into());
            *map.entry(&number.to_string(), at, LIFETIME).0 = number;
            assert!(map.entries.len() <= 100);
        }
        let at = now + Duration::from_secs(1);
        assert_eq!(*map.entry("999", at, LIFETIME).0, 999);
        assert!(!map.entries.contains_key("0"));
    }
}
