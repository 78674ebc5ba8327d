//! Deletes finished messages of apalis-redis, which keeps them forever; its own way of deleting
//! them blocks Redis and breaks messages that wait for a retry. Works in bounded batches; any
//! number of processes may do it.

use crate::{connection::Connection, pool::Keys};
use apalis_redis::Config;
use domain::queue::Queue;
use redis::{RedisResult, Script};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(1);
/// Messages deleted by one script, which blocks Redis meanwhile.
const BATCH: u64 = 500;
/// The one key outside of our prefix: a list of queues, which nobody reads.
const FOREIGN_LIST: &str = "core:apalis:queues:list";

/// Deletes finished messages with their data, and the metadata of workers, which nobody reads.
const SWEEP: &str = r"
local dropped = 0
for _, finished in ipairs({KEYS[1], KEYS[2]}) do
    for _, id in ipairs(redis.call('spop', finished, ARGV[1])) do
        redis.call('hdel', KEYS[3], id)
        redis.call('del', KEYS[4] .. ':' .. id)
        dropped = dropped + 1
    end
end
for _, name in ipairs(redis.call('zrange', KEYS[5], 0, -1)) do
    redis.call('del', KEYS[5] .. ':metadata:' .. name)
end
redis.call('zrem', KEYS[6], KEYS[5])
return dropped
";

/// Sweeps until the stop.
pub async fn run(
    mut connection: Connection,
    keys: Keys,
    queues: Vec<Queue>,
    shutdown: CancellationToken,
) {
    let script = Script::new(SWEEP);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        for queue in &queues {
            if let Err(error) = sweep(&script, &mut connection, &keys.config(*queue)).await {
                tracing::debug!(%error, %queue, "finished messages could not be dropped yet");
            }
        }
    }
}

async fn sweep(script: &Script, connection: &mut Connection, config: &Config) -> RedisResult<()> {
    loop {
        let dropped: u64 = script
            .key(config.done_jobs_set())
            .key(config.dead_jobs_set())
            .key(config.job_data_hash())
            .key(config.job_meta_hash())
            .key(config.workers_set())
            .key(FOREIGN_LIST)
            .arg(BATCH)
            .invoke_async(connection)
            .await?;
        if dropped < BATCH {
            return Ok(());
        }
    }
}
