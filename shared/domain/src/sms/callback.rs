//! The addresses that providers call with their delivery reports. Pure.
//!
//! Twilio gets an address for each message and signs its calls. Africa's Talking has one address for all and signs
//! nothing: a keyed hash of 256 bits in the path is what others do not know. It is derived from the secret of the
//! installation and stored nowhere.

use crate::keyed;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac;
use secrecy::SecretString;
use uuid::Uuid;

/// Where Twilio reports; our id of the message follows.
pub const TWILIO_REPORTS: &str = "/api/v1/notifications/sms/twilio/";
/// Where Africa's Talking reports; the token follows.
pub const AFRICAS_TALKING_REPORTS: &str = "/api/v1/notifications/sms/africas-talking/";

const PURPOSE: &[u8] = b"sms reports";
const CLAIM: &[u8] = b"africas_talking";

/// The address for Twilio's reports of a message, by the id of the notification or the digest.
#[must_use]
pub fn twilio_report_url(public_url: &str, id: Uuid) -> String {
    format!("{public_url}{TWILIO_REPORTS}{id}")
}

/// The token in the address for the reports of Africa's Talking.
#[must_use]
pub fn report_token(secret: &SecretString) -> String {
    let tag = keyed::mac(secret, PURPOSE, CLAIM).finalize();
    URL_SAFE_NO_PAD.encode(tag.into_bytes())
}

/// Whether a text is the token of one of these secrets: there are two while the secret is being changed.
#[must_use]
pub fn is_report_token(secrets: &[&SecretString], text: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else {
        return false;
    };
    // In constant time: how much of a guess was right must not show.
    secrets.iter().any(|secret| {
        keyed::mac(secret, PURPOSE, CLAIM)
            .verify_slice(&bytes)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        text.into()
    }

    #[test]
    fn the_token_is_that_of_the_secret_alone() {
        let (now, before) = (secret("the present secret"), secret("the previous secret"));
        let token = report_token(&now);
        assert_eq!(token.len(), 43);
        assert!(is_report_token(&[&now], &token));
        assert!(is_report_token(&[&before, &now], &token));
        assert!(!is_report_token(&[&before], &token));
        assert!(!is_report_token(&[], &token));
    }

    #[test]
    fn no_other_text_is_the_token() {
        let secret = secret("the present secret");
        let token = report_token(&secret);
        for other in [
            "",
            "nonsense",
            &token[..42],
            &format!("{token}A"),
            &token.to_lowercase(),
        ] {
            assert!(!is_report_token(&[&secret], other), "{other}");
        }
    }

    #[test]
    fn twilio_gets_an_address_for_each_message() {
        let id = Uuid::from_u128(7);
        assert_eq!(
            twilio_report_url("https://help.example.com", id),
            "https://help.example.com/api/v1/notifications/sms/twilio/00000000-0000-0000-0000-000000000007"
        );
    }
}
