//! `support stats`: compares the rows of the statistics with the tickets, and computes them anew.

use crate::{
    schema::{self, Schema},
    settings::Startup,
    table::write_json,
};
use actions::stats::{Rebuilt, Verified, rebuild, verify};
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use platform::context::Context;
use serde_json::json;
use std::io::{self, IsTerminal, Write};

/// The arguments of `support stats`.
#[derive(Debug, Args)]
pub(crate) struct Asked {
    #[command(subcommand)]
    what: Stats,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Stats {
    /// Compare the statistics with a recount of all tickets; exit 1 if they differ
    ///
    /// Tickets that have changed in the last seconds, and are not counted yet, are left out. A million tickets take some
    /// minutes; nobody is kept waiting meanwhile.
    Verify,
    /// Compute the statistics of all tickets anew
    ///
    /// They are shown and kept up to date meanwhile. Needed only if `verify` finds a difference, or after tickets were changed
    /// by hand in the database.
    Rebuild,
}

/// Runs the command.
///
/// # Errors
///
/// The database is not available, or the statistics differ from the tickets.
pub(crate) async fn run(asked: Asked, startup: Startup) -> Result<()> {
    let (cx, _) = schema::open(startup, Schema::Await).await?;
    match asked.what {
        Stats::Verify => verified(&cx, asked.json).await,
        Stats::Rebuild => rebuilt(&cx, asked.json).await,
    }
}

async fn verified(cx: &Context, as_json: bool) -> Result<()> {
    let Verified {
        compared,
        pending,
        differing,
        miscounted,
        tickets,
    } = verify(cx).await?;
    if as_json {
        write_json(
            &json!({"compared": compared, "pending": pending, "differing": differing, "miscounted": miscounted, "tickets": tickets}),
        )?;
    } else {
        let mut out = io::stdout().lock();
        writeln!(out, "compared   {compared} tickets")?;
        writeln!(
            out,
            "left out   {pending}, which have changed and are not counted yet"
        )?;
        writeln!(out, "miscounted {miscounted} numbers for totals of lists")?;
        writeln!(out, "different  {differing}")?;
        for ticket in &tickets {
            writeln!(out, "           {ticket}")?;
        }
    }
    if differing > 0 || miscounted > 0 {
        bail!(
            "the statistics differ from the tickets: compute them anew with `support stats rebuild`, and report it"
        );
    }
    Ok(())
}

async fn rebuilt(cx: &Context, as_json: bool) -> Result<()> {
    let shows = io::stderr().is_terminal();
    let rebuilt = rebuild(cx, |so_far| {
        if shows {
            eprint!("\r{} tickets", so_far.computed);
        }
    })
    .await?;
    if shows {
        eprintln!();
    }
    let Rebuilt {
        computed, changed, ..
    } = rebuilt;
    if as_json {
        return write_json(&json!({"computed": computed, "changed": changed}));
    }
    let mut out = io::stdout().lock();
    writeln!(out, "computed  {computed} tickets")?;
    writeln!(out, "changed   {changed} rows")?;
    Ok(())
}
