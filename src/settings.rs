//! From the environment to a configuration that is beyond doubt. Every problem is told at once,
//! before anything is started.

use crate::development::{self, Made};
use anyhow::Result;
use shared::{
    attachments::Files,
    config::{Config, ConfigError, FilesPlace, Settings},
    error::Chain,
    fault::Faults,
    people::{Password, fields},
    servers::Servers,
    telemetry,
};
use std::io::Write;

/// What a command stands on.
pub(crate) struct Ground {
    /// The configuration.
    pub config: Config,
    /// What was made up for the private servers; `None` when the servers are given.
    pub made: Option<Made>,
}

/// The settings of this process.
pub(crate) fn load() -> Result<Settings, ConfigError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    Settings::load(|name| std::env::var(name).ok())
}

/// Reads and checks the configuration, and starts the private servers where none are given.
pub(crate) fn lay_ground() -> Result<(Ground, Option<Servers>)> {
    let mut settings = load()?;
    check(&settings)?;
    if !wants_private_servers(&settings) {
        let config = Config::read(&settings)?;
        return Ok((Ground { config, made: None }, None));
    }
    let (made, servers) = development::start(&mut settings)?;
    let config = Config::read(&settings)?;
    let made = Some(made);
    Ok((Ground { config, made }, Some(servers)))
}

fn wants_private_servers(settings: &Settings) -> bool {
    settings.get("DATABASE_URL").is_empty() && settings.get("REDIS_URL").is_empty()
}

/// Everything that can be known to be wrong before anything is started.
fn check(settings: &Settings) -> Result<(), ConfigError> {
    let mut problems = Vec::new();
    let mut complete = settings.clone();
    let given = |name| !settings.get(name).is_empty();
    if given("DATABASE_URL") != given("REDIS_URL") {
        problems.push("DATABASE_URL and REDIS_URL go together: set both or neither".to_owned());
    }
    // what will be supplied, or has been complained of
    complete.supply("DATABASE_URL", "postgres://localhost");
    complete.supply("REDIS_URL", "redis://localhost");
    if wants_private_servers(settings) {
        complete.supply("JWT_SECRET", "x".repeat(32));
    }
    match Config::read(&complete) {
        Err(error) => problems.extend(error.into_problems()),
        Ok(config) => {
            let mail = worker::channels::Channels::new(&config).err();
            problems.extend(mail.map(|error| Chain(&error).to_string()));
            // Of a folder only making it tells whether it can be used: that is for later.
            if let FilesPlace::S3(_) = config.attachments.place {
                let files = Files::new(&config.attachments).open().err();
                problems.extend(files.map(|error| Chain(&error).to_string()));
            }
        }
    }
    problems.extend(scheduler::problems(settings));
    problems.extend(bootstrap_problems(settings));
    if let Err(error) = telemetry::filter(settings.get("LOG")) {
        problems.push(error.to_string());
    }
    ConfigError::unless_none(problems)
}

fn bootstrap_problems(settings: &Settings) -> Vec<String> {
    let (email, password) = ("BOOTSTRAP_ADMIN_EMAIL", "BOOTSTRAP_ADMIN_PASSWORD");
    let mut faults = Faults::new();
    let mut parsed = Some(());
    if !settings.get(email).is_empty() && !settings.get(password).is_empty() {
        let address = fields::email(&mut faults, email, Some(settings.get(email)));
        let secret = Password::parse(&mut faults, password, Some(settings.get(password)));
        parsed = address.zip(secret).map(drop);
    }
    let faults = faults.finish(parsed).err().unwrap_or_default();
    let line = |fault: shared::fault::Fault| format!("{} {}", fault.field, fault.message);
    faults.into_iter().map(line).collect()
}

/// The default file with the values in force, comments and all.
pub(crate) fn print(settings: &Settings) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for line in shared::config::DEFAULTS.lines() {
        match line.split_once(" = ") {
            Some((name, _)) if !line.starts_with('#') => {
                writeln!(out, "{name} = {:?}", masked(name, settings.get(name)))?;
            }
            _ => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

/// The value without what is secret in it.
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
    without_credentials(value)
}

/// A URL with its user and password masked; any other text as it is.
pub(crate) fn without_credentials(url: &str) -> String {
    let parts = url
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1)));
    match parts {
        Some((scheme, place)) => format!("{scheme}://***@{place}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(set: &'static [(&'static str, &'static str)]) -> String {
        let settings = Settings::load(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
        .unwrap();
        check(&settings)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn nothing_at_all_needs_to_be_set() {
        assert_eq!(problems(&[]), "");
    }

    #[test]
    fn one_url_alone_is_a_mistake() {
        let problems = problems(&[("DATABASE_URL", "postgres://localhost/x")]);
        assert!(problems.contains("set both or neither"), "{problems}");
    }

    #[test]
    fn given_servers_need_a_given_secret() {
        let problems = problems(&[
            ("DATABASE_URL", "postgres://localhost/x"),
            ("REDIS_URL", "redis://localhost"),
        ]);
        assert!(problems.contains("1 problem"), "{problems}");
        assert!(problems.contains("JWT_SECRET"), "{problems}");
    }

    #[test]
    fn problems_of_all_parts_are_in_one_message() {
        let problems = problems(&[
            ("PORT", "70000"),
            ("SCHEDULE_PRUNE", "at noon"),
            ("LOG", "worker=loud"),
            ("BOOTSTRAP_ADMIN_EMAIL", "nobody"),
            ("BOOTSTRAP_ADMIN_PASSWORD", "short"),
        ]);
        for name in [
            "PORT",
            "SCHEDULE_PRUNE",
            "LOG",
            "ADMIN_EMAIL",
            "ADMIN_PASSWORD",
        ] {
            assert!(problems.contains(name), "{name} is missing in: {problems}");
        }
        assert!(problems.contains("5 problem"), "{problems}");
    }

    #[test]
    fn secrets_are_masked() {
        assert_eq!(masked("JWT_SECRET", "abc"), "***");
        assert_eq!(
            masked(
                "SMTP_URL",
                "smtp://me:p@ss@mail.example.com:587?tls=required"
            ),
            "smtp://***@mail.example.com:587?tls=required"
        );
        assert_eq!(
            masked("REDIS_URL", "redis://localhost"),
            "redis://localhost"
        );
        assert_eq!(masked("MAIL_FROM", "A <a@b.c>"), "A <a@b.c>");
    }
}
