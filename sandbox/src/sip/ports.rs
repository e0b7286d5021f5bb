//! The ports of the sound: one for each call, out of a range.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::sync::PoisonError;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

/// What a socket may hold while its task does not run: a second of sound, many times over.
const BUFFER: usize = 256 * 1024;

/// Gives out ports in turn, so that a late packet of an old call does not reach a new one.
#[derive(Debug)]
pub(crate) struct Ports {
    ip: IpAddr,
    range: RangeInclusive<u16>,
    next: Mutex<u16>,
}

impl Ports {
    pub(crate) fn new(ip: IpAddr, range: RangeInclusive<u16>) -> Self {
        let next = Mutex::new(*range.start());
        Self { ip, range, next }
    }

    /// A socket on a port that nobody uses; `None` = all are taken.
    pub(crate) fn bind(&self) -> Option<UdpSocket> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in self.range.clone() {
            let port = *next;
            *next = if port >= *self.range.end() { *self.range.start() } else { port.saturating_add(1) };
            if let Ok(socket) = bound(SocketAddr::new(self.ip, port)) {
                return Some(socket);
            }
        }
        None
    }
}

fn bound(address: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = udp(address, BUFFER)?;
    UdpSocket::from_std(socket)
}

/// A socket with a buffer of that size, or as large as the machine allows.
pub(crate) fn udp(address: SocketAddr, buffer: usize) -> std::io::Result<std::net::UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.set_recv_buffer_size(buffer)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_call_has_its_own_port_until_there_is_none() {
        let ports = Ports::new([127, 0, 0, 1].into(), 21_310..=21_313);
        let mut taken: Vec<UdpSocket> = std::iter::from_fn(|| ports.bind()).collect();
        let numbers: Vec<u16> = taken.iter().map(|socket| socket.local_addr().unwrap().port()).collect();
        assert_eq!(numbers, [21_310, 21_311, 21_312, 21_313]);
        assert!(ports.bind().is_none());
        taken.remove(1);
        assert_eq!(ports.bind().unwrap().local_addr().unwrap().port(), 21_311);
    }
}
