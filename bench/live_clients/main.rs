//! The clients of `bench/live`: sockets, a mail server, a provider that never answers. Each prints rows of its table.
//!
//! Where the database and Redis are comes from the environment, as for the program. The clients share the machine with
//! what they measure, so that they do little: frames are counted and not parsed.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a command of a script, which tells it where everything is and reads its answers"
)]

mod crowd;
mod figures;
mod http;
mod idle;
mod mail;
mod process;
mod ramp;
mod socket;
mod stage;

use anyhow::{Result, bail};
use stage::Stage;
use std::net::TcpListener;

const USAGE: &str = "ports COUNT | idle CHANGES AT WHEN | crowd SOCKETS AT PID | ramp SECONDS AT PID POSTGRES RATE... \
    | mail MESSAGES AT SMTP_PORT SMS_PORT WHEN";

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["ports", count] => ports(count.parse()?),
        ["idle", changes, at, when] => idle::run(&Stage::at(at)?, changes.parse()?, when).await,
        ["crowd", sockets, at, api] => {
            crowd::run(&Stage::at(at)?, sockets.parse()?, api.parse()?).await
        }
        ["ramp", seconds, at, api, postgres, rates @ ..] => {
            let step = ramp::Step {
                seconds: seconds.parse()?,
                api: api.parse()?,
                postgres: postgres.parse()?,
            };
            ramp::run(&Stage::at(at)?, &step, rates).await
        }
        ["mail", messages, at, smtp, sms, when] => {
            let ports = (smtp.parse()?, sms.parse()?);
            mail::run(&Stage::at(at)?, messages.parse()?, ports, when).await
        }
        _ => bail!(USAGE),
    }
}

/// Prints ports that are free at the moment.
fn ports(count: usize) -> Result<()> {
    let held = (0..count).map(|_| TcpListener::bind("127.0.0.1:0"));
    let held = held.collect::<std::io::Result<Vec<_>>>()?;
    for listener in &held {
        println!("{}", listener.local_addr()?.port());
    }
    Ok(())
}
