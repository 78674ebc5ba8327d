//! A worker that delivers and cannot reach the database for longer than its lease. It is alive, and
//! nothing may be sent twice because of that.

use super::{
    proxy::{Proxy, Weather},
    servers::postgres_socket,
};
use crate::{
    harness::{App, Program, Site, eventually},
    processes::{all_is_done, count, everybody_was_told_once, stage, tickets},
    smtp_server::{Behaviour, SmtpServer},
};
use secrecy::ExposeSecret;

/// A worker that has begun to send a mail, and to which the database has fallen silent since.
struct Stage {
    mail: SmtpServer,
    app: App,
    site: Site,
    way: Proxy,
    cut_off: Program,
}

impl Stage {
    async fn new() -> Self {
        let mail = SmtpServer::start().await;
        let app = stage().await;
        tickets(&app.customer("Ann").await, 1).await;
        let site = Site::of(
            &app,
            &[("SMTP_URL", mail.url()), ("JOB_LEASE_SECONDS", "3")],
        );
        let direct = app.cx.config.database.url.expose_secret();
        let way = Proxy::to(&postgres_socket(direct)).await;
        let name: String = sqlx::query_scalar("select current_database()")
            .fetch_one(&app.cx.pool)
            .await
            .unwrap();
        let url = format!("postgres://app@{}/{name}?sslmode=disable", way.address());

        mail.behave(Behaviour::HoldAtData);
        let cut_off = site.start_with("worker", &[("DATABASE_URL", &url)]);
        eventually("the mail is under way", async || mail.held() == 1).await;
        way.weather(Weather::Silent);
        Self {
            mail,
            app,
            site,
            way,
            cut_off,
        }
    }

    /// All is done, by whomever, and one mail has come.
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

#[tokio::test]
async fn a_mail_is_broken_off_when_its_lease_cannot_be_renewed_so_that_another_can_send_it() {
    let stage = Stage::new().await;
    let other = stage.site.start("worker");
    eventually("the other has begun to send it", async || {
        stage.mail.held() == 2
    })
    .await;
    stage.mail.behave(Behaviour::Accept);
    stage.all_was_done_once(other).await;
}

#[tokio::test]
async fn a_mail_that_was_sent_is_recorded_when_the_database_comes_back_after_the_lease() {
    let stage = Stage::new().await;
    let other = stage.site.start("worker");
    other.says("started").await;
    stage.mail.behave(Behaviour::Accept);
    stage.mail.wait_for(1).await;
    let taken_back = "select count(*) from jobs where payload->>'job' = 'deliver_email'
                      and (state = 'ready' or lease_token > 1)";
    eventually("its job was taken back", async || {
        count(&stage.app, taken_back).await == 1
    })
    .await;
    stage.way.weather(Weather::Fair);
    stage.all_was_done_once(other).await;
}
