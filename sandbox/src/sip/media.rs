//! The sound of a call: between a handset on the network and a telephone's RTP.
//!
//! The network's frames are the clock: for each one that it gives, one packet goes out.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::{Notify, mpsc};

use super::keys::{Beat, Hearing, Sending};
use super::rtp::Packet;
use super::sdp::Description;
use super::{Shared, random};
use crate::handset::{Handset, Uttered};
use crate::sound::dtmf::Detector;
use crate::sound::jitter::Jitter;
use crate::sound::{FRAME, Frame};
use crate::time::{Instant, machine_now, sleep};

/// The longest packet: 200 ms of sound.
const LONGEST: usize = 12 + 10 * FRAME;
/// How often it is looked whether anything comes.
const LOOK: Duration = Duration::from_millis(500);
/// Packets read in one go.
const AT_ONCE: usize = 16;
/// Samples of one frame on RTP's clock.
const STEP: u32 = 160;

/// What is told to a session.
#[derive(Debug)]
enum Order {
    Plug(Handset),
    Describe(Description),
}

/// The sound of one call; it ends when dropped.
#[derive(Debug)]
pub(super) struct Session {
    orders: mpsc::UnboundedSender<Order>,
    silence: Arc<Notify>,
    local: SocketAddr,
}

impl Session {
    /// Begins to listen. Sound is taken from the address in the description and from where the signalling comes from;
    /// the first of them that is heard is kept.
    pub(super) fn start(
        gateway: &Shared,
        socket: UdpSocket,
        description: Description,
        signals: IpAddr,
    ) -> Option<Self> {
        let local = socket.local_addr().ok()?;
        let (orders, ordered) = mpsc::unbounded_channel();
        let silence = Arc::new(Notify::new());
        let [s0, s1, q0, q1, t0, t1, t2, t3] = random().ok()?;
        let stream = Stream {
            socket,
            signals,
            longest: gateway.settings.limits.silence,
            silence: Arc::clone(&silence),
            handset: None,
            peer: None,
            heard: machine_now(),
            source: u32::from_be_bytes([s0, s1, q0, t3]),
            sequence: u16::from_be_bytes([q0, q1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            begins: true,
            sending: Sending::default(),
            began: 0,
            plays: Detector::new(),
            hearing: Hearing::default(),
            jitter: Jitter::new(),
            heard_from: None,
            packet: Vec::with_capacity(LONGEST),
            description,
        };
        tokio::spawn(stream.run(ordered));
        Some(Self { orders, silence, local })
    }

    /// Whose ear and mouth it is.
    pub(super) fn plug(&self, handset: Handset) {
        // A session only ends with its owner.
        let _ = self.orders.send(Order::Plug(handset));
    }

    /// The telephone changed its description.
    pub(super) fn describe(&self, description: Description) {
        let _ = self.orders.send(Order::Describe(description));
    }

    /// Waits until nothing has been heard for too long, although the telephone is not on hold.
    pub(super) async fn silence(&self) {
        self.silence.notified().await;
    }

    /// Where sound is to be sent.
    pub(super) fn local(&self) -> SocketAddr {
        self.local
    }
}

struct Stream {
    socket: UdpSocket,
    description: Description,
    signals: IpAddr,
    longest: Duration,
    silence: Arc<Notify>,
    handset: Option<Handset>,
    /// Where sound really comes from.
    peer: Option<SocketAddr>,
    heard: Instant,
    source: u32,
    sequence: u16,
    timestamp: u32,
    /// The next packet is the first after a silence.
    begins: bool,
    sending: Sending,
    /// When the key that is being sent began.
    began: u32,
    /// Finds the keys that the network plays.
    plays: Detector,
    hearing: Hearing,
    jitter: Jitter,
    /// The stream that is heard: a telephone may begin another one.
    heard_from: Option<u32>,
    packet: Vec<u8>,
}

impl Stream {
    async fn run(mut self, mut ordered: mpsc::UnboundedReceiver<Order>) {
        let mut buffer = [0; LONGEST];
        let mut look = std::pin::pin!(sleep(LOOK));
        loop {
            tokio::select! {
                biased;
                order = ordered.recv() => match order {
                    Some(Order::Plug(handset)) => self.handset = Some(handset),
                    Some(Order::Describe(description)) => self.describe(description),
                    None => return,
                },
                frame = next(&mut self.handset) => match frame {
                    Some(frame) => self.say(&frame).await,
                    // The call is over; whoever owns the session hears of it.
                    None => self.handset = None,
                },
                got = self.socket.recv_from(&mut buffer) => {
                    self.got(&got, &buffer);
                    for _ in 0..AT_ONCE {
                        match self.socket.try_recv_from(&mut buffer) {
                            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
                            got => self.got(&got, &buffer),
                        }
                    }
                }
                () = &mut look => {
                    look.set(sleep(LOOK));
                    self.look();
                }
            }
        }
    }

    fn describe(&mut self, description: Description) {
        if description.peer != self.description.peer {
            self.peer = None;
        }
        self.heard = machine_now();
        self.description = description;
    }

    fn look(&mut self) {
        let now = machine_now();
        if !self.description.speaks || self.handset.is_none() {
            self.heard = now;
        }
        if (now - self.heard).to_std().is_ok_and(|quiet| quiet > self.longest) {
            self.silence.notify_one();
        }
    }

    /// 20 ms for the telephone, and from it.
    async fn say(&mut self, frame: &Frame) {
        if self.heard_from.is_some() {
            let frame = self.jitter.pop();
            self.utter(Uttered::Sound(Box::new(frame)));
        }
        self.timestamp = self.timestamp.wrapping_add(STEP);
        let mut frame = frame;
        if self.description.keys.is_some() {
            // Keys are told beside the sound, and not in it.
            if let Some(key) = self.plays.hear(frame) {
                self.sending.press(key);
            }
            if self.plays.is_pressed() {
                frame = &Frame::SILENCE;
            }
        }
        if !self.description.hears {
            return;
        }
        match (self.sending.next(), self.description.keys) {
            (Beat::Event(event), Some(keys)) => {
                if event.first {
                    self.began = self.timestamp;
                }
                self.send(keys, event.first, self.began, &event.payload).await;
                self.begins = true;
            }
            (Beat::Pause, Some(_)) => {}
            _ => {
                let law = self.description.law;
                let marker = std::mem::take(&mut self.begins);
                self.send(law.payload_type(), marker, self.timestamp, &law.encode_frame(frame)).await;
            }
        }
    }

    async fn send(&mut self, payload_type: u8, marker: bool, timestamp: u32, payload: &[u8]) {
        self.sequence = self.sequence.wrapping_add(1);
        let packet = Packet { payload_type, marker, sequence: self.sequence, timestamp, source: self.source, payload };
        packet.write(&mut self.packet);
        // What a telephone does not take is lost, as on any line.
        let _ = self.socket.send_to(&self.packet, self.peer.unwrap_or(self.description.peer)).await;
    }

    /// A datagram, or an error about one that we sent.
    fn got(&mut self, got: &std::io::Result<(usize, SocketAddr)>, buffer: &[u8]) {
        let Ok((length, from)) = *got else { return };
        let Some(packet) = buffer.get(..length).and_then(Packet::read) else { return };
        match self.peer {
            Some(peer) if peer == from => {}
            None if from.ip() == self.description.peer.ip() || from.ip() == self.signals => self.peer = Some(from),
            // Somebody else.
            _ => return,
        }
        self.heard = machine_now();
        if Some(packet.payload_type) == self.description.keys {
            if let Some(key) = self.hearing.hear(packet.source, packet.timestamp, packet.payload) {
                self.utter(Uttered::Key(key));
            }
        } else if packet.payload_type == self.description.law.payload_type() {
            if self.heard_from.replace(packet.source).is_some_and(|before| before != packet.source) {
                self.jitter.restart();
            }
            self.hear(packet.sequence, packet.timestamp, packet.payload);
        }
    }

    /// Sound, in whatever pieces it comes. What is no whole frame ends in silence.
    fn hear(&mut self, sequence: u16, timestamp: u32, payload: &[u8]) {
        let samples = self.description.law.decode(payload);
        let mut timestamp = timestamp;
        for frame in crate::sound::frames(&samples) {
            self.jitter.push(sequence, timestamp, frame);
            timestamp = timestamp.wrapping_add(STEP);
        }
    }

    fn utter(&self, uttered: Uttered) {
        if let Some(handset) = &self.handset {
            // What the network does not take is lost, as on any line.
            let _ = handset.mouth.try_send(uttered);
        }
    }
}

/// The next 20 ms for the telephone; never, as long as nothing is plugged in.
async fn next(handset: &mut Option<Handset>) -> Option<Frame> {
    match handset {
        Some(handset) => handset.ear.recv().await,
        None => std::future::pending().await,
    }
}
