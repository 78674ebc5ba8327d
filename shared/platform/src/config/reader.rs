//! Takes settings out one by one, and gathers every problem on the way.

use crate::config::Settings;
use chrono::TimeDelta;
use domain::field_error::UnknownWord;
use std::{fmt, ops::RangeInclusive, str::FromStr, time::Duration};

/// A reader of settings. A value at fault is replaced by something of its type, and the fault is kept
/// for [`Reader::faults`].
pub struct Reader<'a> {
    settings: &'a Settings,
    faults: Vec<String>,
}

impl<'a> Reader<'a> {
    pub fn new(settings: &'a Settings) -> Self {
        Self {
            settings,
            faults: Vec::new(),
        }
    }

    pub fn field_error(&mut self, name: &str, problem: impl fmt::Display) {
        self.faults.push(format!("{name} {problem}"));
    }

    pub fn text(&self, name: &str) -> &'a str {
        self.settings.get(name)
    }

    pub fn needed(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.is_empty() {
            self.field_error(name, "must be set");
        }
        text.to_owned()
    }

    /// The parts of a setting that has to have some, separated by commas.
    pub fn parts(&mut self, name: &str) -> Vec<&'a str> {
        if self.needed(name).is_empty() {
            return Vec::new();
        }
        self.text(name).split(',').map(str::trim).collect()
    }

    pub fn parsed<T: FromStr>(&mut self, name: &str, instead: T, what: &str) -> T {
        self.text(name).parse().unwrap_or_else(|_| {
            self.field_error(name, format_args!("must be {what}"));
            instead
        })
    }

    pub fn number<T>(&mut self, name: &str, range: RangeInclusive<u32>) -> T
    where
        T: TryFrom<u32> + Default,
    {
        let number = self
            .text(name)
            .parse()
            .ok()
            .filter(|number| range.contains(number));
        number
            .and_then(|number| T::try_from(number).ok())
            .unwrap_or_else(|| {
                self.field_error(
                    name,
                    format_args!(
                        "must be a whole number of {} to {}",
                        range.start(),
                        range.end()
                    ),
                );
                T::default()
            })
    }

    pub fn seconds(&mut self, name: &str, range: RangeInclusive<u32>) -> Duration {
        Duration::from_secs(u64::from(self.number::<u32>(name, range)))
    }

    pub fn days(&mut self, name: &str) -> TimeDelta {
        TimeDelta::days(i64::from(self.number::<u32>(name, 1..=3_650)))
    }

    pub fn flag(&mut self, name: &str) -> bool {
        self.parsed(name, false, "true or false")
    }

    pub fn word<T: FromStr<Err = UnknownWord>>(&mut self, name: &str, instead: T) -> T {
        self.text(name)
            .parse()
            .unwrap_or_else(|unknown: UnknownWord| {
                self.field_error(name, unknown);
                instead
            })
    }

    /// A URL of one of these schemes. Its text is not repeated in the fault: it may hold a password.
    pub fn url(&mut self, name: &str, schemes: &[&str]) -> String {
        let url = self.needed(name);
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        if !url.is_empty() && !scheme.is_some_and(|scheme| schemes.contains(&scheme)) {
            self.field_error(
                name,
                format_args!(
                    "must be a URL that begins with {}://",
                    schemes.join(":// or ")
                ),
            );
        }
        url
    }

    /// The same of one that this program calls by HTTP, in so far as it is no file.
    pub fn address(&mut self, name: &str, schemes: &[&str]) -> String {
        let url = self.url(name, schemes);
        let by_http = url.starts_with("https://") || url.starts_with("http://");
        if by_http && !can_be_called(&url) {
            self.field_error(
                name,
                "must be a URL of a host, a port that is a number, and a path of plain characters",
            );
        }
        url
    }

    pub fn faults(self) -> Vec<String> {
        self.faults
    }
}

fn can_be_called(url: &str) -> bool {
    let Ok(uri) = url.parse::<hyper::Uri>() else {
        return false;
    };
    // Any word would do for a port, and not be used.
    uri.authority().is_some_and(|authority| {
        let place = authority.as_str().rsplit('@').next();
        place == Some(authority.host()) || authority.port_u16().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn environment(
        set: &'static [(&'static str, &'static str)],
    ) -> impl Fn(&str) -> Option<String> {
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
        assert_eq!(config.jobs.queues.len(), 5);
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

    /// What is wrong with a configuration that is right but for this setting.
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
}
