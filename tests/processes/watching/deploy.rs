//! The files in `deploy/` name only metrics, settings and routes that the program has.

use crate::harness::{App, Site, eventually, root};
use platform::config::{Config, Settings};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

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
        .set(platform::clock::Clock::now(&platform::clock::SystemClock));
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

    let expressions = dashboard();
    assert!(expressions.len() > 20, "{expressions:?}");
    for (what, text) in [
        ("the dashboard", expressions.join("\n")),
        ("the rules", file("prometheus/rules.yml")),
        (
            "the autoscaler",
            file("kubernetes-keda/worker-autoscaling.yaml"),
        ),
        ("the chart", file("helm/templates/autoscaling.yaml")),
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
}

/// Every expression of the dashboards.
fn dashboard() -> Vec<String> {
    let both = ["grafana/dashboard.json", "grafana/support-team.json"].map(file);
    let both = both.iter().map(|text| serde_json::from_str(text).unwrap());
    both.flat_map(|dashboard: Value| expressions(&dashboard))
        .collect()
}

#[test]
fn every_alarm_has_a_runbook_of_its_own_with_steps_and_names_it() {
    let operations = fs::read_to_string(root().join("docs/OPERATIONS.md")).unwrap();
    let rules = file("prometheus/rules.yml");
    let mut alarms = 0;
    for alarm in rules.split("- alert: ").skip(1) {
        let name = alarm.lines().next().unwrap().trim();
        alarms += 1;
        let anchor = format!("runbook_url: docs/OPERATIONS.md#{}\n", name.to_lowercase());
        assert!(alarm.contains(&anchor), "{name} does not name its runbook");
        let heading = format!("\n### {name}\n");
        assert_eq!(operations.matches(&heading).count(), 1, "{name}");
        let (_, runbook) = operations.split_once(&heading).unwrap();
        let runbook = runbook.split("\n#").next().unwrap();
        let steps = |number: u32| runbook.contains(&format!("\n{number}. "));
        assert!(steps(1) && steps(2), "{name} has no steps: {runbook}");
    }
    assert!(alarms >= 15, "only {alarms}");
    let runbooks = operations.matches("\n### Support").count();
    assert_eq!(runbooks, alarms, "a runbook without an alarm");
}

#[test]
fn every_alarm_has_a_test_in_which_it_fires() {
    // `deploy/check` runs them where promtool is installed.
    let (rules, tests) = (
        file("prometheus/rules.yml"),
        file("prometheus/rules.test.yml"),
    );
    for alarm in rules.split("- alert: ").skip(1) {
        let name = alarm.lines().next().unwrap().trim();
        let fires = format!("alertname: {name}\n        exp_alerts:\n");
        assert!(tests.contains(&fires), "no test lets {name} fire");
    }
}

#[test]
fn somebody_is_paged_when_the_api_is_gone() {
    let rules = file("prometheus/rules.yml");
    let pages = |expression: &str| {
        let mut alarms = rules.split("- alert: ").skip(1);
        let alarm = alarms.find(|alarm| alarm.contains(expression));
        alarm.is_some_and(|alarm| alarm.contains("severity: critical"))
    };
    assert!(
        pages("support_processes{role=\"api\"}) == 0"),
        "told by the other roles"
    );
    assert!(
        pages("absent(support_build_info)"),
        "where no other role is scraped"
    );
}

#[test]
fn jobs_in_a_paused_or_held_queue_raise_no_alert() {
    let texts = [
        "prometheus/rules.yml",
        "kubernetes-keda/worker-autoscaling.yaml",
        "helm/templates/autoscaling.yaml",
    ]
    .map(file);
    let ages: Vec<&str> = texts
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| line.contains("support_queue_oldest_seconds"))
        .collect();
    assert_eq!(ages.len(), 3, "an alarm and two autoscalers: {ages:?}");
    for expression in ages {
        for exempt in ["support_queue_paused", "support_queue_held"] {
            let (_, unless) = expression.split_once(" unless ").unwrap();
            assert!(unless.contains(exempt), "{exempt}: {expression}");
        }
    }
    assert!(texts[0].contains("- alert: SupportQueueHeld"));
    let shown = dashboard();
    assert!(
        shown
            .iter()
            .any(|expression| expression.contains("support_queue_held"))
    );
}

#[test]
fn metrics_that_every_process_exports_are_aggregated_by_state() {
    let mut added = 0;
    for expression in dashboard() {
        if expression.contains("max by") && expression.contains("state=~") {
            added += 1;
            let apart = expression.contains("max by (queue, state)");
            assert!(apart, "it takes the larger: {expression}");
        }
    }
    assert!(added > 0);
}

#[test]
fn the_monitor_of_kubernetes_finds_every_process_by_its_label_and_port() {
    let monitor = file("kubernetes/monitoring.yaml");
    let label = "app.kubernetes.io/name: support";
    assert!(monitor.contains(&format!("matchLabels: {{{label}}}")));
    assert!(monitor.contains("- port: http\n"));
    assert!(monitor.contains("path: /metrics\n"));
    assert!(monitor.contains("credentials: {name: support, key: METRICS_TOKEN}"));
    assert!(file("kubernetes/secret.example.yaml").contains("METRICS_TOKEN: "));
    for role in ["api", "worker", "scheduler"] {
        let deployment = file(&format!("kubernetes/{role}.yaml"));
        assert!(deployment.contains(label), "{role}");
        assert!(deployment.contains("- {name: http, containerPort: "));
    }
}

#[test]
fn the_secrets_of_the_kubernetes_example_are_refused_one_and_all() {
    let example = file("kubernetes/secret.example.yaml");
    let (_, secrets) = example.split_once("stringData:\n").unwrap();
    let secrets: Vec<(&str, &str)> = secrets
        .lines()
        .map(|line| line.trim().split_once(": ").unwrap())
        .collect();
    assert!(secrets.len() >= 7, "{secrets:?}");
    for (name, value) in secrets {
        // Everything else is as it should be.
        let settings = Settings::load(|known| match known {
            _ if known == name => Some(value.to_owned()),
            "DATABASE_URL" => Some("postgres://localhost/x".to_owned()),
            "REDIS_URL" => Some("redis://localhost".to_owned()),
            "JWT_SECRET" => Some("a secret for tests that is long enough".to_owned()),
            _ => None,
        });
        let (_, problems) = Config::gather(&settings.unwrap());
        assert_eq!(problems.len(), 1, "{name}: {problems:?}");
        assert!(problems[0].starts_with(&format!("{name} has the secret of an example")));
        assert!(!problems[0].contains(value), "{problems:?}");
    }
}

#[test]
fn the_default_manifests_need_no_operator_in_the_cluster_and_have_their_namespace() {
    let resources = file("kubernetes/kustomization.yaml");
    let resources = resources.lines().filter_map(|line| {
        let name = line.trim().strip_prefix("- ")?;
        Path::new(name).extension().is_some().then_some(name)
    });
    let mut kinds = BTreeSet::new();
    for name in resources {
        let text = file(&format!("kubernetes/{name}"));
        for line in text.lines() {
            if let Some(version) = line.strip_prefix("apiVersion: ") {
                let ours = ["keda", "monitoring.coreos"];
                assert!(
                    !ours.iter().any(|other| version.contains(other)),
                    "{name}: {version}"
                );
            }
            kinds.extend(line.strip_prefix("kind: ").map(str::to_owned));
        }
    }
    for kind in [
        "Namespace",
        "Deployment",
        "Job",
        "Ingress",
        "Service",
        "PodDisruptionBudget",
    ] {
        assert!(kinds.contains(kind), "{kind} is missing in {kinds:?}");
    }
}

#[test]
fn compose_does_not_start_a_system_that_nobody_can_log_in_to() {
    let compose = fs::read_to_string(root().join("docker-compose.yml")).unwrap();
    for name in [
        "JWT_SECRET",
        "BOOTSTRAP_ADMIN_EMAIL",
        "BOOTSTRAP_ADMIN_PASSWORD",
    ] {
        let line = compose
            .lines()
            .find(|line| line.trim().starts_with(&format!("{name}: ")));
        let (_, value) = line.unwrap().split_once(": ").unwrap();
        let demands = [":?set it to ", "?set it to "].map(|demand| format!("${{{name}{demand}"));
        assert!(
            demands.iter().any(|demand| value.starts_with(demand)),
            "{value}"
        );
    }
}

#[test]
fn settings_that_are_deployed_exist() {
    let known: BTreeSet<&str> = platform::config::DEFAULTS
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .collect();
    let mut found = 0;
    for name in [
        "kubernetes/settings.yaml",
        "kubernetes/secret.example.yaml",
        "helm/values.yaml",
    ] {
        for line in file(name).lines() {
            let Some((setting, _)) = line.trim().split_once(": ") else {
                continue;
            };
            if setting.starts_with('#') || setting.contains(|c: char| c.is_ascii_lowercase()) {
                continue;
            }
            found += 1;
            assert!(known.contains(setting), "{name} sets {setting}");
        }
    }
    assert!(found > 10, "only {found}");
}
