//! Cases in the store of a running Guardia, put there past the line: what the pages show of them is the same.

use chrono::TimeDelta;
use guardia::call::{Call, Direction, Recording};
use guardia::clock::Clock;
use guardia::flow::{self, Language};
use guardia::id::{CallId, Ids, IncidentId, JobId, MessageId, PageId};
use guardia::incident::{Actor, CaseNumber, Change, Incident, State};
use guardia::oncall::Channel;
use guardia::ops::Task;
use guardia::paging::{Delivery, Message, Page, Recipient};
use guardia::phone::Phone;
use guardia::sla::{Mode, Severity, Target};
use guardia::store::{NewJob, Store, StoreError, Tx, Url};

use crate::house::House;

/// Whoever reported every case.
pub const REPORTER: &str = "+18095550142";

pub struct Desk {
    pub store: Store,
    ids: Ids,
}

impl Desk {
    /// Beside the server of `house`.
    pub async fn at(house: &House) -> Self {
        let file = house.site.settings().with_file_name("guardia.db");
        let url: Url = format!("sqlite:{}", file.display()).parse().unwrap();
        Self { store: Store::visit(&url).await.unwrap(), ids: Ids::system() }
    }

    /// A critical case that began so long ago, with its call, a recording, and the next step of its ladder an hour away; its
    /// number.
    pub async fn case(&self, n: u32, ago: TimeDelta) -> String {
        let now = Clock::machine().now();
        let started = now - ago;
        let (call, incident) = (call(&self.ids, n, started), self.incident(n, started));
        let call = Call { id: incident.call, incident: Some(incident.id), ..call };
        let task = Task::Page { incident: incident.id, cycle: 1, round: 1 };
        self.store
            .write(async |tx: &mut Tx| -> Result<(), StoreError> {
                tx.insert_call(&call).await?;
                tx.insert_incident(&incident).await?;
                let change = Change::Opened { severity: incident.severity, due_at: incident.due_at };
                tx.append_entry(incident.id, started, &Actor::Caller, &change).await?;
                let recording = Recording {
                    provider_recording: format!("RE{n:032x}"),
                    call: call.id,
                    incident: Some(incident.id),
                    url: "http://127.0.0.1:1/recording".to_owned(),
                    seconds: 9,
                    holds: "description".to_owned(),
                    status: "completed".to_owned(),
                    at: started,
                };
                tx.insert_recording(&recording).await?;
                let job = NewJob {
                    id: JobId(self.ids.ordered(now)),
                    kind: task.kind(),
                    key: &task.key(),
                    subject: Some(incident.id),
                    priority: task.priority(),
                    run_at: now + TimeDelta::hours(1),
                    payload: serde_json::to_value(&task).unwrap(),
                };
                tx.enqueue_all(&[job]).await.map(drop)
            })
            .await
            .unwrap();
        incident.number.to_string()
    }

    fn incident(&self, n: u32, started: guardia::clock::Instant) -> Incident {
        Incident {
            id: IncidentId(self.ids.ordered(started)),
            number: CaseNumber::new(2026, n).unwrap(),
            state: State::Received,
            severity: Severity::Critical,
            call: CallId(self.ids.opaque()),
            cycle: 1,
            started_at: started,
            target: Target { span: TimeDelta::hours(4), mode: Mode::Continuous },
            due_at: started + TimeDelta::hours(4),
            acknowledged_at: None,
            acknowledged_by: None,
            responded_at: None,
            resolved_at: None,
            breached_at: None,
            institution: Some("1042".to_owned()),
            institution_name: Some("Ministerio de Hacienda".to_owned()),
            service: Some("nomina".to_owned()),
            impact: Some("down".to_owned()),
            reporter: Some(Phone::parse(REPORTER).unwrap()),
            call_back: Some(Phone::parse(REPORTER).unwrap()),
            text_messages: true,
            language: "es".to_owned(),
            silent: false,
            merged_into: None,
            version: 1,
        }
    }

    /// A page of the case that reached a person's device.
    pub async fn paged(&self, number: &str, person: &str) {
        let (now, number) = (Clock::machine().now(), CaseNumber::parse(number).unwrap());
        self.store
            .write(async |tx: &mut Tx| -> Result<(), StoreError> {
                let incident = tx.incident_by_number(&number).await?.unwrap();
                let page = Page {
                    id: PageId(self.ids.ordered(now)),
                    incident: incident.id,
                    cycle: 1,
                    person: person.to_owned(),
                    round: 0,
                    code_hash: "9f86d081".to_owned(),
                    bundle: None,
                    created_at: now,
                    answered_at: None,
                    closed_at: None,
                };
                tx.insert_page(&page).await?;
                let message = Message {
                    id: MessageId(self.ids.ordered(now)),
                    incident: Some(incident.id),
                    page: Some(page.id),
                    template: "page".to_owned(),
                    channel: Channel::Sms,
                    to: Recipient::Number(Phone::parse("+18095550103").unwrap()),
                    body: "CRITICO".to_owned(),
                    state: Delivery::Delivered,
                    provider_message: None,
                    error_code: None,
                    created_at: now,
                    sent_at: Some(now),
                };
                tx.insert_message(&message).await?;
                let change = Change::Paged { person: person.to_owned(), round: 0 };
                tx.append_entry(incident.id, now, &Actor::System, &change).await.map(drop)
            })
            .await
            .unwrap();
    }

    /// So many notes on the case.
    pub async fn noted(&self, number: &str, count: u32) {
        let (now, number) = (Clock::machine().now(), CaseNumber::parse(number).unwrap());
        self.store
            .write(async |tx: &mut Tx| -> Result<(), StoreError> {
                let incident = tx.lock_incident_by_number(&number).await?.unwrap();
                for n in 1..=count {
                    let change = Change::Noted { text: format!("note {n}") };
                    tx.append_entry(incident.id, now, &Actor::System, &change).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
    }

    /// Makes the case something else.
    pub async fn change(&self, number: &str, change: impl Fn(&mut Incident)) {
        let number = CaseNumber::parse(number).unwrap();
        self.store
            .write(async |tx: &mut Tx| -> Result<(), StoreError> {
                let mut incident = tx.lock_incident_by_number(&number).await?.unwrap();
                change(&mut incident);
                tx.save_incident(&mut incident).await
            })
            .await
            .unwrap();
    }
}

/// A call that has ended.
fn call(ids: &Ids, n: u32, started: guardia::clock::Instant) -> Call {
    Call {
        id: CallId(ids.opaque()),
        provider: "twilio".to_owned(),
        provider_call: format!("CA{n:032x}"),
        direction: Direction::Inbound,
        from: Some(Phone::parse(REPORTER).unwrap()),
        to: Phone::parse("+18095550100").unwrap(),
        answered_at: started,
        ended_at: Some(started + TimeDelta::minutes(2)),
        flow: "b1946ac92492d234".to_owned(),
        session: flow::State {
            node: "saludo".to_owned(),
            language: Language::Es,
            tries: 0,
            turns: 0,
            entered: 0,
            began_at: started,
            over: false,
            recording: None,
            variables: std::collections::BTreeMap::new(),
            institution: None,
            call_back: None,
            case: None,
            found: None,
            said: Vec::new(),
            last_recording: None,
            waiting_since: None,
            joining_until: None,
            leaving: None,
            had: None,
            ended: false,
        },
        turn: 0,
        outcome: None,
        incident: None,
        fallback: false,
    }
}
