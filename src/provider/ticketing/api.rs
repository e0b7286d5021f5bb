//! What connectors of JSON interfaces share: one signed client, answers told apart by what they prove, and the places of
//! our fields in a record of theirs.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::{Map, Value};

use super::{Finding, Settings, SettingsError, Trouble};
use crate::clock::Instant;
use crate::incident::State;
use crate::provider::http::{Http, Limits};
use crate::ticket::{Field, Values, instant_text};

/// The largest file that is sent or fetched, in bytes: some half an hour of a call.
pub(super) const LARGEST_FILE: u64 = 32 * 1024 * 1024;

/// The largest answer that is no file: some hundred tickets with everything a store says of them.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// For a file, which may be large and its network slow.
const FILE_TIME: Duration = Duration::from_mins(2);

/// A client of one store.
#[derive(Clone, Debug)]
pub(super) struct Api {
    http: Http,
    files: Http,
    base: String,
    signature: (HeaderName, HeaderValue),
    /// What a person can do about a refusal, by its status.
    mend: fn(u16) -> &'static str,
}

impl Api {
    /// A client of the store at the address in `settings`. Each request has the header `name` with `value`, a secret.
    ///
    /// # Errors
    /// [`SettingsError`]: the address, or a secret with characters that no header holds.
    pub(super) fn new(
        settings: &Settings,
        name: &'static str,
        value: &str,
        mend: fn(u16) -> &'static str,
    ) -> Result<Self, SettingsError> {
        let base = settings.base()?;
        let misshapen = || SettingsError::new("secret", "has characters that it cannot have: copy it once more");
        let mut value = HeaderValue::from_str(value).map_err(|_| misshapen())?;
        value.set_sensitive(true);
        let limits = Limits { body: LARGEST_ANSWER, ..Limits::default() };
        // Some stores give files in base64.
        let largest = usize::try_from(LARGEST_FILE / 2 * 3).unwrap_or(usize::MAX);
        let http = Http::new(limits)?;
        let files = Http::new(Limits { body: largest, total: FILE_TIME, ..limits })?;
        Ok(Self { http, files, base, signature: (HeaderName::from_static(name), value), mend })
    }

    /// Begins a request of `path`, from the root of the store's address.
    pub(super) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let (name, value) = self.signature.clone();
        self.http.request(method, &format!("{}{path}", self.base)).header(name, value)
    }

    /// The same, for a file: larger, and given more time.
    pub(super) fn ask_file(&self, method: Method, path: &str) -> RequestBuilder {
        let (name, value) = self.signature.clone();
        self.files.request(method, &format!("{}{path}", self.base)).header(name, value)
    }

    /// The answer's status and content, whatever its status.
    ///
    /// # Errors
    /// [`Trouble`]: no answer.
    pub(super) async fn raw(&self, doing: &str, request: RequestBuilder) -> Result<(u16, Vec<u8>), Trouble> {
        let answer = self.http.exchange(request).await.map_err(|fault| Trouble::fault(doing, fault))?;
        match answer.status.as_u16() {
            // Whoever asks for patience is no case for whoever reads statuses.
            status @ (429 | 503) => Err(Trouble::status(doing, status, answer.retry_after, "")),
            status => Ok((status, answer.body)),
        }
    }

    /// The answer's JSON.
    ///
    /// # Errors
    /// [`Trouble`]: no answer, no success, or no JSON.
    pub(super) async fn json(&self, doing: &str, request: RequestBuilder) -> Result<Value, Trouble> {
        let (status, body) = self.raw(doing, request).await?;
        self.success(doing, status)?;
        serde_json::from_slice(&body).map_err(|_| Trouble::unreadable(doing))
    }

    /// The same; `None` where there is no such thing, or we may not see it.
    ///
    /// # Errors
    /// [`Trouble`]: no answer, another status, or no JSON.
    pub(super) async fn json_if_there(&self, doing: &str, request: RequestBuilder) -> Result<Option<Value>, Trouble> {
        let (status, body) = self.raw(doing, request).await?;
        if status == 404 {
            return Ok(None);
        }
        self.success(doing, status)?;
        serde_json::from_slice(&body).map(Some).map_err(|_| Trouble::unreadable(doing))
    }

    /// The same, with what the store knows this state of it by, for `If-Match`. What we may not see is not there either.
    ///
    /// # Errors
    /// [`Trouble`]: no answer, another status, or no JSON.
    pub(super) async fn json_tagged(
        &self,
        doing: &str,
        request: RequestBuilder,
    ) -> Result<Option<(Value, Option<String>)>, Trouble> {
        let answer = self.http.exchange(request).await.map_err(|fault| Trouble::fault(doing, fault))?;
        match answer.status.as_u16() {
            403 | 404 => return Ok(None),
            status @ (429 | 503) => return Err(Trouble::status(doing, status, answer.retry_after, "")),
            status => self.success(doing, status)?,
        }
        let value = serde_json::from_slice(&answer.body).map_err(|_| Trouble::unreadable(doing))?;
        Ok(Some((value, answer.etag)))
    }

    /// A success whose content says nothing that a later read does not say better.
    ///
    /// # Errors
    /// [`Trouble`]: no answer, or no success.
    pub(super) async fn done(&self, doing: &str, request: RequestBuilder) -> Result<(), Trouble> {
        let (status, _) = self.raw(doing, request).await?;
        self.success(doing, status)
    }

    /// The content of a file, asked for with [`Self::ask_file`].
    ///
    /// # Errors
    /// [`Trouble`]: no answer, or no success.
    pub(super) async fn file(&self, doing: &str, request: RequestBuilder) -> Result<Vec<u8>, Trouble> {
        let answer = self.files.exchange(request).await.map_err(|fault| Trouble::fault(doing, fault))?;
        let status = answer.status.as_u16();
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        Err(Trouble::status(doing, status, answer.retry_after, (self.mend)(status)))
    }

    /// Refuses a status that is no success.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(super) fn success(&self, doing: &str, status: u16) -> Result<(), Trouble> {
        if (200..300).contains(&status) {
            return Ok(());
        }
        Err(Trouble::status(doing, status, None, (self.mend)(status)))
    }
}

/// The id of a ticket or file as a part of a path: what is not of the store's kind never gets that far.
///
/// # Errors
/// [`Trouble`], a refusal.
pub(super) fn id_in_path<'a>(doing: &str, id: &'a str) -> Result<&'a str, Trouble> {
    let fits = !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fits { Ok(id) } else { Err(Trouble::refused(format!("{doing}: this is no id that the store gave"))) }
}

/// An option that is a whole number; `None` where it is not named.
///
/// # Errors
/// [`SettingsError`] where it is something else.
pub(super) fn number(settings: &Settings, option: &str) -> Result<Option<u64>, SettingsError> {
    let text = settings.options.get(option).map(|text| text.trim()).filter(|text| !text.is_empty());
    let wrong = |_| SettingsError::new(&format!("options.{option}"), "is a whole number");
    text.map(str::parse).transpose().map_err(wrong)
}

/// What was found where `what` was looked at.
pub(super) fn finding(what: impl Into<String>, result: Result<String, String>) -> Finding {
    Finding { what: what.into(), result }
}

/// Whether `record`, any ticket that the store has, shows each place: what it does not show it would drop without a word.
pub(super) fn places_in(record: Option<&Value>, places: &Places, mend: &str) -> Vec<Finding> {
    let found = places.0.iter().map(|(field, place)| {
        let result = match record.map(|record| record.get(place).is_some()) {
            None => Ok("there is no ticket yet to see it on: look again after the first".to_owned()),
            Some(true) => Ok(format!("is {place}")),
            Some(false) => Err(format!("no ticket shows a field {place}: {mend}")),
        };
        finding(format!("field {field}"), result)
    });
    found.collect()
}

/// Where our fields stand in a record of the store.
#[derive(Clone, Debug)]
pub(super) struct Places(BTreeMap<Field, String>);

impl Places {
    /// The places that `settings` name, and `defaults` where they say nothing. An empty text is no place.
    pub(super) fn new(settings: &Settings, defaults: &[(Field, &str)]) -> Self {
        let mut places: BTreeMap<Field, String> =
            defaults.iter().map(|(field, place)| (*field, (*place).to_owned())).collect();
        places.extend(settings.fields.iter().map(|(field, place)| (*field, place.trim().to_owned())));
        places.retain(|_, place| !place.is_empty());
        Self(places)
    }

    /// The same, where tickets are found by [`Field::ExternalId`].
    ///
    /// # Errors
    /// [`SettingsError`] where that has no place.
    pub(super) fn searchable(settings: &Settings, defaults: &[(Field, &str)]) -> Result<(Self, String), SettingsError> {
        let places = Self::new(settings, defaults);
        let place = places.0.get(&Field::ExternalId).cloned().ok_or_else(|| {
            let mend = "name the field that holds our case number: tickets are found by it";
            SettingsError::new("fields.external_id", mend)
        })?;
        Ok((places, place))
    }

    /// The fields that have a place.
    pub(super) fn mapped(&self) -> Vec<Field> {
        self.0.keys().copied().collect()
    }

    /// Each field with its place.
    pub(super) fn names(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().map(|(field, place)| (*field, place.as_str()))
    }

    /// Writes `values` into `record`, instants as `instant` writes them. `absent` stands where a value is not known; without
    /// it such a place is left alone.
    pub(super) fn write(
        &self,
        values: &Values,
        instant: fn(&str) -> String,
        absent: Option<&Value>,
        record: &mut Map<String, Value>,
    ) {
        for (field, place) in &self.0 {
            let value = match values.get(field) {
                Some(value) if field.is_instant() => Some(Value::from(instant(value))),
                Some(value) => Some(Value::from(value.as_str())),
                None => absent.cloned(),
            };
            if let Some(value) = value {
                record.insert(place.clone(), value);
            }
        }
    }

    /// What `record` holds, in our own writing.
    pub(super) fn read(&self, record: &Value) -> Values {
        let values = self.0.iter().filter_map(|(field, place)| {
            let text = text(record.get(place)?)?;
            match instant_in(&text) {
                Some(at) if field.is_instant() => Some((*field, instant_text(at))),
                // Whatever it is instead of an instant is a difference that shows.
                _ => Some((*field, text)),
            }
        });
        values.collect()
    }
}

/// The store's words for our states.
#[derive(Clone, Debug)]
pub(super) struct States(BTreeMap<State, String>);

impl States {
    /// The words that `settings` name, and `defaults` where they say nothing. An empty text is no word: not told.
    pub(super) fn new(settings: &Settings, defaults: [(State, &str); 6]) -> Self {
        let mut words: BTreeMap<State, String> =
            defaults.into_iter().map(|(state, word)| (state, word.to_owned())).collect();
        words.extend(settings.states.iter().map(|(state, word)| (*state, word.trim().to_owned())));
        words.retain(|_, word| !word.is_empty());
        Self(words)
    }

    /// The word for `state`; `None` where it is not told.
    pub(super) fn word(&self, state: State) -> Option<&str> {
        self.0.get(&state).map(String::as_str)
    }

    /// Every word.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}

/// The text of a scalar; `None` where nothing is set.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// The text of a member of a record; `None` where nothing is set.
pub(super) fn member(record: &Value, name: &str) -> Option<String> {
    text(record.get(name)?)
}

/// An instant as a record holds it: RFC 3339, or in UTC with a blank and without a zone.
pub(super) fn instant_in(text: &str) -> Option<Instant> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok().map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_the_defaults_and_what_the_settings_say() {
        let mut settings = Settings::default();
        settings.fields.insert(Field::Channel, String::new());
        settings.fields.insert(Field::Eta, " eta ".into());
        let defaults = [(Field::ExternalId, "case"), (Field::Channel, "channel")];
        let (places, searched) = Places::searchable(&settings, &defaults).unwrap();
        assert_eq!((places.mapped(), searched.as_str()), (vec![Field::ExternalId, Field::Eta], "case"));
        settings.fields.insert(Field::ExternalId, " ".into());
        assert!(Places::searchable(&settings, &defaults).is_err());
    }

    #[test]
    fn values_are_written_and_read_in_each_others_writing() {
        let mut settings = Settings::default();
        settings.fields.insert(Field::Eta, "eta".into());
        settings.fields.insert(Field::Service, "service".into());
        let places = Places::new(&settings, &[]);
        let values = Values::from([(Field::Eta, "2026-11-27T04:05:06Z".into())]);
        let mut record = Map::new();
        places.write(&values, |text| text.replace('T', " ").replace('Z', ""), Some(&Value::Null), &mut record);
        assert_eq!(Value::from(record.clone()), json!({"eta": "2026-11-27 04:05:06", "service": null}));
        assert_eq!(places.read(&record.into()), values);
        let other = places.read(&json!({"eta": "2026-11-27T00:05:06.000-04:00", "service": 7, "more": true}));
        assert_eq!(other, Values::from([(Field::Service, "7".into())]).into_iter().chain(values).collect());
        assert_eq!(places.read(&json!({"eta": "soon"})), Values::from([(Field::Eta, "soon".into())]));
    }

    #[test]
    fn only_ids_become_a_part_of_a_path() {
        assert_eq!(id_in_path("read", "62f5"), Ok("62f5"));
        for wrong in ["", "../1", "1/2", "1?x", "ñ", &"1".repeat(65)] {
            assert!(!id_in_path("read", wrong).unwrap_err().is_passing(), "{wrong}");
        }
    }
}
