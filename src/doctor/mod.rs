//! `support doctor`: checks everything that the system needs, and says what is wrong and what to do.
//! It changes nothing: what it writes to the stores and to Redis, it deletes or lets expire.

mod database;
mod files;
mod mail;
mod redis;
mod report;
mod settings;
mod sms;
mod store;
mod work;

use crate::{
    schema,
    settings::{Startup, load},
};
use anyhow::{Context as _, Result, bail};
use clap::Args;
use platform::migrate;
use report::{Report, Verdict};
use secrecy::ExposeSecret;

/// The arguments of `support doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Checks everything and prints the findings.
///
/// # Errors
///
/// Something is wrong, or the configuration cannot be used.
pub(crate) async fn run(asked: Doctor, startup: Startup) -> Result<()> {
    let Startup { config, made } = startup;
    if made.is_some() {
        // As at every start with private servers.
        migrate::create_database(config.database.url.expose_secret())
            .await
            .context("the database cannot be created")?;
    }
    let is_private = made.is_some();
    let cx = schema::context(config)?;
    let mut report = Report::default();
    settings::check(&mut report, &cx.config, is_private);
    files::check_secrets(&mut report, &cx.config, load()?.file());
    let schema = database::check(&mut report, &cx).await;
    redis::check(&mut report, &cx.config.redis, is_private).await;
    mail::check(&mut report, &cx.config.mail, is_private).await;
    sms::check(&mut report, &cx.config, is_private);
    files::check_store(&mut report, &cx).await;
    if schema == Some(platform::health::Schema::Current) {
        work::check(&mut report, &cx).await;
    }
    if asked.json {
        report.print_json()?;
    } else {
        report.print()?;
    }
    match report.count(Verdict::Wrong) {
        0 => Ok(()),
        1 => bail!("1 check found something wrong"),
        wrong => bail!("{wrong} checks found something wrong"),
    }
}
