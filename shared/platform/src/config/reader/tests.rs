//! The defaults are a configuration, and every problem is in one message.

use super::*;
use crate::config::Config;

fn environment(set: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
    move |name| {
        set.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    }
}

const ENOUGH: &[(&str, &str)] = &[
    ("DATABASE_URL", "postgres://localhost/x"),
    ("REDIS_URL", "redis://localhost"),
    ("JWT_SECRET", "0123456789012345678901234567890123456789"),
];

#[test]
fn the_defaults_and_three_settings_are_a_whole_configuration() {
    let config = Config::read(&Settings::load(environment(ENOUGH)).unwrap()).unwrap();
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:5000");
    assert_eq!(config.http.public_url, "http://127.0.0.1:5000");
    assert_eq!(config.jobs.queues.len(), 8);
}

#[test]
fn every_problem_is_in_one_message() {
    let settings = Settings::load(environment(&[
        ("PORT", "70000"),
        ("DATABASE_URL", "mysql://user:hidden@host/x"),
        ("JWT_SECRET", "short"),
        ("WORKER_QUEUES", "email:8,nonsense,email:1"),
        ("BOOTSTRAP_ADMIN_EMAIL", "a@b.c"),
    ]))
    .unwrap();
    let problems = Config::read(&settings).unwrap_err().to_string();
    for part in [
        "PORT",
        "DATABASE_URL",
        "REDIS_URL",
        "JWT_SECRET",
        "nonsense",
        "twice",
        "BOOTSTRAP",
    ] {
        assert!(problems.contains(part), "{part} is missing in: {problems}");
    }
    assert!(
        !problems.contains("hidden"),
        "a password got into: {problems}"
    );
}

#[test]
fn what_is_called_has_to_be_callable() {
    for wrong in ["http://collector:port", "http://collector 4318", "http://"] {
        let problems = problems_with("OTEL_EXPORTER_OTLP_ENDPOINT", wrong);
        assert_eq!(problems.len(), 1, "{wrong}: {problems:?}");
    }
    let right = "https://collector.example.com:4318/otlp";
    let problems = problems_with("OTEL_EXPORTER_OTLP_ENDPOINT", right);
    assert_eq!(problems, [""; 0]);
}

/// The problems of a valid configuration with this value of a setting.
fn problems_with(setting: &str, value: &str) -> Vec<String> {
    let settings = Settings::load(|name| {
        let given = (name == setting).then(|| value.to_owned());
        given.or_else(|| environment(ENOUGH)(name))
    });
    let (_, problems) = Config::gather(&settings.unwrap());
    problems
}

#[test]
fn one_mistake_is_one_problem() {
    for (setting, value) in [
        ("WORKER_QUEUES", ""),
        ("WORKER_QUEUES", "email:8,"),
        ("ATTACHMENTS_TYPES", ""),
        ("ATTACHMENTS_URL", "https://files.example.com"),
        ("WAITING_RESOLVE_DAYS", "many"),
        ("WAITING_REMINDER_DAYS", "many"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector"),
    ] {
        let problems = problems_with(setting, value);
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}
