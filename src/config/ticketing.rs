//! The settings of the ticket store: which one it is, and how it is spoken to where it is another maker's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;

use super::reader::Reader;
use super::values;
use crate::incident::State;
use crate::language::Language;
use crate::provider::Secret;
use crate::provider::ticketing::{STORES, Settings};
use crate::ticket::{Field, Numbers, StoreEvent, StoreEvents};

/// Other people work with the store as well.
const SHORTEST_POLL: Duration = Duration::from_secs(10);
/// A link that works for longer is no link that lapses.
const MOST_LINK_DAYS: u16 = 365;
/// The word for the built-in store.
const BUILT_IN: &str = "built_in";

/// The ticket store.
#[derive(Clone, Debug)]
pub struct Ticketing {
    /// The language that tickets of cases are written in.
    pub language: Language,
    /// Whether sound is on the tickets.
    pub audio: bool,
    /// How long the link works that a ticket has in the place of sound.
    pub link_life: TimeDelta,
    /// The store of another maker; `None` = the built-in one.
    pub other: Option<OtherStore>,
}

/// The ticket store of another maker.
#[derive(Clone, Debug)]
pub struct OtherStore {
    /// Which one: a word of [`STORES`].
    pub store: String,
    /// How it is spoken to.
    pub settings: Settings,
    /// The page that describes it, where it is one that is not known.
    pub description: Option<PathBuf>,
    /// Signs its word that something changed there; `None` = it says nothing.
    pub webhook_secret: Option<Secret>,
    /// How often it is asked what people did there; `None` = never.
    pub poll: Option<TimeDelta>,
    /// What people do there that is the first response to the reporter.
    pub first_response: BTreeSet<StoreEvent>,
    /// What it is told of telephone numbers.
    pub numbers: Numbers,
}

impl Ticketing {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let language = reader.optional("ticketing.language", "es", "write es or en", |text| {
            Language::from_code(text).ok_or_else(|| "not a language tickets are written in".to_owned())
        });
        let mend = format!("write {BUILT_IN}, or one of {}", STORES.join(", "));
        let store = reader.optional("ticketing.store", BUILT_IN, &mend, |text| match text.trim() {
            BUILT_IN => Ok(None),
            name if STORES.contains(&name) => Ok(Some(name.to_owned())),
            _ => Err("not a ticket store that is known".to_owned()),
        });
        let url = reader.optional("ticketing.url", "", "write the store's address", |text| match text.trim() {
            "" => Ok(String::new()),
            text => values::base_url(text),
        });
        let plain = |text: &str| Ok(text.trim().to_owned());
        let user = reader.optional("ticketing.user", "", "write the account's name, or leave it out", plain);
        let queue = reader.optional("ticketing.queue", "", "write where tickets are made", plain);
        let mend = "write the path of the page that describes the store, or leave it out";
        let description = reader.optional("ticketing.description", "", mend, |text| {
            Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(PathBuf::from))
        });
        let secret = reader.optional_secret("ticketing.secret");
        let second_secret = reader.optional_secret("ticketing.second_secret");
        let mend = "write full, masked (its last four digits) or hidden";
        let numbers = reader.optional("ticketing.numbers", "masked", mend, |text| match text {
            "full" => Ok(Numbers::Full),
            "masked" => Ok(Numbers::Masked),
            "hidden" => Ok(Numbers::Hidden),
            _ => Err("none of the three".to_owned()),
        });
        let audio = reader.optional("ticketing.audio", "true", "write true or false", |text| {
            text.parse().map_err(|_| "neither true nor false".to_owned())
        });
        let link_life = read_link_life(reader);
        let mend = "write a span such as 60s, at least 10s, or off";
        let poll = reader.optional("ticketing.poll", "60s", mend, |text| match text.trim() {
            "off" => Ok(None),
            text => match values::duration(text)? {
                every if every >= SHORTEST_POLL => {
                    TimeDelta::from_std(every).map(Some).map_err(|_| "too long".to_owned())
                }
                _ => Err("too short".to_owned()),
            },
        });
        let webhook_secret = reader.optional_secret("ticketing.webhook_secret").map(Secret::new);
        let fields = reader.subtable::<BTreeMap<Field, String>>("ticket_fields");
        let states = reader.subtable::<BTreeMap<State, String>>("ticket_states");
        let options = reader.subtable::<BTreeMap<String, String>>("ticket_options");
        let events = reader.subtable::<StoreEvents>("ticket_events");
        let (language, store, url, user, queue) = (language?, store?, url?, user?, queue?);
        let (description, poll, link_life) = (description?, poll?, link_life?);
        let StoreEvents { first_response } = events?;
        let (numbers, audio, fields, states, options) = (numbers?, audio?, fields?, states?, options?);
        let Some(store) = store else { return Some(Self { language, audio, link_life, other: None }) };
        if poll.is_none() && webhook_secret.is_none() && !first_response.is_empty() {
            let mend = "nothing is heard of the store: set ticketing.poll or ticketing.webhook_secret, or leave it out";
            reader.problem("ticket_events", None, mend);
            return None;
        }
        if url.is_empty() {
            reader.problem("ticketing.url", None, "a store of another maker needs its address: write it");
            return None;
        }
        let settings = Settings {
            url,
            user: Some(user).filter(|user| !user.is_empty()),
            secret: Secret::new(secret.unwrap_or_default()),
            second_secret: second_secret.map(Secret::new),
            queue,
            fields,
            states,
            options,
        };
        Some(Self {
            language,
            audio,
            link_life,
            other: Some(OtherStore { store, settings, description, webhook_secret, poll, first_response, numbers }),
        })
    }
}

fn read_link_life(reader: &mut Reader) -> Option<TimeDelta> {
    let mend = format!("write how many days, from 1 to {MOST_LINK_DAYS}");
    reader.optional("ticketing.link_days", "7", &mend, |text| match text.trim().parse::<u16>() {
        Ok(days) if (1..=MOST_LINK_DAYS).contains(&days) => Ok(TimeDelta::days(days.into())),
        _ => Err("no such number of days".to_owned()),
    })
}
