//! Redmine 5, by its REST interface (<https://www.redmine.org/projects/redmine/wiki/Rest_api>), as a real one was seen to
//! behave.
//!
//! | what | where in Redmine |
//! |---|---|
//! | secret | the account's API key |
//! | queue | the project's identifier |
//! | subject, body | subject, description |
//! | requester | not told: an issue's author is whoever makes it |
//! | fields | custom fields of issues, by their numbers (nobody but an administrator may read their names): none by default. |
//! | | `external_id` must be named, and be used as a filter; instants go into fields of text |
//! | states | statuses by name or number: New, In Progress, Resolved, Closed, Rejected; see [`STATES`] |
//! | options | `tracker`, `priority`: numbers. `largest_file`: bytes, as Redmine's settings say; 5242880 where not named |
//!
//! What is odd, and what is done about it:
//!
//! - A filter by a field that is no filter is ignored: every issue comes. One stranger in the answer, and it is not believed.
//! - Whoever has a wrong key reads as anybody does, where a project is public: who we are is asked before each search.
//! - A change that is not allowed is answered 204 and dropped. States and merges are read back here, the rest by whoever hands
//!   over. A private note of an account that may not write any becomes a public one, so that right is looked at first.
//! - There is no merge: a double is related to the one that stays, closed, and its case number taken away so that it is not
//!   found. It is read as the one it is a double of.
//! - The list of a project's own fields leaves out those of all projects; fields are seen on issues alone.

mod look;
mod wire;

use async_trait::async_trait;
use reqwest::{Method, header};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::api::{Api, LARGEST_FILE, Places, States, id_in_path, member, number};
use super::{Capabilities, Changed, Finding, Settings, SettingsError, TicketStore, Trouble};
use crate::clock::Instant;
use crate::incident::State;
use crate::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment, Values};

/// The statuses that a new Redmine brings.
const STATES: [(State, &str); 6] = [
    (State::Received, "New"),
    (State::Acknowledged, "In Progress"),
    (State::Responded, "In Progress"),
    (State::Resolved, "Resolved"),
    (State::Closed, "Closed"),
    (State::Cancelled, "Rejected"),
];

/// Redmine gives no more at once.
const PAGE: usize = 100;

/// How many pages of what changed are read.
const MOST_CHANGED: usize = 3;

/// How many marks of a double are followed.
const MOST_MERGES: usize = 8;

/// Redmine's own bound where nobody changed it, in bytes.
const USUAL_LARGEST: u64 = 5 * 1024 * 1024;

/// Redmine.
#[derive(Clone, Debug)]
pub struct Redmine {
    api: Api,
    places: Places,
    states: States,
    project: String,
    /// The number of the field that tickets are found by.
    case_field: String,
    tracker: Option<u64>,
    priority: Option<u64>,
    largest_file: u64,
    /// Set once the account was seen to have the right to private notes.
    keeps_private: OnceCell<()>,
}

impl Redmine {
    /// A connector of the Redmine that `settings` describe.
    ///
    /// # Errors
    /// [`SettingsError`], which names the mend.
    #[expect(clippy::needless_pass_by_value, reason = "every connector is made of settings of its own")]
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.only_options(&["largest_file", "priority", "tracker"])?;
        let key = settings.secret.expose().trim();
        if key.is_empty() {
            return Err(SettingsError::new("secret", "is the account's API key (Redmine: My account)"));
        }
        let project = settings.queue.trim();
        if project.is_empty() || !project.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(SettingsError::new("queue", "is the project's identifier, as it stands in its address"));
        }
        let (places, case_field) = Places::searchable(&settings, &[])?;
        let is_number = |place: &String| place.trim().is_empty() || place.trim().parse::<u64>().is_ok();
        if let Some((field, _)) = settings.fields.iter().find(|(_, place)| !is_number(place)) {
            let mend = "is the custom field's number, which stands in its address (Administration, Custom fields)";
            return Err(SettingsError::new(&format!("fields.{field}"), mend));
        }
        Ok(Self {
            api: Api::new(&settings, "x-redmine-api-key", key, wire::mend)?,
            places,
            states: States::new(&settings, STATES),
            project: project.to_owned(),
            case_field,
            tracker: number(&settings, "tracker")?,
            priority: number(&settings, "priority")?,
            largest_file: number(&settings, "largest_file")?.unwrap_or(USUAL_LARGEST).min(LARGEST_FILE),
            keeps_private: OnceCell::new(),
        })
    }

    async fn ask(&self, doing: &str, path: &str, query: &[(&str, &str)]) -> Result<Value, Trouble> {
        self.api.json(doing, self.api.ask(Method::GET, path).query(query)).await
    }

    /// Our account's number.
    async fn account(&self, doing: &str) -> Result<String, Trouble> {
        let account = wire::inside(doing, self.ask(doing, "/users/current.json", &[]).await?, "user")?;
        member(&account, "id").ok_or_else(|| Trouble::unreadable(doing))
    }

    /// The issue with this id, merged or not, with what `more` names.
    async fn issue(&self, doing: &str, id: &str, more: &str) -> Result<Option<Value>, Trouble> {
        let path = format!("/issues/{}.json", id_in_path(doing, id)?);
        let request = self.api.ask(Method::GET, &path).query(&[("include", more)]);
        let issue = self.api.json_tagged(doing, request).await?;
        issue.map(|(issue, _)| wire::inside(doing, issue, "issue")).transpose()
    }

    /// The same, where it must be there.
    async fn there(&self, doing: &str, id: &str, more: &str) -> Result<Value, Trouble> {
        let gone = || Trouble::refused(format!("{doing}: the issue is not there, or the account may not see it"));
        self.issue(doing, id, more).await?.ok_or_else(gone)
    }

    /// Issues of the project, whatever their state, those of the page at `offset`.
    async fn issues(&self, doing: &str, query: &[(&str, &str)], offset: usize) -> Result<Vec<Value>, Trouble> {
        let all = [("project_id", self.project.as_str()), ("status_id", "*")];
        let page = [("limit", PAGE), ("offset", offset)];
        let request = self.api.ask(Method::GET, "/issues.json").query(&all).query(query).query(&page);
        match wire::inside(doing, self.api.json(doing, request).await?, "issues")? {
            Value::Array(issues) => Ok(issues),
            _ => Err(Trouble::unreadable(doing)),
        }
    }

    async fn put(&self, doing: &str, id: &str, changes: &Value) -> Result<(), Trouble> {
        let path = format!("/issues/{}.json", id_in_path(doing, id)?);
        self.api.done(doing, self.api.ask(Method::PUT, &path).json(&json!({"issue": changes}))).await
    }

    async fn status_id(&self, doing: &str, word: &str) -> Result<Value, Trouble> {
        let statuses = self.ask(doing, "/issue_statuses.json", &[]).await?;
        let missing = || Trouble::refused(format!("{doing}: Redmine has no status '{word}': name another in states"));
        wire::status_id(&statuses, word).ok_or_else(missing)
    }

    /// Refuses to write what would be public and must not.
    async fn keep_private(&self, doing: &str) -> Result<(), Trouble> {
        let look = || async {
            let rights = look::rights(self, doing).await?;
            if rights.is_none_or(|rights| rights.contains("set_notes_private")) {
                return Ok(());
            }
            let mend = "the account may not write private notes: give its role in the project 'Set notes as private'";
            Err(Trouble::refused(format!("{doing}: {mend}")))
        };
        self.keeps_private.get_or_try_init(look).await.copied()
    }
}

#[async_trait]
impl TicketStore for Redmine {
    fn name(&self) -> &'static str {
        "redmine"
    }

    /// Doubles are related and closed, which is what a merge is here.
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
        self.account(doing).await?;
        let filter = format!("cf_{}", self.case_field);
        let query = [(filter.as_str(), id_in_path(doing, external_id)?), ("sort", "id")];
        let issues = self.issues(doing, &query, 0).await?;
        let found: Result<Vec<_>, _> =
            issues.iter().map(|issue| wire::remote(doing, issue, &self.places, &self.states)).collect();
        let mut found = found?;
        if found.iter().any(|issue| issue.values.get(&Field::ExternalId).is_none_or(|value| value != external_id)) {
            // The filter was ignored, so this says nothing of what is there.
            let mend =
                "Redmine gives issues that were not asked for: the field of external_id must be used as a filter";
            return Err(Trouble::refused(format!("{doing}: {mend}")));
        }
        found.sort_by_key(|issue| wire::rank(&issue.id));
        Ok(found)
    }

    async fn create(&self, case: &Case) -> Result<String, Trouble> {
        let doing = "create a ticket";
        let mut issue = Map::from_iter([
            ("project_id".to_owned(), Value::from(self.project.as_str())),
            ("subject".to_owned(), case.subject.as_str().into()),
            ("description".to_owned(), case.body.as_str().into()),
            ("custom_fields".to_owned(), wire::custom_fields_of(&case.values, None, &self.places)),
        ]);
        let numbers = [("tracker_id", self.tracker), ("priority_id", self.priority)];
        issue.extend(numbers.into_iter().filter_map(|(name, id)| Some((name.to_owned(), id?.into()))));
        let request = self.api.ask(Method::POST, "/issues.json").json(&json!({"issue": issue}));
        let made = wire::inside(doing, self.api.json(doing, request).await?, "issue")?;
        member(&made, "id").ok_or_else(|| Trouble::unreadable(doing))
    }

    async fn read(&self, id: &str) -> Result<Option<Remote>, Trouble> {
        let doing = "read a ticket";
        let mut id = id.to_owned();
        for _ in 0..MOST_MERGES {
            let Some(issue) = self.issue(doing, &id, "relations").await? else { return Ok(None) };
            match wire::original(&issue, &self.places) {
                Some(original) => id = original,
                None => return wire::remote(doing, &issue, &self.places, &self.states).map(Some),
            }
        }
        Err(Trouble::refused(format!("{doing}: it is a double of a double, on and on: look at it in Redmine")))
    }

    async fn update(&self, id: &str, case: &Case) -> Result<(), Trouble> {
        let fields = wire::custom_fields_of(&case.values, Some(&Value::from("")), &self.places);
        self.put("update a ticket", id, &json!({"subject": case.subject, "custom_fields": fields})).await
    }

    async fn comment(&self, id: &str, comment: &Comment) -> Result<(), Trouble> {
        let doing = "comment";
        if !comment.public {
            self.keep_private(doing).await?;
        }
        self.put(doing, id, &json!({"notes": comment.marked(), "private_notes": !comment.public})).await
    }

    async fn comments(&self, id: &str) -> Result<Vec<RemoteComment>, Trouble> {
        let doing = "read comments";
        let account = self.account(doing).await?;
        let issue = self.there(doing, id, "journals").await?;
        let mut comments: Vec<_> =
            wire::list(&issue, "journals").iter().filter_map(|journal| wire::comment(journal, &account)).collect();
        comments.sort_by_key(|comment| wire::rank(&comment.id));
        Ok(comments)
    }

    async fn attach(&self, id: &str, file: &Attachment) -> Result<(), Trouble> {
        let doing = "attach a file";
        let request = self.api.ask_file(Method::POST, "/uploads.json").query(&[("filename", &file.name)]);
        let request = request.header(header::CONTENT_TYPE, "application/octet-stream").body(file.bytes.clone());
        let upload = wire::inside(doing, self.api.json(doing, request).await?, "upload")?;
        let token = member(&upload, "token").ok_or_else(|| Trouble::unreadable(doing))?;
        let upload = json!({"token": token, "filename": file.name, "content_type": file.media});
        self.put(doing, id, &json!({"uploads": [upload]})).await
    }

    async fn attachments(&self, id: &str) -> Result<Vec<RemoteAttachment>, Trouble> {
        let issue = self.there("list files", id, "attachments").await?;
        let mut files: Vec<_> = wire::list(&issue, "attachments").iter().filter_map(wire::file).collect();
        files.sort_by_key(|file| wire::rank(&file.id));
        Ok(files)
    }

    async fn fetch(&self, _: &str, file: &RemoteAttachment) -> Result<Vec<u8>, Trouble> {
        let doing = "fetch a file";
        let path = format!("/attachments/download/{}", id_in_path(doing, &file.id)?);
        self.api.file(doing, self.api.ask_file(Method::GET, &path)).await
    }

    async fn set_state(&self, id: &str, state: State) -> Result<(), Trouble> {
        let doing = "change the state";
        let Some(word) = self.states.word(state) else { return Ok(()) };
        let status = self.status_id(doing, word).await?;
        self.put(doing, id, &json!({"status_id": status})).await?;
        let issue = self.there(doing, id, "").await?;
        if issue.get("status").and_then(|status| status.get("id")) == Some(&status) {
            return Ok(());
        }
        Err(Trouble::refused(format!(
            "{doing}: Redmine says yes and leaves the status: the workflow of the tracker must let the account's role go to \
             '{word}' from where the issue stands"
        )))
    }

    /// The relation first: as long as the rest is missing, the double is found and this is asked once more.
    async fn merge(&self, double: &str, into: &str) -> Result<(), Trouble> {
        let doing = "merge tickets";
        let into = id_in_path(doing, into)?;
        let issue = self.there(doing, double, "relations").await?;
        if !wire::originals(&issue).any(|original| original == into) {
            let relation = json!({"relation": {"issue_to_id": wire::number(into), "relation_type": "duplicates"}});
            let path = format!("/issues/{}/relations.json", id_in_path(doing, double)?);
            self.api.done(doing, self.api.ask(Method::POST, &path).json(&relation)).await?;
        }
        if wire::original(&issue, &self.places).is_some() {
            return Ok(());
        }
        let nothing = Values::from([(Field::ExternalId, String::new())]);
        let mut changes = json!({
            "notes": format!("Duplicado de #{into}: sigue allí."),
            "private_notes": true,
            "custom_fields": wire::custom_fields_of(&nothing, None, &self.places),
        });
        let over = self.states.word(State::Cancelled).or_else(|| self.states.word(State::Closed));
        if let (Some(changes), Some(word)) = (changes.as_object_mut(), over) {
            changes.insert("status_id".into(), self.status_id(doing, word).await?);
        }
        self.put(doing, double, &changes).await?;
        let issue = self.there(doing, double, "relations").await?;
        if wire::original(&issue, &self.places).is_some() {
            return Ok(());
        }
        let mend =
            "Redmine says yes and leaves the double: the account needs to edit issues and manage their relations";
        Err(Trouble::refused(format!("{doing}: {mend}")))
    }

    async fn changed(&self, since: Instant) -> Result<Vec<Changed>, Trouble> {
        let doing = "ask what changed";
        self.account(doing).await?;
        let since = wire::changed_since(since);
        let query = [("updated_on", since.as_str()), ("sort", "updated_on,id")];
        let mut changed = Vec::new();
        for page in 0..MOST_CHANGED {
            let issues = self.issues(doing, &query, page.saturating_mul(PAGE)).await?;
            let is_last = issues.len() < PAGE;
            changed.extend(issues);
            if is_last {
                break;
            }
        }
        changed.iter().map(|issue| wire::change(doing, issue, &self.places)).collect()
    }

    async fn check(&self) -> Vec<Finding> {
        look::look(self).await
    }
}
