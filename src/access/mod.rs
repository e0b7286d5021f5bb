//! Access: of programs (what a token may do, what a key is good for once, which addresses hear of changes), and of people
//! (accounts, roles, passwords, sessions, and the audit of what they do).

mod account;
mod audit;
mod hook;
mod idempotency;
mod password;
mod role;
mod scope;
mod token;

pub use account::{Account, LOGIN_MEND, Session};
pub use audit::{Act, AuditEntry, Break, Chain, GENESIS, is_act};
pub use hook::{EventWords, Hook, HookDelivery, HookEvent};
pub use idempotency::{Answer, Idempotency};
pub use password::{PasswordDigest, PasswordError, Passwords};
pub use role::{Permission, Reach, Role};
pub use scope::{Scope, Scopes};
pub use token::{ApiToken, NAME_MEND, is_name, is_well_formed, make, make_secret, token_hash};
