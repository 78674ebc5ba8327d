//! A worker that delivers mails and cannot reach the database for longer than its lease. It is alive, and
//! nothing may be sent twice.

use super::{
    proxy::{Proxy, Weather},
    servers::postgres_socket,
};
use crate::harness::{
    App, Outside, Program, Site, eventually,
    smtp_server::{Behaviour, SmtpServer, everybody_was_told_once},
    stage::{all_is_done, count, stage, tickets, waiting_for_a_lock},
};
use domain::people::Role;
use platform::clock::{Clock, SystemClock};
use secrecy::ExposeSecret;
use serde_json::json;

/// A ticket whose confirmation is to be mailed, and a worker that is about to be cut off.
struct Stage {
    mail: SmtpServer,
    app: App,
    site: Site,
    way: Proxy,
    cut_off: Program,
}

impl Stage {
    async fn new(behaviour: Behaviour) -> Self {
        let mail = SmtpServer::start().await;
        mail.behave(behaviour);
        let app = stage().await;
        tickets(&app.customer("Ann").await, 1).await;
        Self::pause_mails(&app, true).await;
        let site = Site::of(
            &app,
            &[("SMTP_URL", mail.url()), ("JOB_LEASE_SECONDS", "3")],
        );
        let (way, cut_off) = worker_with_a_proxy(&app, &site).await;
        let stage = Self {
            mail,
            app,
            site,
            way,
            cut_off,
        };
        stage.delivery("the mail is planned", WAITS).await;
        stage
    }

    async fn pause_mails(app: &App, paused: bool) {
        sqlx::query(
            "insert into queue_control (queue, paused, depth) values ('email', $1, 100)
             on conflict (queue) do update set paused = excluded.paused",
        )
        .bind(paused)
        .execute(&app.cx.pool)
        .await
        .unwrap();
    }

    /// Waits until the delivery is in that condition.
    async fn delivery(&self, what: &str, sql: &'static str) {
        eventually(what, async || count(&self.app, sql).await == 1).await;
    }

    /// All jobs are done, by any worker, and one mail has come.
    async fn all_was_done_once(mut self, mut other: Program) {
        all_is_done(&self.app).await;
        self.way.weather(Weather::Fair);
        for worker in [&mut self.cut_off, &mut other] {
            assert_eq!(worker.terminate().await, Some(0), "{}", worker.log());
        }
        everybody_was_told_once(&self.app, &self.mail).await;
        assert_eq!(self.mail.received().len(), 1);
    }
}

/// A worker whose connections to the database go through a proxy.
async fn worker_with_a_proxy(app: &App, site: &Site) -> (Proxy, Program) {
    let direct = app.cx.config.database.url.expose_secret();
    let way = Proxy::to(&postgres_socket(direct)).await;
    let name: String = sqlx::query_scalar("select current_database()")
        .fetch_one(&app.cx.pool)
        .await
        .unwrap();
    let url = format!("postgres://app@{}/{name}?sslmode=disable", way.address());
    let worker = site.start_with("worker", &[("DATABASE_URL", &url)]);
    (way, worker)
}

const WAITS: &str =
    "select count(*) from jobs where payload->>'job' = 'deliver_email' and state = 'ready'";
const GRACE: &str = "select count(*) from jobs where payload->>'job' = 'deliver_email'
                     and (overdue or lease_token > 1)";

/// Makes every reader of notifications wait for a lock after the read. (For a lock on the table they would wait
/// before, while the statement is prepared.)
const READS_WAIT: &str = "
    alter table notifications rename to notifications_kept;
    create function is_free() returns boolean language plpgsql volatile as
        'begin perform pg_advisory_xact_lock_shared(1); return true; end';
    create view notifications as select * from notifications_kept where is_free()";

#[tokio::test]
async fn a_delivery_that_hears_from_the_database_after_its_lease_does_not_send() {
    let stage = Stage::new(Behaviour::Accept).await;
    // It reads what the mail is to tell, and hears for long nothing of what it has read.
    sqlx::raw_sql(READS_WAIT)
        .execute(&stage.app.cx.pool)
        .await
        .unwrap();
    let mut held = stage.app.cx.pool.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(1)")
        .execute(&mut *held)
        .await
        .unwrap();
    Stage::pause_mails(&stage.app, false).await;
    // Claimed, and asked for by then: what it hears later is how it was before another sent it.
    eventually("the one who claimed it reads it", async || {
        waiting_for_a_lock(&stage.app).await == 1
    })
    .await;
    stage.way.weather(Weather::Silent);
    held.rollback().await.unwrap();
    let other = stage.site.start("worker");
    stage.all_was_done_once(other).await;
}

#[tokio::test]
async fn a_mail_that_was_sent_is_recorded_when_the_database_comes_back_after_the_lease() {
    let stage = Stage::new(Behaviour::HoldAtData).await;
    Stage::pause_mails(&stage.app, false).await;
    eventually("the mail is under way", async || stage.mail.held() == 1).await;
    stage.way.weather(Weather::Silent);
    let other = stage.site.start("worker");
    other.says("started").await;
    stage.mail.behave(Behaviour::Accept);
    stage.mail.wait_for(1).await;
    stage.delivery("its lease is over", GRACE).await;
    stage.way.weather(Weather::Fair);
    stage.all_was_done_once(other).await;
}

#[tokio::test]
async fn a_mail_that_is_under_way_is_broken_off_before_another_may_begin_it() {
    let stage = Stage::new(Behaviour::HoldAtData).await;
    Stage::pause_mails(&stage.app, false).await;
    eventually("the mail is under way", async || stage.mail.held() == 1).await;
    stage.way.weather(Weather::Silent);
    let other = stage.site.start("worker");
    eventually("another is at it", async || stage.mail.held() == 2).await;
    // The first run would be heard now if its connection were open.
    stage.mail.behave(Behaviour::Accept);
    stage.all_was_done_once(other).await;
}

#[tokio::test]
async fn a_push_that_was_sent_is_recorded_under_its_lease_when_its_connection_is_half_open() {
    let outside = Outside::start().await;
    let settings = outside.settings();
    let mut settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let app = App::with(&settings).await;
    app.clock.set(SystemClock.now());
    let (admin, customer) = (app.admin("Eve").await, app.customer("Ann").await);
    let info = json!({"department": "general", "maxConcurrentTickets": 5});
    let agent = app.person("Sam", Role::Support, info).await;
    let path = "/api/v1/notifications/push/subscriptions";
    agent.post(path, outside.device("phone")).await.created();
    let ticket = customer.asks("general", "medium").await;
    let to = json!({"reason": "It burns.", "escalatedTo": agent.id()});
    admin.does("escalate", &ticket, to).await.ok();

    outside.hold(true);
    settings.push(("JOB_LEASE_SECONDS", "4"));
    let site = Site::of(&app, &settings);
    let (way, _cut_off) = worker_with_a_proxy(&app, &site).await;
    eventually("the push is under way", async || {
        outside.letters().pushes.len() == 1
    })
    .await;
    let other = site.start("worker");
    other.says("started").await;
    way.half_open();
    outside.hold(false);
    all_is_done(&app).await;
    let sent = "select count(*) from notifications where channel = 'push' and status = 'sent'";
    assert_eq!(count(&app, sent).await, 1);
    assert_eq!(outside.letters().pushes.len(), 1);
}
