//! Random faults under load: processes and both servers are killed and frozen, Redis loses its data, the
//! network cuts, delays and drops. Then everything comes to rest, and the audit compares the database with
//! the responses that clients got, with what clients that follow were told, and with what arrived outside.
//! Also the bugs of the queue library (`upstream_bugs`).
//!
//! The program runs as users run it, in processes of its own, by the real clock; the servers belong to one
//! test. The faults are drawn by a seed, which is printed: the same seed brings the same faults in the same
//! order, but not at the same instants within a request.
//!
//! ```sh
//! tests/faults/run --minutes 20 --seed 7
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "../harness/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "shared by three binaries; each uses a part"
)]
mod harness;

mod acts;
mod audit;
mod chaos;
mod client;
mod followers;
mod half_open;
mod leases;
mod load;
mod mailbox;
mod people;
mod proxy;
mod receivers;
mod resting;
mod rig;
mod rolling;
mod run;
mod servers;
mod takeover;
mod upstream_bugs;
mod without_redis;

use chaos::Span;
use std::time::Duration;

/// Any will do; this one is the same each time.
const SEED: u64 = 20_251_001;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_is_there_once_after_every_kind_of_fault() {
    let finished = run::run(SEED, Span::OneRound).await;
    audit::everything_is_noticed(&finished.rig, &finished.evidence).await;
}

/// `FAULTS_SEED` and `FAULTS_MINUTES` say what and how long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes as long as it is told to: tests/faults/run --minutes 20"]
async fn what_was_accepted_is_there_once_after_minutes_of_faults() {
    let number = |name: &str| -> Option<u64> {
        let value = std::env::vars().find(|(known, _)| known == name);
        value.map(|(_, value)| value.parse().unwrap())
    };
    let seed = number("FAULTS_SEED").unwrap_or(SEED);
    let minutes = number("FAULTS_MINUTES").unwrap_or(10);
    run::run(seed, Span::For(Duration::from_mins(minutes))).await;
}
