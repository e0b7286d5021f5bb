//! What a page that describes a store says.

use std::collections::BTreeMap;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;

use super::place::Place;
use crate::clock::Instant;
use crate::incident::State;
use crate::provider::ticketing::SettingsError;
use crate::provider::ticketing::api::instant_in;
use crate::ticket::{Field, instant_text};

/// A page: what every request has, where things stand in answers, and the operations that the store has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    /// Headers of every request, by their names; the only templates that know the secrets.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// The header by which the store knows a request that it already did: `Idempotency-Key`.
    pub(super) idempotency_header: Option<String>,
    /// How the store writes instants.
    #[serde(default)]
    pub(super) instants: Instants,
    /// The largest file it takes, in bytes.
    pub(super) largest_file: Option<u64>,
    /// The store's words for our states.
    #[serde(default)]
    pub(super) states: BTreeMap<State, String>,
    pub(super) places: Places,
    pub(super) create: Operation,
    pub(super) find: Option<Operation>,
    pub(super) read: Option<Operation>,
    pub(super) update: Option<Operation>,
    pub(super) comment: Option<Operation>,
    pub(super) comments: Option<Operation>,
    pub(super) attach: Option<Operation>,
    pub(super) attachments: Option<Operation>,
    pub(super) fetch: Option<Operation>,
    pub(super) state: Option<Operation>,
    pub(super) merge: Option<Operation>,
    pub(super) changed: Option<Operation>,
    pub(super) check: Option<Operation>,
}

/// Where things stand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Places {
    pub(super) ticket: TicketPlaces,
    /// Of each of our fields, in a ticket.
    #[serde(default)]
    pub(super) fields: BTreeMap<Field, Place>,
    pub(super) comment: Option<CommentPlaces>,
    pub(super) file: Option<FilePlaces>,
}

/// Where things stand in a ticket.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TicketPlaces {
    pub(super) id: Place,
    pub(super) subject: Place,
    pub(super) state: Place,
    pub(super) updated_at: Option<Place>,
    /// The id of the ticket that holds what this one held.
    pub(super) merged_into: Option<Place>,
}

/// Where things stand in a comment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommentPlaces {
    pub(super) id: Place,
    pub(super) text: Place,
    /// Who wrote it, as `user` of the settings is written.
    pub(super) author: Place,
    /// Says yes where the requester may read it.
    pub(super) public: Option<Place>,
    /// Says yes where the requester may not.
    pub(super) private: Option<Place>,
    pub(super) at: Option<Place>,
}

/// Where things stand in an entry of a list of files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FilePlaces {
    pub(super) id: Place,
    pub(super) name: Place,
    pub(super) size: Option<Place>,
}

/// One request, and where its answer has what was asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: String,
    #[serde(default)]
    pub(super) query: BTreeMap<String, String>,
    pub(super) json: Option<String>,
    /// The media type of `json`, where it is not `application/json`.
    pub(super) media: Option<String>,
    pub(super) form: Option<BTreeMap<String, String>>,
    pub(super) multipart: Option<Vec<Part>>,
    /// The body is the file, byte for byte.
    #[serde(default)]
    pub(super) raw: bool,
    /// Where the id of what was made stands.
    pub(super) id: Option<Place>,
    /// Where the ticket stands.
    pub(super) item: Option<Place>,
    /// Where the list stands.
    pub(super) items: Option<Place>,
    /// Where a file's content stands, in base64; without it the answer is the file.
    pub(super) content: Option<Place>,
    /// What a success must say of itself, by its place: for stores that say no with a 200.
    #[serde(default)]
    pub(super) holds: BTreeMap<String, String>,
}

/// A part of a multipart body: the file, or a text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    pub(super) name: String,
    #[serde(default)]
    pub(super) file: bool,
    pub(super) text: Option<String>,
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Method {
    Delete,
    Get,
    Patch,
    Post,
    Put,
}

/// How a store writes instants; always in UTC unless the format says a zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Instants {
    #[default]
    Rfc3339,
    Format(String),
}

impl TryFrom<String> for Instants {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        if text == "rfc3339" {
            return Ok(Self::Rfc3339);
        }
        let format = Self::Format(text);
        let is_kept = DateTime::from_timestamp(1_764_216_306, 0).is_some_and(|sample| {
            format.text(&instant_text(sample)).and_then(|text| format.read(&text)) == Some(sample)
        });
        if is_kept { Ok(format) } else { Err("is neither rfc3339 nor a format that keeps seconds: %Y-%m-%d %H:%M:%S") }
    }
}

impl Instants {
    /// An instant of ours in the store's writing; `None` where it is none.
    pub(super) fn text(&self, ours: &str) -> Option<String> {
        let at = DateTime::parse_from_rfc3339(ours).ok()?.with_timezone(&Utc);
        match self {
            Self::Rfc3339 => Some(instant_text(at)),
            Self::Format(format) => {
                let items: Vec<_> = StrftimeItems::new(format).collect();
                let is_sound = !items.contains(&Item::Error);
                is_sound.then(|| at.format_with_items(items.into_iter()).to_string())
            }
        }
    }

    /// An instant in the store's writing; `None` where it is none.
    pub(super) fn read(&self, text: &str) -> Option<Instant> {
        let Self::Format(format) = self else { return instant_in(text) };
        let zoned = DateTime::parse_from_str(text, format).ok().map(|at| at.with_timezone(&Utc));
        zoned.or_else(|| NaiveDateTime::parse_from_str(text, format).ok().map(|at| at.and_utc()))
    }
}

impl Description {
    /// Reads a page.
    ///
    /// # Errors
    /// [`SettingsError`], which names the line or the key, and the mend.
    pub(super) fn of(text: &str) -> Result<Self, SettingsError> {
        let description: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            SettingsError::new("description", format!("line {line}: {}", error.message()))
        })?;
        description.checked()
    }

    /// Every operation, by its name.
    pub(super) fn operations(&self) -> impl Iterator<Item = (&'static str, &Operation)> {
        let all = [
            ("create", Some(&self.create)),
            ("find", self.find.as_ref()),
            ("read", self.read.as_ref()),
            ("update", self.update.as_ref()),
            ("comment", self.comment.as_ref()),
            ("comments", self.comments.as_ref()),
            ("attach", self.attach.as_ref()),
            ("attachments", self.attachments.as_ref()),
            ("fetch", self.fetch.as_ref()),
            ("state", self.state.as_ref()),
            ("merge", self.merge.as_ref()),
            ("changed", self.changed.as_ref()),
            ("check", self.check.as_ref()),
        ];
        all.into_iter().filter_map(|(name, operation)| Some((name, operation?)))
    }

    /// What needs what: a write that cannot be read back, or a list whose entries have no places, is of no use.
    fn checked(self) -> Result<Self, SettingsError> {
        let has: Vec<_> = self.operations().map(|(name, _)| name).collect();
        let places = [("comment", self.places.comment.is_some()), ("file", self.places.file.is_some())];
        for (name, needed) in NEEDS {
            if let Some(missing) = needed.iter().find(|needed| has.contains(&name) && !has.contains(*needed)) {
                return Err(SettingsError::new(
                    missing,
                    format!("is needed where there is {name}: what is written is read back"),
                ));
            }
        }
        for (list, entry) in [("comments", "comment"), ("attachments", "file")] {
            if has.contains(&list) && places.contains(&(entry, false)) {
                let mend = format!("is needed where there is {list}: it says where things stand in each");
                return Err(SettingsError::new(&format!("places.{entry}"), mend));
            }
        }
        if has.contains(&"changed") && self.places.ticket.updated_at.is_none() {
            return Err(SettingsError::new("places.ticket.updated_at", "is needed where there is changed"));
        }
        for (name, operation) in self.operations() {
            operation.check(name)?;
        }
        Ok(self)
    }
}

/// What each operation needs beside itself.
const NEEDS: [(&str, &[&str]); 9] = [
    ("find", &["read"]),
    ("read", &["find"]),
    ("update", &["read"]),
    ("comment", &["comments"]),
    ("attach", &["attachments", "fetch"]),
    ("attachments", &["attach", "fetch"]),
    ("fetch", &["attach", "attachments"]),
    ("state", &["read"]),
    ("merge", &["read"]),
];

impl Operation {
    /// Whether it says what it must, and nothing that would not be looked at.
    fn check(&self, name: &str) -> Result<(), SettingsError> {
        let wrong = |key: &str, mend: &str| Err(SettingsError::new(&format!("{name}.{key}"), mend));
        let bodies = [self.json.is_some(), self.form.is_some(), self.multipart.is_some(), self.raw];
        if bodies.iter().filter(|given| **given).count() > 1 {
            return wrong("json", "a request has one body: json, form, multipart or raw");
        }
        if self.media.is_some() && self.json.is_none() {
            return wrong("media", "is the media type of json, which is not there: take it out");
        }
        let is_list = ["find", "comments", "attachments", "changed"].contains(&name);
        if is_list && self.items.is_none() {
            return wrong("items", "says where the list stands in the answer; \"\" where the answer is the list");
        }
        let knows = |key: &str| match key {
            "id" => name == "create",
            "item" => ["create", "read"].contains(&name),
            "items" => is_list,
            "content" => name == "fetch",
            _ => name == "attach",
        };
        let given = [
            ("id", self.id.is_some()),
            ("item", self.item.is_some()),
            ("items", self.items.is_some()),
            ("content", self.content.is_some()),
            ("multipart", self.multipart.is_some()),
            ("raw", self.raw),
        ];
        if let Some((key, _)) = given.into_iter().find(|(key, given)| *given && !knows(key)) {
            return wrong(key, "has no meaning in this operation: take it out");
        }
        for part in self.multipart.iter().flatten() {
            if part.file == part.text.is_some() {
                return wrong("multipart", "a part is the file (file = true) or has a text, one of both");
            }
        }
        if name == "fetch" && self.content.is_none() && !self.holds.is_empty() {
            return wrong("holds", "an answer that is the file says nothing of itself: take it out");
        }
        Ok(())
    }
}
