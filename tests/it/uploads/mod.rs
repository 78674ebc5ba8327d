//! Uploads: accepted types, access, storage, deletion.

mod arriving;
mod attaching;
mod bucket;
mod keeping;
mod redacting;
mod s3_server;

use crate::harness::{Answer, App, Caller};
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};
use std::{fs, path::Path};

const ATTACHMENTS: &str = "/api/v1/support/attachments";
const UNKNOWN: &str = "01999999-0000-7000-8000-000000000000";

/// The beginning of a picture: enough to be one.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01";

/// A field of a form: what stands in its `Content-Disposition` after `form-data`, and its bytes.
type Field<'a> = (&'a str, &'a [u8]);

fn form(fields: &[Field<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (disposition, bytes) in fields {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: image/png\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    body
}

fn sent(caller: &Caller, key: Option<&str>, body: Body) -> Request<Body> {
    let mut request = Request::builder().method(Method::POST).uri(ATTACHMENTS);
    if let Some(token) = caller.token() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    request
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(body)
        .unwrap()
}

/// Sends a form.
async fn sends(caller: &Caller, fields: &[Field<'_>]) -> Answer {
    caller.send(sent(caller, None, form(fields).into())).await
}

/// Sends a file of that name.
async fn uploads(caller: &Caller, name: &str, bytes: &[u8]) -> Answer {
    sends(caller, &[(&named(name), bytes)]).await
}

fn named(name: &str) -> String {
    format!("name=\"file\"; filename=\"{name}\"")
}

/// The id of a picture that the caller has sent.
pub async fn picture(caller: &Caller) -> String {
    let made = uploads(caller, "photo.png", PNG).await;
    made.created()["attachment"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn path(id: &str) -> String {
    format!("{ATTACHMENTS}/{id}")
}

/// A message with uploads.
pub fn message(ids: &[&str], is_internal: bool) -> Value {
    let attachments: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    json!({"message": "See there.", "attachments": attachments, "isInternal": is_internal})
}

/// A ticket with uploads.
fn ticket(ids: &[&str]) -> Value {
    let attachments: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    json!({"subject": "Help", "description": "See there.", "attachments": attachments})
}

/// Whether the caller can download it; what is refused reads like what does not exist.
async fn has(caller: &Caller, id: &str) -> bool {
    let (status, _, bytes) = caller.downloads(&path(id)).await;
    if status == 200 {
        assert_eq!(bytes, PNG);
        return true;
    }
    let refused = caller.get(&path(id)).await;
    let unknown = caller.get(&path(UNKNOWN)).await;
    assert_eq!(refused.refused(404), "not_found");
    assert_eq!(without_request_id(&refused), without_request_id(&unknown));
    false
}

fn without_request_id(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    body.as_object_mut().unwrap().remove("requestId");
    body
}

/// Pairs of field and code.
fn faults(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.refused(422), "invalid_fields");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let faults = answer.body["errors"].as_array().unwrap().iter();
    faults
        .map(|field_error| (text(&field_error["field"]), text(&field_error["code"])))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(field, code): &(&str, &str)| ((*field).to_owned(), (*code).to_owned());
    expected.iter().map(owned).collect()
}

/// Files below a folder.
fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { files(&path) } else { 1 })
        .sum()
}

/// The objects that are kept in the folder of an application, and the rows that there are.
async fn kept(app: &App) -> (usize, i64) {
    assert_eq!(files(&app.folder().join("arriving")), 0);
    (
        files(&app.folder().join("attachments")),
        app.count("select count(*) from attachments").await,
    )
}
