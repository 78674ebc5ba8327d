//! Attempts that a process counts on its own while Redis is unavailable, by the rules of
//! [`super::scripts`]. Pure.

use super::attempt::{
    Attempt, OF_ACCOUNT, OF_CLIENT, OF_CLIENT_AT_ACCOUNT, Refused, SLOWED, TakenAway, WINDOW,
};
use crate::{bounded::Bounded, error::whole_seconds};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// The most accounts and the most clients that are counted.
const ACCOUNTS: usize = 10_000;
const CLIENTS: usize = 10_000;

/// The counts of one process.
pub(super) struct OwnCounts(Mutex<Both>);

struct Both {
    accounts: Bounded<OfAccount>,
    clients: Bounded<Count>,
}

/// Attempts, and how many of their passwords are being verified.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    attempts: u32,
    pending: u32,
}

/// The attempts on an account.
#[derive(Debug, Default)]
struct OfAccount {
    all: Count,
    by_client: HashMap<String, Count>,
    /// The instant of the next permitted attempt, while the account is slowed down.
    next: Option<Instant>,
}

impl Default for OwnCounts {
    fn default() -> Self {
        Self(Mutex::new(Both {
            accounts: Bounded::of(ACCOUNTS),
            clients: Bounded::of(CLIENTS),
        }))
    }
}

impl OwnCounts {
    /// Counts an attempt, unless too many have failed or are pending.
    ///
    /// # Errors
    /// The reason of the refusal; then nothing is counted.
    pub fn attempt(&self, attempt: &Attempt, now: Instant) -> Result<(), Refused> {
        let mut both = self.both();
        let Both { accounts, clients } = &mut *both;
        let (account, end) = accounts.entry(&attempt.account, now, WINDOW);
        let at_account = account.by_client.get(&attempt.client);
        let at_account = at_account.copied().unwrap_or_default();
        if at_account.is_full(OF_CLIENT_AT_ACCOUNT) {
            let seconds = seconds(end, now);
            return Err(at_account.refused(OF_CLIENT_AT_ACCOUNT, Refused::ClientAtAccount(seconds)));
        }
        let (client, end) = clients.entry(&attempt.client, now, WINDOW);
        if client.is_full(OF_CLIENT) {
            return Err(client.refused(OF_CLIENT, Refused::Client(seconds(end, now))));
        }
        if account.all.is_full(OF_ACCOUNT) {
            if let Some(next) = account.next.filter(|next| *next > now) {
                return Err(Refused::Slowed(seconds(next, now)));
            }
            account.next = Some(now + SLOWED);
        }
        let at_account = account.by_client.entry(attempt.client.clone());
        for count in [at_account.or_default(), &mut account.all, client] {
            count.attempts += 1;
            count.pending += 1;
        }
        Ok(())
    }

    /// Records the outcome of an attempt. Returns whether this failure closes the account to the client, or
    /// slows the account down.
    pub fn verified(&self, attempt: &Attempt, taken_away: TakenAway, now: Instant) -> bool {
        let mut both = self.both();
        let Both { accounts, clients } = &mut *both;
        let (account, _) = accounts.entry(&attempt.account, now, WINDOW);
        let (client, _) = clients.entry(&attempt.client, now, WINDOW);
        let at_account = account.by_client.entry(attempt.client.clone());
        let at_account = at_account.or_default();
        let (of_account, of_client) = match taken_away {
            TakenAway::Nothing => (0, 0),
            TakenAway::TheAttempt => (1, 1),
            TakenAway::AllOfClientAtAccount => (at_account.attempts, 1),
        };
        at_account.verified(of_account);
        account.all.verified(of_account);
        client.verified(of_client);
        taken_away == TakenAway::Nothing
            && (at_account.failures() == OF_CLIENT_AT_ACCOUNT
                || account.all.failures() == OF_ACCOUNT)
    }

    /// Removes the attempts on an account.
    pub fn forget(&self, account: &str) {
        self.both().accounts.remove(account);
    }

    fn both(&self) -> MutexGuard<'_, Both> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    const fn is_full(self, most: u32) -> bool {
        self.attempts >= most
    }

    const fn failures(self) -> u32 {
        self.attempts.saturating_sub(self.pending)
    }

    /// The reason why a full count refuses: failures, or pending attempts that may not fail.
    const fn refused(self, most: u32, for_failures: Refused) -> Refused {
        if self.failures() < most {
            Refused::Undecided
        } else {
            for_failures
        }
    }

    const fn verified(&mut self, taken_away: u32) {
        self.attempts = self.attempts.saturating_sub(taken_away);
        self.pending = self.pending.saturating_sub(1);
    }
}

/// The whole seconds from `now` to `end`, at least one.
fn seconds(end: Instant, now: Instant) -> u32 {
    let seconds = whole_seconds(end.saturating_duration_since(now));
    u32::try_from(seconds).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests;
