//! What stands between Guardia and the network, as a load balancer would: it holds new connections while Guardia is down,
//! and cannot save those that are cut. It also counts the pieces that pass, so that somebody can act between two of them.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The largest piece that passes at once.
const PIECE: usize = 16 * 1024;

/// Counts the pieces that passed, in both directions of all doors.
#[derive(Clone, Default)]
pub struct Wire(Arc<watch::Sender<u64>>);

impl Wire {
    /// Pieces so far.
    pub fn passed(&self) -> u64 {
        *self.0.borrow()
    }

    /// Waits until so many passed.
    pub async fn reached(&self, pieces: u64) {
        // The sender lives in `self`, so the wait cannot fail.
        let _ = self.0.subscribe().wait_for(|passed| *passed >= pieces).await;
    }

    /// Opens a door to `target`; its address. While `up` is false nobody is let through, and nobody is sent away.
    pub async fn door(&self, target: SocketAddr, up: watch::Receiver<bool>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let wire = self.clone();
        tokio::spawn(async move {
            while let Ok((outer, _)) = listener.accept().await {
                tokio::spawn(wire.clone().pass(outer, target, up.clone()));
            }
        });
        address
    }

    async fn pass(self, outer: TcpStream, target: SocketAddr, mut up: watch::Receiver<bool>) {
        let inner = loop {
            if up.wait_for(|up| *up).await.is_err() {
                return;
            }
            if let Ok(inner) = TcpStream::connect(target).await {
                break inner;
            }
            // It has just died, and soon somebody will say so.
            if up.changed().await.is_err() {
                return;
            }
        };
        let (from_outer, to_outer) = outer.into_split();
        let (from_inner, to_inner) = inner.into_split();
        // Whichever side ends, both do: a half-open connection would keep the other side waiting.
        tokio::select! {
            () = self.copy(from_outer, to_inner) => {}
            () = self.copy(from_inner, to_outer) => {}
        }
    }

    async fn copy(&self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
        let mut piece = vec![0; PIECE];
        while let Ok(length) = from.read(&mut piece).await
            && length > 0
            && to.write_all(&piece[..length]).await.is_ok()
        {
            self.0.send_modify(|passed| *passed += 1);
        }
    }
}
