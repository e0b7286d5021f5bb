//! Calls by the TwiML family's REST interface: placing them, moving and ending live ones, and reading what the provider has on
//! record.

use std::time::Duration;

use chrono::SecondsFormat;

use super::call_record::{CallPage, CallRecord, page};
use super::form;
use crate::clock::Instant;
use crate::phone::Phone;
use crate::provider::failure::{Class, Classes};
use crate::provider::http::Limits;
use crate::provider::rest::{Account, AccountError, Rest};
use crate::provider::send_error::{Cause, SendError};

/// The longest a call rings, by the provider's bound.
pub const MAX_RING: Duration = Duration::from_mins(10);
/// Calls on one page of a list. A call on record has less than 2 kB.
const PAGE: usize = 100;
/// The largest page, in bytes.
const MAX_PAGE_BYTES: usize = 512 * 1024;
/// "The call is not in progress": what should be changed is over.
const CALL_IS_OVER: u32 = 21220;

/// A call to be placed. The addresses are absolute.
#[derive(Clone, Copy, Debug)]
pub struct Placement<'a> {
    /// Who is called.
    pub to: &'a Phone,
    /// The number of ours they see.
    pub from: &'a Phone,
    /// Gives the document once somebody, or something, picked up.
    pub answer: &'a str,
    /// Gives the document where `answer` fails.
    pub fallback: Option<&'a str>,
    /// Takes the reports: initiated, ringing, answered, completed.
    pub status: &'a str,
    /// How long it rings: 1 s to [`MAX_RING`], whole seconds. A voicemail that picks up after it is not reached.
    pub ring: Duration,
    /// The longest call, where bounded.
    pub limit: Option<Duration>,
    /// Whether the provider listens if a machine picked up. It takes some seconds of silence, and is a hint, never a proof.
    pub detects_machines: bool,
}

/// How a call is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HangUp {
    /// Only if nobody picked up yet.
    Unanswered,
    /// In whatever state it is.
    Always,
}

/// What became of a wish to change a live call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// The provider does it.
    Taken,
    /// There is nothing left to change: the call is over, or not in a state for it.
    Over,
}

/// Calls of one account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Calls {
    rest: Rest,
}

impl Calls {
    /// A client for `account`.
    ///
    /// # Errors
    /// [`AccountError`], which names the mend.
    pub fn new(account: Account, limits: Limits) -> Result<Self, AccountError> {
        let limits = Limits { body: limits.body.max(MAX_PAGE_BYTES), ..limits };
        Ok(Self { rest: Rest::new(account, limits)? })
    }

    /// The same, with other classes of error codes.
    #[must_use]
    pub fn with_classes(self, classes: Classes) -> Self {
        Self { rest: self.rest.with_classes(classes) }
    }

    /// Places a call. Asked again under the same `idempotency_key`, the provider places no second one.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn place(&self, call: &Placement<'_>, idempotency_key: &str) -> Result<CallRecord, SendError> {
        let ring = call.ring.clamp(Duration::from_secs(1), MAX_RING).as_secs().to_string();
        let limit = call.limit.map(|limit| limit.as_secs().max(1).to_string());
        let mut form = vec![("To", call.to.as_str()), ("From", call.from.as_str())];
        form.extend([("Url", call.answer), ("Method", "POST")]);
        form.extend(call.fallback.into_iter().flat_map(|url| [("FallbackUrl", url), ("FallbackMethod", "POST")]));
        form.extend([("StatusCallback", call.status), ("StatusCallbackMethod", "POST")]);
        form.extend(["initiated", "ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event)));
        form.push(("Timeout", &ring));
        form.extend(limit.as_deref().map(|limit| ("TimeLimit", limit)));
        if call.detects_machines {
            form.push(("MachineDetection", "Enable"));
        }
        let answer = self.rest.post(&self.rest.path("Calls.json"), &form, Some(idempotency_key)).await?;
        CallRecord::read(&answer, self.rest.dialect()).ok_or(SendError::UNREADABLE)
    }

    /// Gives a live call another document, at once. A repeat begins that document again.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn redirect(&self, provider_call: &str, url: &str) -> Result<Change, SendError> {
        self.change(provider_call, &[("Url", url), ("Method", "POST")]).await
    }

    /// Hangs a call up.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn hang_up(&self, provider_call: &str, how: HangUp) -> Result<Change, SendError> {
        let status = match how {
            HangUp::Unanswered => "canceled",
            HangUp::Always => "completed",
        };
        self.change(provider_call, &[("Status", status)]).await
    }

    /// Reads one call.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn read(&self, provider_call: &str) -> Result<CallRecord, SendError> {
        let answer = self.rest.get(&self.one(provider_call)?).await?;
        CallRecord::read(&answer, self.rest.dialect()).ok_or(SendError::UNREADABLE)
    }

    /// Lists the calls that began at `since` or later, the newest first: one page, with where the next one is. Calls that did
    /// not begin yet are not among them.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn since(&self, since: Instant) -> Result<CallPage, SendError> {
        let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        // The provider's name for "at or after" is the parameter `StartTime>`.
        let query = form::encode(&[("StartTime>", since), ("PageSize", PAGE.to_string())]);
        self.list(&format!("{}?{query}", self.rest.path("Calls.json"))).await
    }

    /// Lists a further page: `next` is what the page before gave.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn page(&self, next: &str) -> Result<CallPage, SendError> {
        self.list(next).await
    }

    async fn list(&self, path: &str) -> Result<CallPage, SendError> {
        // Where it leads is the provider's word: the token goes nowhere but to the list itself.
        if !path.starts_with(&format!("{}?", self.rest.path("Calls.json"))) {
            return Err(SendError::UNREADABLE);
        }
        page(&self.rest.get(path).await?, self.rest.dialect()).ok_or(SendError::UNREADABLE)
    }

    async fn change(&self, provider_call: &str, form: &[(&str, &str)]) -> Result<Change, SendError> {
        match self.rest.post(&self.one(provider_call)?, form, None).await {
            Ok(_) => Ok(Change::Taken),
            Err(SendError { code: Some(CALL_IS_OVER), .. }) => Ok(Change::Over),
            Err(error) => Err(error),
        }
    }

    /// The path of one call, whose id becomes a part of it.
    fn one(&self, provider_call: &str) -> Result<String, SendError> {
        if !self.rest.dialect().calls.fits(provider_call) {
            return Err(SendError::new(Class::Configuration, Cause::Content));
        }
        Ok(self.rest.path(&format!("Calls/{provider_call}.json")))
    }
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;
