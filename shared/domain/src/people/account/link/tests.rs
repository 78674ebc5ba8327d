//! Tokens of links: of another kind, changed, or of the previous secret.

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const ID: AccountEventId = AccountEventId(uuid::Uuid::from_u128(7));

fn secrets(secrets: &[&str]) -> Vec<SecretString> {
    secrets.iter().map(|secret| (*secret).into()).collect()
}

fn named_by(texts: &[&str], kind: AccountEventKind, token: &str) -> Option<AccountEventId> {
    named(&secrets(texts).iter().collect::<Vec<_>>(), kind, token)
}

#[test]
fn a_link_names_its_event_and_serves_its_kind_alone() {
    for kind in AccountEventKind::ALL {
        let token = link(&SECRET.into(), *kind, ID);
        for other in AccountEventKind::ALL {
            let expected = (other == kind).then_some(ID);
            assert_eq!(named_by(&[SECRET], *other, &token), expected);
        }
    }
}

#[test]
fn a_link_that_was_tampered_with_is_none() {
    let kind = AccountEventKind::ResetPassword;
    let bytes = URL_SAFE_NO_PAD
        .decode(link(&SECRET.into(), kind, ID))
        .unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let changed = URL_SAFE_NO_PAD.encode(changed);
        assert_eq!(named_by(&[SECRET], kind, &changed), None);
    }
    for nonsense in ["", "x", "===", "\0", &"A".repeat(10_000)] {
        assert_eq!(named_by(&[SECRET], kind, nonsense), None);
    }
}

#[test]
fn a_link_of_the_secret_before_is_good_while_that_one_is_known() {
    let kind = AccountEventKind::ConfirmEmail;
    let token = link(&SECRET.into(), kind, ID);
    let new = "another secret of at least 32 characters";
    assert_eq!(named_by(&[new, SECRET], kind, &token), Some(ID));
    assert_eq!(named_by(&[new], kind, &token), None);
}
