//! Secrets of examples are problems, other values are not.

use super::*;

fn problems_of(name: &str, value: &str) -> Vec<String> {
    let value = |known: &str| (known == name).then(|| value.to_owned());
    problems(&Settings::load(value).unwrap())
}

#[test]
fn a_secret_of_an_example_is_a_problem_of_its_setting() {
    for (name, value) in [
        (
            "JWT_SECRET",
            "at least 32 random characters, from openssl rand -hex 32",
        ),
        (
            "JWT_SECRET_PREVIOUS",
            "CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME",
        ),
        ("JWT_SECRET", "your-secret-key-that-is-long-enough-for-it"),
        ("METRICS_TOKEN", "at least 16 random characters"),
        ("BOOTSTRAP_ADMIN_PASSWORD", "changeme123"),
        ("ATTACHMENTS_S3_ACCESS_KEY", "change-me"),
        ("ATTACHMENTS_S3_SECRET_KEY", "<replace me>"),
        (
            "DATABASE_URL",
            "postgres://support:change-me@db.example.com:5432/support",
        ),
        (
            "DATABASE_URL",
            "postgres://db.example.com/support?password=changeme",
        ),
        ("REDIS_URL", "rediss://:change-me@redis.example.com:6379"),
        ("SMTP_URL", "smtp://support:ChangeMe!@mail.example.com:587"),
    ] {
        let problems = problems_of(name, value);
        assert_eq!(problems.len(), 1, "{name} {value}");
        assert!(problems.concat().starts_with(&format!("{name} ")));
        assert!(!problems.concat().contains(value));
    }
}

#[test]
fn other_values_are_no_problem() {
    for (name, value) in [
        ("JWT_SECRET", "a secret for tests that is long enough"),
        (
            "JWT_SECRET",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ),
        (
            "DATABASE_URL",
            "postgres://support:support@postgres:5432/support",
        ),
        ("DATABASE_URL", "postgres://changeme.example.com/support"),
        ("MAIL_FROM", "Change me <support@example.com>"),
    ] {
        assert_eq!(problems_of(name, value), [""; 0], "{name}");
    }
    let defaults = Settings::load(|_| None).unwrap();
    assert_eq!(problems(&defaults), [""; 0]);
}
