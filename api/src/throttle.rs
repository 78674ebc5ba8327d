//! Wrong passwords: so many of one client at one account, of one client at all accounts, and of one
//! account from all clients, in a quarter of an hour. API processes count together in Redis; while it is
//! away or slow each counts by itself. Addresses that nobody has are counted like others, so that
//! being throttled tells nothing.
//!
//! A client's own failures keep that client out and nobody else. The failures of all clients at an account
//! only slow it down: its owner gets in, from an address that has not failed, however many others guess.
//! The owner is told by mail.
//!
//! An attempt is counted before the password is looked at and taken back if it was no failure, so
//! that guesses at the same time count as well. How many are being looked at is counted beside it:
//! whoever finds no room because of these is told to come back in a moment, and not of failures.
//! A process that dies, or a caller who hangs up, leaves an attempt that counts as a failure.

mod attempt;
mod own;
mod scripts;

use crate::{
    client::ClientAddress,
    error::Problem,
    shared_counts::{SharedCounts, Unanswered},
};
use actions::error::ActionError;
use attempt::{Attempt, Refused, TakenAway};
use axum::http::{HeaderValue, StatusCode, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{actor::Initiator, ids::UserId, people::LoginAddress};
use own::OwnCounts;
use platform::{context::Context, error_chain::Chain};
use scripts::Scripts;
use sha2::{Digest, Sha256};
use std::time::Instant;

/// Whose password is tried.
#[derive(Debug, Clone, Copy)]
pub enum Account<'a> {
    /// Whoever has this address, if anybody has.
    Address(&'a LoginAddress),
    /// Somebody who is signed in.
    Person(UserId),
}

/// Where an attempt was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CountedIn {
    Redis,
    /// In this process, and maybe in Redis, which did not answer in time.
    Both,
    ThisProcess,
}

/// Counts failures.
pub struct Throttle {
    cx: Context,
    counts: SharedCounts,
    scripts: Scripts,
    own: OwnCounts,
}

impl Throttle {
    /// A throttle by counts in Redis, which is not connected to before the first attempt.
    #[must_use]
    pub fn new(cx: Context, counts: SharedCounts) -> Self {
        Self {
            cx,
            counts,
            scripts: Scripts::new(),
            own: OwnCounts::default(),
        }
    }

    /// Lets something be done that takes a password, unless there were too many failures.
    ///
    /// # Errors
    /// 429 with `Retry-After`, or what became of it.
    pub async fn guard<T>(
        &self,
        account: Account<'_>,
        client: ClientAddress,
        what: impl Future<Output = Result<T, ActionError>>,
    ) -> Result<T, Problem> {
        let attempt = Attempt {
            account: name(account),
            client: client.group().to_string(),
        };
        let counted_in = self.count(&attempt).await.map_err(refusal)?;
        let outcome = what.await;
        let taken_away = taken_away(&outcome);
        if self.looked(&attempt, counted_in, taken_away).await {
            self.report(account).await;
        }
        Ok(outcome?)
    }

    /// Forgets the failures at accounts whose owner has proved who that is.
    pub async fn forget(&self, accounts: &[Account<'_>]) {
        let mut call = redis::cmd("DEL");
        for account in accounts.iter().copied().map(name) {
            self.own.forget(&account);
            call.arg(self.counts.key(&scripts::of_account(&account)));
        }
        let asked = self
            .counts
            .tell(async |mut redis| call.exec_async(&mut redis).await);
        if let Err(unanswered) = asked.await {
            tracing::debug!(?unanswered, "failed logins were not forgotten in Redis");
        }
    }

    /// Counts an attempt; why not, if there is no room for it.
    async fn count(&self, attempt: &Attempt) -> Result<CountedIn, Refused> {
        let by_itself = || self.own.attempt(attempt, Instant::now());
        match self.scripts.attempt(&self.counts, attempt).await {
            Ok(counted) => counted.map(|()| CountedIn::Redis),
            Err(Unanswered::Unknown) => by_itself().map(|()| CountedIn::Both),
            Err(Unanswered::NotCounted) => by_itself().map(|()| CountedIn::ThisProcess),
        }
    }

    /// Puts down what became of an attempt that was counted; whether it was the failure that closes the
    /// account to the client, or slows it down.
    async fn looked(
        &self,
        attempt: &Attempt,
        counted_in: CountedIn,
        taken_away: TakenAway,
    ) -> bool {
        let in_redis = async || {
            let told = self.scripts.looked(&self.counts, attempt, taken_away);
            told.await.unwrap_or(false)
        };
        match counted_in {
            CountedIn::Redis => in_redis().await,
            CountedIn::ThisProcess => self.own.looked(attempt, taken_away, Instant::now()),
            CountedIn::Both => {
                let reached = self.own.looked(attempt, taken_away, Instant::now());
                in_redis().await || reached
            }
        }
    }

    /// Has the owner told. The answer to the attempt does not depend on it.
    async fn report(&self, account: Account<'_>) {
        let reporting = async {
            let mut work = self.cx.begin(Initiator::System).await?;
            match account {
                Account::Address(address) => {
                    actions::people::report_failures(&mut work, address).await?
                }
                Account::Person(id) => actions::people::report_failures_of(&mut work, id).await?,
            }
            work.commit().await?;
            Ok::<(), ActionError>(())
        };
        if let Err(error) = reporting.await {
            tracing::warn!(error = %Chain(&error), "the owner of an account is not told of failed logins");
        }
    }
}

/// What an account is counted by. Addresses of people are not to be read in Redis.
fn name(account: Account<'_>) -> String {
    let name = match account {
        Account::Address(address) => address.as_str().to_owned(),
        Account::Person(id) => id.to_string(),
    };
    URL_SAFE_NO_PAD.encode(Sha256::digest(name))
}

/// What is taken away from the counts. A success clears those of the client at the account; it says
/// nothing of what else the client tried.
fn taken_away<T>(outcome: &Result<T, ActionError>) -> TakenAway {
    match outcome {
        Ok(_) => TakenAway::AllOfClientAtAccount,
        Err(error) if is_wrong_password(error) => TakenAway::Nothing,
        Err(_) => TakenAway::TheAttempt,
    }
}

fn is_wrong_password(error: &ActionError) -> bool {
    match error {
        ActionError::Unauthenticated(code) => *code == "invalid_credentials",
        ActionError::Invalid(faults) => faults
            .iter()
            .any(|field_error| field_error.code == "wrong_password"),
        ActionError::NotFound(_)
        | ActionError::Forbidden { .. }
        | ActionError::Conflict { .. }
        | ActionError::Stale { .. }
        | ActionError::Database(_)
        | ActionError::Files(_)
        | ActionError::Internal(_) => false,
    }
}

fn refusal(refused: Refused) -> Problem {
    let (code, detail, seconds) = match refused {
        Refused::ClientAtAccount(seconds) => (
            "too_many_failures",
            format!("There were too many wrong passwords: try again in {seconds} seconds, or ask for a new password."),
            seconds,
        ),
        Refused::Client(seconds) => (
            "too_many_failures",
            format!("There were too many wrong passwords from your IP address: try again in {seconds} seconds."),
            seconds,
        ),
        Refused::Slowed(seconds) => (
            "too_many_failures",
            format!("There were many wrong passwords for this account, and it takes one attempt in a few seconds: try again in {seconds} seconds."),
            seconds,
        ),
        Refused::Undecided => (
            "attempts_at_once",
            "As many passwords as may be are being looked at, for this account or from your IP address: try again in a second.".to_owned(),
            1,
        ),
    };
    Problem::new(StatusCode::TOO_MANY_REQUESTS, code, detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}
