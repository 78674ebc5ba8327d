//! The examples of the page are run as a reader copies them, against the API on a port of its own.

use super::shown::Page;
use crate::{
    guards::prepared,
    harness::{App, Caller},
};
use api::{StartupGate, openapi::Access, routes::Route};
use std::{fs, process::Command};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// Operations whose examples name what was mailed to somebody, or a token of somebody: the example is read, and
/// the secret in it is refused.
const OF_SECRETS: &[(&str, u16)] = &[
    ("refresh", 401),
    ("refreshTokens", 401),
    ("resetPassword", 422),
    ("confirmEmail", 422),
    ("showPasswordReset", 404),
    ("resetPasswordByPage", 404),
    ("showEmailConfirmation", 404),
    ("confirmEmailByPage", 404),
];

/// The API of an [`App`] on a port, until it is dropped. Its page names that port.
pub struct Server {
    pub app: App,
    pub url: String,
    _running: JoinSet<()>,
}

impl Server {
    pub async fn with(set: &[(&'static str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = App::with(&[set, &[("PUBLIC_URL", url.as_str())]].concat()).await;
        let gate = StartupGate::default();
        gate.open();
        let serving = Box::pin(api::run(
            app.cx.clone(),
            listener,
            gate,
            CancellationToken::new(),
        ));
        let mut running = JoinSet::new();
        running.spawn(async move { serving.await.unwrap() });
        Self {
            app,
            url,
            _running: running,
        }
    }
}

/// A program that has ended.
pub struct Ended {
    pub status: std::process::ExitStatus,
    pub said: String,
    pub complained: String,
}

/// Runs a program to its end.
pub async fn run(mut command: Command) -> Ended {
    let ended = tokio::task::spawn_blocking(move || command.output());
    let ended = ended.await.unwrap().unwrap();
    let [said, complained] =
        [ended.stdout, ended.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    Ended {
        status: ended.status,
        said,
        complained,
    }
}

/// The variables of the path, with the values that a filled path has: `TICKET_ID` and so on.
fn variables(template: &str, filled: &str) -> Vec<(String, String)> {
    let mut noun = "";
    let mut found = Vec::new();
    for (part, value) in template.split('/').zip(filled.split('/')) {
        match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            Some("id") => found.push((
                format!("{}_ID", noun.trim_end_matches('s').to_uppercase()),
                value.to_owned(),
            )),
            Some("deliveryId") => found.push(("DELIVERY_ID".to_owned(), value.to_owned())),
            Some("messageId") => found.push(("MESSAGE_ID".to_owned(), value.to_owned())),
            Some("token") => found.push(("LINK".to_owned(), value.to_owned())),
            Some(name) => found.push((name.to_uppercase(), value.to_owned())),
            None => noun = part,
        }
    }
    found
}

/// One example, run. The status of its response, and what it said.
async fn tried(
    server: &Server,
    (language, code): (&str, &str),
    who: &Caller,
    filled: &[(String, String)],
) -> (String, String) {
    let mut command = if language == "curl" {
        let mut bash = Command::new("bash");
        let status = "curl() { command curl -sS -w '\\n%{http_code}' \"$@\"; }";
        bash.args(["-c", &format!("{status}\n{code}")]);
        bash
    } else {
        let mut python = Command::new("python3");
        python.args(["-c", code]);
        python
    };
    command
        .current_dir(server.app.folder())
        .env("API", format!("{}/api/v1", server.url))
        .env("TOKEN", who.token().unwrap_or_default())
        .envs(filled.iter().cloned());
    let ended = run(command).await;
    let told = format!("{}{}", ended.said, ended.complained);
    let status = if language == "curl" {
        ended.said.rsplit('\n').next().unwrap().to_owned()
    } else if ended.status.success() {
        "200".to_owned()
    } else {
        let (_, error) = told.split_once("HTTP Error ").unwrap_or(("", "nothing"));
        error.split(':').next().unwrap().to_owned()
    };
    (status, told)
}

async fn examples_work(language: &str) {
    let server = Server::with(&[
        ("STAFF_REGISTRATION", "open"),
        ("RATE_LIMIT_AUTH_PER_MINUTE", "0"),
    ])
    .await;
    let app = &server.app;
    fs::create_dir_all(app.folder()).unwrap();
    fs::write(app.folder().join("screenshot.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    let page = Page::of(app).await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let cast = prepared::Cast::new(app).await;
    let (_, routes) = api::routes::all();
    let mut failed = Vec::new();
    for route in &routes {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        let Some(id) = operation["operationId"].as_str() else {
            continue;
        };
        let filled = prepared::path(app, &cast, route).await;
        let who = caller(app, &cast, route).await;
        let sample = page
            .sample(id, language)
            .replace(prepared::ABSENT, &cast.person);
        let (status, told) = tried(
            &server,
            (language, &sample),
            &who,
            &variables(route.path, &filled),
        )
        .await;
        let of_secret = OF_SECRETS.iter().find(|(known, _)| *known == id);
        let is_right = match of_secret {
            Some((_, expected)) => status == expected.to_string(),
            None => status.starts_with('2'),
        };
        if !is_right {
            failed.push(format!("{id}: {status}\n{sample}\n{told}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// Who makes the call: an account of its own where the example ends a session or changes a password.
async fn caller(app: &App, cast: &prepared::Cast, route: &Route) -> Caller {
    match route.path {
        path if path.contains("/auth/") && route.operation.access() == Access::SignedIn => {
            let name = format!("{}{}", route.method, path.replace('/', ""));
            app.customer(&name).await
        }
        "/api/v1/support/tickets" => cast.customer.clone(),
        _ => cast.who_may(route).clone(),
    }
}

#[tokio::test]
async fn every_example_in_curl_works() {
    examples_work("curl").await;
}

#[tokio::test]
async fn every_example_in_python_works() {
    examples_work("python").await;
}
