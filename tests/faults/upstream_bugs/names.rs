//! Bugs with the names of workers.

use super::{Handled, LIMIT, ask, config, end_of, storage, work, work_on};
use crate::harness::within;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_worker_that_stopped_well_cannot_start_again_under_its_name() {
    let config = config();
    let stop = CancellationToken::new();
    let registered = async {
        within(LIMIT, "it is registered", async || {
            ask::<usize>("ZCARD", config.workers_set()).await == 1
        })
        .await;
        stop.cancel();
    };
    let first = work(
        "phoenix",
        storage(&config).await,
        Handled::at_once(),
        stop.clone(),
    );
    let (ended, ()) = tokio::join!(first, registered);
    ended.unwrap();
    let again = work_on("phoenix", storage(&config).await, Handled::at_once());
    let error = end_of(again, "a worker may keep its name (worker/src/pool.rs)").await;
    assert!(error.contains("still active within threshold"), "{error}");
}
