//! A network in real time, an application on it, and the gateway.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use guardia_sandbox::sip::{Gateway, Settings};
use guardia_sandbox::{CallStatus, CallView, Network};

use crate::application::{Answer, Application, Asked};

pub const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub struct Rig {
    pub app: Application,
    pub network: Network,
    pub gateway: Gateway,
}

impl Rig {
    pub async fn start(answer: impl Fn(&Asked) -> Answer + Clone + Send + Sync + 'static) -> Self {
        Self::with(answer, |_| {}).await
    }

    pub async fn with(
        answer: impl Fn(&Asked) -> Answer + Clone + Send + Sync + 'static,
        set: impl FnOnce(&mut Settings),
    ) -> Self {
        let app = Application::start(answer).await;
        let network = Network::start(app.config().starting_now());
        let running = network.clone();
        tokio::spawn(async move { running.run_in_real_time().await });
        let mut settings = Settings::new(SocketAddr::new(LOCAL, 0));
        set(&mut settings);
        let gateway = Gateway::open(&network, settings).unwrap();
        Self { app, network, gateway }
    }

    /// Waits until something is so, for at most ten seconds.
    #[track_caller]
    pub fn until<'r>(&'r self, what: &'r str, is: impl Fn(&Self) -> bool + 'r) -> impl Future<Output = ()> + 'r {
        until(what, move || is(self))
    }

    /// The only call there was.
    pub fn call(&self) -> CallView {
        let calls = self.network.calls();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.into_iter().next().unwrap()
    }

    pub fn ended(&self, how: CallStatus) -> bool {
        self.network.calls().iter().any(|call| call.status == how)
    }
}

/// Waits until something is so, for at most ten seconds.
#[expect(clippy::disallowed_methods, reason = "a test of real time looks again and again")]
pub async fn until(what: &str, is: impl Fn() -> bool) {
    let mut look = tokio::time::interval(Duration::from_millis(10));
    for _ in 0..1000 {
        look.tick().await;
        if is() {
            return;
        }
    }
    panic!("never: {what}");
}

/// Tests that need the whole machine run one after the other, whether as threads or as processes.
pub async fn alone() -> std::fs::File {
    let file = std::fs::File::create(std::env::temp_dir().join("guardia-sandbox-sip-tests.lock")).unwrap();
    tokio::task::spawn_blocking(move || {
        file.lock().unwrap();
        file
    })
    .await
    .unwrap()
}

/// A port for a program that must be told one, and a few behind it: below those that the machine gives out by itself.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 500).unwrap() * 18;
    loop {
        let port = 22_000 + (first + NEXT.fetch_add(6, Ordering::Relaxed)) % 9_000;
        let at = SocketAddr::new(LOCAL, port);
        if UdpSocket::bind(at).is_ok() && TcpListener::bind(at).is_ok() {
            return port;
        }
    }
}
