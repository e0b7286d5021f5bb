//! What becomes of calls on the network, brought to whoever has them in hand.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::mpsc;

use super::{Shared, outbound};
use crate::call::{Direction, Status};
use crate::ids::CallSid;
use crate::notice::{Happened, Notice};

/// What the gateway must know of a call: whether it rings, is answered or over.
pub(super) type Turn = Status;

/// The calls in hand.
#[derive(Debug, Default)]
pub(super) struct Switchboard(Mutex<HashMap<CallSid, mpsc::UnboundedSender<Turn>>>);

/// A call in hand: let go when dropped.
#[derive(Debug)]
pub(super) struct Line {
    gateway: Arc<Shared>,
    pub call: CallSid,
    turns: mpsc::UnboundedReceiver<Turn>,
}

impl Line {
    /// Takes a call in hand; the first turn is what it is at present.
    pub(super) fn take(gateway: &Arc<Shared>, call: CallSid) -> Self {
        let (sender, turns) = mpsc::unbounded_channel();
        gateway.switchboard.calls().insert(call.clone(), sender.clone());
        // What happened before is seen here, what happens from now on is told.
        if let Some(view) = gateway.network.call(&call) {
            let _ = sender.send(view.status);
        }
        Self { gateway: Arc::clone(gateway), call, turns }
    }

    /// What the call is now.
    pub(super) async fn turn(&mut self) -> Turn {
        self.turns.recv().await.unwrap_or(Status::Failed)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.gateway.switchboard.calls().remove(&self.call);
    }
}

impl Switchboard {
    fn calls(&self) -> std::sync::MutexGuard<'_, HashMap<CallSid, mpsc::UnboundedSender<Turn>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, call: &CallSid, turn: Turn) {
        if let Some(line) = self.calls().get(call) {
            // Whoever had it in hand may be just letting it go.
            let _ = line.send(turn);
        }
    }
}

/// Listens to the network for ever.
pub(super) async fn run(gateway: Arc<Shared>, mut notices: broadcast::Receiver<Notice>) {
    loop {
        match notices.recv().await {
            Ok(notice) => noticed(&gateway, notice),
            Err(RecvError::Lagged(_)) => look(&gateway),
            Err(RecvError::Closed) => return,
        }
    }
}

fn noticed(gateway: &Arc<Shared>, notice: Notice) {
    match notice.happened {
        Happened::Rings if notice.direction != Direction::Inbound => {
            tokio::spawn(outbound::ring(Arc::clone(gateway), notice.call, notice.from, notice.to));
        }
        Happened::Rings | Happened::Modified => {}
        Happened::Answered => gateway.switchboard.tell(&notice.call, Status::InProgress),
        Happened::TakenBack(status) | Happened::Ended(status) => gateway.switchboard.tell(&notice.call, status),
    }
}

/// Notices were lost: every call in hand is looked at. (What began to ring meanwhile rings nowhere.)
fn look(gateway: &Arc<Shared>) {
    let calls: Vec<CallSid> = gateway.switchboard.calls().keys().cloned().collect();
    for call in calls {
        let status = gateway.network.call(&call).map_or(Status::Failed, |view| view.status);
        gateway.switchboard.tell(&call, status);
    }
}
