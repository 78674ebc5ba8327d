//! Bugs after a broken connection.

use super::{Handled, LIMIT, config, connection, end_of, hints, push, work_on};
use crate::harness::within;
use apalis_redis::RedisStorage;
use std::future::pending;

#[tokio::test]
async fn one_lost_connection_ends_the_worker_and_drops_what_it_runs() {
    let config = config();
    let mut own = connection().await;
    let storage = RedisStorage::new(own.clone()).with_config(config.clone());
    push(&mut storage.clone(), hints(1)).await;
    let mut handled = Handled::never();
    // It looks for more while it runs the one.
    handled.at_a_time = 2;
    let cut = async {
        within(LIMIT, "it runs a job", async || handled.begun() == 1).await;
        let mut id = redis::cmd("CLIENT");
        let id: i64 = id.arg("ID").query_async(&mut own).await.unwrap();
        let mut kill = redis::cmd("CLIENT");
        kill.arg("KILL").arg("ID").arg(id);
        kill.exec_async(&mut connection().await).await.unwrap();
        pending::<()>().await;
    };
    let worker = async {
        tokio::select! {
            ended = work_on("cut", storage, handled.clone()) => ended,
            () = cut => Ok(()),
        }
    };
    end_of(worker, "worker/src/connection.rs need not repeat commands").await;
    assert_eq!(handled.finished(), 0);
    handled.permits.add_permits(1);
    assert_eq!(handled.permits.available_permits(), 1, "the run went on");
}
