//! Who has a ticket open and who types on it: told to those who may know it, and lost without harm.

mod quick;

use crate::harness::{App, Caller, Serving, Socket, eventually};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn opens(socket: &mut Socket, ticket: &str) -> Value {
    socket
        .asks("ticket:view", &json!({"ticketId": ticket}))
        .await
}

async fn types(socket: &mut Socket, ticket: &str, more: Value) -> Value {
    let mut content = json!({"ticketId": ticket});
    let more = more.as_object().unwrap().clone();
    content.as_object_mut().unwrap().extend(more);
    socket.asks("ticket:typing", &content).await
}

fn success() -> Value {
    json!({"success": true})
}

fn refused(code: &str) -> Value {
    json!({"success": false, "code": code})
}

/// The first names of the viewers in an event or an answer.
fn viewers(told: &Value) -> BTreeSet<String> {
    let viewers = told["viewers"].as_array().unwrap().iter();
    viewers
        .map(|one| one["firstName"].as_str().unwrap().to_owned())
        .collect()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Waits until a client is told that exactly these people have the ticket open.
async fn told_viewers(socket: &mut Socket, expected: &[&str]) {
    let is_told =
        |name: &str, event: &Value| name == "ticket:viewing" && viewers(event) == names(expected);
    socket.events_until(is_told).await;
}

/// Two processes, a ticket of Amina's that Sarah has, and an admin.
struct Desk {
    app: App,
    processes: [Serving; 2],
    amina: Caller,
    sarah: Caller,
    rose: Caller,
    ticket: String,
}

impl Desk {
    async fn new() -> Self {
        let app = App::new().await;
        let processes = [app.serves().await, app.serves().await];
        let amina = app.customer("Amina").await;
        let sarah = app.agent("Sarah", "general").await;
        let rose = app.admin("Rose").await;
        let ticket = amina.asks("general", "low").await;
        app.settle().await;
        assert_eq!(app.assignee(&ticket).await, Some(sarah.id()));
        let desk = Self {
            app,
            processes,
            amina,
            sarah,
            rose,
            ticket,
        };
        desk.hear_each_other().await;
        desk
    }

    /// Waits until both processes hear signs: a subscription begins beside everything else.
    async fn hear_each_other(&self) {
        let channel = self.app.cx.config.redis.watching_channel();
        eventually("both processes hear signs", async || {
            let counted =
                self.app
                    .cx
                    .redis
                    .within(std::time::Duration::from_secs(2), async |mut redis| {
                        redis::cmd("PUBSUB")
                            .arg("NUMSUB")
                            .arg(&channel)
                            .query_async::<(String, i64)>(&mut redis)
                            .await
                    });
            counted.await.unwrap().1 == 2
        })
        .await;
    }

    async fn socket(&self, process: usize, who: &Caller) -> Socket {
        self.processes[process].socket(who, None).await
    }

    /// A socket with the ticket open.
    async fn opened(&self, process: usize, who: &Caller) -> Socket {
        let mut socket = self.socket(process, who).await;
        let opened = opens(&mut socket, &self.ticket).await;
        assert_eq!(opened["success"], true, "{opened}");
        socket
    }
}

#[tokio::test]
async fn staff_are_told_who_of_them_has_a_ticket_open_and_customers_are_not() {
    let desk = Desk::new().await;
    let mut customer = desk.socket(0, &desk.amina).await;
    assert_eq!(opens(&mut customer, &desk.ticket).await, success());
    let mut sarah = desk.socket(0, &desk.sarah).await;
    let opened = opens(&mut sarah, &desk.ticket).await;
    assert_eq!(viewers(&opened), names(&["Sarah"]));
    let mut rose = desk.socket(1, &desk.rose).await;
    let opened = opens(&mut rose, &desk.ticket).await;
    assert_eq!(viewers(&opened), names(&["Rose", "Sarah"]));
    let shown = &opened["viewers"][0];
    assert_eq!(
        shown.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["id", "firstName", "lastName", "role"]
    );
    told_viewers(&mut sarah, &["Rose", "Sarah"]).await;
    let left = json!({"ticketId": desk.ticket});
    assert_eq!(rose.asks("ticket:leave", &left).await, success());
    told_viewers(&mut sarah, &["Sarah"]).await;
    // A client that is gone, and one that comes back.
    let rose = desk.opened(1, &desk.rose).await;
    told_viewers(&mut sarah, &["Rose", "Sarah"]).await;
    drop(rose);
    told_viewers(&mut sarah, &["Sarah"]).await;
    // Only the message: nothing of all that reached the customer.
    desk.amina.says(&desk.ticket, "hello").await.created();
    let told = customer
        .events_until(|name, _| name == "ticket:message")
        .await;
    assert_eq!(told, []);
}

#[tokio::test]
async fn typing_is_told_at_other_processes_and_ends_with_the_message() {
    let desk = Desk::new().await;
    let (mut sarah, mut amina) = (
        desk.opened(0, &desk.sarah).await,
        desk.opened(1, &desk.amina).await,
    );
    assert_eq!(types(&mut amina, &desk.ticket, json!({})).await, success());
    let told = sarah.until("ticket:typing").await;
    let expected = |who: &Caller, first: &str, role: &str, typing: bool| {
        let person =
            json!({"id": who.id(), "firstName": first, "lastName": "Otieno", "role": role});
        json!({"ticketId": desk.ticket, "person": person, "isInternal": false, "typing": typing})
    };
    assert_eq!(told, expected(&desk.amina, "Amina", "customer", true));
    desk.amina.says(&desk.ticket, "hello").await.created();
    let told = sarah.until("ticket:typing").await;
    assert_eq!(told, expected(&desk.amina, "Amina", "customer", false));
    assert_eq!(types(&mut sarah, &desk.ticket, json!({})).await, success());
    let told = amina.until("ticket:typing").await;
    assert_eq!(told, expected(&desk.sarah, "Sarah", "support", true));
    let ended = json!({"typing": false});
    assert_eq!(types(&mut sarah, &desk.ticket, ended).await, success());
    let told = amina.until("ticket:typing").await;
    assert_eq!(told, expected(&desk.sarah, "Sarah", "support", false));
}

#[tokio::test]
async fn typing_ends_by_itself_and_with_its_client() {
    let desk = Desk::new().await;
    let mut sarah = desk.opened(0, &desk.sarah).await;
    let mut amina = desk.opened(1, &desk.amina).await;
    types(&mut amina, &desk.ticket, json!({})).await;
    assert_eq!(sarah.until("ticket:typing").await["typing"], true);
    // Within the throttle nothing more is told, so that the next is the end by itself.
    types(&mut amina, &desk.ticket, json!({})).await;
    assert_eq!(sarah.until("ticket:typing").await["typing"], false);
    types(&mut amina, &desk.ticket, json!({})).await;
    assert_eq!(sarah.until("ticket:typing").await["typing"], true);
    drop(amina);
    assert_eq!(sarah.until("ticket:typing").await["typing"], false);
}

#[tokio::test]
async fn a_customer_is_told_of_answers_in_the_making_and_never_of_notes() {
    let desk = Desk::new().await;
    let (mut sarah, mut rose, mut amina) = (
        desk.opened(0, &desk.sarah).await,
        desk.opened(1, &desk.rose).await,
        desk.opened(1, &desk.amina).await,
    );
    let note = json!({"isInternal": true});
    assert_eq!(types(&mut sarah, &desk.ticket, note).await, success());
    let told = rose.until("ticket:typing").await;
    assert_eq!([&told["isInternal"], &told["typing"]], [true, true]);
    desk.sarah.notes(&desk.ticket, "a secret").await;
    let told = rose.until("ticket:typing").await;
    assert_eq!([&told["isInternal"], &told["typing"]], [true, false]);
    let own = types(&mut amina, &desk.ticket, json!({"isInternal": true})).await;
    assert_eq!(own, refused("role_not_allowed"));
    desk.amina.says(&desk.ticket, "hello").await.created();
    let told = amina.events_until(|name, _| name == "ticket:message").await;
    assert_eq!(told, [], "nothing before the own message");
}

#[tokio::test]
async fn opening_and_typing_need_the_right_to_see_the_ticket_at_each_time() {
    let desk = Desk::new().await;
    let baraka = desk.app.customer("Baraka").await;
    let daniel = desk.app.agent("Daniel", "billing").await;
    for stranger in [&baraka, &daniel] {
        let mut socket = desk.socket(0, stranger).await;
        assert_eq!(opens(&mut socket, &desk.ticket).await, refused("not_found"));
        let nowhere = uuid::Uuid::nil().to_string();
        assert_eq!(opens(&mut socket, &nowhere).await, refused("not_found"));
        let typed = types(&mut socket, &desk.ticket, json!({})).await;
        assert_eq!(typed, refused("not_open"));
    }
    let (mut sarah, mut amina) = (
        desk.opened(0, &desk.sarah).await,
        desk.opened(1, &desk.amina).await,
    );
    // Another agent gets the ticket.
    let to_daniel = json!({"agentId": daniel.id()});
    desk.rose.does("assign", &desk.ticket, to_daniel).await.ok();
    let typed = types(&mut sarah, &desk.ticket, json!({})).await;
    assert_eq!(typed, refused("not_found"));
    let mut now = desk.opened(0, &daniel).await;
    told_viewers(&mut now, &["Daniel"]).await;
    types(&mut amina, &desk.ticket, json!({})).await;
    assert_eq!(now.until("ticket:typing").await["typing"], true);
    desk.rose
        .does("assign", &desk.ticket, json!({"agentId": desk.sarah.id()}))
        .await
        .ok();
    let told = sarah
        .events_until(|name, event| {
            name == "ticket:updated" && event["entry"]["details"]["to"] == desk.sarah.id()
        })
        .await;
    let told: Vec<_> = told.iter().map(|(name, _)| name.as_str()).collect();
    assert!(!told.contains(&"ticket:typing"), "{told:?}");
}

#[tokio::test]
async fn nonsense_is_refused_and_the_number_of_open_tickets_is_limited() {
    let desk = Desk::new().await;
    let mut socket = desk.socket(0, &desk.rose).await;
    for name in ["ticket:view", "ticket:leave", "ticket:typing"] {
        for content in [json!({}), json!({"ticketId": 7}), json!("x")] {
            let answer = socket.asks(name, &content).await;
            assert_eq!(answer, refused("invalid_fields"), "{name} {content}");
        }
    }
    let mut tickets = Vec::new();
    for _ in 0..21 {
        tickets.push(desk.amina.asks("general", "low").await);
    }
    let mut socket = desk.socket(0, &desk.rose).await;
    let mut answers = Vec::new();
    for ticket in &tickets {
        answers.push(opens(&mut socket, ticket).await);
    }
    assert!(answers[..20].iter().all(|answer| answer["success"] == true));
    assert_eq!(answers[20], refused("too_many_tickets"));
}

#[tokio::test]
async fn the_viewers_of_a_killed_process_fade() {
    let desk = Desk::new().await;
    let mut sarah = desk.opened(0, &desk.sarah).await;
    let _rose = desk.opened(1, &desk.rose).await;
    told_viewers(&mut sarah, &["Rose", "Sarah"]).await;
    // As if its process had not entered it again for long.
    let redis = &desk.app.cx.config.redis;
    let ticket = domain::ids::TicketId(desk.ticket.parse().unwrap());
    let (key, channel) = (redis.watchers_key(ticket), redis.watching_channel());
    let link = &desk.app.cx.redis;
    let limit = std::time::Duration::from_secs(2);
    let members: Vec<String> = link
        .within(limit, async |mut redis| {
            redis::cmd("ZRANGE")
                .arg(&key)
                .arg(0)
                .arg(-1)
                .query_async(&mut redis)
                .await
        })
        .await
        .unwrap();
    let of_rose = |member: &&String| member.starts_with(&desk.rose.id());
    let member = members.iter().find(of_rose).unwrap();
    link.within(limit, async |mut redis| {
        let sign = json!({"sign": "watchers", "ticket": desk.ticket}).to_string();
        let mut pipe = redis::pipe();
        pipe.zadd(&key, member, 1).publish(&channel, sign);
        pipe.query_async::<()>(&mut redis).await
    })
    .await
    .unwrap();
    told_viewers(&mut sarah, &["Sarah"]).await;
}

#[tokio::test]
async fn without_redis_nobody_is_told_and_nothing_else_changes() {
    let app = App::with(&[("REDIS_URL", "redis://127.0.0.1:1")]).await;
    let serving = app.serves().await;
    let amina = app.customer("Amina").await;
    let ticket = amina.asks("general", "low").await;
    let rose = app.admin("Rose").await;
    let mut socket = serving.socket(&rose, None).await;
    let opened = opens(&mut socket, &ticket).await;
    assert_eq!(opened, json!({"success": true, "viewers": []}));
    assert_eq!(types(&mut socket, &ticket, json!({})).await, success());
    let left = json!({"ticketId": ticket});
    assert_eq!(socket.asks("ticket:leave", &left).await, success());
    amina.says(&ticket, "hello").await.created();
    let told = socket.until("ticket:message").await;
    assert_eq!(told["message"]["message"], "hello");
}
