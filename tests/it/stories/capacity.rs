//! Capacity: which agents have room, what frees a place, and what holds up no other ticket.

use crate::harness::{App, Caller, minutes};
use actions::job_list::Job;
use domain::people::Role;
use serde_json::{Value, json};

fn room(places: i64) -> Value {
    json!({"department": "general", "maxConcurrentTickets": places})
}

async fn load(agent: &Caller) -> [Value; 3] {
    let shown = agent.get("/api/v1/support/availability").await;
    let me = agent.get("/api/v1/auth/me").await;
    let dashboard = agent.get("/api/v1/support/dashboard").await;
    [
        shown.ok()["availability"]["currentTickets"].clone(),
        me.ok()["user"]["supportInfo"]["availability"]["currentTickets"].clone(),
        dashboard.ok()["dashboard"]["currentWorkload"].clone(),
    ]
}

#[tokio::test]
async fn with_waiting_left_out_a_question_to_the_customer_frees_a_place_wherever_load_counts() {
    let app = App::with(&[("ASSIGNMENT_COUNTS_WAITING", "false")]).await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let sarah = app.agent_with("Sarah", room(1)).await;
    let first = amina.asks("general", "high").await;
    app.settle().await;
    let second = amina.asks("general", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&second).await, None);
    assert_eq!(load(&sarah).await, [1, 1, 1]);
    // Automation.
    sarah.sets(&first, "waiting_customer").await.ok();
    app.settle().await;
    assert_eq!(app.assignee(&second).await, Some(sarah.id()));
    assert_eq!(load(&sarah).await, [1, 1, 1]);
    // By hand.
    let third = amina.asks("general", "low").await;
    let to_sarah = json!({"agentId": sarah.id()});
    let refused = eve.does("assign", &third, to_sarah.clone()).await;
    assert_eq!(refused.refused(409), "agent_at_capacity");
    sarah.sets(&second, "waiting_customer").await.ok();
    assert_eq!(load(&sarah).await, [0, 0, 0]);
    eve.does("assign", &third, to_sarah).await.ok();
    // Reopening: with the place taken it goes elsewhere, with a question asked it comes back.
    sarah.sets(&first, "resolved").await.ok();
    app.settle().await;
    let again = json!({"reason": "Not yet"});
    let elsewhere = amina.does("reopen", &first, again.clone()).await;
    assert_eq!(elsewhere.ok()["ticket"]["assignedTo"], Value::Null);
    sarah.sets(&third, "resolved").await.ok();
    sarah.sets(&second, "in_progress").await.ok();
    sarah.sets(&second, "waiting_customer").await.ok();
    let back = amina.does("reopen", &third, again).await;
    assert_eq!(back.ok()["ticket"]["assignedTo"]["id"], sarah.id());
    // Escalation.
    eve.closes(&first).await.ok();
    let second_level = json!({"department": "general", "maxConcurrentTickets": 1, "level": 2});
    let kim = app.agent_with("Kim", second_level).await;
    let escalates = |ticket: String| {
        let eve = eve.clone();
        async move {
            eve.does("escalate", &ticket, json!({"reason": "why"}))
                .await
        }
    };
    let [one, other, last] = [(); 3].map(|()| amina.asks("technical", "urgent"));
    let (one, other, last) = (one.await, other.await, last.await);
    assert_eq!(
        escalates(one.clone()).await.ok()["ticket"]["assignedTo"]["id"],
        kim.id()
    );
    assert_eq!(
        escalates(other).await.ok()["ticket"]["assignedTo"],
        Value::Null
    );
    kim.sets(&one, "waiting_customer").await.ok();
    assert_eq!(
        escalates(last).await.ok()["ticket"]["assignedTo"]["id"],
        kim.id()
    );
}

#[tokio::test]
async fn with_waiting_counted_a_question_to_the_customer_frees_nothing() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent_with("Sarah", room(1)).await;
    let first = amina.asks("general", "high").await;
    let second = amina.asks("general", "low").await;
    app.settle().await;
    sarah.sets(&first, "waiting_customer").await.ok();
    app.settle().await;
    app.run(&Job::AssignWaiting).await;
    assert_eq!(app.assignee(&second).await, None);
    assert_eq!(load(&sarah).await, [1, 1, 1]);
}

#[tokio::test]
async fn the_tickets_of_an_agent_who_is_offline_for_long_go_back_and_may_come_again() {
    let app = App::with(&[("REASSIGN_WHEN_OFFLINE_MINUTES", "30")]).await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let sarah = app.agent_with("Sarah", room(5)).await;
    let [one, other] = [
        amina.asks("general", "high").await,
        amina.asks("general", "low").await,
    ];
    app.settle().await;
    app.is(&sarah, "offline").await;
    app.advance(minutes(29));
    app.run(&Job::AssignWaiting).await;
    assert_eq!(app.assignee(&one).await, Some(sarah.id()));
    // What was given to somebody on purpose, knowing that nobody is there, has as long.
    let third = amina.asks("general", "low").await;
    eve.does("assign", &third, json!({"agentId": sarah.id()}))
        .await
        .ok();
    app.advance(minutes(1));
    app.run(&Job::AssignWaiting).await;
    assert_eq!(app.assignee(&one).await, None);
    assert_eq!(app.assignee(&other).await, None);
    assert_eq!(app.assignee(&third).await, Some(sarah.id()));
    let lines = crate::harness::history(&eve, &one).await;
    assert!(
        lines.contains(&"unassigned by the system".to_owned()),
        "{lines:?}"
    );
    // An agent who becomes available again gets the ticket.
    app.is(&sarah, "available").await;
    assert_eq!(app.assignee(&one).await, Some(sarah.id()));
    assert_eq!(app.assignee(&other).await, Some(sarah.id()));
    app.advance(minutes(60));
    app.run(&Job::AssignWaiting).await;
    assert_eq!(
        app.assignee(&one).await,
        Some(sarah.id()),
        "not of who is there"
    );
}

#[tokio::test]
async fn without_that_setting_who_is_offline_keeps_tickets() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent_with("Sarah", room(5)).await;
    let id = amina.asks("general", "high").await;
    app.settle().await;
    app.is(&sarah, "offline").await;
    app.advance(minutes(60 * 24 * 30));
    app.run(&Job::AssignWaiting).await;
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
}

/// That many tickets that nobody can take: escalated to a level that no agent has. They are urgent, and older than others.
async fn beyond_everybody(app: &App, customer: &Caller, count: i32) {
    let id = customer.asks("general", "urgent").await;
    sqlx::query(
        "insert into tickets (id, number, customer_id, subject, description, category, priority, status, department,
             language, tags, attachments, policy, escalation_level, reopened_count, version, created_at, updated_at)
         select gen_random_uuid(), 'TKT-1-' || n, customer_id, subject, description, category, priority, 'escalated',
             department, language, tags, attachments, policy, 8, 0, 1, created_at - interval '1 hour', updated_at
         from tickets, generate_series(1, $2) n where id = $1::uuid",
    )
    .bind(&id)
    .bind(count)
    .execute(&app.cx.pool)
    .await
    .unwrap();
    let gone = "update tickets set status = 'closed' where id = $1::uuid";
    app.sql(gone, &id).await;
}

#[tokio::test]
async fn tickets_that_nobody_can_take_hold_up_no_others() {
    for way in [
        "the sweep",
        "an agent who comes free",
        "a ticket of its own",
    ] {
        let app = App::new().await;
        let amina = app.customer("Amina").await;
        beyond_everybody(&app, &amina, 1_100).await;
        let agent = app.person("Sarah", Role::Support, room(1)).await;
        let id = if way == "a ticket of its own" {
            app.is(&agent, "available").await;
            amina.asks("general", "low").await
        } else {
            let id = amina.asks("general", "low").await;
            app.settle().await;
            if way == "the sweep" {
                let sql = "update agents set availability = 'available' where user_id = $1::uuid";
                app.sql(sql, &agent.id()).await;
                app.run(&Job::AssignWaiting).await;
            } else {
                app.is(&agent, "available").await;
            }
            id
        };
        app.settle().await;
        assert_eq!(app.assignee(&id).await, Some(agent.id()), "{way}");
    }
}

/// That many agents like this one, with the same waiting time and not on shift.
async fn others_off_shift(app: &App, agent: &Caller, count: i32) {
    for copy in [
        "insert into users (id, email, first_name, last_name, phone_number, password_hash, role, language, timezone, active, created_at, updated_at)
         select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, n || '@example.com', 'F', 'L', phone_number, '', role, language,
             timezone, active, created_at, updated_at from users, generate_series(1, $2) n where id = $1::uuid",
        r#"insert into agents (user_id, department, specializations, languages, level, shift_schedule, availability, availability_updated_at, max_concurrent_tickets)
         select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, department, specializations, languages, level,
             '[{"day": "sun", "start": "08:00", "end": "09:00"}]', 'available', availability_updated_at, 500
         from agents, generate_series(1, $2) n where user_id = $1::uuid"#,
    ] {
        sqlx::query(copy).bind(agent.id()).bind(count).execute(&app.cx.pool).await.unwrap();
    }
}

#[tokio::test]
async fn an_available_agent_is_found_behind_any_number_of_unavailable_ones() {
    for strategy in ["skills", "load_balanced", "round_robin"] {
        let app = App::with(&[("ASSIGNMENT_STRATEGY", strategy)]).await;
        let amina = app.customer("Amina").await;
        let sarah = app.agent_with("Sarah", room(3)).await;
        for _ in 0..2 {
            amina.asks("general", "low").await;
            app.settle().await;
        }
        others_off_shift(&app, &sarah, 150).await;
        let id = amina.asks("general", "low").await;
        app.settle().await;
        assert_eq!(app.assignee(&id).await, Some(sarah.id()), "{strategy}");
    }
}

#[tokio::test]
async fn a_new_ticket_leaves_a_place_that_came_free_to_what_goes_before_it() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent_with("Sarah", room(0)).await;
    let urgent = amina.asks("general", "urgent").await;
    app.advance(minutes(1));
    let old = amina.asks("general", "low").await;
    app.settle().await;
    // Nobody has noticed yet that there is room when the next one comes.
    for (places, next) in [("1", &urgent), ("2", &old)] {
        let sql = "update agents set max_concurrent_tickets = $1::int where user_id <> '00000000-0000-0000-0000-000000000000'";
        app.sql(sql, places).await;
        app.advance(minutes(1));
        let new = amina.asks("general", "low").await;
        app.settle().await;
        assert_eq!(app.assignee(next).await, Some(sarah.id()), "{places}");
        assert_eq!(app.assignee(&new).await, None, "{places}");
    }
}

#[tokio::test]
async fn an_agent_who_comes_on_shift_gets_waiting_tickets_in_that_minute_however_rare_sweeps_are() {
    let app = App::with(&[("ASSIGN_SWEEP_SECONDS", "3600")]).await;
    let amina = app.customer("Amina").await;
    // Wednesday 08:00 UTC; 11:00 in Nairobi.
    let night = json!({
        "department": "general",
        "shiftSchedule": [{"day": "wed", "start": "11:07", "end": "03:00"}]
    });
    let sarah = app.person("Sarah", Role::Support, night).await;
    let zone = json!({"timezone": "Africa/Nairobi"});
    sarah.patch("/api/v1/auth/me", zone).await.ok();
    app.is(&sarah, "available").await;
    let id = amina.asks("general", "low").await;
    app.tick().await;
    app.live(6).await;
    assert_eq!(app.assignee(&id).await, None);
    app.live(1).await;
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
}

#[tokio::test]
async fn another_time_zone_that_puts_an_agent_on_shift_counts_at_once() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let shift = json!({
        "department": "general",
        "shiftSchedule": [{"day": "wed", "start": "11:00", "end": "17:00"}]
    });
    let sarah = app.agent_with("Sarah", shift).await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&id).await, None);
    let zone = json!({"timezone": "Africa/Nairobi"});
    sarah.patch("/api/v1/auth/me", zone).await.ok();
    app.settle().await;
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
}

#[tokio::test]
async fn an_admin_is_given_nothing_by_automation_not_even_what_comes_back() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    app.is(&eve, "available").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&id).await, None);
    eve.closes(&id).await.ok();
    assert_eq!(
        app.assignee(&id).await,
        Some(eve.id()),
        "who closes it had it"
    );
    let reopened = amina.does("reopen", &id, json!({"reason": "why"})).await;
    assert_eq!(reopened.ok()["ticket"]["assignedTo"], Value::Null);
    let escalated = eve.does("escalate", &id, json!({"reason": "why"})).await;
    assert_eq!(escalated.ok()["ticket"]["assignedTo"], Value::Null);
}
