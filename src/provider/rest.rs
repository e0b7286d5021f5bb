//! The REST interface of the TwiML family: one account, how a request is authorised and named, and how a refusal is read.
//! What a resource looks like stands beside the resource.

use reqwest::{RequestBuilder, StatusCode, Url};
use serde::Deserialize;

use super::Secret;
use super::failure::{Class, Classes};
use super::http::{Answer, Http, Limits, NoClient};
use super::send_error::{Cause, SendError};
use super::telephony::{Dialect, IdShape};

/// Names a request, so that the provider makes one thing of it however often it is asked.
const IDEMPOTENCY_HEADER: &str = "I-Twilio-Idempotency-Token";

/// An account at the provider.
#[derive(Clone, Debug)]
pub struct Account {
    /// The REST address, e.g. `https://api.twilio.com`.
    pub api: String,
    /// The account's id.
    pub id: String,
    /// Its token.
    pub token: Secret,
    /// What its ids look like.
    pub dialect: Dialect,
}

/// Why an account cannot be used. A reason not to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The address is no URL, or its token would cross a network in clear text.
    #[error("the provider's REST address must be https://host (http:// is taken for this machine itself only)")]
    Api,
    /// The account's id is empty or has characters no id has.
    #[error("the provider's account id is missing or misshapen: copy it from the provider's console")]
    Id,
    /// The token is empty.
    #[error("the provider's token is empty: copy it from the provider's console into the configuration")]
    Token,
    /// No HTTPS on this machine.
    #[error(transparent)]
    Client(#[from] NoClient),
}

/// A client of one account. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Rest {
    http: Http,
    /// The address without a path and without a final slash.
    base: String,
    account: Account,
    classes: Classes,
}

/// What a refusal says.
#[derive(Deserialize)]
struct Refusal {
    code: Option<u32>,
}

impl Rest {
    /// A client for `account`.
    ///
    /// # Errors
    /// [`AccountError`], which names the mend.
    pub(super) fn new(account: Account, limits: Limits) -> Result<Self, AccountError> {
        let api = Url::parse(account.api.trim()).map_err(|_| AccountError::Api)?;
        let is_here = matches!(api.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let is_guarded = api.scheme() == "https" || (api.scheme() == "http" && is_here);
        if !is_guarded || api.query().is_some() || api.fragment().is_some() || !api.username().is_empty() {
            return Err(AccountError::Api);
        }
        // The id becomes a part of the path.
        if !IdShape::Opaque.fits(&account.id) {
            return Err(AccountError::Id);
        }
        if account.token.is_empty() {
            return Err(AccountError::Token);
        }
        let base = api.as_str().trim_end_matches('/').to_owned();
        Ok(Self { http: Http::new(limits)?, base, account, classes: Classes::default() })
    }

    /// The same, with other classes of error codes.
    pub(super) fn with_classes(self, classes: Classes) -> Self {
        Self { classes, ..self }
    }

    pub(super) fn dialect(&self) -> &Dialect {
        &self.account.dialect
    }

    pub(super) fn classes(&self) -> &Classes {
        &self.classes
    }

    /// The path of a resource of the account, from the root of the address.
    pub(super) fn path(&self, resource: &str) -> String {
        format!("/2010-04-01/Accounts/{}/{resource}", self.account.id)
    }

    /// The path, from the root of the address, of a resource of the account that `url` names; `None` where it is not one.
    pub(super) fn below<'u>(&self, url: &'u str) -> Option<&'u str> {
        let path = url.strip_prefix(&self.base).filter(|path| path.starts_with(&self.path("")))?;
        let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_'));
        is_plain.then_some(path)
    }

    /// Posts a form to `path`, under `idempotency_key` where a repeat must not act twice.
    ///
    /// # Errors
    /// [`SendError`]: no usable answer, or a refusal.
    pub(super) async fn post(
        &self,
        path: &str,
        form: &[(&str, &str)],
        idempotency_key: Option<&str>,
    ) -> Result<Vec<u8>, SendError> {
        let request = self.http.post(&format!("{}{path}", self.base)).form(form);
        let request = match idempotency_key {
            Some(key) => request.header(IDEMPOTENCY_HEADER, key),
            None => request,
        };
        self.exchange(request).await
    }

    /// Reads what is at `path`, which may have a query.
    ///
    /// # Errors
    /// [`SendError`]: no usable answer, or a refusal.
    pub(super) async fn get(&self, path: &str) -> Result<Vec<u8>, SendError> {
        self.exchange(self.http.read(&format!("{}{path}", self.base))).await
    }

    /// The same, with what time the provider has, as it says it.
    ///
    /// # Errors
    /// [`SendError`]: no usable answer, or a refusal.
    pub(super) async fn get_dated(&self, path: &str) -> Result<(Vec<u8>, Option<String>), SendError> {
        let answer = self.answer(self.http.read(&format!("{}{path}", self.base))).await?;
        Ok((answer.body, answer.date))
    }

    async fn exchange(&self, request: RequestBuilder) -> Result<Vec<u8>, SendError> {
        self.answer(request).await.map(|answer| answer.body)
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Answer, SendError> {
        let request = request.basic_auth(&self.account.id, Some(self.account.token.expose()));
        let answer = self.http.exchange(request).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        let code = serde_json::from_slice::<Refusal>(&answer.body).ok().and_then(|refusal| refusal.code);
        let class = self.class(answer.status, code);
        let wait = answer.retry_after;
        Err(SendError { class, code, cause: Cause::Refused(answer.status.as_u16()), wait })
    }

    /// A known code decides; else the status. A redirect or an unknown account is no passing trouble, everything else may be.
    fn class(&self, status: StatusCode, code: Option<u32>) -> Class {
        code.and_then(|code| self.classes.known(code)).unwrap_or(match status.as_u16() {
            300..=399 | 401 | 403 | 404 => Class::Configuration,
            _ => Class::Retry,
        })
    }
}
