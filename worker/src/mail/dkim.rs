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

/// The headers that are signed, also where a mail has none of them, so that nobody can add one: those of RFC 6376, section
/// 5.4.1, and of RFC 8058, section 4. A mail server may rewrite others, such as Message-ID.
const SIGNED: &[&str] = &[
    "From",
    "Reply-To",
    "Subject",
    "Date",
    "To",
    "Cc",
    "In-Reply-To",
    "References",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// The key of the signatures, and who signs.
pub struct Signature(DkimConfig);

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
        Self::with_key(&key, dkim).map_err(unreadable)
    }

    /// With a key in PEM (PKCS#1).
    pub(super) fn with_key(key: &str, dkim: &Dkim) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let key = DkimSigningKey::new(key, DkimSigningAlgorithm::Rsa)?;
        let headers = SIGNED
            .iter()
            .map(|name| HeaderName::new_from_ascii_str(name))
            .collect();
        let relaxed = DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        };
        let (selector, domain) = (dkim.selector.clone(), dkim.domain.clone());
        Ok(Self(DkimConfig::new(
            selector, domain, key, headers, relaxed,
        )))
    }

    /// Signs a mail.
    pub(super) fn sign(&self, mail: &mut Message) {
        mail.sign(&self.0);
    }
}
