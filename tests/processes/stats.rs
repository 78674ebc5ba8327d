//! `support stats`.

use crate::harness::{App, Site};
use actions::job_list::Job;
use serde_json::Value;

fn says(site: &Site, arguments: &str, code: i32) -> (String, String) {
    let output = site.run(&format!("stats {arguments}"), &[]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments}: {said}{log}");
    (said, log)
}

#[tokio::test]
async fn the_command_line_finds_wrong_statistics_and_computes_them_anew() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let id = amina.asks("general", "low").await;
    amina.asks("general", "low").await;
    app.run(&Job::RollUpStats).await;
    let site = Site::of(&app, &[]);
    let (said, _) = says(&site, "verify", 0);
    assert!(said.starts_with("compared   2 tickets\n"), "{said}");
    assert!(said.ends_with("different  0\n"), "{said}");

    app.sql(
        "update stats_tickets set status = 'closed' where ticket_id = $1::uuid",
        &id,
    )
    .await;
    let number = amina.ticket(&id).await["ticketNumber"].clone();
    let (said, log) = says(&site, "verify", 1);
    assert!(said.contains("different  1\n"), "{said}");
    assert!(said.contains(number.as_str().unwrap()), "{said}");
    assert!(log.contains("support stats rebuild"), "{log}");
    let (said, _) = says(&site, "verify --json", 1);
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&told["compared"], &told["differing"]),
        (&2.into(), &1.into())
    );

    let (said, _) = says(&site, "rebuild", 0);
    assert_eq!(said, "computed  2 tickets\nchanged   1 rows\n");
    says(&site, "verify", 0);
    let (said, _) = says(&site, "rebuild --json", 0);
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&told["computed"], &told["changed"]),
        (&2.into(), &0.into())
    );
}
