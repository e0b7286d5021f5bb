//! Messages: sending them, and what their failures mean.

mod sms;

pub use super::failure::{Class, Classes, classify};
pub use super::rest::{Account, AccountError};
pub use super::send_error::{Cause, SendError};
pub use sms::{MAX_TEXT_CHARACTERS, Sender, Sent, Sms};
