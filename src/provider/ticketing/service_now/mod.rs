//! ServiceNow, by its Table API and Attachment API (servicenow.com/docs, "REST API reference").
//!
//! | what | where in ServiceNow |
//! |---|---|
//! | user, secret | an account for integrations, and its password (basic authentication); its time zone must be GMT |
//! | queue | the table; `incident` where it is empty |
//! | subject, body | `short_description` (of which ServiceNow keeps 160 characters), `description` |
//! | requester | not told: people are found by their address only, and that would stand in a URL; `options.caller` is everybody's |
//! | `external_id` | `correlation_id` |
//! | `channel` | `contact_type` |
//! | other fields | columns that the configuration names, instants in columns of type Date/Time; none by default |
//! | states | 2 in progress; 1 new for received, 6 resolved, 7 closed, 8 cancelled |
//! | options | `caller`, `assignment_group` (ids), `urgency`, `impact`; `close_code`, `close_notes` for what is over |
//!
//! What is odd, and what is done about it:
//!
//! - A condition on a column that is not there is ignored: every record comes ("By default, if part of a query is invalid, ...
//!   the instance ignores the invalid part"). A value for such a column is dropped without a word.
//! - Comments are not read from the record but from the journal, `sys_journal_field`, on which the account needs a right to read.
//! - There is no merge: a double is cancelled, linked to its parent, and its case number taken away so that it is not found.
//! - Ids are random. What is the lowest is told by `number`, which counts up.

mod look;
mod shape;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::{Method, header};
use serde_json::{Map, Value};

use super::api::{Api, LARGEST_FILE, Places, States, id_in_path, member};
use super::{Capabilities, Changed, Finding, Settings, SettingsError, TicketStore, Trouble};
use crate::clock::Instant;
use crate::incident::State;
use crate::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment};

/// How many links to a parent are followed.
const MOST_MERGES: usize = 8;

/// How many records are asked for at once.
const PAGE: &str = "200";

/// Where the journal of every record stands.
const JOURNAL: &str = "/api/now/table/sys_journal_field";

/// The states of an incident, as a new instance has them.
const STATES: [(State, &str); 6] = [
    (State::Received, "1"),
    (State::Acknowledged, "2"),
    (State::Responded, "2"),
    (State::Resolved, "6"),
    (State::Closed, "7"),
    (State::Cancelled, "8"),
];

/// ServiceNow.
#[derive(Clone, Debug)]
pub struct ServiceNow {
    api: Api,
    places: Places,
    states: States,
    table: String,
    /// The column that tickets are found by.
    case_column: String,
    user: String,
    /// What every new ticket has: `caller_id`, ...
    more: Map<String, Value>,
    close_code: String,
    close_notes: String,
}

impl ServiceNow {
    /// A connector of the instance that `settings` describe.
    ///
    /// # Errors
    /// [`SettingsError`], which names the mend.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.only_options(&["assignment_group", "caller", "close_code", "close_notes", "impact", "urgency"])?;
        let Some(user) = settings.user.clone().filter(|user| !user.trim().is_empty()) else {
            return Err(SettingsError::new("user", "is the name of an account for integrations"));
        };
        if settings.secret.is_empty() {
            return Err(SettingsError::new("secret", "is the password of the account in user"));
        }
        let table = Some(settings.queue.trim()).filter(|table| !table.is_empty()).unwrap_or("incident").to_owned();
        let defaults = [(Field::ExternalId, "correlation_id"), (Field::Channel, "contact_type")];
        let (places, case_column) = Places::searchable(&settings, &defaults)?;
        for (setting, name) in [("queue", &table), ("fields.external_id", &case_column)] {
            if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
                return Err(SettingsError::new(setting, "is a name of small letters, digits and _, not a label"));
            }
        }
        let credentials = BASE64.encode(format!("{user}:{}", settings.secret.expose()));
        let api = Api::new(&settings, "authorization", &format!("Basic {credentials}"), mend)?;
        let states = States::new(&settings, STATES);
        let mut options = settings.options;
        let mut option = |name: &str| options.remove(name).filter(|text| !text.trim().is_empty());
        let columns = [
            ("caller", "caller_id"),
            ("assignment_group", "assignment_group"),
            ("impact", "impact"),
            ("urgency", "urgency"),
        ];
        let more = columns.into_iter().filter_map(|(name, column)| Some((column.to_owned(), option(name)?.into())));
        Ok(Self {
            api,
            places,
            states,
            table,
            case_column,
            user,
            more: more.collect(),
            close_code: option("close_code").unwrap_or_else(|| "Solved (Permanently)".into()),
            close_notes: option("close_notes").unwrap_or_else(|| "Concluido en la línea de incidentes.".into()),
        })
    }

    /// The column that links a double to the record that stays.
    fn parent_column(&self) -> &'static str {
        if self.table == "incident" { "parent_incident" } else { "parent" }
    }

    fn path(&self, doing: &str, id: &str) -> Result<String, Trouble> {
        Ok(format!("/api/now/table/{}/{}", self.table, id_in_path(doing, id)?))
    }

    /// The record with this id, merged or not.
    async fn record(&self, doing: &str, id: &str) -> Result<Option<Value>, Trouble> {
        let query = [("sysparm_display_value", "false"), ("sysparm_exclude_reference_link", "true")];
        let request = self.api.ask(Method::GET, &self.path(doing, id)?).query(&query);
        let answer = self.api.json_if_there(doing, request).await?;
        answer.map(|answer| answer.get("result").cloned().ok_or_else(|| Trouble::unreadable(doing))).transpose()
    }

    /// Records of the table or journal at `path` by an encoded query.
    async fn records(&self, doing: &str, path: &str, encoded: &str) -> Result<Vec<Value>, Trouble> {
        let query = [
            ("sysparm_query", encoded),
            ("sysparm_display_value", "false"),
            ("sysparm_exclude_reference_link", "true"),
            ("sysparm_limit", PAGE),
        ];
        let answer = self.api.json(doing, self.api.ask(Method::GET, path).query(&query)).await?;
        shape::list(doing, answer)
    }

    async fn patch(&self, doing: &str, id: &str, record: Map<String, Value>) -> Result<(), Trouble> {
        let request = self.api.ask(Method::PATCH, &self.path(doing, id)?).json(&Value::Object(record));
        self.api.done(doing, request).await
    }

    fn columns(&self, case: &Case, absent: Option<&Value>) -> Map<String, Value> {
        let mut record = Map::new();
        self.places.write(&case.values, shape::date_time, absent, &mut record);
        record.insert("short_description".into(), case.subject.as_str().into());
        record
    }

    /// The record that holds what this one held, where it was merged by us.
    fn parent(&self, record: &Value) -> Option<String> {
        let over = [State::Closed, State::Cancelled].into_iter().filter_map(|state| self.states.word(state));
        let state = member(record, "state");
        let is_over = over.into_iter().any(|word| state.as_deref() == Some(word));
        let has_case = member(record, &self.case_column).is_some();
        if is_over && !has_case { shape::reference(record, self.parent_column()) } else { None }
    }
}

fn mend(status: u16) -> &'static str {
    match status {
        400 => {
            "ServiceNow does not take the request: look whether the table in queue is there and open to web services"
        }
        401 => "ServiceNow does not take the account: look at its name and password, and that it is not locked out",
        403 => {
            "the account may not do this, or a rule of the table forbids it: give it the role itil, a right to read \
             sys_journal_field and to add attachments, and for closing itil_admin; look at required columns"
        }
        404 => "there is no such record or table, or the account may not see it",
        413 => "the file is larger than ServiceNow takes (com.glide.attachment.max_size)",
        _ => "look in ServiceNow's system log",
    }
}

#[async_trait]
impl TicketStore for ServiceNow {
    fn name(&self) -> &'static str {
        "service_now"
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
        let encoded = format!("{}={}^ORDERBYnumber", self.case_column, id_in_path(doing, external_id)?);
        let records = self.records(doing, &format!("/api/now/table/{}", self.table), &encoded).await?;
        let is_asked_for = |record: &&Value| member(record, &self.case_column).as_deref() == Some(external_id);
        let mut ours: Vec<_> = records.iter().filter(is_asked_for).collect();
        if ours.is_empty() && !records.is_empty() {
            // Strangers: the condition was ignored, so this says nothing of what is there.
            let mend = "ServiceNow gives records that were not asked for: is the column of external_id there?";
            return Err(Trouble::refused(format!("{doing}: {mend}")));
        }
        ours.sort_by_key(|record| (member(record, "number"), member(record, "sys_id")));
        ours.into_iter().map(|record| shape::remote(doing, record, &self.places)).collect()
    }

    async fn create(&self, case: &Case) -> Result<String, Trouble> {
        let doing = "create a ticket";
        let mut record = self.columns(case, None);
        record.extend(self.more.clone());
        record.insert("description".into(), case.body.as_str().into());
        let request = self.api.ask(Method::POST, &format!("/api/now/table/{}", self.table));
        let made = self.api.json(doing, request.json(&Value::Object(record))).await?;
        made.get("result").and_then(|made| member(made, "sys_id")).ok_or_else(|| Trouble::unreadable(doing))
    }

    async fn read(&self, id: &str) -> Result<Option<Remote>, Trouble> {
        let doing = "read a ticket";
        let mut id = id.to_owned();
        for _ in 0..MOST_MERGES {
            let Some(record) = self.record(doing, &id).await? else { return Ok(None) };
            match self.parent(&record) {
                Some(parent) => id = parent,
                None => return shape::remote(doing, &record, &self.places).map(Some),
            }
        }
        Err(Trouble::refused(format!("{doing}: its parents go on and on: look at them in ServiceNow")))
    }

    async fn update(&self, id: &str, case: &Case) -> Result<(), Trouble> {
        self.patch("update a ticket", id, self.columns(case, Some(&Value::from("")))).await
    }

    async fn comment(&self, id: &str, comment: &Comment) -> Result<(), Trouble> {
        let journal = if comment.public { shape::COMMENTS } else { shape::WORK_NOTES };
        self.patch("comment", id, Map::from_iter([(journal.to_owned(), comment.marked().into())])).await
    }

    async fn comments(&self, id: &str) -> Result<Vec<RemoteComment>, Trouble> {
        let doing = "read comments";
        let (element, id) = ("elementINwork_notes,comments", id_in_path(doing, id)?);
        let encoded = format!("element_id={id}^{element}^ORDERBYsys_created_on");
        let entries = self.records(doing, JOURNAL, &encoded).await?;
        let ours = entries.iter().filter(|entry| member(entry, "element_id").as_deref() == Some(id));
        ours.filter_map(|entry| shape::comment(doing, entry, &self.user)).collect()
    }

    async fn attach(&self, id: &str, file: &Attachment) -> Result<(), Trouble> {
        let doing = "attach a file";
        let record = id_in_path(doing, id)?;
        let query = [("table_name", self.table.as_str()), ("table_sys_id", record), ("file_name", &file.name)];
        let request = self.api.ask_file(Method::POST, "/api/now/attachment/file").query(&query);
        let request = request.header(header::CONTENT_TYPE, &file.media).body(file.bytes.clone());
        self.api.done(doing, request).await
    }

    async fn attachments(&self, id: &str) -> Result<Vec<RemoteAttachment>, Trouble> {
        let doing = "list files";
        let id = id_in_path(doing, id)?;
        let encoded = format!("table_name={}^table_sys_id={id}^ORDERBYsys_created_on", self.table);
        let query = [("sysparm_query", encoded.as_str()), ("sysparm_limit", PAGE)];
        let answer = self.api.json(doing, self.api.ask(Method::GET, "/api/now/attachment").query(&query)).await?;
        let files = shape::list(doing, answer)?;
        let ours = files.iter().filter(|file| member(file, "table_sys_id").as_deref() == Some(id));
        ours.map(|file| shape::file(doing, file)).collect()
    }

    async fn fetch(&self, _: &str, file: &RemoteAttachment) -> Result<Vec<u8>, Trouble> {
        let doing = "fetch a file";
        let path = format!("/api/now/attachment/{}/file", id_in_path(doing, &file.id)?);
        self.api.file(doing, self.api.ask_file(Method::GET, &path)).await
    }

    /// What is over needs a code and notes in ServiceNow.
    async fn set_state(&self, id: &str, state: State) -> Result<(), Trouble> {
        let Some(word) = self.states.word(state) else { return Ok(()) };
        let mut record = Map::from_iter([("state".to_owned(), word.into())]);
        if matches!(state, State::Resolved | State::Closed | State::Cancelled) {
            record.insert("close_code".into(), self.close_code.as_str().into());
            record.insert("close_notes".into(), self.close_notes.as_str().into());
        }
        self.patch("set the state", id, record).await
    }

    async fn merge(&self, double: &str, into: &str) -> Result<(), Trouble> {
        let doing = "merge";
        let Some(stays) = self.record(doing, into).await? else {
            return Err(Trouble::refused(format!("{doing}: the ticket to merge into is not there")));
        };
        let number = member(&stays, "number").ok_or_else(|| Trouble::unreadable(doing))?;
        let note = format!("Es el mismo caso que {number}: continúa allí. / Same case as {number}: it goes on there.");
        let mut record = Map::from_iter([
            (self.parent_column().to_owned(), into.into()),
            (self.case_column.clone(), "".into()),
            (shape::WORK_NOTES.to_owned(), note.as_str().into()),
            ("close_code".to_owned(), self.close_code.as_str().into()),
            ("close_notes".to_owned(), note.as_str().into()),
        ]);
        if let Some(word) = self.states.word(State::Cancelled).or_else(|| self.states.word(State::Closed)) {
            record.insert("state".into(), word.into());
        }
        self.patch(doing, double, record).await
    }

    async fn changed(&self, since: Instant) -> Result<Vec<Changed>, Trouble> {
        let doing = "read changes";
        let from = since.format(shape::DATE_TIME);
        let encoded = format!("sys_updated_on>={from}^{}ISNOTEMPTY^ORDERBYsys_updated_on", self.case_column);
        let records = self.records(doing, &format!("/api/now/table/{}", self.table), &encoded).await?;
        let changes = records.iter().map(|record| shape::change(doing, record, &self.case_column));
        let mut changes = changes.collect::<Result<Vec<_>, _>>()?;
        // To the second, as ServiceNow keeps them.
        changes.retain(|change| change.at.timestamp() >= since.timestamp() && change.external_id.is_some());
        changes.sort_by_key(|change| change.at);
        Ok(changes)
    }

    async fn check(&self) -> Vec<Finding> {
        look::look(self).await
    }
}
