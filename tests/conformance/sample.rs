//! Things to keep. `n` tells one from another; equal numbers make equal things.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use guardia::call::{Call, Direction, Leg, Recording, Turn};
use guardia::clock::Instant;
use guardia::flow::{self, Language, Utterance, Verb};
use guardia::id::{CallId, IncidentId, JobId, MessageId, PageId};
use guardia::incident::{CaseNumber, Incident, State};
use guardia::oncall::Channel;
use guardia::paging::{Delivery, Message, Page, Recipient};
use guardia::phone::Phone;
use guardia::sla::{Mode, Severity, Target};
use guardia::store::{NewJob, StoreError, Tx};
use serde_json::json;
use uuid::Uuid;

/// So many seconds into the story, with an odd fraction to be kept.
pub fn at(seconds: i64) -> Instant {
    "2026-03-08T06:59:58.123457Z".parse::<Instant>().unwrap() + TimeDelta::seconds(seconds)
}

pub fn uuid(n: u32) -> Uuid {
    Uuid::from_u128(0xc0ff_ee00_0000_4000_8000_0000_0000_0000 | u128::from(n))
}

pub fn phone(n: u32) -> Phone {
    Phone::parse(&format!("+1809555{n:04}")).unwrap()
}

pub fn number(n: u32) -> CaseNumber {
    CaseNumber::new(2026, n).unwrap()
}

/// A call as it is when the line answers.
pub fn call(n: u32) -> Call {
    Call {
        id: CallId(uuid(n)),
        provider: "twilio".to_owned(),
        provider_call: format!("CA{n:032x}"),
        direction: Direction::Inbound,
        from: Some(phone(n)),
        to: phone(9999),
        answered_at: at(i64::from(n)),
        ended_at: None,
        flow: "b1946ac92492d234".to_owned(),
        session: flow::State {
            node: "saludo".to_owned(),
            language: Language::Es,
            tries: 0,
            turns: 0,
            entered: 0,
            began_at: at(i64::from(n)),
            over: false,
            recording: None,
            variables: BTreeMap::new(),
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

pub fn words(text: &str) -> Verb {
    Verb::Say(Utterance::Words { language: Language::Es, text: text.to_owned() })
}

pub fn leg(n: u32, rank: i32, status: &str) -> Leg {
    Leg {
        provider_call: format!("CA{n:032x}"),
        call: CallId(uuid(n)),
        role: "caller".to_owned(),
        status: status.to_owned(),
        rank,
        started_at: at(0),
        ended_at: None,
        seconds: None,
    }
}

pub fn turn(n: u32, document: u32) -> Turn {
    Turn {
        call: CallId(uuid(n)),
        number: document,
        token: Some(format!("token-{document}")),
        fingerprint: "digits:1".to_owned(),
        answer: vec![words("¿Cuál institución? 🏛"), Verb::Continue],
        at: at(i64::from(document)),
    }
}

pub fn recording(n: u32, call: u32) -> Recording {
    Recording {
        provider_recording: format!("RE{n:032x}"),
        call: CallId(uuid(call)),
        incident: None,
        url: format!("https://recordings.example/RE{n}"),
        seconds: 0,
        holds: "description".to_owned(),
        status: "in-progress".to_owned(),
        at: at(i64::from(n)),
    }
}

/// The incident of `call(n)` as it is when it is opened.
pub fn incident(n: u32) -> Incident {
    Incident {
        id: IncidentId(uuid(1000 + n)),
        number: number(n),
        state: State::Received,
        severity: Severity::Critical,
        call: CallId(uuid(n)),
        cycle: 1,
        started_at: at(i64::from(n)),
        target: Target { span: TimeDelta::hours(4), mode: Mode::Continuous },
        due_at: at(i64::from(n)) + TimeDelta::hours(4),
        acknowledged_at: None,
        acknowledged_by: None,
        responded_at: None,
        resolved_at: None,
        breached_at: None,
        institution: None,
        institution_name: None,
        service: None,
        impact: None,
        reporter: None,
        call_back: None,
        text_messages: false,
        language: "es".to_owned(),
        silent: false,
        merged_into: None,
        version: 1,
    }
}

/// Keeps `call(n)` and `incident(n)`.
pub async fn open(tx: &mut Tx, n: u32) -> Result<Incident, StoreError> {
    let incident = incident(n);
    tx.insert_call(&call(n)).await?;
    tx.insert_incident(&incident).await?;
    Ok(incident)
}

pub fn page(n: u32, incident: u32, person: &str) -> Page {
    Page {
        id: PageId(uuid(2000 + n)),
        incident: IncidentId(uuid(1000 + incident)),
        cycle: 1,
        person: person.to_owned(),
        round: n,
        code_hash: "9f86d081".to_owned(),
        bundle: None,
        created_at: at(i64::from(n)),
        answered_at: None,
        closed_at: None,
    }
}

pub fn message(n: u32, incident: Option<u32>) -> Message {
    Message {
        id: MessageId(uuid(3000 + n)),
        incident: incident.map(|incident| IncidentId(uuid(1000 + incident))),
        page: None,
        template: "page".to_owned(),
        channel: Channel::Sms,
        to: Recipient::Number(phone(n)),
        body: "CRITICO 26000012 CERTIF caido. Responda 7 123456".to_owned(),
        state: Delivery::Intended,
        provider_message: None,
        error_code: None,
        created_at: at(i64::from(n)),
        sent_at: None,
    }
}

/// A job with key `job-n`, due at `at(run_at)`.
pub fn job(n: u32, key: &str, run_at: i64) -> NewJob<'_> {
    NewJob {
        id: JobId(uuid(4000 + n)),
        kind: "mark",
        key,
        subject: None,
        priority: 0,
        run_at: at(run_at),
        payload: json!({ "task": "mark", "percent": n }),
    }
}
