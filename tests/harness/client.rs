//! People as callers of the API, in the same process: requests go through the whole router.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{
    ids::{SessionId, UserId},
    people::Role,
};
use platform::context::Context;
use serde_json::Value;
use tower::ServiceExt;

/// A caller of the API.
#[derive(Clone)]
pub struct Caller {
    router: Router,
    account: Option<Account>,
}

#[derive(Clone)]
struct Account {
    cx: Context,
    user: UserId,
    role: Role,
    session: SessionId,
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Caller {
    /// Somebody without a token.
    pub fn stranger(router: Router) -> Self {
        Self {
            router,
            account: None,
        }
    }

    /// A person with a login that lasts, however far the clock is moved: each request gets a
    /// token of its instant.
    pub async fn person(router: Router, cx: Context, user: &Value) -> Self {
        let id: UserId = user["id"].as_str().unwrap().parse().unwrap();
        let role: Role = user["role"].as_str().unwrap().parse().unwrap();
        let session = SessionId(cx.ids.uuid(cx.clock.now()));
        sqlx::query("insert into sessions (id, user_id, created_at) values ($1, $2, $3)")
            .bind(session.0)
            .bind(id.0)
            .bind(cx.clock.now())
            .execute(&cx.pool)
            .await
            .unwrap();
        Self {
            router,
            account: Some(Account {
                cx,
                user: id,
                role,
                session,
            }),
        }
    }

    /// The person's id.
    pub fn id(&self) -> String {
        self.account.as_ref().unwrap().user.to_string()
    }

    /// A token of this instant.
    pub fn token(&self) -> Option<String> {
        let Account {
            cx,
            user,
            role,
            session,
        } = self.account.as_ref()?;
        let tokens = api::token::Tokens::new(&cx.config.auth);
        let bearer = api::token::Bearer {
            user: *user,
            role: *role,
            session: *session,
        };
        let now = cx.clock.now();
        Some(tokens.issue(bearer, cx.ids.uuid(now), now).unwrap())
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str, body: Value) -> Answer {
        self.call(Method::DELETE, path, Some(body)).await
    }

    /// A ticket of `/support/tickets`, or something below it.
    pub async fn ticket(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/support/tickets/{id}"))
            .await
            .ok()["ticket"]
            .clone()
    }

    /// `PUT /support/tickets/{id}/{verb}`.
    pub async fn does(&self, verb: &str, id: &str, body: Value) -> Answer {
        self.put(&format!("/api/v1/support/tickets/{id}/{verb}"), body)
            .await
    }

    /// Writes a message.
    pub async fn says(&self, id: &str, text: &str) -> Answer {
        let path = format!("/api/v1/support/tickets/{id}/messages");
        self.post(&path, serde_json::json!({"message": text})).await
    }

    /// Opens a ticket; returns its id.
    pub async fn opens(&self, ticket: Value) -> String {
        let made = self.post("/api/v1/support/tickets", ticket).await;
        made.created()["ticket"]["id"].as_str().unwrap().to_owned()
    }

    /// Sends a request with an optional JSON body.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = self.token() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    /// Downloads the bytes of a path.
    pub async fn downloads(&self, path: &str) -> (StatusCode, HeaderMap, Bytes) {
        let mut request = Request::get(path);
        if let Some(token) = self.token() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.raw(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a request unchanged; returns the bytes of the response.
    pub async fn raw(&self, request: Request<Body>) -> (StatusCode, HeaderMap, Bytes) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, bytes)
    }

    /// Sends a request unchanged; the response has to be documented.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        let answer = Answer {
            status,
            headers,
            body,
        };
        super::described::check(&method, &path, &answer);
        answer
    }
}

impl Answer {
    /// The body of a 200.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        self.expect(StatusCode::OK)
    }

    /// The body of a 201.
    #[track_caller]
    pub fn created(&self) -> &Value {
        self.expect(StatusCode::CREATED)
    }

    /// The code of a failure with that status.
    #[track_caller]
    pub fn refused(&self, status: u16) -> &str {
        self.expect(StatusCode::from_u16(status).unwrap())["code"]
            .as_str()
            .unwrap()
    }

    #[track_caller]
    fn expect(&self, status: StatusCode) -> &Value {
        assert_eq!(self.status, status, "{}", self.body);
        &self.body
    }
}
