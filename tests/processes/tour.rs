//! The tour of the README, pasted into the shells that people have, against a system as `./dev` starts it and one as
//! `docker-compose.yml` starts it. The first of the commands that a start prints are pasted too.

use crate::harness::{Folder, Program, Site, redis_url, root, stage::stage};
use secrecy::ExposeSecret;
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// The address that the README uses.
const ADDRESS: &str = "127.0.0.1:5000";
/// Each shell with the arguments that make it read commands as if they were typed.
const SHELLS: [(&str, &[&str]); 2] = [("bash", &["--norc", "-s"]), ("zsh", &["-f", "-i", "-s"])];

fn file(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The blocks of the README between two texts.
fn blocks(from: &str, to: &str) -> Vec<String> {
    let readme = file("README.md");
    let (_, rest) = readme.split_once(from).unwrap();
    let (section, _) = rest.split_once(to).unwrap();
    let fenced = section.split("```sh\n").skip(1);
    fenced
        .map(|block| block.split_once("```").unwrap().0.to_owned())
        .collect()
}

fn tour() -> Vec<String> {
    blocks("## A tour", "The same as programs")
}

/// What a shell says to a script that is pasted, errors included; `None` where the shell is not installed.
fn pasted(shell: (&str, &[&str]), folder: &Path, script: &str) -> Option<String> {
    let mut command = Command::new(shell.0);
    command.args(shell.1).current_dir(folder);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    let ended = child.wait_with_output().unwrap();
    let said = [&ended.stdout, &ended.stderr].map(|said| String::from_utf8_lossy(said));
    Some(said.concat())
}

/// Says that the tour is not tested in a shell that is not installed. Where `CI` is set, all have to be.
#[expect(
    clippy::disallowed_methods,
    reason = "`CI` is no setting of the program"
)]
fn skipped(shell: &str) {
    let is_needed = shell == "bash" || std::env::var_os("CI").is_some();
    assert!(!is_needed, "{shell} is not installed");
    let said = format!("the tour is NOT tested in {shell}, which is not installed\n");
    // Past the capture of output: that of a test that passes is not shown.
    std::io::stderr().write_all(said.as_bytes()).unwrap();
}

async fn walked(shell: (&'static str, &'static [&'static str]), folder: &Path, script: String) {
    let folder = folder.to_owned();
    let walk = move || pasted(shell, &folder, &script);
    let Some(said) = tokio::task::spawn_blocking(walk).await.unwrap() else {
        skipped(shell.0);
        return;
    };
    for wrong in [
        "\"code\":",
        "not found",
        "no matches",
        "parse error",
        "syntax error",
    ] {
        assert!(!said.contains(wrong), "{}: {wrong} in:\n{said}", shell.0);
    }
    for told in [
        "asha: 200",
        "sarah: 200",
        "The address had a typing error.",
        "\"ticketNumber\": \"TKT-",
        "\"status\": \"waiting_customer\"",
        "\"type\": \"closed\"",
        "How satisfied are you",
        "Open this in a browser: http://",
    ] {
        assert!(
            said.contains(told),
            "{}: {told} is missing in:\n{said}",
            shell.0
        );
    }
}

#[test]
fn no_line_of_the_tour_is_a_comment_which_zsh_would_run() {
    let blocks = tour();
    assert!(blocks.len() > 5);
    for line in blocks.iter().flat_map(|block| block.lines()) {
        assert!(!line.trim_start().starts_with('#'), "{line}");
        assert!(!line.contains(" # "), "{line}");
    }
}

#[tokio::test]
async fn the_tour_works_in_bash_and_in_zsh() {
    let folder = Folder::new("tour");
    let data = folder.path().join(".data");
    let site = Site::alone(folder.path(), &[("DATA_DIR", data.to_str().unwrap())]);
    let mut program = site.start("");
    let address = program.http().await.address().to_string();
    let script = tour().concat().replace(ADDRESS, &address);
    for shell in SHELLS {
        walked(shell, folder.path(), script.clone()).await;
    }
    commands_of_the_banner_work(&program, folder.path());
    assert_eq!(program.terminate().await, Some(0), "{}", program.log());
}

fn commands_of_the_banner_work(program: &Program, folder: &Path) {
    let log = program.log();
    let (_, rest) = log.split_once("(paste into another terminal):\n").unwrap();
    let (commands, _) = rest.split_once("The README").unwrap();
    let [bash, _] = SHELLS;
    let said = pasted(bash, folder, commands).unwrap();
    assert!(said.contains("Cannot complete payment"), "{said}");
    assert!(!said.contains("\"code\""), "{said}");
}

/// The environment of the programs in `docker-compose.yml`, with these variables set where it is started.
fn compose(variables: &[(&str, &str)]) -> BTreeMap<String, String> {
    let compose = file("docker-compose.yml");
    let (_, rest) = compose.split_once("  environment:\n").unwrap();
    let lines = rest.lines().take_while(|line| line.starts_with("    "));
    let setting = |line: &str| {
        let (name, value) = line.trim().split_once(": ").unwrap();
        (
            name.to_owned(),
            substituted(value.trim_matches('"'), variables),
        )
    };
    lines
        .filter(|line| !line.trim_start().starts_with('#'))
        .map(setting)
        .collect()
}

/// `${NAME:-default}`, `${NAME:?problem}` and `${NAME?problem}` as Compose replaces them.
fn substituted(value: &str, variables: &[(&str, &str)]) -> String {
    let Some((before, rest)) = value.split_once("${") else {
        return value.to_owned();
    };
    let (variable, after) = rest.split_once('}').unwrap();
    let (name, usual) = variable.split_at(variable.find([':', '?']).unwrap());
    let set = variables.iter().find(|(known, _)| *known == name);
    let inner = match (set, usual.strip_prefix(":-")) {
        (Some((_, value)), _) => *value,
        (None, Some(usual)) => usual,
        (None, None) => panic!("{name} has to be set"),
    };
    format!("{before}{inner}{}", substituted(after, variables))
}

#[tokio::test]
async fn the_tour_works_on_the_settings_of_docker_compose() {
    let exported = [
        ("JWT_SECRET", "a secret for tests that is long enough"),
        ("BOOTSTRAP_ADMIN_EMAIL", "admin@baitech.local"),
        ("BOOTSTRAP_ADMIN_PASSWORD", "SecurePass123!"),
    ];
    let readme = file("README.md");
    let setup = blocks("### With Docker", "## A tour").concat();
    for (name, _) in exported {
        assert!(setup.contains(&format!("{name}=")), "{name}");
    }
    for by in [
        "ADMIN=$BOOTSTRAP_ADMIN_EMAIL",
        "PASSWORD=$BOOTSTRAP_ADMIN_PASSWORD",
    ] {
        assert!(readme.contains(by), "{by}");
    }

    let folder = Folder::new("tour-compose");
    let data = folder.path().join(".data");
    let app = stage().await;
    let mut environment = compose(&exported);
    // the places that only exist there; mails are files instead of Mailpit's
    let database = app.cx.config.database.url.expose_secret();
    for (name, value) in [
        ("DATABASE_URL", database),
        ("REDIS_URL", &redis_url()),
        ("REDIS_PREFIX", &app.cx.config.redis.prefix),
        ("HOST", "127.0.0.1"),
        ("SMTP_URL", ""),
        ("DATA_DIR", data.to_str().unwrap()),
    ] {
        environment.insert(name.to_owned(), value.to_owned());
    }
    let set: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let site = Site::alone(folder.path(), &set);
    assert_eq!(site.run("migrate", &[]).status.code(), Some(0));
    let mut api = site.start("api");
    let address = api.http().await.address().to_string();
    // the port is free, not 5000: the links of mails lead there
    let url = format!("http://{address}");
    let worker = site.start_with("worker", &[("PUBLIC_URL", &url)]);
    let scheduler = site.start("scheduler");
    let of_dev = "PASSWORD=$(cat .data/admin-password)";
    let script = tour().concat().replace(ADDRESS, &address);
    assert!(script.contains(of_dev));
    let script = script.replace(of_dev, "PASSWORD='SecurePass123!'");
    let [bash, _] = SHELLS;
    walked(bash, folder.path(), script).await;
    drop((worker, scheduler));
    assert_eq!(api.terminate().await, Some(0), "{}", api.log());
}
