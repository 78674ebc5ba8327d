//! The service account of Firebase: the key file that its console makes.

use base64::{Engine, engine::general_purpose::STANDARD};
use platform::outbound::UnfitUrl;
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde::Deserialize;
use std::{fmt, fs, io, path::Path};

/// A configuration with which no message can be sent to an app. The key is not repeated.
#[derive(Debug, thiserror::Error)]
pub enum FcmSetupError {
    /// The key file cannot be read.
    #[error("FCM_SERVICE_ACCOUNT_FILE cannot be read")]
    File(#[source] io::Error),
    /// The key file is no key file of a service account.
    #[error("FCM_SERVICE_ACCOUNT_FILE must be the JSON file of a service account: {0}")]
    Account(&'static str),
    /// The address cannot be called.
    #[error("FCM_URL cannot be used: it {0}")]
    Url(#[source] UnfitUrl),
}

/// A service account.
pub(super) struct Account {
    /// The project of Firebase.
    pub project: String,
    /// The name of the account, which is an address.
    pub name: String,
    /// Where tokens are issued.
    pub token_url: String,
    key: RsaKeyPair,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(…)")
    }
}

/// The fields of the file that are used.
#[derive(Deserialize)]
struct KeyFile {
    project_id: String,
    client_email: String,
    private_key: String,
    token_uri: String,
}

impl Account {
    /// Reads the key file.
    pub fn read(path: &Path) -> Result<Self, FcmSetupError> {
        let text = fs::read_to_string(path).map_err(FcmSetupError::File)?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, FcmSetupError> {
        // The error of the parser may quote the key.
        let file: KeyFile = serde_json::from_str(text).map_err(|_| {
            FcmSetupError::Account("project_id, client_email, private_key and token_uri are needed")
        })?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if file.project_id.is_empty() || !file.project_id.bytes().all(is_plain) {
            return Err(FcmSetupError::Account("project_id is invalid"));
        }
        let der = der(&file.private_key);
        let key = der.and_then(|der| RsaKeyPair::from_pkcs8(&der).ok());
        Ok(Self {
            project: file.project_id,
            name: file.client_email,
            token_url: file.token_uri,
            key: key.ok_or(FcmSetupError::Account("private_key is no RSA key (PKCS#8)"))?,
        })
    }

    /// Signs by RS256. `None`: the system has no randomness.
    pub fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(&RSA_PKCS1_SHA256, &random, text, &mut signature)
            .ok()?;
        Some(signature)
    }
}

/// The bytes of a PEM file with one private key (RFC 7468).
fn der(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN PRIVATE KEY-----")?;
    let (body, _) = rest.split_once("-----END PRIVATE KEY-----")?;
    let letters: String = body.split_whitespace().collect();
    STANDARD.decode(letters).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_that_is_none_is_refused_and_not_repeated() {
        for (text, said) in [
            ("", "needed"),
            ("{\"private_key\": \"hush\"}", "needed"),
            (
                r#"{"project_id": "a/b", "client_email": "a", "private_key": "hush", "token_uri": "b"}"#,
                "project_id",
            ),
            (
                r#"{"project_id": "a", "client_email": "a", "private_key": "hush", "token_uri": "b"}"#,
                "private_key",
            ),
        ] {
            let error = Account::parse(text).unwrap_err().to_string();
            assert!(
                error.starts_with("FCM_SERVICE_ACCOUNT_FILE must"),
                "{error}"
            );
            assert!(error.contains(said) && !error.contains("hush"), "{error}");
        }
    }
}
