//! The places of uploads that arrive: so many at a time in all, of one address, and of one person. A
//! person or an address that has some leaves the last places to those that have none.

use crate::{client::ClientAddress, error::Problem};
use axum::http::{HeaderValue, StatusCode, header};
use domain::ids::UserId;
use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Uploads that arrive in one process at a time.
const AT_ONCE: usize = 64;
/// When as many arrive, the rest is for addresses that have none.
const FOR_ANY_ADDRESS: usize = 48;
/// Uploads of one address that arrive at a time: an office or a whole network may be behind it.
const OF_ONE_ADDRESS: usize = 32;
/// When as many of one address arrive, the rest of its places is for people who have none.
const FOR_ANY_PERSON: usize = 12;
/// Uploads of one person that arrive at a time.
const OF_ONE_PERSON: usize = 4;

/// All places of a process.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
    by_person: HashMap<UserId, usize>,
}

/// Room for one upload; given back when it is dropped.
pub struct Room {
    places: Places,
    address: IpAddr,
    person: UserId,
}

#[derive(Debug, thiserror::Error)]
#[error("{AT_ONCE} uploads arrive already")]
struct Full;

impl Places {
    /// A place for an upload of that person, from that address.
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
                "Too many files arrive at the moment: try again shortly.",
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

/// 429.
fn busy() -> Problem {
    let detail = format!(
        "At most {OF_ONE_PERSON} uploads of one person arrive at a time, and fewer while many arrive from \
         the same address: wait until one is done."
    );
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "uploads_at_once", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("5"))
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all = taken.all.saturating_sub(1);
        requeue(&mut taken.by_address, &self.address);
        requeue(&mut taken.by_person, &self.person);
    }
}

fn requeue<K: Hash + Eq>(taken: &mut HashMap<K, usize>, whose: &K) {
    if let Some(count) = taken.get_mut(whose) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            taken.remove(whose);
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
