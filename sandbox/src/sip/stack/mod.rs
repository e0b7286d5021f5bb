//! The signalling by `rsipstack`: its transactions and dialogs, on sockets of our own.
//!
//! What it lacks stands around it. Messages are received here, bounded, counted and read before it sees them; a message
//! that breaks it is dropped. It lives on a runtime of its own, where nothing that it logs is written (it logs whole
//! messages, numbers and all), and when its task breaks the runtime is thrown away and the next one begins on the same
//! sockets.

mod answers;
mod contact;
mod core;
mod leg;
mod message;
mod tcp;
mod udp;

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tracing::subscriber::NoSubscriber;

use super::registrar::Trunk;
use super::settings::Settings;
use super::signalling::{Heard, Leg, News, Outgoing, Signalling, Welcome};
use super::{SipError, ports};
use crate::time::sleep;
use core::Core;

/// The name of the stack's threads.
const THREADS: &str = "sip-stack";
/// Messages that may wait in the socket while the stack does not run.
const BUFFER: usize = 4 * 1024 * 1024;
/// Between two lives of the stack.
const PAUSE: Duration = Duration::from_millis(50);
/// Ports tried for one that is free for both UDP and TCP.
const TRIES: usize = 16;

/// The stack, whichever life it is in.
#[derive(Debug)]
pub(crate) struct Stack {
    address: SocketAddr,
    current: Mutex<Option<Arc<Core>>>,
    crash: Notify,
    stop: CancellationToken,
}

struct Sockets {
    udp: UdpSocket,
    tcp: TcpListener,
}

impl Stack {
    /// Binds the sockets and begins. Must be called inside a tokio runtime.
    pub(crate) fn start(
        settings: &Settings,
        trunk: Option<Trunk>,
        welcome: Arc<Welcome>,
        heard: mpsc::Sender<Heard>,
    ) -> Result<Arc<Self>, SipError> {
        let sockets = bind(settings.listen).map_err(|error| SipError::Listen(settings.listen, error))?;
        let address = sockets.udp.local_addr().map_err(|error| SipError::Listen(settings.listen, error))?;
        keep_messages_out_of_panics();
        let stop = CancellationToken::new();
        let stack = Arc::new(Self { address, current: Mutex::default(), crash: Notify::new(), stop: stop.clone() });
        let plan = core::Plan { settings: settings.clone(), trunk: trunk.map(Arc::new), welcome, heard, address };
        let watched = Arc::downgrade(&stack);
        tokio::spawn(async move {
            while let Some(stack) = watched.upgrade() {
                let life = stack.live(&sockets, &plan);
                drop(stack);
                let Ok(life) = life else {
                    tracing::error!("the SIP stack cannot begin");
                    sleep(PAUSE).await;
                    continue;
                };
                if life.until_it_ends(&stop).await == End::Stopped {
                    return;
                }
                tracing::warn!("the SIP stack broke and begins anew");
                if let Some(stack) = watched.upgrade() {
                    stack.set(None);
                }
                sleep(PAUSE).await;
            }
        });
        Ok(stack)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins a life on copies of the sockets.
    fn live(self: &Arc<Self>, sockets: &Sockets, plan: &core::Plan) -> std::io::Result<Life> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(THREADS)
            // What the stack logs is whole messages: it logs to nobody.
            .on_thread_start(|| std::mem::forget(tracing::subscriber::set_default(NoSubscriber::default())))
            .enable_all()
            .build()?;
        let (udp, tcp) = (sockets.udp.try_clone()?, sockets.tcp.try_clone()?);
        let (stack, plan, handle) = (Arc::downgrade(self), plan.clone(), runtime.handle().clone());
        let task = runtime.spawn(async move {
            let Ok((core, serving)) = core::begin(plan, handle, udp, tcp).await else { return };
            let Some(stack) = stack.upgrade() else { return };
            stack.set(Some(core));
            tokio::select! {
                () = serving => {}
                // As a mistake in the stack would end it.
                () = stack.crash.notified() => std::panic::resume_unwind(Box::new("a fault on purpose")),
            }
        });
        Ok(Life { runtime: Some(runtime), task })
    }

    fn set(&self, core: Option<Arc<Core>>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = core;
    }

    fn core(&self) -> Option<Arc<Core>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Signalling for Stack {
    fn invite(&self, call: Outgoing) -> Option<(Arc<dyn Leg>, mpsc::Receiver<News>)> {
        self.core()?.call(call)
    }

    fn calls(&self) -> usize {
        self.core().map_or(0, |core| core.calls())
    }

    fn dialogs(&self) -> usize {
        self.core().map_or(0, |core| core.dialogs())
    }

    fn crash(&self) {
        self.crash.notify_one();
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// One life of the stack.
struct Life {
    runtime: Option<tokio::runtime::Runtime>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(PartialEq, Eq)]
enum End {
    Stopped,
    Broke,
}

impl Life {
    async fn until_it_ends(mut self, stop: &CancellationToken) -> End {
        tokio::select! {
            () = stop.cancelled() => End::Stopped,
            _ = &mut self.task => End::Broke,
        }
    }
}

/// Whatever the stack still runs ends with its runtime.
impl Drop for Life {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn bind(at: SocketAddr) -> std::io::Result<Sockets> {
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        let udp = ports::udp(at, BUFFER)?;
        match TcpListener::bind(udp.local_addr()?) {
            Ok(tcp) => {
                tcp.set_nonblocking(true)?;
                return Ok(Sockets { udp, tcp });
            }
            Err(error) if at.port() == 0 => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// What a panic says may quote the message that led to it: of the stack's own panics only the place is told.
fn keep_messages_out_of_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() == Some(THREADS) {
                let place = panic.location().map_or_else(String::new, ToString::to_string);
                eprintln!("guardia-sandbox: the SIP stack panicked at {place}");
            } else {
                usual(panic);
            }
        }));
    });
}
