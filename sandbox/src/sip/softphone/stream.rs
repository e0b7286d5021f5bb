//! The sound of one telephone: a packet every 20 ms, and what comes back.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

use super::super::keys::{Beat, Sending};
use super::super::random;
use super::super::rtp::Packet;
use super::super::sdp::Description;
use super::Utterance;
use super::arrivals::{Arrivals, Heard};
use crate::sound::tones::Signal;
use crate::sound::{FRAME, Frame};
use crate::time::{Metronome, Stopwatch};

/// Between two packets.
pub(super) const BEAT: Duration = Duration::from_millis(20);
/// Samples of one frame on RTP's clock.
const STEP: u32 = 160;
/// The longest packet: 200 ms of sound.
const LONGEST: usize = 12 + 10 * FRAME;
/// Packets read in one go.
const AT_ONCE: usize = 16;
/// Frames of the tone that stands for a voice, before it begins again: whole periods of it.
const TONE: u64 = 10;

/// The sound of a call, both ways.
#[derive(Debug)]
pub(super) struct Stream {
    line: Arc<Line>,
    source: u32,
    sequence: u16,
    timestamp: u32,
    /// When the key that is being sent began.
    began: u32,
    /// The next packet of sound is the first after a silence.
    begins: bool,
    keys: Sending,
    /// Frames that are still to be spoken, and those that were.
    says: u64,
    said: u64,
    packet: Vec<u8>,
}

/// What both ways have in common.
#[derive(Debug)]
struct Line {
    socket: UdpSocket,
    description: Description,
    arrivals: Arc<Arrivals>,
}

impl Stream {
    /// `None` = the machine gives no random numbers.
    pub(super) fn new(socket: UdpSocket, description: Description, arrivals: Arc<Arrivals>) -> Option<Self> {
        let [s0, s1, s2, s3, q0, q1, t0, t1, t2, t3] = random().ok()?;
        Some(Self {
            line: Arc::new(Line { socket, description, arrivals }),
            source: u32::from_be_bytes([s0, s1, s2, s3]),
            sequence: u16::from_be_bytes([q0, q1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            began: 0,
            begins: true,
            keys: Sending::default(),
            says: 0,
            said: 0,
            packet: Vec::with_capacity(LONGEST),
        })
    }

    /// Until whoever speaks is gone.
    pub(super) async fn run(mut self, uttered: mpsc::UnboundedReceiver<Utterance>) {
        let line = Arc::clone(&self.line);
        tokio::select! {
            () = self.speak(uttered) => {}
            () = line.hear() => {}
        }
    }

    async fn speak(&mut self, mut uttered: mpsc::UnboundedReceiver<Utterance>) {
        let mut metronome = Metronome::new(BEAT);
        loop {
            metronome.beat().await;
            loop {
                match uttered.try_recv() {
                    Ok(Utterance::Key(key)) => self.keys.press(key),
                    Ok(Utterance::Sound(frames)) => self.says = frames,
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
            self.say().await;
        }
    }

    /// The next 20 ms: a key, a piece of the voice, or silence, which is sent as well.
    async fn say(&mut self) {
        self.timestamp = self.timestamp.wrapping_add(STEP);
        let speaks = self.says > 0;
        if speaks {
            self.says = self.says.saturating_sub(1);
            self.said = self.said.saturating_add(1);
        }
        match (self.keys.next(), self.line.description.keys) {
            (Beat::Event(event), Some(keys)) => {
                if event.first {
                    self.began = self.timestamp;
                }
                self.send(keys, event.first, self.began, &event.payload).await;
                self.begins = true;
            }
            (Beat::Pause, Some(_)) => {}
            _ => {
                let frame = if speaks { Signal::Beep.frame(self.said % TONE) } else { Frame::SILENCE };
                let law = self.line.description.law;
                let marker = std::mem::take(&mut self.begins);
                self.send(law.payload_type(), marker, self.timestamp, &law.encode_frame(&frame)).await;
            }
        }
    }

    async fn send(&mut self, payload_type: u8, marker: bool, timestamp: u32, payload: &[u8]) {
        self.sequence = self.sequence.wrapping_add(1);
        let packet = Packet { payload_type, marker, sequence: self.sequence, timestamp, source: self.source, payload };
        packet.write(&mut self.packet);
        if self.line.socket.send_to(&self.packet, self.line.description.peer).await.is_ok() {
            self.line.arrivals.sent();
        }
    }
}

impl Line {
    /// Counts what arrives, for ever.
    async fn hear(&self) {
        let (watch, mut heard, mut buffer) = (Stopwatch::start(), Heard::default(), [0; LONGEST]);
        loop {
            // An error here is about a packet that we sent and nobody received.
            if let Ok((length, _)) = self.socket.recv_from(&mut buffer).await {
                self.got(watch.elapsed(), buffer.get(..length), &mut heard);
            }
            for _ in 0..AT_ONCE {
                let Ok((length, _)) = self.socket.try_recv_from(&mut buffer) else { break };
                self.got(watch.elapsed(), buffer.get(..length), &mut heard);
            }
        }
    }

    fn got(&self, at: Duration, bytes: Option<&[u8]>, heard: &mut Heard) {
        let Some(packet) = bytes.and_then(Packet::read) else { return };
        let sounds = packet.payload_type == self.description.law.payload_type();
        if let Some(arrival) = heard.hear(at, packet.sequence, sounds.then_some(packet.timestamp)) {
            self.arrivals.heard(arrival);
        }
    }
}
