//! Checks Redis: whether it can be used, its version, what it evicts and what it keeps.

use super::report::Report;
use platform::{config, error_chain::Chain, reach};
use redis::aio::MultiplexedConnection;
use std::collections::BTreeMap;

/// The oldest supported version.
const OLDEST: (u32, u32) = (6, 2);

/// Checks Redis.
pub(super) async fn check(report: &mut Report, config: &config::Redis, is_private: bool) {
    let mut redis = match reach::redis::connect(config, reach::LIMIT).await {
        Ok(redis) => redis,
        Err(failure) => {
            let found = format!("{}: {}", failure.place, failure.fault.cause);
            report.wrong("redis", found, failure.fault.advice);
            return;
        }
    };
    report.ok(
        "redis",
        format!("{}, and it accepts writes", reach::redis::place(config)),
    );
    if !is_private && reach::redis::may_be_read(config) {
        report.warn(
            "redis.tls",
            "the connection is unencrypted",
            "Use rediss:// in REDIS_URL, unless the network is your own",
        );
    }
    match info(&mut redis).await {
        Ok(info) => about(report, &info),
        Err(error) => report.warn(
            "redis.info",
            format!("INFO was refused: {}", Chain(&error)),
            "Grant the command INFO to the user of REDIS_URL, so that this check can see more",
        ),
    }
}

/// The fields of INFO.
struct Info(BTreeMap<String, String>);

async fn info(redis: &mut MultiplexedConnection) -> redis::RedisResult<Info> {
    let text: String = redis::cmd("INFO").query_async(redis).await?;
    let fields = text.lines().filter_map(|line| line.trim().split_once(':'));
    Ok(Info(
        fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    ))
}

impl Info {
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> u64 {
        self.get(name).parse().unwrap_or_default()
    }

    fn version(&self) -> (u32, u32) {
        let mut parts = self.get("redis_version").split('.');
        let mut part = || parts.next().and_then(|part| part.parse().ok());
        (part().unwrap_or_default(), part().unwrap_or_default())
    }
}

fn about(report: &mut Report, info: &Info) {
    let version = format!("Redis {}", info.get("redis_version"));
    if info.version() < OLDEST {
        report.wrong("redis.version", version, "Upgrade to Redis 6.2 or newer");
    } else {
        report.ok("redis.version", version);
    }
    if info.get("cluster_enabled") == "1" {
        report.wrong(
            "redis.mode",
            "it is a cluster",
            "Use one server: scripts here use keys of several slots",
        );
    }
    about_memory(report, info);
    about_persistence(report, info);
}

fn about_memory(report: &mut Report, info: &Info) {
    let policy = info.get("maxmemory_policy");
    let (used, most) = (info.number("used_memory"), info.number("maxmemory"));
    if policy == "noeviction" {
        report.ok("redis.eviction", "noeviction");
    } else {
        report.warn(
            "redis.eviction",
            format!("maxmemory-policy is {policy}: when memory runs out, references to jobs are dropped, which delays the jobs, and counts of calls start anew"),
            "Set maxmemory-policy to noeviction",
        );
    }
    // More than nine tenths.
    if most > 0 && used / 9 > most / 10 {
        report.warn(
            "redis.memory",
            format!("{used} of {most} bytes are used"),
            "Raise maxmemory, or find what else fills it",
        );
    }
}

fn about_persistence(report: &mut Report, info: &Info) {
    let failed = [
        ("rdb_last_bgsave_status", "a snapshot"),
        ("aof_last_bgrewrite_status", "a rewrite of its file"),
        ("aof_last_write_status", "a write to its file"),
    ]
    .iter()
    .find(|(status, _)| info.get(status) == "err");
    if let Some((_, what)) = failed {
        report.warn(
            "redis.persistence",
            format!("{what} failed; Redis may refuse writes for that reason"),
            "Free the disk of Redis, or turn persistence off: this system needs none",
        );
    } else if info.get("aof_enabled") == "1" {
        report.ok("redis.persistence", "append-only file; none is needed");
    } else {
        report.ok("redis.persistence", "no append-only file; none is needed");
    }
}
