//! The layers of the settings: defaults, file, environment.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

/// The names and values of all settings.
#[derive(Clone)]
pub struct Settings {
    values: BTreeMap<String, Value>,
    file: Option<PathBuf>,
}

#[derive(Clone)]
struct Value {
    text: String,
    origin: Origin,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `config.default.toml`.
    Default,
    /// The file that `SUPPORT_CONFIG` names.
    File,
    /// The environment.
    Environment,
    /// This program, for the private servers.
    PrivateServers,
}

/// A value that differs from its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed<'a> {
    /// The name of the setting.
    pub name: &'a str,
    /// The value in force.
    pub value: &'a str,
    /// Where it comes from.
    pub origin: Origin,
    /// The default.
    pub default: String,
}

/// All problems of a configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("the configuration has a problem:")?,
            several => write!(f, "the configuration has {several} problems:")?,
        }
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    /// An error of these problems, unless there are none.
    ///
    /// # Errors
    /// There are problems.
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
    /// The file cannot be read, is not TOML, or has unknown names.
    pub fn load(environment: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let (settings, problems) = Self::gather(environment);
        ConfigError::unless_none(problems).map(|()| settings)
    }

    /// As [`Settings::load`], as far as the file can be read, with all problems of the file: for
    /// callers that have further problems to report.
    #[must_use]
    pub fn gather(environment: impl Fn(&str) -> Option<String>) -> (Self, Vec<String>) {
        let (defaults, mut problems) = flat(crate::config::DEFAULTS);
        let value = |text| Value {
            text,
            origin: Origin::Default,
        };
        let values = defaults.into_iter().map(|(name, text)| (name, value(text)));
        let mut settings = Self {
            values: values.collect(),
            file: environment("SUPPORT_CONFIG").map(PathBuf::from),
        };
        if let Some(file) = settings.file.clone() {
            problems.extend(settings.overlay_file(&file));
        }
        for (name, value) in &mut settings.values {
            if let Some(text) = environment(name) {
                let origin = Origin::Environment;
                *value = Value { text, origin };
            }
        }
        (settings, problems)
    }

    /// Overlays the values of a file, except invalid ones.
    fn overlay_file(&mut self, file: &Path) -> Vec<String> {
        let (values, mut problems) = match std::fs::read_to_string(file) {
            Ok(text) => flat(&text),
            Err(error) => (BTreeMap::new(), vec![error.to_string()]),
        };
        for (name, value) in values {
            match self.values.get_mut(&name) {
                Some(slot) => {
                    *slot = Value {
                        text: value,
                        origin: Origin::File,
                    }
                }
                None => problems.push(format!("there is no setting {name}")),
            }
        }
        let file = file.display();
        let in_file = |problem: String| format!("{file}: {problem}");
        problems.into_iter().map(in_file).collect()
    }

    /// The value of a setting; empty when it is not set.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |value| &value.text)
    }

    /// The file that `SUPPORT_CONFIG` names.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The settings whose value differs from the default, in the order of their names.
    #[must_use]
    pub fn changed(&self) -> Vec<Changed<'_>> {
        let (mut defaults, _) = flat(crate::config::DEFAULTS);
        let changed = self.values.iter().filter_map(|(name, value)| {
            let default = defaults.remove(name).unwrap_or_default();
            (default != value.text).then_some(Changed {
                name,
                value: &value.text,
                origin: value.origin,
                default,
            })
        });
        changed.collect()
    }

    /// All settings with their values.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.values.iter();
        all.map(|(name, value)| (name.as_str(), value.text.as_str()))
    }

    /// Sets a setting that has no value: used for the private servers.
    pub fn supply(&mut self, name: &str, value: impl Into<String>) {
        if self.get(name).is_empty() {
            let value = Value {
                text: value.into(),
                origin: Origin::PrivateServers,
            };
            self.values.insert(name.to_owned(), value);
        }
    }
}

/// Parses flat TOML into text values, with the problems found. No value is repeated.
fn flat(text: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut values, mut problems) = (BTreeMap::new(), Vec::new());
    let table = text.parse::<toml::Table>().unwrap_or_else(|error| {
        problems.push(error.message().to_owned());
        toml::Table::new()
    });
    for (name, value) in table {
        match plain(value) {
            Some(value) => drop(values.insert(name, value)),
            None => problems.push(format!("{name} must be text, a whole number or a flag")),
        }
    }
    (values, problems)
}

fn plain(value: toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Float(_)
        | toml::Value::Datetime(_)
        | toml::Value::Array(_)
        | toml::Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_far_as_it_can_be_and_all_that_is_wrong_with_it_is_told() {
        let file = std::env::temp_dir().join(format!("support-{}.toml", std::process::id()));
        let text = "PRT = 1\nPORT = [1]\nHOST = \"::1\"\nLOG = 0.5\nMAIL_FROM = \"a@b.c\"\n";
        std::fs::write(&file, text).unwrap();
        let environment = |name: &str| match name {
            "SUPPORT_CONFIG" => Some(file.display().to_string()),
            "MAIL_FROM" => Some("d@e.f".to_owned()),
            _ => None,
        };
        let (settings, problems) = Settings::gather(environment);
        let refused = Settings::load(environment);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(problems.len(), 3, "{problems:?}");
        for part in ["no setting PRT", "PORT must be", "LOG must be"] {
            assert!(problems.iter().any(|problem| problem.contains(part)));
        }
        assert_eq!(refused.err().unwrap().into_problems(), problems);
        let read = ["PORT", "HOST", "LOG", "MAIL_FROM"].map(|name| settings.get(name));
        assert_eq!(read, ["5000", "::1", "info", "d@e.f"]);
    }

    #[test]
    fn a_changed_value_is_told_with_its_default_and_where_it_comes_from() {
        let file = std::env::temp_dir().join(format!("support-{}-origin.toml", std::process::id()));
        std::fs::write(&file, "HOST = \"::1\"\nLOG = \"info\"\nPORT = 7\n").unwrap();
        let settings = Settings::load(|name| match name {
            "SUPPORT_CONFIG" => Some(file.display().to_string()),
            "PORT" => Some("8".to_owned()),
            // As the default.
            "REDIS_PREFIX" => Some("support".to_owned()),
            _ => None,
        });
        std::fs::remove_file(&file).unwrap();
        let settings = settings.unwrap();
        let changed = settings.changed();
        let changed: Vec<_> = changed
            .iter()
            .map(|it| (it.name, it.value, it.origin, it.default.as_str()))
            .collect();
        assert_eq!(
            changed,
            [
                ("HOST", "::1", Origin::File, "127.0.0.1"),
                ("PORT", "8", Origin::Environment, "5000"),
            ]
        );
        assert_eq!(settings.file(), Some(file.as_path()));
    }

    #[test]
    fn a_file_that_is_no_toml_or_is_not_there_is_one_problem() {
        let (settings, problems) = Settings::gather(|name| match name {
            "SUPPORT_CONFIG" => Some("/nowhere/support.toml".to_owned()),
            "PORT" => Some("70000".to_owned()),
            _ => None,
        });
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(settings.get("PORT"), "70000");
        let (values, problems) = flat("PORT = 1\nJWT_SECRET = hush\n");
        assert!(values.is_empty());
        assert_eq!(problems.len(), 1);
        assert!(!problems.concat().contains("hush"), "{problems:?}");
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
