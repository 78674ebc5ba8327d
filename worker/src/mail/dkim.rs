//! Signs mails (DKIM, RFC 6376), so that receivers know who sent them, and believe the headers by which a reader refuses
//! such mails: RFC 8058 requires that the signature covers these.

use super::MailSetupError;
use lettre::{
    Message,
    message::{
        dkim::{
            DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm,
            DkimSigningKey,
        },
        header::HeaderName,
    },
};
use platform::config::Dkim;
use std::{error::Error, fmt, fs};

/// The headers that are signed, where a mail has them: those of RFC 6376, section 5.4.1, and of RFC 8058, section 4.
const SIGNED: &[&str] = &[
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// The key of the signatures, and who signs.
pub struct Signature {
    selector: String,
    domain: String,
    key: String,
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").finish_non_exhaustive()
    }
}

impl Signature {
    /// Reads the key.
    ///
    /// # Errors
    /// There is no such file, or no key in it.
    pub fn read(dkim: &Dkim) -> Result<Self, MailSetupError> {
        let unreadable = |error: Box<dyn Error + Send + Sync>| MailSetupError::Dkim(error);
        let key = fs::read_to_string(&dkim.key_file).map_err(|error| unreadable(error.into()))?;
        signing_key(&key).map_err(|error| unreadable(error.into()))?;
        Ok(Self {
            selector: dkim.selector.clone(),
            domain: dkim.domain.clone(),
            key,
        })
    }

    /// Signs a mail.
    pub(super) fn sign(&self, mail: &mut Message) {
        let Ok(key) = signing_key(&self.key) else {
            return;
        };
        let headers = SIGNED
            .iter()
            .filter(|name| mail.headers().get_raw(name).is_some())
            .map(|name| HeaderName::new_from_ascii_str(name))
            .collect();
        let relaxed = DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        };
        let (selector, domain) = (self.selector.clone(), self.domain.clone());
        let config = DkimConfig::new(selector, domain, key, headers, relaxed);
        mail.sign(&config);
    }
}

fn signing_key(pem: &str) -> Result<DkimSigningKey, lettre::message::dkim::DkimSigningKeyError> {
    DkimSigningKey::new(pem, DkimSigningAlgorithm::Rsa)
}
