//! Concurrent operations: several threads, several connections, several rounds.

mod assignment;
mod cut_off;
mod order;
mod reading;
// Reads the processor time of a thread where Linux shows it.
#[cfg(target_os = "linux")]
mod searching;

use crate::harness::{Answer, App, Caller, minutes};
use actions::assignment::assign_automatically;
use domain::{actor::Initiator, people::Role, queue::Execution};
use serde_json::json;
use std::{future::Future, num::NonZeroUsize, sync::Arc};
use tokio::sync::Barrier;

/// With a connection for everybody who races.
async fn wide(set: &[(&str, &str)]) -> App {
    App::with(&[&[("DATABASE_CONNECTIONS", "16")], set].concat()).await
}

/// Runs all of them at once: none begins before every one is there.
#[expect(clippy::disallowed_methods, reason = "every task is waited for")]
pub async fn at_once<T: Send + 'static>(
    tasks: Vec<impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let barrier = Arc::new(Barrier::new(tasks.len()));
    let running: Vec<_> = tasks
        .into_iter()
        .map(|task| {
            let barrier = barrier.clone();
            tokio::spawn(async move {
                barrier.wait().await;
                task.await
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in running {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut statuses: Vec<_> = answers
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    statuses
}

/// The same request of several callers at once.
async fn all_do(
    callers: &[&Caller],
    verb: &'static str,
    id: &str,
    body: serde_json::Value,
) -> Vec<Answer> {
    let tasks = callers.iter().map(|caller| {
        let (caller, id, body) = ((*caller).clone(), id.to_owned(), body.clone());
        async move { caller.does(verb, &id, body).await }
    });
    at_once(tasks.collect()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_agents_who_take_a_ticket_at_once_get_one_assignment() {
    let app = wide(&[]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "billing").await;
    let kim = app.agent("Kim", "billing").await;
    for _ in 0..10 {
        let id = amina.asks("general", "low").await;
        let answers = all_do(&[&sarah, &kim], "assign", &id, json!({})).await;
        assert_eq!(statuses(&answers), [200, 404]);
        let winner = if answers[0].status == 200 {
            &sarah
        } else {
            &kim
        };
        assert_eq!(app.assignee(&id).await, Some(winner.id()));
    }
    let assigned = "select count(*) from ticket_events where what->>'type' = 'assigned'";
    assert_eq!(app.count(assigned).await, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn however_many_assign_at_once_nobody_passes_the_limit_and_no_ticket_has_two_agents() {
    let app = wide(&[]).await;
    let amina = app.customer("Amina").await;
    for name in ["A", "B", "C"] {
        let room = json!({"department": "general", "maxConcurrentTickets": 4});
        app.agent_with(name, room).await;
    }
    let mut ids = Vec::new();
    for _ in 0..30 {
        let id = amina.asks("general", "medium").await;
        ids.push(id.parse::<domain::ids::TicketId>().unwrap());
    }
    let tasks = ids.iter().chain(&ids).map(|&ticket| {
        let cx = app.cx.clone();
        async move {
            let mut work = cx.begin(Initiator::System).await.unwrap();
            let given = assign_automatically(&mut work, ticket).await.unwrap();
            work.commit().await.unwrap();
            given
        }
    });
    let given = at_once(tasks.collect()).await;
    assert_eq!(given.iter().flatten().count(), 12);
    at_most(&app, 4).await;
    let held = "select count(*) from tickets where assigned_to is not null";
    assert_eq!(app.count(held).await, 12);
    app.settle().await;
    assert_eq!(app.count(held).await, 12);
    at_most(&app, 4).await;
}

/// Nobody has more than the limit, and each ticket was given away once.
async fn at_most(app: &App, limit: i64) {
    let most = "select coalesce(max(count), 0) from (select count(*) from tickets
                where status not in ('resolved', 'closed') and assigned_to is not null
                group by assigned_to) as loads";
    let most = app.count(most).await;
    assert!(most <= limit, "{most}");
    let twice = "select count(*) from (select ticket_id from ticket_events
                 where what->>'type' = 'assigned' group by ticket_id having count(*) > 1) as twice";
    assert_eq!(app.count(twice).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_ticket_waits_at_rest_while_an_agent_has_room() {
    let app = wide(&[]).await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    for name in ["A", "B"] {
        let room = json!({"department": "general", "maxConcurrentTickets": 3});
        app.agent_with(name, room).await;
    }
    for _ in 0..6 {
        amina.asks("general", "medium").await;
    }
    app.settle().await;
    for _ in 0..5 {
        // Six are resolved, twelve are created, and three workers run what follows, all at once.
        let held: Vec<uuid::Uuid> = sqlx::query_scalar(
            "select id from tickets where assigned_to is not null and status not in ('resolved', 'closed')",
        )
        .fetch_all(&app.cx.pool)
        .await
        .unwrap();
        assert_eq!(held.len(), 6);
        let mut tasks: Vec<std::pin::Pin<Box<dyn Future<Output = ()> + Send>>> = Vec::new();
        for id in held {
            let eve = eve.clone();
            tasks.push(Box::pin(async move {
                eve.sets(&id.to_string(), "resolved").await.ok();
            }));
        }
        for _ in 0..12 {
            let amina = amina.clone();
            tasks.push(Box::pin(async move {
                amina.asks("general", "medium").await;
            }));
        }
        for _ in 0..3 {
            let jobs = worker::JobContext::new(app.cx.clone()).unwrap();
            tasks.push(Box::pin(async move {
                for _ in 0..5 {
                    worker::drain(&jobs, Execution::Workers).await.unwrap();
                }
            }));
        }
        at_once(tasks).await;
        // No sweep has a part in it.
        app.settle().await;
        at_most(&app, 3).await;
        let held = "select count(*) from tickets where assigned_to is not null
                    and status not in ('resolved', 'closed')";
        assert_eq!(app.count(held).await, 6);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_concurrent_ratings_count_once() {
    let app = wide(&[]).await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    for _ in 0..10 {
        let id = amina.asks("general", "low").await;
        eve.closes(&id).await.ok();
        let tasks = [1, 5].map(|stars| {
            let (amina, id) = (amina.clone(), id.clone());
            async move { amina.rates(&id, json!({"rating": stars})).await }
        });
        let answers = at_once(tasks.into()).await;
        assert_eq!(statuses(&answers), [200, 409]);
        let kept = amina.ticket(&id).await["rating"]["rating"].clone();
        let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
        assert_eq!(winner.body["ticket"]["rating"]["rating"], kept);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_concurrent_closings_or_reopenings_happen_once() {
    let app = wide(&[]).await;
    let amina = app.customer("Amina").await;
    let (eve, ada) = (app.admin("Eve").await, app.admin("Ada").await);
    let id = amina.asks("general", "low").await;
    for round in 1..=10 {
        let closing = json!({"summary": "Done.", "resolutionType": "solved"});
        let answers = all_do(&[&eve, &ada], "close", &id, closing).await;
        assert_eq!(statuses(&answers), [200, 409]);
        // A closing that is over before it is told is not told.
        app.settle().await;
        let again = json!({"reason": "why"});
        let answers = all_do(&[&eve, &amina], "reopen", &id, again).await;
        assert_eq!(statuses(&answers), [200, 409]);
        assert_eq!(eve.ticket(&id).await["reopenedCount"], round);
    }
    for (kind, expected) in [("closed", 10), ("reopened", 10), ("resolved", 10)] {
        let count: i64 =
            sqlx::query_scalar("select count(*) from ticket_events where what->>'type' = $1")
                .bind(kind)
                .fetch_one(&app.cx.pool)
                .await
                .unwrap();
        assert_eq!(count, expected, "{kind}");
    }
    let surveys = app.mails().into_iter();
    let surveys = surveys.filter(|mail| mail.template == "ticket_closed");
    assert_eq!(surveys.count(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reply_that_races_a_closing_is_either_in_time_or_refused() {
    let app = wide(&[]).await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    for round in 0..20 {
        let id = amina.asks("general", "low").await;
        let before = ["in_progress", "waiting_customer", "resolved"][round % 3];
        eve.sets(&id, "in_progress").await.ok();
        eve.sets(&id, before).await.ok();
        let (one, other, ticket) = (amina.clone(), eve.clone(), id.clone());
        let replies = id.clone();
        let tasks: Vec<std::pin::Pin<Box<dyn Future<Output = Answer> + Send>>> = vec![
            Box::pin(async move { one.says(&replies, "Wait!").await }),
            Box::pin(async move { other.closes(&ticket).await }),
        ];
        let answers = at_once(tasks).await;
        answers[1].ok();
        assert_eq!(eve.status_of(&id).await, "closed");
        let thread = eve.ticket(&id).await["messages"].as_array().unwrap().len();
        if answers[0].status == 201 {
            assert_eq!(thread, 1);
        } else {
            assert_eq!(answers[0].refused(409), "ticket_closed");
            assert_eq!(thread, 0);
        }
    }
}

const TWO: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);
const FOUR: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sweeps_at_once_find_each_warning_and_breach_once_and_escalate_each_ticket_once() {
    let app = wide(&[]).await;
    let amina = app.customer("Amina").await;
    let big = json!({"department": "general", "level": 2, "maxConcurrentTickets": 7});
    let kim = app.person("Kim", Role::Support, big).await;
    for _ in 0..10 {
        amina.asks("general", "urgent").await;
    }
    app.settle().await;
    let available = "update agents set availability = 'available' where user_id = $1::uuid";
    app.sql(available, &kim.id()).await;
    app.advance(minutes(121));
    let tasks = (0..6).map(|_| {
        let cx = app.cx.clone();
        async move { actions::tickets::sweep_sla(&cx, TWO).await.unwrap() }
    });
    let swept = at_once(tasks.collect()).await;
    assert!(swept.iter().all(|swept| swept.failed == 0), "{swept:?}");
    assert_eq!(swept.iter().map(|swept| swept.found).sum::<usize>(), 40);
    assert_eq!(swept.iter().map(|swept| swept.escalated).sum::<usize>(), 10);
    app.sweep().await;
    for (kind, expected) in [("sla_at_risk", 20), ("sla_breached", 20), ("escalated", 10)] {
        let count: i64 =
            sqlx::query_scalar("select count(*) from ticket_events where what->>'type' = $1")
                .bind(kind)
                .fetch_one(&app.cx.pool)
                .await
                .unwrap();
        assert_eq!(count, expected, "{kind}");
    }
    // Escalation is automation too: it keeps to the limit.
    at_most(&app, 7).await;
    let told = "select count(*) from in_app_notifications i join users u on u.id = i.user_id
        where i.template = 'sla_breached' and u.email like 'registrar@%'";
    assert_eq!(app.count(told).await, 20);
}

/// How many tickets each agent has, and how many nobody has.
async fn shares(app: &App) -> Vec<i64> {
    let sql =
        "select count(*) from tickets group by assigned_to order by assigned_to is null, count(*)";
    sqlx::query_scalar(sql)
        .fetch_all(&app.cx.pool)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tickets_escalated_together_are_shared_out_evenly_up_to_the_limits() {
    let app = wide(&[]).await;
    let amina = app.customer("Amina").await;
    for name in ["Kim", "Lea", "Max"] {
        let info = json!({"department": "general", "level": 2, "maxConcurrentTickets": 5});
        let agent = app.person(name, Role::Support, info).await;
        let available = "update agents set availability = 'available' where user_id = $1::uuid";
        app.sql(available, &agent.id()).await;
    }
    for (asked, expected) in [(6, vec![2, 2, 2]), (12, vec![5, 5, 5, 3])] {
        // No job is run: nobody has them until they are escalated.
        for _ in 0..asked {
            amina.asks("general", "urgent").await;
        }
        app.advance(minutes(121));
        let swept = actions::tickets::sweep_sla(&app.cx, FOUR).await.unwrap();
        assert_eq!((swept.escalated, swept.failed), (asked, 0));
        assert_eq!(shares(&app).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_concurrent_registrations_of_an_address_create_one_account() {
    let app = wide(&[]).await;
    let anybody = app.stranger();
    for round in 0..5 {
        let tasks = ["one", "ONE"].map(|name| {
            let anybody = anybody.clone();
            let body = json!({
                "firstName": "A", "lastName": "B", "email": format!("{name}{round}@example.com"),
                "phoneNumber": "+254712345678", "password": "SecurePass123!"
            });
            async move { anybody.post("/api/v1/auth/register", body).await }
        });
        let answers = at_once(tasks.into()).await;
        assert_eq!(statuses(&answers), [201, 409]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_three_refreshes_at_once_with_one_token_two_succeed_and_the_third_ends_the_session() {
    let app = wide(&[]).await;
    let anybody = app.stranger();
    app.customer("Amina").await;
    for _ in 0..3 {
        let credentials = json!({"email": "amina@example.com", "password": "SecurePass123!"});
        let login = anybody.post("/api/v1/auth/login", credentials).await;
        let token = json!({"refreshToken": login.ok()["refreshToken"]});
        let tasks = [0, 1, 2].map(|_| {
            let (anybody, token) = (anybody.clone(), token.clone());
            async move { anybody.post("/api/v1/auth/refresh", token).await }
        });
        let answers = at_once(tasks.into()).await;
        assert_eq!(statuses(&answers), [200, 200, 401]);
        let good = answers.iter().find(|answer| answer.status == 200).unwrap();
        let next = json!({"refreshToken": good.body["refreshToken"]});
        let refused = anybody.post("/api/v1/auth/refresh", next).await;
        assert_eq!(refused.refused(401), "invalid_refresh_token");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tickets_created_at_once_have_numbers_of_their_own() {
    let app = wide(&[]).await;
    let amina = app.customer("Amina").await;
    let tasks = (0..20).map(|_| {
        let amina = amina.clone();
        async move { amina.asks("general", "low").await }
    });
    at_once(tasks.collect()).await;
    assert_eq!(
        app.count("select count(distinct number) from tickets")
            .await,
        20
    );
}
