//! Gathering: the first of a kind at once, the rest of a minute in one mail.

use super::{PREFERENCES, assigned, choose, desk};
use crate::harness::{
    App, Caller, Mail, NOTHING,
    smtp_server::{Behaviour, SmtpServer},
};
use chrono::TimeDelta;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn the_first_of_a_kind_go_at_once_and_the_rest_of_a_minute_is_one_mail() {
    let (app, eve, amina, sarah) = desk().await;
    for _ in 0..5 {
        assigned(&eve, &amina, &sarah).await;
    }
    app.settle().await;
    let of_sarah = |news: Vec<String>| -> Vec<String> {
        news.into_iter()
            .filter(|line| line.starts_with("sarah"))
            .collect()
    };
    assert_eq!(of_sarah(app.news()), vec!["sarah: work_assigned"; 5]);
    let mut numbers = BTreeSet::new();
    for _ in 0..3 {
        let id = assigned(&eve, &amina, &sarah).await;
        let ticket = eve.ticket(&id).await;
        numbers.insert(ticket["ticketNumber"].as_str().unwrap().to_owned());
    }
    app.settle().await;
    app.settle().await;
    app.advance(TimeDelta::seconds(59));
    app.settle().await;
    assert_eq!(of_sarah(app.news()), NOTHING);
    app.advance(TimeDelta::seconds(1));
    app.settle().await;
    assert_eq!(of_sarah(app.news()), ["sarah: digest"]);
    let mails = app.mails();
    let digest = mails.iter().find(|mail| mail.template == "digest").unwrap();
    assert_eq!(digest.subject, "3 ticket updates");
    for number in &numbers {
        assert!(digest.text().contains(number), "{number}");
    }
    // The window goes on after a digest: one more is gathered, and told by itself when it is alone.
    assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    assert_eq!(of_sarah(app.news()), NOTHING);
    app.advance(TimeDelta::seconds(60));
    app.settle().await;
    assert_eq!(of_sarah(app.news()), ["sarah: work_assigned"]);
}

#[tokio::test]
async fn a_digest_tells_the_state_of_the_moment_and_not_what_is_over_read_or_taken_away() {
    let (app, eve, amina, sarah) = desk().await;
    let kim = app.agent("Kim", "general").await;
    for _ in 0..4 {
        assigned(&eve, &amina, &sarah).await;
    }
    app.settle().await;
    let mut tickets = Vec::new();
    for _ in 0..5 {
        tickets.push(assigned(&eve, &amina, &sarah).await);
        app.settle().await;
    }
    // Of four that were gathered one is resolved, one goes to another agent, and one is read in the app.
    eve.closes(&tickets[1]).await.ok();
    let to = serde_json::json!({"agentId": kim.id()});
    eve.does("assign", &tickets[2], to).await.ok();
    let listed = sarah.get(super::NOTIFICATIONS).await;
    let entries = listed.ok()["notifications"].as_array().unwrap().clone();
    let about = |entry: &&serde_json::Value| entry["ticket"]["id"] == tickets[3].as_str();
    let id = entries.iter().find(about).unwrap()["id"].as_str().unwrap();
    let read = format!("{}/{id}/read", super::NOTIFICATIONS);
    sarah.put(&read, serde_json::json!({})).await.ok();
    app.settle().await;
    app.news();
    app.advance(TimeDelta::minutes(1));
    app.settle().await;
    let mails = app.mails();
    let own = mails.iter().filter(|mail| mail.name() == "sarah");
    let told: Vec<_> = own.map(|mail| mail.subject.clone()).collect();
    assert_eq!(told.len(), 6, "{told:?}");
    for (id, is_told) in [(0, true), (1, false), (2, false), (3, false), (4, true)] {
        let number = eve.ticket(&tickets[id]).await["ticketNumber"].clone();
        let number = number.as_str().unwrap();
        let found = told.iter().any(|subject| subject.contains(number));
        assert_eq!(found, is_told, "{number}: {told:?}");
    }
}

#[tokio::test]
async fn customers_get_their_mails_one_by_one() {
    let (app, eve, amina, sarah) = desk().await;
    let id = assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    app.news();
    for text in ["One.", "Two.", "Three."] {
        sarah.says(&id, text).await.created();
    }
    app.settle().await;
    let news = app.news();
    assert_eq!(news, vec!["amina: staff_replied"; 3]);
}

/// Copies a ticket and its clocks, so that there are as many as a storm needs.
const COPIES: &str = "
    with copies as (
        select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(),
            'number', 'TKT-1759305600-' || lpad((100000 + i)::text, 6, '0')))).*
        from tickets t, generate_series(1, 499) i where t.id = $1::uuid),
    copied as (
        insert into tickets (id, number, customer_id, assigned_to, subject, description, category, priority, status,
            department, language, tags, attachments, policy, escalation_level, reopened_count, version, created_at,
            updated_at, assigned_at, next_due_at)
        select id, number, customer_id, assigned_to, subject, description, category, priority, status,
            department, language, tags, attachments, policy, escalation_level, reopened_count, version, created_at,
            updated_at, assigned_at, next_due_at from copies returning id)
    insert into sla_clocks select (jsonb_populate_record(c, jsonb_build_object('ticket_id', copied.id))).*
    from sla_clocks c, copied where c.ticket_id = $1::uuid";

/// The mails of a storm: at most one a minute, and each breach named exactly once.
#[tokio::test]
async fn five_hundred_breaches_for_one_agent_are_at_most_one_mail_a_minute_that_names_each_once() {
    let app = App::with(&[
        ("ASSIGNMENT_STRATEGY", "manual"),
        ("AUTO_ESCALATE_ON_BREACH", "false"),
    ])
    .await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    app.sql(COPIES, &id).await;
    app.news();
    // The first response was due after an hour.
    app.advance(TimeDelta::minutes(61));
    app.sweep().await;
    let mut minutes = Vec::new();
    for _ in 0..4 {
        let mails: Vec<_> = app
            .news()
            .into_iter()
            .filter(|line| line.starts_with("sarah"))
            .collect();
        minutes.push(mails);
        app.advance(TimeDelta::minutes(1));
        app.settle().await;
    }
    assert_eq!(minutes[0], ["sarah: sla_breached"]);
    assert_eq!(minutes[1], ["sarah: digest"]);
    assert_eq!(minutes[2..], [NOTHING, NOTHING]);
    let mails = app.mails();
    let of_sarah = mails.iter().filter(|mail| mail.name() == "sarah");
    let breaches =
        of_sarah.filter(|mail| ["sla_breached", "digest"].contains(&mail.template.as_str()));
    let text: Vec<_> = breaches.map(Mail::text).collect();
    let text = text.join("\n");
    for i in 100_001..=100_499 {
        let number = format!("TKT-1759305600-{i}");
        let lines = text
            .lines()
            .filter(|line| line.starts_with(&format!("{number} · ")));
        assert_eq!(lines.count(), 1, "{number}");
    }
}

/// With the settings as they are delivered, each breach escalates its ticket, so that an agent of the next level and the
/// admins hear of it too. The bound, in any minute and for each person: one digest, one mail of each kind that time causes,
/// and five of each other kind.
#[tokio::test]
async fn in_a_storm_with_the_default_settings_the_mails_of_everybody_on_the_staff_have_a_bound() {
    let app = App::new().await;
    app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    for (name, level) in [("Lena", 2), ("Omar", 3)] {
        let info = json!({"department": "general", "level": level});
        app.agent_with(name, info).await;
    }
    let id = amina.asks("general", "medium").await;
    app.settle().await;
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
    app.sql(COPIES.replace("499", "99").leak(), &id).await;
    app.news();
    // The first response was due after an hour, and the warning of it before.
    app.advance(TimeDelta::minutes(61));
    app.sweep().await;
    let mut in_all: BTreeMap<String, usize> = BTreeMap::new();
    for minute in 0..5 {
        let mut mails: BTreeMap<(String, String), usize> = BTreeMap::new();
        for line in app.news() {
            let (name, kind) = line.split_once(": ").unwrap();
            if name != "amina" {
                *mails.entry((name.to_owned(), kind.to_owned())).or_default() += 1;
                *in_all.entry(name.to_owned()).or_default() += 1;
            }
        }
        for ((name, kind), count) in &mails {
            let most = match kind.as_str() {
                "digest" | "sla_at_risk" | "sla_breached" | "escalated_to_nobody" => 1,
                _ => 5,
            };
            assert!(
                *count <= most,
                "{count} of {kind} for {name} in minute {minute}"
            );
        }
        app.advance(TimeDelta::minutes(1));
        app.settle().await;
    }
    assert!(in_all.contains_key("sarah"), "{in_all:?}");
    assert!(in_all.values().all(|count| *count <= 20), "{in_all:?}");
}

#[tokio::test]
async fn a_repeated_attempt_of_a_digest_tells_the_same_under_the_same_id() {
    let server = SmtpServer::start().await;
    let app = App::with(&[
        ("SMTP_URL", server.url()),
        ("ASSIGNMENT_STRATEGY", "manual"),
    ])
    .await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    for _ in 0..7 {
        assigned(&eve, &amina, &sarah).await;
    }
    app.settle().await;
    let arrived = server.received().len();
    // Its text arrives, and its answer does not: nobody knows whether it was accepted.
    server.behave(Behaviour::HangUpAfterData);
    app.advance(TimeDelta::minutes(1));
    app.run_due().await;
    // Meanwhile the person has read everything in the app.
    let all = format!("{}/read-all", super::NOTIFICATIONS);
    sarah.put(&all, serde_json::json!({})).await.ok();
    server.behave(Behaviour::Accept);
    app.advance(TimeDelta::hours(1));
    app.run_due().await;
    let mails = server.received()[arrived..].to_vec();
    let ids: BTreeSet<_> = mails
        .iter()
        .map(|mail| mail.header("Message-ID").unwrap())
        .collect();
    assert_eq!((mails.len(), ids.len()), (2, 1));
    assert!(
        mails
            .iter()
            .all(|mail| mail.subject() == "2 ticket updates")
    );
    assert_eq!(
        app.count("select count(*) from digests where status = 'sent'")
            .await,
        1
    );
    assert_eq!(
        app.count("select count(*) from notifications where status = 'gathered'")
            .await,
        0
    );
}

/// An app whose mails go to a server, and a digest of an agent whose first attempt arrived without an answer: two
/// assignments and two replies. Returns how many mails the server had before.
async fn broken_off(server: &SmtpServer) -> (App, Caller, usize) {
    let app = App::with(&[
        ("SMTP_URL", server.url()),
        ("ASSIGNMENT_STRATEGY", "manual"),
    ])
    .await;
    let eve = app.admin("Eve").await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    for _ in 0..7 {
        let id = assigned(&eve, &amina, &sarah).await;
        amina.says(&id, "Hello?").await.created();
    }
    app.settle().await;
    let before = server.received().len();
    server.behave(Behaviour::HangUpAfterData);
    app.advance(TimeDelta::minutes(1));
    app.run_due().await;
    server.behave(Behaviour::Accept);
    let arrived = server.received().split_off(before);
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].subject(), "4 ticket updates");
    (app, sarah, before)
}

#[tokio::test]
async fn a_repeated_attempt_of_a_digest_keeps_quiet_hours_and_leaves_out_what_is_refused_meanwhile()
{
    let server = SmtpServer::start().await;
    let (app, sarah, before) = broken_off(&server).await;
    choose(&sarah, "customer_replied", "email", false).await;
    // It is 08:01 on a Wednesday.
    let quiet = json!([{"day": "wed", "start": "08:00", "end": "12:00"}]);
    let chosen = json!({"quietHours": quiet});
    sarah.put(PREFERENCES, chosen).await.ok();
    app.advance(TimeDelta::minutes(200));
    app.run_due().await;
    app.advance(TimeDelta::minutes(38));
    app.run_due().await;
    assert_eq!(server.received().len(), before + 1, "it is quiet");
    app.advance(TimeDelta::minutes(1));
    app.run_due().await;
    let mails = server.received().split_off(before);
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[1].subject(), "2 ticket updates");
    assert_eq!(
        mails[0].header("Message-ID"),
        mails[1].header("Message-ID"),
        "the same digest"
    );
    let sent = "select count(*) from digests where status = 'sent'";
    assert_eq!(app.count(sent).await, 1);
    let open = "select count(*) from notifications where status = 'gathered'";
    assert_eq!(app.count(open).await, 0);
}

#[tokio::test]
async fn a_digest_of_which_everything_is_refused_meanwhile_is_not_sent_again() {
    let server = SmtpServer::start().await;
    let (app, sarah, before) = broken_off(&server).await;
    choose(&sarah, "customer_replied", "email", false).await;
    choose(&sarah, "work_assigned", "email", false).await;
    app.advance(TimeDelta::hours(1));
    app.run_due().await;
    assert_eq!(server.received().len(), before + 1);
    let dropped = "select count(*) from digests where status = 'dropped'";
    assert_eq!(app.count(dropped).await, 1);
}

#[tokio::test]
async fn a_digest_whose_job_is_lost_is_delivered_all_the_same() {
    let (app, eve, amina, sarah) = desk().await;
    for _ in 0..7 {
        assigned(&eve, &amina, &sarah).await;
    }
    app.settle().await;
    app.news();
    // As a worker of the release before does with a payload that it does not know.
    app.sql(
        "update jobs set state = 'cancelled' where payload ? $1",
        "digest",
    )
    .await;
    app.advance(TimeDelta::minutes(20));
    app.run(&actions::job_list::Job::Prune).await;
    assert_eq!(app.news(), ["sarah: digest"]);
}
