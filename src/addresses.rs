//! URLs of servers among the settings: whether their drivers can parse them, and how they are printed.
//! They may hold passwords, which no message and no log line repeats.

use platform::config::{Config, Settings};
use secrecy::ExposeSecret;
use sqlx::postgres::PgConnectOptions;

/// The problems of the URLs that are set. The driver's own error is left out: it quotes the URL.
pub(crate) fn problems(settings: &Settings) -> Vec<String> {
    let mut problems = Vec::new();
    let (database, redis) = (settings.get("DATABASE_URL"), settings.get("REDIS_URL"));
    if !database.is_empty() && database.parse::<PgConnectOptions>().is_err() {
        problems.push(
            "DATABASE_URL must be postgres://user:password@host:port/name, with ?sslmode= and one of disable, \
             allow, prefer, require, verify-ca and verify-full, where it is needed; of a user and a password all \
             but letters and digits is written as %XX"
                .to_owned(),
        );
    }
    if !redis.is_empty() && redis::Client::open(redis).is_err() {
        problems.push(
            "REDIS_URL must be redis://user:password@host:port/number, rediss:// likewise, or redis+unix:///path; \
             of a user and a password all but letters and digits is written as %XX"
                .to_owned(),
        );
    }
    problems
}

/// The query parameters that the PostgreSQL driver reads, besides `options[…]`.
const PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Warns about parameters without effect. The driver's own warning may quote a password, so that the
/// log filter drops it (`shared/platform/src/telemetry.rs`).
pub(crate) fn warn(config: &Config) {
    if has_unknown_parameter(config.database.url.expose_secret()) {
        tracing::warn!(
            "DATABASE_URL has parameters that are not known and have no effect; known are {}",
            PARAMETERS.join(", ")
        );
    }
}

fn has_unknown_parameter(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    let mut names = query
        .split('&')
        .map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    names.any(|name| {
        let is_option = name.starts_with("options[") || name.starts_with("options%5B");
        !(name.is_empty() || is_option || PARAMETERS.contains(&name))
    })
}

/// A URL with user, password and secret query parameters masked. Other text is returned unchanged.
pub(crate) fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, Some(query)),
        None => (rest, None),
    };
    // Either a part of a value or the end of a password with a `?`: mask both.
    if query.is_some_and(|query| query.contains('@')) {
        return format!("{scheme}://***");
    }
    let place = match place.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => place.to_owned(),
    };
    match query {
        Some(query) => format!("{scheme}://{place}?{}", without_secrets(query)),
        None => format!("{scheme}://{place}"),
    }
}

fn without_secrets(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}=***"),
        Some(_) | None => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Whether a parameter's name suggests a secret. A name with `%XX` may be any name, so it counts.
fn is_secret(name: &str) -> bool {
    const SECRETS: [&str; 7] = [
        "pass",
        "pwd",
        "token",
        "key",
        "secret",
        "credential",
        "signature",
    ];
    let name = name.to_ascii_lowercase();
    name.contains('%') || SECRETS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(database: &str, redis: &str) -> Vec<String> {
        let settings = Settings::load(|name| match name {
            "DATABASE_URL" => Some(database.to_owned()),
            "REDIS_URL" => Some(redis.to_owned()),
            _ => None,
        });
        problems(&settings.unwrap())
    }

    #[test]
    fn an_address_that_its_driver_cannot_read_is_told_without_repeating_it() {
        let (database, redis) = ("postgres://localhost/x", "redis://localhost");
        assert_eq!(problems_of(database, redis), [""; 0]);
        for bad in [
            "postgres://me:hush@host:1x/y",
            "postgres://me:hush#1@host/y",
            "postgres://host/y?password=hush&sslmode=bogus",
            "postgres://host/y?password=hush&port=many",
        ] {
            let problems = problems_of(bad, redis);
            assert_eq!(problems.len(), 1, "{bad}");
            assert!(problems[0].starts_with("DATABASE_URL "), "{problems:?}");
            assert!(!problems[0].contains("hush"), "{problems:?}");
        }
        for bad in [
            "redis://:hush@host:port",
            "redis://:hush@host/none",
            "redis://:hush@host/0?protocol=hush",
            "redis+unix:///run/redis.sock?pass=hush&db=none",
        ] {
            let problems = problems_of(database, bad);
            assert_eq!(problems.len(), 1, "{bad}");
            assert!(problems[0].starts_with("REDIS_URL "), "{problems:?}");
            assert!(!problems[0].contains("hush"), "{problems:?}");
        }
    }

    #[test]
    fn parameters_that_the_driver_ignores_are_noticed() {
        for fine in [
            "postgres://host/y",
            "postgres:///y?host=/run&sslmode=disable&options[jit]=off#",
        ] {
            assert!(!has_unknown_parameter(fine), "{fine}");
        }
        for odd in [
            "postgres://host/y?sslmod=require",
            "postgres://host/y?sslmode=require&sslpassword=hush",
        ] {
            assert!(has_unknown_parameter(odd), "{odd}");
        }
    }

    #[test]
    fn users_and_passwords_are_masked_and_so_is_what_is_secret_in_a_query() {
        for (url, shown) in [
            (
                "smtp://me:p@ss@mail.example.com:587?tls=required",
                "smtp://***@mail.example.com:587?tls=required",
            ),
            (
                "postgres://h/db?user=u&password=HUSH&sslmode=require&SSLPassword=HUSH",
                "postgres://h/db?user=u&password=***&sslmode=require&SSLPassword=***",
            ),
            (
                "postgres://u:HUSH@h/db?sslkey=HUSH&pass%77ord=HUSH",
                "postgres://***@h/db?sslkey=***&pass%77ord=***",
            ),
            (
                "redis+unix:///run/redis.sock?db=1&pass=HUSH",
                "redis+unix:///run/redis.sock?db=1&pass=***",
            ),
            (
                "https://id.example.com/keys?access_token=HUSH&client_secret=HUSH",
                "https://id.example.com/keys?access_token=***&client_secret=***",
            ),
            ("postgres://h/db?password=a@HUSH", "postgres://***"),
            ("smtp://me:HU?SH@mail.example.com", "smtp://***"),
            ("smtp://me:HU/SH@host", "smtp://***@host"),
            ("redis://localhost", "redis://localhost"),
            ("A <a@b.c>", "A <a@b.c>"),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
    }
}
