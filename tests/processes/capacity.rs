//! Capacity that becomes free, or is new, is used at once: no scheduler runs here, so no sweep can do it.

use crate::harness::{
    App, Caller, Site, eventually,
    smtp_server::SmtpServer,
    stage::{agent_with_room, stage, tickets},
};
use chrono::TimeDelta;
use platform::clock::{Clock, SystemClock};
use serde_json::json;

/// How long after the change began `ticket` was given to somebody, by the history.
async fn after(app: &App, ticket: &str, began: chrono::DateTime<chrono::Utc>) -> TimeDelta {
    eventually("it is assigned", async || {
        app.assignee(ticket).await.is_some()
    })
    .await;
    let at: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("select max(at) from ticket_events where ticket_id = $1::uuid and what->>'type' = 'assigned'")
            .bind(ticket)
            .fetch_one(&app.cx.pool)
            .await
            .unwrap();
    at - began
}

/// What a person does, at the present instant of the processes; gives that instant.
fn now(app: &App) -> chrono::DateTime<chrono::Utc> {
    app.clock.set(SystemClock.now());
    app.now()
}

#[tokio::test]
async fn room_that_comes_free_or_is_new_is_used_within_a_second() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    let eve = app.admin("Eve").await;
    let sam = agent_with_room(&app, "Sam", 1).await;
    let lea = agent_with_room(&app, "Lea", 0).await;
    let ann = app.customer("Ann").await;
    let waiting = tickets(&ann, 7).await;
    let site = Site::of(&app, &[("SMTP_URL", server.url())]);
    let _workers = ["worker", "worker"].map(|role| site.start(role));
    eventually("Sam has one", async || held_by(&app, &sam).await.is_some()).await;

    let mut taken = Vec::new();
    for way in ["resolved", "closed", "returned", "escalated", "taken over"] {
        taken.push((way, given_up(&app, &sam, &eve, way).await));
    }
    // More places, by an admin.
    let began = now(&app);
    let more = json!({"supportInfo": {"availability": {"maxConcurrentTickets": 1}}});
    let lea_at = format!("/api/v1/admin/users/{}", lea.id());
    eve.patch(&lea_at, more).await.ok();
    eventually("Lea has one", async || held_by(&app, &lea).await.is_some()).await;
    let first = held_by(&app, &lea).await.unwrap();
    taken.push(("more places", after(&app, &first, began).await));
    // An agent who comes in.
    let tom = app
        .person(
            "Tom",
            domain::people::Role::Support,
            json!({"department": "general"}),
        )
        .await;
    ann.opens(json!({"subject": "Help", "description": "Please."}))
        .await;
    let began = now(&app);
    tom.put(
        "/api/v1/support/availability",
        json!({"status": "available"}),
    )
    .await
    .ok();
    eventually("Tom has one", async || held_by(&app, &tom).await.is_some()).await;
    let first = held_by(&app, &tom).await.unwrap();
    taken.push(("available", after(&app, &first, began).await));

    eprintln!("{taken:?}");
    let mut times: Vec<_> = taken.iter().map(|(_, time)| *time).collect();
    times.sort_unstable();
    // The middle one: a machine that is busy with other tests may hold up any single step.
    assert!(times[times.len() / 2] < TimeDelta::seconds(1), "{taken:?}");
    assert_eq!(waiting.len(), 7);
}

/// How long after Sam gave up a ticket in this way Sam has the next one.
async fn given_up(app: &App, sam: &Caller, eve: &Caller, way: &str) -> TimeDelta {
    let held = held_by(app, sam).await.unwrap();
    let began = now(app);
    match way {
        "resolved" => sam.sets(&held, "resolved").await.ok().clone(),
        "closed" => sam.closes(&held).await.ok().clone(),
        "returned" => sam.sets(&held, "open").await.ok().clone(),
        "escalated" => {
            let up = json!({"reason": "why", "escalatedTo": eve.id()});
            sam.does("escalate", &held, up).await.ok().clone()
        }
        _ => eve.does("assign", &held, json!({})).await.ok().clone(),
    };
    eventually("Sam has the next one", async || {
        held_by(app, sam).await.is_some_and(|next| next != held)
    })
    .await;
    let next = held_by(app, sam).await.unwrap();
    after(app, &next, began).await
}

async fn held_by(app: &App, agent: &Caller) -> Option<String> {
    let id: Option<uuid::Uuid> = sqlx::query_scalar(
        "select id from tickets where assigned_to = $1::uuid and status not in ('resolved', 'closed') limit 1",
    )
    .bind(agent.id())
    .fetch_optional(&app.cx.pool)
    .await
    .unwrap();
    id.map(|id| id.to_string())
}
