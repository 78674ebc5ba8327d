//! The stream of a connection. While the connection speaks HTTP, a client that accepts no bytes for a
//! while is disconnected: the write fails, and with it the connection.

use super::place::Place;
use std::{
    io::{self, ErrorKind, IoSlice, Write},
    net,
    os::fd::AsFd,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpSocket, TcpStream},
    time::{Instant, Sleep, sleep},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// How often a waiting write is tried within the limit. One try at its end would count early progress as
/// late.
const ATTEMPTS: u32 = 8;
/// Bytes that the system keeps until the client accepts them: one and a half megabytes a second over two
/// hundred milliseconds.
const SEND_BUFFER: u32 = 256 * 1024;

/// Sets the size of the send buffer. A buffer that the system sizes grows to megabytes, also while the
/// client accepts nothing, and the growth would count as progress.
///
/// # Errors
/// The system refused.
pub(super) fn bound_buffer(stream: &TcpStream) -> io::Result<()> {
    let same = stream.as_fd().try_clone_to_owned()?;
    TcpSocket::from_std_stream(same.into()).set_send_buffer_size(SEND_BUFFER)
}

/// A stream with a limit on how long a write may wait.
pub(super) struct Stream {
    inner: TcpStream,
    limit: Duration,
    is_unlimited: Arc<AtomicBool>,
    /// `Some` while a write waits.
    waiting: Option<Waiting>,
    /// Ends a connection that a handler took over and did not end itself.
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
    _place: Place,
}

/// A waiting write.
struct Waiting {
    /// The time until the next try.
    pause: Pin<Box<Sleep>>,
    attempts: u32,
}

impl Waiting {
    fn new(pause: Duration) -> Self {
        Self {
            pause: Box::pin(sleep(pause)),
            attempts: 0,
        }
    }
}

/// The limit of a [`Stream`].
pub(super) struct WriteLimit(Arc<AtomicBool>);

impl WriteLimit {
    /// Removes the limit: from now on a write may wait for any time.
    pub fn remove(self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Stream {
    /// A stream. `cut` ends it once a handler has taken it over; before, it has no effect.
    pub fn new(
        stream: TcpStream,
        limit: Duration,
        cut: CancellationToken,
        place: Place,
    ) -> (Self, WriteLimit) {
        let is_unlimited = Arc::new(AtomicBool::new(false));
        let stream = Self {
            inner: stream,
            limit,
            is_unlimited: Arc::clone(&is_unlimited),
            waiting: None,
            cut: Box::pin(cut.cancelled_owned()),
            _place: place,
        };
        (stream, WriteLimit(is_unlimited))
    }

    /// Ends the connection, also for a write that waits for its client. What the system keeps for the client is dropped.
    fn end(&self) -> io::Result<()> {
        self.inner.set_zero_linger()?;
        let stream = self.inner.as_fd().try_clone_to_owned()?;
        net::TcpStream::from(stream).shutdown(net::Shutdown::Both)
    }

    /// The result of a write, within the limit. `again` writes without waiting: the system reports a
    /// writable stream only when a third of its buffer is free, which a slow client may not reach within
    /// the limit.
    fn limited(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
        again: impl Fn(net::TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() || self.is_unlimited.load(Ordering::Relaxed) {
            self.waiting = None;
            return written;
        }
        let pause = self.limit / ATTEMPTS;
        let waiting = self.waiting.get_or_insert_with(|| Waiting::new(pause));
        loop {
            ready!(waiting.pause.as_mut().poll(cx));
            waiting.attempts += 1;
            let stream = self.inner.as_fd().try_clone_to_owned()?;
            match again(stream.into()) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                written => {
                    self.waiting = None;
                    return Poll::Ready(written);
                }
            }
            if waiting.attempts >= ATTEMPTS {
                // The system must not keep offering the client the bytes in the buffer.
                self.inner.set_zero_linger()?;
                let stalled = Stalled(self.limit);
                return Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, stalled)));
            }
            waiting.pause.as_mut().reset(Instant::now() + pause);
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the client accepted nothing for {0:?}")]
struct Stalled(Duration);

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.limited(cx, written, |mut stream| stream.write(bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, pieces);
        self.limited(cx, written, |mut stream| stream.write_vectored(pieces))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.inner).poll_read(cx, buffer);
        // Looked at in every case: a handler may begin to read before the limit is removed.
        let is_cut = read.is_pending() && self.cut.as_mut().poll(cx).is_ready();
        if is_cut && self.is_unlimited.load(Ordering::Relaxed) {
            self.end()?;
            return Poll::Ready(Err(ErrorKind::ConnectionAborted.into()));
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::place::Places;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
        time::timeout,
    };

    /// For events that are sure to come.
    const LONG: Duration = Duration::from_mins(1);
    const LIMIT: Duration = Duration::from_millis(300);

    /// A stream with that limit, and its client.
    async fn pair(limit: Duration) -> (Stream, WriteLimit, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (client, accepted) = tokio::join!(client, listener.accept());
        let place = Places::new(1).try_take().unwrap();
        let (stream, limit) =
            Stream::new(accepted.unwrap().0, limit, CancellationToken::new(), place);
        (stream, limit, client.unwrap())
    }

    /// Writes until no more bytes are accepted at once, and returns their number.
    async fn fill(stream: &mut Stream) -> usize {
        let piece = vec![7; 64 * 1024];
        let mut filled = 0;
        while let Ok(written) = timeout(LIMIT / 3, stream.write(&piece)).await {
            filled += written.unwrap();
        }
        filled
    }

    #[tokio::test]
    async fn a_write_that_makes_no_progress_fails_and_one_that_makes_little_does_not() {
        let (mut stream, _limit, mut client) = pair(LIMIT).await;
        let filled = fill(&mut stream).await;
        // Far less than the third of the buffer at which the system would report a writable stream.
        let mut little = vec![0; filled / 8];
        client.read_exact(&mut little).await.unwrap();
        let progress = timeout(LONG, stream.write(&[7; 100])).await.unwrap();
        assert_eq!(progress.unwrap(), 100);
        let piece = vec![7; 1_000_000];
        let stalled = loop {
            if let Err(error) = timeout(LONG, stream.write(&piece)).await.unwrap() {
                break error;
            }
        };
        assert_eq!(stalled.kind(), ErrorKind::TimedOut);
        drop(stream);
        let end = timeout(LONG, client.read_to_end(&mut Vec::new())).await;
        assert_eq!(end.unwrap().unwrap_err().kind(), ErrorKind::ConnectionReset);
    }

    #[tokio::test]
    async fn without_its_limit_a_write_waits_for_any_time() {
        let (mut stream, limit, mut client) = pair(Duration::ZERO).await;
        limit.remove();
        let filled = fill(&mut stream).await;
        let mut all = vec![0; filled];
        let read = client.read_exact(&mut all);
        let (read, written) = tokio::join!(read, stream.write(&[7; 100]));
        assert_eq!((read.unwrap(), written.unwrap()), (filled, 100));
    }
}
