//! A small telephone of our own, to look at what the programs do not show: every packet.

use std::net::SocketAddr;
use std::time::Duration;

use guardia_sandbox::sound::g711::Law;
use guardia_sandbox::sound::{FRAME, Frame};
use tokio::net::UdpSocket;

use crate::rig::LOCAL;

pub struct Phone {
    gateway: SocketAddr,
    signals: UdpSocket,
    sound: UdpSocket,
    pub name: String,
}

/// A call in progress.
pub struct Talking<'p> {
    phone: &'p Phone,
    /// `To` with the gateway's tag.
    to: String,
    /// Where the gateway hears sound.
    pub peer: SocketAddr,
}

#[expect(clippy::disallowed_methods, reason = "a telephone lives in real time")]
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), future).await.unwrap_or_else(|_| panic!("never: {what}"))
}

impl Phone {
    pub async fn new(gateway: SocketAddr, name: &str) -> Self {
        Self::from("127.0.0.1", gateway, name).await
    }

    /// A telephone at an address of this machine.
    pub async fn from(address: &str, gateway: SocketAddr, name: &str) -> Self {
        let bind = || UdpSocket::bind(SocketAddr::new(address.parse().unwrap(), 0));
        Self { gateway, signals: bind().await.unwrap(), sound: bind().await.unwrap(), name: name.to_owned() }
    }

    fn head(&self, method: &str, user: &str, to: &str, number: u32) -> String {
        let (own, name) = (self.signals.local_addr().unwrap(), &self.name);
        format!(
            "{method} sip:{user}@{} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{name}{method}{number};rport\r\n\
             From: <sip:+18095550142@{own}>;tag={name}\r\n{to}\r\nCall-ID: {name}\r\nCSeq: {number} {method}\r\n\
             Contact: <sip:{name}@{own}>\r\nMax-Forwards: 70\r\n",
            self.gateway
        )
    }

    pub async fn send(&self, text: &str) {
        self.signals.send_to(text.as_bytes(), self.gateway).await.unwrap();
    }

    /// The next message.
    pub async fn message(&self) -> String {
        let mut buffer = [0; 8192];
        let (length, _) = within("a message", self.signals.recv_from(&mut buffer)).await.unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    /// The next final answer to a method; what comes before it is dropped.
    pub async fn answer(&self, method: &str) -> String {
        loop {
            let message = self.message().await;
            let ours = message.starts_with("SIP/2.0") && message.contains(&format!(" {method}\r\n"));
            if ours && !message.starts_with("SIP/2.0 1") {
                return message;
            }
        }
    }

    /// A request about nothing, `to` behind the address of `To`.
    pub async fn send_as(&self, method: &str, to: &str) {
        self.send_as_number(method, to, 1).await;
    }

    pub async fn send_as_number(&self, method: &str, to: &str, number: u32) {
        let to = format!("To: <sip:line@{}>{to}", self.gateway);
        self.send(&format!("{}Content-Length: 0\r\n\r\n", self.head(method, "line", &to, number))).await;
    }

    /// Whether a message comes within half a second.
    #[expect(clippy::disallowed_methods, reason = "a telephone lives in real time")]
    pub async fn message_soon(&self) -> bool {
        tokio::time::timeout(Duration::from_millis(500), self.signals.recv_from(&mut [0; 8192])).await.is_ok()
    }

    /// Whether it is answered within half a second.
    pub async fn options_soon(&self) -> bool {
        self.send_as("OPTIONS", "").await;
        self.message_soon().await
    }

    /// Asks what the gateway can do, again and again until it is answered.
    pub async fn options(&self) -> String {
        let mut buffer = [0; 8192];
        for _ in 0..20 {
            self.send_as("OPTIONS", "").await;
            #[expect(clippy::disallowed_methods, reason = "a telephone lives in real time")]
            let answer = tokio::time::timeout(Duration::from_millis(500), self.signals.recv_from(&mut buffer)).await;
            if let Ok(Ok((length, _))) = answer {
                return String::from_utf8_lossy(&buffer[..length]).into_owned();
            }
        }
        panic!("never: an answer to OPTIONS");
    }

    /// Asks to be registered under Ana's number.
    pub async fn register(&self, number: u32, proof: &str) {
        let to = "To: <sip:+18095550111@127.0.0.1>";
        let head = self.head("REGISTER", "line", to, number);
        self.send(&format!("{head}Expires: 60\r\n{proof}Content-Length: 0\r\n\r\n")).await;
    }

    pub async fn invite(&self, formats: &str) {
        let port = self.sound.local_addr().unwrap().port();
        let keys = if formats.contains("101") { "a=rtpmap:101 telephone-event/8000\r\n" } else { "" };
        let body = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\n{keys}"
        );
        let to = format!("To: <sip:line@{}>", self.gateway);
        let head = self.head("INVITE", "line", &to, 1);
        let length = body.len();
        self.send(&format!("{head}Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{body}")).await;
    }

    /// Calls the line, and is answered.
    pub async fn call(&self, formats: &str) -> Talking<'_> {
        self.invite(formats).await;
        let answer = self.answer("INVITE").await;
        assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
        self.talk(&answer).await
    }

    /// Hears what is played before an answer.
    pub fn talk_before(&self, progress: &str) -> Talking<'_> {
        let to = progress.lines().find(|line| line.starts_with("To:")).unwrap().to_owned();
        Talking { phone: self, to, peer: sound_of(progress) }
    }

    /// Acknowledges an answer.
    pub async fn talk(&self, answer: &str) -> Talking<'_> {
        let to = answer.lines().find(|line| line.starts_with("To:")).unwrap().to_owned();
        let talking = Talking { phone: self, to, peer: sound_of(answer) };
        talking.request("ACK", 1).await;
        talking
    }
}

/// Where a description wants sound.
pub fn sound_of(message: &str) -> SocketAddr {
    let port = message.split("m=audio ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    SocketAddr::new(LOCAL, port)
}

impl Talking<'_> {
    async fn request(&self, method: &str, number: u32) {
        let head = self.phone.head(method, "line", &self.to, number);
        self.phone.send(&format!("{head}Content-Length: 0\r\n\r\n")).await;
    }

    pub async fn hang_up(&self) {
        self.request("BYE", 2).await;
        let answer = self.phone.answer("BYE").await;
        assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
    }

    /// Says 20 ms, as the packet of a number.
    pub async fn say(&self, number: u16, frame: &Frame) {
        let mut packet = header(0, number, u32::from(number) * 160);
        packet.extend_from_slice(&Law::Mu.encode_frame(frame));
        self.phone.sound.send_to(&packet, self.peer).await.unwrap();
    }

    /// Whether a packet comes within half a second.
    #[expect(clippy::disallowed_methods, reason = "a telephone lives in real time")]
    pub async fn packet_soon(&self) -> bool {
        tokio::time::timeout(Duration::from_millis(500), self.phone.sound.recv_from(&mut [0; 1500])).await.is_ok()
    }

    /// The next packet: its type, its number, its timestamp and its payload.
    pub async fn packet(&self) -> (u8, u16, u32, Vec<u8>) {
        let mut buffer = [0; 1500];
        let (length, from) = within("a packet", self.phone.sound.recv_from(&mut buffer)).await.unwrap();
        assert_eq!(from, self.peer, "sound comes from where it is to be sent");
        let number = u16::from_be_bytes([buffer[2], buffer[3]]);
        let timestamp = u32::from_be_bytes([buffer[4], buffer[5], buffer[6], buffer[7]]);
        (buffer[1] & 0x7F, number, timestamp, buffer[12..length].to_vec())
    }
}

fn header(kind: u8, number: u16, timestamp: u32) -> Vec<u8> {
    let mut packet = vec![0x80, kind];
    packet.extend_from_slice(&number.to_be_bytes());
    packet.extend_from_slice(&timestamp.to_be_bytes());
    packet.extend_from_slice(&7_u32.to_be_bytes());
    packet
}

/// A tone of 400 Hz: twenty samples a period.
pub fn tone() -> Frame {
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a sample of a frame")]
    let sample = |at: usize| ((at as f64 / 20.0 * std::f64::consts::TAU).sin() * 8000.0) as i16;
    Frame(std::array::from_fn::<i16, FRAME, _>(sample))
}

/// The mean of what a payload says, without its sign.
pub fn loudness(payload: &[u8]) -> u32 {
    let samples = Law::Mu.decode(payload);
    samples.iter().map(|sample| u32::from(sample.unsigned_abs())).sum::<u32>()
        / u32::try_from(samples.len().max(1)).unwrap()
}
