//! Reads settings one by one, and collects all problems.

use crate::config::Settings;
use chrono::TimeDelta;
use domain::field_error::UnknownWord;
use std::{fmt, ops::RangeInclusive, str::FromStr, time::Duration};

/// A reader of settings. An invalid value is replaced by a value of its type, and its problem is
/// kept for [`Reader::problems`].
pub struct Reader<'a> {
    settings: &'a Settings,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    /// A reader of these settings.
    pub fn new(settings: &'a Settings) -> Self {
        Self {
            settings,
            problems: Vec::new(),
        }
    }

    /// Adds a problem of a setting.
    pub fn problem(&mut self, name: &str, problem: impl fmt::Display) {
        self.problems.push(format!("{name} {problem}"));
    }

    /// The value of a setting; empty when it is not set.
    pub fn text(&self, name: &str) -> &'a str {
        self.settings.get(name)
    }

    /// The value of a setting that has to be set.
    pub fn needed(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.is_empty() {
            self.problem(name, "must be set");
        }
        text.to_owned()
    }

    /// The parts of a setting that has to be set, separated by commas.
    pub fn parts(&mut self, name: &str) -> Vec<&'a str> {
        if self.needed(name).is_empty() {
            return Vec::new();
        }
        self.text(name).split(',').map(str::trim).collect()
    }

    /// A parsed value. `instead` replaces an invalid one; `what` names the form for the problem.
    pub fn parsed<T: FromStr>(&mut self, name: &str, instead: T, what: &str) -> T {
        self.text(name).parse().unwrap_or_else(|_| {
            self.problem(name, format_args!("must be {what}"));
            instead
        })
    }

    /// A whole number in `range`; zero replaces an invalid one.
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
                self.problem(
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

    /// A number of seconds in `range`.
    pub fn seconds(&mut self, name: &str, range: RangeInclusive<u32>) -> Duration {
        Duration::from_secs(u64::from(self.number::<u32>(name, range)))
    }

    /// A number of days, 1 to 3650.
    pub fn days(&mut self, name: &str) -> TimeDelta {
        TimeDelta::days(i64::from(self.number::<u32>(name, 1..=3_650)))
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str) -> bool {
        self.parsed(name, false, "true or false")
    }

    /// A word of an enum.
    pub fn word<T: FromStr<Err = UnknownWord>>(&mut self, name: &str, instead: T) -> T {
        self.text(name)
            .parse()
            .unwrap_or_else(|unknown: UnknownWord| {
                self.problem(name, unknown);
                instead
            })
    }

    /// A URL with one of these schemes. The problem does not repeat it: it may hold a password.
    pub fn url(&mut self, name: &str, schemes: &[&str]) -> String {
        let url = self.needed(name);
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        if !url.is_empty() && !scheme.is_some_and(|scheme| schemes.contains(&scheme)) {
            self.problem(
                name,
                format_args!(
                    "must be a URL that begins with {}://",
                    schemes.join(":// or ")
                ),
            );
        }
        url
    }

    /// A URL with one of these schemes that this program calls by HTTP, unless it names a file.
    pub fn address(&mut self, name: &str, schemes: &[&str]) -> String {
        let url = self.url(name, schemes);
        let by_http = url.starts_with("https://") || url.starts_with("http://");
        if by_http && !can_be_called(&url) {
            self.problem(
                name,
                "must be a URL of a host, a port that is a number, and a path of plain characters",
            );
        }
        url
    }

    /// The problems found so far.
    pub fn problems(self) -> Vec<String> {
        self.problems
    }
}

fn can_be_called(url: &str) -> bool {
    let Ok(uri) = url.parse::<hyper::Uri>() else {
        return false;
    };
    // The parser accepts any text as a port, and ignores it.
    uri.authority().is_some_and(|authority| {
        let address = authority.as_str().rsplit('@').next();
        address == Some(authority.host()) || authority.port_u16().is_some()
    })
}

#[cfg(test)]
mod tests;
