//! Files by their first bytes: what is recognised, and what is never accepted.

use super::*;
use crate::attachments::archive::tests::archive as zip;

fn found(bytes: &[u8]) -> &'static str {
    let mut whole = Inspector::default();
    whole.look(bytes);
    let mut piecewise = Inspector::default();
    for byte in bytes {
        piecewise.look(&[*byte]);
    }
    assert_eq!(whole.find(), piecewise.find());
    match whole.find() {
        Ok(kind) => kind.media_type,
        Err(found) => found,
    }
}

fn archive(first: &str, more: &[u8]) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.resize(0x1e, 0);
    bytes.extend(first.as_bytes());
    bytes.extend(more);
    bytes
}

#[test]
fn a_file_is_what_its_bytes_say() {
    let odt = archive("mimetype", b"application/vnd.oasis.opendocument.text");
    for (bytes, expected) in [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(), "image/jpeg"),
        (b"%PDF-1.7\n1 0 obj".to_vec(), "application/pdf"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3".to_vec(), "application/pdf"),
        (
            archive("word/document.xml", b""),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (odt, "application/vnd.oasis.opendocument.text"),
        (archive("anything", b"\0\0"), "application/zip"),
        (b"a,b\r\n1,\"caf\xc3\xa9\"\r\n".to_vec(), "text/plain"),
        (b"a log that mentions %PDF-1.7".to_vec(), "text/plain"),
        (b"\xef\xbb\xbfwith a mark".to_vec(), "text/plain"),
        (b"BMW and GIF89a are words, ID3 too".to_vec(), "text/plain"),
        (b"I <3 this".to_vec(), "text/plain"),
    ] {
        assert_eq!(
            found(&bytes),
            expected,
            "{}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn a_voice_note_is_no_script_and_a_script_no_voice_note() {
    let silence = [&b"#!AMR\n"[..], b"\x3c", &[b'0'; 31]].concat();
    assert_eq!(found(&silence), "audio/amr");
    let speech = [&b"#!AMR\n"[..], b"\x3c\x91\x17\x16\xbe\x66", &[0; 26]].concat();
    assert_eq!(found(&speech), "audio/amr");
    for script in [
        &b"#!AMR\nrm -rf /"[..],
        b"#!AMR\nls",
        b"#!AMR",
        b"#!AMR\n",
        b"#!AMRNB\n\x3c",
    ] {
        assert_eq!(found(script), "a script");
    }
}

#[test]
fn an_office_file_whose_parts_come_late_is_one() {
    let parts = [
        "[Content_Types].xml",
        "customXml/item1.xml",
        "customXml/itemProps1.xml",
        "docProps/app.xml",
        "word/document.xml",
    ];
    // Further from the beginning than is kept of it.
    let content = vec![7; 20_000];
    assert_eq!(
        found(&zip(&parts, &content)),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    );
    assert_eq!(found(&zip(&parts[..4], &content)), "application/zip");
}

#[test]
fn what_can_act_when_it_is_opened_is_never_a_kind() {
    let known = |bytes: &[u8]| Kind::of(found(bytes)).is_some();
    for bytes in [
        &b"<!DOCTYPE html><p>hi"[..],
        b"  \n<html ><script>alert(1)</script>",
        b"\xef\xbb\xbf<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<!-- x --><svg/>",
        b"<custom-tag>",
        // With the marks of other formats in them.
        b"<!doctype html><!--%PDF-1.7--><script>alert(1)</script>",
        b"#!/bin/sh\n# %PDF-1.7",
        b"<!--mdat--><script>alert(1)</script>\xff",
        b"#!/bin/sh\nrm -rf /",
        b"MZ\x90\0\x03\0\0\0",
        b"\x7fELF\x02\x01\x01\0",
        b"{\\rtf1 hi}",
        b"%!PS-Adobe-3.0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xfeh\0i\0",
        b"a\0b",
        b"caf\xe9",
        b"cut off \xc3",
        b"\x1b[31mred",
    ] {
        assert!(!known(bytes), "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn every_kind_is_one_that_can_be_found() {
    for kind in &KINDS {
        let findable = kind.media_type == "text/plain" || infer::is_mime_supported(kind.media_type);
        assert!(findable, "{} is never found", kind.media_type);
        assert!(!kind.extensions.is_empty());
    }
}
