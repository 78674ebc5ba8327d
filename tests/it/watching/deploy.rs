//! What is deployed beside the program names what the program has.

use crate::{
    harness::{App, Site, eventually},
    layers::root,
};
use serde_json::Value;
use std::{collections::BTreeSet, fs};

fn file(name: &str) -> String {
    fs::read_to_string(root().join("deploy").join(name)).unwrap()
}

/// Words of a text that are names of metrics.
fn metrics(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| {
        ["support_", "process_"].iter().any(|prefix| {
            word.strip_prefix(prefix)
                .is_some_and(|rest| !rest.is_empty())
        })
    });
    ours.map(str::to_owned).collect()
}

/// The names of the series of a text.
fn series(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let names = lines.filter_map(|line| line.split(['{', ' ']).next());
    names.map(str::to_owned).collect()
}

/// Every expression of the dashboard.
fn expressions(dashboard: &Value) -> Vec<String> {
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels
        .filter_map(|panel| panel["targets"].as_array())
        .flatten();
    targets
        .map(|target| target["expr"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn dashboard_alarms_autoscaler_and_documents_name_metrics_that_the_program_has() {
    let app = App::new().await;
    app.clock
        .set(shared::clock::Clock::now(&shared::clock::SystemClock));
    app.agent("Sam", "general").await;
    app.customer("Ann").await.asks("general", "low").await;
    let site = Site::of(&app, &[]);
    let (api, worker) = (site.start("api"), site.start("worker"));
    let http = [api.http().await, worker.http().await];
    let mut there = BTreeSet::new();
    let told = std::sync::Mutex::new(&mut there);
    eventually("jobs and mails have been counted", async || {
        let mut texts = String::new();
        for http in http {
            http.call("GET", "/health/live", None, None).await;
            texts.push_str(&http.text("/metrics").await.1);
        }
        **told.lock().unwrap() = series(&texts);
        let sent = r#"support_deliveries_total{channel="email",outcome="sent"} 0"#;
        texts.matches(sent).count() < 2 && texts.contains("support_ticket_events_total")
    })
    .await;

    let dashboard: Value = serde_json::from_str(&file("grafana/dashboard.json")).unwrap();
    let expressions = expressions(&dashboard);
    assert!(expressions.len() > 20, "{expressions:?}");
    let rules = file("prometheus/rules.yml");
    for (what, text) in [
        ("the dashboard", expressions.join("\n")),
        ("the rules", rules.clone()),
        ("the autoscaler", file("kubernetes/autoscaling.yaml")),
    ] {
        let named = metrics(&text);
        assert!(!named.is_empty(), "{what} names none");
        for name in named {
            assert!(there.contains(&name), "{what} names {name}, of {there:?}");
        }
    }

    let operations = fs::read_to_string(root().join("docs/OPERATIONS.md")).unwrap();
    for name in &there {
        let base = ["_bucket", "_count", "_sum"]
            .iter()
            .find_map(|ending| name.strip_suffix(ending));
        let base = base.unwrap_or(name);
        assert!(
            operations.contains(&format!("`{base}")),
            "docs/OPERATIONS.md has no {base}"
        );
    }
    for rule in rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
    {
        assert!(
            operations.contains(&format!("`{rule}`")),
            "docs/OPERATIONS.md has no {rule}"
        );
    }
}

#[test]
fn settings_that_are_deployed_exist() {
    let known: BTreeSet<&str> = shared::config::DEFAULTS
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .collect();
    let mut found = 0;
    for name in ["kubernetes/settings.yaml", "kubernetes/secret.example.yaml"] {
        for line in file(name).lines() {
            let Some((setting, _)) = line.trim().split_once(": ") else {
                continue;
            };
            if setting.contains(|c: char| c.is_ascii_lowercase()) {
                continue;
            }
            found += 1;
            assert!(known.contains(setting), "{name} sets {setting}");
        }
    }
    assert!(found > 10, "only {found}");
}
