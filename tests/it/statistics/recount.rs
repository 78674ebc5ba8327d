//! What the reports should say, counted from the tickets and their history as the API shows them. Nothing here is shared
//! with the code under test.

use crate::harness::{Caller, TICKETS};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A ticket, as far as it counts.
#[derive(Debug, Clone)]
pub struct Counted {
    pub created: DateTime<Utc>,
    pub agent: Option<String>,
    pub department: String,
    pub category: String,
    pub priority: String,
    pub status: String,
    response: Option<i64>,
    resolution: Option<i64>,
    response_clock: &'static str,
    resolution_clock: &'static str,
    pub rating: Option<i64>,
    pub rated_for: Option<String>,
    transfers: i64,
    escalations: i64,
    reopenings: i64,
    one_touch: bool,
    /// When it was active: from, and until if it has ended.
    spans: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
}

fn instant(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str().map(|text| text.parse().unwrap())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// All tickets.
pub async fn all(admin: &Caller) -> Vec<Counted> {
    let mut found = Vec::new();
    for page in 1.. {
        let list = admin.get(&format!("{TICKETS}?limit=100&page={page}")).await;
        let tickets = list.ok()["tickets"].as_array().unwrap().clone();
        if tickets.is_empty() {
            break;
        }
        for ticket in tickets {
            let path = format!(
                "{TICKETS}/{}/history?limit=100",
                ticket["id"].as_str().unwrap()
            );
            let history = admin.get(&path).await.ok()["history"].clone();
            found.push(counted(&ticket, history.as_array().unwrap()));
        }
    }
    found
}

fn counted(ticket: &Value, history: &[Value]) -> Counted {
    let mut entries: Vec<_> = history.iter().collect();
    entries.sort_by_key(|entry| instant(&entry["at"]));
    let created = instant(&ticket["createdAt"]).unwrap();
    let resolved = instant(&ticket["resolvedAt"]);
    let status = text(&ticket["status"]).unwrap();
    let is_resolved = is_resolved(&status);
    let of = |kind: &'static str| entries.iter().filter(move |entry| entry["type"] == kind);
    let mut holders: Vec<String> = entries
        .iter()
        .filter(|entry| entry["type"] == "assigned" || entry["type"] == "escalated")
        .filter_map(|entry| text(&entry["details"]["to"]))
        .collect();
    let count = holders.len();
    holders.dedup();
    let transfers = i64::try_from(holders.len()).unwrap() - i64::from(count > 0);
    let replies = of("message_added").filter(|entry| {
        entry["by"]["id"] != ticket["customer"]["id"]
            && resolved.is_some_and(|at| instant(&entry["at"]).unwrap() <= at)
    });
    let mut spans = vec![(created, None)];
    for entry in &entries {
        if entry["type"] == "resolved" {
            spans.last_mut().unwrap().1 = instant(&entry["at"]);
        } else if entry["type"] == "reopened" {
            spans.push((instant(&entry["at"]).unwrap(), None));
        }
    }
    let reopenings = ticket["reopenedCount"].as_i64().unwrap();
    let since = |at: Option<DateTime<Utc>>| at.map(|at| (at - created).num_milliseconds());
    Counted {
        created,
        agent: text(&ticket["assignedTo"]["id"]),
        department: text(&ticket["department"]).unwrap(),
        category: text(&ticket["category"]).unwrap(),
        priority: text(&ticket["priority"]).unwrap(),
        response: since(instant(&ticket["firstResponseAt"])),
        resolution: since(resolved).filter(|_| is_resolved),
        response_clock: clock(&ticket["sla"]["firstResponse"]),
        resolution_clock: clock(&ticket["sla"]["resolution"]),
        rating: ticket["rating"]["rating"].as_i64(),
        rated_for: rated_for(&entries),
        transfers,
        escalations: i64::try_from(of("escalated").count()).unwrap(),
        reopenings,
        one_touch: is_resolved && reopenings == 0 && replies.count() <= 1,
        spans,
        status,
    }
}

/// Who had the ticket when it was resolved for the last time before its rating.
fn rated_for(entries: &[&Value]) -> Option<String> {
    let rated = entries.iter().find(|entry| entry["type"] == "rated")?;
    let before = entries
        .iter()
        .take_while(|entry| instant(&entry["at"]) <= instant(&rated["at"]));
    let mut holder = None;
    let mut at_resolution = None;
    for entry in before {
        match entry["type"].as_str().unwrap() {
            "assigned" | "escalated" => holder = text(&entry["details"]["to"]),
            "unassigned" => holder = None,
            "resolved" => at_resolution.clone_from(&holder),
            _ => {}
        }
    }
    at_resolution
}

fn is_resolved(status: &str) -> bool {
    ["resolved", "closed"].contains(&status)
}

fn clock(view: &Value) -> &'static str {
    match view["state"].as_str().unwrap() {
        "met" => "met",
        "missed" | "breached" => "breached",
        _ => "running",
    }
}

/// The figures of tickets, and of the ratings that belong to them.
pub fn figures(tickets: &[&Counted], rated: &[&Counted]) -> Value {
    let count = |is: fn(&Counted) -> bool| tickets.iter().filter(|ticket| is(ticket)).count();
    let sum = |of: fn(&Counted) -> i64| tickets.iter().map(|ticket| of(ticket)).sum::<i64>();
    let of = |of: fn(&Counted) -> Option<i64>| -> Vec<i64> {
        tickets.iter().filter_map(|ticket| of(ticket)).collect()
    };
    let (responses, resolutions) = (of(|it| it.response), of(|it| it.resolution));
    let resolved = count(|it| is_resolved(&it.status));
    let compliant = count(|it| {
        is_resolved(&it.status) && it.response_clock == "met" && it.resolution_clock == "met"
    });
    let (mean, ratings) = satisfaction(rated);
    json!({
        "total": tickets.len(),
        "open": tickets.len() - resolved,
        "resolved": resolved,
        "closed": count(|it| it.status == "closed"),
        "avgResponseTime": average(&responses),
        "p50ResponseTime": quantile(responses.clone(), 50),
        "p90ResponseTime": quantile(responses, 90),
        "avgResolutionTime": average(&resolutions),
        "p50ResolutionTime": quantile(resolutions.clone(), 50),
        "p90ResolutionTime": quantile(resolutions, 90),
        "satisfactionRating": mean,
        "ratingCount": ratings,
        "slaCompliance": share(compliant, resolved),
        "transfers": sum(|it| it.transfers),
        "escalations": sum(|it| it.escalations),
        "reopenings": sum(|it| it.reopenings),
        "resolvedAtFirstContact": count(|it| it.one_touch),
    })
}

/// How the deadlines of tickets were met.
pub fn deadlines(tickets: &[&Counted]) -> Value {
    let clocks = |of: fn(&Counted) -> &'static str| {
        let count = |state| tickets.iter().filter(|it| of(it) == state).count();
        let (met, breached) = (count("met"), count("breached"));
        json!({
            "met": met, "breached": breached, "running": count("running"),
            "compliance": share(met, met + breached),
        })
    };
    json!({
        "total": tickets.len(),
        "slaCompliance": figures(tickets, &[])["slaCompliance"],
        "firstResponse": clocks(|it| it.response_clock),
        "resolution": clocks(|it| it.resolution_clock),
    })
}

/// The average number of stars, and how many ratings there are.
fn satisfaction(rated: &[&Counted]) -> (Option<String>, usize) {
    let stars: Vec<i64> = rated.iter().filter_map(|it| it.rating).collect();
    let sum = stars.iter().sum::<i64>() * 10;
    let count = i64::try_from(stars.len()).unwrap();
    let mean = (count > 0).then(|| (sum + count / 2) / count);
    (
        mean.map(|tenths| format!("{}.{}", tenths / 10, tenths % 10)),
        stars.len(),
    )
}

/// The backlog at the end of a period, and what changed it.
pub fn backlog(tickets: &[&Counted], from: DateTime<Utc>, until: DateTime<Utc>) -> Value {
    let within = |at: DateTime<Utc>| from <= at && at < until;
    let spans = || {
        tickets
            .iter()
            .flat_map(|it| it.spans.iter().map(move |span| (it, span)))
    };
    let ages: Vec<i64> = spans()
        .filter(|(_, (begin, end))| *begin < until && end.is_none_or(|end| end >= until))
        .map(|(ticket, _)| (until - ticket.created).num_milliseconds())
        .collect();
    json!({
        "created": tickets.iter().filter(|it| within(it.created)).count(),
        "resolved": spans().filter(|(_, (_, end))| end.is_some_and(within)).count(),
        "reopened": spans().filter(|(it, (begin, _))| *begin > it.created && within(*begin)).count(),
        "open": ages.len(),
        "avgAge": average(&ages),
        "p50Age": quantile(ages.clone(), 50),
        "p90Age": quantile(ages.clone(), 90),
        "oldestAge": ages.iter().max().map(|age| minutes(*age)),
    })
}

fn minutes(millis: i64) -> i64 {
    (millis + 30_000) / 60_000
}

fn average(millis: &[i64]) -> Option<i64> {
    let count = i64::try_from(millis.len()).unwrap();
    let whole = count * 60_000;
    (count > 0).then(|| (millis.iter().sum::<i64>() + whole / 2) / whole)
}

/// The least value that a share of all values does not exceed.
fn quantile(mut millis: Vec<i64>, percent: usize) -> Option<i64> {
    millis.sort_unstable();
    let place = (millis.len() * percent).div_ceil(100).max(1);
    millis.get(place - 1).map(|millis| minutes(*millis))
}

fn share(part: usize, whole: usize) -> Option<String> {
    let hundredths = (whole > 0).then(|| (part * 10_000 + whole / 2) / whole);
    hundredths.map(|it| format!("{}.{:02}", it / 100, it % 100))
}

/// The day of an instant.
pub fn day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// What tickets have in common, each once.
pub fn keys(tickets: &[Counted], of: impl Fn(&Counted) -> Option<String>) -> BTreeSet<String> {
    tickets.iter().filter_map(of).collect()
}
