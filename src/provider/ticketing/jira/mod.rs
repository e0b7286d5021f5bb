//! Jira Service Management (Cloud), by Atlassian's documents of its REST API and of Jira's own, version 3.
//!
//! | what | where in Jira |
//! |---|---|
//! | url | the site: `https://institution.atlassian.net` |
//! | user, secret | an agent's address, and an API token of that account; its time zone must be UTC |
//! | queue, `options.request_type` | the number of the service desk, and that of the request type |
//! | subject, body | `summary`, `description` |
//! | requester | not told: an address that Jira does not know is refused; `options.requester` is everybody's, an account's id |
//! | `external_id` | a custom field of short text that the configuration names: `customfield_10050` |
//! | other fields | custom fields that the configuration names, instants in fields with date and time; none by default |
//! | states | statuses: Waiting for support, In progress, Resolved, Closed, Canceled |
//! | options | `request_type`, `requester`; `resolution` for what is over; `account`, our account's id where its address is hidden |
//!
//! What is odd, and what is done about it:
//!
//! - The index that searches ask lags some seconds ("Search After Write with Search And Reconcile"). Issues that this process
//!   made are named in `reconcileIssues`, and are seen at once. One whose answer was lost has no name yet: that trouble asks
//!   for a minute's patience, before which a search that finds nothing proves nothing.
//! - A field that the request type's form does not have cannot be set when a request is made.
//! - A new request is in the first state of its workflow. A state is reached by a transition, if one leads there at once.
//! - Square brackets make links: they are escaped, and comments are read as documents.
//! - There is no merge: a double is linked to the issue that stays, moved to its end, and its number taken away.

mod look;
mod mend;
mod shape;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::{Method, multipart};
use serde_json::{Map, Value, json};

use super::api::{Api, LARGEST_FILE, Places, States, id_in_path, member};
use super::{Capabilities, Changed, Finding, Settings, SettingsError, TicketStore, Trouble, Verdict};
use crate::clock::Instant;
use crate::incident::State;
use crate::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment};
use mend::mend;

/// How many links to an original are followed.
const MOST_MERGES: usize = 8;

/// How many issues a search can be told to look at itself ("up to 50").
const MOST_RECONCILED: usize = 50;

/// How many pages of comments are read, of a hundred each.
const MOST_PAGES: usize = 20;

/// After so long the index is taken to hold what was written.
const INDEX_TIME: Duration = Duration::from_mins(1);

/// The statuses of a service desk's workflow.
const STATES: [(State, &str); 6] = [
    (State::Received, "Waiting for support"),
    (State::Acknowledged, "In progress"),
    (State::Responded, "In progress"),
    (State::Resolved, "Resolved"),
    (State::Closed, "Closed"),
    (State::Cancelled, "Canceled"),
];

/// Jira Service Management.
#[derive(Debug)]
pub struct Jira {
    api: Api,
    places: Places,
    states: States,
    /// The custom field that issues are found by.
    case_field: String,
    /// Its number, as searches name it.
    case_number: String,
    /// Our account, as comments name it.
    user: String,
    desk: String,
    request_type: String,
    requester: Option<String>,
    resolution: Option<String>,
    /// The ids of the issues that were made or changed last, which the index may not hold yet.
    recent: Mutex<VecDeque<u64>>,
}

impl Jira {
    /// A connector of the site that `settings` describe.
    ///
    /// # Errors
    /// [`SettingsError`], which names the mend.
    #[expect(clippy::needless_pass_by_value, reason = "as every connector is made")]
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.only_options(&["account", "request_type", "requester", "resolution"])?;
        let Some(address) = settings.user.clone().filter(|user| user.contains('@')) else {
            return Err(SettingsError::new("user", "is the address of the account that the token belongs to"));
        };
        if settings.secret.is_empty() {
            return Err(SettingsError::new("secret", "is an API token of the account in user"));
        }
        let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = |setting: &str, text: &str, what: &str| {
            let number = Some(text.trim()).filter(is_number).map(str::to_owned);
            number.ok_or_else(|| SettingsError::new(setting, format!("is the number of {what}")))
        };
        let option = |name: &str| settings.options.get(name).map(String::as_str).filter(|text| !text.trim().is_empty());
        let (desk, request_type) = (
            number("queue", &settings.queue, "the service desk")?,
            number("options.request_type", option("request_type").unwrap_or_default(), "the request type")?,
        );
        let (places, case_field) = Places::searchable(&settings, &[])?;
        let custom = case_field.strip_prefix("customfield_").unwrap_or_default();
        let case_number = number("fields.external_id", custom, "a custom field of short text, as customfield_10050")?;
        let credentials = BASE64.encode(format!("{address}:{}", settings.secret.expose().trim()));
        Ok(Self {
            api: Api::new(&settings, "authorization", &format!("Basic {credentials}"), mend)?,
            states: States::new(&settings, STATES),
            user: option("account").map_or(address, str::to_owned),
            requester: option("requester").map(str::to_owned),
            resolution: option("resolution").map(str::to_owned),
            recent: Mutex::default(),
            places,
            case_field,
            case_number,
            desk,
            request_type,
        })
    }

    fn fields(&self, case: &Case, absent: Option<&Value>) -> Map<String, Value> {
        let mut record = Map::new();
        self.places.write(&case.values, shape::date_time, absent, &mut record);
        record.insert("summary".into(), case.subject.as_str().into());
        record
    }

    /// What an issue is asked for.
    fn asked_for(&self) -> Vec<&str> {
        let ours = self.places.names().map(|(_, place)| place);
        ["summary", "status", "updated", "issuelinks"].into_iter().chain(ours).collect()
    }

    /// The index may not hold `id` as it is now.
    fn remember(&self, id: &str) {
        let Ok(id) = id.parse() else { return };
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|other| *other != id);
        recent.push_back(id);
        while recent.len() > MOST_RECONCILED {
            recent.pop_front();
        }
    }

    /// The issue with this id, merged or not, with these fields.
    async fn issue(&self, doing: &str, id: &str, fields: &str) -> Result<Option<Value>, Trouble> {
        let path = format!("/rest/api/3/issue/{}", id_in_path(doing, id)?);
        self.api.json_if_there(doing, self.api.ask(Method::GET, &path).query(&[("fields", fields)])).await
    }

    /// The first page of what a search in Jira's language finds.
    async fn search(&self, doing: &str, jql: &str, most: u16) -> Result<Vec<Value>, Trouble> {
        let recent: Vec<_> = self.recent.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        let body = json!({ "jql": jql, "fields": self.asked_for(), "maxResults": most, "reconcileIssues": recent });
        let mut answer = self.api.json(doing, self.api.ask(Method::POST, "/rest/api/3/search/jql").json(&body)).await?;
        match answer.get_mut("issues").map(Value::take) {
            Some(Value::Array(issues)) => Ok(issues),
            _ => Err(Trouble::unreadable(doing)),
        }
    }

    async fn put(&self, doing: &str, id: &str, fields: Map<String, Value>) -> Result<(), Trouble> {
        let path = format!("/rest/api/3/issue/{}", id_in_path(doing, id)?);
        self.api.done(doing, self.api.ask(Method::PUT, &path).json(&json!({ "fields": fields }))).await?;
        self.remember(id);
        Ok(())
    }

    /// Moves an issue to a status, by the transition that leads there.
    async fn move_to(&self, doing: &str, id: &str, word: &str, is_over: bool) -> Result<(), Trouble> {
        let is_word = |status: &Value| member(status, "name").is_some_and(|name| name.eq_ignore_ascii_case(word));
        let Some(issue) = self.issue(doing, id, "status").await? else {
            return Err(Trouble::refused(format!("{doing}: there is no such issue, or the account may not see it")));
        };
        if issue.pointer("/fields/status").is_some_and(is_word) {
            return Ok(());
        }
        let path = format!("/rest/api/3/issue/{}/transitions", id_in_path(doing, id)?);
        let answer = self.api.json(doing, self.api.ask(Method::GET, &path)).await?;
        let all = answer.get("transitions").and_then(Value::as_array).ok_or_else(|| Trouble::unreadable(doing))?;
        let Some(transition) = all.iter().find(|transition| transition.get("to").is_some_and(is_word)) else {
            let mend = "add one to the workflow, or name another status in states";
            return Err(Trouble::refused(format!("{doing}: no transition leads from where it is to {word}: {mend}")));
        };
        let number = member(transition, "id").ok_or_else(|| Trouble::unreadable(doing))?;
        let mut body = json!({ "transition": { "id": number } });
        if let (true, Some(resolution), Some(body)) = (is_over, &self.resolution, body.as_object_mut()) {
            body.insert("fields".into(), json!({ "resolution": { "name": resolution } }));
        }
        self.api.done(doing, self.api.ask(Method::POST, &path).json(&body)).await?;
        self.remember(id);
        Ok(())
    }
}

fn is_over(state: State) -> bool {
    matches!(state, State::Resolved | State::Closed | State::Cancelled)
}

#[async_trait]
impl TicketStore for Jira {
    fn name(&self) -> &'static str {
        "jira"
    }

    /// Tickets are found some seconds after they were made by somebody else, or when the answer was lost. Doubles are moved
    /// to their end and linked, which is what a merge is here.
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
        let jql = format!("cf[{}] ~ \"{}\"", self.case_number, id_in_path(doing, external_id)?);
        let issues = self.search(doing, &jql, 50).await?;
        let case_of = |issue: &Value| member(issue.get("fields")?, &self.case_field);
        let is_asked_for = |issue: &&Value| case_of(issue).as_deref() == Some(external_id);
        let ours: Vec<_> = issues.iter().filter(is_asked_for).collect();
        // Words that are like ours are found too.
        let is_like = |issue: &Value| case_of(issue).is_some_and(|number| number.contains(external_id));
        if ours.is_empty() && !issues.iter().all(is_like) {
            // Strangers: the condition was not used, so this says nothing of what is there.
            let mend = "Jira gives issues that were not asked for: is the field of external_id one of short text?";
            return Err(Trouble::refused(format!("{doing}: {mend}")));
        }
        let mut found =
            ours.into_iter().map(|issue| shape::remote(doing, issue, &self.places)).collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|issue| issue.id.parse::<u64>().ok());
        Ok(found)
    }

    /// Where its answer is lost, the index may show the issue only after a minute: [`Trouble::wait`].
    async fn create(&self, case: &Case) -> Result<String, Trouble> {
        let doing = "create a ticket";
        let mut fields = self.fields(case, None);
        fields.insert("description".into(), shape::plain(&case.body).into());
        let mut body = json!({
            "serviceDeskId": self.desk, "requestTypeId": self.request_type, "requestFieldValues": fields,
        });
        if let (Some(requester), Some(body)) = (&self.requester, body.as_object_mut()) {
            body.insert("raiseOnBehalfOf".into(), requester.as_str().into());
        }
        let request = self.api.ask(Method::POST, "/rest/servicedeskapi/request").json(&body);
        let made = self.api.json(doing, request).await;
        let id = made.and_then(|made| member(&made, "issueId").ok_or_else(|| Trouble::unreadable(doing)));
        let id = id.map_err(|trouble| match trouble.verdict {
            Verdict::Unknown => {
                let wait = trouble.wait.map_or(INDEX_TIME, |wait| wait.max(INDEX_TIME));
                Trouble { wait: Some(wait), ..trouble }
            }
            _ => trouble,
        })?;
        self.remember(&id);
        Ok(id)
    }

    async fn read(&self, id: &str) -> Result<Option<Remote>, Trouble> {
        let doing = "read a ticket";
        let fields = self.asked_for().join(",");
        let mut id = id.to_owned();
        for _ in 0..MOST_MERGES {
            let Some(issue) = self.issue(doing, &id, &fields).await? else { return Ok(None) };
            // A double that we merged has our number no more.
            let has_case = issue.get("fields").is_some_and(|fields| member(fields, &self.case_field).is_some());
            match if has_case { None } else { shape::original(&issue) } {
                Some(original) => id = original,
                None => return shape::remote(doing, &issue, &self.places).map(Some),
            }
        }
        Err(Trouble::refused(format!("{doing}: it is the double of a double: look at its links in Jira")))
    }

    async fn update(&self, id: &str, case: &Case) -> Result<(), Trouble> {
        self.put("update a ticket", id, self.fields(case, Some(&Value::Null))).await
    }

    async fn comment(&self, id: &str, comment: &Comment) -> Result<(), Trouble> {
        let doing = "comment";
        let path = format!("/rest/servicedeskapi/request/{}/comment", id_in_path(doing, id)?);
        let body = json!({ "body": shape::plain(&comment.marked()), "public": comment.public });
        self.api.done(doing, self.api.ask(Method::POST, &path).json(&body)).await
    }

    async fn comments(&self, id: &str) -> Result<Vec<RemoteComment>, Trouble> {
        let doing = "read comments";
        let path = format!("/rest/api/3/issue/{}/comment", id_in_path(doing, id)?);
        let mut comments = Vec::new();
        for _ in 0..MOST_PAGES {
            let start = comments.len().to_string();
            let query = [("startAt", start.as_str()), ("maxResults", "100"), ("orderBy", "created")];
            let answer = self.api.json(doing, self.api.ask(Method::GET, &path).query(&query)).await?;
            let page = answer.get("comments").and_then(Value::as_array).ok_or_else(|| Trouble::unreadable(doing))?;
            for comment in page {
                comments.push(shape::comment(doing, comment, &self.user)?);
            }
            let total = answer.get("total").and_then(Value::as_u64).and_then(|total| usize::try_from(total).ok());
            if page.is_empty() || total.is_none_or(|total| comments.len() >= total) {
                break;
            }
        }
        Ok(comments)
    }

    async fn attach(&self, id: &str, file: &Attachment) -> Result<(), Trouble> {
        let doing = "attach a file";
        let id = id_in_path(doing, id)?;
        let part = multipart::Part::bytes(file.bytes.clone()).file_name(file.name.clone()).mime_str(&file.media);
        let part = part.map_err(|_| Trouble::refused(format!("{doing}: the file has no media type")))?;
        let path = format!("/rest/servicedeskapi/servicedesk/{}/attachTemporaryFile", self.desk);
        let request = self.api.ask_file(Method::POST, &path).multipart(multipart::Form::new().part("file", part));
        let request = request.header("x-atlassian-token", "no-check").header("x-experimentalapi", "opt-in");
        let answer = self.api.json(doing, request).await?;
        let temporary =
            answer.pointer("/temporaryAttachments/0").and_then(|file| member(file, "temporaryAttachmentId"));
        let temporary = temporary.ok_or_else(|| Trouble::unreadable(doing))?;
        let path = format!("/rest/servicedeskapi/request/{id}/attachment");
        let body = json!({ "temporaryAttachmentIds": [temporary], "public": false });
        let request = self.api.ask(Method::POST, &path).header("x-experimentalapi", "opt-in").json(&body);
        self.api.done(doing, request).await
    }

    async fn attachments(&self, id: &str) -> Result<Vec<RemoteAttachment>, Trouble> {
        let doing = "list files";
        let Some(issue) = self.issue(doing, id, "attachment").await? else { return Ok(Vec::new()) };
        let files = issue.pointer("/fields/attachment").and_then(Value::as_array);
        let files = files.ok_or_else(|| Trouble::unreadable(doing))?;
        let mut files = files.iter().map(|file| shape::file(doing, file)).collect::<Result<Vec<_>, _>>()?;
        files.sort_by_key(|file| file.id.parse::<u64>().ok());
        Ok(files)
    }

    async fn fetch(&self, _: &str, file: &RemoteAttachment) -> Result<Vec<u8>, Trouble> {
        let doing = "fetch a file";
        let path = format!("/rest/api/3/attachment/content/{}", id_in_path(doing, &file.id)?);
        self.api.file(doing, self.api.ask_file(Method::GET, &path).query(&[("redirect", "false")])).await
    }

    async fn set_state(&self, id: &str, state: State) -> Result<(), Trouble> {
        let Some(word) = self.states.word(state) else { return Ok(()) };
        self.move_to("set the state", id, word, is_over(state)).await
    }

    async fn merge(&self, double: &str, into: &str) -> Result<(), Trouble> {
        let doing = "merge";
        let (Some(issue), Some(_)) =
            (self.issue(doing, double, "issuelinks").await?, self.issue(doing, into, "status").await?)
        else {
            return Err(Trouble::refused(format!("{doing}: one of the two is not there")));
        };
        if shape::original(&issue).as_deref() != Some(into) {
            let link = json!({
                "type": { "name": shape::DUPLICATE }, "inwardIssue": { "id": double }, "outwardIssue": { "id": into },
            });
            self.api.done(doing, self.api.ask(Method::POST, "/rest/api/3/issueLink").json(&link)).await?;
        }
        if let Some(word) = self.states.word(State::Cancelled).or_else(|| self.states.word(State::Closed)) {
            self.move_to(doing, double, word, true).await?;
        }
        self.put(doing, double, Map::from_iter([(self.case_field.clone(), Value::Null)])).await
    }

    async fn changed(&self, since: Instant) -> Result<Vec<Changed>, Trouble> {
        let doing = "read changes";
        // Jira's language has minutes only.
        let from = since.format("%Y/%m/%d %H:%M");
        let jql = format!("cf[{}] is not EMPTY AND updated >= \"{from}\" ORDER BY updated ASC", self.case_number);
        let issues = self.search(doing, &jql, 100).await?;
        let changes = issues.iter().map(|issue| shape::change(doing, issue, &self.case_field));
        let mut changes = changes.collect::<Result<Vec<_>, _>>()?;
        changes.retain(|change| change.at >= since && change.external_id.is_some());
        changes.sort_by_key(|change| change.at);
        Ok(changes)
    }

    async fn check(&self) -> Vec<Finding> {
        look::look(self).await
    }
}
