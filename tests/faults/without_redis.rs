//! Two processes of the API tell each other by Redis that something happened. While Redis is gone, and when it is back
//! empty, the sockets of each are told what is written through the other: a lost signal costs latency, and never an event.

use super::{
    client::{Client, Reply},
    rig::{ADMIN, Crew, Rig},
    servers::Server,
};
use crate::harness::{Http, Socket, eventually};
use serde_json::json;
use std::{os::unix::net::UnixStream, sync::Arc};

const TICKETS: &str = "/api/v1/support/tickets";
/// The channel of the signals, under the default prefix.
const SIGNALS: &str = "support:feed";
/// A key that Redis has only until it loses everything.
const KEPT: &str = "kept";

/// Two processes with a socket each, the first of a customer, the second of an admin; and a ticket of the customer.
struct Stage {
    sockets: [Socket; 2],
    processes: [Http; 2],
    customer: Client,
    ticket: String,
    crew: Crew,
    rig: Rig,
}

impl Stage {
    async fn new() -> Self {
        let rig = Rig::new("without-redis", &[]).await;
        let crew = Crew::start(&rig, None, &[("api", 2)]).await;
        let client = |name| Client::new(crew.doors.clone(), Arc::default(), name);
        let (mut admin, mut customer) = (client("Eve"), client("Ann"));
        admin.sign_in(ADMIN.0).await;
        let body = json!({
            "firstName": "Ann", "lastName": "Otieno", "email": "ann@example.com", "role": "customer",
            "phoneNumber": "+254712345678", "password": "SecurePass123!",
        });
        admin.register(&body).await;
        customer.sign_in("ann@example.com").await;
        let body = json!({"subject": "Help", "description": "Please."});
        let Reply::Accepted(made) = customer.post(TICKETS, &body).await else {
            panic!("no ticket");
        };
        let processes = [0, 1].map(|place| crew.doors.at(place).unwrap());
        Self {
            sockets: [
                follow(processes[0], &customer).await,
                follow(processes[1], &admin).await,
            ],
            processes,
            customer,
            ticket: made["ticket"]["id"].as_str().unwrap().to_owned(),
            crew,
            rig,
        }
    }

    fn redis(&self) -> redis::Connection {
        let client = redis::Client::open(self.rig.servers.redis_url()).unwrap();
        client.get_connection().unwrap()
    }

    /// Waits until both processes listen for signals.
    async fn both_listen(&self) {
        eventually("both processes listen", async || {
            let (_, count): (String, usize) = redis::cmd("PUBSUB")
                .arg("NUMSUB")
                .arg(SIGNALS)
                .query(&mut self.redis())
                .unwrap();
            count == 2
        })
        .await;
    }

    /// Writes a message through each process in turn; it is the next one that both sockets are told.
    async fn both_are_told(&mut self, when: &str) {
        for (place, process) in self.processes.iter().enumerate() {
            let text = format!("{when}, through process {place}");
            let path = format!("{TICKETS}/{}/messages", self.ticket);
            let body = json!({"message": text}).to_string();
            let token = Some(self.customer.token());
            let (status, answer) = process.post(&path, token, &body).await;
            assert_eq!(status, 201, "{text}: {answer}");
            for socket in &mut self.sockets {
                let event = socket.until("ticket:message").await;
                assert_eq!(event["message"]["message"], text.as_str());
            }
        }
    }

    async fn end(mut self) {
        for member in &mut self.crew.members {
            let code = member.program.terminate().await;
            assert_eq!(code, Some(0), "{}", member.program.log());
        }
    }
}

/// A socket of a person at a process, which is told all from now on.
async fn follow(process: Http, client: &Client) -> Socket {
    let auth = json!({"token": client.token()});
    let mut socket = Socket::connect(process.address(), &auth).await.unwrap();
    socket.until("position").await;
    socket
}

#[tokio::test]
async fn sockets_of_two_processes_are_told_of_each_message_without_redis_and_with_an_empty_one() {
    let mut stage = Stage::new().await;
    stage.both_listen().await;
    stage.both_are_told("with Redis").await;
    redis::cmd("SET")
        .arg(KEPT)
        .arg(1)
        .exec(&mut stage.redis())
        .unwrap();

    stage.rig.servers.kill(Server::Redis);
    let redis = stage.rig.servers.socket(Server::Redis);
    eventually("Redis is gone", async || {
        UnixStream::connect(&redis).is_err()
    })
    .await;
    stage.both_are_told("without Redis").await;

    stage.rig.servers.empty_redis();
    stage.rig.servers.start_again().await;
    let kept: bool = redis::cmd("EXISTS")
        .arg(KEPT)
        .query(&mut stage.redis())
        .unwrap();
    assert!(!kept, "Redis has its data still");
    stage.both_listen().await;
    stage.both_are_told("with an empty Redis").await;
    stage.end().await;
}
