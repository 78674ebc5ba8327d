//! Absence: an agent whose clients are all gone counts as away until one is back.

use crate::harness::{App, Caller, Socket, eventually, minutes};
use actions::job_list::Job;
use serde_json::{Value, json};

const AVAILABILITY: &str = "/api/v1/support/availability";

async fn app() -> App {
    App::with(&[("AWAY_AFTER_MINUTES", "2")]).await
}

async fn status(agent: &Caller) -> String {
    let shown = agent.get(AVAILABILITY).await;
    let me = agent.get("/api/v1/auth/me").await;
    let status = &shown.ok()["availability"]["status"];
    let info = &me.ok()["user"]["supportInfo"]["availability"];
    assert_eq!(&info["status"], status);
    assert_eq!(info["updatedAt"], shown.body["availability"]["updatedAt"]);
    status.as_str().unwrap().to_owned()
}

impl App {
    /// Waits until a process has noted at the present instant that the agent has a client.
    async fn noted(&self, agent: &Caller) {
        eventually("a client is noted", async || {
            let seen: Option<Option<chrono::DateTime<chrono::Utc>>> =
                sqlx::query_scalar("select client_seen_at from agents where user_id = $1::uuid")
                    .bind(agent.id())
                    .fetch_optional(&self.cx.pool)
                    .await
                    .unwrap();
            seen.flatten() == Some(self.now())
        })
        .await;
    }

    /// Closes the last client of an agent, and waits until its process has noticed.
    async fn leaves(&self, agent: &Caller, last: Socket) {
        let earlier = "update agents set client_seen_at = client_seen_at - interval '1 second'
                       where user_id = $1::uuid";
        self.sql(earlier, &agent.id()).await;
        drop(last);
        self.noted(agent).await;
    }

    /// Waits until a process has noted at the present instant all clients that it has.
    async fn all_noted(&self) {
        eventually("a process has noted its clients", async || {
            let noted: Option<chrono::DateTime<chrono::Utc>> =
                sqlx::query_scalar("select noted_at from attendance")
                    .fetch_optional(&self.cx.pool)
                    .await
                    .unwrap();
            noted == Some(self.now())
        })
        .await;
    }

    /// Lets more time pass than an agent may be without a client, while some process notes its clients.
    async fn some_time_passes(&self) {
        for _ in 0..3 {
            self.advance(minutes(1));
            self.all_noted().await;
        }
        self.run(&Job::AssignWaiting).await;
    }
}

#[tokio::test]
async fn nobody_is_absent_because_the_database_was_away() {
    let app = app().await;
    let serving = app.serves().await;
    let sarah = app.agent("Sarah", "general").await;
    let _socket = serving.socket(&sarah, None).await;
    app.noted(&sarah).await;
    app.all_noted().await;
    // Nothing was noted for an hour: the sweep looks before any process does, and again when the first one has.
    let old = "update agents set client_seen_at = client_seen_at - interval '1 hour' where user_id = $1::uuid";
    app.sql(old, &sarah.id()).await;
    for noted in ["since - interval '1 hour'", "since"] {
        let missed = format!("update attendance set noted_at = {noted}");
        sqlx::query(sqlx::AssertSqlSafe(missed))
            .execute(&app.cx.pool)
            .await
            .unwrap();
        app.run(&Job::AssignWaiting).await;
        assert_eq!(status(&sarah).await, "available", "{noted}");
    }
    app.some_time_passes().await;
    assert_eq!(status(&sarah).await, "available");
}

#[tokio::test]
async fn an_agent_who_asks_for_events_by_pages_is_present() {
    let app = app().await;
    let serving = app.serves().await;
    let http = crate::harness::Http::at(serving.address());
    let (sarah, kim) = (
        app.agent("Sarah", "general").await,
        app.agent("Kim", "general").await,
    );
    // Of both, something was connected once.
    for agent in [&sarah, &kim] {
        drop(serving.socket(agent, None).await);
        app.noted(agent).await;
    }
    for _ in 0..3 {
        app.advance(minutes(1));
        app.all_noted().await;
        let asked = http.get(super::EVENTS, &sarah.token().unwrap()).await;
        assert_eq!(asked.0, 200);
        app.noted(&sarah).await;
    }
    app.run(&Job::AssignWaiting).await;
    assert_eq!(status(&sarah).await, "available");
    assert_eq!(status(&kim).await, "away");
}

#[tokio::test]
async fn an_agent_is_away_when_the_clients_at_all_processes_are_gone_and_back_with_the_first() {
    let app = app().await;
    let (one, other) = (app.serves().await, app.serves().await);
    let sarah = app.agent("Sarah", "general").await;
    let rose = app.admin("Rose").await;
    let (first, second) = (
        one.socket(&sarah, None).await,
        other.socket(&sarah, None).await,
    );
    app.noted(&sarah).await;
    drop(first);
    for _ in 0..3 {
        app.advance(minutes(2));
        app.noted(&sarah).await;
        app.run(&Job::AssignWaiting).await;
    }
    assert_eq!(status(&sarah).await, "available");
    let mut desk = one.socket(&rose, None).await;
    desk.until("position").await;
    app.leaves(&sarah, second).await;
    app.some_time_passes().await;
    assert_eq!(status(&sarah).await, "away");
    let told = desk.until("agent:availability").await;
    assert_eq!(told["agent"]["id"], sarah.id());
    assert_eq!(told["availability"]["status"], "away");
    assert_eq!(
        told["availability"]["updatedAt"],
        sarah.get(AVAILABILITY).await.ok()["availability"]["updatedAt"]
    );
    // Once, however often the sweep looks.
    app.run(&Job::AssignWaiting).await;
    let _back = one.socket(&sarah, None).await;
    let told = desk.until("agent:availability").await;
    assert_eq!(told["availability"]["status"], "available");
    assert_eq!(status(&sarah).await, "available");
}

#[tokio::test]
async fn assignment_skips_an_absent_agent_and_fills_one_who_is_back() {
    let app = app().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let (sarah, juma) = (
        app.agent("Sarah", "general").await,
        app.agent("Juma", "general").await,
    );
    let socket = serving.socket(&sarah, None).await;
    app.noted(&sarah).await;
    let kept = amina.asks("general", "low").await;
    app.settle().await;
    let path = format!("/api/v1/support/tickets/{kept}/assign");
    let rose = app.admin("Rose").await;
    rose.put(&path, json!({"agentId": sarah.id()})).await.ok();
    app.leaves(&sarah, socket).await;
    app.some_time_passes().await;
    assert_eq!(status(&sarah).await, "away");
    assert_eq!(app.assignee(&kept).await, Some(sarah.id()), "she keeps it");
    let next = amina.asks("general", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&next).await, Some(juma.id()));
    app.is(&juma, "offline").await;
    let waiting = amina.asks("general", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&waiting).await, None);
    let _socket = serving.socket(&sarah, None).await;
    eventually("the ticket is assigned", async || {
        app.settle().await;
        app.assignee(&waiting).await == Some(sarah.id())
    })
    .await;
}

#[tokio::test]
async fn the_agents_of_a_killed_process_fade_and_have_the_same_status_when_they_are_back() {
    let app = app().await;
    let serving = app.serves().await;
    let (sarah, juma, kim) = (
        app.agent("Sarah", "general").await,
        app.agent("Juma", "general").await,
        app.agent("Kim", "general").await,
    );
    app.is(&juma, "busy").await;
    app.is(&kim, "offline").await;
    let mut sockets = Vec::new();
    for agent in [&sarah, &juma, &kim] {
        sockets.push(serving.socket(agent, None).await);
        app.noted(agent).await;
    }
    // It does nothing more, not even a last note. Another one goes on.
    drop(serving);
    let again = app.serves().await;
    app.some_time_passes().await;
    assert_eq!(status(&sarah).await, "away");
    assert_eq!(status(&juma).await, "away");
    assert_eq!(status(&kim).await, "offline");
    for agent in [&sarah, &juma, &kim] {
        sockets.push(again.socket(agent, None).await);
    }
    eventually("both are back", async || {
        status(&sarah).await == "available" && status(&juma).await == "busy"
    })
    .await;
    assert_eq!(status(&kim).await, "offline");
}

#[tokio::test]
async fn setting_the_availability_ends_an_absence_and_an_agent_without_clients_is_never_absent() {
    let app = app().await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let socket = serving.socket(&sarah, None).await;
    app.noted(&sarah).await;
    app.leaves(&sarah, socket).await;
    app.some_time_passes().await;
    assert_eq!(status(&sarah).await, "away");
    let waiting = amina.asks("general", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&waiting).await, None);
    // The same as before the absence.
    let set = sarah
        .put(AVAILABILITY, json!({"status": "available"}))
        .await;
    assert_eq!(set.ok()["availability"]["status"], "available");
    let now: Value =
        serde_json::from_str(&format!("\"{}\"", app.now().format("%FT%T%.3fZ"))).unwrap();
    assert_eq!(set.body["availability"]["updatedAt"], now);
    app.settle().await;
    assert_eq!(app.assignee(&waiting).await, Some(sarah.id()));
    // From here on, this agent uses the API without a client.
    app.live(20).await;
    assert_eq!(status(&sarah).await, "available");
}

#[tokio::test]
async fn with_the_setting_off_nobody_is_absent() {
    let app = App::with(&[("AWAY_AFTER_MINUTES", "0")]).await;
    let serving = app.serves().await;
    let sarah = app.agent("Sarah", "general").await;
    let socket = serving.socket(&sarah, None).await;
    app.noted(&sarah).await;
    app.leaves(&sarah, socket).await;
    app.live(20).await;
    assert_eq!(status(&sarah).await, "available");
    // Absent from a time at which it was on.
    app.sql(
        "update agents set absent = true where user_id = $1::uuid",
        &sarah.id(),
    )
    .await;
    assert_eq!(status(&sarah).await, "away");
    app.run(&Job::AssignWaiting).await;
    assert_eq!(status(&sarah).await, "available");
}
