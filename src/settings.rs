//! From the environment to a checked configuration. All problems are reported at once, before
//! anything is started.

mod print;

pub(crate) use print::{Printed, print};

use crate::{
    addresses,
    development::{self, Made},
};
use anyhow::Result;
use domain::{
    field_error::FieldErrors,
    people::{Password, fields},
};
use platform::{
    config::{Config, ConfigError, FilesPlace, Settings},
    error_chain::Chain,
    files::Files,
    telemetry,
};
use servers::Servers;
use std::collections::BTreeSet;
use worker::{
    channels::{ChannelSetupError, Channels},
    mail::Sender,
};

/// What a command starts with.
pub(crate) struct Startup {
    /// The configuration.
    pub config: Config,
    /// What was made for the private servers; `None` when the settings name servers.
    pub made: Option<Made>,
}

/// The settings of this process.
pub(crate) fn load() -> Result<Settings, ConfigError> {
    Settings::load(environment)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether the environment sets this setting.
pub(crate) fn is_in_environment(name: &str) -> bool {
    environment(name).is_some()
}

/// Reads and checks the configuration, and starts the private servers if the settings name none.
///
/// # Errors
///
/// [`ConfigError`] with all problems, or a private server cannot be started.
pub(crate) fn start_up() -> Result<(Startup, Option<Servers>)> {
    let mut settings = checked(&[])?;
    if !wants_private_servers(&settings) {
        let config = Config::read(&settings)?;
        return Ok((Startup { config, made: None }, None));
    }
    let (made, servers) = development::start(&mut settings)?;
    let config = Config::read(&settings)?;
    let made = Some(made);
    Ok((Startup { config, made }, Some(servers)))
}

/// The settings of this process, checked; those of `instead` whatever the environment and the file say.
///
/// # Errors
///
/// [`ConfigError`] with all problems.
pub(crate) fn checked(instead: &[(&str, String)]) -> Result<Settings, ConfigError> {
    let (settings, of_file) = Settings::gather(|name| {
        let found = instead.iter().find(|(known, _)| *known == name);
        let found = found.map(|(_, value)| value.clone());
        found.or_else(|| environment(name))
    });
    check(&settings, of_file)?;
    Ok(settings)
}

/// Whether the settings name no server.
pub(crate) fn wants_private_servers(settings: &Settings) -> bool {
    settings.get("DATABASE_URL").is_empty() && settings.get("REDIS_URL").is_empty()
}

/// Every problem that can be found before anything starts; those of the settings file come first.
fn check(settings: &Settings, of_file: Vec<String>) -> Result<(), ConfigError> {
    let mut problems = of_file;
    let given = |name| !settings.get(name).is_empty();
    if given("DATABASE_URL") != given("REDIS_URL") {
        problems.push("DATABASE_URL and REDIS_URL go together: set both or neither".to_owned());
    }
    let (config, faults) = Config::gather(&complete(settings));
    let log = telemetry::filter(settings.get("LOG")).err();
    let mut more = addresses::problems(settings);
    more.extend(channel_problems(&config));
    more.extend(scheduler::problems(settings));
    more.extend(bootstrap_problems(settings));
    more.extend(log.map(|error| error.to_string()));
    let more = of_others(&faults, more);
    let of_bucket = bucket_problem(&config, &faults);
    problems.extend(faults.into_iter().chain(more).chain(of_bucket));
    ConfigError::unless_none(problems)
}

/// The settings with the values that will be supplied, and with stand-ins for those that were reported.
fn complete(settings: &Settings) -> Settings {
    let mut complete = settings.clone();
    complete.supply("DATABASE_URL", "postgres://localhost");
    complete.supply("REDIS_URL", "redis://localhost");
    if wants_private_servers(settings) {
        complete.supply("JWT_SECRET", "x".repeat(32));
    }
    complete
}

/// The problems whose settings were not reported yet: several checks read the same setting, and one
/// mistake is one line.
fn of_others(faults: &[String], mut problems: Vec<String>) -> Vec<String> {
    let told: BTreeSet<&str> = faults
        .iter()
        .map(|field_error| name_in(field_error))
        .collect();
    problems.retain(|problem| !told.contains(name_in(problem)));
    problems
}

/// The setting that a problem is about: its first word.
fn name_in(problem: &str) -> &str {
    problem.split_once(' ').map_or(problem, |(name, _)| name)
}

fn channel_problems(config: &Config) -> Vec<String> {
    let channels = Channels::problems(config);
    // E-mail reports its first problem only, and the sender may be wrong too.
    let sender = Sender::parse(&config.mail.from).err();
    let errors = channels
        .into_iter()
        .chain(sender.map(ChannelSetupError::from));
    let mut problems: Vec<String> = errors.map(|error| Chain(&error).to_string()).collect();
    problems.dedup();
    problems
}

/// The problem of a bucket. A folder is checked later, when it is created.
fn bucket_problem(config: &Config, faults: &[String]) -> Option<String> {
    let in_doubt = faults
        .iter()
        .any(|field_error| name_in(field_error).starts_with("ATTACHMENTS_"));
    match config.attachments.place {
        FilesPlace::S3(_) if !in_doubt => {
            let error = Files::new(&config.attachments).open().err()?;
            Some(Chain(&error).to_string())
        }
        FilesPlace::S3(_) | FilesPlace::Folder(_) => None,
    }
}

fn bootstrap_problems(settings: &Settings) -> Vec<String> {
    let (email, password) = ("BOOTSTRAP_ADMIN_EMAIL", "BOOTSTRAP_ADMIN_PASSWORD");
    let mut faults = FieldErrors::new();
    let mut parsed = Some(());
    if !settings.get(email).is_empty() && !settings.get(password).is_empty() {
        let address = fields::email(&mut faults, email, Some(settings.get(email)));
        let secret = Password::parse(&mut faults, password, Some(settings.get(password)));
        let mut name = |name| faults.required_text(name, Some(settings.get(name)), 1, 100);
        let names = name("BOOTSTRAP_ADMIN_FIRST_NAME").zip(name("BOOTSTRAP_ADMIN_LAST_NAME"));
        parsed = address.zip(secret).zip(names).map(drop);
    }
    let faults = faults.finish(parsed).err().unwrap_or_default();
    let line = |field_error: domain::field_error::FieldError| {
        format!("{} {}", field_error.field, field_error.message)
    };
    faults.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(set: &[(&str, &str)]) -> String {
        let (settings, of_file) = Settings::gather(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        check(&settings, of_file)
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
        assert!(problems.contains("has a problem:"), "{problems}");
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
    fn an_address_that_no_driver_can_read_is_told_beside_all_else() {
        let problems = problems(&[
            ("DATABASE_URL", "postgres://me:hush@host:1x/y"),
            ("REDIS_URL", "redis://:hush@host:port"),
            ("SMTP_URL", "smtp://me:hush@host:port"),
            ("MAIL_FROM", "nobody"),
        ]);
        assert!(problems.contains("5 problem"), "{problems}");
        for name in [
            "DATABASE_URL",
            "REDIS_URL",
            "SMTP_URL",
            "MAIL_FROM",
            "JWT_SECRET",
        ] {
            assert!(problems.contains(name), "{name} is missing in: {problems}");
        }
        assert!(!problems.contains("hush"), "{problems}");
    }

    #[test]
    fn one_mistake_is_one_line() {
        for mistake in [
            [("WORKER_QUEUES", "")],
            [("ATTACHMENTS_TYPES", "")],
            [("ATTACHMENTS_URL", "https://files.example.com")],
            [("WAITING_RESOLVE_DAYS", "many")],
            [("SMTP_URL", "http://localhost")],
            [("MAIL_FROM", "")],
            [("LOG", "")],
            [("SCHEDULE_PRUNE", "")],
            [("SUPPORT_CONFIG", "/nowhere/support.toml")],
        ] {
            let problems = problems(&mistake);
            assert!(problems.contains("has a problem:"), "{problems}");
        }
        let problems = problems(&[
            ("DATABASE_URL", "mysql://me:hush@host:1x/y"),
            ("REDIS_URL", "http://localhost"),
            ("JWT_SECRET", "0123456789012345678901234567890123456789"),
        ]);
        assert!(problems.contains("2 problem"), "{problems}");
    }
}
