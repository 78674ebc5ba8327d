//! An attempt at a password, and the numbers of attempts that may fail. Pure.

use std::time::Duration;

/// The most failures of one client on one account in a window.
pub(super) const OF_CLIENT_AT_ACCOUNT: u32 = 10;
/// The most failures of one client on all accounts in a window.
pub(super) const OF_CLIENT: u32 = 30;
/// The failures of all clients on one account in a window after which the account is slowed down.
pub(super) const OF_ACCOUNT: u32 = 100;
/// A window begins with its first attempt.
pub(super) const WINDOW: Duration = Duration::from_mins(15);
/// The time between two attempts on an account that is slowed down.
pub(super) const SLOWED: Duration = Duration::from_secs(3);
/// The longest time for which an attempt can be pending: no request takes as long.
pub(super) const LONGEST_PENDING: Duration = Duration::from_mins(1);

/// An attempt of a client at the password of an account.
#[derive(Debug)]
pub(super) struct Attempt {
    /// The name of the account.
    pub account: String,
    /// The client's address, or the network of an IPv6 address.
    pub client: String,
}

/// Why an attempt is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Too many failures of the client on the account; for so many seconds.
    ClientAtAccount(u32),
    /// Too many failures of the client; for so many seconds.
    Client(u32),
    /// The account is slowed down, and an attempt was just made; the next is permitted after so many seconds.
    Slowed(u32),
    /// As many attempts as may fail are pending.
    Undecided,
}

/// The attempts to subtract from the counts once a password has been verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TakenAway {
    /// None: the password was wrong.
    Nothing,
    /// This attempt: the password was not verified.
    TheAttempt,
    /// All of the client on the account: the password was right.
    AllOfClientAtAccount,
}
