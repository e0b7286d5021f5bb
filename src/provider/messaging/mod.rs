//! Text messages: sending them, and what their failures mean.

mod failure;
mod sms;

pub use failure::{Class, classify};
pub use sms::{Account, AccountError, Cause, MAX_TEXT_CHARACTERS, SendError, Sender, Sent, Sms};
