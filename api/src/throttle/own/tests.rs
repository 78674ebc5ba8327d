//! Failed logins that one process counts: by account, by client, and forgotten in time.

use super::*;

fn by(client: u32, account: &str) -> Attempt {
    Attempt {
        account: account.to_owned(),
        client: client.to_string(),
    }
}

fn fails(own: &OwnCounts, attempt: &Attempt, now: Instant) -> Result<bool, Refused> {
    own.attempt(attempt, now)?;
    Ok(own.verified(attempt, TakenAway::Nothing, now))
}

#[test]
fn the_tenth_failure_closes_an_account_only_to_its_client_and_is_reported() {
    let (own, now) = (OwnCounts::default(), Instant::now());
    let told: Vec<_> = (0..10).map(|_| fails(&own, &by(1, "ann"), now)).collect();
    assert_eq!(told.iter().filter(|told| **told == Ok(true)).count(), 1);
    assert_eq!(told.last(), Some(&Ok(true)));
    let refused = Refused::ClientAtAccount(900);
    assert_eq!(own.attempt(&by(1, "ann"), now), Err(refused));
    assert_eq!(own.attempt(&by(2, "ann"), now), Ok(()));
    assert_eq!(own.attempt(&by(1, "zoe"), now), Ok(()));
    assert_eq!(own.attempt(&by(1, "ann"), now + WINDOW), Ok(()));
}

#[test]
fn a_client_with_many_failures_is_refused_at_every_account() {
    let (own, now) = (OwnCounts::default(), Instant::now());
    for account in 0..OF_CLIENT {
        assert_eq!(fails(&own, &by(1, &account.to_string()), now), Ok(false));
    }
    let refused = Refused::Client(900);
    assert_eq!(own.attempt(&by(1, "ann"), now), Err(refused));
    assert_eq!(own.attempt(&by(2, "ann"), now), Ok(()));
}

#[test]
fn an_account_that_very_many_fail_at_is_slowed_down_and_not_closed() {
    let (own, now) = (OwnCounts::default(), Instant::now());
    for client in 0..OF_ACCOUNT {
        let told = fails(&own, &by(client, "ann"), now);
        assert_eq!(told, Ok(client + 1 == OF_ACCOUNT));
    }
    assert_eq!(fails(&own, &by(200, "ann"), now), Ok(false));
    let refused = Refused::Slowed(3);
    assert_eq!(own.attempt(&by(201, "ann"), now), Err(refused));
    assert_eq!(own.attempt(&by(201, "ann"), now + SLOWED), Ok(()));
}

#[test]
fn a_right_password_clears_its_client_s_failures_and_no_others() {
    let (own, now) = (OwnCounts::default(), Instant::now());
    for _ in 0..9 {
        assert_eq!(fails(&own, &by(1, "ann"), now), Ok(false));
        assert_eq!(fails(&own, &by(2, "ann"), now), Ok(false));
    }
    own.attempt(&by(1, "ann"), now).unwrap();
    assert!(!own.verified(&by(1, "ann"), TakenAway::AllOfClientAtAccount, now));
    assert_eq!(fails(&own, &by(1, "ann"), now), Ok(false));
    assert_eq!(fails(&own, &by(2, "ann"), now), Ok(true));
    own.forget("ann");
    assert_eq!(own.attempt(&by(2, "ann"), now), Ok(()));
}

#[test]
fn attempts_that_are_not_decided_are_no_failures() {
    let (own, now) = (OwnCounts::default(), Instant::now());
    for _ in 0..10 {
        own.attempt(&by(1, "ann"), now).unwrap();
    }
    assert_eq!(own.attempt(&by(1, "ann"), now), Err(Refused::Undecided));
    for _ in 0..10 {
        assert!(!own.verified(&by(1, "ann"), TakenAway::TheAttempt, now));
    }
    assert_eq!(own.attempt(&by(1, "ann"), now), Ok(()));
}
