//! Positions under concurrency: none is passed over, whatever commits when.

use super::{EVENTS, follow, lines, newest, position};
use crate::{
    harness::{App, NOTHING},
    races::at_once,
};
use domain::{
    actor::{Actor, Initiator},
    people::{Availability, Role},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

#[tokio::test]
async fn a_change_that_commits_late_is_not_passed_over() {
    let app = App::new().await;
    let rose = app.admin("Rose").await;
    let (sarah, kim) = (
        app.agent("Sarah", "general").await,
        app.agent("Kim", "general").await,
    );
    let start = newest(&rose).await;
    let id = sarah.id().parse().unwrap();
    let actor = Actor {
        id,
        role: Role::Support,
    };
    let mut late = app.cx.begin(Initiator::Person(actor)).await.unwrap();
    actions::people::set_availability(&mut late, actor, Availability::Busy)
        .await
        .unwrap();
    // Kim's change begins later, commits earlier, and is read.
    app.is(&kim, "busy").await;
    let (told, after) = follow(&rose, &start, 100).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["agent"]["firstName"], "Kim");
    late.commit().await.unwrap();
    let (told, after) = follow(&rose, &after, 100).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["agent"]["firstName"], "Sarah");
    assert_eq!(lines(&follow(&rose, &after, 100).await.0), NOTHING);
}

#[tokio::test]
async fn a_change_that_is_rolled_back_is_told_to_nobody() {
    let app = App::new().await;
    let rose = app.admin("Rose").await;
    let sarah = app.agent("Sarah", "general").await;
    let start = newest(&rose).await;
    let actor = Actor {
        id: sarah.id().parse().unwrap(),
        role: Role::Support,
    };
    let mut work = app.cx.begin(Initiator::Person(actor)).await.unwrap();
    actions::people::set_availability(&mut work, actor, Availability::Busy)
        .await
        .unwrap();
    drop(work);
    assert_eq!(lines(&follow(&rose, &start, 100).await.0), NOTHING);
}

/// Follows the feed until everybody has finished, and once more.
async fn follow_until(
    rose: crate::harness::Caller,
    start: String,
    done: Arc<AtomicBool>,
) -> Vec<Value> {
    let (mut told, mut after) = (Vec::new(), start);
    loop {
        let was_done = done.load(Ordering::Acquire);
        let page = rose.get(&format!("{EVENTS}?after={after}&limit=20")).await;
        told.extend(page.ok()["events"].as_array().unwrap().iter().cloned());
        after = position(&page.body);
        if was_done && page.body["hasMore"] == false {
            return told;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_at_once_with_writers_see_each_change_exactly_once_and_each_ticket_in_order() {
    const WRITERS: usize = 6;
    const EACH: usize = 12;
    let app = App::with(&[("DATABASE_CONNECTIONS", "16")]).await;
    let rose = app.admin("Rose").await;
    let amina = app.customer("Amina").await;
    let start = newest(&rose).await;
    let mut tickets = Vec::new();
    for _ in 0..3 {
        tickets.push(amina.asks("general", "low").await);
    }
    let done = Arc::<AtomicBool>::default();
    let writers = (0..WRITERS).map(|writer| {
        let (amina, tickets) = (amina.clone(), tickets.clone());
        let work = async move {
            for count in 0..EACH {
                let ticket = &tickets[(writer + count) % tickets.len()];
                amina
                    .says(ticket, &format!("{writer} {count}"))
                    .await
                    .created();
            }
        };
        futures_util::FutureExt::boxed(work)
    });
    let all = {
        let done = done.clone();
        let writers: Vec<_> = writers.collect();
        async move {
            at_once(writers).await;
            done.store(true, Ordering::Release);
            Vec::new()
        }
    };
    let readers = (0..2).map(|_| follow_until(rose.clone(), start.clone(), done.clone()));
    let mut tasks: Vec<futures_util::future::BoxFuture<'static, Vec<Value>>> =
        vec![futures_util::FutureExt::boxed(all)];
    tasks.extend(readers.map(futures_util::FutureExt::boxed));
    for told in at_once(tasks).await.into_iter().skip(1) {
        let messages: Vec<_> = told
            .iter()
            .filter(|one| one["type"] == "ticket:message")
            .collect();
        let ids: std::collections::BTreeSet<_> =
            messages.iter().map(|one| one["id"].to_string()).collect();
        assert_eq!(
            (ids.len(), messages.len()),
            (WRITERS * EACH, WRITERS * EACH)
        );
        let mut versions: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
        for one in &told {
            let of = versions
                .entry(one["ticketId"].as_str().unwrap())
                .or_default();
            of.push(one["version"].as_i64().unwrap());
        }
        assert!(
            versions.values().all(|versions| versions.is_sorted()),
            "{versions:?}"
        );
    }
}

#[tokio::test]
async fn changes_get_their_positions_also_while_nobody_follows() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    amina.asks("general", "low").await;
    let pending = "select count(*) from feed_pending";
    assert!(app.count(pending).await > 0);
    app.run(&actions::job_list::Job::Prune).await;
    assert_eq!(app.count(pending).await, 0);
}
