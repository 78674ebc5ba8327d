//! The places of uploads that are being received: a number in all, for one address, and for one person. The
//! last places are kept for people and addresses that have none yet.

use crate::{client::ClientAddress, error::Problem};
use axum::http::StatusCode;
use domain::ids::UserId;
use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The most uploads that one process receives at a time.
const AT_ONCE: usize = 64;
/// From this number on, the remaining places are for addresses that have none.
const FOR_ANY_ADDRESS: usize = 48;
/// The most uploads of one address at a time: a whole office may share an address.
const OF_ONE_ADDRESS: usize = 32;
/// From this number on, the remaining places of an address are for people who have none.
const FOR_ANY_PERSON: usize = 12;
/// The most uploads of one person at a time.
const OF_ONE_PERSON: usize = 4;

/// All places of a process. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
    by_person: HashMap<UserId, usize>,
}

/// The place of one upload. It is free again when this is dropped.
pub struct Room {
    places: Places,
    address: IpAddr,
    person: UserId,
}

#[derive(Debug, thiserror::Error)]
#[error("{AT_ONCE} uploads are being received")]
struct Full;

impl Places {
    /// A place for an upload of that person, from that address.
    ///
    /// # Errors
    /// 429 where the person or the address has too many; 503 where all places are taken.
    pub fn take(&self, person: UserId, address: ClientAddress) -> Result<Room, Problem> {
        let address = address.group();
        let mut taken = self.taken();
        taken.admit(person, address)?;
        taken.all += 1;
        *taken.by_address.entry(address).or_default() += 1;
        *taken.by_person.entry(person).or_default() += 1;
        drop(taken);
        Ok(Room {
            places: self.clone(),
            address,
            person,
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn admit(&self, person: UserId, address: IpAddr) -> Result<(), Problem> {
        if self.all >= AT_ONCE {
            return Err(Problem::unavailable(
                "Too many files are being uploaded at the moment: try again shortly.",
                Full,
            ));
        }
        let of = |taken: Option<&usize>| taken.copied().unwrap_or_default();
        let of_person = of(self.by_person.get(&person));
        let of_address = of(self.by_address.get(&address));
        let leaves_others_out = of_person >= OF_ONE_PERSON
            || of_address >= OF_ONE_ADDRESS
            || (of_person > 0 && of_address >= FOR_ANY_PERSON)
            || (of_address > 0 && self.all >= FOR_ANY_ADDRESS);
        if leaves_others_out {
            Err(busy())
        } else {
            Ok(())
        }
    }
}

/// 429: the person or the address has too many uploads.
fn busy() -> Problem {
    let detail = format!(
        "One person can send at most {OF_ONE_PERSON} uploads at a time, and fewer while many come from the \
         same address: wait until one is done."
    );
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "uploads_at_once", detail).with_retry_after(5)
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all = taken.all.saturating_sub(1);
        release(&mut taken.by_address, &self.address);
        release(&mut taken.by_person, &self.person);
    }
}

fn release<K: Hash + Eq>(taken: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = taken.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            taken.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    /// The place of a person at an address, or the status of the refusal.
    fn take(places: &Places, person: u32, address: u32) -> Result<Room, u16> {
        let person = UserId(uuid::Uuid::from_u128(person.into()));
        let address = ClientAddress(Ipv4Addr::from_bits(0x0a00_0000 | address).into());
        let taken = places.take(person, address);
        taken.map_err(|problem| problem.status().as_u16())
    }

    fn refusal(places: &Places, person: u32, address: u32) -> Option<u16> {
        take(places, person, address).err()
    }

    #[test]
    fn one_person_cannot_take_all_the_room_and_gives_it_back() {
        let places = Places::default();
        // From another address each time.
        let mut mine: Vec<_> = (1..=4).map(|at| take(&places, 1, at)).collect();
        assert!(mine.iter().all(Result::is_ok));
        assert_eq!(refusal(&places, 1, 5), Some(429));
        assert_eq!(refusal(&places, 2, 1), None);
        mine.pop();
        assert_eq!(refusal(&places, 1, 5), None);
        drop(mine);
        let taken = places.taken();
        assert_eq!(taken.all, 0);
        assert!(taken.by_address.is_empty() && taken.by_person.is_empty());
    }

    #[test]
    fn many_people_of_one_address_leave_room_for_its_others_and_for_everybody_else() {
        let places = Places::default();
        let people = (1..=16).flat_map(|person| [person; 4]);
        let taken: Vec<_> = people
            .filter_map(|person| take(&places, person, 1).ok())
            .collect();
        // Three people have four each, thirteen one.
        assert_eq!(taken.len(), 25);
        assert_eq!(refusal(&places, 1, 1), Some(429));
        let others: Vec<_> = (17..=23).map(|person| take(&places, person, 1)).collect();
        assert!(others.iter().all(Result::is_ok));
        assert_eq!(refusal(&places, 24, 1), Some(429));
        assert_eq!(refusal(&places, 24, 2), None);
    }

    #[test]
    fn few_addresses_leave_room_for_others_until_all_is_taken() {
        let places = Places::default();
        let two = (1..=80).filter_map(|person| take(&places, person, 1 + person % 2).ok());
        let two: Vec<_> = two.collect();
        assert_eq!(two.len(), 48);
        let others: Vec<_> = (3..=18)
            .map(|other| take(&places, 100 + other, other))
            .collect();
        assert!(others.iter().all(Result::is_ok));
        assert_eq!(refusal(&places, 200, 200), Some(503));
        drop(two);
        assert_eq!(refusal(&places, 200, 200), None);
    }
}
