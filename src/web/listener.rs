//! The listener, and its patience: a request that has begun must arrive within a deadline, whatever a peer does.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use chrono::TimeDelta;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::clock::{Busy, Clock};

/// From the first byte of a request, or from the connection's beginning, until the first byte of its answer: the provider
/// itself waits fifteen seconds. Above the deadline for a body, which is answered.
const REQUEST_WITHIN: TimeDelta = TimeDelta::seconds(20);
/// So many bytes give a request the same time once more: a large file over a slow line arrives, a letter at a time does not.
const PROGRESS: usize = 64 * 1024;

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Listens, and gives every connection its patience.
pub struct Listener {
    listener: TcpListener,
    clock: Clock,
}

impl Listener {
    /// Over a listening socket.
    #[must_use]
    pub fn new(listener: TcpListener, clock: Clock) -> Self {
        Self { listener, clock }
    }
}

impl axum::serve::Listener for Listener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, peer) = axum::serve::Listener::accept(&mut self.listener).await;
        let mut connection = Connection { stream, clock: self.clock.clone(), deadline: None, arrived: 0 };
        connection.expect_a_request();
        (connection, peer)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, Listener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// A connection that is cut when a request takes too long. Between requests it may rest as long as it likes.
pub struct Connection {
    stream: TcpStream,
    clock: Clock,
    deadline: Option<Pin<Box<dyn Future<Output = Busy> + Send>>>,
    /// Bytes that arrived within the deadline.
    arrived: usize,
}

impl Connection {
    fn expect_a_request(&mut self) {
        self.arrived = 0;
        self.deadline = Some(Box::pin(self.clock.sleep_until(self.clock.now() + REQUEST_WITHIN)));
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, into);
        if read.is_ready() {
            let more = into.filled().len().saturating_sub(before);
            self.arrived = self.arrived.saturating_add(more);
            if (self.deadline.is_none() && more > 0) || self.arrived >= PROGRESS {
                self.expect_a_request();
            }
            return read;
        }
        let over = self.deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(cx).is_ready());
        if over {
            self.deadline = None;
            tracing::warn!("a request did not arrive in time: its connection is cut");
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        self.deadline = None;
        Pin::new(&mut self.stream).poll_write(cx, from)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.deadline = None;
        Pin::new(&mut self.stream).poll_write_vectored(cx, from)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
