//! An attempt at a password, and how many may fail. Pure.

use std::time::Duration;

/// Failures of one client at one account, of one client at all accounts, and of one account from all
/// clients, in a window.
pub(super) const OF_CLIENT_AT_ACCOUNT: u32 = 10;
pub(super) const OF_CLIENT: u32 = 30;
pub(super) const OF_ACCOUNT: u32 = 100;
pub(super) const WINDOW: Duration = Duration::from_mins(15);
/// From then on an account takes one attempt in this time.
pub(super) const SLOWED: Duration = Duration::from_secs(3);
/// After which nobody looks at a password any more: no answer takes so long.
pub(super) const LOOK: Duration = Duration::from_mins(1);

/// Who tries which password.
#[derive(Debug)]
pub(super) struct Attempt {
    /// The name of the account.
    pub account: String,
    /// The client's address, or its household's.
    pub client: String,
}

/// Why an attempt is not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The client's failures at the account; for so many seconds.
    ClientAtAccount(u32),
    /// The client's failures; for so many seconds.
    Client(u32),
    /// The account's failures; somebody has tried, and the next attempt is in so many seconds.
    Slowed(u32),
    /// It has to be seen whether those who came before are right.
    Undecided,
}

/// What is taken away from the counts once a password has been looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TakenAway {
    /// It was wrong.
    Nothing,
    /// It was not judged.
    TheAttempt,
    /// It was right.
    AllOfClientAtAccount,
}
