//! Access of programs: what a token may do, what a key is good for once, and which addresses hear of changes.

mod hook;
mod idempotency;
mod scope;
mod token;

pub use hook::{EventWords, Hook, HookDelivery, HookEvent};
pub use idempotency::{Answer, Idempotency};
pub use scope::{Scope, Scopes};
pub use token::{ApiToken, NAME_MEND, is_name, is_well_formed, make, make_secret, token_hash};
