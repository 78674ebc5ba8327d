//! The example clients work against the program itself, as users copy them.

use crate::harness::{Folder, Site};
use std::{
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

const EMAIL: &str = "admin@example.com";
/// Begins as an option would.
const PASSWORD: &str = "-SecurePass123!";

/// An example that runs.
struct Example(Child);

impl Example {
    fn start(name: &str, base_url: &str, arguments: &[&str]) -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("examples")
            .join(name);
        let child = Command::new("python3")
            // No folder of compiled modules beside the scripts.
            .arg("-B")
            .arg(script)
            .args(["--base-url", base_url])
            .args(arguments)
            .env_remove("EMAIL")
            .env_remove("PASSWORD")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        // `./dev test` sees to python3.
        Self(child.unwrap())
    }

    /// What it said, having ended well.
    async fn said(self) -> String {
        let ended = tokio::task::spawn_blocking(|| self.0.wait_with_output());
        let Output {
            status,
            stdout,
            stderr,
        } = ended.await.unwrap().unwrap();
        let [said, complained] = [stdout, stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(status.success(), "{status}: {said}{complained}");
        assert_eq!(complained, "");
        said
    }
}

/// What stands after the mark, up to white space.
fn after(said: &str, mark: &str) -> String {
    let (_, rest) = said.split_once(mark).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

fn says(said: &str, lines: &[&str]) {
    for line in lines {
        assert!(said.contains(line), "{line} is missing in:\n{said}");
    }
}

#[tokio::test]
async fn customer_agent_and_admin_of_the_examples_work_with_each_other() {
    let folder = Folder::new("examples");
    let site = Site::alone(
        folder.path(),
        &[
            ("BOOTSTRAP_ADMIN_EMAIL", EMAIL),
            ("BOOTSTRAP_ADMIN_PASSWORD", PASSWORD),
        ],
    );
    let mut program = site.start("");
    let url = format!("http://{}", program.http().await.address());

    let admin = ["--email", EMAIL, "--password", PASSWORD];
    let admin = Example::start("admin.py", &url, &admin).said().await;
    says(
        &admin,
        &[
            "Signed in as admin@example.com, admin",
            "the first is for companies",
            "finds 1",
            "Daniel left: 0 tickets went back, active is False",
        ],
    );

    let (email, password) = (after(&admin, "--email="), after(&admin, "--password="));
    let account = ["--email", &email, "--password", &password];
    let customer = Example::start("customer.py", &url, &[]);
    let agent = Example::start("agent.py", &url, &account).said().await;
    says(
        &agent,
        &[
            "Available, with",
            "Took TKT-",
            "the resolution's clock is paused",
            "The customer says: With a Visa card",
            "{'firstResponse': 'met', 'resolution': 'met'}",
        ],
    );
    says(
        &customer.said().await,
        &[
            "password: must have",
            "Asked: Which card did you try to pay with, and when?",
            "Resolved: The payment gateway was down; it is back.",
            "Rated with 5 of 5",
            "rated by Asha",
        ],
    );

    let customer = Example::start("customer.py", &url, &["--patience", "3"]);
    let escalating = [account.as_slice(), &["--escalate"]].concat();
    let agent = Example::start("agent.py", &url, &escalating).said().await;
    says(&agent, &["Escalated to level 1, with nobody yet"]);
    says(
        &customer.said().await,
        &["escalated, with nobody yet", "Nobody has resolved it yet:"],
    );

    // An agent who has ended gets no tickets: another one would look for them in vain.
    let left = Example::start("customer.py", &url, &["--patience", "3"]);
    let left = left.said().await;
    assert!(!left.contains("with Sarah"), "{left}");
    assert_eq!(program.terminate().await, Some(0), "{}", program.log());
}

#[tokio::test]
async fn an_example_that_is_refused_shows_the_problem_and_fails() {
    let folder = Folder::new("examples-refused");
    let site = Site::alone(folder.path(), &[]);
    let mut program = site.start("");
    let url = format!("http://{}", program.http().await.address());
    let nobody = ["--email", "nobody@example.com", "--password", "a wrong one"];
    let ended = Example::start("agent.py", &url, &nobody)
        .0
        .wait_with_output();
    let ended = ended.unwrap();
    let complained = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1));
    says(&complained, &["401 invalid_credentials", "[request "]);
    assert_eq!(program.terminate().await, Some(0), "{}", program.log());
}
