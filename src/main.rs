//! The program `support`: the API, the workers and the scheduler in one process or in several,
//! and what an operator needs beside them. `support --help` has the whole of it.

mod admin;
mod banner;
mod cli;
mod demo;
mod development;
mod health;
mod jobs;
mod schema;
mod serve;
mod settings;

use clap::Parser;
use shared::{config::ConfigError, error::Chain};
use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
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
