//! A mail server for tests: it listens on a loopback port, keeps what it is sent, and can be told
//! to refuse or to fall silent.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use super::App;
use mail_parser::{Message, MessageParser};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// How the server takes the mails that come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// It accepts them.
    Accept,
    /// It greets each client with this code, and hangs up.
    TurnAway(u16),
    /// It never sends a greeting.
    NeverGreet,
    /// It answers `RCPT` with this code.
    Refuse(u16),
    /// It answers `RCPT` with this line.
    RefuseSaying(&'static str),
    /// It lets `DATA` wait until it is told to behave otherwise.
    HoldAtData,
    /// It takes the whole mail, keeps it, and lets the answer wait until it is told to behave otherwise.
    HoldTheAnswer,
    /// It takes the whole mail, keeps it, and never answers.
    StallAfterData,
    /// It takes the whole mail, keeps it, and hangs up instead of answering.
    HangUpAfterData,
}

/// A mail that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// The mail as it was sent, without the dots that SMTP adds.
    pub raw: String,
}

impl Received {
    fn parsed(&self) -> Message<'_> {
        MessageParser::default()
            .parse(self.raw.as_bytes())
            .expect("this is no mail")
    }

    /// Its subject, decoded.
    pub fn subject(&self) -> String {
        self.parsed()
            .subject()
            .expect("the mail has no subject")
            .to_owned()
    }

    /// A header, as it stands there.
    pub fn header(&self, name: &str) -> Option<String> {
        self.parsed()
            .header_raw(name)
            .map(|value| value.trim().to_owned())
    }

    /// The text for readers of text, decoded.
    pub fn text(&self) -> String {
        self.parsed()
            .body_text(0)
            .expect("the mail has no text")
            .replace("\r\n", "\n")
    }

    /// The text for readers of HTML, decoded.
    pub fn html(&self) -> String {
        self.parsed()
            .body_html(0)
            .expect("the mail has no HTML")
            .into_owned()
    }
}

struct Shared {
    behaviour: watch::Sender<Behaviour>,
    held: watch::Sender<usize>,
    received: watch::Sender<Vec<Received>>,
    connections: watch::Sender<usize>,
}

/// The server. It stops when it is dropped.
pub struct SmtpServer {
    shared: Arc<Shared>,
    url: String,
    _tasks: JoinSet<()>,
}

impl SmtpServer {
    /// Starts a server on a free port.
    pub async fn start() -> Self {
        Self::start_at("127.0.0.1:0").await
    }

    /// Starts a server at an address: where another one was, for example.
    pub async fn start_at(address: &str) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            behaviour: watch::Sender::new(Behaviour::Accept),
            held: watch::Sender::default(),
            received: watch::Sender::default(),
            connections: watch::Sender::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&shared)));
        Self {
            shared,
            url,
            _tasks: tasks,
        }
    }

    /// What `SMTP_URL` has to be.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("smtp://")
    }

    /// How it takes the mails that come next.
    pub fn behave(&self, behaviour: Behaviour) {
        self.shared.behaviour.send_replace(behaviour);
    }

    /// All that arrived so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.borrow().clone()
    }

    /// All that arrived so far, and word of what arrives from now on.
    pub fn news(&self) -> watch::Receiver<Vec<Received>> {
        self.shared.received.subscribe()
    }

    /// Mails that were made to wait so far.
    pub fn held(&self) -> usize {
        *self.shared.held.borrow()
    }

    /// Connections that were opened so far.
    pub fn connections(&self) -> usize {
        *self.shared.connections.borrow()
    }

    /// Waits until that many mails have arrived.
    pub async fn wait_for(&self, mails: usize) -> Vec<Received> {
        let mut received = self.shared.received.subscribe();
        let arrived = received.wait_for(|received| received.len() >= mails);
        let Ok(arrived) = tokio::time::timeout(Duration::from_secs(20), arrived).await else {
            panic!("waited for {mails} mails, got {:#?}", self.received());
        };
        arrived.unwrap().clone()
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut conversations = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        shared
            .connections
            .send_modify(|connections| *connections += 1);
        let shared = Arc::clone(&shared);
        conversations.spawn(async move {
            // A client that hangs up ends its conversation, and nothing else.
            converse(BufReader::new(stream), &shared).await.ok();
        });
    }
}

async fn converse(mut stream: BufReader<TcpStream>, shared: &Shared) -> std::io::Result<()> {
    let mut mail = Received {
        from: String::new(),
        to: Vec::new(),
        raw: String::new(),
    };
    let behaviour = *shared.behaviour.borrow();
    match behaviour {
        Behaviour::TurnAway(code) => return say(&mut stream, &format!("{code} not now")).await,
        Behaviour::NeverGreet => std::future::pending().await,
        _ => say(&mut stream, "220 test ESMTP").await?,
    }
    loop {
        let line = read_line(&mut stream).await?;
        let behaviour = *shared.behaviour.borrow();
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        match (verb.as_str(), behaviour) {
            ("EHLO", _) => say(&mut stream, "250-test\r\n250 8BITMIME").await?,
            ("MAIL", _) => {
                mail.from = address(&line);
                mail.to.clear();
                say(&mut stream, "250 2.1.0 Ok").await?;
            }
            ("RCPT", Behaviour::Refuse(code)) => {
                let answer = format!("{code} no mail for {}", address(&line));
                say(&mut stream, &answer).await?;
            }
            ("RCPT", Behaviour::RefuseSaying(line)) => say(&mut stream, line).await?,
            ("RCPT", _) => {
                mail.to.push(address(&line));
                say(&mut stream, "250 2.1.5 Ok").await?;
            }
            ("DATA", _) => {
                if take(&mut stream, shared, &mut mail).await? == Next::HangUp {
                    return Ok(());
                }
            }
            ("RSET" | "NOOP", _) => say(&mut stream, "250 2.0.0 Ok").await?,
            ("QUIT", _) => return say(&mut stream, "221 2.0.0 Bye").await,
            _ => say(&mut stream, "502 5.5.1 unknown command").await?,
        }
    }
}

/// What follows a mail.
#[derive(PartialEq, Eq)]
enum Next {
    Mail,
    HangUp,
}

/// Receives the text of a mail, according to the behaviour.
async fn take(
    stream: &mut BufReader<TcpStream>,
    shared: &Shared,
    mail: &mut Received,
) -> std::io::Result<Next> {
    let behaviour = *shared.behaviour.borrow();
    if behaviour == Behaviour::HoldAtData {
        until_otherwise(shared, behaviour).await;
    }
    say(stream, "354 go on").await?;
    mail.raw = read_mail(stream).await?;
    shared
        .received
        .send_modify(|received| received.push(mail.clone()));
    if behaviour == Behaviour::HoldTheAnswer {
        until_otherwise(shared, behaviour).await;
    }
    match behaviour {
        Behaviour::Accept
        | Behaviour::HoldAtData
        | Behaviour::HoldTheAnswer
        | Behaviour::TurnAway(_)
        | Behaviour::NeverGreet
        | Behaviour::Refuse(_)
        | Behaviour::RefuseSaying(_) => {
            say(stream, "250 2.0.0 Ok").await?;
            Ok(Next::Mail)
        }
        Behaviour::StallAfterData => std::future::pending().await,
        Behaviour::HangUpAfterData => Ok(Next::HangUp),
    }
}

/// Holds a mail until the server is told to behave otherwise.
async fn until_otherwise(shared: &Shared, behaviour: Behaviour) {
    shared.held.send_modify(|held| *held += 1);
    let mut told = shared.behaviour.subscribe();
    told.wait_for(|told| *told != behaviour).await.unwrap();
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn read_line(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    match stream.read_line(&mut line).await? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
    }
}

async fn read_mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let line = read_line(stream).await?;
        if line == "." {
            return Ok(mail);
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
        mail.push_str("\r\n");
    }
}

/// What stands between `<` and `>`.
fn address(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(line, |(address, _)| address).to_owned()
}

/// The mails that were sent: a digest is one, whatever it tells.
pub const MAILS_SENT: &str = "select
    (select count(*) from notifications n where status = 'sent' and channel = 'email'
        and not exists (select from digest_entries e where e.notification_id = n.id))
    + (select count(*) from digests where status = 'sent' and channel = 'email')";

/// Fails unless every notification was sent or dropped, and the server accepted each sent mail once.
pub async fn everybody_was_told_once(app: &App, server: &SmtpServer) {
    let open = "select count(*) from notifications where status not in ('sent', 'dropped')";
    assert_eq!(app.count(open).await, 0, "notifications that were not sent");
    let sent = app.count(MAILS_SENT).await;
    let mails = message_ids(server);
    let different: BTreeSet<_> = mails.iter().collect();
    assert_eq!(mails.len(), different.len(), "a mail came twice");
    assert_eq!(i64::try_from(mails.len()).unwrap(), sent);
}

/// The Message-IDs of all mails that the server accepted.
pub fn message_ids(server: &SmtpServer) -> Vec<String> {
    let mails = server.received();
    mails
        .iter()
        .map(|mail| mail.header("Message-ID").unwrap())
        .collect()
}
