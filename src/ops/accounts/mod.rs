//! Accounts of the console: coming in and out, and keeping them. Every act is on the chain of the audit, in the unit of what
//! was done.

mod keep;
mod log_in;

pub use keep::{AccountChange, NewAccount, Refusal, add_account, change_account, choose_password, set_language};
pub use log_in::{Entered, Gatekeeper, log_in, log_out, visitor};

use super::Hotline;
use crate::access::Act;

/// Who does something, as the audit names them.
pub const BY_COMMAND: &str = "command";

/// An act of now, about an account.
fn act(hotline: &Hotline, actor: &str, act: &str, login: &str, detail: &str) -> Act {
    Act {
        at: hotline.now(),
        actor: actor.to_owned(),
        act: act.to_owned(),
        subject: format!("account:{login}"),
        reason: String::new(),
        detail: detail.to_owned(),
    }
}
