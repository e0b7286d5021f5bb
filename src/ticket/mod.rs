//! What the ticket store must hold, whichever it is, and the tickets of the built-in one. Pure.
//!
//! [`Case`], [`Comment`] and [`Attachment`] are what other makers' stores are told of a case. [`Ticket`] and what begins with
//! its name are the built-in store's own: tickets of every channel, those of incidents among them.

mod case;
mod digest;
mod draft;
mod edit;
mod event;
mod history;
mod kind;
mod limits;
mod note;
mod parts;
mod record;
mod state;
mod step;
mod words;

pub use case::{Case, Field, Numbers, Remote, Values, differences, instant_text};
pub use digest::Digest;
pub use draft::{NewComment, NewFile, NewTicket};
pub use edit::{Patch, RequesterEdit, TicketEdit};
pub use event::{StoreEvent, StoreEvents};
pub use history::{Author, Edit, TicketChange, TicketEntry, TicketField};
pub use kind::{TicketChannel, TicketKind};
pub use limits::{
    LONGEST_NOTE, LONGEST_SUBJECT, LONGEST_TEXT, MOST_ATTACHMENTS, Wrong, wrong_in, wrong_in_comment, wrong_in_file,
    wrong_in_note,
};
pub use note::{Attachment, Comment, RemoteAttachment, RemoteComment};
pub use parts::{TicketAttachment, TicketComment};
pub use record::{Requester, ResponseClock, Ticket};
pub use state::{NoWay, TicketEvent, TicketState, step, way};
pub use step::{Progress, Step, Wanted, next};
pub use words::{Heard, Words};
