//! The program itself, in processes of its own that can be killed at any instant, and just enough
//! HTTP to talk to it.

use super::{App, Set};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const BINARY: &str = env!("CARGO_BIN_EXE_support");
/// The longest wait for a condition, on a loaded machine.
const LIMIT: Duration = Duration::from_mins(1);
/// The pause between two checks: each costs a query or the read of a log, and many tests wait at a time.
const LOOK_AGAIN: Duration = Duration::from_millis(40);

/// Waits until the condition holds; fails when it does not within a minute.
pub async fn eventually(what: &str, condition: impl AsyncFn() -> bool) {
    within(LIMIT, what, condition).await;
}

/// Waits until the condition holds; fails when it does not within the limit.
pub async fn within(limit: Duration, what: &str, condition: impl AsyncFn() -> bool) {
    let end = Instant::now() + limit;
    while !condition().await {
        assert!(Instant::now() < end, "not within {limit:?}: {what}");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The settings and the folder that cooperating processes share.
pub struct Site {
    environment: BTreeMap<String, String>,
    folder: PathBuf,
    started: AtomicU32,
}

impl Site {
    /// On the database, the Redis and the folder of an [`App`], through which the test observes the processes.
    pub fn of(app: &App, set: Set<'_>) -> Self {
        let config = &app.cx.config;
        let database = ("DATABASE_URL", config.database.url.expose_secret());
        let redis = ("REDIS_URL", config.redis.url.expose_secret());
        let prefix = ("REDIS_PREFIX", config.redis.prefix.as_str());
        let secret = ("JWT_SECRET", config.auth.jwt_secret.expose_secret());
        let own = [
            database,
            redis,
            prefix,
            secret,
            ("DATABASE_CONNECTIONS", "6"),
        ];
        Self::alone(&config.data_dir, &[own.as_slice(), set].concat())
    }

    /// With only a folder and these settings; a later setting wins.
    pub fn alone(folder: &Path, set: Set<'_>) -> Self {
        fs::create_dir_all(folder).unwrap();
        let own = [
            ("DATA_DIR", folder.to_str().unwrap()),
            ("PORT", "0"),
            ("OPERATION_PORT", "0"),
        ];
        let words = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            environment: own.iter().chain(set).map(words).collect(),
            folder: folder.to_owned(),
            started: AtomicU32::new(0),
        }
    }

    /// A process of that role; of all roles where it is empty.
    pub fn start(&self, role: &str) -> Program {
        self.start_with(role, &[])
    }

    /// A process of that role with settings of its own.
    pub fn start_with(&self, role: &str, set: Set<'_>) -> Program {
        self.spawn(role, self.command(role, set))
    }

    /// A process of that role of another release, whose program is given.
    pub fn start_release(&self, program: &Path, role: &str) -> Program {
        let mut command = Command::new(program);
        command.arg(role);
        self.spawn(role, self.settled(command, &[]))
    }

    /// A process of that role that may have only so many files open at a time.
    pub fn start_with_files(&self, role: &str, files: u32) -> Program {
        let mut command = Command::new("sh");
        let script = "ulimit -n \"$1\" && exec \"$0\" $2";
        command.args(["-c", script, BINARY, &files.to_string(), role]);
        self.spawn(role, self.settled(command, &[]))
    }

    /// A process of that role with a limit on the size of its files, as on a full disk: its writes fail, and
    /// it gets no signal.
    pub fn start_with_file_size(&self, role: &str, bytes: u32) -> Program {
        let mut command = Command::new("sh");
        let script = "trap '' XFSZ; ulimit -f \"$1\" && exec \"$0\" $2";
        // In blocks, as POSIX has them.
        command.args(["-c", script, BINARY, &(bytes / 512).to_string(), role]);
        self.spawn(role, self.settled(command, &[]))
    }

    fn spawn(&self, role: &str, mut command: Command) -> Program {
        let count = self.started.fetch_add(1, Ordering::Relaxed);
        let log = self.folder.join(format!("{count}-{role}.log"));
        let file = File::create(&log).unwrap();
        let child = command
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        Program { child, log }
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &str, set: Set<'_>) -> Output {
        self.command(arguments, set).output().unwrap()
    }

    /// The command that runs the program.
    pub fn command(&self, arguments: &str, set: Set<'_>) -> Command {
        let mut command = Command::new(BINARY);
        command.args(arguments.split_whitespace());
        self.settled(command, set)
    }

    /// The command with the settings of this site.
    fn settled(&self, mut command: Command, set: Set<'_>) -> Command {
        // Settings in the environment of the tests are not meant for the processes.
        for line in platform::config::DEFAULTS.lines() {
            if let Some((name, _)) = line.split_once(" = ") {
                command.env_remove(name);
            }
        }
        command
            .env_remove("SUPPORT_CONFIG")
            .envs(&self.environment)
            .envs(set.iter().copied())
            .stdin(Stdio::null());
        command
    }
}

/// Sends a signal to processes; `false` if one of them has ended.
pub fn signal(name: &str, processes: &[u32]) -> bool {
    let mut command = Command::new("kill");
    command.arg(format!("-{name}")).stderr(Stdio::null());
    let numbers = processes.iter().map(u32::to_string);
    command.args(numbers).status().unwrap().success()
}

/// A process. It is killed when it is dropped.
pub struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap()).into_owned()
    }

    /// Waits until the log contains the text.
    pub async fn says(&self, text: &str) {
        eventually(text, async || self.log().contains(text)).await;
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub fn tell_to_stop(&self) {
        self.signal("TERM");
    }

    /// Another signal, such as `STOP`, which freezes the process until `CONT`.
    pub fn signal(&self, name: &str) {
        assert!(signal(name, &[self.id()]), "SIG{name} to {}", self.id());
    }

    /// Waits for its end; returns the exit code.
    pub async fn exit_code(&mut self) -> Option<i32> {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < end, "it does not end: {}", self.log());
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// SIGTERM, and the exit code.
    pub async fn terminate(&mut self) -> Option<i32> {
        self.tell_to_stop();
        self.exit_code().await
    }

    /// Waits until it serves; returns its address.
    pub async fn http(&self) -> Http {
        let address = |log: &str| {
            let marks = ["\"http.listen\":\"", "is ready: http://"];
            let (_, rest) = marks.iter().find_map(|mark| log.split_once(mark))?;
            let end = rest.find(['"', ' ', '\n'])?;
            rest[..end].parse::<SocketAddr>().ok()
        };
        eventually("it serves", async || address(&self.log()).is_some()).await;
        Http(address(&self.log()).unwrap())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<_> = log.lines().rev().take(25).collect();
            let tail: Vec<_> = tail.into_iter().rev().collect();
            eprintln!("--- {}\n{}", self.log.display(), tail.join("\n"));
        }
    }
}

/// An HTTP server of the program.
#[derive(Clone, Copy)]
pub struct Http(SocketAddr);

impl Http {
    /// The server at that address.
    pub fn at(address: SocketAddr) -> Self {
        Self(address)
    }

    /// Its address.
    pub fn address(self) -> SocketAddr {
        self.0
    }

    /// A request on a connection of its own: the status and the body.
    pub async fn call(
        self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&str>,
    ) -> (u16, Value) {
        let token = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = token
            .iter()
            .map(|token| ("Authorization", token.as_str()))
            .collect();
        self.send((method, path), &headers, body).await.unwrap()
    }

    /// As [`call`](Self::call) with any headers; the server may be gone, or end meanwhile.
    ///
    /// # Errors
    /// There was no complete response.
    pub async fn send(
        self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> io::Result<(u16, Value)> {
        let Self(address) = self;
        let mut stream = TcpStream::connect(address).await?;
        let lines = headers
            .iter()
            .map(|(name, value)| [name, ": ", value, "\r\n"].concat());
        let headers = lines.collect::<String>();
        let body = body.unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            body.len(),
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let cut_off = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut_off)?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.trim().parse::<usize>().unwrap())
        });
        if length.is_some_and(|length| length != body.len()) {
            return Err(cut_off());
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Ok((status, serde_json::from_str(body).unwrap_or_default()))
    }

    /// The status and the text of a GET.
    pub async fn text(self, path: &str) -> (u16, String) {
        let Self(address) = self;
        let mut stream = TcpStream::connect(address).await.unwrap();
        // Of HTTP/1.0, so that the answer comes in one piece.
        let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (status, body) = parts(&answer);
        (status, body.to_owned())
    }

    pub async fn get(self, path: &str, token: &str) -> (u16, Value) {
        self.call("GET", path, Some(token), None).await
    }

    pub async fn post(self, path: &str, token: Option<&str>, body: &str) -> (u16, Value) {
        self.call("POST", path, token, Some(body)).await
    }

    pub async fn put(self, path: &str, token: &str, body: &str) -> (u16, Value) {
        self.call("PUT", path, Some(token), Some(body)).await
    }
}

/// The status and the body of an answer.
fn parts(answer: &str) -> (u16, &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body)
}
