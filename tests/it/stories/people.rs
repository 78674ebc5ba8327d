//! Accounts and logins.

use crate::harness::{Answer, App, Caller, TICKETS};
use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::TimeDelta;
use domain::people::Role;
use serde_json::{Value, json};

const REGISTER: &str = "/api/v1/auth/register";
const LOGIN: &str = "/api/v1/auth/login";
const REFRESH: &str = "/api/v1/auth/refresh";
const ME: &str = "/api/v1/auth/me";

/// The brief's example.
fn sarah() -> Value {
    json!({
        "firstName": "Sarah",
        "lastName": "Support",
        "email": "sarah.support@baitech.com",
        "phoneNumber": "+254712345678",
        "password": "SecurePass123!",
        "role": "support"
    })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

async fn me(anybody: &Caller, token: &str) -> Answer {
    let request = Request::get(ME).header(header::AUTHORIZATION, format!("Bearer {token}"));
    anybody.send(request.body(Body::empty()).unwrap()).await
}

fn text(answer: &Answer, field: &str) -> String {
    answer.body[field].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_brief_s_registration_of_an_agent_works_as_written_where_it_is_open() {
    let app = App::with(&[("STAFF_REGISTRATION", "open")]).await;
    let anybody = app.stranger();
    let made = anybody.post(REGISTER, sarah()).await;
    let user = made.created()["user"].clone();
    assert_eq!(
        made.body,
        json!({
            "success": true,
            "user": {
                "id": user["id"], "firstName": "Sarah", "lastName": "Support",
                "email": "sarah.support@baitech.com", "phoneNumber": "+254712345678",
                "role": "support", "language": "en", "timezone": "UTC", "active": true,
                "supportInfo": {
                    "employeeId": null, "department": "general", "specializations": [],
                    "languages": [], "level": 1, "shiftSchedule": [],
                    "availability": {
                        "status": "offline", "maxConcurrentTickets": 5, "currentTickets": 0,
                        "updatedAt": "2025-10-01T08:00:00.000Z"
                    },
                    "stats": {
                        "ticketsHandled": 0, "ticketsClosed": 0, "averageResponseTime": null,
                        "averageResolutionTime": null, "customerSatisfactionRating": null,
                        "ratingCount": 0
                    }
                },
                "createdAt": "2025-10-01T08:00:00.000Z", "updatedAt": "2025-10-01T08:00:00.000Z"
            },
            "token": made.body["token"], "refreshToken": made.body["refreshToken"],
            "expiresIn": 900
        })
    );
    assert_eq!(me(&anybody, &text(&made, "token")).await.ok()["user"], user);
    // Never an admin, however open it is.
    let admin = with(
        with(sarah(), "role", json!("admin")),
        "email",
        json!("a@b.example"),
    );
    let refused = anybody.post(REGISTER, admin).await;
    assert_eq!(refused.refused(403), "staff_registration_closed");
}

#[tokio::test]
async fn staff_are_registered_by_admins_who_get_no_tokens_for_them() {
    let app = App::new().await;
    let anybody = app.stranger();
    let customer = app.customer("Amina").await;
    let agent = app.agent("Tom", "general").await;
    for role in ["support", "admin"] {
        let body = with(sarah(), "role", json!(role));
        for caller in [&anybody, &customer, &agent] {
            let refused = caller.post(REGISTER, body.clone()).await;
            assert_eq!(refused.refused(403), "staff_registration_closed");
        }
    }
    let eve = app.admin("Eve").await;
    let made = eve.post(REGISTER, sarah()).await;
    let mut fields: Vec<_> = made.created().as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(fields, ["success", "user"]);
    assert_eq!(
        made.body["user"]["supportInfo"]["availability"]["status"],
        "offline"
    );
    let credentials = json!({"email": "sarah.support@baitech.com", "password": "SecurePass123!"});
    anybody.post(LOGIN, credentials).await.ok();
}

#[tokio::test]
async fn anybody_registers_as_a_requester_and_gives_themselves_no_rank() {
    let app = App::with(&[("STAFF_REGISTRATION", "open")]).await;
    let anybody = app.stranger();
    for role in ["customer", "technician", "corporate"] {
        let body = with(
            with(sarah(), "role", json!(role)),
            "email",
            json!(format!("{role}@b.example")),
        );
        let made = anybody.post(REGISTER, body).await;
        assert_eq!(made.created()["user"]["role"], role);
        assert_eq!(made.body["user"]["supportInfo"], Value::Null);
    }
    let info = json!({
        "department": "technical", "level": 3, "maxConcurrentTickets": 500,
        "stats": {"ticketsClosed": 1000, "customerSatisfactionRating": 5.0}
    });
    let made = anybody
        .post(REGISTER, with(sarah(), "supportInfo", info))
        .await;
    let info = &made.created()["user"]["supportInfo"];
    assert_eq!(info["department"], "technical");
    assert_eq!(info["level"], 1);
    assert_eq!(info["availability"]["maxConcurrentTickets"], 5);
    assert_eq!(info["stats"]["ticketsClosed"], 0);
}

#[tokio::test]
async fn an_address_is_one_account_without_regard_to_case() {
    let app = App::new().await;
    let anybody = app.stranger();
    let body = with(sarah(), "role", json!("customer"));
    anybody.post(REGISTER, body.clone()).await.created();
    let shouted = with(body, "email", json!("SARAH.Support@BaiTech.com"));
    assert_eq!(
        anybody.post(REGISTER, shouted).await.refused(409),
        "email_taken"
    );
    let credentials = json!({"email": "Sarah.SUPPORT@baitech.com", "password": "SecurePass123!"});
    anybody.post(LOGIN, credentials).await.ok();
}

#[tokio::test]
async fn every_fault_of_a_registration_is_named_at_once() {
    let app = App::new().await;
    let body = json!({
        "firstName": "", "lastName": 7, "email": "nobody", "phoneNumber": "0712345678",
        "password": "short", "role": "customer", "language": "klingon!", "timezone": "Mars/Base",
        "isAdmin": true
    });
    let refused = app.stranger().post(REGISTER, body).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let mut named: Vec<_> = (refused.body["errors"].as_array().unwrap().iter())
        .map(|field_error| field_error["field"].as_str().unwrap())
        .collect();
    named.sort_unstable();
    named.dedup();
    assert_eq!(
        named,
        [
            "email",
            "firstName",
            "isAdmin",
            "language",
            "lastName",
            "password",
            "phoneNumber",
            "timezone"
        ]
    );
}

#[tokio::test]
async fn a_wrong_password_an_unknown_address_and_a_closed_account_read_the_same() {
    let app = App::new().await;
    let anybody = app.stranger();
    app.customer("Amina").await;
    let gone = app.customer("Gone").await;
    app.deactivate(&gone).await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("amina@example.com", "WrongPass123!"),
        ("unknown@example.com", "SecurePass123!"),
        ("gone@example.com", "SecurePass123!"),
    ] {
        let credentials = json!({"email": email, "password": password});
        let mut refused = anybody.post(LOGIN, credentials).await;
        assert_eq!(refused.refused(401), "invalid_credentials");
        assert!(refused.headers.contains_key("www-authenticate"));
        refused.body.as_object_mut().unwrap().remove("requestId");
        answers.push(refused.body);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_late_use_of_a_spent_one_revokes_its_family() {
    let app = App::new().await;
    let anybody = app.stranger();
    app.customer("Amina").await;
    let credentials = json!({"email": "amina@example.com", "password": "SecurePass123!"});
    let elsewhere = anybody.post(LOGIN, credentials.clone()).await;
    let login = anybody.post(LOGIN, credentials).await;
    let first = json!({"refreshToken": login.ok()["refreshToken"]});
    // The access token lasts a quarter of an hour, the session longer.
    app.advance(TimeDelta::minutes(15));
    assert_eq!(
        me(&anybody, &text(&login, "token")).await.refused(401),
        "token_expired"
    );
    let next = anybody.post(REFRESH, first.clone()).await;
    let mut fields: Vec<_> = next.ok().as_object().unwrap().keys().cloned().collect();
    fields.sort();
    assert_eq!(
        fields,
        ["expiresIn", "refreshToken", "success", "token", "user"]
    );
    assert_ne!(next.body["refreshToken"], login.body["refreshToken"]);
    me(&anybody, &text(&next, "token")).await.ok();
    // Another tab used the same token in the same seconds.
    app.advance(TimeDelta::seconds(10));
    let other_tab = anybody.post(REFRESH, first.clone()).await;
    me(&anybody, &text(&other_tab, "token")).await.ok();
    // A third use is theft: nobody continues this session.
    let refused = anybody.post(REFRESH, first).await;
    assert_eq!(refused.refused(401), "invalid_refresh_token");
    let second = json!({"refreshToken": next.body["refreshToken"]});
    let refused = anybody.post(REFRESH, second).await;
    assert_eq!(refused.refused(401), "invalid_refresh_token");
    assert_eq!(
        me(&anybody, &text(&next, "token")).await.refused(401),
        "token_revoked"
    );
    // Another login of the same person is not concerned.
    let other = json!({"refreshToken": elsewhere.body["refreshToken"]});
    anybody.post(REFRESH, other).await.ok();
    let nonsense = json!({"refreshToken": "nonsense"});
    assert_eq!(anybody.post(REFRESH, nonsense).await.status, 401);
}

#[tokio::test]
async fn a_spent_refresh_token_is_refused_after_ten_seconds_and_ends_the_session() {
    let app = App::new().await;
    let anybody = app.stranger();
    app.customer("Amina").await;
    let credentials = json!({"email": "amina@example.com", "password": "SecurePass123!"});
    let login = anybody.post(LOGIN, credentials).await;
    let first = json!({"refreshToken": login.ok()["refreshToken"]});
    let next = anybody.post(REFRESH, first.clone()).await;
    let second = json!({"refreshToken": next.ok()["refreshToken"]});
    app.advance(TimeDelta::milliseconds(10_001));
    let refused = anybody.post(REFRESH, first).await;
    assert_eq!(refused.refused(401), "invalid_refresh_token");
    let refused = anybody.post(REFRESH, second).await;
    assert_eq!(refused.refused(401), "invalid_refresh_token");
}

#[tokio::test]
async fn after_a_logout_neither_token_is_good() {
    let app = App::new().await;
    let anybody = app.stranger();
    app.customer("Amina").await;
    let credentials = json!({"email": "amina@example.com", "password": "SecurePass123!"});
    let login = anybody.post(LOGIN, credentials).await;
    let token = text(&login, "token");
    let request = Request::post("/api/v1/auth/logout")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty());
    anybody.send(request.unwrap()).await.ok();
    assert_eq!(me(&anybody, &token).await.refused(401), "token_revoked");
    let refresh = json!({"refreshToken": login.body["refreshToken"]});
    assert_eq!(anybody.post(REFRESH, refresh).await.status, 401);
}

#[tokio::test]
async fn a_deactivation_and_a_new_role_take_effect_at_once() {
    let app = App::new().await;
    let anybody = app.stranger();
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let credentials = json!({"email": "amina@example.com", "password": "SecurePass123!"});
    let login = anybody.post(LOGIN, credentials).await;
    app.deactivate(&amina).await;
    let token = text(&login, "token");
    assert_eq!(me(&anybody, &token).await.refused(401), "token_revoked");
    let refresh = json!({"refreshToken": login.body["refreshToken"]});
    assert_eq!(anybody.post(REFRESH, refresh).await.status, 401);
    // The token still says support.
    sarah.get("/api/v1/support/dashboard").await.ok();
    app.sql(
        "update users set role = 'customer' where id = $1::uuid",
        &sarah.id(),
    )
    .await;
    let refused = sarah.get("/api/v1/support/dashboard").await;
    assert_eq!(refused.refused(403), "role_not_allowed");
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_refused_as_is_one_that_was_tampered_with() {
    let app = App::new().await;
    let anybody = app.stranger();
    let amina = app.customer("Amina").await;
    let token = amina.token().unwrap();
    me(&anybody, &token).await.ok();
    let (head, rest) = token.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    // {"alg":"none"}
    let none = "eyJhbGciOiJub25lIn0";
    for forged in [
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{head}.{claims}."),
        format!("{head}.{claims}A.{signature}"),
        "nonsense".to_owned(),
        String::new(),
    ] {
        assert_eq!(
            me(&anybody, &forged).await.refused(401),
            "invalid_token",
            "{forged}"
        );
    }
}

#[tokio::test]
async fn technicians_and_corporate_customers_have_tickets_like_customers() {
    let app = App::new().await;
    for (name, role) in [("Tea", Role::Technician), ("Cory", Role::Corporate)] {
        let person = app.person(name, role, Value::Null).await;
        let id = person.asks("general", "low").await;
        let answer = person.says(&id, "Hello?").await;
        assert_eq!(answer.created()["message"]["senderType"], "customer");
        assert_eq!(person.get(TICKETS).await.ok()["pagination"]["total"], 1);
        assert_eq!(person.get("/api/v1/support/dashboard").await.status, 403);
    }
}
