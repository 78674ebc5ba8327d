//! The verbs of the stories.

use super::{App, Caller};
use actions::job_list::Job;
use chrono::TimeDelta;
use domain::{actor::Initiator, people::Role};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// No news.
pub const NOTHING: [&str; 0] = [];
/// The path of tickets.
pub const TICKETS: &str = "/api/v1/support/tickets";

/// That many minutes.
pub fn minutes(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}

/// A ticket's history as the caller sees it, an entry a line: what happened, and by whom.
pub async fn history(caller: &Caller, ticket: &str) -> Vec<String> {
    let path = format!("{TICKETS}/{ticket}/history?limit=100");
    let told = caller.get(&path).await;
    let entries = told.ok()["history"].as_array().unwrap();
    entries.iter().map(line).collect()
}

fn line(entry: &Value) -> String {
    let by = entry["by"]["firstName"].as_str().unwrap_or("the system");
    let details = &entry["details"];
    let what = entry["type"].as_str().unwrap();
    let word = |field: &str| details[field].as_str().unwrap();
    match what {
        "status_changed" | "priority_changed" => {
            format!("{what} {} → {} by {by}", word("from"), word("to"))
        }
        "sla_at_risk" | "sla_breached" => format!("{what} {} by {by}", word("metric")),
        _ => format!("{what} by {by}"),
    }
}

impl App {
    /// The mails since the last time, `name: template` each, in order of the alphabet.
    pub fn news(&self) -> Vec<String> {
        let mut read = self.read.lock().unwrap();
        let mails = self.mails().into_iter();
        let mut fresh: Vec<_> = mails
            .filter(|mail| read.insert(mail.message_id.clone()))
            .map(|mail| format!("{}: {}", mail.name(), mail.template))
            .collect();
        fresh.sort();
        fresh
    }

    /// Runs a job, and what follows from it.
    pub async fn run(&self, job: &Job) {
        let mut work = self.cx.begin(Initiator::System).await.unwrap();
        actions::job_list::enqueue(&mut work, job).await.unwrap();
        work.commit().await.unwrap();
        self.settle().await;
    }

    /// Looks for deadlines once.
    pub async fn sweep(&self) {
        self.run(&Job::SweepSla).await;
    }

    /// Moves the clock on and looks for deadlines.
    pub async fn after(&self, minutes: i64) {
        self.advance(TimeDelta::minutes(minutes));
        self.sweep().await;
    }

    /// Takes an account out of use.
    pub async fn deactivate(&self, person: &Caller) {
        self.sql(
            "update users set active = false where id = $1::uuid",
            &person.id(),
        )
        .await;
    }

    /// Changes something behind the system's back.
    pub async fn sql(&self, statement: &'static str, parameter: &str) {
        sqlx::query(statement)
            .bind(parameter)
            .execute(&self.cx.pool)
            .await
            .unwrap();
    }

    /// Counts something.
    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query)
            .fetch_one(&self.cx.pool)
            .await
            .unwrap()
    }

    /// An agent with `supportInfo` as given, available.
    pub async fn agent_with(&self, name: &str, support_info: Value) -> Caller {
        let agent = self.person(name, Role::Support, support_info).await;
        self.is(&agent, "available").await;
        agent
    }

    /// Sets whether an agent takes tickets, and lets follow what follows.
    pub async fn is(&self, agent: &Caller, availability: &str) {
        let body = json!({"status": availability});
        let set = agent.put("/api/v1/support/availability", body).await;
        set.ok();
        self.settle().await;
    }

    /// The id of a ticket's assignee.
    pub async fn assignee(&self, ticket: &str) -> Option<String> {
        let id: Option<uuid::Uuid> =
            sqlx::query_scalar("select assigned_to from tickets where id = $1::uuid")
                .bind(ticket)
                .fetch_one(&self.cx.pool)
                .await
                .unwrap();
        id.map(|id| id.to_string())
    }
}

impl Caller {
    /// Opens a ticket of that category and priority, and gives its id back.
    pub async fn asks(&self, category: &str, priority: &str) -> String {
        self.opens(json!({
            "subject": "Help", "description": "Please.", "category": category, "priority": priority,
        }))
        .await
    }

    /// Writes an internal note; returns its id.
    pub async fn notes(&self, ticket: &str, text: &str) -> String {
        let note = json!({"message": text, "isInternal": true});
        let made = self
            .post(&format!("{TICKETS}/{ticket}/messages"), note)
            .await;
        made.created()["message"]["id"].as_str().unwrap().to_owned()
    }

    /// Redacts a message.
    pub async fn redacts(&self, ticket: &str, message: &str) -> super::Answer {
        let path = format!("{TICKETS}/{ticket}/messages/{message}");
        let reason = json!({"reason": "It should not stand there."});
        self.delete(&path, reason).await
    }

    /// `PUT /status`.
    pub async fn sets(&self, ticket: &str, status: &str) -> super::Answer {
        self.does("status", ticket, json!({"status": status})).await
    }

    /// Closes a ticket.
    pub async fn closes(&self, ticket: &str) -> super::Answer {
        let closing = json!({"summary": "Done.", "resolutionType": "solved"});
        self.does("close", ticket, closing).await
    }

    /// Rates a ticket.
    pub async fn rates(&self, ticket: &str, rating: Value) -> super::Answer {
        self.post(&format!("{TICKETS}/{ticket}/rate"), rating).await
    }

    /// `status` of a ticket.
    pub async fn status_of(&self, ticket: &str) -> String {
        self.ticket(ticket).await["status"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

impl App {
    /// A person who is registered already, with a new session.
    pub async fn same(&self, user: &Value) -> Caller {
        Caller::person(self.router.clone(), self.cx.clone(), user).await
    }
}

impl App {
    /// The content of the database: a hash of the rows of each table. Every change has its position in the feed:
    /// a reader of the feed may give it.
    pub async fn fingerprint(&self) -> BTreeMap<String, String> {
        actions::feed::advance(&self.cx).await.unwrap();
        let tables: Vec<String> = sqlx::query_scalar(
            "select table_name::text from information_schema.tables
             where table_schema = 'public' and table_type = 'BASE TABLE' order by 1",
        )
        .fetch_all(&self.cx.pool)
        .await
        .unwrap();
        let mut rows = BTreeMap::new();
        for table in tables {
            let query = format!(
                "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t"
            );
            let hash: String = sqlx::query_scalar(AssertSqlSafe(query))
                .fetch_one(&self.cx.pool)
                .await
                .unwrap();
            rows.insert(table, hash);
        }
        assert!(rows.len() > 10, "{rows:?}");
        rows
    }
}
