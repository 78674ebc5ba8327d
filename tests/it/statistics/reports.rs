//! The reports: what each shows, and how questions narrow it.

use super::STATS;
use crate::harness::{App, Caller, minutes};
use actions::job_list::Job;
use serde_json::{Value, json};

struct Desk {
    app: App,
    amina: Caller,
    sarah: Caller,
    kim: Caller,
    eve: Caller,
}

async fn desk() -> Desk {
    let app = App::with(&[
        ("AUTO_ESCALATE_ON_BREACH", "false"),
        ("ASSIGNMENT_STRATEGY", "manual"),
    ])
    .await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let kim = app.agent("Kim", "billing").await;
    let eve = app.admin("Eve").await;
    Desk {
        app,
        amina,
        sarah,
        kim,
        eve,
    }
}

impl Desk {
    /// A ticket that `agent` answers after ten minutes and resolves after half an hour.
    async fn solved(&self, category: &str, agent: &Caller) -> String {
        let id = self.amina.asks(category, "medium").await;
        self.eve
            .does("assign", &id, json!({"agentId": agent.id()}))
            .await
            .ok();
        self.app.advance(minutes(10));
        agent.says(&id, "Hello.").await.created();
        self.app.advance(minutes(20));
        agent.sets(&id, "resolved").await.ok();
        id
    }

    async fn shown(&self, query: &str) -> Value {
        self.app.run(&Job::RollUpStats).await;
        self.eve.get(&format!("{STATS}{query}")).await.ok().clone()
    }
}

#[tokio::test]
async fn agents_are_shown_with_names_times_and_ratings_those_with_the_most_tickets_first() {
    let desk = desk().await;
    for _ in 0..2 {
        desk.solved("general", &desk.sarah).await;
    }
    let id = desk.solved("payment", &desk.kim).await;
    desk.amina.rates(&id, json!({"rating": 4})).await.ok();
    // The rating stays Kim's, though Sarah has the ticket now.
    desk.amina
        .does("reopen", &id, json!({"reason": "It came back."}))
        .await
        .ok();
    desk.eve
        .does("assign", &id, json!({"agentId": desk.sarah.id()}))
        .await
        .ok();
    desk.amina.asks("general", "low").await;
    let report = desk.shown("/agents").await;
    assert_eq!(report["success"], true);
    let agents = report["agents"].as_array().unwrap();
    assert_eq!(
        agents.len(),
        2,
        "unassigned tickets are nobody's: {agents:?}"
    );
    assert_eq!(agents[0]["agent"]["firstName"], "Sarah");
    let sarah = json!({
        "agent": agents[0]["agent"], "total": 3, "open": 1, "resolved": 2, "closed": 0,
        "avgResponseTime": 10, "p50ResponseTime": 10, "p90ResponseTime": 10,
        "avgResolutionTime": 30, "p50ResolutionTime": 30, "p90ResolutionTime": 30,
        "satisfactionRating": null, "ratingCount": 0, "slaCompliance": "100.00",
        "transfers": 1, "escalations": 0, "reopenings": 1, "resolvedAtFirstContact": 2,
        "intervals": []
    });
    assert_eq!(agents[0], sarah);
    assert_eq!(agents[1]["agent"]["id"], desk.kim.id());
    assert_eq!(agents[1]["total"], 0);
    assert_eq!(agents[1]["satisfactionRating"], "4.0");
    let only = desk
        .shown(&format!("/agents?agentId={}", desk.kim.id()))
        .await;
    assert_eq!(only["agents"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn filters_narrow_every_report() {
    let desk = desk().await;
    desk.solved("general", &desk.sarah).await;
    desk.solved("payment", &desk.kim).await;
    let kim = desk.kim.id();
    for (query, expected) in [
        ("/departments?department=billing", json!([["billing", 1]])),
        ("/departments?category=general", json!([["general", 1]])),
        ("/departments?priority=urgent,low", json!([])),
        ("/departments?startDate=2025-10-02", json!([])),
        (
            &*format!("/departments?agentId={kim}"),
            json!([["billing", 1]]),
        ),
    ] {
        let report = desk.shown(query).await;
        let list = report["departments"].as_array().unwrap().iter();
        let found: Value = list.map(|it| json!([it["_id"], it["total"]])).collect();
        assert_eq!(found, expected, "{query}");
    }
    let narrowed = desk.shown("?category=payment").await;
    assert_eq!(narrowed["total"], 1);
    assert_eq!(narrowed["agentStats"]["total"], 1);
    assert_eq!(desk.shown("/sla?department=billing").await["total"], 1);
    assert_eq!(
        desk.shown("/backlog?department=billing").await["created"],
        1
    );
    let rated = desk.shown(&format!("/satisfaction?agentId={kim}")).await;
    assert_eq!(rated["ratingCount"], 0);
}

#[tokio::test]
async fn intervals_follow_each_other_without_gap_and_are_zero_where_nothing_happened() {
    let desk = desk().await;
    desk.solved("general", &desk.sarah).await;
    desk.app.advance(minutes(3 * 24 * 60));
    desk.solved("general", &desk.sarah).await;
    let report = desk.shown("/departments?interval=day").await;
    let days = report["departments"][0]["intervals"].as_array().unwrap();
    let found: Vec<_> = days
        .iter()
        .map(|day| format!("{} {}", day["startDate"].as_str().unwrap(), day["total"]))
        .collect();
    assert_eq!(
        found,
        [
            "2025-10-01 1",
            "2025-10-02 0",
            "2025-10-03 0",
            "2025-10-04 1"
        ]
    );
    assert_eq!(days[1]["avgResponseTime"], json!(null));
    let whole = desk.shown("?interval=week&startDate=2025-09-20").await;
    let weeks = whole["intervals"].as_array().unwrap();
    let found: Vec<_> = weeks
        .iter()
        .map(|week| json!([week["startDate"], week["endDate"], week["total"]]))
        .collect();
    assert_eq!(
        found,
        [
            json!(["2025-09-20", "2025-09-21", 0]),
            json!(["2025-09-22", "2025-09-28", 0]),
            json!(["2025-09-29", "2025-10-04", 2])
        ]
    );
    let ratings = desk.shown("/satisfaction?interval=month").await;
    assert_eq!(ratings["intervals"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn satisfaction_shows_how_often_each_number_of_stars_was_given() {
    let desk = desk().await;
    for stars in [5, 5, 2] {
        let id = desk.solved("general", &desk.sarah).await;
        desk.amina.rates(&id, json!({"rating": stars})).await.ok();
    }
    let report = desk.shown("/satisfaction").await;
    let counts: Vec<_> = [5, 4, 3, 2, 1].iter().zip([2, 0, 0, 1, 0]).collect();
    let counts: Value = counts
        .iter()
        .map(|(of, count)| json!({"_id": of, "count": count}))
        .collect();
    assert_eq!(report["satisfactionRating"], "4.0");
    assert_eq!(report["ratingCount"], 3);
    assert_eq!(report["ratingBreakdown"], counts);
}

#[tokio::test]
async fn deadlines_are_met_missed_or_not_decided_yet() {
    let desk = desk().await;
    desk.solved("general", &desk.sarah).await;
    desk.amina.asks("general", "urgent").await;
    desk.app.after(30).await;
    desk.amina.asks("general", "low").await;
    let report = desk.shown("/sla").await;
    assert_eq!(report["total"], 3);
    assert_eq!(report["slaCompliance"], "100.00", "of the resolved ticket");
    let first = json!({"met": 1, "breached": 1, "running": 1, "compliance": "50.00"});
    assert_eq!(report["firstResponse"], first);
    let priorities = report["priorities"].as_array().unwrap().iter();
    let order: Vec<_> = priorities.map(|it| it["_id"].clone()).collect();
    assert_eq!(order, ["urgent", "medium", "low"]);
    assert_eq!(report["priorities"][0]["firstResponse"]["breached"], 1);
    assert_eq!(
        report["priorities"][0]["firstResponse"]["compliance"],
        "0.00"
    );
}

#[tokio::test]
async fn the_backlog_is_that_of_each_day_s_end_with_its_age() {
    let desk = desk().await;
    let day = minutes(24 * 60);
    // 1 October, 08:00: three tickets. On the second day one is resolved, on the third it comes back.
    let ids = [
        desk.amina.asks("general", "low").await,
        desk.amina.asks("general", "low").await,
        desk.amina.asks("payment", "low").await,
    ];
    desk.app.advance(day);
    desk.eve.sets(&ids[0], "resolved").await.ok();
    desk.app.advance(day);
    desk.amina
        .does("reopen", &ids[0], json!({"reason": "It came back."}))
        .await
        .ok();
    desk.app.advance(minutes(60));
    let report = desk.shown("/backlog?interval=day").await;
    let of = |day: &Value| {
        [
            "created",
            "resolved",
            "reopened",
            "open",
            "avgAge",
            "oldestAge",
        ]
        .map(|it| day[it].clone())
    };
    let days: Vec<_> = report["intervals"]
        .as_array()
        .unwrap()
        .iter()
        .map(of)
        .collect();
    let sixteen_hours = 16 * 60;
    assert_eq!(
        json!(days),
        json!([
            [3, 0, 0, 3, sixteen_hours, sixteen_hours],
            [0, 1, 0, 2, sixteen_hours + 1440, sixteen_hours + 1440],
            [0, 0, 1, 3, 2940, 2940],
        ])
    );
    assert_eq!(of(&report), [3, 1, 1, 3, 2940, 2940].map(|it| json!(it)));
    let past = desk.shown("/backlog?endDate=2025-10-02").await;
    assert_eq!(past["open"], 2, "the end of a period that is over");
}

#[tokio::test]
async fn the_dashboard_has_the_agent_s_figures_of_today_of_seven_and_of_thirty_days() {
    let desk = desk().await;
    for days in [20, 4, 1, 0] {
        let id = desk.solved("general", &desk.sarah).await;
        desk.amina.rates(&id, json!({"rating": 5})).await.ok();
        desk.app.advance(minutes(days * 24 * 60));
    }
    desk.solved("general", &desk.kim).await;
    let answer = desk.sarah.get("/api/v1/support/dashboard").await;
    let dashboard = &answer.ok()["dashboard"];
    let resolved = [
        "performance",
        "performanceLast7Days",
        "performanceLast30Days",
    ]
    .map(|period| dashboard[period]["ticketsResolved"].clone());
    assert_eq!(resolved, [json!(1), json!(3), json!(4)]);
    assert_eq!(
        dashboard["performanceLast30Days"]["averageResolutionTime"],
        30
    );
    assert_eq!(
        dashboard["performanceLast30Days"]["customerSatisfactionRating"],
        5.0
    );
    // The same as in the report for admins.
    let report = desk
        .shown(&format!("/agents?agentId={}", desk.sarah.id()))
        .await;
    let shown = &report["agents"][0];
    assert_eq!(shown["resolved"], 4);
    assert_eq!(shown["avgResolutionTime"], 30);
    assert_eq!(shown["satisfactionRating"], "5.0");
}

#[tokio::test]
async fn questions_that_cannot_be_answered_are_refused_with_every_error() {
    let desk = desk().await;
    for report in [
        "",
        "/agents",
        "/departments",
        "/categories",
        "/sla",
        "/satisfaction",
        "/backlog",
    ] {
        let wrong =
            "startDate=x&timezone=Mars&interval=hour&category=x&priority=y&department=z&agentId=me";
        let refused = desk.eve.get(&format!("{STATS}{report}?{wrong}")).await;
        assert_eq!(refused.refused(400), "invalid_query");
        assert_eq!(
            refused.body["errors"].as_array().unwrap().len(),
            7,
            "{report}"
        );
        let turned = "startDate=2025-10-02&endDate=2025-10-01";
        let refused = desk.eve.get(&format!("{STATS}{report}?{turned}")).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        let many = "startDate=2020-01-01&interval=day";
        let refused = desk.eve.get(&format!("{STATS}{report}?{many}")).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        assert_eq!(refused.body["errors"][0]["field"], "interval");
        assert_eq!(refused.body["errors"][0]["code"], "too_many");
    }
}
