//! The program `support`: the API, the workers and the scheduler in one process or in several, and
//! the commands of operators. `support --help` lists them.

mod addresses;
mod admin;
mod banner;
mod cli;
mod demonstration;
mod development;
mod doctor;
mod health;
mod jobs;
mod notify;
mod reset;
mod runtime;
mod schema;
mod serve;
mod settings;
mod sms;
mod stats;
mod table;

use clap::Parser;
use platform::{config::ConfigError, error_chain::Chain};
use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if nobody_reads_on(&error) => ExitCode::SUCCESS,
        Err(error) if error.is::<ConfigError>() => {
            eprintln!("support: {error}");
            ExitCode::from(2)
        }
        Err(error) => {
            let chain = Chain(error.as_ref());
            if tracing::dispatcher::has_been_set() && !io::stderr().is_terminal() {
                tracing::error!(error = %chain, "stopped");
            } else {
                eprintln!("support: {chain}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Whether the reader of standard output has closed it, as in `support jobs list | head -1`. Only printing
/// fails with a bare `io::Error` as the outermost error: a broken connection has a context around it.
fn nobody_reads_on(error: &anyhow::Error) -> bool {
    let first = error.chain().next();
    first
        .and_then(|first| first.downcast_ref::<io::Error>())
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn only_printing_may_break_off_in_peace() {
        let broken = || io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(nobody_reads_on(&broken().into()));
        let asked = Err::<(), _>(broken()).context("nothing answers there");
        assert!(!nobody_reads_on(&asked.unwrap_err()));
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(!nobody_reads_on(&full.into()));
    }
}
