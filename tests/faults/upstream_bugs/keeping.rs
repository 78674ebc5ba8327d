//! Keys that stay in Redis when all is done.

use super::{Handled, LIMIT, ask, config, hints, push, storage, work};
use crate::harness::within;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn what_is_done_is_kept_for_ever() {
    let config = config();
    let mut stock = storage(&config).await;
    push(&mut stock, hints(3)).await;
    let handled = Handled::at_once();
    let stop = CancellationToken::new();
    let done = async {
        within(LIMIT, "all are done", async || {
            ask::<usize>("SCARD", config.done_jobs_set()).await == 3
        })
        .await;
        stop.cancel();
    };
    let worker = work("keeper", stock, handled.clone(), stop.clone());
    let (ended, ()) = tokio::join!(worker, done);
    ended.unwrap();
    let kept: usize = ask("HLEN", config.job_data_hash()).await;
    assert_eq!(
        kept, 3,
        "the bug is gone: worker/src/janitor.rs is not needed"
    );
}
