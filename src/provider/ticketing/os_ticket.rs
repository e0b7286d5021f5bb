//! osTicket, as its document `setup/doc/api/tickets.md` has it: tickets are made, and nothing else can be asked for.
//!
//! So what a hand-off needs to be sure is missing: no search before a second try, no read-back. An answer that is lost stays
//! in doubt, and a person looks in osTicket for the case number, which the subject carries.
//!
//! | what | where in osTicket |
//! |---|---|
//! | secret | the API key (`X-API-Key`), which is bound to the address that we call from |
//! | queue | the help topic's id (`topicId`); empty: osTicket's default |
//! | subject, body | `subject`, `message` |
//! | requester | `email`; `options.email` where a case has none; `options.name` is the name beside it |
//! | fields | names of fields of the topic's forms; none by default |
//! | `options.priority` | `priorityId` |

use async_trait::async_trait;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::api::{Api, Places};
use super::{Capabilities, Changed, Finding, Settings, SettingsError, TicketStore, Trouble};
use crate::clock::Instant;
use crate::incident::State;
use crate::ticket::{Attachment, Case, Comment, Field, Remote, RemoteAttachment, RemoteComment};

/// Where tickets are made.
const TICKETS: &str = "/api/tickets.json";

/// How osTicket's own refusal of a ticket begins, which comes with a status of 500.
const REFUSAL: &[u8] = b"Unable to create new ticket";

/// osTicket.
#[derive(Clone, Debug)]
pub struct OsTicket {
    api: Api,
    places: Places,
    topic: Option<u64>,
    priority: Option<u64>,
    email: String,
    name: String,
}

impl OsTicket {
    /// A connector of the osTicket that `settings` describe.
    ///
    /// # Errors
    /// [`SettingsError`], which names the mend.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.only_options(&["email", "name", "priority"])?;
        if settings.secret.is_empty() {
            return Err(SettingsError::new("secret", "is osTicket's API key (Admin Panel, Manage, API)"));
        }
        let number = |setting: &str, text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| SettingsError::new(setting, "must be osTicket's id, a number")),
        };
        let api = Api::new(&settings, "x-api-key", settings.secret.expose(), mend)?;
        let (places, topic) = (Places::new(&settings, &[]), number("queue", &settings.queue)?);
        let mut options = settings.options;
        let mut option = |name: &str| options.remove(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        let email = option("email");
        if !email.contains('@') {
            let mend = "name the e-mail address that stands for reporters without one: osTicket wants one";
            return Err(SettingsError::new("options.email", mend));
        }
        let name = Some(option("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| "Línea de incidentes".into());
        Ok(Self { api, places, topic, priority: number("options.priority", &option("priority"))?, email, name })
    }

    fn record(&self, case: &Case) -> Value {
        let mut record = Map::new();
        self.places.write(&case.values, str::to_owned, None, &mut record);
        let mut put = |name: &str, value: Value| record.insert(name.to_owned(), value);
        put("email", case.requester.as_deref().unwrap_or(&self.email).into());
        put("name", self.name.as_str().into());
        put("subject", case.subject.as_str().into());
        put("message", message(&case.body).into());
        // Acknowledging to the reporter is ours; osTicket's staff is told by osTicket.
        put("autorespond", false.into());
        if let Some(topic) = self.topic {
            put("topicId", topic.into());
        }
        if let Some(priority) = self.priority {
            put("priorityId", priority.into());
        }
        record.into()
    }
}

/// A text as `message`: one that begins like a data URL would be read as one (RFC 2397), one without text is refused.
fn message(body: &str) -> String {
    match body.trim() {
        "" => "-".into(),
        body if body.starts_with("data:") => format!("\u{a0}{body}"),
        body => body.to_owned(),
    }
}

fn mend(status: u16) -> &'static str {
    match status {
        400 => "osTicket does not take a field: look in its system log for which, and mend fields in the configuration",
        401 => {
            "osTicket does not take the API key: it must be active, may create tickets, and is bound to the address \
             that this machine calls from"
        }
        403 => "osTicket denies the ticket: look at its ban list, filters and limits of open tickets for the address",
        404 => "there is no such interface: url must lead to where osTicket stands",
        _ => "look in osTicket's system log",
    }
}

/// What osTicket has no interface for.
fn missing<T>(doing: &str) -> Result<T, Trouble> {
    Err(Trouble::refused(format!("{doing}: osTicket's interface only makes tickets")))
}

#[async_trait]
impl TicketStore for OsTicket {
    fn name(&self) -> &'static str {
        "os_ticket"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            find: false,
            comment: false,
            attach: false,
            state: false,
            update: false,
            merge: false,
            changes: false,
            largest_file: 0,
        }
    }

    fn mapped(&self) -> Vec<Field> {
        self.places.mapped()
    }

    fn state_word(&self, _: State) -> Option<String> {
        None
    }

    async fn find(&self, _: &str) -> Result<Vec<Remote>, Trouble> {
        missing("find")
    }

    /// Gives the ticket's number, which is all that osTicket tells.
    async fn create(&self, case: &Case) -> Result<String, Trouble> {
        let doing = "create a ticket";
        let (status, body) = self.api.raw(doing, self.api.ask(Method::POST, TICKETS).json(&self.record(case))).await?;
        if status == 500 && body.starts_with(REFUSAL) {
            let mend = "a field that osTicket requires is not told, or misshapen: look in its system log";
            return Err(Trouble::refused(format!("{doing}: refused: {mend}")));
        }
        self.api.success(doing, status)?;
        let number = str::from_utf8(&body).map(str::trim).unwrap_or_default();
        // Numbers have a format of the administrator's choice, of digits, letters and dashes.
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_#".contains(&byte);
        if number.is_empty() || number.len() > 32 || !number.bytes().all(fits) {
            return Err(Trouble::unreadable(doing));
        }
        Ok(number.to_owned())
    }

    async fn read(&self, _: &str) -> Result<Option<Remote>, Trouble> {
        missing("read")
    }

    async fn update(&self, _: &str, _: &Case) -> Result<(), Trouble> {
        missing("update")
    }

    async fn comment(&self, _: &str, _: &Comment) -> Result<(), Trouble> {
        missing("comment")
    }

    async fn comments(&self, _: &str) -> Result<Vec<RemoteComment>, Trouble> {
        missing("read comments")
    }

    async fn attach(&self, _: &str, _: &Attachment) -> Result<(), Trouble> {
        missing("attach")
    }

    async fn attachments(&self, _: &str) -> Result<Vec<RemoteAttachment>, Trouble> {
        missing("list files")
    }

    async fn fetch(&self, _: &str, _: &RemoteAttachment) -> Result<Vec<u8>, Trouble> {
        missing("fetch a file")
    }

    async fn set_state(&self, _: &str, _: State) -> Result<(), Trouble> {
        Ok(())
    }

    async fn merge(&self, _: &str, _: &str) -> Result<(), Trouble> {
        missing("merge")
    }

    async fn changed(&self, _: Instant) -> Result<Vec<Changed>, Trouble> {
        missing("read changes")
    }

    /// A request without a ticket in it: the key is looked at first, and nothing is made.
    async fn check(&self) -> Vec<Finding> {
        let asked = self.api.raw("check", self.api.ask(Method::POST, TICKETS).json(&json!({}))).await;
        let key = match asked {
            Ok((400, _)) => Ok("the API key is taken from this machine's address".to_owned()),
            Ok((status, _)) => match self.api.success("check", status) {
                Ok(()) => Err("the answer is not osTicket's: url must lead to where osTicket stands".to_owned()),
                Err(trouble) => Err(trouble.what),
            },
            Err(trouble) => Err(trouble.what),
        };
        let search =
            "osTicket cannot be asked for a ticket: where an answer is lost, a person looks for the case number";
        vec![
            Finding { what: "credentials".into(), result: key },
            Finding { what: "search".into(), result: Ok(search.into()) },
        ]
    }
}
