//! For each route a state in which its example is granted, and the path that leads there.

pub use super::walk::{ABSENT, Cast};

use super::{
    repeats::{dead_job, granted},
    walk::{Sent, sends},
};
use crate::harness::{App, Caller};
use api::routes::Route;
use axum::http::Method;

/// Prepares the state for the example of a route. Its path, filled in.
pub async fn path(app: &App, cast: &Cast, route: &Route) -> String {
    match route.path {
        "/api/v1/admin/jobs/{id}" => route.path.replace("{id}", &dead_job(app).await.to_string()),
        "/api/v1/support/attachments/{id}" => {
            route.path.replace("{id}", &upload(&cast.admin).await)
        }
        path if path.starts_with("/api/v1/auth/") => cast.path(route),
        _ => granted(app, cast, route).await.path,
    }
}

/// An upload of the caller that hangs on nothing.
async fn upload(caller: &Caller) -> String {
    let form = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nHello.\r\n--edge--\r\n";
    let sent = Sent {
        path: "/api/v1/support/attachments".to_owned(),
        content: "multipart/form-data; boundary=edge",
        body: form.to_owned(),
        headers: Vec::new(),
    };
    let made = sends(caller, &Method::POST, &sent).await;
    made.created()["attachment"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}
