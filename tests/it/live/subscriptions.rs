//! A subscription to Redis is pinged while it delivers.

use crate::harness::{App, within};
use platform::redis_subscription::{Heartbeat, Received, follow};
use std::{sync::Mutex, time::Duration};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn pings_disturb_no_message_and_no_connection_that_is_alive() {
    let app = App::new().await;
    let (redis, stop) = (&app.cx.redis, CancellationToken::new());
    let channel = format!("{}:news", app.cx.config.redis.prefix);
    // Some hundred pings during the test.
    let heartbeat = Heartbeat {
        every: Duration::from_millis(1),
        limit: Duration::from_secs(20),
    };
    let received = Mutex::new(Vec::new());
    let following = follow(redis, &channel, heartbeat, &stop, |what| {
        received.lock().unwrap().push(what);
    });
    let publishing = async {
        let limit = Duration::from_secs(20);
        let has = |count: usize| received.lock().unwrap().len() == count;
        within(limit, "it begins", async || has(1)).await;
        for number in 0..300 {
            let publish = redis.within(limit, async |mut redis| {
                let mut command = redis::cmd("PUBLISH");
                command.arg(&channel).arg(number);
                command.query_async::<()>(&mut redis).await
            });
            publish.await.unwrap();
        }
        within(limit, "all have come", async || has(301)).await;
        stop.cancel();
    };
    tokio::join!(following, publishing);
    let mut expected = vec![Received::Subscribed];
    expected.extend((0..300).map(|number: i32| Received::Message(number.to_string().into_bytes())));
    assert_eq!(received.into_inner().unwrap(), expected);
}
