//! What went wrong between the network and the application, under the provider's own numbers.

use std::fmt;

use crate::ids::CallSid;
use crate::time::Instant;

/// An entry of the network's error log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// When.
    pub at: Instant,
    /// The provider's number for it.
    pub code: u32,
    /// The address that was asked, where there is one.
    pub url: String,
    /// The call it happened on.
    pub call: Option<CallSid>,
    /// What, where, and how to mend it.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "error {}: {}", self.code, self.text)?;
        if self.url.is_empty() { Ok(()) } else { write!(to, " ({})", self.url) }
    }
}

/// Why a document could not be had: the provider's number, and words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error {code}: {text}")]
pub struct Failure {
    /// The provider's number.
    pub code: u32,
    /// What, where, and how to mend it.
    pub text: String,
}

impl Failure {
    pub(crate) fn new(code: u32, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

/// The provider's numbers that this network uses (its public error dictionary).
pub mod code {
    /// The URL is not one.
    pub const INVALID_URL: u32 = 11_100;
    /// The application answered 4xx or 5xx.
    pub const HTTP_RETRIEVAL: u32 = 11_200;
    /// The connection was not accepted in time.
    pub const CONNECT_TIMEOUT: u32 = 11_201;
    /// Nobody listens there.
    pub const CONNECT_REFUSED: u32 = 11_202;
    /// The host's name leads nowhere.
    pub const BAD_HOST: u32 = 11_210;
    /// The answer did not come in time, or the connection broke.
    pub const CONNECTION_FAILURE: u32 = 11_205;
    /// Too many redirects.
    pub const TOO_MANY_REDIRECTS: u32 = 11_215;
    /// A connection override in the URL's fragment is not valid.
    pub const INVALID_OVERRIDE: u32 = 11_243;
    /// The body is longer than 64 kB.
    pub const BODY_TOO_LARGE: u32 = 11_750;
    /// The document is not well-formed XML with a `Response`.
    pub const DOCUMENT_PARSE: u32 = 12_100;
    /// A verb, attribute or value that the schema does not know.
    pub const SCHEMA: u32 = 12_200;
    /// The content type cannot be heard.
    pub const CONTENT_TYPE: u32 = 12_300;
    /// A `Dial` under a number that is neither the account's nor the caller's.
    pub const DIAL_CALLER_ID: u32 = 13_214;
    /// A `Dial` to what is no number.
    pub const DIAL_NUMBER: u32 = 13_223;
    /// A `Say` that could not be said.
    pub const SAY_FAILED: u32 = 13_520;
    /// A `Say` longer than its engine takes.
    pub const SAY_TOO_LONG: u32 = 13_521;
}
