//! Datagrams.

use std::sync::Arc;

use rsipstack::transport::udp::UdpConnection;
use tokio::net::UdpSocket;

use super::core::Core;

/// What a telephone sends to keep its way through a NAT open, and what it is answered (RFC 5626).
const PING: &[u8] = b"\r\n\r\n";
const PONG: &[u8] = b"\r\n";

/// Hears datagrams for ever.
pub(super) async fn listen(core: Arc<Core>, socket: Arc<UdpSocket>, connection: UdpConnection) {
    let connection = connection.into();
    let most = core.plan.settings.limits.message;
    // One byte more than the longest, to see what is longer.
    let mut buffer = vec![0; most.saturating_add(1)];
    loop {
        // An error here is about a datagram that we sent and nobody received.
        let Ok((length, source)) = socket.recv_from(&mut buffer).await else { continue };
        match buffer.get(..length) {
            Some(PING) => {
                let _ = socket.send_to(PONG, source).await;
            }
            Some(bytes) if length <= most => core.hear(bytes, source, &connection).await,
            _ => {}
        }
    }
}
