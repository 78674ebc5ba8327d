//! Random histories: at rest every report equals a recount from the tickets, whatever happened to them.

use super::{
    STATS,
    recount::{self, Counted, backlog, deadlines, figures},
};
use crate::harness::{App, Caller, minutes};
use actions::job_list::Job;
use chrono::TimeDelta;
use chrono_tz::Tz;
use serde_json::{Value, json};

/// A generator of pseudo-random numbers (Knuth's MMIX), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn of<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }
}

struct Desk {
    app: App,
    customers: [Caller; 2],
    agents: [Caller; 3],
    admin: Caller,
}

async fn desk() -> Desk {
    let app = App::with(&[("ASSIGNMENT_STRATEGY", "load_balanced")]).await;
    let customers = [app.customer("Amina").await, app.customer("Zoe").await];
    let many = |department: &str| json!({"department": department, "maxConcurrentTickets": 100});
    let agents = [
        app.agent_with("Sarah", many("general")).await,
        app.agent_with("Kim", many("billing")).await,
        app.agent_with("Otieno", many("technical")).await,
    ];
    let admin = app.admin("Eve").await;
    Desk {
        app,
        customers,
        agents,
        admin,
    }
}

/// One act of somebody on a ticket. Acts that the ticket's state forbids are refused, which is part of the history.
async fn act(desk: &Desk, random: &mut Random, tickets: &[(usize, String)]) {
    let (customer, id) = random.of(tickets);
    let customer = &desk.customers[*customer];
    let agent = random.of(&desk.agents);
    let admin = &desk.admin;
    match random.below(12) {
        0 | 1 => drop(
            admin
                .does("assign", id, json!({"agentId": agent.id()}))
                .await,
        ),
        2 => drop(admin.sets(id, "open").await),
        3 => drop(
            admin
                .sets(id, random.of::<&str>(&["in_progress", "waiting_customer"]))
                .await,
        ),
        4 => drop(
            admin
                .does("escalate", id, json!({"reason": "It takes too long."}))
                .await,
        ),
        5 => drop(agent.says(id, "We look into it.").await),
        6 => drop(customer.says(id, "Is there news?").await),
        7 => drop(admin.sets(id, "resolved").await),
        8 => drop(admin.closes(id).await),
        9 => drop(
            customer
                .does("reopen", id, json!({"reason": "It came back."}))
                .await,
        ),
        10 => drop(
            customer
                .rates(id, json!({"rating": 1 + random.below(5)}))
                .await,
        ),
        _ => {
            let change = json!({"priority": random.of(&["low", "high", "urgent"])});
            drop(admin.does("priority", id, change).await);
        }
    }
}

/// A report as the API shows it, without `success` and `asOf`.
async fn shown(admin: &Caller, query: &str) -> Value {
    let mut answer = admin.get(&format!("{STATS}{query}")).await.ok().clone();
    let fields = answer.as_object_mut().unwrap();
    assert!(fields.remove("success").is_some() && fields.remove("asOf").is_some());
    answer
}

fn kept(tickets: &[Counted], keep: impl Fn(&Counted) -> bool) -> Vec<&Counted> {
    tickets.iter().filter(|ticket| keep(ticket)).collect()
}

/// An entry of a list, by the value of its key.
fn entry<'a>(list: &'a Value, pointer: &str, key: &str) -> &'a Value {
    let list = list.as_array().unwrap();
    let found = list
        .iter()
        .find(|entry| entry.pointer(pointer).unwrap() == key);
    found.unwrap_or_else(|| panic!("no entry of {key} in {list:?}"))
}

/// Whether `entry` has every field of `expected`.
fn assert_has(entry: &Value, expected: &Value, about: &str) {
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&entry[field], value, "{field} of {about}");
    }
}

async fn compare(desk: &Desk, zone: Tz) {
    let admin = &desk.admin;
    let tickets = recount::all(admin).await;
    let all = kept(&tickets, |_| true);
    let whole = figures(&all, &all);
    for happened in [
        "open",
        "closed",
        "transfers",
        "escalations",
        "reopenings",
        "ratingCount",
    ] {
        assert!(whole[happened].as_i64().unwrap() > 0, "{happened}: {whole}");
    }
    let report = shown(admin, "/departments").await;
    for department in recount::keys(&tickets, |it| Some(it.department.clone())) {
        let of = kept(&tickets, |it| it.department == department);
        let shown = entry(&report["departments"], "/_id", &department);
        assert_has(shown, &figures(&of, &of), &department);
    }
    let report = shown(admin, "/categories?priority=low,high,urgent").await;
    for category in recount::keys(&tickets, |it| Some(it.category.clone())) {
        let of = kept(&tickets, |it| {
            it.category == category && it.priority != "medium"
        });
        if !of.is_empty() {
            let shown = entry(&report["categories"], "/_id", &category);
            assert_has(shown, &figures(&of, &of), &category);
        }
    }
    let report = shown(admin, "/agents").await;
    for agent in recount::keys(&tickets, |it| it.agent.clone()) {
        let of = kept(&tickets, |it| it.agent.as_ref() == Some(&agent));
        let rated = kept(&tickets, |it| it.rated_for.as_ref() == Some(&agent));
        let shown = entry(&report["agents"], "/agent/id", &agent);
        assert_has(shown, &figures(&of, &rated), &agent);
    }
    compare_deadlines(admin, &tickets).await;
    compare_days(desk, &tickets, zone).await;
}

async fn compare_deadlines(admin: &Caller, tickets: &[Counted]) {
    let all = kept(tickets, |_| true);
    let report = shown(admin, "/sla").await;
    assert_has(&report, &deadlines(&all), "all deadlines");
    for priority in recount::keys(tickets, |it| Some(it.priority.clone())) {
        let of = kept(tickets, |it| it.priority == priority);
        assert_has(
            entry(&report["priorities"], "/_id", &priority),
            &deadlines(&of),
            &priority,
        );
    }
}

async fn compare_days(desk: &Desk, tickets: &[Counted], zone: Tz) {
    let admin = &desk.admin;
    let all = kept(tickets, |_| true);
    let days = format!("?interval=day&timezone={zone}");
    let series = shown(admin, &days).await;
    let backlogs = shown(admin, &format!("/backlog{days}")).await;
    let now = desk.app.now();
    let mut counted = 0;
    let both = series["intervals"].as_array().unwrap().iter();
    for (shown, backlogged) in both.zip(backlogs["intervals"].as_array().unwrap()) {
        let date = shown["startDate"].as_str().unwrap();
        assert_eq!(shown["startDate"], shown["endDate"]);
        let of = kept(tickets, |it| {
            recount::day(it.created, zone).to_string() == date
        });
        counted += of.len();
        assert_has(shown, &figures(&of, &of), date);
        let day = date.parse().unwrap();
        let begin = domain::local_day::day_start(day, zone).unwrap();
        let end = domain::local_day::day_start(day.succ_opt().unwrap(), zone).unwrap();
        assert_has(backlogged, &backlog(&all, begin, end.min(now)), date);
    }
    assert_eq!(counted, tickets.len(), "every ticket is in one day");
    let earliest = tickets.iter().map(|it| it.created).min().unwrap();
    assert_has(
        &backlogs,
        &backlog(&all, earliest, now),
        "the whole backlog",
    );
}

async fn live(seed: u64, zone: Tz) {
    let desk = desk().await;
    let mut random = Random(seed);
    let mut tickets = Vec::new();
    for step in 0..160 {
        desk.app.advance(TimeDelta::seconds(
            i64::try_from(random.below(9_000)).unwrap() + 1,
        ));
        if tickets.is_empty() || random.below(4) == 0 {
            let customer = random.below(2);
            let category = *random.of(&["general", "payment", "technical"]);
            let priority = *random.of(&["low", "medium", "high", "urgent"]);
            tickets.push((
                customer,
                desk.customers[customer].asks(category, priority).await,
            ));
        } else {
            act(&desk, &mut random, &tickets).await;
        }
        match step % 10 {
            3 => desk.app.sweep().await,
            6 => desk.app.run(&Job::RollUpStats).await,
            9 => drop(desk.app.run_due().await),
            _ => {}
        }
    }
    desk.app.advance(minutes(3));
    desk.app.sweep().await;
    desk.app.settle().await;
    desk.app.run(&Job::RollUpStats).await;
    let pool = &desk.app.cx.pool;
    assert_eq!(
        actions::stats::differences(pool).await.unwrap(),
        0,
        "seed {seed}"
    );
    compare(&desk, zone).await;
}

#[tokio::test]
async fn at_rest_every_report_equals_a_recount_after_a_random_history() {
    live(1, Tz::UTC).await;
}

#[tokio::test]
async fn at_rest_every_report_equals_a_recount_by_the_days_of_another_zone() {
    live(2, Tz::Asia__Kathmandu).await;
}

#[tokio::test]
async fn at_rest_every_report_equals_a_recount_where_the_clocks_change() {
    // Summer time ends in Berlin after 25 days of the history.
    live(3, Tz::Europe__Berlin).await;
}
