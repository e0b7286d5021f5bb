//! Request Tracker 5, by REST2 (docs.bestpractical.com/rt/5.0.3/RT/REST2.html), as a real one was seen to behave.
//!
//! | what | where in RT |
//! |---|---|
//! | url | the address before `/REST/2.0` |
//! | user, secret | the account's name, and a token of it (`1-27-...`, which says whose it is: the name may be left out) |
//! | queue | the queue's name |
//! | subject, body, requester | `Subject`, `Content`, `Requestor` |
//! | fields | custom fields of the queue, by name; see [`FIELDS`]. The first response's deadline stands in `Due` too |
//! | states | the statuses new, open, resolved, rejected; see [`STATES`] |
//! | options | `priority`: a number. `largest_file`: bytes, RT's `$MaxAttachmentSize`; 10485760 where it is not named |
//!
//! What is odd, and what is done about it:
//!
//! - A success says little. An unknown custom field, a value that is not on a list, a file that is too large, a status that the
//!   life cycle does not have: all are answered 200 or 201 and dropped. States and merges are read back here, the rest by
//!   whoever hands over. RT's own words are not read: they are in the account's language.
//! - Instants are read in the account's time zone, whatever they say; in the writing of RFC 3339 some become 1970. They are
//!   sent without a zone, and [`TicketStore::check`] insists on UTC.
//! - To take away a custom field that is not set sets it: to nothing, or to 1970.
//! - Lists of parts of a ticket are cut into pages first and what we may not see is taken out then: a page that is not full, or
//!   even empty, is not yet the last, and none says how many there are.
//! - A comment on a ticket that is gone is answered 400. A reply opens a ticket that is new, so states are told after comments.
//! - A merged ticket is read as the one that holds it.

mod look;
mod wire;

use async_trait::async_trait;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::api::{Api, LARGEST_FILE, Places, States, id_in_path, member, number};
use super::{Capabilities, Changed, Finding, Settings, SettingsError, TicketStore, Trouble};
use crate::clock::Instant;
use crate::incident::State;
use crate::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment, Values};

/// The names of the custom fields.
const FIELDS: [(Field, &str); 8] = [
    (Field::ExternalId, "External ID"),
    (Field::Call, "Call ID"),
    (Field::CallerNumber, "Caller Number"),
    (Field::Institution, "Institution Code"),
    (Field::Severity, "Severity"),
    (Field::FirstResponseDue, "First Response Due"),
    (Field::FirstResponseAt, "First Response At"),
    (Field::Eta, "ETA"),
];

/// The statuses of RT's life cycle `default`.
const STATES: [(State, &str); 6] = [
    (State::Received, "new"),
    (State::Acknowledged, "open"),
    (State::Responded, "open"),
    (State::Resolved, "resolved"),
    (State::Closed, "resolved"),
    (State::Cancelled, "rejected"),
];

/// RT gives no more at once.
const PAGE: u64 = 100;

/// How many pages of a ticket's parts are read, and of what changed.
const MOST_PAGES: u64 = 50;
const MOST_CHANGED: u64 = 3;

/// So many empty pages in a row are the end: what we may not see has been taken out of each.
const EMPTY_PAGES: u64 = 2;

/// Of so many comments the text is asked for at once.
const TEXTS: usize = 40;

/// RT's own bound where nobody changed it, in bytes.
const USUAL_LARGEST: u64 = 10 * 1024 * 1024;

/// Request Tracker.
#[derive(Clone, Debug)]
pub struct RequestTracker {
    api: Api,
    places: Places,
    states: States,
    queue: String,
    /// The custom field that tickets are found by.
    case_field: String,
    /// The account by its name, or by the number in its token.
    account: String,
    /// That number, where the token says it.
    owner: Option<String>,
    /// Its name, once it was asked for.
    login: OnceCell<String>,
    priority: Option<u64>,
    largest_file: u64,
}

impl RequestTracker {
    /// A connector of the RT that `settings` describe.
    ///
    /// # Errors
    /// [`SettingsError`], which names the mend.
    #[expect(clippy::needless_pass_by_value, reason = "every connector is made of settings of its own")]
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.only_options(&["largest_file", "priority"])?;
        let queue = settings.queue.trim();
        if queue.is_empty() || queue.contains('/') {
            return Err(SettingsError::new("queue", "is the queue's name, or its number where the name has a slash"));
        }
        let token = settings.secret.expose().trim();
        if token.is_empty() {
            return Err(SettingsError::new("secret", "is a token of the account (RT: Settings, Auth Tokens)"));
        }
        let user = settings.user.as_deref().map(str::trim).filter(|user| !user.is_empty());
        let Some(account) = user.or_else(|| wire::account_in(token)).map(str::to_owned) else {
            return Err(SettingsError::new("user", "is the account's name in RT: this token does not say whose it is"));
        };
        let login = user.map(|user| OnceCell::new_with(Some(user.to_owned()))).unwrap_or_default();
        let (places, case_field) = Places::searchable(&settings, &FIELDS)?;
        // By its number RT writes a field, and fails where there is none; it is read by its name.
        if let Some((field, _)) = settings.fields.iter().find(|(_, name)| name.trim().parse::<u64>().is_ok()) {
            return Err(SettingsError::new(&format!("fields.{field}"), "is the custom field's name, not its number"));
        }
        if case_field.contains(['{', '}', '\'', '"', '\\']) {
            return Err(SettingsError::new("fields.external_id", "has characters that RT's search cannot have"));
        }
        let api = Api::new(&settings, "authorization", &format!("token {token}"), wire::mend)?;
        let (owner, states) = (wire::account_in(token).map(str::to_owned), States::new(&settings, STATES));
        let largest_file = number(&settings, "largest_file")?.unwrap_or(USUAL_LARGEST);
        Ok(Self {
            api,
            places,
            states,
            queue: queue.to_owned(),
            case_field,
            account,
            owner,
            login,
            priority: number(&settings, "priority")?,
            largest_file: largest_file.min(LARGEST_FILE),
        })
    }

    /// Our account's name, which is what authors are told by.
    async fn login(&self, doing: &str) -> Result<&str, Trouble> {
        let ask = || async {
            let account = self.api.json(doing, self.api.ask(Method::GET, &self.account_path())).await?;
            member(&account, "Name").ok_or_else(|| Trouble::unreadable(doing))
        };
        self.login.get_or_try_init(ask).await.map(String::as_str)
    }

    fn account_path(&self) -> String {
        format!("/REST/2.0/user/{}", wire::in_path(&self.account).unwrap_or_default())
    }

    /// The ticket with this id, or the one that it was merged into, with what it is known by until it changes.
    async fn ticket(&self, doing: &str, id: &str) -> Result<Option<(Value, Option<String>)>, Trouble> {
        let path = format!("/REST/2.0/ticket/{}", id_in_path(doing, id)?);
        self.api.json_tagged(doing, self.api.ask(Method::GET, &path)).await
    }

    /// The same, where it must be there.
    async fn there(&self, doing: &str, id: &str) -> Result<(Value, Option<String>), Trouble> {
        let gone = || Trouble::refused(format!("{doing}: the ticket is not there, or the account may not see it"));
        self.ticket(doing, id).await?.ok_or_else(gone)
    }

    async fn put(&self, doing: &str, id: &str, what: &Value, tag: Option<String>) -> Result<(), Trouble> {
        let path = format!("/REST/2.0/ticket/{}", id_in_path(doing, id)?);
        let mut request = self.api.ask(Method::PUT, &path).json(what);
        if let Some(tag) = tag {
            request = request.header(header::IF_MATCH, tag);
        }
        self.api.done(doing, request).await
    }

    /// A collection at `path`, at most so many pages of it.
    async fn pages(
        &self,
        doing: &str,
        (path, query, question): (&str, &[(&str, &str)], Option<&Value>),
        most: u64,
    ) -> Result<Vec<Value>, Trouble> {
        let (mut all, mut empty) = (Vec::new(), 0);
        for page in 1..=most {
            let method = if question.is_some() { Method::POST } else { Method::GET };
            let paging = [("per_page", PAGE), ("page", page)];
            let mut request = self.api.ask(method, path).query(query).query(&paging);
            if let Some(question) = question {
                request = request.json(question);
            }
            let answer = self.api.json(doing, request).await?;
            let total = answer.get("total").and_then(Value::as_u64);
            let items = wire::items(doing, answer)?;
            empty = if items.is_empty() { empty + 1 } else { 0 };
            all.extend(items);
            if empty == EMPTY_PAGES || total.is_some_and(|total| total <= page.saturating_mul(PAGE)) {
                break;
            }
        }
        Ok(all)
    }

    async fn search(&self, doing: &str, sql: &str, most: u64) -> Result<Vec<Value>, Trouble> {
        let query = [("query", sql), ("fields", wire::TICKET_FIELDS), ("orderby", "LastUpdated"), ("orderby", "id")];
        self.pages(doing, ("/REST/2.0/tickets", &query, None), most).await
    }

    async fn say(&self, doing: &str, id: &str, comment: &Comment) -> Result<(), Trouble> {
        let way = if comment.public { "correspond" } else { "comment" };
        let path = format!("/REST/2.0/ticket/{}/{way}", id_in_path(doing, id)?);
        let message = json!({"Content": comment.marked(), "ContentType": "text/plain"});
        self.api.done(doing, self.api.ask(Method::POST, &path).json(&message)).await
    }
}

#[async_trait]
impl TicketStore for RequestTracker {
    fn name(&self) -> &'static str {
        "request_tracker"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            find: true,
            comment: true,
            attach: true,
            state: true,
            update: true,
            merge: true,
            changes: true,
            largest_file: self.largest_file,
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
        let sql = wire::by_field(&self.queue, &self.case_field, external_id);
        let tickets = self.search(doing, &sql, MOST_PAGES).await?;
        let found: Result<Vec<_>, _> = tickets.iter().map(|ticket| wire::remote(doing, ticket, &self.places)).collect();
        // RT compares without regard to case, and two custom fields may have one name.
        let is_asked_for =
            |ticket: &Remote| ticket.values.get(&Field::ExternalId).is_some_and(|found| found == external_id);
        let mut found: Vec<_> = found?.into_iter().filter(is_asked_for).collect();
        found.sort_by_key(|ticket| wire::rank(&ticket.id));
        Ok(found)
    }

    async fn create(&self, case: &Case) -> Result<String, Trouble> {
        let doing = "create a ticket";
        let mut ticket = json!({
            "Queue": self.queue,
            "Subject": case.subject,
            "Content": case.body,
            "ContentType": "text/plain",
            "CustomFields": wire::custom_fields_of(&case.values, &Values::new(), &self.places),
        });
        let more = [
            ("Requestor", case.requester.as_deref().map(Value::from)),
            ("Due", wire::due(&case.values).map(Value::from)),
            ("Priority", self.priority.map(Value::from)),
        ];
        if let Some(ticket) = ticket.as_object_mut() {
            ticket.extend(more.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        }
        let made = self.api.json(doing, self.api.ask(Method::POST, "/REST/2.0/ticket").json(&ticket)).await?;
        member(&made, "id").ok_or_else(|| Trouble::unreadable(doing))
    }

    async fn read(&self, id: &str) -> Result<Option<Remote>, Trouble> {
        let doing = "read a ticket";
        let ticket = self.ticket(doing, id).await?;
        ticket.map(|(ticket, _)| wire::remote(doing, &ticket, &self.places)).transpose()
    }

    async fn update(&self, id: &str, case: &Case) -> Result<(), Trouble> {
        let doing = "update a ticket";
        let (ticket, tag) = self.there(doing, id).await?;
        let present = wire::values(&ticket, &self.places);
        let mut changes = json!({
            "Subject": case.subject,
            "CustomFields": wire::custom_fields_of(&case.values, &present, &self.places),
        });
        if let (Some(changes), Some(due)) = (changes.as_object_mut(), wire::due(&case.values)) {
            changes.insert("Due".into(), due.into());
        }
        self.put(doing, id, &changes, tag).await
    }

    async fn comment(&self, id: &str, comment: &Comment) -> Result<(), Trouble> {
        self.say("comment", id, comment).await
    }

    async fn comments(&self, id: &str) -> Result<Vec<RemoteComment>, Trouble> {
        let doing = "read comments";
        let login = self.login(doing).await?;
        let path = format!("/REST/2.0/ticket/{}/history", id_in_path(doing, id)?);
        let entries = self.pages(doing, (&path, &[("fields", "Type,Creator,Created")], None), MOST_PAGES).await?;
        let mut comments: Vec<_> = entries.iter().filter_map(|entry| wire::comment(entry, login)).collect();
        comments.sort_by_key(|comment| wire::rank(&comment.id));
        for some in comments.chunks_mut(TEXTS) {
            let query = [("fields", "Filename,ContentType,TransactionId,Content")];
            let question = wire::texts_of(some);
            let parts = self.pages(doing, ("/REST/2.0/attachments", &query, Some(&question)), MOST_PAGES).await?;
            let mut texts = wire::texts(&parts);
            for comment in some {
                comment.text = texts.remove(&comment.id).unwrap_or_default();
            }
        }
        Ok(comments)
    }

    /// As a part of a comment, in the bytes that it has.
    async fn attach(&self, id: &str, file: &Attachment) -> Result<(), Trouble> {
        let doing = "attach a file";
        let path = format!("/REST/2.0/ticket/{}/comment", id_in_path(doing, id)?);
        let unsendable = |_| Trouble::refused(format!("{doing}: its media type is none"));
        let message = Part::text(json!({"Subject": file.name}).to_string());
        let content = Part::bytes(file.bytes.clone()).file_name(file.name.clone());
        let form = Form::new()
            .percent_encode_noop()
            .part("JSON", message.mime_str("application/json").map_err(unsendable)?)
            .part("Attachments", content.mime_str(&file.media).map_err(unsendable)?);
        self.api.done(doing, self.api.ask_file(Method::POST, &path).multipart(form)).await
    }

    async fn attachments(&self, id: &str) -> Result<Vec<RemoteAttachment>, Trouble> {
        let doing = "list files";
        let path = format!("/REST/2.0/ticket/{}/attachments", id_in_path(doing, id)?);
        let parts = self.pages(doing, (&path, &[("fields", wire::FILE_FIELDS)], None), MOST_PAGES).await?;
        let mut files: Vec<_> = parts.iter().filter_map(wire::file).collect();
        files.sort_by_key(|file| wire::rank(&file.id));
        Ok(files)
    }

    async fn fetch(&self, _: &str, file: &RemoteAttachment) -> Result<Vec<u8>, Trouble> {
        let doing = "fetch a file";
        let path = format!("/REST/2.0/attachment/{}", id_in_path(doing, &file.id)?);
        wire::content(doing, &self.api.file(doing, self.api.ask_file(Method::GET, &path)).await?)
    }

    /// Only of the ticket as it was read: whoever changed it meanwhile is not overwritten.
    async fn set_state(&self, id: &str, state: State) -> Result<(), Trouble> {
        let doing = "change the state";
        let Some(word) = self.states.word(state) else { return Ok(()) };
        let (before, tag) = self.there(doing, id).await?;
        let before = member(&before, "Status");
        if before.as_deref() == Some(word) {
            return Ok(());
        }
        self.put(doing, id, &json!({"Status": word}), tag).await?;
        let (after, _) = self.there(doing, id).await?;
        match member(&after, "Status") {
            Some(after) if after == word => Ok(()),
            after if after == before => Err(Trouble::refused(format!(
                "{doing}: RT says yes and leaves the status: '{word}' must be a status that the queue's life cycle allows \
                 next, nothing that the ticket depends on may be open, and the account needs ModifyTicket"
            ))),
            _ => Err(Trouble::status(doing, 409, None, "")),
        }
    }

    async fn merge(&self, double: &str, into: &str) -> Result<(), Trouble> {
        let doing = "merge tickets";
        self.put(doing, double, &json!({"MergeInto": id_in_path(doing, into)?}), None).await?;
        let (double, _) = self.there(doing, double).await?;
        let (into, _) = self.there(doing, into).await?;
        if member(&double, "id") == member(&into, "id") {
            return Ok(());
        }
        let mend = "RT says yes and leaves them two: the account needs ModifyTicket on both";
        Err(Trouble::refused(format!("{doing}: {mend}")))
    }

    async fn changed(&self, since: Instant) -> Result<Vec<Changed>, Trouble> {
        let doing = "ask what changed";
        let tickets = self.search(doing, &wire::changed_since(&self.queue, since), MOST_CHANGED).await?;
        tickets.iter().map(|ticket| wire::change(doing, ticket, &self.places)).collect()
    }

    async fn check(&self) -> Vec<Finding> {
        look::look(self).await
    }
}
