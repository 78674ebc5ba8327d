//! The private servers, with real ones in a directory per test, as several processes see them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "a test tells its other process what to do"
)]

use servers::{Durability, Servers, start};
use sqlx::{Connection, PgConnection};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

const HOLDER_DIRECTORY: &str = "SERVERS_TEST_HOLDER_DIRECTORY";
const READY: &str = "the holder has its servers";

#[test]
fn the_first_start_serves_both() {
    let place = Place::new();
    let servers = start(&place.0, Durability::Throwaway).unwrap();

    assert_eq!(postgres(&servers, "select lower('ÜBER')"), "über");
    assert_eq!(redis(&servers, &["PING"]), "PONG");
    let policy = redis(&servers, &["CONFIG", "GET", "maxmemory-policy"]);
    assert_eq!(policy, "maxmemory-policy noeviction");
}

#[test]
fn the_servers_listen_on_no_port_and_keep_other_users_out() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let servers = start(&place.0, Durability::Throwaway).unwrap();

    assert_eq!(postgres(&servers, "show listen_addresses"), "");
    assert_eq!(redis(&servers, &["CONFIG", "GET", "port"]), "port 0");
    for private in ["run", "postgres", "redis"] {
        let mode = fs::metadata(place.0.join(private))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700, "{private}");
    }
}

#[test]
fn a_second_start_shares_the_servers_and_keeps_them_when_the_first_has_gone() {
    let place = Place::new();
    let first = start(&place.0, Durability::Throwaway).unwrap();
    let started = identity(&first);
    let second = start(&place.0, Durability::Throwaway).unwrap();
    drop(first);

    assert_eq!(identity(&second), started);
    let third = start(&place.0, Durability::Throwaway).unwrap();
    assert_eq!(identity(&third), started);
}

#[test]
fn processes_that_start_at_once_share_one_set() {
    let place = Place::new();
    let holders: Vec<Holder> = (0..4).map(|_| Holder::spawn(&place.0)).collect();
    for mut holder in holders {
        holder.wait_until_ready();
        let servers = start(&place.0, Durability::Durable).unwrap();
        assert_eq!(
            redis(&servers, &["INCR", "seen"]),
            redis(&servers, &["GET", "seen"])
        );
    }
    let servers = start(&place.0, Durability::Durable).unwrap();
    assert_eq!(redis(&servers, &["GET", "seen"]), "4");
}

#[test]
fn the_servers_stop_when_their_only_holder_is_killed() {
    let place = Place::new();
    let mut holder = Holder::spawn(&place.0);
    holder.wait_until_ready();
    assert!(!place.is_idle());

    drop(holder);
    eventually("both servers stop", || place.is_idle());
}

#[test]
fn durable_data_survive_a_stop() {
    let place = Place::new();
    let servers = start(&place.0, Durability::Durable).unwrap();
    remember(&servers);
    drop(servers);
    eventually("both servers stop", || place.is_idle());

    remembered(&start(&place.0, Durability::Durable).unwrap());
}

#[test]
fn durable_data_are_found_again_after_everything_was_killed() {
    let place = Place::new();
    let mut holder = Holder::spawn(&place.0);
    holder.wait_until_ready();
    let servers = start(&place.0, Durability::Durable).unwrap();
    remember(&servers);
    let started = identity(&servers);
    let postmaster = postgres(
        &servers,
        "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)",
    );
    let redis_info = redis(&servers, &["INFO", "server"]);
    let redis_process = redis_info
        .lines()
        .find_map(|line| line.strip_prefix("process_id:"));

    drop(holder);
    kill_with_supervisor(&postmaster);
    kill_with_supervisor(redis_process.unwrap());
    drop(servers);

    let servers = start(&place.0, Durability::Durable).unwrap();
    assert_ne!(identity(&servers), started);
    remembered(&servers);
}

#[test]
fn a_process_that_took_a_dead_servers_number_does_not_keep_it_down() {
    let place = Place::new();
    drop(start(&place.0, Durability::Durable).unwrap());
    eventually("both servers stop", || place.is_idle());
    let ours = std::process::id();
    fs::write(
        place.0.join("postgres/data/postmaster.pid"),
        format!("{ours}\n"),
    )
    .unwrap();

    let servers = start(&place.0, Durability::Durable).unwrap();
    assert_eq!(postgres(&servers, "select 'up'"), "up");
}

#[test]
fn a_missing_program_is_named_with_its_cure() {
    let place = Place::new();
    let programs = place.0.join("programs");
    fs::create_dir(&programs).unwrap();
    for program in ["id", "mkfifo", "sh"] {
        std::os::unix::fs::symlink(find(program), programs.join(program)).unwrap();
    }
    let output = holder_command(&place.0)
        .env("PATH", programs)
        .output()
        .unwrap();

    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("Redis is not installed: run `apt-get install"),
        "{said}"
    );
    assert!(said.contains("set DATABASE_URL and REDIS_URL"), "{said}");
}

/// A process that holds the servers until it is killed: this program again.
#[test]
#[ignore = "run by the other tests in a process of its own"]
fn holder() {
    let Some(dir) = env::var_os(HOLDER_DIRECTORY) else {
        return;
    };
    match start(Path::new(&dir), Durability::Durable) {
        Err(error) => println!("\n{error}"),
        Ok(_held) => {
            println!("\n{READY}");
            let _until_killed = std::io::stdin().read_line(&mut String::new());
        }
    }
}

fn holder_command(dir: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["servers::holder", "--exact", "--ignored", "--nocapture"]);
    command
        .env(HOLDER_DIRECTORY, dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

struct Holder(Child);

impl Holder {
    fn spawn(dir: &Path) -> Self {
        Self(holder_command(dir).spawn().unwrap())
    }

    fn wait_until_ready(&mut self) {
        let lines = BufReader::new(self.0.stdout.take().unwrap()).lines();
        let said: Vec<String> = lines
            .map(Result::unwrap)
            .take_while(|line| line != READY)
            .collect();
        assert!(
            self.0.try_wait().unwrap().is_none(),
            "the holder ended: {said:?}"
        );
    }
}

impl Drop for Holder {
    /// SIGKILL: it gets no chance to tidy up.
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A directory that goes when its servers have gone.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let memory = Path::new("/dev/shm"); // a quick place, where the system has it
        let parent = if memory.is_dir() {
            memory.to_owned()
        } else {
            env::temp_dir()
        };
        let dir = parent.join(format!("support-servers-{}-{count}", std::process::id()));
        fs::create_dir(&dir).unwrap();
        Self(dir)
    }

    /// No server lives here: their logs are their locks.
    fn is_idle(&self) -> bool {
        ["redis.log", "postgres.log"]
            .iter()
            .all(|log| match File::open(self.0.join(log)) {
                Ok(log) => log.try_lock().is_ok(),
                Err(_) => true,
            })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        eventually("the servers stop", || self.is_idle());
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < limit, "not within 30 s: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

fn remember(servers: &Servers) {
    postgres(servers, "create table kept (what text)");
    postgres(servers, "insert into kept values ('a row')");
    redis(servers, &["SET", "kept", "a value"]);
}

fn remembered(servers: &Servers) {
    assert_eq!(postgres(servers, "select what from kept"), "a row");
    assert_eq!(redis(servers, &["GET", "kept"]), "a value");
}

/// Differs between two runs of the servers.
fn identity(servers: &Servers) -> (String, String) {
    let info = redis(servers, &["INFO", "server"]);
    let run = info
        .lines()
        .find(|line| line.starts_with("run_id:"))
        .unwrap()
        .to_owned();
    (
        postgres(servers, "select pg_postmaster_start_time()::text"),
        run,
    )
}

fn postgres(servers: &Servers, sql: &'static str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(&servers.database_url("postgres"))
            .await
            .unwrap();
        let value = sqlx::query_scalar(sql)
            .fetch_optional(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        value.unwrap_or_default()
    })
}

fn redis(servers: &Servers, command: &[&str]) -> String {
    let client = redis::Client::open(servers.redis_url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let mut request = redis::Cmd::new();
    request.arg(command);
    match request.query::<redis::Value>(&mut connection).unwrap() {
        redis::Value::Array(words) => {
            let words: Vec<String> = redis::from_redis_value(redis::Value::Array(words)).unwrap();
            words.join(" ")
        }
        other => redis::from_redis_value(other).unwrap(),
    }
}

/// Kills the process group of a server, which its supervisor leads.
fn kill_with_supervisor(process: &str) {
    let group = Command::new("ps")
        .args(["-o", "pgid=", "-p", process])
        .output()
        .unwrap();
    let group = String::from_utf8(group.stdout).unwrap();
    let killed = Command::new("kill")
        .args(["-9", "--", &format!("-{}", group.trim())])
        .status();
    assert!(killed.unwrap().success());
}

fn find(program: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap();
    env::split_paths(&path)
        .map(|dir| dir.join(program))
        .find(|file| file.exists())
        .unwrap()
}
