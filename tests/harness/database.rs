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
use tokio::sync::{
    OnceCell,
    mpsc::{UnboundedSender, unbounded_channel},
    oneshot,
};

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
        let (done, created) = oneshot::channel();
        let clone = CloneOrder {
            name: name.clone(),
            template,
            done,
        };
        CLONES.send(clone).unwrap();
        created.await.unwrap();
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
        DROPS.send(std::mem::take(&mut self.name)).unwrap();
    }
}

/// An order for a database, and who waits for it.
struct CloneOrder {
    name: String,
    template: &'static str,
    done: oneshot::Sender<()>,
}

/// Creates databases, one after the other, on one connection of the process: a connection for each costs as
/// much as the clone.
static CLONES: LazyLock<UnboundedSender<CloneOrder>> = LazyLock::new(|| {
    serve(async |connection: &mut PgConnection, clone: CloneOrder| {
        let CloneOrder { name, template, .. } = &clone;
        let create = format!("create database {name} template {template} strategy file_copy");
        connection.execute(AssertSqlSafe(create)).await.unwrap();
        // A test that was cancelled meanwhile waits no longer.
        clone.done.send(()).ok();
    })
});

/// Drops databases, while the next tests run. What is left when the process ends goes with the servers.
static DROPS: LazyLock<UnboundedSender<String>> = LazyLock::new(|| {
    serve(async |connection: &mut PgConnection, name: String| {
        drop_database(connection, &name).await;
    })
});

/// A thread with a connection that all tests share, each of which has a runtime of its own.
fn serve<T: Send + 'static>(
    work: impl AsyncFn(&mut PgConnection, T) + Send + 'static,
) -> UnboundedSender<T> {
    let (orders, mut ordered) = unbounded_channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let url = SERVERS.database_url("postgres");
            let mut connection = PgConnection::connect(&url).await.unwrap();
            while let Some(order) = ordered.recv().await {
                work(&mut connection, order).await;
            }
        });
    });
    orders
}

/// Drops a database once its connections, which were closed just now, have ended: a drop that meets one
/// waits for a tenth of a second before it looks again.
async fn drop_database(connection: &mut PgConnection, name: &str) {
    for _ in 0..50 {
        let left: i64 =
            sqlx::query_scalar("select count(*) from pg_stat_activity where datname = $1")
                .bind(name)
                .fetch_one(&mut *connection)
                .await
                .unwrap();
        if left == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let statement = format!("drop database {name} with (force)");
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}

async fn administer(statement: &str) {
    let mut connection = PgConnection::connect(&SERVERS.database_url("postgres"))
        .await
        .unwrap();
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
    connection.close().await.unwrap();
}

/// Makes the template unless another process has; other processes wait for it.
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
