//! Connections: few of them, few from one address, and none that holds more than one message.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rsipstack::sip::Transport;
use rsipstack::transport::stream::StreamConnectionInner;
use rsipstack::transport::tcp::TcpConnection;
use rsipstack::transport::{SipAddr, SipConnection};
use tokio::io::{AsyncReadExt, ReadHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::core::Core;
use crate::time::sleep;

/// Connections at a time, and from one address.
const MOST: usize = 64;
const MOST_FROM_ONE: usize = 8;
/// How long a connection may say nothing.
const QUIET: Duration = Duration::from_mins(5);
/// How long it may not take what is sent.
const DEAF: Duration = Duration::from_secs(20);
const PING: &[u8] = b"\r\n\r\n";
const PONG: &[u8] = b"\r\n";

type Counts = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// Accepts connections for ever.
pub(super) async fn listen(core: Arc<Core>, listener: TcpListener) {
    let counts = Counts::default();
    loop {
        let Ok((stream, source)) = listener.accept().await else {
            // No file is left for it: wait until one is.
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Some(place) = Place::take(&counts, source.ip()) else { continue };
        let core = Arc::clone(&core);
        tokio::spawn(async move {
            let _place = place;
            serve(&core, stream, source).await;
        });
    }
}

async fn serve(core: &Arc<Core>, stream: TcpStream, source: SocketAddr) {
    // A telephone that does not read must not hold whoever writes to it for ever.
    if socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(DEAF)).is_err() {
        return;
    }
    let address = |address: SocketAddr| SipAddr { r#type: Some(Transport::Tcp), addr: address.into() };
    let (reading, writing) = tokio::io::split(stream);
    let inner = Arc::new(StreamConnectionInner::new(address(core.plan.address), address(source), reading, writing));
    let Some(mut reading) = inner.read_half.lock().await.take() else { return };
    let stop = CancellationToken::new();
    let tcp = TcpConnection { inner: Arc::clone(&inner), cancel_token: Some(stop.clone()) };
    let connection = SipConnection::Tcp(tcp);
    let most = core.plan.settings.limits.message;
    let mut held = Vec::new();
    loop {
        match next(&held, most) {
            Next::Message(length) => {
                core.hear(held.get(..length).unwrap_or_default(), source, &connection).await;
                held.drain(..length);
            }
            Next::Ping(length) => {
                held.drain(..length);
                if length == PING.len() && inner.send_raw(PONG).await.is_err() {
                    break;
                }
            }
            Next::More => {
                let more = tokio::select! {
                    more = read(&mut reading, &mut held) => more,
                    () = sleep(QUIET) => false,
                };
                if !more {
                    break;
                }
            }
            Next::Broken => break,
        }
    }
    // Whoever would still use it sees that it is gone.
    stop.cancel();
}

async fn read(reading: &mut ReadHalf<TcpStream>, held: &mut Vec<u8>) -> bool {
    let mut piece = [0; 2048];
    match reading.read(&mut piece).await {
        Ok(length) if length > 0 => {
            held.extend_from_slice(piece.get(..length).unwrap_or_default());
            true
        }
        _ => false,
    }
}

/// What a connection holds.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// A whole message of so many bytes.
    Message(usize),
    /// An empty line or two.
    Ping(usize),
    More,
    /// A message that is too long, or does not say how long it is.
    Broken,
}

fn next(held: &[u8], most: usize) -> Next {
    if held.starts_with(PING) {
        return Next::Ping(PING.len());
    }
    if held.starts_with(PONG) && held.len() > PONG.len() && !PING.starts_with(held) {
        return Next::Ping(PONG.len());
    }
    let Some(end) = held.windows(PING.len()).position(|four| four == PING) else {
        return if held.len() > most { Next::Broken } else { Next::More };
    };
    let Some(body) = held.get(..end).and_then(content_length) else { return Next::Broken };
    match end.saturating_add(PING.len()).saturating_add(body) {
        length if length > most => Next::Broken,
        length if length > held.len() => Next::More,
        length => Next::Message(length),
    }
}

fn content_length(head: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(head).ok()?;
    let mut fields = text.split("\r\n").filter_map(|line| line.split_once(':'));
    let named = |name: &str| name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("l");
    let value = fields.find_map(|(name, value)| named(name.trim()).then_some(value))?;
    value.trim().parse().ok()
}

/// One of the places for connections.
struct Place {
    counts: Counts,
    source: IpAddr,
}

impl Place {
    fn take(counts: &Counts, source: IpAddr) -> Option<Self> {
        let mut held = counts.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = held.values().sum();
        let mine = held.entry(source).or_default();
        if all >= MOST || *mine >= MOST_FROM_ONE {
            if *mine == 0 {
                held.remove(&source);
            }
            return None;
        }
        *mine = mine.saturating_add(1);
        Some(Self { counts: Arc::clone(counts), source })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = held.get_mut(&self.source) {
            *mine = mine.saturating_sub(1);
            if *mine == 0 {
                held.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_message_ends() {
        let text = "OPTIONS sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\nabcBYE";
        let whole = text.len() - 3;
        assert_eq!(next(text.as_bytes(), 100), Next::Message(whole));
        assert_eq!(next(&text.as_bytes()[..whole - 1], 100), Next::More);
        assert_eq!(next(text.as_bytes(), whole - 1), Next::Broken);
        assert_eq!(next(text.replace("Content-Length", "l").as_bytes(), 100), Next::Message(whole - 13));
        for length in ["-1", "x", "99999999999999999999999", "18446744073709551615"] {
            assert_eq!(next(text.replace(" 3", length).as_bytes(), 100), Next::Broken, "{length}");
        }
        assert_eq!(next(b"OPTIONS sip:a SIP/2.0\r\n\r\n", 100), Next::Broken, "a stream needs a length");
        assert_eq!(next(&[b'x'; 101], 100), Next::Broken);
        assert_eq!(next(b"", 100), Next::More);
        assert_eq!(
            (next(b"\r\n\r\nx", 100), next(b"\r\nx", 100), next(b"\r\n", 100)),
            (Next::Ping(4), Next::Ping(2), Next::More)
        );
    }

    #[test]
    fn places_are_few_and_given_back() {
        let counts = Counts::default();
        let from = |last: u8| IpAddr::from([10, 0, 0, last]);
        let mine: Vec<Place> = (0..20).filter_map(|_| Place::take(&counts, from(1))).collect();
        assert_eq!(mine.len(), MOST_FROM_ONE);
        let others: Vec<Place> = (2..200).filter_map(|last| Place::take(&counts, from(last))).collect();
        assert_eq!(mine.len() + others.len(), MOST);
        drop((mine, others));
        assert!(counts.lock().unwrap().is_empty());
    }
}
