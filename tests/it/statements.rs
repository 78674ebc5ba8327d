//! The number of SQL statements of a request, whatever the number of rows. The count is taken from the log
//! events of sqlx on the test's own thread: each test has a runtime of one thread.

use crate::harness::{App, Caller, TICKETS};
use serde_json::json;
use std::{
    fmt::Debug,
    sync::{Arc, LazyLock, Mutex},
};
use tracing::{
    Dispatch, Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::set_default,
};

/// The first words of each statement, in order.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn event(&self, event: &Event<'_>) {
        let mut words = Words::default();
        event.record(&mut words);
        self.0.lock().unwrap().push(words.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Words(String);

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// Where there is only one listener in the process, tracing asks the thread that comes by first
/// whether anybody listens at all, and keeps the answer for all threads. These two listen for ever.
static LISTENERS: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [0; 2].map(|_| Dispatch::new(Statements::default())));

/// The statements of one GET.
async fn statements(caller: &Caller, path: &str) -> Vec<String> {
    LazyLock::force(&LISTENERS);
    let counted = Statements::default();
    let guard = set_default(counted.clone());
    let answer = caller.get(path).await;
    drop(guard);
    answer.ok();
    let sent = counted.0.lock().unwrap().clone();
    assert!(!sent.is_empty(), "nothing was counted");
    sent
}

#[track_caller]
fn assert_costs(sent: &[String], statements: usize) {
    assert_eq!(sent.len(), statements, "{sent:#?}");
}

/// As many tickets as that in all, each with an agent, and with an escalation and a message.
async fn tickets(app: &App, ann: &Caller, eve: &Caller, wanted: usize) -> String {
    let have: usize = app
        .count("select count(*) from tickets")
        .await
        .try_into()
        .unwrap();
    let mut last = String::new();
    for _ in have..wanted {
        last = ann.asks("general", "urgent").await;
        eve.says(&last, "We look into it.").await.created();
        let escalate = json!({"reason": "Hard.", "escalatedTo": eve.id()});
        eve.does("escalate", &last, escalate).await.ok();
    }
    last
}

#[tokio::test]
async fn a_list_costs_four_statements_an_admins_five_and_a_dashboard_five_however_many_tickets() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let path = format!("{TICKETS}?limit=100");
    // A hundred tickets cost more than all else in this test: both are counted on the same.
    for wanted in [0, 1, 20, 100] {
        tickets(&app, &ann, &eve, wanted).await;
        let sent = statements(&eve, "/api/v1/support/dashboard").await;
        // Without tickets none are read.
        assert_costs(&sent, DASHBOARD - usize::from(wanted == 0));
        let found = eve.get(&path).await.ok()["tickets"].clone();
        assert_eq!(found.as_array().unwrap().len(), wanted);
        if wanted > 0 {
            assert_costs(&statements(&ann, &path).await, LIST);
            // How many is asked twice: they could be too many to count.
            assert_costs(&statements(&eve, &path).await, LIST + 1);
        }
    }
}

#[tokio::test]
async fn a_ticket_costs_one_statement_however_long_its_thread() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let id = tickets(&app, &ann, &eve, 1).await;
    let path = format!("{TICKETS}/{id}");
    for wanted in [1, 100] {
        let have = eve.ticket(&id).await["messages"].as_array().unwrap().len();
        for _ in have..wanted {
            ann.says(&id, "And?").await.created();
        }
        let shown = eve.ticket(&id).await["messages"].as_array().unwrap().len();
        assert_eq!(shown, wanted);
        for caller in [&ann, &eve] {
            assert_costs(&statements(caller, &path).await, TICKET);
        }
    }
}

#[tokio::test]
async fn a_ticket_that_is_seen_by_a_mention_costs_no_statement_more() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let kim = json!({"department": "billing", "employeeId": "EMP-7"});
    let kim = app.agent_with("Kim", kim).await;
    let id = tickets(&app, &ann, &eve, 1).await;
    eve.notes(&id, "@EMP-7, please look.").await;
    let path = format!("{TICKETS}/{id}");
    assert_costs(&statements(&kim, &path).await, TICKET);
    assert_costs(&statements(&kim, TICKETS).await, LIST);
}

/// The session; how many; which; the tickets with their clocks, escalations and people.
const LIST: usize = 4;
/// All of it.
const TICKET: usize = 1;
/// The session; which; the tickets with their clocks, escalations and people; the caller's zone; the day.
const DASHBOARD: usize = 5;
