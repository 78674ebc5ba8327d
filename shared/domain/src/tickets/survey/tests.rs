//! Tokens of surveys: changed, of another secret, or nonsense.

use super::*;

fn secret() -> SecretString {
    "0123456789abcdef0123456789abcdef".into()
}

const TICKET_ID: TicketId = TicketId(uuid::Uuid::from_u128(7));

#[test]
fn a_token_names_its_ticket_and_its_cycle() {
    for cycle in [0, 1, 70_000, i32::MAX] {
        let token = token(&secret(), TICKET_ID, cycle);
        assert_eq!(verify(&secret(), &token), Some((TICKET_ID, cycle)));
        assert!(
            token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
    }
}

#[test]
fn a_token_that_was_tampered_with_is_none() {
    let token = token(&secret(), TICKET_ID, 1);
    let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert_eq!(
            verify(&secret(), &URL_SAFE_NO_PAD.encode(changed)),
            None,
            "byte {at}"
        );
    }
    assert_eq!(
        verify(&secret(), &URL_SAFE_NO_PAD.encode(&bytes[..35])),
        None
    );
}

#[test]
fn a_token_of_another_secret_and_plain_nonsense_are_none() {
    let other = "another secret of at least 32 characters".into();
    assert_eq!(verify(&secret(), &token(&other, TICKET_ID, 1)), None);
    for nonsense in ["", "x", "===", "\u{0}", &"A".repeat(10_000)] {
        assert_eq!(verify(&secret(), nonsense), None);
    }
}
