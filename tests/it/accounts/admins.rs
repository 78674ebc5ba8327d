//! Admins find accounts, change roles and support info, and return tickets to the queue.

use super::{ME, log_in};
use crate::harness::{App, Caller};
use domain::people::Role;
use serde_json::{Value, json};

const USERS: &str = "/api/v1/admin/users";

fn path(person: &Caller) -> String {
    format!("{USERS}/{}", person.id())
}

async fn found(admin: &Caller, query: &str) -> Vec<String> {
    let answer = admin.get(&format!("{USERS}?{query}")).await;
    let users = answer.ok()["users"].as_array().unwrap().clone();
    let name = |user: &Value| user["firstName"].as_str().unwrap().to_owned();
    users.iter().map(name).collect()
}

#[tokio::test]
async fn people_are_found_by_role_name_address_and_employee_number() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    app.customer("Amina").await;
    app.advance(chrono::TimeDelta::seconds(1));
    let info = json!({"employeeId": "EMP-7", "department": "billing"});
    app.person("Sarah", Role::Support, info).await;
    app.advance(chrono::TimeDelta::seconds(1));
    let gone = app.customer("Gone_1").await;
    app.deactivate(&gone).await;
    assert_eq!(found(&eve, "role=support").await, ["Sarah"]);
    assert_eq!(
        found(&eve, "role=support,customer").await,
        ["Gone_1", "Sarah", "Amina"]
    );
    assert_eq!(found(&eve, "q=emp-7").await, ["Sarah"]);
    assert_eq!(found(&eve, "q=AMINA@ex").await, ["Amina"]);
    assert_eq!(found(&eve, "q=na%20oti").await, ["Amina"]);
    assert_eq!(found(&eve, "q=_1").await, ["Gone_1"]);
    assert_eq!(found(&eve, "q=%25").await, Vec::<String>::new());
    assert_eq!(found(&eve, "active=false").await, ["Gone_1"]);
    let refused = eve.get(&format!("{USERS}?role=king&active=5")).await;
    assert_eq!(refused.refused(400), "invalid_query");
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_list_of_people_is_read_by_pages_or_by_a_cursor() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    for name in ["One", "Two", "Three", "Four", "Five"] {
        app.advance(chrono::TimeDelta::seconds(1));
        app.customer(name).await;
    }
    let first = eve
        .get(&format!("{USERS}?role=customer&limit=2"))
        .await
        .ok()
        .clone();
    assert_eq!(first["pagination"]["total"], 5);
    assert_eq!(first["pagination"]["totalPages"], 3);
    assert_eq!(first["pagination"]["hasMore"], true);
    let cursor = first["pagination"]["nextCursor"].as_str().unwrap();
    let by_cursor = found(&eve, &format!("role=customer&limit=2&cursor={cursor}")).await;
    let by_page = found(&eve, "role=customer&limit=2&page=2").await;
    assert_eq!(by_cursor, ["Three", "Two"]);
    assert_eq!(by_page, by_cursor);
    assert!(found(&eve, "role=customer&page=9").await.is_empty());
}

#[tokio::test]
async fn an_admin_makes_somebody_an_agent_who_can_work_at_once() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let change = json!({"role": "support", "supportInfo": {
        "department": "billing", "level": 2, "maxConcurrentTickets": 9, "employeeId": "E7",
        "specializations": ["payment"], "languages": ["sw"],
        "shiftSchedule": [{"day": "mon", "start": "22:00", "end": "06:00"}],
    }});
    let changed = eve.patch(&path(&amina), change).await;
    let user = &changed.ok()["user"];
    let info = &user["supportInfo"];
    assert_eq!(user["role"], "support");
    assert_eq!(info["level"], 2);
    assert_eq!(info["employeeId"], "E7");
    assert_eq!(info["availability"]["maxConcurrentTickets"], 9);
    assert_eq!(info["availability"]["status"], "offline");
    amina.get("/api/v1/support/dashboard").await.ok();
    let shown = eve.get(&path(&amina)).await;
    assert_eq!(shown.ok()["user"], *user);
    // What is absent stays.
    let changed = eve
        .patch(&path(&amina), json!({"supportInfo": {"level": 1}}))
        .await;
    assert_eq!(changed.ok()["user"]["supportInfo"]["department"], "billing");
    let other = app.agent("Sarah", "general").await;
    let taken = json!({"supportInfo": {"employeeId": "e7"}});
    let refused = eve.patch(&path(&other), taken).await;
    assert_eq!(refused.refused(409), "employee_id_taken");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let info = json!({"supportInfo": {"level": 2}});
    let refused = eve.patch(&path(&amina), info).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let unknown = format!("{USERS}/01999999-0000-7000-8000-000000000000");
    for answer in [
        eve.get(&unknown).await,
        eve.patch(&unknown, json!({"active": 5})).await,
        eve.post(&format!("{unknown}/release-tickets"), json!({}))
            .await,
        eve.post(&format!("{}/release-tickets", path(&amina)), json!({}))
            .await,
    ] {
        assert_eq!(answer.refused(404), "not_found");
    }
    let none = eve.get(&format!("{USERS}/nobody")).await;
    assert_eq!(none.refused(400), "invalid_query");
    let wrong = json!({"role": "king", "active": "no", "email": "x@y.z"});
    let refused = eve.patch(&path(&amina), wrong).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_its_tickets_go_back_to_the_queue() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let mut tickets = Vec::new();
    for _ in 0..3 {
        tickets.push(amina.asks("general", "low").await);
    }
    app.settle().await;
    sarah.sets(&tickets[0], "waiting_customer").await.ok();
    sarah.closes(&tickets[1]).await.ok();
    let kim = app.agent("Kim", "general").await;
    eve.patch(&path(&sarah), json!({"active": false}))
        .await
        .ok();
    assert_eq!(sarah.get(ME).await.refused(401), "token_revoked");
    let refused = log_in(&app, "sarah@example.com", super::PASSWORD).await;
    assert_eq!(refused.refused(401), "invalid_credentials");
    app.settle().await;
    assert_eq!(app.assignee(&tickets[0]).await, None, "there is no answer");
    assert_eq!(eve.status_of(&tickets[0]).await, "waiting_customer");
    assert_eq!(
        app.assignee(&tickets[1]).await,
        Some(sarah.id()),
        "it is over"
    );
    assert_eq!(app.assignee(&tickets[2]).await, Some(kim.id()));
    let told = crate::harness::history(&eve, &tickets[2]).await.join("\n");
    assert!(told.contains("unassigned by the system"), "{told}");
    // Open again, the account needs a new login, and the agent starts offline.
    eve.patch(&path(&sarah), json!({"active": true})).await.ok();
    assert_eq!(sarah.get(ME).await.refused(401), "token_revoked");
    let login = log_in(&app, "sarah@example.com", super::PASSWORD).await;
    let info = &login.ok()["user"]["supportInfo"];
    assert_eq!(info["availability"]["status"], "offline");
}

#[tokio::test]
async fn an_admin_puts_the_tickets_of_an_absent_agent_back() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let ticket = amina.asks("general", "low").await;
    app.settle().await;
    app.is(&sarah, "offline").await;
    assert_eq!(app.assignee(&ticket).await, Some(sarah.id()), "it stays");
    let release = format!("{}/release-tickets", path(&sarah));
    let released = eve.post(&release, json!({})).await;
    assert_eq!(released.ok()["released"], 1);
    let availability = &released.body["user"]["supportInfo"]["availability"];
    assert_eq!(availability["currentTickets"], 0);
    assert_eq!(eve.post(&release, json!({})).await.ok()["released"], 0);
    let kim = app.agent("Kim", "general").await;
    assert_eq!(app.assignee(&ticket).await, Some(kim.id()));
    let told = crate::harness::history(&eve, &ticket).await.join("\n");
    assert!(told.contains("unassigned by Eve"), "{told}");
}

#[tokio::test]
async fn a_new_role_counts_from_the_next_request_on() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let ticket = amina.asks("general", "low").await;
    app.settle().await;
    sarah.get("/api/v1/support/dashboard").await.ok();
    eve.patch(&path(&sarah), json!({"role": "customer"}))
        .await
        .ok();
    let refused = sarah.get("/api/v1/support/dashboard").await;
    assert_eq!(refused.refused(403), "role_not_allowed");
    sarah.get(ME).await.ok();
    app.settle().await;
    assert_eq!(app.assignee(&ticket).await, None);
    assert_eq!(amina.status_of(&ticket).await, "open");
}

#[tokio::test]
async fn the_last_admin_stays_an_admin_under_concurrent_changes() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let ada = app.admin("Ada").await;
    app.sql(
        "update users set active = false where email = $1",
        "registrar@example.com",
    )
    .await;
    let paths = (path(&ada), path(&eve));
    let (one, two) = tokio::join!(
        eve.patch(&paths.0, json!({"role": "support"})),
        ada.patch(&paths.1, json!({"active": false})),
    );
    let refused = [&one, &two]
        .iter()
        .filter(|answer| !answer.status.is_success())
        .count();
    assert_eq!(refused, 1, "{} {}", one.body, two.body);
    let admins = "select count(*) from users where role = 'admin' and active";
    assert_eq!(app.count(admins).await, 1);
    let (last, path) = if eve.get(USERS).await.status == 200 {
        (&eve, &paths.1)
    } else {
        (&ada, &paths.0)
    };
    for change in [json!({"active": false}), json!({"role": "customer"})] {
        assert_eq!(last.patch(path, change).await.refused(409), "last_admin");
    }
    last.patch(path, json!({"role": "admin", "active": true}))
        .await
        .ok();
}

#[tokio::test]
async fn null_takes_away_what_need_not_be_there_and_is_refused_elsewhere() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let info = json!({"department": "billing", "employeeId": "E7"});
    let sarah = app.person("Sarah", Role::Support, info).await;
    // What is absent stays.
    let other = json!({"supportInfo": {"level": 2}});
    let changed = eve.patch(&path(&sarah), other).await;
    assert_eq!(changed.ok()["user"]["supportInfo"]["employeeId"], "E7");
    let cleared = json!({"supportInfo": {"employeeId": null}});
    let changed = eve.patch(&path(&sarah), cleared).await;
    let info = &changed.ok()["user"]["supportInfo"];
    assert_eq!(info["employeeId"], Value::Null);
    assert_eq!(info["department"], "billing");
    // The number is free for somebody else then.
    let kim = app.agent("Kim", "general").await;
    let taken = json!({"supportInfo": {"employeeId": "E7"}});
    eve.patch(&path(&kim), taken).await.ok();
    let nothing = json!({"role": null, "active": null, "supportInfo": {
        "department": null, "level": null, "maxConcurrentTickets": null, "languages": null,
        "specializations": null, "shiftSchedule": null,
    }});
    let refused = eve.patch(&path(&kim), nothing).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let errors = refused.body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 8, "{errors:?}");
    assert!(
        errors
            .iter()
            .all(|field_error| field_error["code"] == "not_nullable")
    );
    let amina = app.customer("Amina").await;
    for (person, status) in [(&amina, 200), (&kim, 422)] {
        let none = json!({"supportInfo": null});
        assert_eq!(eve.patch(&path(person), none).await.status, status);
    }
}

#[tokio::test]
async fn errors_of_a_change_are_reported_before_conflicts() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    app.sql(
        "update users set active = false where email = $1",
        "registrar@example.com",
    )
    .await;
    let both = json!({"role": "customer", "supportInfo": {"level": 2}});
    let refused = eve.patch(&path(&eve), both).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let demoted = eve.patch(&path(&eve), json!({"role": "customer"})).await;
    assert_eq!(demoted.refused(409), "last_admin");
}
