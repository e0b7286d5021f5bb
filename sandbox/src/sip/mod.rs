//! SIP: real telephones on the network.
//!
//! A softphone that calls `sip:line@HOST` hears what a caller hears and is heard; telephones that register under a staff
//! number ring when the network rings that number.
//!
//! | Where | What |
//! |---|---|
//! | `settings` | what a gateway is started with |
//! | `signalling` | what it needs of a SIP stack, in words of its own |
//! | `stack` | that by `rsipstack`, on sockets of our own |
//! | `inbound`, `outbound` | somebody calls; somebody is called |
//! | `conversation`, `media` | what both have in common: two sides, and the sound between them |
//! | `registrar`, `digest`, `gate` | who may register, how it is proved, how often it may be tried |
//! | `sdp`, `rtp`, `keys`, `ports` | what goes over the wire |
//! | `softphone` | telephones of our own that call a gateway, for a load test |
//!
//! What is not there: RTCP, SRTP, TLS, session timers, REFER, INVITE without a description, names in place of addresses.

mod conversation;
mod digest;
mod gate;
mod inbound;
mod keys;
mod media;
mod outbound;
mod ports;
mod registrar;
mod rtp;
mod sdp;
mod settings;
mod signalling;
mod softphone;
mod stack;
mod switchboard;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::network::Network;
use crate::time::machine_now;
use digest::Digest;
use ports::Ports;
use registrar::{Registrar, Trunk};
use signalling::{Heard, Signalling};
use stack::Stack;
use switchboard::Switchboard;

pub use settings::{Settings, SipLimits, Staff};
pub(crate) use signalling::Leg;
pub(crate) use softphone::{Arrivals, Progress, Softphone, Softphones, Voice};

/// Whom a telephone proves itself to.
const REALM: &str = "guardia-sandbox";
/// How long a nonce is good for.
const NONCE: i64 = 300;
/// What may wait for the gateway; more is not heard.
const WAITING: usize = 1024;

/// Why there is no gateway.
#[derive(Debug, thiserror::Error)]
pub enum SipError {
    /// The sockets cannot be had.
    #[error("cannot listen for SIP on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The machine gives no random numbers.
    #[error("no random numbers: {0}")]
    Randomness(getrandom::Error),
}

/// A door between the network and SIP. It is open for as long as it lives; the network must run in real time.
#[derive(Debug)]
pub struct Gateway {
    shared: Arc<Shared>,
    address: SocketAddr,
    _open: DropGuard,
}

/// What every call has at hand.
#[derive(Debug)]
struct Shared {
    network: Network,
    settings: Settings,
    ports: Ports,
    signalling: Arc<dyn Signalling>,
    registrar: Mutex<Registrar>,
    switchboard: Switchboard,
}

impl Gateway {
    /// Opens the door. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on.
    pub fn open(network: &Network, settings: Settings) -> Result<Self, SipError> {
        let secret = random().map_err(SipError::Randomness)?;
        let digest = || Digest::new(REALM, secret, TimeDelta::seconds(NONCE), settings.sha256);
        let trunk = settings.trunk.clone().map(|account| Trunk::new(digest(), account));
        let (heard, hearing) = mpsc::channel(WAITING);
        let lines = network.clone();
        let welcome = Arc::new(move |user: &str, offer: &[u8]| inbound::welcome(&lines, user, offer));
        let stack = Stack::start(&settings, trunk, welcome, heard)?;
        let address = stack.address();
        let shared = Arc::new(Shared {
            network: network.clone(),
            ports: Ports::new(address.ip(), settings.rtp_ports.clone()),
            registrar: Mutex::new(Registrar::new(digest(), &settings.staff)),
            signalling: stack,
            switchboard: Switchboard::default(),
            settings,
        });
        let stop = CancellationToken::new();
        let notices = network.watch();
        let (gateway, stopped) = (Arc::clone(&shared), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                () = attend(Arc::clone(&gateway), hearing) => {}
                () = switchboard::run(gateway, notices) => {}
            }
        });
        Ok(Self { shared, address, _open: stop.drop_guard() })
    }

    /// Where it listens, for UDP and TCP.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Calls in progress.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.shared.signalling.calls()
    }

    /// Calls that it remembers: those in progress, and those that are just over.
    #[must_use]
    pub fn dialogs(&self) -> usize {
        self.shared.signalling.dialogs()
    }

    /// How many telephones are registered under a number at present.
    #[must_use]
    pub fn telephones(&self, number: &str) -> usize {
        self.shared.registrar().telephones(number, machine_now()).len()
    }

    /// A fault on purpose: the stack breaks, as a mistake in it would break it. Every call over SIP ends; it begins anew.
    pub fn crash(&self) {
        self.shared.signalling.crash();
    }
}

impl Shared {
    fn registrar(&self) -> std::sync::MutexGuard<'_, Registrar> {
        self.registrar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn attend(gateway: Arc<Shared>, mut hearing: mpsc::Receiver<Heard>) {
    while let Some(heard) = hearing.recv().await {
        match heard {
            Heard::Invite(invitation) => {
                tokio::spawn(inbound::take(Arc::clone(&gateway), invitation));
            }
            Heard::Register(request, answer) => {
                let verdict = gateway.registrar().register(request, machine_now());
                // The stack may be gone meanwhile.
                let _ = answer.send(verdict);
            }
        }
    }
}

/// Nobody outside can guess these: the gateway's one home of randomness.
fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
