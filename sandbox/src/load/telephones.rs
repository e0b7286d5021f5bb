//! Callers with real telephones: each is a SIP leg over loopback, to a gateway that stands for the length of the run.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::{CreationError, Histogram};

use super::report::{SipFigures, Times};
use super::run::LoadError;
use super::tally::{add_one, histogram};
use crate::ids::CallSid;
use crate::network::Network;
use crate::sip::{Arrivals, Gateway, Leg, Progress, Settings, Softphone, Softphones, Voice};
use crate::time::{Stopwatch, sleep};

/// The most telephones of a run: each needs two ports, and the gateway has a thousand.
pub(super) const MOST: usize = 400;
/// Calls for each telephone that the gateway may have: those of before are just over.
const JUST_OVER: usize = 2;
/// Requests per second of all telephones: they are one address.
const REQUESTS: u32 = 5000;
/// How long the network may take to hear that somebody hung up, or that the line did.
const HEARS: Duration = Duration::from_secs(2);
const LOOKS: Duration = Duration::from_millis(10);

/// All telephones of a run, and what is counted of them.
#[derive(Debug)]
pub(super) struct Telephones {
    phones: Softphones,
    arrivals: Arc<Arrivals>,
    counted: Mutex<Counted>,
    _gateway: Gateway,
}

#[derive(Debug)]
struct Counted {
    ringing: Histogram<u64>,
    set_up: Histogram<u64>,
    refused: BTreeMap<u16, u64>,
}

/// A telephone that has dialled.
pub(super) struct Telephone<'t> {
    all: &'t Telephones,
    phone: Softphone,
    /// The call on the network, once it is answered.
    call: Option<CallSid>,
}

impl Telephones {
    /// Opens a gateway on loopback for a network in real time, and telephones that call it.
    pub(super) fn open(network: &Network, callers: usize) -> Result<Self, LoadError> {
        if callers > MOST {
            return Err(LoadError::Telephones(MOST));
        }
        let places = network.config().limits.handsets;
        if places < callers {
            return Err(LoadError::Handsets(places));
        }
        let calls = callers.saturating_mul(JUST_OVER).max(JUST_OVER);
        let mut settings = Settings::new(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0));
        settings.limits.calls = calls;
        settings.limits.requests_per_second = REQUESTS;
        let gateway = Gateway::open(network, settings)?;
        let phones = Softphones::new(gateway.address(), calls)?;
        let uncounted = |error: CreationError| LoadError::Counting(error.to_string());
        let times = histogram().map_err(uncounted)?;
        Ok(Self {
            phones,
            arrivals: Arc::new(Arrivals::new().map_err(uncounted)?),
            counted: Mutex::new(Counted { ringing: times.clone(), set_up: times, refused: BTreeMap::new() }),
            _gateway: gateway,
        })
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self, code: u16) {
        add_one(self.counted().refused.entry(code).or_default());
    }

    /// Somebody dials; `None` = their telephone has no line, which is counted.
    pub(super) async fn dial(&self, from: &str, to: &str) -> Option<Telephone<'_>> {
        match self.phones.dial(from, to).await {
            Ok(phone) => Some(Telephone { all: self, phone, call: None }),
            Err(code) => {
                self.refused(code);
                None
            }
        }
    }

    pub(super) fn figures(&self) -> SipFigures {
        let (counted, arrivals) = (self.counted(), self.arrivals.counted());
        let expected = arrivals.heard.saturating_add(arrivals.lost);
        SipFigures {
            ringing: Times::of(&counted.ringing),
            set_up: Times::of(&counted.set_up),
            refused: counted.refused.iter().map(|(code, count)| (code.to_string(), *count)).collect(),
            failed: counted.refused.iter().filter(|(code, _)| is_failure(**code)).map(|(_, count)| count).sum(),
            jitter: Times::of(&arrivals.jitter),
            packets_sent: arrivals.sent,
            packets_heard: arrivals.heard,
            packets_lost: arrivals.lost,
            lost_percent: percent(arrivals.lost, expected),
        }
    }
}

impl Telephone<'_> {
    /// Waits until it is answered; which call on the network it is, and what its person says into it.
    pub(super) async fn until_answered(&mut self, network: &Network, from: &str) -> Option<(CallSid, Voice)> {
        let mut rang = false;
        loop {
            match self.phone.progress(&self.all.arrivals).await {
                Progress::Rings(took) => {
                    if !rang {
                        self.all.counted().ringing.saturating_record(micros(took));
                    }
                    rang = true;
                }
                Progress::Answered(took) => {
                    self.all.counted().set_up.saturating_record(micros(took));
                    self.call = network.calling(from);
                    return self.call.clone().zip(self.phone.voice());
                }
                Progress::Refused(code) => {
                    self.all.refused(code);
                    return None;
                }
            }
        }
    }

    /// Whether it was answered.
    pub(super) fn is_answered(&self) -> bool {
        self.phone.voice().is_some()
    }

    /// The call on the network, once it is answered.
    pub(super) fn call(&self) -> Option<&CallSid> {
        self.call.as_ref()
    }

    pub(super) fn leg(&self) -> Arc<dyn Leg> {
        self.phone.leg()
    }

    /// Waits until the line has hung up, and a while longer: the network has heard of it by then.
    pub(super) async fn is_gone(&mut self) {
        self.phone.is_over().await;
        sleep(HEARS).await;
    }

    /// Hangs up, and waits until the network has heard it, but not for ever.
    pub(super) async fn hang_up(self, network: &Network, from: &str) {
        self.phone.leg().hang_up();
        let watch = Stopwatch::start();
        let on_call = || match &self.call {
            Some(call) => network.glimpse(call).is_some(),
            None => network.calling(from).is_some(),
        };
        while on_call() && watch.elapsed() < HEARS {
            sleep(LOOKS).await;
        }
    }
}

/// Whether a code tells of a fault: the application may reject (480, 486), and whoever hangs up early is told so (487).
fn is_failure(code: u16) -> bool {
    !matches!(code, 480 | 486 | 487)
}

fn micros(length: Duration) -> u64 {
    u64::try_from(length.as_micros()).unwrap_or(u64::MAX)
}

fn percent(part: u64, whole: u64) -> f64 {
    let number = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 { 0.0 } else { number(part) * 100.0 / number(whole) }
}
