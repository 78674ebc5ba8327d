//! Query parameters: every route refuses a parameter that it does not have, and values that contradict each
//! other.

use super::{
    TICKETS,
    walk::{Cast, JSON, Sent, assert_is_problem, sends},
};
use crate::{
    harness::{App, Caller},
    uploads,
};
use api::routes::Route;
use serde_json::Value;

const FORM: &str = "multipart/form-data; boundary=x";
const FILE: &str = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
                    Content-Type: text/plain\r\n\r\nHello.\r\n--x--\r\n";

/// A request that the route takes, but for what is wrong with its query.
fn good(route: &Route, cast: &Cast, job: &str, upload: &str) -> Sent<'static> {
    let path = match route.path {
        path if path.contains("/jobs/") => path.replace("{id}", job),
        path if path.contains("/attachments/") => path.replace("{id}", upload),
        _ => cast.path(route),
    };
    let (content, body) = match route.operation.example() {
        _ if route.path.ends_with("/attachments") => (FORM, FILE.to_owned()),
        Some(example) => (JSON, example.to_string()),
        None => ("", String::new()),
    };
    Sent {
        path,
        content,
        body,
        ..Sent::default()
    }
}

fn names(answer: &Value, field: &str) -> bool {
    let errors = answer["errors"].as_array().unwrap();
    errors.iter().any(|field_error| {
        field_error["field"] == field && field_error["code"] == "unknown_parameter"
    })
}

#[tokio::test]
async fn a_parameter_that_a_route_does_not_have_is_refused_by_name_everywhere_and_nothing_is_done()
{
    let app = App::new().await;
    let cast = Cast::new(&app).await;
    let upload = uploads::picture(&cast.admin).await;
    let job: i64 = app.count("select min(id) from jobs").await;
    let before = app.fingerprint().await;
    let (_, routes) = api::routes::all();
    let mut refused = 0;
    for route in &routes {
        let mut sent = good(route, &cast, &job.to_string(), &upload);
        let known = route.operation.parameters();
        // What is needed is there, so that the unknown one is all that is wrong.
        let needed = if ["/customers", "/suggest"]
            .iter()
            .any(|end| route.path.ends_with(end))
        {
            "q=a&"
        } else {
            ""
        };
        sent.path = format!("{}?{needed}nonsense=1", sent.path);
        let answer = sends(cast.who_may(route), &route.method, &sent).await;
        let about = format!("{} {}", route.method, route.path);
        if route.path.contains("{token}") || route.path == "/metrics" {
            // The link is none, and is told first; of a process without a proxy the metrics are hidden.
            assert!([404, 422].contains(&answer.status.as_u16()), "{about}");
            continue;
        }
        assert_is_problem(&answer, 422, "invalid_fields", &about);
        assert!(names(&answer.body, "nonsense"), "{about}: {}", answer.body);
        let text = answer.body["errors"].to_string();
        let nearest = known.iter().any(|name| text.contains(&format!("`{name}`")));
        assert_eq!(nearest, !known.is_empty(), "{about}: {text}");
        refused += 1;
    }
    assert!(refused > 40, "only {refused}");
    assert_eq!(before, app.fingerprint().await);
}

#[tokio::test]
async fn a_misspelt_parameter_is_told_with_the_one_that_is_meant() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    for (path, field, meant) in [
        (format!("{TICKETS}?stauts=open"), "stauts", "`status`"),
        (
            format!("{TICKETS}?assignedto=me"),
            "assignedto",
            "`assignedTo`",
        ),
        (format!("{TICKETS}?status=open&offset=9"), "offset", "`"),
        (
            "/api/v1/support/stats?departments=billing".to_owned(),
            "departments",
            "`department`",
        ),
        (
            "/api/v1/support/stats?startdate=2025-10-01".to_owned(),
            "startdate",
            "`startDate`",
        ),
        (
            "/api/v1/admin/users?roles=admin".to_owned(),
            "roles",
            "`role`",
        ),
    ] {
        let answer = eve.get(&path).await;
        assert_eq!(answer.refused(422), "invalid_fields", "{path}");
        let field_error = &answer.body["errors"][0];
        assert_eq!(field_error["field"], field, "{path}");
        assert!(
            field_error["message"].as_str().unwrap().contains(meant),
            "{field_error}"
        );
    }
    // What cannot be read is told first.
    let unreadable = eve.get(&format!("{TICKETS}?stauts=open&status=x")).await;
    assert_eq!(unreadable.refused(400), "invalid_query");
}

async fn contradict(who: &Caller, path: &str, field: &str, code: &str) {
    let answer = who.get(path).await;
    assert_eq!(answer.refused(422), "invalid_fields", "{path}");
    let errors = answer.body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{path}: {errors:?}");
    assert_eq!(errors[0]["field"], field, "{path}");
    assert_eq!(errors[0]["code"], code, "{path}");
}

#[tokio::test]
async fn values_that_can_be_read_and_contradict_each_other_are_invalid() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let ticket = ann.asks("general", "low").await;
    ann.asks("general", "low").await;
    let first = ann.get(&format!("{TICKETS}?limit=1")).await;
    let cursor = first.ok()["pagination"]["nextCursor"].as_str().unwrap();
    let person = ann.id();
    for (who, path, field, code) in [
        (
            &ann,
            format!("{TICKETS}?createdFrom=2025-10-02&createdTo=2025-10-01"),
            "createdTo",
            "before_start",
        ),
        (
            &ann,
            format!("{TICKETS}?limit=1&page=2&cursor={cursor}"),
            "page",
            "beside_cursor",
        ),
        (
            &ann,
            format!("{TICKETS}/{ticket}/messages?page=2&cursor={person}"),
            "page",
            "beside_cursor",
        ),
        (
            &eve,
            format!("/api/v1/admin/users?page=1&cursor={person}"),
            "page",
            "beside_cursor",
        ),
        (
            &eve,
            "/api/v1/support/stats?startDate=2025-10-02&endDate=2025-10-01".to_owned(),
            "endDate",
            "before_start",
        ),
    ] {
        contradict(who, &path, field, code).await;
    }
    // With something that cannot be read, that is told.
    let path = format!("{TICKETS}?createdFrom=2025-10-02&createdTo=2025-10-01&limit=x");
    assert_eq!(ann.get(&path).await.refused(400), "invalid_query");
}
