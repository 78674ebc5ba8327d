//! `support health`, as the image and compose call it.

use crate::harness::{Program, Site, eventually, root, stage::stage};
use std::fs;

/// Nothing listens there.
const NOBODY: &str = "1";

fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

/// What the image asks of whatever role its container is.
fn of_image() -> String {
    let file = text("Dockerfile");
    let mut lines = file.lines();
    let check = lines.find(|line| line.starts_with("HEALTHCHECK")).unwrap();
    let (_, words) = check.split_once(" CMD ").unwrap();
    let words: Vec<String> = serde_json::from_str(words).unwrap();
    assert_eq!(words[0], "support");
    words[1..].join(" ")
}

/// What compose asks of a role.
fn of_compose(role: &str) -> String {
    let words = format!("health, {role}");
    let line = format!("test: [CMD, support, {words}]");
    assert!(text("docker-compose.yml").contains(&line), "{line}");
    words.replace(',', "")
}

/// What a check says of a process of that role that is alone in its container.
async fn says(site: &Site, check: &str, role: &str, process: &Program) -> Option<i32> {
    let port = process.http().await.address().port().to_string();
    let ports = match role {
        "api" => [("PORT", port.as_str()), ("OPERATION_PORT", NOBODY)],
        _ => [("PORT", NOBODY), ("OPERATION_PORT", port.as_str())],
    };
    site.run(check, &ports).status.code()
}

#[tokio::test]
async fn the_checks_of_image_and_compose_find_each_role_well_without_redis_until_it_is_gone() {
    let app = stage().await;
    let nowhere = app.cx.config.data_dir.join("no-redis.sock");
    let redis = format!("redis+unix://{}", nowhere.display());
    let site = Site::of(&app, &[("REDIS_URL", &redis)]);
    for role in ["api", "worker", "scheduler"] {
        let mut process = site.start(role);
        let http = process.http().await;
        let checks = [of_image(), of_compose(role)];
        for check in &checks {
            eventually("it is healthy", async || {
                says(&site, check, role, &process).await == Some(0)
            })
            .await;
        }
        let (status, answer) = http.call("GET", "/health/ready", None, None).await;
        assert_eq!(status, 503, "there is no Redis: {answer}");
        process.kill();
        for check in &checks {
            assert_eq!(
                says(&site, check, role, &process).await,
                Some(1),
                "{role}: {check}"
            );
        }
    }
}
