//! A new password. Pure.

use crate::field_error::FieldErrors;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;

const CHARACTERS: std::ops::RangeInclusive<usize> = 10..=128;

/// A hash that no password has, of the same cost as other hashes. It is verified for unknown addresses,
/// so that these take as long as known ones.
pub const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password of a valid length. `Debug` does not show its text.
#[derive(Debug)]
pub struct Password(SecretString);

impl Password {
    /// A password of 10 to 128 characters.
    pub fn parse(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<Self> {
        let text = errors.required_text(field, text, *CHARACTERS.start(), *CHARACTERS.end())?;
        Some(Self(text.into()))
    }

    /// A random password that nobody knows.
    #[must_use]
    pub fn unknown(chance: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(chance).into())
    }

    /// The text, to be hashed.
    #[must_use]
    pub const fn secret(&self) -> &SecretString {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<Password> {
        Password::parse(&mut FieldErrors::new(), "password", Some(text))
    }

    #[test]
    fn a_password_has_10_to_128_characters_whatever_their_bytes() {
        assert!(parsed("123456789").is_none());
        assert!(parsed("äöüäöüäöüä").is_some());
        assert!(parsed(&"ß".repeat(128)).is_some());
        assert!(parsed(&"x".repeat(129)).is_none());
    }

    #[test]
    fn a_password_is_not_shown() {
        assert!(!format!("{:?}", parsed("SecurePass123!")).contains("Secure"));
    }
}
