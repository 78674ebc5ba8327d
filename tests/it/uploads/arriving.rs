//! Uploads that are accepted, and those that are refused.

use super::{
    ATTACHMENTS, PNG, faults, form, kept, named, pairs, path, picture, sends, sent, uploads,
};
use crate::harness::App;
use axum::body::{Body, Bytes};
use domain::attachments::LARGEST;
use futures_util::stream;
use serde_json::json;

#[tokio::test]
async fn a_file_is_what_its_bytes_say_whatever_its_name() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let made = uploads(&ann, "notes.txt", PNG).await;
    let attachment = &made.created()["attachment"];
    let id = attachment["id"].as_str().unwrap();
    assert_eq!(
        *attachment,
        json!({
            "id": id, "url": path(id), "fileName": "notes.txt", "contentType": "image/png", "size": PNG.len(),
        })
    );
    assert_eq!(made.headers["location"], path(id));
    let (status, headers, bytes) = ann.downloads(attachment["url"].as_str().unwrap()).await;
    assert_eq!((status.as_u16(), bytes), (200, Bytes::from_static(PNG)));
    assert_eq!(headers["content-type"], "image/png");
    assert_eq!(headers["content-length"], PNG.len().to_string());
    assert_eq!(kept(&app).await, (1, 1));
}

#[tokio::test]
async fn a_voice_note_and_what_word_saves_are_taken_for_what_they_are() {
    let app = App::with(&[("ATTACHMENTS_TYPES", "audio,office")]).await;
    let ann = app.customer("Ann").await;
    let note = [&b"#!AMR\n\x3c"[..], &[b'0'; 31]].concat();
    let made = uploads(&ann, "v.amr", &note).await;
    assert_eq!(made.created()["attachment"]["contentType"], "audio/amr");
    let made = uploads(&ann, "letter.docx", &letter()).await;
    assert_eq!(
        made.created()["attachment"]["contentType"],
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    );
}

/// The directory of an archive as Word writes it, after the beginning of its first file.
fn letter() -> Vec<u8> {
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.resize(30, 0);
    bytes.extend(b"[Content_Types].xml");
    let start = bytes.len();
    for name in [
        "[Content_Types].xml",
        "docProps/app.xml",
        "customXml/item1.xml",
        "word/document.xml",
    ] {
        let mut entry = b"PK\x01\x02".to_vec();
        entry.resize(46, 0);
        entry[28] = u8::try_from(name.len()).unwrap();
        bytes.extend(entry);
        bytes.extend(name.as_bytes());
    }
    let size = u32::try_from(bytes.len() - start).unwrap();
    bytes.extend([&b"PK\x05\x06"[..], &[0; 8], &size.to_le_bytes(), &[0; 6]].concat());
    bytes
}

#[tokio::test]
async fn a_name_is_read_in_every_way_in_which_it_is_sent() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    for (disposition, shown) in [
        (
            "filename=\"=?utf-8?B?RXJrbMOkcnVuZy50eHQ=?=\"; filename*=utf-8''Erkl%C3%A4rung.txt",
            "Erkl\u{e4}rung.txt",
        ),
        ("filename*=utf-8''Erkl%C3%A4rung.txt", "Erkl\u{e4}rung.txt"),
        (
            "filename=\"=?utf-8?B?RXJrbMOkcnVuZy50eHQ=?=\"",
            "Erkl\u{e4}rung.txt",
        ),
        ("filename=\"say %22hi%22.txt\"", "say \"hi\".txt"),
        ("filename=\"a%0D%0Ab.txt\"", "ab.txt"),
        // However it is written, it is cleaned after that.
        ("filename*=utf-8''..%2F..%2Fetc%2Fa%E2%80%AEtxt", "atxt"),
    ] {
        let field = format!("name=\"file\"; {disposition}");
        let made = sends(&ann, &[(&field, b"some text")]).await;
        assert_eq!(
            made.created()["attachment"]["fileName"],
            shown,
            "{disposition}"
        );
    }
}

#[tokio::test]
async fn where_nothing_can_be_written_an_upload_is_for_later() {
    for blocked in ["arriving", "attachments"] {
        let app = App::new().await;
        let ann = app.customer("Ann").await;
        // No folder can be created in the place of a file, not even by root.
        let place = app.folder().join(blocked);
        std::fs::create_dir_all(app.folder()).unwrap();
        std::fs::write(&place, "").unwrap();
        let refused = uploads(&ann, "photo.png", PNG).await;
        assert_eq!(refused.refused(503), "unavailable", "{blocked}");
        assert!(refused.headers.contains_key("retry-after"), "{blocked}");
        std::fs::remove_file(&place).unwrap();
        uploads(&ann, "photo.png", PNG).await.created();
    }
}

#[tokio::test]
async fn active_content_is_refused_under_any_file_name() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    for bytes in [
        &b"<!doctype html><script>alert(1)</script>"[..],
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"#!/bin/sh\necho",
        b"MZ\x90\0\x03\0\0\0\x04\0\0\0",
        b"neither \0 text nor anything else",
    ] {
        let refused = uploads(&ann, "photo.png", bytes).await;
        assert_eq!(faults(&refused), pairs(&[("file", "type_not_allowed")]));
    }
    assert_eq!(kept(&app).await, (0, 0));
}

#[tokio::test]
async fn the_accepted_file_types_are_configurable() {
    let app = App::with(&[("ATTACHMENTS_TYPES", "pdf,txt")]).await;
    let ann = app.customer("Ann").await;
    let refused = uploads(&ann, "photo.png", PNG).await;
    assert_eq!(faults(&refused), pairs(&[("file", "type_not_allowed")]));
    uploads(&ann, "a.csv", b"a,b\n1,2\n").await.created();
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_and_not_kept() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let sized = |size: usize| [PNG, &vec![7; size - PNG.len()]].concat();
    let most = uploads(&ann, "photo.png", &sized(LARGEST)).await;
    assert_eq!(most.created()["attachment"]["size"], LARGEST);
    let form = form(&[(&named("photo.png"), &sized(LARGEST + 1))]);
    // The sender says how much it is, or does not.
    let pieces: Vec<_> = form
        .chunks(64 * 1024)
        .map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece)))
        .collect();
    for body in [Body::from(form), Body::from_stream(stream::iter(pieces))] {
        let refused = ann.send(sent(&ann, None, body)).await;
        assert_eq!(refused.refused(413), "body_too_large");
    }
    let junk = vec![b'x'; LARGEST + 100_000];
    let endless = sends(&ann, &[("name=\"junk\"", &junk), (&named("a.png"), PNG)]).await;
    assert_eq!(endless.refused(413), "body_too_large");
    assert_eq!(kept(&app).await, (1, 1));
}

#[tokio::test]
async fn every_fault_of_a_form_is_named_at_once() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let file = named("photo.png");
    let answer = sends(
        &ann,
        &[
            ("name=\"title\"", b"x"),
            (&file, PNG),
            (&file, PNG),
            ("name=\"more\"", b""),
        ],
    )
    .await;
    let expected = [
        ("title", "unknown_field"),
        ("file", "one_file"),
        ("more", "unknown_field"),
    ];
    assert_eq!(faults(&answer), pairs(&expected));
    let answer = sends(&ann, &[(&file, b"")]).await;
    assert_eq!(faults(&answer), pairs(&[("file", "empty_file")]));
    let answer = sends(&ann, &[("name=\"data\"", PNG)]).await;
    assert_eq!(
        faults(&answer),
        pairs(&[("data", "unknown_field"), ("file", "required")])
    );
    let answer = sends(&ann, &[]).await;
    assert_eq!(faults(&answer), pairs(&[("file", "required")]));
    let many = vec![("name=\"x\"", &b""[..]); 1_000];
    assert_eq!(faults(&sends(&ann, &many).await).len(), 20);
    assert_eq!(kept(&app).await, (0, 0));
}

#[tokio::test]
async fn a_body_that_is_no_form_and_one_that_breaks_off_are_told_apart() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let json = ann.post(ATTACHMENTS, json!({"file": "x"})).await;
    assert_eq!(json.refused(415), "form_needed");
    let whole = form(&[(&named("photo.png"), PNG)]);
    for broken in [&whole[..whole.len() - 20], b"nonsense", b""] {
        let body = Body::from(broken.to_vec());
        let refused = ann.send(sent(&ann, None, body)).await;
        assert_eq!(refused.refused(400), "malformed_form");
    }
    let hangs_up = stream::iter([
        Ok(Bytes::copy_from_slice(&whole[..80])),
        Err(std::io::Error::other("gone")),
    ]);
    let refused = ann
        .send(sent(&ann, None, Body::from_stream(hangs_up)))
        .await;
    assert_eq!(refused.refused(400), "body_not_received");
    assert_eq!(kept(&app).await, (0, 0));
}

#[tokio::test]
async fn sent_again_under_its_key_it_is_the_same_attachment() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let whole = |name: &str, bytes: &[u8]| Body::from(form(&[(&named(name), bytes)]));
    let first = ann.send(sent(&ann, Some("k"), whole("a.png", PNG))).await;
    let again = ann.send(sent(&ann, Some("k"), whole("a.png", PNG))).await;
    assert_eq!(first.created(), again.created());
    assert_eq!(first.headers["location"], again.headers["location"]);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let other_bytes = [PNG, b"more"].concat();
    for (name, bytes) in [("b.png", PNG), ("a.png", &other_bytes)] {
        let refused = ann.send(sent(&ann, Some("k"), whole(name, bytes))).await;
        assert_eq!(refused.refused(422), "idempotency_key_reused");
    }
    assert_eq!(kept(&app).await, (1, 1));
    let refused = ann
        .send(sent(&ann, Some("l"), whole("a.png", b"<svg/>")))
        .await;
    assert_eq!(faults(&refused), pairs(&[("file", "type_not_allowed")]));
    let corrected = ann.send(sent(&ann, Some("l"), whole("a.png", PNG))).await;
    assert_ne!(first.created(), corrected.created());
}

#[tokio::test]
async fn a_name_cannot_reach_the_headers_of_the_download() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    for (name, shown, disposition) in [
        (
            "a \\\"b\\\"; filename=evil.exe.png",
            "a \"b\"; filename=evil.exe.png",
            "attachment; filename=\"a _b_; filename=evil.exe.png\"; filename*=UTF-8''a%20%22b%22%3B%20filename%3Devil.exe.png",
        ),
        (
            "na\u{ef}ve \u{20ac} \u{202e}gnp.png",
            "na\u{ef}ve \u{20ac} gnp.png",
            "attachment; filename=\"na_ve _ gnp.png\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC%20gnp.png",
        ),
        (
            "../../etc/page.html",
            "page.html",
            "attachment; filename=\"page.html.png\"; filename*=UTF-8''page.html.png",
        ),
    ] {
        let made = uploads(&ann, name, PNG).await;
        let attachment = &made.created()["attachment"];
        assert_eq!(attachment["fileName"], shown);
        let (_, headers, _) = ann.downloads(attachment["url"].as_str().unwrap()).await;
        assert_eq!(headers["content-disposition"], disposition);
    }
    let folded = sends(
        &ann,
        &[("name=\"file\"; filename=\"a\r\nX-Evil: 1\r\n.png\"", PNG)],
    )
    .await;
    assert!(
        folded.status == 201 || folded.status == 400,
        "{}",
        folded.status
    );
    let nameless = sends(&ann, &[("name=\"file\"", PNG)]).await;
    assert_eq!(nameless.created()["attachment"]["fileName"], "file.png");
}

#[tokio::test]
async fn nothing_in_a_download_can_act() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let id = picture(&ann).await;
    let (_, headers, _) = ann.downloads(&path(&id)).await;
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cache-control", "private, no-store"),
    ] {
        assert_eq!(headers[name], value);
    }
    assert!(
        headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment;")
    );
}

#[tokio::test]
async fn a_person_has_at_most_a_hundred_unattached_uploads() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    app.sql(
        "insert into attachments (id, uploader_id, file_name, content_type, size, created_at, stored_at)
         select gen_random_uuid(), $1::uuid, 'a.png', 'image/png', 1, '2025-10-01T08:00:00Z', '2025-10-01T08:00:00Z'
         from generate_series(1, 99)",
        &ann.id(),
    )
    .await;
    let last = picture(&ann).await;
    let refused = uploads(&ann, "a.png", PNG).await;
    assert_eq!(refused.refused(409), "too_many_uploads");
    ann.post("/api/v1/support/tickets", super::ticket(&[&last]))
        .await
        .created();
    uploads(&ann, "a.png", PNG).await.created();
}
