//! Detects secrets that were copied from an example. Pure.

use crate::config::Settings;

/// Parts of such values, reduced to letters and digits.
const WORDS: [&str; 16] = [
    "atleast16randomcharacters",
    "atleast32randomcharacters",
    "changeit",
    "changeme",
    "changethis",
    "examplesecret",
    "insertyour",
    "opensslrandhex",
    "placeholder",
    "putyour",
    "replaceme",
    "replacethis",
    "replacewith",
    "yourpassword",
    "yoursecret",
    "yourtoken",
];

/// A problem for each secret of an example. No value is repeated.
pub fn problems(settings: &Settings) -> Vec<String> {
    let left = settings.all().filter(|(name, value)| {
        let secret = if is_secret(name) {
            Some(*value)
        } else {
            credentials(value)
        };
        secret.is_some_and(is_placeholder)
    });
    let problem = |(name, _)| format!("{name} has the secret of an example: set one of your own");
    left.map(problem).collect()
}

fn is_secret(name: &str) -> bool {
    let parts = ["SECRET", "PASSWORD", "TOKEN", "ACCESS_KEY"];
    parts.iter().any(|part| name.contains(part))
}

/// The part of a URL that may hold a password: before its host, or its query.
fn credentials(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    match rest.split_once('@') {
        Some((user, _)) if !user.contains(['/', '?']) => user.split_once(':').map(|user| user.1),
        _ => rest.split_once('?').map(|(_, query)| query),
    }
}

fn is_placeholder(secret: &str) -> bool {
    let plain: String = secret
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    WORDS.iter().any(|word| plain.contains(word))
}

#[cfg(test)]
mod tests;
