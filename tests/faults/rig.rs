//! Everything that a fault can hit: two servers behind proxies, a mail server, and the processes.

use super::{
    proxy::Proxy,
    servers::{OwnServers, Server},
};
use crate::harness::{Folder, Http, Program, Set, Site, smtp_server::SmtpServer};
use sqlx::{Connection, Executor, PgConnection, PgPool, postgres::PgPoolOptions};
use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

pub const ADMIN: (&str, &str) = ("admin@example.com", "SecurePass123!");

/// The stage. Fields are dropped in order: a user of a resource before the resource.
pub struct Rig {
    pub site: Site,
    pub database: Proxy,
    pub redis: Proxy,
    pub mail: SmtpServer,
    /// The audit's own way to the database, which no fault is on.
    pub look: PgPool,
    pub servers: OwnServers,
    folder: Folder,
}

impl Rig {
    /// Servers, a migrated database, and no process yet.
    pub async fn new(name: &str, set: Set<'_>) -> Self {
        let servers = OwnServers::start().await;
        let database = Proxy::to(&servers.socket(Server::Postgres)).await;
        let redis = Proxy::to(&servers.socket(Server::Redis)).await;
        let mail = SmtpServer::start().await;
        let folder = Folder::new(name);
        let database_url = format!(
            "postgres://app@{}/support?sslmode=disable",
            database.address()
        );
        let redis_url = format!("redis://{}", redis.address());
        let own = [
            ("DATABASE_URL", database_url.as_str()),
            ("REDIS_URL", &redis_url),
            ("SMTP_URL", mail.url()),
            ("JWT_SECRET", "a secret for tests that is long enough"),
            ("DATABASE_CONNECTIONS", "6"),
            ("RATE_LIMIT_PER_MINUTE", "0"),
            ("RATE_LIMIT_AUTH_PER_MINUTE", "0"),
            ("BOOTSTRAP_ADMIN_EMAIL", ADMIN.0),
            ("BOOTSTRAP_ADMIN_PASSWORD", ADMIN.1),
        ];
        let site = Site::alone(folder.path(), &[&own, set].concat());
        create_database(&servers).await;
        // By the direct way, since the proxy does nothing while this waits.
        let direct = servers.database_url("support");
        let migrated = site.run("migrate", &[("DATABASE_URL", &direct)]);
        assert!(migrated.status.success(), "{migrated:?}");
        let look = PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_mins(1))
            .connect(&direct)
            .await
            .unwrap();
        Self {
            site,
            database,
            redis,
            mail,
            look,
            servers,
            folder,
        }
    }

    pub fn proxy(&self, server: Server) -> &Proxy {
        match server {
            Server::Postgres => &self.database,
            Server::Redis => &self.redis,
        }
    }

    /// Where the logs are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A figure from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.look).await.unwrap()
    }

    /// Jobs that are not over, but for the sweeps, which never end.
    pub async fn unfinished(&self) -> i64 {
        let sql = "select count(*) from jobs where unique_key is null and state in ('ready', 'sent', 'running')";
        self.count(sql).await
    }
}

async fn create_database(servers: &OwnServers) {
    let mut connection = PgConnection::connect(&servers.database_url("postgres"))
        .await
        .unwrap();
    connection.execute("create database support").await.unwrap();
    connection.close().await.unwrap();
}

/// Where the API processes are at present, for their clients.
#[derive(Clone, Default)]
pub struct Doors(Arc<Mutex<Vec<Option<Http>>>>);

impl Doors {
    /// Where a client goes for the `turn`-th time, if anybody is there.
    pub fn at(&self, turn: usize) -> Option<Http> {
        let doors = self.0.lock().unwrap();
        doors.get(turn % doors.len().max(1)).copied().flatten()
    }

    pub fn open(&self, place: usize, http: Http) {
        let mut doors = self.0.lock().unwrap();
        let length = doors.len().max(place + 1);
        doors.resize(length, None);
        doors[place] = Some(http);
    }

    pub fn close(&self, place: usize) {
        self.0.lock().unwrap()[place] = None;
    }
}

/// A process in its place, which another takes when it is killed.
pub struct Member {
    pub role: &'static str,
    pub program: Program,
    door: Option<usize>,
}

/// The processes.
pub struct Crew {
    pub members: Vec<Member>,
    pub doors: Doors,
}

impl Crew {
    /// Starts so many of each role, of that release if one is given, and waits until they are there.
    pub async fn start(rig: &Rig, release: Option<&Path>, roles: &[(&'static str, usize)]) -> Self {
        let doors = Doors::default();
        let mut members = Vec::new();
        let mut places = 0;
        for (role, count) in roles.iter().copied() {
            for _ in 0..count {
                let door = (role == "api").then_some(places);
                places += usize::from(role == "api");
                let program = match release {
                    Some(program) => rig.site.start_release(program, role),
                    None => rig.site.start(role),
                };
                members.push(Member {
                    role,
                    program,
                    door,
                });
            }
        }
        let crew = Self { members, doors };
        for index in 0..crew.members.len() {
            crew.members[index].program.says("started").await;
            crew.announce(index).await;
        }
        crew
    }

    /// SIGKILL; from now on nobody is sent there.
    pub fn kill(&mut self, index: usize) {
        let member = &mut self.members[index];
        member.program.kill();
        if let Some(door) = member.door {
            self.doors.close(door);
        }
    }

    /// Another in its place.
    pub fn replace(&mut self, index: usize, rig: &Rig) {
        let member = &mut self.members[index];
        member.program = rig.site.start(member.role);
    }

    /// Lets clients know of a process, once it serves.
    pub async fn announce(&self, index: usize) {
        let member = &self.members[index];
        if let Some(door) = member.door {
            self.doors.open(door, member.program.http().await);
        }
    }

    /// Those of a role.
    pub fn of(&self, role: &str) -> Vec<usize> {
        let all = self.members.iter().enumerate();
        all.filter(|(_, member)| member.role == role)
            .map(|(index, _)| index)
            .collect()
    }
}
