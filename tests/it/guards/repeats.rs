//! Every write of the API's own table is done once for each `Idempotency-Key`.

use super::walk::{Cast, JSON, Sent, sends};
use crate::harness::{Answer, App, Caller, TICKETS};
use actions::idempotency::{RequestKey, store};
use api::routes::Route;
use domain::notifications::{Template, unsubscribe};
use platform::work::Tx;
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=edge";

/// A form with a file of that name.
fn file(name: &str) -> String {
    format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/pdf\r\n\r\n%PDF-1.4\n\r\n--edge--\r\n"
    )
}

/// A device of the caller's for push messages.
pub async fn device(caller: &Caller) -> String {
    let device = json!({
        "endpoint": "https://push.example.com/send/a",
        "keys": {
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    });
    let path = "/api/v1/notifications/push/subscriptions";
    let made = caller.post(path, device).await;
    made.created()["subscription"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// A job that can be tried again and decided against.
pub async fn dead_job(app: &App) -> i64 {
    sqlx::query_scalar(
        "insert into jobs (queue, lane, payload, priority, state, attempt, run_at, max_attempts, created_at, finished_at)
         values ('notify', 'workers', '{\"job\": \"unheard_of\"}', 0, 'dead', 1, $1, 10, $1, $1) returning id",
    )
    .bind(app.now())
    .fetch_one(&app.cx.pool)
    .await
    .unwrap()
}

/// A webhook, and a delivery of it that waits.
pub async fn webhook(admin: &Caller) -> (String, String) {
    let path = "/api/v1/admin/webhooks";
    let endpoint = json!({"url": "https://hooks.example.com/"});
    let made = admin.post(path, endpoint).await;
    let webhook = made.created()["webhook"]["id"].as_str().unwrap().to_owned();
    let test = admin
        .post(&format!("{path}/{webhook}/test"), json!({}))
        .await;
    let delivery = test.ok()["delivery"]["id"].as_str().unwrap().to_owned();
    (webhook, delivery)
}

/// A notification of a person in the app, about any ticket.
pub async fn notification(app: &App, person: &str) -> String {
    let id: uuid::Uuid = sqlx::query_scalar(
        "insert into in_app_notifications (id, event_id, ticket_id, user_id, template, created_at)
         select gen_random_uuid(), e.id, e.ticket_id, $1::uuid, 'escalated_to_nobody', e.at from ticket_events e
         where not exists (select from in_app_notifications i where i.event_id = e.id and i.user_id = $1::uuid)
         limit 1 returning id",
    )
    .bind(person)
    .fetch_one(&app.cx.pool)
    .await
    .unwrap();
    id.to_string()
}

/// A request to that route that is granted: with the example of the document, where nothing else is said.
pub async fn granted(app: &App, cast: &Cast, route: &Route) -> Sent<'static> {
    let ticket = cast.customer.asks("general", "low").await;
    let example = route.operation.example();
    let mut sent = Sent {
        path: route
            .path
            .replace("/tickets/{id}", &format!("/tickets/{ticket}"))
            .replace("{id}", &cast.person)
            .replace("{queue}", "email"),
        content: JSON,
        body: example.map_or_else(String::new, Value::to_string),
        headers: Vec::new(),
    };
    let verb = route.path.rsplit('/').next().unwrap();
    if let Some(path) = of_admin(app, cast, route).await {
        sent.path = path;
    }
    match verb {
        "reopen" | "{token}" => {
            cast.admin.closes(&ticket).await.ok();
        }
        "rate" => {
            cast.admin.sets(&ticket, "resolved").await.ok();
        }
        // An agent whom nobody knows is a fault.
        "assign" => sent.body = json!({}).to_string(),
        "retry" | "discard" => {
            let job = dead_job(app).await.to_string();
            sent.path = route.path.replace("{id}", &job);
        }
        "{messageId}" => {
            let said = cast.customer.says(&ticket, "My password.").await;
            let message = said.created()["message"]["id"].as_str().unwrap();
            sent.path = sent.path.replace("{messageId}", message);
        }
        _ => {}
    }
    if route.path.contains("/unsubscribe/") {
        let secret = &app.cx.config.auth.jwt_secret;
        let person = cast.person.parse().unwrap();
        let token = unsubscribe::token(secret, person, &[Template::WorkAssigned].into());
        sent.path = route.path.replace("{token}", &token);
        (sent.content, sent.body) = (FORM, "List-Unsubscribe=One-Click".to_owned());
    } else if verb == "{token}" {
        let secret = &app.cx.config.auth.jwt_secret;
        let token = domain::tickets::survey::token(secret, ticket.parse().unwrap(), 0);
        sent.path = route.path.replace("{token}", &token);
        (sent.content, sent.body) = (FORM, "rating=5".to_owned());
    }
    if verb == "attachments" {
        (sent.content, sent.body) = (MULTIPART, file("a.pdf"));
    }
    sent
}

/// The path of a thing that an admin has, made for the request.
async fn of_admin(app: &App, cast: &Cast, route: &Route) -> Option<String> {
    if route.path.contains("/webhooks/") {
        let (webhook, delivery) = webhook(&cast.admin).await;
        let path = route.path.replace("{id}", &webhook);
        return Some(path.replace("{deliveryId}", &delivery));
    }
    let id = if route.path.contains("/push/") {
        device(&cast.admin).await
    } else if route.path == "/api/v1/notifications/{id}/read" {
        notification(app, &cast.admin.id()).await
    } else {
        return None;
    };
    Some(route.path.replace("{id}", &id))
}

/// A body of the same kind that is another.
fn other_body(sent: &Sent<'_>) -> String {
    match sent.content {
        FORM => "rating=1".to_owned(),
        MULTIPART => file("b.pdf"),
        _ => json!({"other": 1}).to_string(),
    }
}

/// An answer without what belongs to its request alone, and without a secret, which a repeat does not have.
fn told(answer: &Answer) -> (u16, Vec<(String, String)>, Value) {
    let mut of_request = vec!["x-request-id", "idempotency-replayed"];
    if answer.body.get("secret").is_some() {
        of_request.push("content-length");
    }
    let headers = answer.headers.iter();
    let mut headers: Vec<_> = headers
        .filter(|(name, _)| !of_request.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let mut body = answer.body.clone();
    if body["secret"].is_string() {
        body["secret"] = Value::Null;
    }
    (answer.status.as_u16(), headers, body)
}

/// Takes another key of the caller who has used `used`, as a request that runs does.
async fn taken(app: &App, used: &str, key: &str) -> Tx {
    let caller: String = sqlx::query_scalar("select caller from idempotency_keys where key = $1")
        .bind(used)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap();
    let request = RequestKey {
        caller,
        key: key.to_owned(),
    };
    let mut tx = app.cx.pool.begin().await.unwrap();
    assert!(store::try_lock(&mut *tx, &request).await.unwrap());
    tx
}

/// Holds one route to it.
async fn hold(app: &App, cast: &Cast, route: &Route) {
    let about = format!("{} {}", route.method, route.path);
    let sent = granted(app, cast, route).await;
    // The example is a requester's: staff would have to name a customer.
    let who = if route.path == TICKETS {
        &cast.customer
    } else {
        cast.who_may(route)
    };
    let under = |key: &str, body: String| Sent {
        body,
        headers: vec![("idempotency-key", key.to_owned())],
        ..sent.clone()
    };
    let (used, running) = (about.replace(' ', ":"), about.replace(' ', "::"));
    let first = sends(who, &route.method, &under(&used, sent.body.clone())).await;
    assert!(
        first.status.is_success(),
        "{about}: `granted` has to know a request that is, and not {}",
        first.body
    );
    assert!(
        !first.headers.contains_key("idempotency-replayed"),
        "{about}"
    );
    let before = app.fingerprint().await;
    let again = sends(who, &route.method, &under(&used, sent.body.clone())).await;
    assert_eq!(told(&again), told(&first), "{about}");
    assert_eq!(again.headers["idempotency-replayed"], "true", "{about}");
    let other = sends(who, &route.method, &under(&used, other_body(&sent))).await;
    assert_eq!(other.refused(422), "idempotency_key_reused", "{about}");
    let first_runs = taken(app, &used, &running).await;
    let meanwhile = sends(who, &route.method, &under(&running, sent.body.clone())).await;
    assert_eq!(meanwhile.refused(409), "idempotency_in_progress", "{about}");
    first_runs.rollback().await.unwrap();
    assert!(
        before == app.fingerprint().await,
        "{about} did something again"
    );
}

#[tokio::test]
async fn every_write_is_done_once_for_each_key() {
    let app = App::new().await;
    let cast = Cast::new(&app).await;
    let (_, routes) = api::routes::all();
    for route in routes.iter().filter(|route| route.takes_key()) {
        hold(&app, &cast, route).await;
    }
}

#[test]
fn every_write_takes_a_key_except_those_of_accounts_and_callbacks() {
    let (_, routes) = api::routes::all();
    let without: Vec<_> = routes
        .iter()
        .filter(|route| route.method != "GET" && !route.takes_key())
        .map(|route| route.path)
        .filter(|path| !path.starts_with("/api/v1/auth/"))
        // Their repeats are harmless by themselves.
        .filter(|path| !path.starts_with("/api/v1/notifications/sms/"))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}
