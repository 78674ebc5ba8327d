//! A customer's message until the mail to the agent has arrived at a mail server, whole.

use crate::{
    figures::{Figures, row},
    http::Http,
    stage::{AGENTS, Stage},
};
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

/// The pause between two messages. Each agent gets one in twenty seconds, so that none is gathered into a digest.
const PACE: Duration = Duration::from_millis(200);
/// The longest wait for a mail.
const LIMIT: Duration = Duration::from_mins(1);

/// A mail that arrived: its recipient, and when.
type Arrived = (String, Instant);

/// Measures that many messages, each to the next agent.
pub async fn run(stage: &Stage, messages: u32, ports: (u16, u16), when: &str) -> Result<()> {
    let (smtp, sms) = ports;
    let smtp = TcpListener::bind(("127.0.0.1", smtp)).await?;
    let sms = TcpListener::bind(("127.0.0.1", sms)).await?;
    let (arrived, mut mails) = mpsc::unbounded_channel();
    let mut servers = JoinSet::new();
    servers.spawn(receive(smtp, arrived));
    servers.spawn(never_answer(sms));
    let mut http = Http::connect(stage.at).await?;
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut took = Figures::default();
    for number in 0..messages {
        pace.tick().await;
        let agent = 1 + number % AGENTS;
        let start = Instant::now();
        stage
            .writes(&mut http, agent, &format!("m{number}"))
            .await?;
        let Ok(Some((to, at))) = timeout(LIMIT, mails.recv()).await else {
            anyhow::bail!("no mail for a minute after {number}");
        };
        ensure!(to == format!("p{agent}@example.com"), "a mail to {to}");
        took.add(at - start);
    }
    row(
        &format!(
            "a customer's message sent until the agent's mail is at the mail server, {when}: p50, p99, longest"
        ),
        &took.text(),
    );
    Ok(())
}

/// A provider that accepts connections, and then nothing.
async fn never_answer(listener: TcpListener) {
    let mut held = Vec::new();
    while let Ok((stream, _)) = listener.accept().await {
        held.push(stream);
    }
}

/// A mail server.
async fn receive(listener: TcpListener, arrived: mpsc::UnboundedSender<Arrived>) {
    let mut conversations = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let arrived = arrived.clone();
        conversations.spawn(async move { converse(BufReader::new(stream), &arrived).await });
    }
}

async fn converse(
    mut stream: BufReader<TcpStream>,
    arrived: &mpsc::UnboundedSender<Arrived>,
) -> Result<()> {
    stream.get_mut().set_nodelay(true)?;
    stream.write_all(b"220 bench\r\n").await?;
    let (mut to, mut in_data) = (String::new(), false);
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.trim_end() {
            "." if in_data => {
                arrived.send((std::mem::take(&mut to), Instant::now()))?;
                in_data = false;
                b"250 taken\r\n"
            }
            _ if in_data => continue,
            "DATA" => {
                in_data = true;
                b"354 go on\r\n"
            }
            "QUIT" => return Ok(stream.write_all(b"221 bye\r\n").await?),
            command => {
                let address = command.strip_prefix("RCPT TO:<");
                if let Some((address, _)) = address.and_then(|rest| rest.split_once('>')) {
                    address.clone_into(&mut to);
                }
                b"250 fine\r\n"
            }
        };
        stream.write_all(answer).await?;
    }
}
