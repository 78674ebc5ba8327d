//! A Redis that refuses every write counts as down: `/health/ready` of every role says so.

use crate::harness::{Folder, Http, Site, within};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(15);

/// What makes Redis refuse every write, and what ends that.
const REFUSALS: [(&str, &str); 2] = [
    // Full, where nothing may be evicted.
    ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
    // A replica, as after a failover.
    ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
];

async fn status(http: Http, need: &str) -> u16 {
    let path = format!("/health/ready?need={need}");
    http.call("GET", &path, None, None).await.0
}

fn says(redis: &mut redis::Connection, command: &str) -> String {
    let mut words = redis::Cmd::new();
    for word in command.split(' ') {
        words.arg(word);
    }
    words.query(redis).unwrap()
}

#[tokio::test]
async fn a_redis_that_refuses_every_write_is_down_for_each_role_and_well_again_when_it_takes_them()
{
    let folder = Folder::new("unwritable");
    let site = Site::alone(folder.path(), &[]);
    let mut all = site.start("");
    let api = all.http().await;
    let mut scheduler = site.start("scheduler");
    let roles = [api, scheduler.http().await];
    let url = format!("unix://{}", folder.path().join("run/redis.sock").display());
    let mut redis = redis::Client::open(url).unwrap().get_connection().unwrap();
    for (refuse, take) in REFUSALS {
        for http in roles {
            within(LIMIT, "all is well", async || status(http, "").await == 200).await;
        }
        says(&mut redis, refuse);
        assert_eq!(says(&mut redis, "PING"), "PONG");
        for http in roles {
            within(LIMIT, refuse, async || status(http, "").await == 503).await;
            let path = "/health/ready";
            let (_, answer) = http.call("GET", path, None, None).await;
            assert_eq!(answer["detail"], "The check `redis` fails.", "{refuse}");
            assert_eq!(status(http, "database,migrations").await, 200);
        }
        says(&mut redis, take);
    }
    for http in roles {
        within(LIMIT, "all is well", async || status(http, "").await == 200).await;
    }
    scheduler.kill();
    all.kill();
}
