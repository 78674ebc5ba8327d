//! A mail server that is dead, hangs or limits its rate costs neither attempts nor workers, and delays only
//! mails.

use crate::harness::{
    App, Caller, Site, eventually,
    smtp_server::{Behaviour, SmtpServer, everybody_was_told_once},
    stage::{agent_with_room, all_is_done, count, events, stage, tickets},
};
use chrono::TimeDelta;
use serde_json::Value;

/// How the queue of mails stands.
async fn held(admin: &Caller) -> Value {
    let answer = admin.get("/api/v1/admin/queues").await;
    let queues = answer.ok()["queues"].as_array().unwrap().clone();
    let email = queues.into_iter().find(|queue| queue["queue"] == "email");
    email.unwrap()["held"].clone()
}

/// Mails that wait with all of their attempts.
async fn untried(app: &App) -> i64 {
    let sql =
        "select count(*) from jobs join notifications n on n.id::text = payload->>'notification'
               where state = 'ready' and attempt = 0 and n.attempts = 0 and n.status = 'pending'";
    count(app, sql).await
}

#[tokio::test]
async fn a_mail_server_that_is_away_costs_no_attempts_and_gets_every_mail_once_when_it_is_back() {
    let server = SmtpServer::start().await;
    let address = server.address().to_owned();
    let app = App::with(&[("SMTP_URL", server.url())]).await;
    let eve = app.admin("Eve").await;
    drop(server);
    let ann = app.customer("Ann").await;
    tickets(&ann, 3).await;
    assert_eq!(held(&eve).await, Value::Null);

    for time in 1..=8 {
        app.run_due().await;
        let held = held(&eve).await;
        assert_eq!(held["times"], time);
        let because = held["because"].as_str().unwrap();
        assert!(because.contains("cannot be reached"), "{because}");
        assert_eq!(untried(&app).await, 3);
        app.advance(TimeDelta::minutes(1));
    }

    let server = SmtpServer::start_at(&address).await;
    app.run_due().await;
    assert_eq!(held(&eve).await, Value::Null);
    everybody_was_told_once(&app, &server).await;
    assert_eq!(server.received().len(), 3);
    let once = "select count(*) from notifications where attempts = 1";
    assert_eq!(count(&app, once).await, 3);
}

#[tokio::test]
async fn a_provider_that_asks_for_less_is_left_alone_and_the_mail_keeps_its_attempts_for_a_day() {
    let server = SmtpServer::start().await;
    let app = App::with(&[("SMTP_URL", server.url())]).await;
    let eve = app.admin("Eve").await;
    tickets(&app.customer("Ann").await, 2).await;
    server.behave(Behaviour::Refuse(421));

    app.run_due().await;
    assert_eq!(held(&eve).await["times"], 1);
    assert_eq!(untried(&app).await, 2);
    let connections = server.connections();
    app.advance(TimeDelta::seconds(5));
    app.run_due().await;
    assert_eq!(server.connections(), connections, "it was not left alone");

    app.advance(TimeDelta::days(2));
    app.run_due().await;
    let tried = "select count(*) from jobs where attempt = 1 and state = 'ready'";
    assert_eq!(
        count(&app, tried).await,
        1,
        "who asks for two days is asked too much"
    );
    server.behave(Behaviour::Accept);
    app.advance(TimeDelta::hours(2));
    app.run_due().await;
    everybody_was_told_once(&app, &server).await;
}

#[tokio::test]
async fn a_refusal_of_one_mail_holds_nobody_up_and_an_operator_ends_a_hold() {
    let server = SmtpServer::start().await;
    let app = App::with(&[("SMTP_URL", server.url())]).await;
    let eve = app.admin("Eve").await;
    tickets(&app.customer("Ann").await, 1).await;
    server.behave(Behaviour::Refuse(450));
    app.run_due().await;
    assert_eq!(held(&eve).await, Value::Null);
    let tried = "select count(*) from jobs where attempt = 1 and state = 'ready'";
    assert_eq!(count(&app, tried).await, 1);

    server.behave(Behaviour::TurnAway(554));
    app.advance(TimeDelta::minutes(1));
    app.run_due().await;
    assert!(
        held(&eve).await["because"]
            .as_str()
            .unwrap()
            .contains("554")
    );
    assert_eq!(count(&app, tried).await, 1, "an attempt was spent");
    server.behave(Behaviour::Accept);
    app.run_due().await;
    assert_eq!(server.received(), []);
    let path = "/api/v1/admin/queues/email";
    let open = serde_json::json!({"paused": false});
    eve.put(path, open).await.ok();
    assert_eq!(held(&eve).await, Value::Null);
    app.run_due().await;
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn an_open_circuit_lets_one_probe_mail_through_at_a_time_from_all_workers() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    tickets(&app.customer("Ann").await, 20).await;
    let queues = "assignment:2,notify:4,email:2";
    let set = [("SMTP_URL", server.url()), ("WORKER_QUEUES", queues)];
    let site = Site::of(&app, &set);
    server.behave(Behaviour::TurnAway(554));
    let _workers = [site.start("worker"), site.start("worker")];
    let failures = "select failures::bigint from queue_control where queue = 'email'";
    eventually("it was tried three times", async || {
        count(&app, failures).await >= 3
    })
    .await;
    let tried = server.connections();
    let failed = count(&app, failures).await;
    // What was under way when the first one failed, one for each time since, and one that may be
    // under way now.
    let most = 4 + usize::try_from(failed).unwrap() + 1;
    assert!(tried <= most, "{tried} connections for {failed} troubles");

    server.behave(Behaviour::Accept);
    all_is_done(&app).await;
    everybody_was_told_once(&app, &server).await;
    let spent = "select count(*) from jobs where queue = 'email' and attempt <> 1";
    assert_eq!(count(&app, spent).await, 0, "attempts were spent");
}

#[tokio::test]
async fn a_mail_server_that_hangs_delays_nothing_but_mails_and_costs_no_attempts() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    agent_with_room(&app, "Sam", 100).await;
    let customer = app.customer("Ann").await;
    tickets(&customer, 10).await;
    let site = Site::of(
        &app,
        &[("SMTP_URL", server.url()), ("JOB_LEASE_SECONDS", "600")],
    );
    server.behave(Behaviour::NeverGreet);
    let worker = site.start("worker");
    eventually("all that send wait for a greeting", async || {
        server.connections() >= 8
    })
    .await;
    tickets(&customer, 10).await;
    eventually("tickets are assigned all the same", async || {
        events(&app, "assigned").await == 20
    })
    .await;
    assert_eq!(
        count(
            &app,
            "select count(*) from notifications where status = 'sent'"
        )
        .await,
        0
    );
    worker.says("the circuit of a queue opened").await;
    server.behave(Behaviour::Accept);
    all_is_done(&app).await;
    everybody_was_told_once(&app, &server).await;
    let spent = "select count(*) from jobs where queue = 'email' and attempt <> 1";
    assert_eq!(count(&app, spent).await, 0, "attempts were spent");
}
