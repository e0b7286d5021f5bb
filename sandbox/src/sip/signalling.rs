//! What the gateway needs of a SIP stack, in words of its own: the stack behind it can be another one.

use std::any::Any;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::registrar::{Request, Verdict};

/// Something from outside that begins something. Requests about nothing (OPTIONS) are answered by the stack.
#[derive(Debug)]
pub(crate) enum Heard {
    /// Somebody calls.
    Invite(Invitation),
    /// A telephone wants to be registered.
    Register(Request, oneshot::Sender<Verdict>),
}

/// A call from outside.
#[derive(Debug)]
pub(crate) struct Invitation {
    pub leg: Arc<dyn Leg>,
    pub news: mpsc::Receiver<News>,
    /// The user of `From`.
    pub from: String,
    /// The user of the request's address.
    pub to: String,
    pub source: SocketAddr,
    pub offer: Vec<u8>,
}

/// Whether a call to a user with an offer could be taken at all; the code that refuses it otherwise. What is refused like
/// this costs nothing: no leg, no transaction.
pub(crate) type Welcome = dyn Fn(&str, &[u8]) -> Result<(), u16> + Send + Sync;

/// One side of a call. All of it is done later, in order; what no longer fits is left out.
pub(crate) trait Leg: Send + Sync + fmt::Debug {
    /// It rings here (180), or plays already (183 with a description).
    fn ring(&self, early: Option<Vec<u8>>);
    /// Picked up.
    fn accept(&self, description: Vec<u8>);
    /// Not taken, with a code of RFC 3261.
    fn refuse(&self, code: u16);
    /// Over: a BYE, or a CANCEL of what still rings there.
    fn hang_up(&self);
}

/// What becomes of a leg. The last one is `Refused` or `Over`, or the channel just closes.
#[derive(Debug)]
pub(crate) enum News {
    /// Ours rings there, maybe with sound already.
    Rings(Vec<u8>),
    /// Ours was picked up.
    Answered(Vec<u8>),
    /// Ours was not taken.
    Refused(u16),
    /// The other side changes its description; what it is answered, `None` = not acceptable.
    Changes(Vec<u8>, oneshot::Sender<Option<Vec<u8>>>),
    /// The other side is gone.
    Over,
}

/// How a telephone is reached: where it sent from, and over which connection.
#[derive(Clone)]
pub(crate) struct Flow {
    pub source: SocketAddr,
    /// The stack's own handle of a TCP connection; `None` = UDP.
    pub connection: Option<Arc<dyn Any + Send + Sync>>,
}

impl fmt::Debug for Flow {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Flow").field("source", &self.source).field("tcp", &self.connection.is_some()).finish()
    }
}

/// A call to a telephone.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub contact: String,
    pub flow: Flow,
    /// Who calls.
    pub from: String,
    pub offer: Vec<u8>,
}

/// The stack, as far as the gateway asks it.
pub(crate) trait Signalling: Send + Sync + fmt::Debug {
    /// Calls a telephone; `None` = not possible now.
    fn invite(&self, call: Outgoing) -> Option<(Arc<dyn Leg>, mpsc::Receiver<News>)>;
    /// Calls in progress.
    fn calls(&self) -> usize;
    /// Calls that are remembered, those included that are just over.
    fn dialogs(&self) -> usize;
    /// Ends the stack's task as a mistake in it would (a fault on purpose).
    fn crash(&self);
}
