//! E-mail.

use crate::config::reader::Reader;
use secrecy::SecretString;
use std::{
    fmt::Display,
    num::NonZeroU32,
    path::{Path, PathBuf},
};

/// E-mail.
#[derive(Debug)]
pub struct Mail {
    /// The transport of mails.
    pub transport: MailTransport,
    /// The sender, `Name <address>`.
    pub from: String,
    /// Where bounces go; to the sender without one.
    pub bounces_to: Option<BounceAddress>,
    /// The signature of mails; `None`: they are not signed.
    pub dkim: Option<Dkim>,
    /// The most mails per minute, by all workers together: 1 to 1 000 000; `None`: no limit.
    pub per_minute: Option<NonZeroU32>,
}

/// The transport of mails.
#[derive(Debug)]
pub enum MailTransport {
    /// By SMTP: the URL is secret, as it may hold a password.
    Smtp(SecretString),
    /// Into a folder, as `.eml` files.
    Files(PathBuf),
}

/// The signature of mails (DKIM).
#[derive(Debug, Clone)]
pub struct Dkim {
    /// The file with the private key.
    pub key_file: PathBuf,
    /// The name under which the public key is published.
    pub selector: String,
    /// The domain that signs.
    pub domain: String,
}

/// The address of bounces, which takes the id of the mail into its local part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceAddress {
    local: String,
    domain: String,
}

impl BounceAddress {
    fn parse(address: &str) -> Option<Self> {
        let (local, domain) = address.split_once('@')?;
        let fits = |text: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
            !text.is_empty() && text.bytes().all(plain)
        };
        (fits(local) && fits(domain)).then(|| Self {
            local: local.to_owned(),
            domain: domain.to_owned(),
        })
    }

    /// The address for one mail.
    #[must_use]
    pub fn of(&self, id: impl Display) -> String {
        format!("{}+{id}@{}", self.local, self.domain)
    }
}

pub fn mail(read: &mut Reader, data_dir: &Path) -> Mail {
    let transport = match read.text("SMTP_URL") {
        "" => MailTransport::Files(data_dir.join("mail")),
        _ => MailTransport::Smtp(read.url("SMTP_URL", &["smtp", "smtps"]).into()),
    };
    let from = read.needed("MAIL_FROM");
    let bounces = read.text("MAIL_BOUNCES_TO").to_owned();
    let bounces_to = BounceAddress::parse(&bounces);
    if bounces_to.is_none() && !bounces.is_empty() {
        read.problem("MAIL_BOUNCES_TO", "must be an address without a name");
    }
    Mail {
        transport,
        bounces_to,
        dkim: dkim(read, &from),
        from,
        per_minute: NonZeroU32::new(read.number("EMAIL_PER_MINUTE", 0..=1_000_000)),
    }
}

fn dkim(read: &mut Reader, from: &str) -> Option<Dkim> {
    let (key_file, domain) = (read.text("DKIM_KEY_FILE"), read.text("DKIM_DOMAIN"));
    let (key_file, domain) = (key_file.to_owned(), domain.to_owned());
    let selector = read.needed("DKIM_SELECTOR");
    if key_file.is_empty() {
        return None;
    }
    let of_sender = || {
        let (_, domain) = from.trim_end_matches('>').rsplit_once('@')?;
        Some(domain.to_owned())
    };
    Some(Dkim {
        key_file: key_file.into(),
        selector,
        domain: Some(domain)
            .filter(|domain| !domain.is_empty())
            .or_else(of_sender)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounce_names_the_mail_in_the_local_part_of_its_address() {
        let address = BounceAddress::parse("bounces@example.com").unwrap();
        assert_eq!(address.of("0199"), "bounces+0199@example.com");
        for bad in [
            "bounces",
            "@example.com",
            "a@",
            "Bounces <a@example.com>",
            "a b@c",
        ] {
            assert_eq!(BounceAddress::parse(bad), None, "{bad}");
        }
    }
}
