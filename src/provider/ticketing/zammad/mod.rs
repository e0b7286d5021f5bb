//! Zammad, by its REST interface (docs.zammad.org, "REST API").
//!
//! | what | where in Zammad |
//! |---|---|
//! | secret | an access token of an agent's account, with the permission `ticket.agent` |
//! | user | the login of that account: our own comments are known by it |
//! | queue | the group's name |
//! | subject, body | the title; the first article, an internal note from the customer |
//! | requester | the customer (`guess:`); `options.customer` where a case has none |
//! | `external_id` | the ticket attribute `external_id`, which an administrator adds (Objects, Ticket: text) |
//! | other fields | attributes that the configuration names; none by default |
//! | states | `open`; `closed` for resolved, closed and cancelled |
//! | `options.priority` | the name of a priority; Zammad's default without it |
//!
//! What is odd, and what is done about it:
//!
//! - A search by `query` asks an index that is written later than the ticket, and without an index it looks for the words in
//!   titles and articles. A search by `condition` asks the database (issue 5369 of zammad/zammad), so that one is used.
//! - An attribute that Zammad does not know is dropped without a word; a condition that it cannot use gives every ticket.
//! - The first answer of an agent stops Zammad's own clock of the first response. Internal notes never do (docs.zammad.org,
//!   "Working on ticket articles"), and the first article is the customer's besides. Comments are notes.
//! - `new` is a state that Zammad's own screen does not let a ticket return to, so it is no word of ours by default.
//! - A merged ticket stays, in the state `merged` and linked to its parent; a merge that failed is answered with 200.

mod look;
mod shape;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::SecondsFormat;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::api::{Api, LARGEST_FILE, Places, States, id_in_path, member};
use super::{Capabilities, Changed, Finding, Settings, SettingsError, TicketStore, Trouble};
use crate::clock::Instant;
use crate::incident::State;
use crate::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment};

/// The state of a ticket that another holds.
const MERGED: &str = "merged";

/// How many merges are followed.
const MOST_MERGES: usize = 8;

/// How many changes are asked for at once: the most that Zammad gives.
const PAGE: u32 = 200;

/// Zammad.
#[derive(Clone, Debug)]
pub struct Zammad {
    api: Api,
    places: Places,
    states: States,
    /// The attribute that tickets are found by.
    case_attribute: String,
    group: String,
    login: String,
    customer: String,
    priority: Option<String>,
}

impl Zammad {
    /// A connector of the Zammad that `settings` describe.
    ///
    /// # Errors
    /// [`SettingsError`], which names the mend.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.only_options(&["customer", "priority"])?;
        if settings.secret.is_empty() {
            let mend = "is an access token with the permission ticket.agent (the account's profile, Token Access)";
            return Err(SettingsError::new("secret", mend));
        }
        if settings.queue.trim().is_empty() {
            return Err(SettingsError::new("queue", "is the name of the group that tickets are made in"));
        }
        let Some(login) = settings.user.clone().filter(|login| !login.trim().is_empty()) else {
            let mend = "is the login of the account that the token belongs to: our own comments are known by it";
            return Err(SettingsError::new("user", mend));
        };
        let option = |name: &str| settings.options.get(name).cloned().filter(|text| !text.trim().is_empty());
        let Some(customer) = option("customer").filter(|customer| customer.contains('@')) else {
            let mend = "name the e-mail address of the customer who stands for reporters without one";
            return Err(SettingsError::new("options.customer", mend));
        };
        let signature = format!("Token token={}", settings.secret.expose().trim());
        let (places, case_attribute) = Places::searchable(&settings, &[(Field::ExternalId, "external_id")])?;
        Ok(Self {
            api: Api::new(&settings, "authorization", &signature, mend)?,
            places,
            states: States::new(&settings, STATES),
            case_attribute,
            login,
            customer,
            priority: option("priority"),
            group: settings.queue,
        })
    }

    fn attributes(&self, case: &Case, absent: Option<&Value>) -> Map<String, Value> {
        let mut record = Map::new();
        self.places.write(&case.values, str::to_owned, absent, &mut record);
        record.insert("title".into(), case.subject.as_str().into());
        record
    }

    /// The ticket with this id, merged or not.
    async fn ticket(&self, doing: &str, id: &str) -> Result<Option<Value>, Trouble> {
        let path = format!("/api/v1/tickets/{}", id_in_path(doing, id)?);
        self.api.json_if_there(doing, self.api.ask(Method::GET, &path).query(&[("expand", "true")])).await
    }

    /// The ticket that holds what this merged one held.
    async fn parent(&self, doing: &str, id: &str) -> Result<Option<String>, Trouble> {
        let query = [("link_object", "Ticket"), ("link_object_value", id)];
        let links = self.api.json(doing, self.api.ask(Method::GET, "/api/v1/links").query(&query)).await?;
        let links = links.get("links").and_then(Value::as_array).ok_or_else(|| Trouble::unreadable(doing))?;
        let mut parents = links.iter().filter(|link| {
            member(link, "link_type").as_deref() == Some("parent")
                && member(link, "link_object").as_deref() == Some("Ticket")
        });
        Ok(parents.next().and_then(|link| member(link, "link_object_value")))
    }

    /// Tickets by a condition on the database.
    async fn search(&self, doing: &str, more: Value) -> Result<Vec<Value>, Trouble> {
        let request = self.api.ask(Method::POST, "/api/v1/tickets/search").query(&[("expand", "true")]).json(&more);
        match self.api.json(doing, request).await? {
            Value::Array(tickets) => Ok(tickets),
            _ => Err(Trouble::unreadable(doing)),
        }
    }

    async fn articles(&self, doing: &str, id: &str) -> Result<Vec<Value>, Trouble> {
        let path = format!("/api/v1/ticket_articles/by_ticket/{}", id_in_path(doing, id)?);
        match self.api.json(doing, self.api.ask(Method::GET, &path)).await? {
            Value::Array(mut articles) => {
                articles.sort_by_key(|article| article.get("id").and_then(Value::as_u64));
                Ok(articles)
            }
            _ => Err(Trouble::unreadable(doing)),
        }
    }

    async fn put(&self, doing: &str, id: &str, record: Map<String, Value>) -> Result<(), Trouble> {
        let path = format!("/api/v1/tickets/{}", id_in_path(doing, id)?);
        self.api.done(doing, self.api.ask(Method::PUT, &path).json(&Value::Object(record))).await
    }
}

/// Zammad's own states, as a new installation has them.
const STATES: [(State, &str); 6] = [
    (State::Received, "open"),
    (State::Acknowledged, "open"),
    (State::Responded, "open"),
    (State::Resolved, "closed"),
    (State::Closed, "closed"),
    (State::Cancelled, "closed"),
];

fn mend(status: u16) -> &'static str {
    match status {
        401 => "Zammad does not take the access token: make a new one, with the permission ticket.agent",
        403 => "the account may not do this: give it full access to the group, and its token ticket.agent",
        404 => "there is no such thing there, or the account may not see it: url must lead to where Zammad stands",
        413 => "the file is larger than what stands before Zammad takes: raise its limit",
        422 => {
            "Zammad does not take a value: look whether the group, state, priority and attributes of the \
             configuration are there, and whether its core workflows allow them"
        }
        _ => "look in Zammad's log",
    }
}

#[async_trait]
impl TicketStore for Zammad {
    fn name(&self) -> &'static str {
        "zammad"
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
        let attribute = format!("ticket.{}", self.case_attribute);
        let condition = json!({ attribute: { "operator": "is", "value": external_id } });
        let tickets = self.search(doing, json!({ "condition": condition, "limit": 50 })).await?;
        let is_asked_for = |ticket: &&Value| member(ticket, &self.case_attribute).as_deref() == Some(external_id);
        let ours: Vec<_> = tickets.iter().filter(is_asked_for).collect();
        if ours.is_empty() && !tickets.is_empty() {
            // Strangers: the condition was not used, so this says nothing of what is there.
            let mend = "Zammad gives tickets that were not asked for: is the attribute of external_id there?";
            return Err(Trouble::refused(format!("{doing}: {mend}")));
        }
        let there = ours.into_iter().filter(|ticket| member(ticket, "state").as_deref() != Some(MERGED));
        let mut found =
            there.map(|ticket| shape::remote(doing, ticket, &self.places)).collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|ticket| ticket.id.parse::<u64>().ok());
        Ok(found)
    }

    async fn create(&self, case: &Case) -> Result<String, Trouble> {
        let doing = "create a ticket";
        let customer = case.requester.as_deref().unwrap_or(&self.customer);
        let mut record = self.attributes(case, None);
        record.insert("group".into(), self.group.as_str().into());
        record.insert("customer_id".into(), format!("guess:{customer}").into());
        if let Some(priority) = &self.priority {
            record.insert("priority".into(), priority.as_str().into());
        }
        let article = shape::article(&case.subject, &case.body, true);
        record
            .insert("article".into(), article.into_iter().chain([("sender".to_owned(), "Customer".into())]).collect());
        let request = self.api.ask(Method::POST, "/api/v1/tickets").json(&Value::Object(record));
        let made = self.api.json(doing, request).await?;
        member(&made, "id").ok_or_else(|| Trouble::unreadable(doing))
    }

    async fn read(&self, id: &str) -> Result<Option<Remote>, Trouble> {
        let doing = "read a ticket";
        let mut id = id.to_owned();
        for _ in 0..MOST_MERGES {
            let Some(ticket) = self.ticket(doing, &id).await? else { return Ok(None) };
            if member(&ticket, "state").as_deref() != Some(MERGED) {
                return shape::remote(doing, &ticket, &self.places).map(Some);
            }
            match self.parent(doing, &id).await? {
                Some(parent) => id = parent,
                None => return shape::remote(doing, &ticket, &self.places).map(Some),
            }
        }
        Err(Trouble::refused(format!("{doing}: it was merged again and again: look at its links in Zammad")))
    }

    async fn update(&self, id: &str, case: &Case) -> Result<(), Trouble> {
        self.put("update a ticket", id, self.attributes(case, Some(&Value::Null))).await
    }

    async fn comment(&self, id: &str, comment: &Comment) -> Result<(), Trouble> {
        let doing = "comment";
        let mut article = shape::article("", &comment.marked(), !comment.public);
        article.insert("ticket_id".into(), id_in_path(doing, id)?.into());
        let request = self.api.ask(Method::POST, "/api/v1/ticket_articles").json(&Value::Object(article));
        self.api.done(doing, request).await
    }

    async fn comments(&self, id: &str) -> Result<Vec<RemoteComment>, Trouble> {
        let doing = "read comments";
        let articles = self.articles(doing, id).await?;
        articles.iter().map(|article| shape::comment(doing, article, &self.login)).collect()
    }

    async fn attach(&self, id: &str, file: &Attachment) -> Result<(), Trouble> {
        let doing = "attach a file";
        let mut article = shape::article("", &file.name, true);
        article.insert("ticket_id".into(), id_in_path(doing, id)?.into());
        let content = BASE64.encode(&file.bytes);
        let files = json!([{ "filename": file.name, "data": content, "mime-type": file.media }]);
        article.insert("attachments".into(), files);
        let request = self.api.ask_file(Method::POST, "/api/v1/ticket_articles").json(&Value::Object(article));
        self.api.done(doing, request).await
    }

    async fn attachments(&self, id: &str) -> Result<Vec<RemoteAttachment>, Trouble> {
        let doing = "list files";
        let articles = self.articles(doing, id).await?;
        articles
            .iter()
            .map(|article| shape::files(doing, article))
            .collect::<Result<Vec<_>, _>>()
            .map(|all| all.concat())
    }

    async fn fetch(&self, _: &str, file: &RemoteAttachment) -> Result<Vec<u8>, Trouble> {
        let doing = "fetch a file";
        let parts = file.id.split('/').map(|part| id_in_path(doing, part)).collect::<Result<Vec<_>, _>>()?;
        let path = format!("/api/v1/ticket_attachment/{}", parts.join("/"));
        self.api.file(doing, self.api.ask_file(Method::GET, &path)).await
    }

    async fn set_state(&self, id: &str, state: State) -> Result<(), Trouble> {
        let Some(word) = self.states.word(state) else { return Ok(()) };
        self.put("set the state", id, Map::from_iter([("state".to_owned(), word.into())])).await
    }

    /// Zammad keeps the articles of both in `into`.
    async fn merge(&self, double: &str, into: &str) -> Result<(), Trouble> {
        let doing = "merge";
        let Some(ticket) = self.ticket(doing, into).await? else {
            return Err(Trouble::refused(format!("{doing}: the ticket to merge into is not there")));
        };
        let number = member(&ticket, "number").ok_or_else(|| Trouble::unreadable(doing))?;
        let path = format!("/api/v1/ticket_merge/{}/{}", id_in_path(doing, double)?, id_in_path(doing, &number)?);
        let answer = self.api.json(doing, self.api.ask(Method::PUT, &path)).await?;
        match member(&answer, "result").as_deref() {
            Some("success") => Ok(()),
            Some("failed") => Err(Trouble::refused(format!("{doing}: Zammad finds one of the two no more"))),
            _ => Err(Trouble::unreadable(doing)),
        }
    }

    async fn changed(&self, since: Instant) -> Result<Vec<Changed>, Trouble> {
        let doing = "read changes";
        let value = since.to_rfc3339_opts(SecondsFormat::Millis, true);
        let condition = json!({ "ticket.updated_at": { "operator": "after (absolute)", "value": value } });
        let order = json!({ "condition": condition, "sort_by": "updated_at", "order_by": "asc", "limit": PAGE });
        let tickets = self.search(doing, order).await?;
        let changes = tickets.iter().map(|ticket| shape::change(doing, ticket, &self.case_attribute));
        let mut changes = changes.collect::<Result<Vec<_>, _>>()?;
        changes.retain(|change| change.at >= since);
        changes.sort_by_key(|change| change.at);
        Ok(changes)
    }

    async fn check(&self) -> Vec<Finding> {
        look::look(self).await
    }
}
