//! The runtime in which the commands run.

use crate::{
    addresses,
    settings::{self, Startup},
};
use anyhow::{Context as _, Result};
use platform::telemetry;
use std::thread::available_parallelism;

/// Threads for blocking work: password hashes and files. Each thread costs memory.
const BLOCKING_THREADS: usize = 16;

/// Reads the configuration, starts the private servers if needed, and runs `command`.
pub(crate) fn in_runtime(command: impl AsyncFnOnce(Startup) -> Result<()>) -> Result<()> {
    let (startup, _servers) = settings::start_up()?;
    run_with(startup, command)
}

/// Runs `command` in a runtime that ends with it. Private servers have to outlive it.
pub(crate) fn run_with(
    startup: Startup,
    command: impl AsyncFnOnce(Startup) -> Result<()>,
) -> Result<()> {
    telemetry::init(&startup.config.log)?;
    addresses::warn(&startup.config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(available_parallelism().map_or(1, usize::from))
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    let end = runtime.block_on(command(startup));
    // tasks that still run were abandoned at the time limit, or by a second signal
    runtime.shutdown_background();
    end
}
