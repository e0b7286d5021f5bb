//! A store that is described and not programmed: a page of TOML says what is asked of it and where its answers have what
//! was asked for. `ticket-store.example.toml` is such a page, with a word on every key.
//!
//! | what | where in the page |
//! |---|---|
//! | url, user, secret, second secret, queue, options | the settings; templates know all but the secrets, headers those too |
//! | our fields | `places.fields`, or `fields` of the settings, which wins |
//! | states | `states`, or `states` of the settings, which wins |
//! | what the store can do | the operations that the page has; one that writes needs the one that reads back |
//!
//! What is odd, and what is done about it:
//!
//! - A store that was never seen may ignore its condition: strangers among what is found are left out, and a list of strangers
//!   only is a refusal.
//! - A page may be wrong in many ways: it is read with no unknown key, and every template is filled in once at the start.
//! - One operation is one request. A store that links and closes in two cannot merge by a page.

mod description;
mod place;
mod rehearsal;
mod request;
mod template;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::api::{LARGEST_FILE, finding};
use super::{Capabilities, Changed, Finding, Settings, SettingsError, TicketStore, Trouble};
use crate::clock::Instant;
use crate::incident::State;
use crate::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment, instant_text};
use description::{Description, Instants, Operation};
use place::Place;
use request::{About, Asked, Requests};

/// How many merges are followed.
const MOST_MERGES: usize = 8;

/// A case number that no case has: its check digit is wrong.
const NOBODYS: &str = "00000001";

/// A store that a page describes.
#[derive(Debug)]
pub struct Described {
    page: Description,
    requests: Requests,
    user: String,
}

impl Described {
    /// A connector of the store that `page`, the text of a page, describes and `settings` address.
    ///
    /// # Errors
    /// [`SettingsError`], which names the key and the mend.
    #[expect(clippy::needless_pass_by_value, reason = "as every connector is made")]
    pub fn new(settings: Settings, page: &str) -> Result<Self, SettingsError> {
        let mut page = Description::of(page)?;
        for (field, place) in &settings.fields {
            let wrong = |error: place::NoPlace| SettingsError::new(&format!("fields.{field}"), error.to_string());
            match place.trim() {
                "" => page.places.fields.remove(field),
                place => page.places.fields.insert(*field, Place::try_from(place.to_owned()).map_err(wrong)?),
            };
        }
        page.states.extend(settings.states.iter().map(|(state, word)| (*state, word.trim().to_owned())));
        page.states.retain(|_, word| !word.is_empty());
        if page.find.is_some() && !page.places.fields.contains_key(&Field::ExternalId) {
            let mend = "says where our case number stands in a ticket: tickets are found by it";
            return Err(SettingsError::new("places.fields.external_id", mend));
        }
        let user = settings.user.clone().unwrap_or_default().trim().to_owned();
        if page.comments.is_some() && user.is_empty() {
            let mend = "is our account, as the store's comments name their author: our own are known by it";
            return Err(SettingsError::new("user", mend));
        }
        let requests = Requests::new(&settings, &page)?;
        rehearsal::rehearse(&page, &requests)?;
        Ok(Self { page, requests, user })
    }

    fn list<'v>(doing: &str, operation: &Operation, answer: &'v Value) -> Result<&'v Vec<Value>, Trouble> {
        let list = operation.items.as_ref().and_then(|place| place.of(answer)).and_then(Value::as_array);
        list.ok_or_else(|| Trouble::unreadable(doing))
    }

    /// The list that `operation` gives.
    async fn listed(&self, asked: Asked<'_>) -> Result<Vec<Value>, Trouble> {
        let (doing, operation) = (asked.doing, asked.operation);
        let answer = self.requests.json(asked, About::default()).await?;
        Self::list(doing, operation, &answer).cloned()
    }

    fn instant(&self, place: Option<&Place>, record: &Value) -> Option<Instant> {
        self.page.instants.read(&place?.text_of(record)?)
    }

    fn remote(&self, doing: &str, ticket: &Value) -> Result<Remote, Trouble> {
        let places = &self.page.places;
        let needed = |place: &Place| place.text_of(ticket).ok_or_else(|| Trouble::unreadable(doing));
        let values = places.fields.iter().filter_map(|(field, place)| {
            let text = place.text_of(ticket)?;
            match self.page.instants.read(&text) {
                Some(at) if field.is_instant() => Some((*field, instant_text(at))),
                // Whatever it is instead of an instant is a difference that shows.
                _ => Some((*field, text)),
            }
        });
        Ok(Remote {
            id: needed(&places.ticket.id)?,
            subject: places.ticket.subject.text_of(ticket).unwrap_or_default(),
            state: needed(&places.ticket.state)?,
            values: values.collect(),
            updated_at: self.instant(places.ticket.updated_at.as_ref(), ticket),
        })
    }

    /// The id of the ticket that holds what this one held.
    fn merged_into(&self, ticket: &Value) -> Option<String> {
        self.page.places.ticket.merged_into.as_ref()?.text_of(ticket)
    }

    fn external_id(&self, ticket: &Value) -> Option<String> {
        self.page.places.fields.get(&Field::ExternalId)?.text_of(ticket)
    }
}

/// An operation that the page has; else a refusal, which whoever heeds the capabilities never meets.
fn asked<'a>(doing: &'static str, operation: Option<&'a Operation>, with: Value) -> Result<Asked<'a>, Trouble> {
    let operation = operation
        .ok_or_else(|| Trouble::refused(format!("{doing}: the description of the store has no such operation")))?;
    Ok(Asked { doing, operation, with })
}

fn of_ticket(id: &str) -> Value {
    json!({ "id": id })
}

/// What is known of a case; each field of ours, `null` where it is not known.
fn of_case(case: &Case, instants: &Instants) -> Value {
    let fields = Field::ALL.into_iter().map(|field| {
        let value = case.values.get(&field);
        let value = value.and_then(|text| if field.is_instant() { instants.text(text) } else { Some(text.clone()) });
        (field.to_string(), value.into())
    });
    let fields: Map<String, Value> = fields.collect();
    let Case { external_id, subject, body, requester, .. } = case;
    let case = json!({ "external_id": external_id, "subject": subject, "body": body, "requester": requester });
    json!({ "case": case, "fields": fields })
}

fn of_comment(comment: &Comment) -> Value {
    let Comment { mark, public, .. } = comment;
    json!({ "comment": { "text": comment.marked(), "public": public, "mark": mark } })
}

/// What is known of a file; its content only where a body that is text holds it.
fn attached(file: &Attachment, operation: Option<&Operation>) -> Value {
    let is_text = operation.is_some_and(|operation| operation.json.is_some() || operation.form.is_some());
    let content = is_text.then(|| BASE64.encode(&file.bytes));
    let Attachment { name, media, bytes } = file;
    json!({ "file": { "name": name, "media": media, "size": bytes.len(), "base64": content } })
}

fn and(mut with: Value, id: &str) -> Value {
    if let Some(with) = with.as_object_mut() {
        with.insert("id".to_owned(), id.into());
    }
    with
}

fn is_yes(text: &str) -> bool {
    ["1", "true", "yes"].contains(&text.to_ascii_lowercase().as_str())
}

/// By number where they are numbers.
fn in_order(tickets: &mut [Remote]) {
    tickets.sort_by_cached_key(|ticket| (ticket.id.parse::<u64>().unwrap_or(u64::MAX), ticket.id.clone()));
}

#[async_trait]
impl TicketStore for Described {
    fn name(&self) -> &'static str {
        "http"
    }

    fn capabilities(&self) -> Capabilities {
        let page = &self.page;
        Capabilities {
            find: page.find.is_some(),
            comment: page.comment.is_some(),
            attach: page.attach.is_some(),
            state: page.state.is_some(),
            update: page.update.is_some(),
            merge: page.merge.is_some(),
            changes: page.changed.is_some(),
            largest_file: page.largest_file.unwrap_or(LARGEST_FILE).min(LARGEST_FILE),
        }
    }

    fn mapped(&self) -> Vec<Field> {
        self.page.places.fields.keys().copied().collect()
    }

    fn state_word(&self, state: State) -> Option<String> {
        self.page.state.as_ref()?;
        self.page.states.get(&state).cloned()
    }

    async fn find(&self, external_id: &str) -> Result<Vec<Remote>, Trouble> {
        let doing = "find tickets";
        let with = json!({ "external_id": external_id });
        let tickets = self.listed(asked(doing, self.page.find.as_ref(), with)?).await?;
        let is_asked_for = |ticket: &&Value| self.external_id(ticket).as_deref() == Some(external_id);
        let ours: Vec<_> = tickets.iter().filter(is_asked_for).collect();
        if ours.is_empty() && !tickets.is_empty() {
            // Strangers: the condition was not used, so this says nothing of what is there.
            let mend = "the store gives tickets that were not asked for: look at find and places.fields.external_id";
            return Err(Trouble::refused(format!("{doing}: {mend}")));
        }
        let there = ours.into_iter().filter(|ticket| self.merged_into(ticket).is_none());
        let mut found = there.map(|ticket| self.remote(doing, ticket)).collect::<Result<Vec<_>, _>>()?;
        in_order(&mut found);
        Ok(found)
    }

    async fn create(&self, case: &Case) -> Result<String, Trouble> {
        let doing = "create a ticket";
        let asked = asked(doing, Some(&self.page.create), of_case(case, &self.page.instants))?;
        let key = format!("create/{}", case.external_id);
        let made = self.requests.json(asked, About { file: None, key: Some(&key) }).await?;
        let Operation { id, item, .. } = &self.page.create;
        let ticket = item.as_ref().map_or(Some(&made), |place| place.of(&made));
        let place = id.as_ref().unwrap_or(&self.page.places.ticket.id);
        ticket.and_then(|ticket| place.text_of(ticket)).ok_or_else(|| Trouble::unreadable(doing))
    }

    async fn read(&self, id: &str) -> Result<Option<Remote>, Trouble> {
        let doing = "read a ticket";
        let mut id = id.to_owned();
        for _ in 0..MOST_MERGES {
            let asked = asked(doing, self.page.read.as_ref(), of_ticket(&id))?;
            let item = asked.operation.item.clone();
            let Some(answer) = self.requests.json_if_there(asked).await? else { return Ok(None) };
            let ticket = item.as_ref().map_or(Some(&answer), |place| place.of(&answer));
            let ticket = ticket.ok_or_else(|| Trouble::unreadable(doing))?;
            match self.merged_into(ticket) {
                Some(other) => id = other,
                None => return self.remote(doing, ticket).map(Some),
            }
        }
        Err(Trouble::refused(format!("{doing}: it was merged again and again: look at it in the store")))
    }

    async fn update(&self, id: &str, case: &Case) -> Result<(), Trouble> {
        let with = and(of_case(case, &self.page.instants), id);
        self.requests.done(asked("update a ticket", self.page.update.as_ref(), with)?, About::default()).await
    }

    async fn comment(&self, id: &str, comment: &Comment) -> Result<(), Trouble> {
        let asked = asked("comment", self.page.comment.as_ref(), and(of_comment(comment), id))?;
        let key = format!("comment/{}", comment.mark);
        self.requests.done(asked, About { file: None, key: Some(&key) }).await
    }

    async fn comments(&self, id: &str) -> Result<Vec<RemoteComment>, Trouble> {
        let doing = "read comments";
        let entries = self.listed(asked(doing, self.page.comments.as_ref(), of_ticket(id))?).await?;
        let Some(places) = &self.page.places.comment else { return Ok(Vec::new()) };
        let comments = entries.iter().map(|entry| {
            let says = |place: &Place| place.text_of(entry).is_some_and(|text| is_yes(&text));
            let author = places.author.text_of(entry);
            Ok(RemoteComment {
                id: places.id.text_of(entry).ok_or_else(|| Trouble::unreadable(doing))?,
                text: places.text.text_of(entry).unwrap_or_default(),
                public: places.public.as_ref().map_or_else(
                    // What the store does not tell is for everybody only where it tells what is not.
                    || places.private.as_ref().is_some_and(|place| !says(place)),
                    says,
                ),
                ours: author.is_some_and(|author| author.eq_ignore_ascii_case(&self.user)),
                at: self.instant(places.at.as_ref(), entry),
            })
        });
        let mut comments = comments.collect::<Result<Vec<_>, Trouble>>()?;
        if comments.iter().all(|comment| comment.at.is_some()) {
            comments.sort_by_key(|comment| comment.at);
        }
        Ok(comments)
    }

    async fn attach(&self, id: &str, file: &Attachment) -> Result<(), Trouble> {
        let operation = self.page.attach.as_ref();
        let asked = asked("attach a file", operation, and(attached(file, operation), id))?;
        let key = format!("attach/{}", file.name);
        self.requests.done(asked, About { file: Some(file), key: Some(&key) }).await
    }

    async fn attachments(&self, id: &str) -> Result<Vec<RemoteAttachment>, Trouble> {
        let doing = "list files";
        let entries = self.listed(asked(doing, self.page.attachments.as_ref(), of_ticket(id))?).await?;
        let Some(places) = &self.page.places.file else { return Ok(Vec::new()) };
        let files = entries.iter().map(|entry| {
            let needed = |place: &Place| place.text_of(entry).ok_or_else(|| Trouble::unreadable(doing));
            let size = places.size.as_ref().and_then(|place| place.text_of(entry));
            Ok(RemoteAttachment {
                id: needed(&places.id)?,
                name: needed(&places.name)?,
                size: size.and_then(|size| size.parse().ok()),
            })
        });
        files.collect()
    }

    async fn fetch(&self, id: &str, file: &RemoteAttachment) -> Result<Vec<u8>, Trouble> {
        let doing = "fetch a file";
        let with = and(json!({ "file": { "id": file.id, "name": file.name } }), id);
        let asked = asked(doing, self.page.fetch.as_ref(), with)?;
        let bytes = self.requests.bytes(&asked).await?;
        let Some(content) = &asked.operation.content else { return Ok(bytes) };
        let answer: Value = serde_json::from_slice(&bytes).map_err(|_| Trouble::unreadable(doing))?;
        asked.holds(&answer)?;
        let text = content.text_of(&answer).ok_or_else(|| Trouble::unreadable(doing))?;
        BASE64.decode(text.split_ascii_whitespace().collect::<String>()).map_err(|_| Trouble::unreadable(doing))
    }

    async fn set_state(&self, id: &str, state: State) -> Result<(), Trouble> {
        let Some(word) = self.state_word(state) else { return Ok(()) };
        let asked = asked("set the state", self.page.state.as_ref(), and(json!({ "state": word }), id))?;
        self.requests.done(asked, About::default()).await
    }

    async fn merge(&self, double: &str, into: &str) -> Result<(), Trouble> {
        let with = json!({ "double": double, "into": into });
        self.requests.done(asked("merge", self.page.merge.as_ref(), with)?, About::default()).await
    }

    async fn changed(&self, since: Instant) -> Result<Vec<Changed>, Trouble> {
        let doing = "read changes";
        let with = json!({ "since": self.page.instants.text(&instant_text(since)) });
        let tickets = self.listed(asked(doing, self.page.changed.as_ref(), with)?).await?;
        let places = &self.page.places.ticket;
        let changes = tickets.iter().map(|ticket| {
            Ok(Changed {
                id: places.id.text_of(ticket).ok_or_else(|| Trouble::unreadable(doing))?,
                external_id: self.external_id(ticket),
                at: self.instant(places.updated_at.as_ref(), ticket).ok_or_else(|| Trouble::unreadable(doing))?,
            })
        });
        let mut changes = changes.collect::<Result<Vec<_>, Trouble>>()?;
        // To the second, as stores are asked.
        changes.retain(|change| change.at.timestamp() >= since.timestamp());
        changes.sort_by_key(|change| change.at);
        Ok(changes)
    }

    async fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Ok(asked) = asked("check", self.page.check.as_ref(), json!({})) {
            let result = self.requests.done(asked, About::default()).await;
            let result = result.map(|()| "the store takes them".to_owned()).map_err(|trouble| trouble.what);
            findings.push(finding("credentials", result));
        }
        if self.page.find.is_some() {
            let result = match self.find(NOBODYS).await {
                Ok(found) if found.is_empty() => Ok("a number that nobody has finds nothing".to_owned()),
                Ok(_) => Err("a number that nobody has finds a ticket: take it away".to_owned()),
                Err(trouble) => Err(trouble.what),
            };
            findings.push(finding("find", result));
        }
        if findings.is_empty() {
            findings
                .push(finding("description", Ok("has neither check nor find: nothing can be looked at".to_owned())));
        }
        findings
    }
}
