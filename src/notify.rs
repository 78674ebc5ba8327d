//! `support notify test`: sends a test message, and says what the provider answered.

use crate::{
    schema::{self, Schema},
    settings::Startup,
};
use actions::notifications::trial;
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use domain::channel::Channel;
use std::io::{self, Write};
use worker::channels::{Channels, Trial};

/// The arguments of `support notify`.
#[derive(Debug, Subcommand)]
pub(crate) enum Notify {
    /// Send a test message to an account, straight to the provider
    ///
    /// Past queues, preferences, quiet hours and limits, so that it shows whether the settings of this machine work. It is
    /// recorded nowhere. Exit 1 if no provider accepted it.
    Test(Test),
}

/// Whom to send to, and how.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// email, push or sms
    #[arg(long, value_parser = channel)]
    channel: Channel,
    /// The e-mail address of the account whose mailbox, devices or telephone gets it
    #[arg(long, value_name = "EMAIL")]
    to: String,
}

fn channel(text: &str) -> Result<Channel, String> {
    text.parse()
        .map_err(|_| format!("must be one of {}", Channel::words()))
}

/// Sends the message, and prints what came of it.
///
/// # Errors
///
/// There is no such account, the database is not available, or no provider accepted it.
pub(crate) async fn run(Notify::Test(asked): Notify, startup: Startup) -> Result<()> {
    let (cx, _) = schema::open(startup, Schema::Await).await?;
    let person = trial::person(&cx.pool, &asked.to)
        .await
        .context("the account cannot be read")?;
    let Some(person) = person else {
        bail!("there is no account with the address {}", asked.to);
    };
    let channels = Channels::new(&cx)?;
    let trials = channels
        .test(&cx, asked.channel, &person, cx.clock.now())
        .await;
    let mut out = io::stdout().lock();
    for trial in &trials {
        match trial {
            Trial::Accepted(what) => writeln!(out, "accepted: {what}")?,
            Trial::Failed(because) => writeln!(out, "failed: {because}")?,
        }
    }
    let accepted = |trial: &Trial| matches!(trial, Trial::Accepted(_));
    if !trials.iter().any(accepted) {
        bail!("no provider accepted the message");
    }
    Ok(())
}
