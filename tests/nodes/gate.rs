//! What stands around the nodes: a balancer before them, and behind each a gate that can hold back what it sends.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The largest piece that passes at once.
const PIECE: usize = 16 * 1024;

/// Passes connections to whichever of `nodes` takes them, in turn; its address.
pub async fn balance(nodes: Vec<SocketAddr>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut turn = 0;
        while let Ok((mut outer, _)) = listener.accept().await {
            turn += 1;
            let (first, other) = (nodes[turn % 2], nodes[(turn + 1) % 2]);
            tokio::spawn(async move {
                let mut inner = match TcpStream::connect(first).await {
                    Ok(inner) => inner,
                    // Dead, or not up yet.
                    Err(_) => TcpStream::connect(other).await.ok()?,
                };
                copy_bidirectional(&mut outer, &mut inner).await.ok()
            });
        }
    });
    address
}

/// A gate before the provider, for one node.
pub struct Gate {
    /// Where the node finds the provider.
    pub address: SocketAddr,
    state: Arc<State>,
}

struct State {
    /// Pieces that passed, both ways.
    passed: watch::Sender<u64>,
    open: watch::Sender<bool>,
    /// Pieces that wait before the shut gate.
    held: watch::Sender<u64>,
}

impl Gate {
    /// A gate before `target`, open.
    pub async fn before(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            passed: watch::Sender::new(0),
            open: watch::Sender::new(true),
            held: watch::Sender::new(0),
        });
        tokio::spawn({
            let state = Arc::clone(&state);
            async move {
                while let Ok((outer, _)) = listener.accept().await {
                    tokio::spawn(pass(Arc::clone(&state), outer, target));
                }
            }
        });
        Self { address, state }
    }

    /// Pieces so far.
    pub fn passed(&self) -> u64 {
        *self.state.passed.borrow()
    }

    /// Waits until so many passed.
    pub async fn reached(&self, pieces: u64) {
        // The sender lives in `self`, so the wait cannot fail.
        let _ = self.state.passed.subscribe().wait_for(|passed| *passed >= pieces).await;
    }

    /// Holds back whatever the node sends from now on.
    pub fn shut(&self) {
        self.state.held.send_replace(0);
        self.state.open.send_replace(false);
    }

    /// Waits until something is held back.
    pub async fn holds(&self) {
        let _ = self.state.held.subscribe().wait_for(|held| *held > 0).await;
    }

    /// Lets pass what comes from now on; what was held back is lost.
    pub fn open(&self) {
        self.state.open.send_replace(true);
    }
}

async fn pass(state: Arc<State>, outer: TcpStream, target: SocketAddr) {
    let Ok(inner) = TcpStream::connect(target).await else { return };
    let (from_outer, to_outer) = outer.into_split();
    let (from_inner, to_inner) = inner.into_split();
    // Whichever side ends, both do: a half-open connection would keep the other side waiting.
    tokio::select! {
        () = copy(&state, from_outer, to_inner) => {}
        () = copy(&state, from_inner, to_outer) => {}
    }
}

async fn copy(state: &State, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
    let mut piece = vec![0; PIECE];
    while let Ok(length) = from.read(&mut piece).await
        && length > 0
    {
        if !*state.open.borrow() {
            state.held.send_modify(|held| *held += 1);
            let _ = state.open.subscribe().wait_for(|open| *open).await;
            return;
        }
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
        state.passed.send_modify(|passed| *passed += 1);
    }
}
