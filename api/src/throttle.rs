//! Limits on wrong passwords in a quarter of an hour: of one client on one account, of one client on all
//! accounts, and of all clients on one account. API processes count together in Redis; while Redis is
//! unavailable or slow each counts on its own. Addresses without an account are counted too, so that a
//! refusal does not show whether an account exists.
//!
//! The failures of a client refuse only that client. The failures of all clients on an account only slow
//! the account down: its owner can still log in from an address without failures. The owner is told by
//! mail.
//!
//! An attempt is counted before the password is verified, and subtracted if it was no failure, so that
//! attempts at the same time count as well. The number of pending attempts is counted beside it: a refusal
//! because of pending attempts asks the client to try again in a second, and does not speak of failures.
//! Where a process dies or a client hangs up, the attempt counts as a failure.

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
use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{actor::Initiator, ids::UserId, people::LoginAddress};
use own::OwnCounts;
use platform::{context::Context, error_chain::Chain};
use scripts::Scripts;
use sha2::{Digest, Sha256};
use std::time::Instant;

/// The account whose password is tried.
#[derive(Debug, Clone, Copy)]
pub enum Account<'a> {
    /// The account with this address, if there is one.
    Address(&'a LoginAddress),
    /// The account of a person who is signed in.
    Person(UserId),
}

/// Where an attempt was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CountedIn {
    /// In Redis.
    Redis,
    /// In this process, and maybe in Redis, which did not reply in time.
    Both,
    /// In this process only.
    ThisProcess,
}

/// The counter of wrong passwords.
pub struct Throttle {
    cx: Context,
    counts: SharedCounts,
    scripts: Scripts,
    own: OwnCounts,
}

impl Throttle {
    /// A throttle with counts in Redis. It connects to Redis at the first attempt.
    #[must_use]
    pub fn new(cx: Context, counts: SharedCounts) -> Self {
        Self {
            cx,
            counts,
            scripts: Scripts::new(),
            own: OwnCounts::default(),
        }
    }

    /// Runs `verification`, which verifies a password, unless too many attempts have failed.
    ///
    /// # Errors
    /// 429 with `Retry-After`; those of `verification`.
    pub async fn guard<T>(
        &self,
        account: Account<'_>,
        client: ClientAddress,
        verification: impl Future<Output = Result<T, ActionError>>,
    ) -> Result<T, Problem> {
        let attempt = Attempt {
            account: name(account),
            client: client.group().to_string(),
        };
        let counted_in = self.count(&attempt).await.map_err(refusal)?;
        let outcome = verification.await;
        let taken_away = taken_away(&outcome);
        if self.verified(&attempt, counted_in, taken_away).await {
            self.report(account).await;
        }
        Ok(outcome?)
    }

    /// Removes the failures on accounts whose owner has proved the ownership by a mailed link.
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

    /// Counts an attempt.
    ///
    /// # Errors
    /// The reason of a refusal; then nothing is counted.
    async fn count(&self, attempt: &Attempt) -> Result<CountedIn, Refused> {
        let here = || self.own.attempt(attempt, Instant::now());
        match self.scripts.attempt(&self.counts, attempt).await {
            Ok(counted) => counted.map(|()| CountedIn::Redis),
            Err(Unanswered::Unknown) => here().map(|()| CountedIn::Both),
            Err(Unanswered::NotCounted) => here().map(|()| CountedIn::ThisProcess),
        }
    }

    /// Records the outcome of a counted attempt. Returns whether this failure closes the account to the
    /// client, or slows the account down.
    async fn verified(
        &self,
        attempt: &Attempt,
        counted_in: CountedIn,
        taken_away: TakenAway,
    ) -> bool {
        let in_redis = async || {
            let told = self.scripts.verified(&self.counts, attempt, taken_away);
            told.await.unwrap_or(false)
        };
        match counted_in {
            CountedIn::Redis => in_redis().await,
            CountedIn::ThisProcess => self.own.verified(attempt, taken_away, Instant::now()),
            CountedIn::Both => {
                let reached = self.own.verified(attempt, taken_away, Instant::now());
                in_redis().await || reached
            }
        }
    }

    /// Enqueues the mail to the owner. The response to the attempt does not depend on it.
    async fn report(&self, account: Account<'_>) {
        let reporting = async {
            let mut work = self.cx.begin(Initiator::System).await?;
            match account {
                Account::Address(address) => {
                    actions::people::report_failures(&mut work, address).await?;
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

/// The name under which an account is counted: a hash, so that Redis holds no addresses of people.
fn name(account: Account<'_>) -> String {
    let name = match account {
        Account::Address(address) => address.as_str().to_owned(),
        Account::Person(id) => id.to_string(),
    };
    URL_SAFE_NO_PAD.encode(Sha256::digest(name))
}

/// The attempts to subtract from the counts. A success subtracts those of the client on the account; it
/// proves nothing about attempts of the client on other accounts.
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
            format!(
                "There were many wrong passwords for this account, which now accepts one attempt in a few seconds: try \
                 again in {seconds} seconds."
            ),
            seconds,
        ),
        Refused::Undecided => (
            "attempts_at_once",
            "Too many passwords are being verified at the moment, for this account or from your IP address: try again in \
             a second."
                .to_owned(),
            1,
        ),
    };
    Problem::new(StatusCode::TOO_MANY_REQUESTS, code, detail).with_retry_after(seconds.into())
}
