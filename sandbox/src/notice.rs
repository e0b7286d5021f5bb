//! What telephones outside the simulation must know at once: a call rings, is answered, is gone.

use tokio::sync::broadcast;

use crate::call::{Call, Direction, Status};
use crate::ids::CallSid;
use crate::network::Network;

/// How many notices may wait for one who listens slowly; the oldest are lost, and the receiver says how many.
pub(crate) const KEPT: usize = 1024;

/// Something became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The call.
    pub call: CallSid,
    /// Who calls.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// Who started it: only calls that the application made ring at somebody's telephone.
    pub direction: Direction,
    /// What happened.
    pub happened: Happened,
}

/// What can become of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It begins to ring: at the person's telephone, or (of a call from outside) at the application.
    Rings,
    /// It was picked up: by the person, or by the application.
    Answered,
    /// It rang, nobody picked it up, and it rings no more. What it ended as.
    TakenBack(Status),
    /// The application took it elsewhere while it was live.
    Modified,
    /// It is over, after it was picked up or without ever having rung. What it ended as.
    Ended(Status),
}

impl Call {
    pub(crate) fn notice(&self, happened: Happened) -> Notice {
        let (from, to) = (self.from.clone(), self.to.clone());
        Notice { call: self.sid.clone(), from, to, direction: self.direction, happened }
    }
}

impl Network {
    /// Hears of every call from now on, as it happens. A receiver that falls [behind](broadcast::error::RecvError::Lagged)
    /// by a thousand notices loses the oldest: look at [`Network::calls`] then.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Notice> {
        self.notices().subscribe()
    }
}
