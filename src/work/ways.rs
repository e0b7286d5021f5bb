//! The ways out: for each channel whoever carries it, the preferred one first.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::phone::Phone;
use crate::provider::messaging::{Email, Sms, Webhooks};
use crate::provider::telephony::Calls;
use crate::provider::{BreakerState, Route, Secret};

/// The ways out. Cheap to clone.
#[derive(Clone)]
pub struct Ways {
    /// Text messages.
    pub texts: Arc<Route<Sms>>,
    /// Calls.
    pub calls: Arc<Route<CallsFrom>>,
    /// The accounts whose lists of calls are held against ours.
    pub accounts: Arc<Vec<Calls>>,
    /// E-mail; `None` = nothing carries it.
    pub email: Option<Email>,
    /// Posts to webhooks.
    pub posts: Posts,
}

/// An account's calls, and the number of ours that they come from.
#[derive(Clone)]
pub struct CallsFrom {
    /// The account's calls.
    pub calls: Calls,
    /// The number.
    pub from: Phone,
}

/// Posts to webhooks, and what signs those to programs.
#[derive(Clone)]
pub struct Posts {
    /// The client.
    pub webhooks: Webhooks,
    /// Signs what goes to programs without a secret of their own.
    pub secret: Option<Secret>,
    /// The others', by `person/contact`.
    pub secrets: Arc<BTreeMap<String, Secret>>,
}

/// How a provider fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fare {
    /// Which channel: `sms` or `voice`.
    pub channel: &'static str,
    /// The provider's name.
    pub provider: String,
    /// Whether it is left alone for a while.
    pub breaker: BreakerState,
}

impl Ways {
    /// How each provider fares, for readiness.
    #[must_use]
    pub fn fares(&self) -> Vec<Fare> {
        let of = |channel, states: Vec<(String, BreakerState)>| {
            states.into_iter().map(move |(provider, breaker)| Fare { channel, provider, breaker })
        };
        of("sms", self.texts.states()).chain(of("voice", self.calls.states())).collect()
    }
}

impl Posts {
    /// What signs posts to this contact.
    pub(super) fn secret_of(&self, contact: &str) -> Option<&Secret> {
        self.secrets.get(contact).or(self.secret.as_ref())
    }
}
