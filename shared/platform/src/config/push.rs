//! The settings of push messages.

use crate::{
    config::{outbound::allowed, reader::Reader},
    outbound::Allowed,
};
use std::path::PathBuf;

/// Push messages.
#[derive(Debug)]
pub struct Push {
    /// Whom a push service of browsers writes to about our messages (`sub` of RFC 8292): `mailto:` or an https URL.
    pub contact: String,
    /// Push services that may be called beside public addresses. Every person can name one, so that this is not the list
    /// for webhooks, which admins name.
    pub allowed: Allowed,
    /// Firebase Cloud Messaging; `None`: apps get no push messages.
    pub fcm: Option<Fcm>,
}

/// Firebase Cloud Messaging.
#[derive(Debug)]
pub struct Fcm {
    /// The key file of the service account.
    pub account_file: PathBuf,
    /// The address of the service, without a slash at the end.
    pub url: String,
}

impl Push {
    /// Whether no push service can reach the contact: some refuse such messages, and others do not.
    #[must_use]
    pub fn has_local_contact(&self) -> bool {
        is_local(&self.contact)
    }
}

/// Reads the settings of push messages.
pub fn push(read: &mut Reader) -> Push {
    let contact = match read.text("PUSH_CONTACT") {
        // One at localhost only costs push messages, and not even all: the doctor warns of it.
        "" => format!("mailto:{}", address(read.text("MAIL_FROM"))),
        given => {
            if !is_contact(given) {
                read.problem(
                    "PUSH_CONTACT",
                    "must be mailto: and an address, or a URL that begins with https://",
                );
            } else if is_local(given) {
                read.problem(
                    "PUSH_CONTACT",
                    "must not be at localhost: push services refuse that",
                );
            }
            given.to_owned()
        }
    };
    let fcm = match read.text("FCM_SERVICE_ACCOUNT_FILE") {
        "" => None,
        file => Some(Fcm {
            account_file: PathBuf::from(file),
            url: read
                .address("FCM_URL", &["https", "http"])
                .trim_end_matches('/')
                .to_owned(),
        }),
    };
    Push {
        contact,
        allowed: allowed(read, "PUSH_ALLOWED"),
        fcm,
    }
}

/// The address in `Name <address>`.
fn address(mailbox: &str) -> &str {
    let address = mailbox.rsplit_once('<').map_or(mailbox, |(_, rest)| rest);
    address.trim_end_matches('>').trim()
}

fn is_contact(text: &str) -> bool {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"\\<>".contains(&byte));
    let is_mail = |address: &str| {
        let parts = address.split_once('@');
        parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
    };
    plain
        && (text.strip_prefix("mailto:").is_some_and(is_mail)
            || text
                .strip_prefix("https://")
                .is_some_and(|rest| !rest.is_empty()))
}

fn is_local(contact: &str) -> bool {
    let host = contact.strip_prefix("https://").map_or_else(
        || contact.rsplit_once('@').map_or("", |(_, host)| host),
        |rest| rest.split(['/', ':', '?', '#']).next().unwrap_or_default(),
    );
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || !host.contains('.') || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contact_of_a_mailbox_is_its_address() {
        for (mailbox, expected) in [
            (
                "BaiTech <support@baitech.example>",
                "support@baitech.example",
            ),
            ("support@baitech.example", "support@baitech.example"),
            ("\"A < B\" <a@b.example>", "a@b.example"),
        ] {
            assert_eq!(address(mailbox), expected);
        }
    }

    #[test]
    fn a_contact_is_an_address_or_a_page_and_a_local_one_is_found() {
        for good in ["mailto:a@b.example", "https://b.example/contact"] {
            assert!(is_contact(good) && !is_local(good), "{good}");
        }
        for bad in [
            "a@b.example",
            "mailto:",
            "mailto:@b",
            "http://b.example",
            "https://",
            "mailto:a@b\"",
        ] {
            assert!(!is_contact(bad), "{bad}");
        }
        for local in [
            "mailto:a@localhost",
            "mailto:a@LOCALHOST.",
            "https://localhost:8443/a",
            "https://support/a",
            "mailto:a@x.localhost",
        ] {
            assert!(is_local(local), "{local}");
        }
    }
}
