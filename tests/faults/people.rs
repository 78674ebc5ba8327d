//! Everybody who takes part: accounts, telephones and devices of their own, those who work and those who follow, and a
//! receiver of webhooks.

use super::{
    acts::{Deeds, Kind},
    client::{Client, Met, Reply},
    followers::{Followers, Role},
    receivers,
    rig::{ADMIN, Crew, Rig},
};
use crate::harness::Outside;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const CUSTOMERS: &[&str] = &["Ann", "Ben", "Cat"];
/// Name, department, level and room.
const AGENTS: &[(&str, &str, u32, u32)] = &[
    ("Sam", "general", 1, 6),
    ("Tom", "technical", 1, 6),
    ("Kim", "general", 1, 5),
    ("Lea", "technical", 2, 8),
    ("Max", "general", 2, 8),
];

/// Those who will be at work: the client and, of an agent, the address.
pub struct People {
    pub admin: Client,
    pub customers: Vec<Client>,
    pub agents: Vec<(Client, String)>,
}

/// What accounts are made with.
pub struct Office<'a> {
    pub rig: &'a Rig,
    pub crew: &'a Crew,
    pub outside: &'a Outside,
    pub met: &'a Arc<Mutex<Met>>,
    pub acts: &'a Deeds,
}

impl Office<'_> {
    /// Short deadlines, accounts for everybody, and a receiver of webhooks.
    pub async fn prepare(&self) -> People {
        let mut admin = self.client("Eve");
        admin.sign_in(ADMIN.0).await;
        self.note(ADMIN.0);
        let rule = |priority: &str, first: u32, whole: u32| json!({"priority": priority, "firstResponseMinutes": first, "resolutionMinutes": whole});
        let rules =
            json!({"policies": [rule("urgent", 1, 1), rule("high", 1, 2), rule("medium", 1, 3)]});
        admin.put("/api/v1/admin/sla-policies", None, &rules).await;
        self.subscribe(&mut admin, "Eve").await;
        let (mut customers, mut agents) = (Vec::new(), Vec::new());
        for name in CUSTOMERS {
            let client = self.join(&mut admin, (name, "customer", Value::Null)).await;
            customers.push(client);
        }
        for (name, department, level, room) in AGENTS.iter().copied() {
            let info =
                json!({"department": department, "level": level, "maxConcurrentTickets": room});
            let client = self.join(&mut admin, (name, "support", info)).await;
            agents.push((client, address(name)));
        }
        receivers::register(&mut admin, self.outside).await;
        // Nobody is to wait until tomorrow for a mail because the address is new.
        let sql = "with known as (update users set email_confirmed_at = created_at returning id) select count(*) from known";
        self.rig.count(sql).await;
        People {
            admin,
            customers,
            agents,
        }
    }

    /// Some of them follow what happens, from now on.
    pub async fn follow(&self, seed: u64) -> Followers {
        let mut followers = Followers::default();
        let customers = CUSTOMERS.iter().map(|name| (address(name), Role::Customer));
        let agents = ["Sam", "Lea"].map(|name| (address(name), Role::Agent));
        let admin = (ADMIN.0.to_owned(), Role::Admin);
        for (number, (email, role)) in (201..).zip(customers.chain(agents).chain([admin])) {
            let mut client = self.client("Follower");
            client.sign_in(&email).await;
            followers.begin(client, role, seed ^ number).await;
        }
        followers
    }

    /// An urgent ticket is escalated, so that each channel has something to tell, however short the run is.
    pub async fn begin(&self, people: &mut People) {
        let People {
            admin, customers, ..
        } = people;
        let path = "/api/v1/support/tickets";
        let (subject, reason) = (customers[0].marker(), admin.marker());
        let body = json!({
            "subject": subject, "description": "Please.", "priority": "urgent", "category": "general",
        });
        let reply = customers[0].post(path, &body).await;
        self.acts.note(Kind::Ticket, &subject, &reply);
        let Reply::Accepted(made) = reply else {
            panic!("no ticket: {reply:?}");
        };
        let sql = "select id::text from users where email = 'max@example.com'";
        let agent: String = sqlx::query_scalar(sql)
            .fetch_one(&self.rig.look)
            .await
            .unwrap();
        let (id, version) = (
            made["ticket"]["id"].as_str().unwrap(),
            &made["ticket"]["version"],
        );
        let body = json!({"reason": reason, "escalatedTo": agent});
        let path = format!("{path}/{id}/escalate");
        let reply = admin.put(&path, Some(version), &body).await;
        self.acts.note(Kind::Escalation, &reason, &reply);
        must(&reply);
    }

    fn client(&self, name: &str) -> Client {
        Client::new(self.crew.doors.clone(), Arc::clone(self.met), name)
    }

    /// Makes an account, signs in and subscribes two devices.
    async fn join(&self, admin: &mut Client, (name, role, info): (&str, &str, Value)) -> Client {
        let email = address(name);
        admin.register(&account(name, role, info)).await;
        self.note(&email);
        let mut client = self.client(name);
        client.sign_in(&email).await;
        self.subscribe(&mut client, name).await;
        client
    }

    async fn subscribe(&self, client: &mut Client, name: &str) {
        for device in ["phone", "laptop"] {
            let device = self.outside.device(&format!("{name}-{device}"));
            let path = "/api/v1/notifications/push/subscriptions";
            must(&client.post(path, &device).await);
        }
    }

    fn note(&self, email: &str) {
        self.acts
            .note(Kind::Person, email, &Reply::Accepted(Value::Null));
    }
}

fn must(reply: &Reply) {
    assert!(matches!(reply, Reply::Accepted(_)), "{reply:?}");
}

fn address(name: &str) -> String {
    format!("{}@example.com", name.to_lowercase())
}

/// The number is nobody else's.
fn account(name: &str, role: &str, info: Value) -> Value {
    let digits: Vec<_> = name.bytes().map(|byte| format!("{byte:03}")).collect();
    let mut body = json!({
        "firstName": name, "lastName": "Otieno", "email": address(name), "role": role,
        "phoneNumber": format!("+254{}", digits.concat()), "password": "SecurePass123!",
    });
    if !info.is_null() {
        body["supportInfo"] = info;
    }
    body
}
