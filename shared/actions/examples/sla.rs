//! Measurements for `bench/sla` with the program's own functions: deadlines computed in a second, and sweeps of a
//! database, once or repeatedly.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement uses the real clock, prints its results, and ends at a failure"
)]

use actions::tickets::sweep_sla;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    queue::Execution,
    sla::{Calendar, Metric, Policy, SlaClock, WarningThresholds},
    tickets::Priority,
};
use platform::{
    clock::SystemClock,
    config::{Config, Settings},
    context::Context,
    id_source::IdSource,
};
use std::{
    env,
    hint::black_box,
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};

/// The same number of concurrent tickets as `sweep_sla`.
const AT_A_TIME: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["deadlines"] => deadlines(),
        ["once"] => once(&context().await).await,
        ["for", seconds, every] => {
            let seconds = Duration::from_secs(seconds.parse().unwrap());
            sweep_for(
                &context().await,
                seconds,
                Duration::from_secs(every.parse().unwrap()),
            )
            .await;
        }
        _ => println!("deadlines | once | for SECONDS EVERY_SECONDS"),
    }
}

/// Clocks started in a second; each has a warning and a deadline.
fn deadlines() {
    println!("| calendar | target | clocks started a second |\n| --- | --- | --- |");
    let office = || calendar("America/New_York", 1..=5, "09:00", "17:00");
    let night = || calendar("Australia/Lord_Howe", 0..=6, "22:00", "06:00");
    for (name, calendar, minutes) in [
        ("none", None, 480),
        ("weekdays, 11 holidays a year", Some(office()), 60),
        ("weekdays, 11 holidays a year", Some(office()), 480),
        ("weekdays, 11 holidays a year", Some(office()), 10 * 480),
        ("weekdays, 11 holidays a year", Some(office()), 260 * 480),
        (
            "each night, clocks that move by half an hour",
            Some(night()),
            480,
        ),
    ] {
        let policy = Policy {
            resolution_minutes: minutes,
            at_risk_percent: WarningThresholds::Once(80),
            calendar,
            ..Policy::standard(Priority::Medium, 80)
        };
        let target = policy.target(Metric::Resolution).unwrap();
        let first = DateTime::from_timestamp(1_735_689_600, 0).unwrap();
        let (begun, mut count) = (Instant::now(), 0_u32);
        while begun.elapsed() < Duration::from_secs(2) {
            for _ in 0..256 {
                // Start times over two years, at all times of the day.
                let at = first + TimeDelta::seconds(i64::from(count % 9_973) * 6_337);
                black_box(SlaClock::start(
                    Metric::Resolution,
                    1,
                    &target,
                    black_box(at),
                ));
                count += 1;
            }
        }
        let rate = f64::from(count) / begun.elapsed().as_secs_f64();
        println!("| {name} | {minutes} minutes | {rate:.0} |");
    }
}

fn calendar(zone: &str, days: std::ops::RangeInclusive<usize>, start: &str, end: &str) -> Calendar {
    let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    let hours: Vec<_> = days
        .filter_map(|day| names.get(day))
        .map(|day| serde_json::json!({"day": day, "start": start, "end": end}))
        .collect();
    let holidays: Vec<_> = (2025..2028)
        .flat_map(|year| (1..=11).map(move |month| format!("{year}-{month:02}-13")))
        .collect();
    let calendar = serde_json::json!({"timezone": zone, "hours": hours, "holidays": holidays});
    serde_json::from_value(calendar).unwrap()
}

async fn context() -> Context {
    let settings = Settings::load(|name| env::var(name).ok()).unwrap();
    let config = Config::read(&settings).unwrap();
    Context {
        pool: platform::db::connect(&config.database).await.unwrap(),
        redis: platform::redis_link::RedisLink::new(config.redis.url.clone()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(IdSource::random()),
        config: Arc::new(config),
        execution: Execution::Workers,
        metrics: Arc::default(),
        traces: platform::trace::Traces::default(),
        feed: platform::feed_signal::FeedSignal::default(),
    }
}

/// One sweep: warnings and breaches found, tickets escalated, seconds.
async fn once(cx: &Context) {
    connect(cx).await;
    let begun = Instant::now();
    let swept = sweep_sla(cx, AT_A_TIME).await.unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    println!("{} {} {seconds:.3}", swept.found, swept.escalated);
}

/// Opens the connections before the sweep is measured.
async fn connect(cx: &Context) {
    let mut held = Vec::new();
    for _ in 0..AT_A_TIME.get() {
        held.push(cx.pool.acquire().await.unwrap());
    }
}

async fn sweep_for(cx: &Context, seconds: Duration, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    let begun = Instant::now();
    while begun.elapsed() < seconds {
        ticks.tick().await;
        let sweeping = Instant::now();
        let swept = sweep_sla(cx, AT_A_TIME).await.unwrap();
        let now: DateTime<Utc> = cx.clock.now();
        println!(
            "{} found {} in {:.2} s",
            now.format("%H:%M:%S"),
            swept.found,
            sweeping.elapsed().as_secs_f64()
        );
    }
}
