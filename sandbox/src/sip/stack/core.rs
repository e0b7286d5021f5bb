//! One life of the stack: what comes in, and what begins.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use rsipstack::EndpointBuilder;
use rsipstack::dialog::DialogId;
use rsipstack::dialog::dialog::Dialog;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Header, Method, SipMessage, StatusCode, Uri};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::endpoint::{EndpointInnerRef, EndpointOption};
use rsipstack::transaction::key::TransactionRole;
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::transport_layer::DomainResolver;
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportLayer};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::super::gate::Gate;
use super::super::registrar::Trunk;
use super::super::settings::Settings;
use super::super::signalling::{Flow, Heard, Welcome};
use super::{answers, message, tcp, udp};
use crate::time::{machine_now, sleep};

/// Messages of all kinds an address may send, for each request outside a call that it may make.
const MESSAGES: u32 = 10;

/// How often it is looked, within T1, whether the ACK has arrived that was sent before something else.
const OVERTAKEN: u32 = 50;

/// Calls that may be remembered for each one that may be in progress: those are just over whose BYE nobody answers.
const LINGERING: usize = 3;

/// What every life begins with.
#[derive(Clone)]
pub(super) struct Plan {
    pub settings: Settings,
    pub trunk: Option<Arc<Trunk>>,
    pub welcome: Arc<Welcome>,
    pub heard: mpsc::Sender<Heard>,
    pub address: SocketAddr,
}

/// One life of the stack.
pub(crate) struct Core {
    pub(super) plan: Plan,
    pub(super) runtime: Handle,
    pub(super) dialogs: DialogLayer,
    pub(super) endpoint: EndpointInnerRef,
    /// Dialogs of calls that we made: the layer knows them only until they are answered.
    ours: Mutex<HashMap<String, InviteDialog>>,
    calls: Arc<Semaphore>,
    requests: Mutex<Gate>,
    messages: Mutex<Gate>,
}

impl fmt::Debug for Core {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Core").field("calls", &self.calls()).finish_non_exhaustive()
    }
}

/// Begins a life. What it returns besides is all that must run; it ends only by a panic.
pub(super) async fn begin(
    plan: Plan,
    runtime: Handle,
    udp: UdpSocket,
    tcp: TcpListener,
) -> rsipstack::Result<(Arc<Core>, impl Future<Output = ()>)> {
    let stop = CancellationToken::new();
    let transport = TransportLayer::new_with_domain_resolver(stop.clone(), Box::new(NoNames));
    let socket = Arc::new(tokio::net::UdpSocket::from_std(udp)?);
    let connection = UdpConnection::from_socket(Arc::clone(&socket) as _, None, Some(stop.child_token())).await?;
    // Its own loop is never started: datagrams are received here.
    transport.add_transport(connection.clone().into());
    let t1 = plan.settings.t1;
    let option = EndpointOption {
        t1,
        t2: t1.saturating_mul(8),
        t4: t1.saturating_mul(10),
        t1x64: t1.saturating_mul(64),
        ..EndpointOption::default()
    };
    let endpoint = EndpointBuilder::new()
        .with_user_agent("guardia-sandbox")
        .with_option(option)
        .with_transport_layer(transport)
        .with_cancel_token(stop)
        .build();
    let incoming = endpoint.incoming_transactions()?;
    let limits = &plan.settings.limits;
    let per_second = limits.requests_per_second;
    let gate = |per_second: u32| Mutex::new(Gate::new(per_second.saturating_mul(60), per_second.saturating_mul(3)));
    let core = Arc::new(Core {
        runtime,
        dialogs: DialogLayer::new(Arc::clone(&endpoint.inner)),
        endpoint: Arc::clone(&endpoint.inner),
        ours: Mutex::default(),
        calls: Arc::new(Semaphore::new(limits.calls)),
        requests: gate(per_second),
        messages: gate(per_second.saturating_mul(MESSAGES)),
        plan,
    });
    let listener = tokio::net::TcpListener::from_std(tcp)?;
    let serving = {
        let core = Arc::clone(&core);
        async move {
            tokio::select! {
                () = core.endpoint.process_timer() => {}
                () = attend(Arc::clone(&core), incoming) => {}
                () = udp::listen(Arc::clone(&core), socket, connection) => {}
                () = tcp::listen(Arc::clone(&core), listener) => {}
            }
        }
    };
    Ok((core, serving))
}

async fn attend(core: Arc<Core>, mut incoming: TransactionReceiver) {
    while let Some(transaction) = incoming.recv().await {
        core.begins(transaction);
    }
}

impl Core {
    /// Calls in progress.
    pub(super) fn calls(&self) -> usize {
        self.plan.settings.limits.calls.saturating_sub(self.calls.available_permits())
    }

    pub(super) fn permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.calls).try_acquire_owned().ok()
    }

    /// Our own address as a telephone is told it that talks to us like this.
    pub(super) fn contact(&self, connection: Option<&SipConnection>) -> Option<Uri> {
        let tcp = connection.is_some_and(SipConnection::is_reliable);
        let how = if tcp { ";transport=tcp" } else { "" };
        Uri::try_from(format!("sip:{}{how}", self.plan.address).as_str()).ok()
    }

    /// A message came: the stack hears it, if it is one and its sender does not say too much.
    pub(super) async fn hear(self: &Arc<Self>, bytes: &[u8], source: SocketAddr, connection: &SipConnection) {
        let admits =
            |gate: &Mutex<Gate>| gate.lock().unwrap_or_else(PoisonError::into_inner).admit(source.ip(), machine_now());
        if !admits(&self.messages) {
            return;
        }
        let Some(message) = message::read(bytes, source, connection.transport()) else { return };
        let message = match message {
            SipMessage::Request(request) => {
                if !message::continues(&request) && !admits(&self.requests) {
                    return;
                }
                match self.sorted(request, source, connection).await {
                    Some(request) => SipMessage::Request(request),
                    None => return,
                }
            }
            response @ SipMessage::Response(_) => response,
        };
        let from = SipAddr { r#type: Some(connection.transport()), addr: source.into() };
        let heard = self.endpoint.on_received_message(message, connection.clone(), &from);
        // A message that breaks the stack is dropped; its state stands behind locks that do not break with it.
        let mut heard = pin!(heard);
        std::future::poll_fn(|context| {
            catch_unwind(AssertUnwindSafe(|| heard.as_mut().poll(context).map(drop))).unwrap_or(Poll::Ready(()))
        })
        .await;
    }

    /// Whether there is no room for another call.
    pub(super) fn is_full(&self) -> bool {
        let stats = self.endpoint.get_stats();
        let kept = stats.running_transactions.saturating_add(stats.finished_transactions);
        let limits = &self.plan.settings.limits;
        kept >= limits.transactions
            || self.dialogs() >= limits.calls.saturating_mul(LINGERING)
            || self.calls.available_permits() == 0
    }

    /// The dialog that a request belongs to.
    pub(super) fn dialog(&self, request: &rsipstack::sip::Request) -> Option<InviteDialog> {
        let id = DialogId::try_from((request, TransactionRole::Server)).ok()?;
        match self.dialogs.get_dialog(&id) {
            Some(Dialog::Invite(dialog)) => Some(dialog),
            _ => self.ours.lock().unwrap_or_else(PoisonError::into_inner).get(&id.to_string()).cloned(),
        }
    }

    fn begins(self: &Arc<Self>, transaction: Transaction) {
        match (transaction.original.method, message::has_tag(&transaction.original)) {
            (Method::Ack | Method::Cancel, _) => {}
            (_, true) => self.continues(transaction),
            (Method::Invite, false) => self.invited(transaction),
            // The door has answered all others.
            (_, false) => self.reply(transaction, StatusCode::MethodNotAllowed, vec![answers::allow()]),
        }
    }

    /// Something within a dialog.
    fn continues(&self, mut transaction: Transaction) {
        match self.dialog(&transaction.original) {
            Some(mut dialog) => {
                let patience = self.plan.settings.t1;
                self.runtime.spawn(async move {
                    // What comes right behind the ACK must not overtake it.
                    for _ in 0..OVERTAKEN {
                        if transaction.original.method == Method::Bye || !dialog.state().waiting_ack() {
                            break;
                        }
                        sleep(patience / OVERTAKEN).await;
                    }
                    dialog.handle(&mut transaction).await
                });
            }
            None => self.reply(transaction, StatusCode::CallTransactionDoesNotExist, Vec::new()),
        }
    }

    pub(super) fn reply(&self, mut transaction: Transaction, status: StatusCode, headers: Vec<Header>) {
        self.runtime.spawn(async move { transaction.reply_with(status, headers, None).await });
    }

    pub(super) fn keep(&self, id: &DialogId, dialog: InviteDialog) {
        self.ours.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_string(), dialog);
    }

    /// A dialog is over: whatever the stack remembers of it goes.
    pub(super) fn forget(&self, id: &DialogId) {
        self.dialogs.remove_dialog(id);
        self.ours.lock().unwrap_or_else(PoisonError::into_inner).remove(&id.to_string());
    }

    /// Dialogs that are remembered.
    pub(super) fn dialogs(&self) -> usize {
        self.dialogs.len().saturating_add(self.ours.lock().unwrap_or_else(PoisonError::into_inner).len())
    }
}

/// Where a request came from: the address of its datagram or connection, which the door wrote into its `Via`.
pub(super) fn flow(transaction: &Transaction) -> Option<Flow> {
    let connection = transaction.connection.as_ref()?;
    if let Some(remote) = connection.get_remote_addr() {
        let source = remote.get_socketaddr().ok()?;
        return Some(Flow { source, connection: Some(Arc::new(connection.clone())) });
    }
    let to = SipConnection::parse_target_from_via(transaction.original.via_header().ok()?).ok()?.1;
    let host: IpAddr = to.host.to_string().parse().ok()?;
    let port = to.port.map_or(5060, Into::into);
    Some(Flow { source: SocketAddr::new(host, port), connection: None })
}

/// Names are not looked up: whoever calls could have us ask for any.
struct NoNames;

#[async_trait::async_trait]
impl DomainResolver for NoNames {
    async fn resolve(&self, target: &SipAddr) -> rsipstack::Result<SipAddr> {
        Err(rsipstack::Error::DnsResolutionError(format!("names are not looked up ({:?})", target.r#type)))
    }
}
