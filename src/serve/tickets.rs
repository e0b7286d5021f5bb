//! The ticket store of another maker, as it is configured.

use std::sync::Arc;

use super::{DIALECT, StartError};
use crate::config::{Config, OtherStore};
use crate::ops::{HandOffs, Sounds};
use crate::provider::Secret;
use crate::provider::messaging::Account;
use crate::provider::telephony::Recordings;
use crate::provider::ticketing::{self, TicketStore};
use crate::web;
use crate::work::{Desk, Rest};

/// Opens the store of another maker; `None` where the built-in one has the cases.
///
/// # Errors
/// [`StartError::Provider`], which names the setting and the mend; [`StartError::File`] for the page that describes it.
pub fn open(config: &Config) -> Result<Option<Arc<dyn TicketStore>>, StartError> {
    let Some(OtherStore { store, settings, description, .. }) = &config.ticketing.other else { return Ok(None) };
    let page = description
        .as_ref()
        .map(|path| std::fs::read_to_string(path).map_err(|source| StartError::File { path: path.clone(), source }));
    let page = page.transpose()?;
    let opened = ticketing::open(store, settings.clone(), page.as_deref())
        .map_err(|error| StartError::Provider(error.to_string()))?;
    Ok(Some(opened))
}

/// The one that a start was given, else the configured one.
pub(super) fn chosen(
    config: &Config,
    given: Option<Arc<dyn TicketStore>>,
) -> Result<Option<Arc<dyn TicketStore>>, StartError> {
    if given.is_some() { Ok(given) } else { open(config) }
}

/// How cases are handed to it.
pub(super) fn policy(config: &Config, store: Option<&dyn TicketStore>) -> Option<HandOffs> {
    let (store, other) = (store?, config.ticketing.other.as_ref()?);
    let can = store.capabilities();
    Some(HandOffs {
        store: store.name().to_owned(),
        page: ticketing::ticket_page(store.name(), &other.settings),
        poll: other.poll.filter(|_| can.changes),
        first_response: other.first_response.clone(),
        comments: can.comment,
        files: can.attach,
        states: can.state,
        updates: can.update,
        fields: store.mapped(),
        numbers: other.numbers,
    })
}

/// Where recordings of cases are heard.
pub(super) fn sounds(config: &Config) -> Sounds {
    Sounds {
        on_tickets: config.ticketing.audio,
        links: format!("{}{}", config.server.public_url, web::LISTEN),
        link_life: config.ticketing.link_life,
    }
}

/// What signs its word that something changed there.
pub(super) fn secret(config: &Config) -> Option<Arc<Secret>> {
    config.ticketing.other.as_ref()?.webhook_secret.clone().map(Arc::new)
}

/// What jobs reach it by.
pub(super) fn desk(config: &Config, store: Option<Arc<dyn TicketStore>>) -> Option<Desk> {
    config.ticketing.other.as_ref()?;
    Some(Desk { store: store?, rest: Rest::default(), audio: config.ticketing.audio })
}

/// Where recordings are fetched from: whichever account made them.
pub(super) fn recordings(config: &Config) -> Result<Recordings, StartError> {
    let first = (&config.twilio.api_url, &config.twilio.account_sid, &config.twilio.auth_token);
    let second = config.channels.fallback.as_ref();
    let second = second.map(|second| (&second.api_url, &second.account_sid, &second.auth_token));
    let accounts = [Some(first), second].into_iter().flatten().map(|(api, id, token)| Account {
        api: api.clone(),
        id: id.clone(),
        token: token.clone(),
        dialect: DIALECT,
    });
    Recordings::new(accounts).map_err(|error| StartError::Provider(error.to_string()))
}
