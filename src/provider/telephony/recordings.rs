//! The sound of recordings, fetched from the provider that keeps it.

use std::time::Duration;

use crate::provider::failure::Class;
use crate::provider::http::Limits;
use crate::provider::rest::{Account, AccountError, Rest};
use crate::provider::send_error::{Cause, SendError};

/// The largest recording, in bytes: an hour of 8 kHz sound is 58 MB.
pub const MAX_RECORDING_BYTES: usize = 64 * 1024 * 1024;
/// How long fetching one may take.
const PATIENCE: Duration = Duration::from_secs(25);

/// Recordings of our accounts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Recordings {
    accounts: Vec<Rest>,
}

impl Recordings {
    /// Clients for `accounts`.
    ///
    /// # Errors
    /// [`AccountError`], which names the mend.
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Result<Self, AccountError> {
        let limits = Limits { total: PATIENCE, body: MAX_RECORDING_BYTES, ..Limits::default() };
        let accounts = accounts.into_iter().map(|account| Rest::new(account, limits)).collect::<Result<_, _>>()?;
        Ok(Self { accounts })
    }

    /// The sound at `url`, where the provider said that it keeps it, as WAV. Asked of the account whose address it is below;
    /// nobody else is given our token.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn wav(&self, url: &str) -> Result<Vec<u8>, SendError> {
        for account in &self.accounts {
            if let Some(path) = account.below(url) {
                return account.get(&format!("{path}.wav")).await;
            }
        }
        Err(SendError::new(Class::Configuration, Cause::Content))
    }
}
