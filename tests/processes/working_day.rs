//! The demo in a place of its own, as `./dev demo` runs it: the system in the middle of a working day.

use crate::{
    demo::{kept_for_the_owner, text},
    harness::{Folder, Http, Program, Site, eventually, within},
};
use domain::tickets::Status;
use serde_json::{Value, json};
use std::{path::PathBuf, process::Command, time::Duration};

/// The limit of filling, on a loaded machine.
const FILLED: Duration = Duration::from_mins(10);

/// The demo as `./dev demo` runs it.
struct Shown {
    http: Http,
    said: String,
    password: String,
}

impl Shown {
    async fn of(program: &Program) -> Self {
        within(FILLED, "the demo is filled", async || {
            program.log().contains("Ctrl-C stops it")
        })
        .await;
        let said = program.log();
        Self {
            http: program.http().await,
            password: word_after(&said, "password is "),
            said,
        }
    }

    /// The address of the first person whose line has this text.
    fn person(&self, text: &str) -> String {
        let mut lines = self.said.lines().filter(|line| line.contains('@'));
        let line = lines.find(|line| line.contains(text));
        let line = line.unwrap_or_else(|| panic!("nobody with {text} in:\n{}", self.said));
        line.split_whitespace().nth(1).unwrap().to_owned()
    }

    async fn login(&self, email: &str) -> String {
        let login = json!({"email": email, "password": self.password}).to_string();
        let (status, answer) = self.http.post("/api/v1/auth/login", None, &login).await;
        assert_eq!(status, 200, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    async fn get(&self, path: &str, token: &str) -> Value {
        let (status, answer) = self
            .http
            .get(&format!("/api/v1/support{path}"), token)
            .await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    async fn count(&self, filter: &str, token: &str) -> i64 {
        let list = self.get(&format!("/tickets?limit=1&{filter}"), token).await;
        list["pagination"]["total"].as_i64().unwrap()
    }
}

fn word_after(text: &str, mark: &str) -> String {
    let (_, rest) = text.split_once(mark).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

fn folder_of_the_demo(folder: &Folder) -> PathBuf {
    folder.path().join("demo")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_sees_a_working_day_comes_back_to_it_and_removes_it() {
    let folder = Folder::new("demo");
    let site = Site::alone(folder.path(), &[("SMTP_URL", "smtp://127.0.0.1:1")]);
    let mut program = site.start("demo --tickets 90");
    let shown = Shown::of(&program).await;
    kept_for_the_owner(
        &folder_of_the_demo(&folder).join("password"),
        &shown.password,
    );
    assert!(shown.password.len() < 16, "too long to type");
    every_status_is_there_and_deadlines_are_at_risk(&shown).await;
    the_figures_are_believable(&shown).await;
    those_who_are_named_have_work(&shown).await;
    a_ticket_waits_for_the_agent_who_is_away(&shown).await;
    the_commands_work(&shown);

    // Beside it, the usual system has data of its own.
    let mut usual = site.start("");
    usual.http().await;
    assert!(usual.log().contains("admin@baitech.local"));
    assert_eq!(usual.terminate().await, Some(0), "{}", usual.log());
    assert_eq!(program.terminate().await, Some(0), "{}", program.log());

    let again = site.run("demo --tickets 30", &[]);
    assert_eq!(again.status.code(), Some(1));
    let said = text(&again.stderr);
    assert!(said.contains("./dev reset --demo"), "{said}");
    let mut program = site.start("demo");
    let later = Shown::of(&program).await;
    assert_eq!(later.password, shown.password);
    assert!(
        later.said.contains("To begin anew: ./dev reset --demo"),
        "{}",
        later.said
    );
    assert_eq!(program.terminate().await, Some(0), "{}", program.log());

    let reset = site.run("reset --demo --yes", &[]);
    assert_eq!(reset.status.code(), Some(0), "{}", text(&reset.stderr));
    assert!(!folder_of_the_demo(&folder).exists());
    eventually("the usual servers stop", async || {
        site.run("reset --yes", &[]).status.success()
    })
    .await;
}

async fn every_status_is_there_and_deadlines_are_at_risk(shown: &Shown) {
    let admin = shown.login(&shown.person("admin ")).await;
    for status in Status::ALL {
        let count = shown.count(&format!("status={status}"), &admin).await;
        assert!(count > 0, "no ticket is {status}:\n{}", shown.said);
    }
    for sla in ["at_risk", "breached"] {
        let count = shown.count(&format!("sla={sla}"), &admin).await;
        assert!(count > 0, "no ticket is {sla}:\n{}", shown.said);
    }
}

async fn the_figures_are_believable(shown: &Shown) {
    let compliance: f64 = word_after(&shown.said, "missed; ").parse().unwrap();
    assert!(compliance >= 90.0, "{}", shown.said);
    let (_, besides) = shown.said.split_once("Besides").unwrap();
    let escalations: u32 = besides.split_whitespace().next().unwrap().parse().unwrap();
    // Those of the last hours are more than their share.
    assert!((2..=18).contains(&escalations), "{}", shown.said);
    let admin = shown.login(&shown.person("admin ")).await;
    let path = "/tickets?status=closed&limit=100";
    let closed = shown.get(path, &admin).await;
    for ticket in closed["tickets"].as_array().unwrap() {
        let ticket = shown
            .get(
                &format!("/tickets/{}", ticket["id"].as_str().unwrap()),
                &admin,
            )
            .await;
        let resolution = &ticket["ticket"]["resolution"];
        let is_duplicate = resolution["resolutionType"] == "duplicate";
        assert_eq!(
            is_duplicate,
            !resolution["duplicateOf"].is_null(),
            "{resolution}"
        );
    }
}

async fn those_who_are_named_have_work(shown: &Shown) {
    let agent = shown.login(&shown.person("at risk,")).await;
    let agent = shown.get("/dashboard", &agent).await["dashboard"].clone();
    assert_ne!(agent["assignedTickets"], json!([]), "{agent}");
    assert_ne!(agent["performance"]["ticketsResolved"], 0, "{agent}");
    let admin = shown.login(&shown.person("admin ")).await;
    let admin = shown.get("/dashboard", &admin).await["dashboard"].clone();
    for list in ["unassignedTickets", "urgentTickets"] {
        assert_ne!(admin[list], json!([]), "{admin}");
    }
}

async fn a_ticket_waits_for_the_agent_who_is_away(shown: &Shown) {
    let agent = shown.login(&shown.person("away:")).await;
    let here = r#"{"status": "available"}"#;
    let (status, answer) = shown
        .http
        .put("/api/v1/support/availability", &agent, here)
        .await;
    assert_eq!(status, 200, "{answer}");
    eventually("the ticket is assigned", async || {
        shown.get("/dashboard", &agent).await["dashboard"]["assignedTickets"] != json!([])
    })
    .await;
}

/// Pastes the printed commands into a shell.
fn the_commands_work(shown: &Shown) {
    let (_, rest) = shown.said.split_once("In another terminal:\n").unwrap();
    let (commands, _) = rest.split_once("Mails are files").unwrap();
    let ended = Command::new("bash")
        .args(["--norc", "-c", commands])
        .output()
        .unwrap();
    let said = text(&ended.stdout);
    assert_eq!(text(&ended.stderr), "");
    for part in ["statusBreakdown", "TKT-", "assignedTickets"] {
        assert!(said.contains(part), "{part} is missing in: {said}");
    }
    assert!(!said.contains("\"code\""), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_that_was_interrupted_begins_anew() {
    let folder = Folder::new("demo-again");
    let site = Site::alone(folder.path(), &[]);
    let mut program = site.start("demo --tickets 5000");
    program.says("demo:   0 %").await;
    program.kill();
    let mut program = site.start("demo --tickets 25");
    let shown = Shown::of(&program).await;
    assert!(shown.said.contains("Tickets      25: "), "{}", shown.said);
    assert_eq!(program.terminate().await, Some(0), "{}", program.log());
    eventually("the servers stop", async || {
        site.run("reset --yes", &[]).status.success()
    })
    .await;
}
