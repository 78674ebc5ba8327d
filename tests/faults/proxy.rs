//! A proxy between the processes and one server, as a network at its worst: it cuts connections, silences them
//! for ever, holds all bytes back for a while, or delays each byte.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    task::JoinSet,
};

/// How long a server goes on with a connection whose other end vanished silently: it has
/// its own ways to find out.
const SERVER_NOTICES: Duration = Duration::from_secs(2);

/// What becomes of bytes on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// They arrive.
    Fair,
    /// They arrive so much later.
    Slow(Duration),
    /// They arrive when the weather has changed.
    Silent,
}

/// How many connections have been opened before the last time that all were cut, or became
/// half-open: those are concerned, and later ones are not.
#[derive(Debug, Clone, Copy, Default)]
struct Doom {
    cut: u64,
    half_open: u64,
}

struct Road {
    server: PathBuf,
    weather: watch::Sender<Weather>,
    doom: watch::Sender<Doom>,
    opened: watch::Sender<u64>,
}

/// The proxy. It stops when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    road: Arc<Road>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// A way to the server that listens on that socket.
    pub async fn to(server: &Path) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let road = Arc::new(Road {
            server: server.to_owned(),
            weather: watch::Sender::new(Weather::Fair),
            doom: watch::Sender::default(),
            opened: watch::Sender::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&road)));
        Self {
            address,
            road,
            _tasks: tasks,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Resets every connection.
    pub fn cut(&self) {
        let opened = *self.road.opened.borrow();
        self.road.doom.send_modify(|doom| doom.cut = opened);
    }

    /// From now on every connection that there is takes what it is given, and nothing comes back,
    /// nor an end of it. The server notices after a while, the client is never told.
    pub fn half_open(&self) {
        let opened = *self.road.opened.borrow();
        self.road.doom.send_modify(|doom| doom.half_open = opened);
    }

    /// Changes the weather on all connections, those to come included.
    pub fn weather(&self, weather: Weather) {
        self.road.weather.send_replace(weather);
    }
}

async fn accept(listener: TcpListener, road: Arc<Road>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        road.opened.send_modify(|opened| *opened += 1);
        let number = *road.opened.borrow();
        let road = Arc::clone(&road);
        connections.spawn(async move { carry(client, number, &road).await });
    }
}

/// One connection from its beginning to its end.
async fn carry(mut client: TcpStream, number: u64, road: &Road) {
    client.set_nodelay(true).unwrap();
    let mut doom = road.doom.subscribe();
    let mut cut = road.doom.subscribe();
    let connection = async {
        calm(road).await;
        let Ok(mut server) = UnixStream::connect(&road.server).await else {
            return Ended::ByServer;
        };
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        tokio::select! {
            () = pump(from_client, to_server, road) => Ended::Well,
            () = pump(from_server, to_client, road) => Ended::Well,
            () = until(&mut doom, |doom| doom.half_open >= number) => {
                tokio::time::sleep(SERVER_NOTICES).await;
                Ended::Unnoticed
            }
        }
    };
    let ended = tokio::select! {
        ended = connection => ended,
        () = until(&mut cut, |doom| doom.cut >= number) => Ended::ByServer,
    };
    match ended {
        Ended::Well => {}
        Ended::ByServer => client.set_zero_linger().unwrap(),
        Ended::Unnoticed => swallow(client).await,
    }
}

enum Ended {
    /// One of both has closed it.
    Well,
    /// As when the server's machine refuses, or the network resets.
    ByServer,
    /// The client does not know.
    Unnoticed,
}

/// Waits until doom strikes.
async fn until(doom: &mut watch::Receiver<Doom>, strikes: impl FnMut(&Doom) -> bool) {
    drop(doom.wait_for(strikes).await.unwrap());
}

/// Takes whatever comes, for as long as it comes.
async fn swallow(mut client: TcpStream) {
    let mut nowhere = tokio::io::sink();
    tokio::io::copy(&mut client, &mut nowhere).await.ok();
}

async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, road: &Road) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let Ok(count @ 1..) = from.read(&mut bytes).await else {
            return;
        };
        calm(road).await;
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// Waits as long as the weather demands.
async fn calm(road: &Road) {
    let mut weather = road.weather.subscribe();
    weather
        .wait_for(|weather| *weather != Weather::Silent)
        .await
        .unwrap();
    let weather = *road.weather.borrow();
    if let Weather::Slow(by) = weather {
        tokio::time::sleep(by).await;
    }
}
