//! The mail server that `SMTP_URL` names, and how to connect to it.

use super::MailSetupError;
use lettre::transport::smtp::{
    Error, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT,
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, Tls, TlsParameters},
    extension::ClientId,
};
use percent_encoding::percent_decode_str;
use std::time::Duration;
use url::Url;

/// A connection on which a mail can begin.
pub(super) type Connection = AsyncSmtpConnection;

/// A mail server.
pub(super) struct Server {
    host: String,
    port: u16,
    hello: ClientId,
    tls: Tls,
    credentials: Option<Credentials>,
}

impl Server {
    /// Parses `smtp://user:password@host:port` with `?tls=required`, with `?tls=opportunistic` or
    /// without, or `smtps://`. A path is the name for EHLO.
    ///
    /// # Errors
    /// The URL is not of this form.
    pub fn parse(url: &str) -> Result<Self, MailSetupError> {
        let url = Url::parse(url).map_err(problem)?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| problem("it names no host"))?
            .to_owned();
        let parameters = || TlsParameters::new(host.clone()).map_err(problem);
        let tls = url.query_pairs().find(|(name, _)| name == "tls");
        let tls = tls.map(|(_, tls)| tls.into_owned());
        let (tls, port) = match (url.scheme(), tls.as_deref()) {
            ("smtp", None) => (Tls::None, SMTP_PORT),
            ("smtp", Some("required")) => (Tls::Required(parameters()?), SUBMISSION_PORT),
            ("smtp", Some("opportunistic")) => (Tls::Opportunistic(parameters()?), SUBMISSION_PORT),
            ("smtps", _) => (Tls::Wrapper(parameters()?), SUBMISSIONS_PORT),
            (_, _) => return Err(problem("it has another scheme, or another word for tls")),
        };
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        Ok(Self {
            port: url.port().unwrap_or(port),
            credentials: credentials(&url)?,
            host,
            hello,
            tls,
        })
    }

    /// Connects, greets and logs in. `limit` is the time limit of connecting to one address.
    ///
    /// # Errors
    /// The server is unreachable, or rejects the connection or the login.
    pub async fn connect(&self, limit: Duration) -> Result<Connection, Error> {
        let wrapped = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            Tls::None | Tls::Opportunistic(_) | Tls::Required(_) => None,
        };
        let address = (self.host.trim_matches(['[', ']']), self.port);
        let mut connection =
            Connection::connect_tokio1(address, Some(limit), &self.hello, wrapped, None).await?;
        match &self.tls {
            Tls::Opportunistic(parameters) if connection.can_starttls() => {
                connection.starttls(parameters.clone(), &self.hello).await?;
            }
            Tls::Required(parameters) => {
                connection.starttls(parameters.clone(), &self.hello).await?;
            }
            Tls::None | Tls::Opportunistic(_) | Tls::Wrapper(_) => {}
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, MailSetupError> {
    let decode = |text| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(String::from).map_err(problem)
    };
    let Some(password) = url.password() else {
        return Ok(None);
    };
    let (user, password) = (decode(url.username())?, decode(password)?);
    Ok(Some(Credentials::new(user, password)))
}

/// The error for a URL, without the URL itself.
fn problem(what: impl std::fmt::Display) -> MailSetupError {
    MailSetupError::Url(format!("{what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_cannot_be_used_is_explained_without_its_password() {
        for url in [
            "smtp://user:hidden@host:port",
            "smtp://user:hidden@",
            "smtp://user:hidden@host?tls=perhaps",
            "smtp://user:hidden%FF@host",
        ] {
            let Err(problem) = Server::parse(url) else {
                panic!("{url} is taken");
            };
            let problem = format!("{problem} {problem:?}");
            assert!(problem.contains("SMTP_URL"), "{problem}");
            assert!(!problem.contains("hidden"), "{problem}");
        }
    }

    #[test]
    fn the_port_follows_the_encryption_unless_it_is_named() {
        for (url, port) in [
            ("smtp://mail.example.org", 25),
            ("smtp://mail.example.org:1025", 1025),
            ("smtp://a%40b:c@mail.example.org?tls=required", 587),
            ("smtp://mail.example.org?tls=opportunistic", 587),
            ("smtps://mail.example.org/greeted.example.org", 465),
        ] {
            assert_eq!(Server::parse(url).unwrap().port, port, "{url}");
        }
    }
}
