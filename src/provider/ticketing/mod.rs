//! Ticket stores of other makers: one file, or one folder, per store, behind one trait.
//!
//! A connector translates, and nothing else: when to search, what to repeat and what a difference means is decided by
//! whoever hands cases over. Its rules:
//!
//! - [`TicketStore::find`] gives only tickets whose external id was read in the answer and is the one asked for: a store that
//!   ignores a condition it does not know gives every ticket it has.
//! - A yes is not believed: whoever writes reads back. A connector gives back what the store holds, never what was sent.
//! - [`Trouble`] says whether the store may have acted. Its text never holds a value, an address or a secret.

mod api;
mod described;
mod glpi;
mod jira;
mod open;
mod os_ticket;
mod redmine;
mod request_tracker;
mod service_now;
mod settings;
mod trouble;
mod zammad;

use async_trait::async_trait;

use crate::clock::Instant;
use crate::incident::State;
use crate::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment};

pub use described::Described;
pub use glpi::Glpi;
pub use jira::Jira;
pub use open::{STORES, open, ticket_page};
pub use os_ticket::OsTicket;
pub use redmine::Redmine;
pub use request_tracker::RequestTracker;
pub use service_now::ServiceNow;
pub use settings::{Settings, SettingsError};
pub use trouble::{Trouble, Verdict};
pub use zammad::Zammad;

/// What a store can do at all. What it cannot is left out of the hand-off, and said by `guardia ticketing check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a capability of its own, named in the tables of the manual")]
pub struct Capabilities {
    /// Tickets are found by their external id, and read.
    pub find: bool,
    /// Comments are added and read.
    pub comment: bool,
    /// Files are added, listed and read.
    pub attach: bool,
    /// The state is changed.
    pub state: bool,
    /// Fields are changed after the ticket was made.
    pub update: bool,
    /// Doubles are merged into one.
    pub merge: bool,
    /// What changed since an instant can be asked for.
    pub changes: bool,
    /// The largest file it takes, in bytes.
    pub largest_file: u64,
}

/// One thing that `guardia ticketing check` looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at: `credentials`, `queue`, `field external_id`, `right to comment`, ...
    pub what: String,
    /// `Ok`: a word on what was found. `Err`: what is wrong and how to mend it.
    pub result: Result<String, String>,
}

/// A ticket that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The store's id.
    pub id: String,
    /// Its external id, where it has one.
    pub external_id: Option<String>,
    /// When it changed, by the store's clock.
    pub at: Instant,
}

/// A ticket store of another maker.
#[async_trait]
pub trait TicketStore: Send + Sync {
    /// Its name in the configuration and in the log: `request_tracker`, `redmine`, ...
    fn name(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// The fields that have a place in this store: read-back compares these.
    fn mapped(&self) -> Vec<Field>;

    /// The store's word for a state of ours, as it is read back after [`Self::set_state`]; `None` where that state is not told.
    fn state_word(&self, state: State) -> Option<String>;

    /// Every ticket with this external id, whatever its state, the lowest first. Merged ones are not among them.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn find(&self, external_id: &str) -> Result<Vec<Remote>, Trouble>;

    /// Makes a ticket and gives its id. It is in the state the store gives new ones.
    ///
    /// # Errors
    /// [`Trouble`]; unless [`Trouble::did_not_act`], the ticket may exist: search before you create again.
    async fn create(&self, case: &Case) -> Result<String, Trouble>;

    /// Reads a ticket; `None` when it is not there, or we may not see it.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn read(&self, id: &str) -> Result<Option<Remote>, Trouble>;

    /// Writes the subject and every mapped field of `case`.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn update(&self, id: &str, case: &Case) -> Result<(), Trouble>;

    /// Adds a comment, [`Comment::marked`].
    ///
    /// # Errors
    /// [`Trouble`].
    async fn comment(&self, id: &str, comment: &Comment) -> Result<(), Trouble>;

    /// Every comment, the oldest first.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn comments(&self, id: &str) -> Result<Vec<RemoteComment>, Trouble>;

    /// Adds a file.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn attach(&self, id: &str, file: &Attachment) -> Result<(), Trouble>;

    /// Every file, the oldest first.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn attachments(&self, id: &str) -> Result<Vec<RemoteAttachment>, Trouble>;

    /// The content of a file of [`Self::attachments`].
    ///
    /// # Errors
    /// [`Trouble`].
    async fn fetch(&self, id: &str, file: &RemoteAttachment) -> Result<Vec<u8>, Trouble>;

    /// Moves a ticket to where `state` is in this store; nothing where that state is not told.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn set_state(&self, id: &str, state: State) -> Result<(), Trouble>;

    /// Makes `double` one with `into`; a store that cannot merge closes it with a word on where it goes on.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn merge(&self, double: &str, into: &str) -> Result<(), Trouble>;

    /// What changed at or after `since`, the earliest first; at most some hundred at once: ask again from the last one's instant.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn changed(&self, since: Instant) -> Result<Vec<Changed>, Trouble>;

    /// Looks whether credentials, queue, fields and rights are as the hand-off needs them, without leaving anything behind.
    async fn check(&self) -> Vec<Finding>;
}
