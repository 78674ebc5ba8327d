//! Statistics, compared with the events.

use crate::harness::{App, minutes};
use actions::job_list::Job;
use chrono::TimeDelta;
use serde_json::{Value, json};

const STATS: &str = "/api/v1/support/stats";

#[tokio::test]
async fn the_answer_is_the_brief_s_to_the_letter() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app
        .agent_with("Sarah", json!({"maxConcurrentTickets": 100}))
        .await;
    let eve = app.admin("Eve").await;
    // Forty tickets, of which three are late; ratings 5, 4, 5, 5, 4 make 4.6.
    let mut ids = Vec::new();
    for _ in 0..40 {
        ids.push(amina.asks("booking", "medium").await);
    }
    app.settle().await;
    app.advance(minutes(23));
    for id in &ids {
        sarah.says(id, "Hello.").await.created();
    }
    app.advance(minutes(162));
    for id in &ids[..37] {
        sarah.closes(id).await.ok();
    }
    for (id, stars) in ids.iter().zip([5, 4, 5, 5, 4]) {
        amina.rates(id, json!({"rating": stars})).await.ok();
    }
    app.advance(minutes(296));
    for id in &ids[37..] {
        sarah.sets(id, "resolved").await.ok();
    }
    app.is(&sarah, "busy").await;
    amina.asks("payment", "urgent").await;
    app.run(&Job::RollUpStats).await;
    let answer = eve
        .get(&format!("{STATS}?startDate=2025-10-01&endDate=2025-10-31"))
        .await;
    assert_eq!(
        *answer.ok(),
        json!({
            "success": true,
            "total": 41,
            "statusBreakdown": [
                {"_id": "closed", "count": 37},
                {"_id": "resolved", "count": 3},
                {"_id": "open", "count": 1}
            ],
            "priorityBreakdown": [{"_id": "medium", "count": 40}, {"_id": "urgent", "count": 1}],
            "categoryBreakdown": [{"_id": "booking", "count": 40}, {"_id": "payment", "count": 1}],
            "agentStats": {
                "total": 40, "open": 0, "closed": 37, "resolved": 40,
                "avgResponseTime": 23, "avgResolutionTime": 207,
                "satisfactionRating": "4.6", "slaCompliance": "92.50"
            },
            "asOf": "2025-10-01T16:01:00.000Z"
        })
    );
    assert_eq!(actions::stats::differences(&app.cx.pool).await.unwrap(), 0);
}

#[tokio::test]
async fn a_period_is_by_creation_both_days_included_in_the_zone_asked_for() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    // 08:00, 20:59 and 21:01 UTC on the first, 00:00 on the second.
    amina.asks("general", "low").await;
    app.advance(minutes(12 * 60 + 59));
    amina.asks("general", "low").await;
    app.advance(minutes(2));
    amina.asks("general", "low").await;
    app.advance(minutes(179));
    amina.asks("general", "low").await;
    app.run(&Job::RollUpStats).await;
    for (query, expected) in [
        ("", 4),
        ("startDate=2025-10-01&endDate=2025-10-01", 3),
        ("startDate=2025-10-02", 1),
        ("endDate=2025-10-01", 3),
        ("endDate=2025-09-30", 0),
        (
            "startDate=2025-10-01&endDate=2025-10-01&timezone=Africa/Nairobi",
            2,
        ),
        (
            "startDate=2025-10-02&endDate=2025-10-02&timezone=Africa/Nairobi",
            2,
        ),
        (
            "startDate=2025-10-01&endDate=2025-10-01&timezone=Asia/Kathmandu",
            1,
        ),
    ] {
        let answer = eve.get(&format!("{STATS}?{query}")).await;
        assert_eq!(answer.ok()["total"], expected, "{query}");
    }
    for wrong in [
        "startDate=x",
        "endDate=2025-13-01",
        "timezone=Mars",
        "agentId=x",
    ] {
        let answer = eve.get(&format!("{STATS}?{wrong}")).await;
        assert_eq!(answer.refused(400), "invalid_query", "{wrong}");
    }
    let turned = "startDate=2025-10-02&endDate=2025-10-01";
    let answer = eve.get(&format!("{STATS}?{turned}")).await;
    assert_eq!(answer.refused(422), "invalid_fields");
    assert_eq!(answer.body["errors"][0]["field"], "endDate");
    assert_eq!(answer.body["errors"][0]["code"], "before_start");
}

#[tokio::test]
async fn of_nothing_there_is_no_mean() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    app.run(&Job::RollUpStats).await;
    let answer = eve.get(STATS).await;
    assert_eq!(answer.ok()["total"], 0);
    assert_eq!(answer.body["statusBreakdown"], json!([]));
    assert_eq!(
        answer.body["agentStats"],
        json!({
            "total": 0, "open": 0, "closed": 0, "resolved": 0, "avgResponseTime": null,
            "avgResolutionTime": null, "satisfactionRating": null, "slaCompliance": null
        })
    );
}

#[tokio::test]
async fn a_ticket_counts_for_who_has_it_now() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let kim = app.agent("Kim", "billing").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    let totals = async || {
        app.run(&Job::RollUpStats).await;
        let mut totals = Vec::new();
        for agent in [&sarah, &kim] {
            let answer = eve.get(&format!("{STATS}?agentId={}", agent.id())).await;
            assert_eq!(
                answer.ok()["total"],
                1,
                "the agent narrows agentStats alone"
            );
            totals.push(answer.body["agentStats"]["total"].clone());
        }
        Value::from(totals)
    };
    assert_eq!(totals().await, json!([1, 0]));
    eve.does("assign", &id, json!({"agentId": kim.id()}))
        .await
        .ok();
    assert_eq!(totals().await, json!([0, 1]));
}

#[tokio::test]
async fn the_aggregates_equal_a_recount_at_rest() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    app.agent("Sarah", "general").await;
    for step in 0..40_i64 {
        app.advance(TimeDelta::minutes(7));
        let category = ["general", "payment", "technical"][usize::try_from(step % 3).unwrap()];
        let id = amina.asks(category, "medium").await;
        if step % 2 == 0 {
            eve.closes(&id).await.ok();
            if step % 4 == 0 {
                let stars = json!({"rating": 1 + step % 5});
                amina.rates(&id, stars).await.ok();
            }
        }
        if step % 8 == 0 {
            amina
                .does("reopen", &id, json!({"reason": "why"}))
                .await
                .ok();
        }
        if step % 5 == 0 {
            app.run(&Job::RollUpStats).await;
        }
    }
    app.tick().await;
    app.run(&Job::RollUpStats).await;
    assert_eq!(actions::stats::differences(&app.cx.pool).await.unwrap(), 0);
}
