//! Messages: sending them, and what their failures mean.

mod chat;
mod email;
mod sms;
mod smtp_failure;
mod standard;
mod webhook;

pub use super::failure::{Class, Classes, classify};
pub use super::rest::{Account, AccountError};
pub use super::send_error::{Cause, SendError};
pub use email::{Email, Mail, MailServer, MailServerError, Security};
pub use sms::{MAX_TEXT_CHARACTERS, Sender, Sent, Sms};
pub use standard::SignerError;
pub use webhook::{Post, Preset, Target, TargetError, Webhooks};
