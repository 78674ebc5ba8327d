//! A correct client: every POST has a key, every PUT names its version, and a request whose outcome is unknown
//! is repeated until there is a response.

use super::rig::Doors;
use crate::harness::Http;
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// How long it waits for one answer. The server takes thirty seconds at most.
const PATIENCE: Duration = Duration::from_secs(8);
const PAUSE: Duration = Duration::from_millis(60);
/// No fault lasts that long.
const LIMIT: Duration = Duration::from_mins(2);

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Done; the answer.
    Accepted(Value),
    /// Not done.
    Refused(u16),
    /// The ticket has moved on since, perhaps by this very request.
    Unsure,
}

/// What clients met with, all together.
#[derive(Debug, Default, Clone)]
pub struct Met {
    pub requests: usize,
    pub repeated: usize,
    /// Attempts that were answered with 503, or not at all: method, path, and what came instead.
    pub unavailable: Vec<String>,
    /// Answers of 500, which are always a mistake of ours: method, path and body.
    pub errors: Vec<String>,
    pub slowest: Duration,
}

/// A person at a terminal.
#[derive(Clone)]
pub struct Client {
    doors: Doors,
    met: Arc<Mutex<Met>>,
    email: String,
    token: String,
    turn: usize,
    name: String,
    keys: usize,
}

impl Client {
    /// Somebody who is not signed in yet; `name` is in all keys.
    pub fn new(doors: Doors, met: Arc<Mutex<Met>>, name: &str) -> Self {
        Self {
            doors,
            met,
            email: String::new(),
            token: String::new(),
            turn: name.len(),
            name: name.to_owned(),
            keys: 0,
        }
    }

    /// What it shows to the server.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Who it is.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// A text that nobody else writes.
    pub fn marker(&mut self) -> String {
        self.keys += 1;
        format!("{}-{}", self.name, self.keys)
    }

    /// Signs in, for as long as it takes.
    pub async fn sign_in(&mut self, email: &str) {
        email.clone_into(&mut self.email);
        let body = json!({"email": email, "password": "SecurePass123!"});
        let path = "/api/v1/auth/login";
        let answer = self.persist(("POST", path), None, &body.to_string()).await;
        let (200, answer, _) = answer else {
            panic!("{email} cannot sign in: {answer:?}");
        };
        answer["token"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.token);
    }

    /// Makes an account. An address that is taken is the client's own, from the first attempt.
    pub async fn register(&mut self, body: &Value) {
        let path = "/api/v1/auth/register";
        let (status, answer, unsure) = self.persist(("POST", path), None, &body.to_string()).await;
        let taken = status == 409 && unsure && answer["code"] == "email_taken";
        assert!(status == 201 || taken, "{status} {answer}");
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        let (status, answer, _) = self.persist(("GET", path), None, "").await;
        reply(status, answer)
    }

    /// Under a key of its own: done exactly once if accepted, and not at all if refused.
    pub async fn post(&mut self, path: &str, body: &Value) -> Reply {
        let key = self.marker();
        let header = ("Idempotency-Key", key.as_str());
        let (status, answer, _) = self
            .persist(("POST", path), Some(header), &body.to_string())
            .await;
        reply(status, answer)
    }

    /// Of a ticket as it was seen. A refusal after an attempt that nobody knows the outcome of
    /// tells nothing.
    pub async fn put(&mut self, path: &str, version: Option<&Value>, body: &Value) -> Reply {
        let version = version.map(|version| format!("\"{version}\""));
        let header = version.as_deref().map(|version| ("If-Match", version));
        let (status, answer, unsure) = self.persist(("PUT", path), header, &body.to_string()).await;
        match reply(status, answer) {
            Reply::Refused(_) if unsure => Reply::Unsure,
            reply => reply,
        }
    }

    /// Done, perhaps several times.
    pub async fn patch(&mut self, path: &str, body: &Value) -> Reply {
        let (status, answer, _) = self.persist(("PATCH", path), None, &body.to_string()).await;
        reply(status, answer)
    }

    /// Sends it until there is an answer: its status, itself, and whether an attempt before it may
    /// have been successful.
    async fn persist(
        &mut self,
        call: (&str, &str),
        header: Option<(&str, &str)>,
        body: &str,
    ) -> (u16, Value, bool) {
        let end = Instant::now() + LIMIT;
        let mut unsure = false;
        let mut repeated = 0;
        self.met.lock().unwrap().requests += 1;
        loop {
            assert!(Instant::now() < end, "{}: no answer to {call:?}", self.name);
            let asked = Instant::now();
            let answer = match self.door() {
                Some(http) => self.ask(http, call, header, body).await,
                None => Attempt::NotSent,
            };
            self.meet(call, asked, &answer);
            match answer {
                Attempt::Answered(401, _) if !self.token.is_empty() => {
                    self.token.clear();
                    let email = self.email.clone();
                    Box::pin(self.sign_in(&email)).await;
                }
                Attempt::Answered(409, answer) if answer["code"] == "idempotency_in_progress" => {}
                Attempt::Answered(500 | 503, _) | Attempt::Unknown(_) => unsure = true,
                Attempt::Answered(status, answer) => return (status, answer, unsure),
                Attempt::NotSent => {}
            }
            repeated += 1;
            self.met.lock().unwrap().repeated += 1;
            tokio::time::sleep(PAUSE * u32::from(repeated > 1)).await;
        }
    }

    fn meet(&self, call: (&str, &str), asked: Instant, answer: &Attempt) {
        let mut met = self.met.lock().unwrap();
        met.slowest = met.slowest.max(asked.elapsed());
        match answer {
            Attempt::Answered(500, answer) => met.errors.push(format!("{call:?} {answer}")),
            Attempt::Answered(503, answer) => met.unavailable.push(format!("{call:?} {answer}")),
            Attempt::Unknown(why) => met.unavailable.push(format!("{call:?} {why}")),
            Attempt::Answered(..) | Attempt::NotSent => {}
        }
    }

    /// Where it goes next, if anybody is there.
    pub fn door(&mut self) -> Option<Http> {
        self.turn += 1;
        self.doors.at(self.turn)
    }

    async fn ask(
        &self,
        http: Http,
        call: (&str, &str),
        header: Option<(&str, &str)>,
        body: &str,
    ) -> Attempt {
        let bearer = format!("Bearer {}", self.token);
        let mut headers: Vec<_> = header.into_iter().collect();
        if !self.token.is_empty() {
            headers.push(("Authorization", &bearer));
        }
        match tokio::time::timeout(PATIENCE, http.send(call, &headers, Some(body))).await {
            Ok(Ok((status, answer))) => Attempt::Answered(status, answer),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                Attempt::NotSent
            }
            Ok(Err(error)) => Attempt::Unknown(error.to_string()),
            Err(elapsed) => Attempt::Unknown(elapsed.to_string()),
        }
    }
}

enum Attempt {
    Answered(u16, Value),
    NotSent,
    Unknown(String),
}

fn reply(status: u16, answer: Value) -> Reply {
    match status {
        200 | 201 => Reply::Accepted(answer),
        status => Reply::Refused(status),
    }
}
