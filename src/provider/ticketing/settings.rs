//! What every connector is told, whatever its store.

use std::collections::BTreeMap;

use reqwest::Url;

use crate::incident::State;
use crate::provider::Secret;
use crate::provider::http::NoClient;
use crate::ticket::Field;

/// The settings of one store, as the configuration gives them: names and words are the store's own.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The store's address, up to where its interface begins: `https://tickets.example.gob.do`.
    pub url: String,
    /// The account we use, where the store wants its name.
    pub user: Option<String>,
    /// Its token, key or password.
    pub secret: Secret,
    /// A second secret, where the store wants one (an application's token).
    pub second_secret: Option<Secret>,
    /// Where tickets are made: a queue, project, group, entity, table or service desk.
    pub queue: String,
    /// Where each of our fields stands; what is not named is the connector's default or not told.
    pub fields: BTreeMap<Field, String>,
    /// The store's word for each of our states; what is not named is the connector's default.
    pub states: BTreeMap<State, String>,
    /// What only this store knows, by its name in the manual: `tracker`, `priority`, ...
    pub options: BTreeMap<String, String>,
}

/// Why a connector cannot be made of its settings. A reason not to start; each names the setting and the mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A setting is missing or misshapen.
    #[error("ticketing: {setting}: {mend}")]
    Setting {
        /// Which one.
        setting: String,
        /// What it must be.
        mend: String,
    },
    /// No HTTPS on this machine.
    #[error(transparent)]
    Client(#[from] NoClient),
}

impl SettingsError {
    /// `setting` is not as `mend` says that it must be.
    pub fn new(setting: &str, mend: impl Into<String>) -> Self {
        Self::Setting { setting: setting.to_owned(), mend: mend.into() }
    }
}

impl Settings {
    /// The store's address without a final slash.
    ///
    /// # Errors
    /// [`SettingsError`] unless it is HTTPS (clear text is taken for this machine itself only), without query or account.
    pub fn base(&self) -> Result<String, SettingsError> {
        let mend = "must be https://host with an optional path (http:// is taken for this machine itself only)";
        let url = Url::parse(self.url.trim()).map_err(|_| SettingsError::new("url", mend))?;
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let is_guarded = url.scheme() == "https" || (url.scheme() == "http" && is_here);
        if !is_guarded || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(SettingsError::new("url", mend));
        }
        Ok(url.as_str().trim_end_matches('/').to_owned())
    }

    /// Refuses options that the connector does not know.
    ///
    /// # Errors
    /// [`SettingsError`], which names those it does.
    pub fn only_options(&self, known: &[&str]) -> Result<(), SettingsError> {
        match self.options.keys().find(|option| !known.contains(&option.as_str())) {
            None => Ok(()),
            Some(option) => {
                let mend = if known.is_empty() {
                    "this store has no options: take it out".to_owned()
                } else {
                    format!("this store has no such option; it has {}", known.join(", "))
                };
                Err(SettingsError::new(&format!("options.{option}"), mend))
            }
        }
    }
}
