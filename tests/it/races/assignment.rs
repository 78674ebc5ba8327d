//! Many workers assign many tickets at once, while agents change their availability and resolve tickets.

use super::{at_once, wide};
use crate::harness::{App, Caller};
use domain::{actor::Initiator, ids::TicketId, queue::Execution};
use serde_json::json;
use std::{future::Future, pin::Pin};

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

const DEPARTMENTS: [(&str, &str); 4] = [
    ("technical", "technical"),
    ("billing", "billing"),
    ("general", "general"),
    ("complaints", "complaint"),
];

fn task(work: impl Future<Output = ()> + Send + 'static) -> Task {
    Box::pin(work)
}

/// That many workers that run due jobs.
fn workers(app: &App, count: usize) -> Vec<Task> {
    let worker = |_| {
        let jobs = worker::JobContext::new(app.cx.clone()).unwrap();
        task(async move {
            for _ in 0..3 {
                worker::drain(&jobs, Execution::Workers).await.unwrap();
            }
        })
    };
    (0..count).map(worker).collect()
}

/// What must hold whenever nothing is under way.
async fn audit(app: &App, assigned_once: bool) {
    let above = "select count(*) from agents where max_concurrent_tickets <
                 (select count(*) from tickets where assigned_to = user_id and status not in ('resolved', 'closed'))";
    assert_eq!(app.count(above).await, 0, "agents above their limit");
    // Each change of hands begins where the one before it ended: a ticket never has two owners.
    let torn = "select count(*) from (
                    select what->>'from' as found,
                        lag(what->>'to') over (partition by ticket_id order by position) as left_with
                    from ticket_events where what->>'type' in ('assigned', 'unassigned', 'escalated')
                ) changes where found is distinct from left_with";
    assert_eq!(app.count(torn).await, 0, "changes of hands that do not fit");
    if assigned_once {
        let twice = "select count(*) from (select ticket_id from ticket_events
                     where what->>'type' = 'assigned' group by ticket_id having count(*) > 1) as twice";
        assert_eq!(app.count(twice).await, 0, "assigned twice");
    }
    let idle = "select count(*) from tickets t where assigned_to is null and status not in ('resolved', 'closed')
                and exists (select from agents a where a.department = t.department and a.availability = 'available'
                    and a.user_id is distinct from t.handed_back_by and a.max_concurrent_tickets >
                        (select count(*) from tickets where assigned_to = a.user_id and status not in ('resolved', 'closed')))";
    assert_eq!(
        app.count(idle).await,
        0,
        "tickets that wait beside a free place"
    );
}

/// Agents of every department, with room for so many tickets each.
async fn house(app: &App, agents: usize, room: i64) -> Vec<Caller> {
    let mut house = Vec::new();
    for number in 0..agents {
        let (department, _) = DEPARTMENTS[number % 4];
        let knows = ["payments", "bug reports"][number / 4 % 2];
        let info = json!({"department": department, "maxConcurrentTickets": room, "specializations": [knows]});
        house.push(app.agent_with(&format!("A{number}"), info).await);
    }
    house
}

async fn asks(customer: &Caller, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let priority = ["low", "medium", "high", "urgent"][number / 4 % 4];
        ids.push(customer.asks(DEPARTMENTS[number % 4].1, priority).await);
    }
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_workers_give_out_everything_once_to_nobody_above_the_limit_and_leave_no_place_free()
 {
    for strategy in ["skills", "load_balanced"] {
        let app = wide(&[("ASSIGNMENT_STRATEGY", strategy)]).await;
        let amina = app.customer("Amina").await;
        let eve = app.admin("Eve").await;
        let agents = house(&app, 12, 6).await;
        let ids = asks(&amina, 100).await;
        at_once(workers(&app, 16)).await;
        app.settle().await;
        audit(&app, true).await;
        let held = "select count(*) from tickets where assigned_to is not null";
        assert_eq!(app.count(held).await, 72, "{strategy}");
        // Agents finish, go away and come back while customers write and workers work.
        let mut tasks = workers(&app, 16);
        for id in ids.iter().take(40) {
            let (eve, id) = (eve.clone(), id.clone());
            tasks.push(task(async move {
                eve.sets(&id, "resolved").await.ok();
            }));
        }
        for agent in agents {
            tasks.push(task(async move {
                for to in ["offline", "available"] {
                    let body = json!({"status": to});
                    agent.put("/api/v1/support/availability", body).await.ok();
                }
            }));
        }
        at_once(tasks).await;
        app.settle().await;
        audit(&app, true).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn turns_are_taken_evenly_however_many_workers_give_them_out() {
    let app = wide(&[("ASSIGNMENT_STRATEGY", "round_robin")]).await;
    let amina = app.customer("Amina").await;
    house(&app, 5, 100).await;
    for _ in 0..4 {
        let tasks = asks(&amina, 18).await.into_iter().map(|id| {
            let (cx, id) = (app.cx.clone(), id.parse::<TicketId>().unwrap());
            task(async move {
                let mut work = cx.begin(Initiator::System).await.unwrap();
                actions::assignment::assign_automatically(&mut work, id)
                    .await
                    .unwrap();
                work.commit().await.unwrap();
            })
        });
        at_once(tasks.collect()).await;
        app.settle().await;
        let spread = "select max(held) - min(held) from
                      (select count(*) as held from tickets group by assigned_to) as loads";
        assert!(app.count(spread).await <= 1);
        let waiting = "select count(*) from tickets where assigned_to is null";
        assert_eq!(app.count(waiting).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_breach_and_a_hand_at_once_are_two_escalations_one_after_the_other() {
    let app = wide(&[]).await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    for level in 1..=3 {
        let info = json!({"department": "general", "level": level, "maxConcurrentTickets": 50});
        app.agent_with(&format!("L{level}"), info).await;
    }
    for round in 0..6 {
        let id = amina.asks("general", "urgent").await;
        app.settle().await;
        app.advance(crate::harness::minutes(16));
        let by_hand = {
            let (eve, id) = (eve.clone(), id.clone());
            task(async move {
                eve.does("escalate", &id, json!({"reason": "why"}))
                    .await
                    .ok();
            })
        };
        let sweeps = (0..3).map(|_| {
            let cx = app.cx.clone();
            task(async move {
                actions::tickets::sweep_sla(&cx, std::num::NonZeroUsize::MIN)
                    .await
                    .unwrap();
            })
        });
        let mut tasks: Vec<_> = sweeps.collect();
        tasks.insert(round % 4, by_hand);
        at_once(tasks).await;
        let escalated = eve.ticket(&id).await["escalation"].clone();
        let steps = escalated["history"].as_array().unwrap();
        assert_eq!(steps.len(), 2, "{escalated}");
        assert_eq!(steps[0]["level"], 1);
        assert_eq!(steps[1]["level"], 2);
        assert_eq!(steps[1]["from"], steps[0]["to"]);
        assert_ne!(steps[0]["automatic"], steps[1]["automatic"]);
        eve.closes(&id).await.ok();
        app.settle().await;
    }
    audit(&app, false).await;
}
