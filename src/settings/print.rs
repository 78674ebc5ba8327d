//! `support config`: the settings in force, all of them or those that differ from the defaults, with
//! secrets masked.

use crate::{
    addresses::without_credentials,
    table::{Table, write_json},
};
use anyhow::Result;
use clap::Args;
use platform::config::{Changed, DEFAULTS, Origin, Settings};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::Path,
};

/// How the configuration is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Printed {
    /// Only what differs from the defaults, and where it comes from
    #[arg(long)]
    changed: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A setting that differs from its default.
#[derive(Debug, Serialize)]
struct ChangedSetting<'a> {
    name: &'a str,
    value: String,
    from: String,
    default: String,
}

/// Prints the settings in force.
///
/// # Errors
///
/// Standard output is closed.
pub(crate) fn print(settings: &Settings, how: Printed) -> Result<()> {
    match (how.changed, how.json) {
        (true, true) => write_json(&changed(settings)),
        (true, false) => print_changed(changed(settings)),
        (false, true) => {
            let masked = settings
                .all()
                .map(|(name, value)| (name, masked(name, value)));
            write_json(&masked.collect::<BTreeMap<_, _>>())
        }
        (false, false) => print_all(settings),
    }
}

fn changed(settings: &Settings) -> Vec<ChangedSetting<'_>> {
    let file = settings.file().unwrap_or(Path::new(""));
    let changed = settings.changed().into_iter();
    changed
        .map(|changed| masked_change(changed, file))
        .collect()
}

fn masked_change<'a>(changed: Changed<'a>, file: &Path) -> ChangedSetting<'a> {
    ChangedSetting {
        name: changed.name,
        value: masked(changed.name, changed.value),
        from: match changed.origin {
            Origin::Default => "default".to_owned(),
            Origin::File => format!("file {}", file.display()),
            Origin::Environment => "environment".to_owned(),
            Origin::PrivateServers => "private servers".to_owned(),
        },
        default: changed.default,
    }
}

fn print_changed(changed: Vec<ChangedSetting<'_>>) -> Result<()> {
    let mut out = io::stdout().lock();
    if changed.is_empty() {
        writeln!(out, "Every setting has its default.")?;
    }
    let mut table = Table::new(["SETTING", "VALUE", "FROM", "DEFAULT"]);
    for setting in changed {
        let quoted = |text: &str| format!("{text:?}");
        table.push([
            setting.name.to_owned(),
            quoted(&setting.value),
            setting.from,
            quoted(&setting.default),
        ]);
    }
    Ok(table.write(&mut out)?)
}

/// The default file with the values in force, comments and all.
fn print_all(settings: &Settings) -> Result<()> {
    let mut out = io::stdout().lock();
    for line in DEFAULTS.lines() {
        match line.split_once(" = ") {
            Some((name, _)) if !line.starts_with('#') => {
                writeln!(out, "{name} = {:?}", masked(name, settings.get(name)))?;
            }
            _ => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

/// The value with its secrets masked.
fn masked(name: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    if ["SECRET", "PASSWORD", "METRICS_TOKEN", "OTLP_HEADERS"]
        .iter()
        .any(|word| name.contains(word))
    {
        return "***".to_owned();
    }
    // Not a URL, but it may hold a password.
    if name.ends_with("_URL") && !value.contains("://") {
        return "***".to_owned();
    }
    without_credentials(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked() {
        assert_eq!(masked("JWT_SECRET", "abc"), "***");
        assert_eq!(masked("DATABASE_URL", "me:hush@host/x"), "***");
        assert_eq!(
            masked("DATABASE_URL", "postgres://h/db?user=u&password=hush"),
            "postgres://h/db?user=u&password=***"
        );
        assert_eq!(
            masked("REDIS_URL", "redis://localhost"),
            "redis://localhost"
        );
        assert_eq!(masked("MAIL_FROM", "A <a@b.c>"), "A <a@b.c>");
    }
}
