//! Telephones of our own that call a gateway over loopback as anybody's would: INVITE, sound both ways, keys by RFC 4733.

mod arrivals;
mod stream;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::sdp::{self, Description};
use super::settings::Settings;
use super::signalling::{Flow, Leg, News, Outgoing, Signalling as _};
use super::stack::Stack;
use super::{SipError, ports};
use crate::time::{Stopwatch, sleep};
use stream::Stream;

pub(crate) use arrivals::Arrivals;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// What a socket may hold while its task does not run.
const BUFFER: usize = 64 * 1024;
/// A stack that has just been started takes no calls yet: how often, and how many times, it is tried again.
const AGAIN: Duration = Duration::from_millis(20);
const TRIES: usize = 50;
/// What a telephone is busy with that cannot call.
const NO_STACK: u16 = 503;

/// Telephones behind one address.
#[derive(Debug)]
pub(crate) struct Softphones {
    stack: Arc<Stack>,
    gateway: SocketAddr,
}

/// A telephone that has dialled.
#[derive(Debug)]
pub(crate) struct Softphone {
    leg: Arc<dyn Leg>,
    news: mpsc::Receiver<News>,
    socket: Option<UdpSocket>,
    dialled: Stopwatch,
    voice: Option<Voice>,
}

/// What its person says into an answered call.
#[derive(Clone, Debug)]
pub(crate) struct Voice(mpsc::UnboundedSender<Utterance>);

/// What a person does with the telephone.
#[derive(Debug)]
enum Utterance {
    Key(char),
    /// For so many frames.
    Sound(u64),
}

/// What comes of a call while it is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It rings, after so long.
    Rings(Duration),
    /// It is answered, after so long.
    Answered(Duration),
    /// Not taken: a code of RFC 3261.
    Refused(u16),
}

impl Softphones {
    /// Telephones for a gateway that listens on loopback, of which so many may call at once.
    ///
    /// # Errors
    ///
    /// There is no socket to be had.
    pub(crate) fn new(gateway: SocketAddr, calls: usize) -> Result<Self, SipError> {
        let mut settings = Settings::new(SocketAddr::new(LOOPBACK, 0));
        settings.limits.calls = calls;
        // Nobody calls these telephones, and nobody registers with them.
        let (heard, _) = mpsc::channel(1);
        let stack = Stack::start(&settings, None, Arc::new(|_: &str, _: &[u8]| Err(404)), heard)?;
        Ok(Self { stack, gateway })
    }

    /// Dials a number of the gateway as somebody with the number `from`.
    ///
    /// # Errors
    ///
    /// The code of RFC 3261 that a telephone shows that has no line: there are too many calls, or no sockets.
    pub(crate) async fn dial(&self, from: &str, to: &str) -> Result<Softphone, u16> {
        let bound = ports::udp(SocketAddr::new(LOOPBACK, 0), BUFFER).and_then(UdpSocket::from_std);
        let socket = bound.map_err(|_| NO_STACK)?;
        let offer = sdp::offer(socket.local_addr().map_err(|_| NO_STACK)?);
        let dialled = Stopwatch::start();
        for _ in 0..TRIES {
            let flow = Flow { source: self.gateway, connection: None };
            let contact = format!("sip:{to}@{}", self.gateway);
            let call = Outgoing { contact, flow, from: from.to_owned(), offer: offer.clone() };
            if let Some((leg, news)) = self.stack.invite(call) {
                return Ok(Softphone { leg, news, socket: Some(socket), dialled, voice: None });
            }
            sleep(AGAIN).await;
        }
        Err(NO_STACK)
    }
}

impl Softphone {
    /// What comes next, until it is answered or refused. From the answer on, sound goes both ways and what arrives is counted.
    pub(crate) async fn progress(&mut self, arrivals: &Arc<Arrivals>) -> Progress {
        loop {
            match self.news.recv().await {
                Some(News::Rings(_)) => return Progress::Rings(self.dialled.elapsed()),
                Some(News::Answered(body)) => {
                    let took = self.dialled.elapsed();
                    return match self.talk(&body, arrivals) {
                        Some(voice) => {
                            self.voice = Some(voice);
                            Progress::Answered(took)
                        }
                        None => Progress::Refused(488),
                    };
                }
                Some(News::Changes(_, answer)) => drop(answer.send(None)),
                Some(News::Refused(code)) => return Progress::Refused(code),
                Some(News::Over) | None => return Progress::Refused(487),
            }
        }
    }

    fn talk(&mut self, body: &[u8], arrivals: &Arc<Arrivals>) -> Option<Voice> {
        let description = Description::read(body).ok()?;
        let (voice, uttered) = mpsc::unbounded_channel();
        let stream = Stream::new(self.socket.take()?, description, Arc::clone(arrivals))?;
        tokio::spawn(stream.run(uttered));
        Some(Voice(voice))
    }

    /// What its person says into it, once it is answered. The sound lasts for as long as any of these and the telephone.
    pub(crate) fn voice(&self) -> Option<Voice> {
        self.voice.clone()
    }

    /// Waits until the other side has hung up.
    pub(crate) async fn is_over(&mut self) {
        loop {
            match self.news.recv().await {
                Some(News::Over | News::Refused(_)) | None => return,
                Some(News::Changes(_, answer)) => drop(answer.send(None)),
                Some(News::Rings(_) | News::Answered(_)) => {}
            }
        }
    }

    /// Hangs up: a BYE, or a CANCEL while it rings.
    pub(crate) fn leg(&self) -> Arc<dyn Leg> {
        Arc::clone(&self.leg)
    }
}

impl Voice {
    /// Presses keys, one after the other, after those that wait.
    pub(crate) fn press(&self, keys: &str) {
        for key in keys.chars() {
            // A call that is over is not spoken into.
            let _ = self.0.send(Utterance::Key(key));
        }
    }

    /// Speaks for so long.
    pub(crate) fn speak(&self, lasts: Duration) {
        let frames = u64::try_from(lasts.as_millis() / stream::BEAT.as_millis()).unwrap_or(u64::MAX);
        let _ = self.0.send(Utterance::Sound(frames));
    }
}
