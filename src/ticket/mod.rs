//! What the ticket store must hold. Pure.

mod case;
mod note;
mod step;
mod words;

use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::incident::State;

pub use case::{Case, Field, Remote, Values, differences, instant_text};
pub use note::{Attachment, Comment, RemoteAttachment, RemoteComment};
pub use step::{Progress, Step, Wanted, next};
pub use words::Words;

/// A ticket of the built-in store. There is exactly one for each external id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Our case number: what every store is searched by before anything is created.
    pub external_id: String,
    /// One line.
    pub subject: String,
    /// The case as it stood when it was last told to the store.
    pub body: String,
    /// The store's own state word.
    pub state: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it was last told something.
    pub updated_at: Instant,
}

/// The built-in store's word for where a case stands: its own four, as most ticket stores have them.
#[must_use]
pub fn state_word(state: State) -> &'static str {
    match state {
        State::Received => "new",
        State::Acknowledged | State::Responded => "open",
        State::Resolved => "resolved",
        State::Closed | State::Cancelled => "closed",
    }
}
