//! A subscription to a channel of Redis that outlives its connections.
//!
//! A connection can look alive and deliver nothing: the machine of the server is gone, or a device in between has
//! forgotten it. A subscriber sends nothing, so that no error would ever tell. Therefore the server is pinged every few
//! seconds, and a connection without a response in time is replaced.

use crate::{
    error_chain::Chain,
    redis_link::{RedisLink, timed_out},
};
use futures_util::StreamExt;
use redis::{RedisResult, aio::PubSub};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

/// The pause after a subscription that failed.
const AGAIN: Duration = Duration::from_secs(1);

/// How a dead connection is noticed.
#[derive(Debug, Clone, Copy)]
pub struct Heartbeat {
    /// The time between two pings.
    pub every: Duration,
    /// The longest that a response, or a new connection, may take.
    pub limit: Duration,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(5),
            limit: Duration::from_secs(3),
        }
    }
}

/// What a subscription delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// The subscription has begun, or begun again: messages before that may be lost.
    Subscribed,
    /// A message.
    Message(Vec<u8>),
}

/// Receives the messages of a channel until the stop. A connection that is lost or dead is replaced.
pub async fn follow(
    redis: &RedisLink,
    channel: &str,
    heartbeat: Heartbeat,
    shutdown: &CancellationToken,
    mut on: impl FnMut(Received),
) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            ended = once(redis, channel, heartbeat, &mut on) => if let Err(error) = ended {
                tracing::debug!(redis.channel = channel, error = %Chain(&error), "a subscription has ended; it begins again");
            },
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(AGAIN.min(heartbeat.every)) => {}
        }
    }
}

/// Receives until the connection ends.
async fn once(
    redis: &RedisLink,
    channel: &str,
    heartbeat: Heartbeat,
    on: &mut impl FnMut(Received),
) -> RedisResult<()> {
    let subscription = within(heartbeat.limit, subscribed(redis, channel)).await?;
    on(Received::Subscribed);
    let (mut requests, mut messages) = subscription.split();
    let mut beat = interval_at(Instant::now() + heartbeat.every, heartbeat.every);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = messages.next() => match message {
                Some(message) => on(Received::Message(message.get_payload_bytes().to_vec())),
                None => return Ok(()),
            },
            // Messages wait meanwhile, for as long as the limit at most.
            _ = beat.tick() => {
                within(heartbeat.limit, requests.ping::<redis::Value>()).await?;
            }
        }
    }
}

async fn subscribed(redis: &RedisLink, channel: &str) -> RedisResult<PubSub> {
    let mut subscription = redis.client()?.get_async_pubsub().await?;
    subscription.subscribe(channel).await?;
    Ok(subscription)
}

async fn within<T>(
    limit: Duration,
    request: impl Future<Output = RedisResult<T>>,
) -> RedisResult<T> {
    match tokio::time::timeout(limit, request).await {
        Ok(answer) => answer,
        Err(elapsed) => Err(timed_out(&elapsed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::mpsc,
    };

    const SUBSCRIBED: &str = "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n";
    const MESSAGE: &str = "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n";
    const PONG: &str = "*2\r\n$4\r\npong\r\n$0\r\n\r\n";

    /// Speaks as much of Redis as a subscriber needs. A connection that is not alive does not respond to pings; one that
    /// is sends a message with each response.
    async fn speak(mut stream: TcpStream, is_alive: bool) {
        let mut bytes = [0; 4096];
        loop {
            let Ok(count @ 1..) = stream.read(&mut bytes).await else {
                return;
            };
            let said = String::from_utf8_lossy(&bytes[..count]).to_uppercase();
            let mut answer = String::new();
            for command in said.split('*').skip(1) {
                if command.contains("SUBSCRIBE") {
                    answer += SUBSCRIBED;
                } else if !command.contains("PING") {
                    answer += "+OK\r\n";
                } else if is_alive {
                    answer += PONG;
                    answer += MESSAGE;
                }
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_connection_that_looks_alive_and_delivers_nothing_is_replaced() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let server = async {
            let (half_open, _) = listener.accept().await.unwrap();
            let first = speak(half_open, false);
            let second = async {
                let (stream, _) = listener.accept().await.unwrap();
                speak(stream, true).await;
            };
            tokio::join!(first, second)
        };
        let heartbeat = Heartbeat {
            every: Duration::from_millis(20),
            limit: Duration::from_millis(200),
        };
        let (sender, mut received) = mpsc::unbounded_channel();
        let (redis, stop) = (RedisLink::new(url.into()), CancellationToken::new());
        let following = follow(&redis, "news", heartbeat, &stop, |what| {
            sender.send(what).unwrap();
        });
        let mut seen = Vec::new();
        let looking = async {
            while seen.last() != Some(&Received::Message(b"hi".to_vec())) {
                seen.push(received.recv().await.unwrap());
            }
        };
        tokio::select! {
            _ = server => panic!("the server has ended"),
            () = following => panic!("the subscription has ended"),
            () = looking => {}
        }
        let message = Received::Message(b"hi".to_vec());
        assert_eq!(seen, [Received::Subscribed, Received::Subscribed, message]);
    }
}
