//! The layers that a setting is taken from, and a reader that gathers every problem.

use crate::fault::UnknownWord;
use chrono::TimeDelta;
use std::{
    collections::BTreeMap, fmt, ops::RangeInclusive, path::Path, str::FromStr, time::Duration,
};

/// Names and values, from three layers: defaults, file, environment.
#[derive(Clone)]
pub struct Settings(BTreeMap<String, String>);

/// What is wrong with the configuration: all of it.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has {} problem(s):", self.0.len())?;
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    /// These problems, if there are any.
    ///
    /// # Errors
    /// There are.
    pub fn unless_none(problems: Vec<String>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self(problems))
        }
    }

    /// One line for each problem.
    #[must_use]
    pub fn into_problems(self) -> Vec<String> {
        self.0
    }
}

impl Settings {
    /// The defaults, overlaid by the file that `SUPPORT_CONFIG` names and by the environment.
    ///
    /// # Errors
    /// The file cannot be read, is not TOML, or has names that do not exist.
    pub fn load(environment: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut settings =
            Self(flat(super::DEFAULTS).map_err(|problem| ConfigError(vec![problem]))?);
        if let Some(file) = environment("SUPPORT_CONFIG") {
            settings.overlay_file(Path::new(&file))?;
        }
        for (name, value) in &mut settings.0 {
            if let Some(set) = environment(name) {
                *value = set;
            }
        }
        Ok(settings)
    }

    fn overlay_file(&mut self, file: &Path) -> Result<(), ConfigError> {
        let fail = |problem: String| ConfigError(vec![format!("{}: {problem}", file.display())]);
        let text = std::fs::read_to_string(file).map_err(|error| fail(error.to_string()))?;
        let mut unknown = Vec::new();
        for (name, value) in flat(&text).map_err(fail)? {
            match self.0.get_mut(&name) {
                Some(slot) => *slot = value,
                None => unknown.push(format!("{}: there is no setting {name}", file.display())),
            }
        }
        ConfigError::unless_none(unknown)
    }

    /// The value of a setting; empty when it is not set.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Gives a setting a value unless it has one: what the private servers supply.
    pub fn supply(&mut self, name: &str, value: impl Into<String>) {
        if self.get(name).is_empty() {
            self.0.insert(name.to_owned(), value.into());
        }
    }
}

/// TOML of plain names and values, as text.
fn flat(text: &str) -> Result<BTreeMap<String, String>, String> {
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| error.message().to_owned())?;
    table
        .into_iter()
        .map(|(name, value)| match value {
            toml::Value::String(text) => Ok((name, text)),
            toml::Value::Integer(number) => Ok((name, number.to_string())),
            toml::Value::Boolean(flag) => Ok((name, flag.to_string())),
            toml::Value::Float(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_)
            | toml::Value::Table(_) => {
                Err(format!("{name} must be text, a whole number or a flag"))
            }
        })
        .collect()
}

/// Takes settings out one by one. A value at fault is replaced by something of its type, the
/// fault is kept, and [`Reader::finish`] lets nothing through then.
pub(super) struct Reader<'a> {
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

    pub fn fault(&mut self, name: &str, problem: impl fmt::Display) {
        self.faults.push(format!("{name} {problem}"));
    }

    pub fn text(&self, name: &str) -> &'a str {
        self.settings.get(name)
    }

    pub fn needed(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.is_empty() {
            self.fault(name, "must be set");
        }
        text.to_owned()
    }

    pub fn parsed<T: FromStr>(&mut self, name: &str, instead: T, what: &str) -> T {
        self.text(name).parse().unwrap_or_else(|_| {
            self.fault(name, format_args!("must be {what}"));
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
                self.fault(
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
                self.fault(name, unknown);
                instead
            })
    }

    /// A URL of one of these schemes. Its text is not repeated in the fault: it may hold a password.
    pub fn url(&mut self, name: &str, schemes: &[&str]) -> String {
        let url = self.needed(name);
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        if !url.is_empty() && !scheme.is_some_and(|scheme| schemes.contains(&scheme)) {
            self.fault(
                name,
                format_args!(
                    "must be a URL that begins with {}://",
                    schemes.join(":// or ")
                ),
            );
        }
        url
    }

    pub fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        ConfigError::unless_none(self.faults).map(|()| value)
    }
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
    fn every_setting_is_explained_by_a_comment() {
        let mut explained = false;
        for line in crate::config::DEFAULTS.lines() {
            match line.chars().next() {
                None => explained = false,
                Some('#') => explained = !line.starts_with("# ---"),
                Some(_) => assert!(explained, "{line}"),
            }
        }
    }
}
