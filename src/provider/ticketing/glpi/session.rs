//! A session of GLPI's interface: begun with the account's token, kept, and begun anew when GLPI ended it.

use std::fmt;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::provider::ticketing::api::{Api, member};
use crate::provider::ticketing::{Settings, SettingsError, Trouble, Verdict};

/// What GLPI says of a session that it ended.
const ENDED: [&str; 2] = ["ERROR_SESSION_TOKEN_INVALID", "ERROR_SESSION_TOKEN_MISSING"];

/// A client that has a session while it needs one.
pub(super) struct Session {
    api: Api,
    /// `user_token ...`, which begins a session.
    account: HeaderValue,
    application: Option<HeaderValue>,
    token: Mutex<Option<HeaderValue>>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("api", &self.api).finish_non_exhaustive()
    }
}

impl Session {
    /// A client of the installation that `settings` describe. Nothing is asked yet.
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        if settings.secret.is_empty() {
            return Err(SettingsError::new(
                "secret",
                "is the remote access key of the account (API token, in its settings)",
            ));
        }
        let application = settings.second_secret.as_ref().filter(|secret| !secret.is_empty());
        let application = application.map(|secret| secret_value("second_secret", secret.expose())).transpose()?;
        let account = format!("user_token {}", settings.secret.expose().trim());
        Ok(Self {
            api: Api::new(settings, "accept", "application/json", mend)?,
            account: secret_value("secret", &account)?,
            application,
            token: Mutex::new(None),
        })
    }

    /// The JSON that `ask` is answered with.
    pub(super) async fn json(&self, doing: &str, ask: impl Fn(&Api) -> RequestBuilder) -> Result<Value, Trouble> {
        let (status, body) = self.answer(doing, ask).await?;
        refused(doing, status, &body)?;
        serde_json::from_slice(&body).map_err(|_| Trouble::unreadable(doing))
    }

    /// The same; `None` where there is no such thing.
    pub(super) async fn json_if_there(
        &self,
        doing: &str,
        ask: impl Fn(&Api) -> RequestBuilder,
    ) -> Result<Option<Value>, Trouble> {
        let (status, body) = self.answer(doing, ask).await?;
        if status == 404 {
            return Ok(None);
        }
        refused(doing, status, &body)?;
        serde_json::from_slice(&body).map(Some).map_err(|_| Trouble::unreadable(doing))
    }

    /// The content of a file.
    pub(super) async fn file(&self, doing: &str, path: &str) -> Result<Vec<u8>, Trouble> {
        let request = self.api.ask_file(Method::GET, path).query(&[("alt", "media")]);
        let token = self.token(doing, None).await?;
        self.api.file(doing, self.signed(request, token)).await
    }

    /// Ends the session, so that GLPI keeps nothing of it.
    pub(super) async fn end(&self) {
        let Some(token) = self.token.lock().await.take() else { return };
        let request = self.signed(self.api.ask(Method::GET, "/killSession"), token);
        // One that is not ended ends by itself.
        let _ = self.api.raw("end the session", request).await;
    }

    /// Asks, and once more in a new session where GLPI ended this one: nothing was done then.
    async fn answer(&self, doing: &str, ask: impl Fn(&Api) -> RequestBuilder) -> Result<(u16, Vec<u8>), Trouble> {
        let token = self.token(doing, None).await?;
        let (status, body) = self.api.raw(doing, self.signed(ask(&self.api), token.clone())).await?;
        if status != 401 || !code(&body).is_some_and(|code| ENDED.contains(&code.as_str())) {
            return Ok((status, body));
        }
        let token = self.token(doing, Some(&token)).await?;
        self.api.raw(doing, self.signed(ask(&self.api), token)).await
    }

    /// The session's token, another one than `ended`.
    async fn token(&self, doing: &str, ended: Option<&HeaderValue>) -> Result<HeaderValue, Trouble> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| Some(*token) != ended) {
            return Ok(token.clone());
        }
        *kept = None;
        let mut request = self.api.ask(Method::GET, "/initSession").header("authorization", self.account.clone());
        if let Some(application) = &self.application {
            request = request.header("app-token", application.clone());
        }
        // To begin a session changes nothing of what was asked for.
        let begun = |trouble: Trouble| match trouble.verdict {
            Verdict::Unknown => Trouble { verdict: Verdict::Away, ..trouble },
            _ => trouble,
        };
        let (status, body) = self.api.raw(doing, request).await.map_err(begun)?;
        refused(doing, status, &body).map_err(begun)?;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let token = answer.and_then(|answer| member(&answer, "session_token"));
        let token = token.and_then(|token| secret_value("secret", &token).ok());
        let token = token.ok_or_else(|| begun(Trouble::unreadable(doing)))?;
        *kept = Some(token.clone());
        Ok(token)
    }

    fn signed(&self, request: RequestBuilder, token: HeaderValue) -> RequestBuilder {
        let request = request.header(HeaderName::from_static("session-token"), token);
        match &self.application {
            Some(application) => request.header(HeaderName::from_static("app-token"), application.clone()),
            None => request,
        }
    }
}

fn secret_value(setting: &str, text: &str) -> Result<HeaderValue, SettingsError> {
    let misshapen = |_| SettingsError::new(setting, "has characters that it cannot have: copy it once more");
    let mut value = HeaderValue::from_str(text.trim()).map_err(misshapen)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The code of a refusal, `["ERROR_...", "words for people"]`.
fn code(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let code = answer.get(0)?.as_str()?;
    let is_code = code.starts_with("ERROR") && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_code.then(|| code.to_owned())
}

/// A status that is no success, with GLPI's code where it gives one: that is a word of its manual and no value.
fn refused(doing: &str, status: u16, body: &[u8]) -> Result<(), Trouble> {
    if (200..300).contains(&status) {
        return Ok(());
    }
    let code = code(body);
    let mend = match code.as_deref() {
        Some("ERROR_WRONG_APP_TOKEN_PARAMETER" | "ERROR_APP_TOKEN_PARAMETERS_MISSING") => {
            "GLPI does not take the application's token: second_secret is that of the API client (Setup, General, API)"
        }
        Some("ERROR_NOT_ALLOWED_IP") => {
            "GLPI has no active API client for this machine's address (Setup, General, API)"
        }
        Some("ERROR_GLPI_LOGIN_USER_TOKEN" | "ERROR_LOGIN_PARAMETERS_MISSING" | "ERROR_GLPI_LOGIN") => {
            "GLPI does not take the remote access key in secret: make it anew in the account's settings"
        }
        Some("ERROR_RIGHT_MISSING") => RIGHTS,
        Some("ERROR_UPLOAD_FILE_TOO_BIG_POST_MAX_SIZE") => "the file is larger than PHP takes: raise post_max_size",
        _ => mend(status),
    };
    let mut trouble = Trouble::status(doing, status, None, mend);
    if let Some(code) = code {
        trouble.what = format!("{} ({code})", trouble.what);
    }
    Err(trouble)
}

/// What an account needs.
const RIGHTS: &str = "the account may not do this: its profile must see and change all tickets, add and see private followups \
                      and documents, in the entity of queue; nobody adds a followup to a closed ticket";

fn mend(status: u16) -> &'static str {
    match status {
        400 => {
            "GLPI does not take the request: url must end in apirest.php, and fields must name columns of its tickets"
        }
        401 => "GLPI does not take the account: look at secret and second_secret",
        403 => RIGHTS,
        404 | 405 => "there is no such thing there: url must end in apirest.php, and GLPI's REST API must be enabled",
        413 => "the file is larger than what stands before GLPI takes: raise its limit",
        _ => "look in GLPI's log (files/_log)",
    }
}
