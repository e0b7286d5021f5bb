//! GLPI, by the document of its REST API (`apirest.md` of glpi-project/glpi), versions 10 and 11.
//!
//! | what | where in GLPI |
//! |---|---|
//! | url | where the interface begins: `https://glpi.example.gob.do/apirest.php` |
//! | user, secret | the number of the account, and its remote access key; its time zone must be UTC |
//! | second secret | the application's token, where the API client has one |
//! | queue | the entity's number |
//! | subject, body | `name`, `content` (HTML) |
//! | requester | not told; `options.requester` is everybody's, a user's number |
//! | `external_id` | `externalid`, which GLPI has since version 11; before, `name`: the number in brackets in the subject |
//! | other fields | columns of tickets that the configuration names (`first_response_due = "time_to_own"`); none by default |
//! | states | 1 new, 2 processing, 5 solved, 6 closed (for cancelled too) |
//! | options | `category`, `group`, `requester` (numbers), `impact`, `urgency` (1 to 5); `search_option`: the number of our field's |
//!
//! What is odd, and what is done about it:
//!
//! - Sessions end by themselves: a refusal that says so begins a new one, and asks again.
//! - A no may come as `false` in a success, and a document without its file: both are refusals.
//! - Whoever solves or closes a ticket closes what is linked to it as a duplicate too: a double is closed before it is linked,
//!   or the case that goes on would be closed with it.
//! - Fields of plugins have no place in a ticket of this interface: our number needs a column of its own.
//! - Nobody adds a followup to a closed ticket.

mod look;
mod session;
mod shape;

use async_trait::async_trait;
use chrono::Duration;
use reqwest::{Method, multipart};
use serde_json::{Map, Value, json};

use super::api::{LARGEST_FILE, Places, States, id_in_path, member};
use super::{Capabilities, Changed, Finding, Settings, SettingsError, TicketStore, Trouble};
use crate::clock::Instant;
use crate::incident::State;
use crate::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment};
use session::Session;
use shape::Number;

/// The numbers of a ticket's id and of when it was changed, among the columns of searches.
const ID: &str = "2";
const CHANGED: &str = "19";

/// The kind of link that says that a ticket is the double of another.
const DUPLICATE: &str = "2";

/// How many merges are followed.
const MOST_MERGES: usize = 8;

/// GLPI's states.
const STATES: [(State, &str); 6] = [
    (State::Received, "1"),
    (State::Acknowledged, "2"),
    (State::Responded, "2"),
    (State::Resolved, "5"),
    (State::Closed, "6"),
    (State::Cancelled, "6"),
];

/// GLPI.
#[derive(Debug)]
pub struct Glpi {
    session: Session,
    places: Places,
    states: States,
    /// Where our number stands.
    number: Number,
    /// Our account's number.
    user: String,
    /// The entity's number.
    entity: String,
    /// What every new ticket has.
    more: Map<String, Value>,
}

impl Glpi {
    /// A connector of the installation that `settings` describe.
    ///
    /// # Errors
    /// [`SettingsError`], which names the mend.
    #[expect(clippy::needless_pass_by_value, reason = "as every connector is made")]
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let columns = [
            ("category", "itilcategories_id"),
            ("group", "_groups_id_assign"),
            ("impact", "impact"),
            ("requester", "_users_id_requester"),
            ("urgency", "urgency"),
        ];
        settings.only_options(&["category", "group", "impact", "requester", "search_option", "urgency"])?;
        let user = number("user", settings.user.as_deref().unwrap_or_default(), "the number of our account in GLPI")?;
        let entity = number("queue", &settings.queue, "the number of an entity; 0 is the root entity")?;
        let mut more =
            Map::from_iter([("entities_id".to_owned(), entity.clone().into()), ("type".to_owned(), 1.into())]);
        for (name, column) in columns {
            if let Some(value) = settings.options.get(name).filter(|value| !value.trim().is_empty()) {
                more.insert(column.to_owned(), number(&format!("options.{name}"), value, "a number")?.into());
            }
        }
        let case_option = match settings.options.get("search_option").map(|option| option.trim()) {
            None => None,
            Some("") => Some(String::new()),
            Some(option) => Some(number("options.search_option", option, "a number, or empty")?),
        };
        let (places, column) = Places::searchable(&settings, &[(Field::ExternalId, "externalid")])?;
        Ok(Self {
            session: Session::new(&settings)?,
            states: States::new(&settings, STATES),
            places,
            number: Number::new(column, case_option),
            user,
            entity,
            more,
        })
    }

    fn columns(&self, case: &Case, absent: Option<&Value>) -> Map<String, Value> {
        let mut record = Map::new();
        self.places.write(&case.values, shape::date_time, absent, &mut record);
        record.insert("name".into(), case.subject.as_str().into());
        record
    }

    /// The ticket with this id, merged or not.
    async fn ticket(&self, doing: &str, id: &str) -> Result<Option<Value>, Trouble> {
        let path = format!("/Ticket/{}", id_in_path(doing, id)?);
        self.session.json_if_there(doing, |api| api.ask(Method::GET, &path)).await
    }

    /// The items of a kind that a ticket has, the oldest first.
    async fn items(&self, doing: &str, id: &str, kind: &str) -> Result<Vec<Value>, Trouble> {
        let path = format!("/Ticket/{}/{kind}", id_in_path(doing, id)?);
        let query = [("range", "0-999"), ("get_hateoas", "false")];
        shape::list(doing, self.session.json(doing, |api| api.ask(Method::GET, &path).query(&query)).await?)
    }

    /// The tickets that `id` is a double of.
    async fn originals(&self, doing: &str, id: &str) -> Result<Vec<String>, Trouble> {
        let links = self.items(doing, id, "Ticket_Ticket").await?;
        let ours = links.iter().filter(|link| {
            member(link, "link").as_deref() == Some(DUPLICATE) && member(link, "tickets_id_1").as_deref() == Some(id)
        });
        Ok(ours.filter_map(|link| member(link, "tickets_id_2")).collect())
    }

    async fn add(&self, doing: &str, kind: &str, input: &Value) -> Result<String, Trouble> {
        let body = json!({ "input": input });
        let answer = self.session.json(doing, |api| api.ask(Method::POST, kind).json(&body)).await?;
        shape::added(doing, &answer)
    }

    async fn put(&self, doing: &str, id: &str, input: &Map<String, Value>) -> Result<(), Trouble> {
        let path = format!("/Ticket/{}", id_in_path(doing, id)?);
        let body = json!({ "input": input });
        let answer = self.session.json(doing, |api| api.ask(Method::PUT, &path).json(&body)).await?;
        shape::updated(doing, &answer, id)
    }

    /// Adds a document with its file. One that GLPI took without the file is taken away again.
    async fn upload(&self, doing: &str, file: &Attachment) -> Result<String, Trouble> {
        let part = multipart::Part::bytes(file.bytes.clone()).file_name(file.name.clone());
        if part.mime_str(&file.media).is_err() {
            return Err(Trouble::refused(format!("{doing}: the file has no media type")));
        }
        let input = json!({ "name": file.name, "_filename": [file.name], "entities_id": self.entity });
        let manifest = json!({ "input": input }).to_string();
        let answer = self.session.json(doing, |api| {
            let part = multipart::Part::bytes(file.bytes.clone()).file_name(file.name.clone());
            let form = multipart::Form::new().text("uploadManifest", manifest.clone());
            let form = match part.mime_str(&file.media) {
                Ok(part) => form.part("filename[0]", part),
                Err(_) => form,
            };
            api.ask_file(Method::POST, "/Document").multipart(form)
        });
        let answer = answer.await?;
        let id = shape::added(doing, &answer)?;
        if !has_error(answer.get("upload_result")) {
            return Ok(id);
        }
        let path = format!("/Document/{}", id_in_path(doing, &id)?);
        let purge = [("force_purge", "true")];
        let _ = self.session.json(doing, |api| api.ask(Method::DELETE, &path).query(&purge)).await;
        Err(Trouble::refused(format!(
            "{doing}: GLPI does not take the file: allow its type (Setup, Dropdowns, Document types)"
        )))
    }
}

/// Whether an upload went wrong, somewhere in what is said of it.
fn has_error(result: Option<&Value>) -> bool {
    match result {
        Some(Value::Array(items)) => items.iter().any(|item| has_error(Some(item))),
        Some(Value::Object(members)) => {
            members.contains_key("error") || members.values().any(|member| has_error(Some(member)))
        }
        _ => false,
    }
}

fn number(setting: &str, text: &str, what: &str) -> Result<String, SettingsError> {
    let text = text.trim();
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(text.to_owned()) } else { Err(SettingsError::new(setting, format!("is {what}"))) }
}

#[async_trait]
impl TicketStore for Glpi {
    fn name(&self) -> &'static str {
        "glpi"
    }

    /// Doubles are closed and linked, which is what a merge is here.
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            find: true,
            comment: true,
            attach: true,
            state: true,
            update: true,
            merge: true,
            changes: true,
            largest_file: LARGEST_FILE,
        }
    }

    fn mapped(&self) -> Vec<Field> {
        self.places.mapped()
    }

    fn state_word(&self, state: State) -> Option<String> {
        self.states.word(state).map(str::to_owned)
    }

    async fn find(&self, external_id: &str) -> Result<Vec<Remote>, Trouble> {
        let doing = "find tickets";
        let condition = format!("searchText[{}]", self.number.column);
        let query = [(condition.as_str(), external_id), ("range", "0-49"), ("get_hateoas", "false")];
        let tickets = self.session.json(doing, |api| api.ask(Method::GET, "/Ticket").query(&query)).await?;
        let tickets = shape::list(doing, tickets)?;
        let is_asked_for = |ticket: &&Value| self.number.of(ticket).as_deref() == Some(external_id);
        let ours: Vec<_> = tickets.iter().filter(is_asked_for).collect();
        if ours.is_empty() && !tickets.is_empty() {
            // Strangers: the condition was not used, so this says nothing of what is there.
            let mend = "GLPI gives tickets that were not asked for: is the column of external_id there?";
            return Err(Trouble::refused(format!("{doing}: {mend}")));
        }
        ours.into_iter().map(|ticket| shape::remote(doing, ticket, &self.places, &self.number)).collect()
    }

    async fn create(&self, case: &Case) -> Result<String, Trouble> {
        let mut record = self.columns(case, None);
        record.extend(self.more.clone());
        let body = if case.body.trim().is_empty() { &case.subject } else { &case.body };
        record.insert("content".into(), shape::html(body).into());
        self.add("create a ticket", "/Ticket", &Value::Object(record)).await
    }

    async fn read(&self, id: &str) -> Result<Option<Remote>, Trouble> {
        let doing = "read a ticket";
        let mut id = id.to_owned();
        for _ in 0..MOST_MERGES {
            let Some(ticket) = self.ticket(doing, &id).await? else { return Ok(None) };
            // A double that we merged has our number no more.
            let original = match self.number.of(&ticket) {
                Some(_) => None,
                None => self.originals(doing, &id).await?.into_iter().next(),
            };
            match original {
                Some(original) => id = original,
                None => return shape::remote(doing, &ticket, &self.places, &self.number).map(Some),
            }
        }
        Err(Trouble::refused(format!("{doing}: it is the double of a double: look at its links in GLPI")))
    }

    async fn update(&self, id: &str, case: &Case) -> Result<(), Trouble> {
        self.put("update a ticket", id, &self.columns(case, Some(&Value::from("")))).await
    }

    async fn comment(&self, id: &str, comment: &Comment) -> Result<(), Trouble> {
        let doing = "comment";
        let input = json!({
            "itemtype": "Ticket",
            "items_id": id_in_path(doing, id)?,
            "content": shape::html(&comment.marked()),
            "is_private": u8::from(!comment.public),
        });
        self.add(doing, "/ITILFollowup", &input).await.map(|_| ())
    }

    async fn comments(&self, id: &str) -> Result<Vec<RemoteComment>, Trouble> {
        let doing = "read comments";
        let followups = self.items(doing, id, "ITILFollowup").await?;
        followups.iter().map(|followup| shape::comment(doing, followup, &self.user)).collect()
    }

    async fn attach(&self, id: &str, file: &Attachment) -> Result<(), Trouble> {
        let doing = "attach a file";
        let ticket = id_in_path(doing, id)?;
        let document = self.upload(doing, file).await?;
        let input = json!({ "documents_id": document, "itemtype": "Ticket", "items_id": ticket });
        self.add(doing, "/Document_Item", &input).await.map(|_| ())
    }

    /// GLPI does not say how large a document is.
    async fn attachments(&self, id: &str) -> Result<Vec<RemoteAttachment>, Trouble> {
        let doing = "list files";
        let mut files = Vec::new();
        for link in self.items(doing, id, "Document_Item").await? {
            let document = member(&link, "documents_id").ok_or_else(|| Trouble::unreadable(doing))?;
            let path = format!("/Document/{}", id_in_path(doing, &document)?);
            let found = self.session.json_if_there(doing, |api| api.ask(Method::GET, &path)).await?;
            let Some(found) = found else { continue };
            let name = member(&found, "filename").or_else(|| member(&found, "name"));
            files.push(RemoteAttachment { id: document, name: name.unwrap_or_default(), size: None });
        }
        Ok(files)
    }

    async fn fetch(&self, _: &str, file: &RemoteAttachment) -> Result<Vec<u8>, Trouble> {
        let doing = "fetch a file";
        let path = format!("/Document/{}", id_in_path(doing, &file.id)?);
        // A session that ended is renewed where a refusal can be read: a file says nothing.
        self.session.json(doing, |api| api.ask(Method::GET, &path)).await?;
        self.session.file(doing, &path).await
    }

    async fn set_state(&self, id: &str, state: State) -> Result<(), Trouble> {
        let Some(word) = self.states.word(state) else { return Ok(()) };
        self.put("set the state", id, &Map::from_iter([("status".to_owned(), word.into())])).await
    }

    async fn merge(&self, double: &str, into: &str) -> Result<(), Trouble> {
        let doing = "merge";
        if self.ticket(doing, into).await?.is_none() {
            return Err(Trouble::refused(format!("{doing}: the ticket to merge into is not there")));
        }
        let Some(ticket) = self.ticket(doing, double).await? else {
            return Err(Trouble::refused(format!("{doing}: the double is not there")));
        };
        let is_linked = self.originals(doing, double).await?.iter().any(|original| original == into);
        let mut record = Map::from_iter([(self.number.column.clone(), self.number.without(&ticket).into())]);
        if !is_linked {
            // Before the link: with it, GLPI would close the other one too.
            let word = self.states.word(State::Cancelled).or_else(|| self.states.word(State::Closed)).unwrap_or("6");
            record.insert("status".into(), word.into());
        }
        self.put(doing, double, &record).await?;
        if is_linked {
            return Ok(());
        }
        let link = json!({ "tickets_id_1": double, "tickets_id_2": into, "link": DUPLICATE });
        self.add(doing, "/Ticket_Ticket", &link).await.map(|_| ())
    }

    async fn changed(&self, since: Instant) -> Result<Vec<Changed>, Trouble> {
        let doing = "read changes";
        // GLPI gives what is later, and keeps seconds.
        let before = (since - Duration::seconds(1)).format(shape::DATE_TIME).to_string();
        let case_option = self.number.option.as_str();
        let mut query = vec![
            ("criteria[0][field]", CHANGED),
            ("criteria[0][searchtype]", "morethan"),
            ("criteria[0][value]", before.as_str()),
            ("sort", CHANGED),
            ("order", "ASC"),
            ("range", "0-199"),
            ("forcedisplay[0]", ID),
            ("forcedisplay[1]", CHANGED),
        ];
        if !case_option.is_empty() {
            query.push(("forcedisplay[2]", case_option));
        }
        let answer = self.session.json(doing, |api| api.ask(Method::GET, "/search/Ticket").query(&query)).await?;
        let rows = match (answer.get("data"), member(&answer, "totalcount").as_deref()) {
            (Some(Value::Array(rows)), _) => rows.as_slice(),
            (None, Some("0")) => &[],
            _ => return Err(Trouble::unreadable(doing)),
        };
        let changes = rows.iter().map(|row| shape::change(doing, row, &self.number));
        let mut changes = changes.collect::<Result<Vec<_>, _>>()?;
        changes.retain(|change| change.at.timestamp() >= since.timestamp());
        changes.sort_by_key(|change| change.at);
        Ok(changes)
    }

    async fn check(&self) -> Vec<Finding> {
        look::look(self).await
    }
}
