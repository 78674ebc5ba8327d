//! The log: one line for each request and each job, without texts of people, addresses or secrets.

use super::traces::logged;
use crate::harness::{App, Http, Site, eventually, smtp_server::SmtpServer};
use platform::clock::{Clock, SystemClock};
use serde_json::{Value, json};

const PASSWORD: &str = "Sekret-Pass-4711!";

#[tokio::test]
async fn a_story_leaves_a_line_for_each_request_and_job_and_no_secret_or_message_text() {
    let server = SmtpServer::start().await;
    let app = App::new().await;
    app.clock.set(SystemClock.now());
    app.agent("Sam", "general").await;
    let set = [
        ("SMTP_URL", server.url()),
        // As much as an operator may ever turn on.
        ("LOG", "debug"),
        ("JWT_SECRET", "a sekret for tests that is long enough"),
        ("METRICS_TOKEN", "a sekret token for tests"),
        ("BOOTSTRAP_ADMIN_EMAIL", "first.sekret@example.com"),
        ("BOOTSTRAP_ADMIN_PASSWORD", PASSWORD),
    ];
    let site = Site::of(&app, &set);
    let (api, worker) = (site.start("api"), site.start("worker"));
    let http = api.http().await;
    let hidden = secrets_are_sent(http).await;
    eventually("all is done", async || {
        let open = "select count(*) from jobs where unique_key is null and state <> 'done'";
        let open: i64 = sqlx::query_scalar(open)
            .fetch_one(&app.cx.pool)
            .await
            .unwrap();
        open == 0 && server.received().len() >= 3
    })
    .await;

    let logs = [api.log(), worker.log()].concat();
    for hidden in hidden {
        let hidden = hidden.to_lowercase();
        let told = logs
            .lines()
            .find(|line| line.to_lowercase().contains(&hidden));
        assert_eq!(told, None, "{hidden}");
    }
    let lines = logged(&logs);
    let requests = |path: &str| {
        let of_path =
            |line: &&Value| line["message"] == "request answered" && line["http.path"] == path;
        lines.iter().filter(of_path).count()
    };
    assert_eq!(requests("/api/v1/support/tickets"), 2);
    assert_eq!(requests("/api/v1/support/tickets/{id}/messages"), 2);
    let ran =
        "select count(*) from jobs where state = 'done' and unique_key is null and created_at > $1";
    let began = app.now();
    let ran: i64 = sqlx::query_scalar(ran)
        .bind(began)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap();
    // The line follows the commit.
    eventually("each job has its line", async || {
        let lines = logged(&worker.log());
        let told = lines
            .iter()
            .filter(|line| line["message"] == "a job ran" && line["job.name"] != "roll_up_stats");
        i64::try_from(told.count()).unwrap() == ran
    })
    .await;
}

/// Somebody does what people do, and tells secrets on the way; what must not come out.
async fn secrets_are_sent(http: Http) -> Vec<String> {
    let person = json!({
        "firstName": "Sekretfirst", "lastName": "Sekretlast", "email": "sekret@example.com",
        "phoneNumber": "+254712345699", "password": PASSWORD,
    });
    let (status, made) = http
        .post("/api/v1/auth/register", None, &person.to_string())
        .await;
    assert_eq!(status, 201, "{made}");
    let token = made["token"].as_str().unwrap().to_owned();
    let refresh = made["refreshToken"].as_str().unwrap().to_owned();
    let ticket = json!({"subject": "sekret subject", "description": "sekret description", "tags": ["sekret-tag"]});
    let tickets = "/api/v1/support/tickets";
    let (status, made) = http.post(tickets, Some(&token), &ticket.to_string()).await;
    assert_eq!(status, 201, "{made}");
    let id = made["ticket"]["id"].as_str().unwrap().to_owned();
    for (path, body, expected) in [
        (
            format!("{tickets}/{id}/messages"),
            json!({"message": "sekret message"}),
            201,
        ),
        (
            format!("{tickets}/{id}/messages"),
            json!({"message": "sekret message", "sekret": 1}),
            422,
        ),
        (
            "/api/v1/auth/login".to_owned(),
            json!({"email": "sekret@example.com", "password": "wrong-sekret-1"}),
            401,
        ),
        (
            "/api/v1/auth/forgot-password".to_owned(),
            json!({"email": "sekret@example.com"}),
            200,
        ),
        (
            "/api/v1/auth/refresh".to_owned(),
            json!({"refreshToken": refresh}),
            200,
        ),
    ] {
        let (status, answer) = http.post(&path, Some(&token), &body.to_string()).await;
        assert_eq!(status, expected, "{path}: {answer}");
    }
    http.get(&format!("{tickets}?q=sekret&customer=sekret"), &token)
        .await;
    http.get("/api/v1/support/survey/sekret-token", &token)
        .await;
    let words = ["sekret", "4711!", "+2547", "example.com"].map(str::to_owned);
    [words.as_slice(), &[token, refresh]].concat()
}
