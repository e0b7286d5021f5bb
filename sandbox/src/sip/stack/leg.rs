//! The legs of calls: each has a task that drives its dialog, takes orders and tells news.

use std::sync::Arc;

use rsipstack::dialog::DialogId;
use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TransactionHandle};
use rsipstack::dialog::invitation::InviteOption;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::{HeadersExt, UntypedHeader};
use rsipstack::sip::{Header, StatusCode, StatusCodeKind, Uri};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::{SipAddr, SipConnection};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::super::signalling::{Heard, Invitation, Leg, News, Outgoing};
use super::core::{self, Core};
use super::message;
use crate::time::machine_now;

/// News that may wait for the gateway.
const NEWS: usize = 16;

#[derive(Debug)]
enum Order {
    Ring(Option<Vec<u8>>),
    Accept(Vec<u8>),
    Refuse(u16),
    HangUp,
}

/// The gateway's end of a leg.
#[derive(Debug)]
struct Handle(mpsc::UnboundedSender<Order>);

impl Handle {
    fn order(&self, order: Order) {
        // A leg that is over takes no orders.
        let _ = self.0.send(order);
    }
}

impl Leg for Handle {
    fn ring(&self, early: Option<Vec<u8>>) {
        self.order(Order::Ring(early));
    }

    fn accept(&self, description: Vec<u8>) {
        self.order(Order::Accept(description));
    }

    fn refuse(&self, code: u16) {
        self.order(Order::Refuse(code));
    }

    fn hang_up(&self) {
        self.order(Order::HangUp);
    }
}

/// Forgets a dialog when its task ends, however it ends.
struct Remembered {
    core: Arc<Core>,
    id: DialogId,
}

impl Drop for Remembered {
    fn drop(&mut self) {
        self.core.forget(&self.id);
    }
}

impl Core {
    /// Somebody calls.
    pub(super) fn invited(self: &Arc<Self>, transaction: Transaction) {
        let request = &transaction.original;
        let Some(flow) = core::flow(&transaction) else {
            return self.reply(transaction, StatusCode::BadRequest, Vec::new());
        };
        if let Some(trunk) = &self.plan.trunk {
            let authorization = request.authorization_header().map(UntypedHeader::value);
            if let Err(challenges) = trunk.admit(authorization, flow.source.ip(), machine_now()) {
                let status = if challenges.is_empty() { StatusCode::Forbidden } else { StatusCode::Unauthorized };
                let header = |challenge: String| Header::WwwAuthenticate(challenge.into());
                return self.reply(transaction, status, challenges.into_iter().map(header).collect());
            }
        }
        let busy = |core: &Self, transaction| {
            core.reply(transaction, StatusCode::ServiceUnavailable, vec![Header::RetryAfter("5".into())]);
        };
        let (Some(permit), Ok(place)) = (self.permit(), self.plan.heard.clone().try_reserve_owned()) else {
            return busy(self, transaction);
        };
        let (states, changes) = self.dialogs.new_dialog_state_channel();
        let contact = self.contact(transaction.connection.as_ref());
        let Ok(dialog) = self.dialogs.get_or_create_server_invite(&transaction, states, None, contact) else {
            return busy(self, transaction);
        };
        let (orders, ordered) = mpsc::unbounded_channel();
        let (told, news) = mpsc::channel(NEWS);
        place.send(Heard::Invite(Invitation {
            leg: Arc::new(Handle(orders)),
            news,
            from: message::caller(&transaction.original),
            to: message::called(&transaction.original),
            source: flow.source,
            offer: transaction.original.body.clone(),
        }));
        let remembered = Remembered { core: Arc::clone(self), id: dialog.id() };
        self.runtime.spawn(incoming(dialog, transaction, Ends { changes, ordered, told }, remembered, permit));
    }

    /// Calls a telephone.
    pub(super) fn call(self: &Arc<Self>, call: Outgoing) -> Option<(Arc<dyn Leg>, mpsc::Receiver<News>)> {
        let permit = self.permit()?;
        let (orders, ordered) = mpsc::unbounded_channel();
        let (told, news) = mpsc::channel(NEWS);
        let core = Arc::clone(self);
        self.runtime.spawn(async move {
            let (states, changes) = core.dialogs.new_dialog_state_channel();
            if outgoing(&core, call, states, Ends { changes, ordered, told: told.clone() }, permit).await.is_none() {
                let _ = told.send(News::Refused(500)).await;
            }
        });
        Some((Arc::new(Handle(orders)), news))
    }
}

/// What a leg's task listens to and speaks to.
struct Ends {
    changes: DialogStateReceiver,
    ordered: mpsc::UnboundedReceiver<Order>,
    told: mpsc::Sender<News>,
}

async fn incoming(
    dialog: InviteDialog,
    mut transaction: Transaction,
    mut ends: Ends,
    _remembered: Remembered,
    permit: OwnedSemaphorePermit,
) {
    // Must run beside the rest: it is what hears the ACK and the CANCEL, and it may outlive the leg.
    let mut handler = {
        let mut dialog = dialog.clone();
        tokio::spawn(async move {
            let _ = dialog.handle(&mut transaction).await;
        })
    };
    let mut handled = false;
    loop {
        tokio::select! {
            Some(change) = ends.changes.recv() => {
                if happens(change, &ends.told).await {
                    return;
                }
            }
            order = ends.ordered.recv() => match order.unwrap_or(Order::HangUp) {
                Order::Ring(early) => drop(dialog.ringing(early.as_ref().map(|_| description_type()), early)),
                Order::Accept(description) => drop(dialog.accept(Some(description_type()), Some(description))),
                Order::Refuse(code) => drop(dialog.reject(Some(StatusCode::from(code)), None)),
                Order::HangUp => {
                    end(&dialog);
                    // No more orders matter. Whether the other side ever answers the BYE keeps nobody else out.
                    ends.ordered.close();
                    drop(permit);
                    if !outlast(&mut ends.changes).await {
                        let _ = ends.told.send(News::Over).await;
                    }
                    return;
                }
            },
            _ = &mut handler, if !handled => {
                handled = true;
                if !matches!(dialog.state(), DialogState::Confirmed(..) | DialogState::WaitAck(..)) {
                    let _ = ends.told.send(News::Over).await;
                    return;
                }
            }
        }
    }
}

/// Ends a dialog in whichever way fits.
fn end(dialog: &InviteDialog) {
    let dialog = dialog.clone();
    tokio::spawn(async move {
        match dialog.state() {
            DialogState::Calling(_) | DialogState::Trying(_) | DialogState::Early(..)
                if dialog.role() == rsipstack::transaction::key::TransactionRole::Server =>
            {
                let _ = dialog.reject(Some(StatusCode::TemporarilyUnavailable), None);
            }
            _ => drop(dialog.hangup().await),
        }
    });
}

/// Waits until a dialog that was ended says so; whether it did.
async fn outlast(changes: &mut DialogStateReceiver) -> bool {
    while let Some(change) = changes.recv().await {
        if matches!(change, DialogState::Terminated(..)) {
            return true;
        }
    }
    false
}

/// Tells what a dialog in conversation does; whether it is over.
async fn happens(change: DialogState, told: &mpsc::Sender<News>) -> bool {
    match change {
        DialogState::Terminated(..) => {
            let _ = told.send(News::Over).await;
            true
        }
        DialogState::Updated(_, request, handle) => {
            let told = told.clone();
            tokio::spawn(async move { changes(request.body, handle, told).await });
            false
        }
        DialogState::Options(_, _, handle) => {
            let _ = handle.reply(StatusCode::OK).await;
            false
        }
        // Dropping the handle of whatever else there is answers 501.
        _ => false,
    }
}

/// The other side changes its description, or asks for ours.
async fn changes(offer: Vec<u8>, handle: TransactionHandle, told: mpsc::Sender<News>) {
    let (answer, answered) = oneshot::channel();
    if told.send(News::Changes(offer, answer)).await.is_err() {
        return;
    }
    let _ = match answered.await.ok().flatten() {
        Some(answer) => handle.respond(StatusCode::OK, Some(description_type()), Some(answer)).await,
        None => handle.reply(StatusCode::NotAcceptableHere).await,
    };
}

async fn outgoing(
    core: &Arc<Core>,
    call: Outgoing,
    states: rsipstack::dialog::dialog::DialogStateSender,
    mut ends: Ends,
    permit: OwnedSemaphorePermit,
) -> Option<()> {
    let connection = call.flow.connection.as_ref().and_then(|any| any.downcast_ref::<SipConnection>()).cloned();
    let transport = connection.as_ref().map_or(rsipstack::sip::Transport::Udp, SipConnection::transport);
    let ours = |user: &str| Uri::try_from(format!("sip:{user}@{}", core.plan.address).as_str()).ok();
    let option = InviteOption {
        caller: ours(&call.from)?,
        callee: Uri::try_from(call.contact.as_str()).ok()?,
        destination: Some(SipAddr { r#type: Some(transport), addr: call.flow.source.into() }),
        contact: core.contact(connection.as_ref())?,
        offer: Some(call.offer),
        ..InviteOption::default()
    };
    let (dialog, mut transaction) = core.dialogs.create_client_invite_dialog(option, states).ok()?;
    transaction.connection = connection;
    let (done, mut result) = oneshot::channel();
    let inviting = dialog.clone();
    tokio::spawn(async move {
        let code = match inviting.process_invite(&mut transaction).await {
            Ok((_, Some(response))) => u16::from(response.status_code),
            Ok((_, None)) => 408,
            Err(_) => 503,
        };
        let answered = (200..300).contains(&code);
        let _ = done.send(code);
        // A 2xx that is repeated is acknowledged again.
        while answered && transaction.receive().await.is_some() {}
    });
    let (mut remembered, mut outcome) = (None, None);
    loop {
        tokio::select! {
            biased;
            Some(change) = ends.changes.recv() => match change {
                DialogState::Early(_, response) => drop(ends.told.send(News::Rings(response.body)).await),
                DialogState::Confirmed(id, response) if remembered.is_none() => {
                    core.keep(&id, dialog.clone());
                    remembered = Some(Remembered { core: Arc::clone(core), id });
                    drop(ends.told.send(News::Answered(response.body)).await);
                }
                DialogState::Terminated(..) if remembered.is_none() => {
                    if outcome.is_none() {
                        outcome = result.await.ok();
                    }
                    // Taken back just as it was picked up, it is over all the same.
                    let code = outcome.filter(|code| *code >= 300).unwrap_or(487);
                    let _ = ends.told.send(News::Refused(code)).await;
                    return Some(());
                }
                change => if happens(change, &ends.told).await {
                    return Some(());
                },
            },
            code = &mut result, if outcome.is_none() => {
                let code = code.unwrap_or(503);
                outcome = Some(code);
                // Of a 2xx, what the dialog became is on its way here.
                if StatusCode::from(code).kind() != StatusCodeKind::Successful {
                    let _ = ends.told.send(News::Refused(code)).await;
                    return Some(());
                }
            }
            order = ends.ordered.recv() => if let Order::HangUp = order.unwrap_or(Order::HangUp) {
                end(&dialog);
                ends.ordered.close();
                drop(permit);
                outlast(&mut ends.changes).await;
                return Some(());
            },
        }
    }
}

fn description_type() -> Vec<Header> {
    vec![Header::ContentType("application/sdp".into())]
}
