//! Jobs and queues by `support jobs`.

use super::{JOBS, says, unreadable};
use crate::harness::{App, Site};
use serde_json::{Value, json};

#[tokio::test]
async fn the_command_line_lists_shows_retries_and_discards_jobs_and_stops_queues() {
    let app = App::new().await;
    let (first, second) = (
        unreadable(&app, "notify").await,
        unreadable(&app, "email").await,
    );
    app.run_due().await;
    let site = Site::of(&app, &[]);
    let says = |arguments: &str, code: i32| says(&site, arguments, code);
    let list = says("list", 0);
    assert!(
        list.contains("unheard_of") && list.contains("2 of 2"),
        "{list}"
    );
    let head: Vec<_> = list.lines().next().unwrap().split_whitespace().collect();
    let columns = ["ID", "STATE", "QUEUE", "NAME", "ATTEMPTS", "AT", "ERROR"];
    assert_eq!(head, columns);
    let list = says("list --queue email --state dead,ready", 0);
    assert!(
        list.contains(&second.to_string()) && list.contains("1 of 1"),
        "{list}"
    );
    let shown = says(&format!("show {first}"), 0);
    assert!(
        shown.contains("state     dead") && shown.contains("attempts  1 of 10"),
        "{shown}"
    );
    let none = says("list --state cancelled,ready --queue email", 0);
    assert_eq!(none, "No job is cancelled or ready, in the queue email.\n");
    says("show 999999999", 1);
    assert!(says(&format!("retry {first}"), 0).contains(": ready"));
    assert!(says(&format!("discard {first} {second}"), 0).contains(": cancelled"));
    assert!(says(&format!("discard {first}"), 1).contains("The job is cancelled"));
    unreadable(&app, "bulk").await;
    app.run_due().await;
    let none = says("discard --all-dead --queue email", 0);
    assert_eq!(none, "There are no such dead letters.\n");
    assert!(says("retry --all-dead", 0).contains("1 job\n"));
    let stats = says("pause email", 0);
    assert!(stats.contains("paused"), "{stats}");
    assert!(!says("resume email", 0).contains("paused"));
    says("stats", 0);
    for wrong in [
        "retry",
        "pause nothing",
        "list --state asleep",
        "discard 1 --all-dead",
    ] {
        says(wrong, 2);
    }
}

#[tokio::test]
async fn scripts_read_jobs_and_queues_as_json_and_find_jobs_by_name() {
    let app = App::new().await;
    let first = unreadable(&app, "notify").await;
    app.run_due().await;
    app.sql(
        "insert into jobs (queue, lane, payload, priority, state, run_at, max_attempts, created_at)
         select $1, 'workers', '{\"job\": \"deliver_email\"}', 0, 'dead', now(), 10, now()",
        "email",
    )
    .await;
    let site = Site::of(&app, &[]);
    let read =
        |arguments: &str| -> Value { serde_json::from_str(&says(&site, arguments, 0)).unwrap() };
    let all = read("list --json");
    assert_eq!(
        (&all["total"], &all["totalIsExact"]),
        (&json!(2), &json!(true))
    );
    let mails = read("list --json --name deliver_email");
    assert_eq!(mails["total"], 1);
    assert_eq!(mails["jobs"][0]["name"], "deliver_email");
    assert_eq!(read("list --json --name nothing")["jobs"], json!([]));

    // As in the API, field by field.
    let eve = app.admin("Eve").await;
    let path = format!("{JOBS}/{first}");
    assert_eq!(
        read(&format!("show {first} --json"))[0],
        eve.get(&path).await.ok()["job"]
    );
    let queues = eve.get("/api/v1/admin/queues").await;
    let names = |queues: &Value| -> Vec<Value> {
        let queues = queues.as_array().unwrap().iter();
        queues.map(|queue| queue["queue"].clone()).collect()
    };
    assert_eq!(names(&read("stats --json")), names(&queues.ok()["queues"]));
    let paused = read("pause bulk --json");
    let bulk = |queue: &&Value| queue["queue"] == "bulk";
    assert_eq!(
        paused.as_array().unwrap().iter().find(bulk).unwrap()["paused"],
        true
    );

    let decided = read(&format!("discard {first} --json"));
    assert_eq!(
        decided,
        json!([{"id": first, "state": "cancelled", "refusal": null}])
    );
    let refused = says(&site, &format!("discard {first} --json"), 1);
    let refused: Value = serde_json::from_str(&refused).unwrap();
    assert_eq!(refused[0]["state"], Value::Null);
    assert!(
        refused[0]["refusal"]
            .as_str()
            .unwrap()
            .contains("cancelled")
    );
}
