//! A migrated database of its own for each test, cloned from a template that is made once for a
//! set of migrations. The servers are shared by all tests of a checkout, and keep nothing.

use servers::{Durability, Servers};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::sync::OnceCell;

static SERVERS: LazyLock<Servers> =
    LazyLock::new(|| servers::start(&place(), Durability::Throwaway).unwrap());
static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// In memory where the system has such a place; one for each checkout.
fn place() -> PathBuf {
    let checkout = env!("CARGO_MANIFEST_DIR");
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() {
        memory.join(format!("support-tests-{:x}", hash(checkout)))
    } else {
        PathBuf::from(checkout).join("target/test-servers")
    }
}

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// The Redis of all tests: each has a prefix of its own.
pub fn redis_url() -> String {
    SERVERS.redis_url()
}

/// A database; it goes when the test has passed, and stays for a look when it has not.
pub struct Database {
    pub name: String,
    pub url: String,
}

impl Database {
    /// A clone of the template.
    pub async fn new() -> Self {
        let template = TEMPLATE.get_or_init(template).await;
        let name = format!(
            "t_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        administer(&format!(
            "create database {name} template {template} strategy file_copy"
        ))
        .await;
        Self {
            url: SERVERS.database_url(&name),
            name,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("kept for a look: psql '{}'", self.url);
            return;
        }
        let name = self.name.clone();
        // A drop cannot wait for the runtime that it happens in.
        let dropped = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(drop_database(&name));
        });
        dropped.join().unwrap();
    }
}

/// Drops a database once its connections, which were closed just now, have ended: a drop that meets one
/// waits for a tenth of a second before it looks again.
async fn drop_database(name: &str) {
    let mut connection = PgConnection::connect(&SERVERS.database_url("postgres"))
        .await
        .unwrap();
    for _ in 0..50 {
        let left: i64 =
            sqlx::query_scalar("select count(*) from pg_stat_activity where datname = $1")
                .bind(name)
                .fetch_one(&mut connection)
                .await
                .unwrap();
        if left == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let statement = format!("drop database {name} with (force)");
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
    connection.close().await.unwrap();
}

async fn administer(statement: &str) {
    let mut connection = PgConnection::connect(&SERVERS.database_url("postgres"))
        .await
        .unwrap();
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
    connection.close().await.unwrap();
}

/// Makes the template unless another process has: whoever comes meanwhile waits.
async fn template() -> String {
    let checksums: Vec<_> = platform::MIGRATOR
        .iter()
        .map(|migration| migration.checksum.to_vec())
        .collect();
    let name = format!("template_{:x}", hash(checksums));
    let mut connection = PgConnection::connect(&SERVERS.database_url("postgres"))
        .await
        .unwrap();
    connection
        .execute("select pg_advisory_lock(4711)")
        .await
        .unwrap();
    let found: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(&name)
            .fetch_one(&mut connection)
            .await
            .unwrap();
    if !found {
        let half_made = format!("{name}_new");
        administer(&format!("drop database if exists {half_made}")).await;
        administer(&format!("create database {half_made}")).await;
        let mut made = PgConnection::connect(&SERVERS.database_url(&half_made))
            .await
            .unwrap();
        platform::MIGRATOR.run(&mut made).await.unwrap();
        made.close().await.unwrap();
        administer(&format!("alter database {half_made} rename to {name}")).await;
    }
    connection.close().await.unwrap();
    name
}
