//! The signature of a mail (DKIM), verified as RFC 6376 says, by code and a cryptographic library that did not sign it.

use super::*;
use crate::mail::Signature;
use base64::{Engine, prelude::BASE64_STANDARD};
use platform::config::Dkim;
use ring::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use rsa::{
    RsaPrivateKey,
    pkcs1::{EncodeRsaPrivateKey, EncodeRsaPublicKey, LineEnding},
    rand_core::OsRng,
};
use sha2::{Digest, Sha256};

/// A mail with a link that stops its kind, signed with a new key; and the public key.
fn signed() -> (String, Vec<u8>) {
    // Short, since a longer one takes seconds to make without optimization.
    let key = RsaPrivateKey::new(&mut OsRng, 1_024).unwrap();
    let dkim = Dkim {
        key_file: "unused".into(),
        selector: "support".to_owned(),
        domain: "example.org".to_owned(),
    };
    let pem = key.to_pkcs1_pem(LineEnding::LF).unwrap();
    let composer = Composer {
        signature: Some(Signature::with_key(&pem, &dkim).unwrap()),
        ..composer()
    };
    let content = content(Template::StaffReplied, "en");
    let mail = composer.about_ticket(content.id.0, &content, rendered(&content), at());
    let mail = String::from_utf8(mail.unwrap().formatted()).unwrap();
    let public = key.to_public_key().to_pkcs1_der().unwrap();
    (mail, public.into_vec())
}

/// The headers of a mail, each with its continuation lines and without its line end, and the body.
fn split(mail: &str) -> (Vec<String>, &str) {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let mut headers: Vec<String> = Vec::new();
    for line in head.split("\r\n") {
        match headers.last_mut() {
            Some(header) if line.starts_with([' ', '\t']) => header.push_str(line),
            _ => headers.push(line.to_owned()),
        }
    }
    (headers, body)
}

fn in_single_spaces(text: &str) -> String {
    text.split([' ', '\t'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A header as it is signed (section 3.4.2).
fn relaxed(header: &str) -> String {
    let (name, value) = header.split_once(':').unwrap();
    let name = name.trim_end().to_lowercase();
    format!("{name}:{}", in_single_spaces(value))
}

/// The hash of a body as it is signed (section 3.4.4).
fn body_hash(body: &str) -> String {
    let lines = body.split("\r\n").map(|line| {
        let ended = line.trim_end_matches([' ', '\t']);
        let indented = ended.starts_with([' ', '\t']);
        let line = in_single_spaces(ended);
        if indented { format!(" {line}") } else { line }
    });
    let text = lines.collect::<Vec<_>>().join("\r\n");
    let text = format!("{}\r\n", text.trim_end_matches("\r\n"));
    BASE64_STANDARD.encode(Sha256::digest(text))
}

fn is_dkim(header: &str) -> bool {
    header.to_lowercase().starts_with("dkim-signature:")
}

/// A tag of the signature, without white space.
fn tag(signature: &str, name: &str) -> String {
    let (_, tags) = signature.split_once(':').unwrap();
    let mut tags = tags.split(';').filter_map(|tag| tag.split_once('='));
    let (_, value) = tags.find(|(found, _)| found.trim() == name).unwrap();
    value.split_whitespace().collect()
}

/// The names of the signed headers.
fn names(mail: &str) -> Vec<String> {
    let (headers, _) = split(mail);
    let signature = headers.iter().find(|header| is_dkim(header)).unwrap();
    let names = tag(signature, "h").to_lowercase();
    names.split(':').map(str::to_owned).collect()
}

fn is_valid(mail: &str, key: &[u8]) -> bool {
    let (headers, body) = split(mail);
    let signature = headers.iter().find(|header| is_dkim(header)).unwrap();
    if tag(signature, "bh") != body_hash(body) {
        return false;
    }
    let mut text = String::new();
    for name in names(mail) {
        let relaxed = headers.iter().rev().map(|header| relaxed(header));
        let mut named = relaxed.filter(|header| header.split(':').next() == Some(name.as_str()));
        if let Some(header) = named.next() {
            text.push_str(&header);
            text.push_str("\r\n");
        }
    }
    // The signature itself without its value, and without a line end.
    let signed = relaxed(signature);
    let tags = signed.split(';').map(|tag| match tag.split_once('=') {
        Some((name, _)) if name.trim() == "b" => format!("{name}="),
        _ => tag.to_owned(),
    });
    text.push_str(&tags.collect::<Vec<_>>().join(";"));
    let value = BASE64_STANDARD.decode(tag(signature, "b")).unwrap();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, key);
    key.verify(text.as_bytes(), &value).is_ok()
}

#[test]
fn the_signature_covers_the_headers_by_which_a_mail_is_refused_and_is_valid() {
    let (mail, key) = signed();
    let names = names(&mail);
    for name in [
        "from",
        "to",
        "subject",
        "date",
        "list-unsubscribe",
        "list-unsubscribe-post",
    ] {
        assert!(names.contains(&name.to_owned()), "{name} of {names:?}");
    }
    assert!(mail.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    assert!(is_valid(&mail, &key), "{mail}");
    for (from, to) in [
        ("\r\nSubject: ", "\r\nSubject: Not "),
        ("List-Unsubscribe: <https://", "List-Unsubscribe: <http://"),
        ("=One-Click", "=Two-Clicks"),
        // One that the mail does not have.
        ("\r\nSubject: ", "\r\nCc: all@example.org\r\nSubject: "),
    ] {
        assert!(mail.contains(from), "{from} in {mail}");
        assert!(!is_valid(&mail.replacen(from, to, 1), &key), "{to}");
    }
}
