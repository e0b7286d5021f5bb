//! The bare loop: what one call of the critical path writes, done again directly on the store. No HTTP, no flow, no jobs at
//! work: what is left is the database.
//!
//! The units are not guessed. One call is played through the use cases, and what each turn left in the store is noted; the
//! loop then does the same statements with ids of its own.

use guardia::call::{Call, Happening, Leg, Recording, Turn};
use guardia::clock::{Clock, Instant};
use guardia::config::Config;
use guardia::flow::Input;
use guardia::id::{CallId, Ids, IncidentId, JobId, MessageId};
use guardia::incident::{Actor, CaseNumber, Change, Incident};
use guardia::ops::{self, Hotline, LegStatus, RecordingNews, Ring, TurnTaken};
use guardia::paging::{Message, Recipient};
use guardia::phone::Phone;
use guardia::store::{Job, NewJob, Store, StoreError, Tx};

use crate::line::{Act, Caller, PATH, micros};

/// One unit of work: what stood in the store after it and not before.
#[derive(Clone)]
struct Unit {
    kind: Kind,
    call: Call,
    happenings: Vec<Happening>,
    turn: Option<Turn>,
    opened: bool,
    incident: Option<Incident>,
    changes: Vec<(Actor, Change)>,
    jobs: Vec<Job>,
    recording: Option<Recording>,
    message: Option<Message>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ring,
    Turn,
    Recorded,
    Over,
}

/// The units of one call, in order.
#[derive(Clone)]
pub struct Script(Vec<Unit>);

/// How far the noting has come.
#[derive(Default)]
struct Seen {
    happenings: usize,
    changes: usize,
    jobs: Vec<JobId>,
    recordings: usize,
    messages: usize,
    incident: Option<IncidentId>,
}

impl Script {
    /// Plays one call over `config`, whose store nobody else uses.
    pub async fn noted(config: &Config) -> Self {
        let hotline = guardia::serve::tool(config).await.unwrap();
        let caller = Caller::new(0);
        let (mut units, mut seen) = (Vec::new(), Seen::default());
        let ring = Ring {
            provider: "twilio",
            provider_call: caller.sid.clone(),
            from: Some(Phone::parse(&caller.from).unwrap()),
            to: config.line.number.clone(),
            at: hotline.clock.now(),
        };
        let mut document = ops::begin_call(&hotline, ring, Some("token-0".to_owned())).await.unwrap();
        units.push(note(&hotline, document.call, Kind::Ring, &mut seen).await);
        for (number, act) in PATH.into_iter().enumerate() {
            let input = input(config, &caller, act);
            let taken = TurnTaken {
                call: document.call,
                provider_call: caller.sid.clone(),
                turn: document.number,
                token: Some(format!("token-{}", number + 1)),
                input,
            };
            document = ops::take_turn(&hotline, taken).await.unwrap();
            units.push(note(&hotline, document.call, Kind::Turn, &mut seen).await);
            if act == Act::Record {
                let ready = RecordingNews {
                    provider: "twilio",
                    provider_call: caller.sid.clone(),
                    provider_recording: caller.recording.clone(),
                    status: "completed".to_owned(),
                    seconds: Some(9),
                    url: None,
                };
                ops::recording_status(&hotline, ready).await.unwrap();
                units.push(note(&hotline, document.call, Kind::Recorded, &mut seen).await);
            }
        }
        let over = LegStatus {
            provider: "twilio".to_owned(),
            provider_call: caller.sid.clone(),
            status: "completed".to_owned(),
            rank: 100,
            last: true,
            seconds: Some(95),
        };
        ops::leg_status(&hotline, over).await.unwrap();
        units.push(note(&hotline, document.call, Kind::Over, &mut seen).await);
        hotline.store.close().await;
        Self(units)
    }

    /// Does the units of one call for `caller`; what each turn took, in microseconds.
    pub async fn run(&self, store: &Store, ids: &Ids, caller: &Caller) -> Vec<i64> {
        let clock = Clock::machine();
        let mut round = Round { ids, caller, call: CallId(ids.opaque()), incident: None, number: None };
        let mut took = Vec::with_capacity(self.0.len());
        for unit in &self.0 {
            let began = clock.now();
            store.write(async |tx: &mut Tx| round.unit(tx, unit, began).await).await.unwrap();
            if matches!(unit.kind, Kind::Ring | Kind::Turn) {
                took.push(micros(began, clock.now()));
            }
        }
        took
    }
}

/// What a caller's act is to the flow.
pub fn input(config: &Config, caller: &Caller, act: Act) -> Input {
    match act {
        Act::Keys(keys) => Input::Digits(caller.keys(keys).to_owned()),
        Act::Silence => Input::Silence,
        Act::Record => {
            let (api, account) = (&config.twilio.api_url, &config.twilio.account_sid);
            let url = format!("{api}/2010-04-01/Accounts/{account}/Recordings/{}", caller.recording);
            Input::Recording { id: caller.recording.clone(), url, seconds: 9 }
        }
    }
}

async fn note(hotline: &Hotline, call: CallId, kind: Kind, seen: &mut Seen) -> Unit {
    let read = hotline.store.read(async |tx: &mut Tx| -> Result<Unit, StoreError> {
        let call = tx.call(call).await?.unwrap();
        let entries = tx.call_entries(call.id).await?;
        let happenings: Vec<Happening> =
            entries.into_iter().skip(seen.happenings).map(|entry| entry.happening).collect();
        seen.happenings += happenings.len();
        let turn = if matches!(kind, Kind::Ring | Kind::Turn) { tx.turns(call.id).await?.pop() } else { None };
        let opened = seen.incident != call.incident;
        seen.incident = call.incident;
        let (mut changes, mut jobs, mut message, mut incident) = (Vec::new(), Vec::new(), None, None);
        if let Some(id) = call.incident {
            incident = tx.incident(id).await?;
            let entries = tx.entries(id).await?.into_iter().skip(seen.changes);
            changes = entries.map(|entry| (entry.actor, entry.change)).collect();
            seen.changes += changes.len();
            jobs = tx.pending_jobs(id).await?.into_iter().filter(|job| !seen.jobs.contains(&job.id)).collect();
            seen.jobs.extend(jobs.iter().map(|job| job.id));
            message = tx.messages(id).await?.into_iter().nth(seen.messages);
            seen.messages += usize::from(message.is_some());
        }
        let recording = tx.recordings(call.id).await?.into_iter().nth(seen.recordings);
        seen.recordings += usize::from(recording.is_some());
        Ok(Unit { kind, call, happenings, turn, opened, incident, changes, jobs, recording, message })
    });
    read.await.unwrap()
}

/// One call of the bare loop.
struct Round<'a> {
    ids: &'a Ids,
    caller: &'a Caller,
    call: CallId,
    incident: Option<IncidentId>,
    number: Option<CaseNumber>,
}

impl Round<'_> {
    async fn unit(&mut self, tx: &mut Tx, unit: &Unit, now: Instant) -> Result<(), StoreError> {
        match unit.kind {
            Kind::Ring => self.ring(tx, unit, now).await,
            Kind::Turn => self.turn(tx, unit, now).await,
            Kind::Recorded => {
                tx.recording_status(&self.caller.recording, "completed", Some(9), None).await?;
                Ok(())
            }
            Kind::Over => self.over(tx, unit, now).await,
        }
    }

    async fn ring(&mut self, tx: &mut Tx, unit: &Unit, now: Instant) -> Result<(), StoreError> {
        tx.call_by_provider("twilio", &self.caller.sid).await?;
        tx.banner(now).await?;
        let call = self.call(unit, now);
        tx.insert_call(&call).await?;
        tx.upsert_leg(&self.leg(&call, now, false)).await?;
        self.happen(tx, unit, now).await?;
        tx.save_call(&call).await?;
        self.keep(tx, unit, now).await
    }

    async fn turn(&mut self, tx: &mut Tx, unit: &Unit, now: Instant) -> Result<(), StoreError> {
        let call = tx.lock_call(self.call).await?.unwrap();
        let turn = unit.turn.as_ref().unwrap();
        tx.turn_by_token(call.id, &self.token(turn)).await?;
        tx.banner(now).await?;
        self.happen(tx, unit, now).await?;
        if let Some(incident) = &unit.incident {
            self.change(tx, unit, incident, now).await?;
        }
        tx.save_call(&self.call(unit, call.answered_at)).await?;
        self.keep(tx, unit, now).await
    }

    /// What a turn does to the incident of its call.
    async fn change(&mut self, tx: &mut Tx, unit: &Unit, after: &Incident, now: Instant) -> Result<(), StoreError> {
        if unit.opened {
            let id = IncidentId(self.ids.ordered(now));
            self.incident = Some(id);
            self.jobs(tx, unit).await?;
            let year = 2026;
            let number = CaseNumber::new(year, tx.next_case_sequence(year).await?).unwrap();
            let mut incident = after.clone();
            (incident.id, incident.call, incident.version) = (id, self.call, 1);
            (incident.number, incident.started_at) = (number.clone(), now);
            self.number = Some(number);
            tx.insert_incident(&incident).await?;
        } else if unit.changes.iter().any(|(_, change)| matches!(change, Change::Learned { .. })) {
            let locked = tx.lock_incident(self.incident.unwrap()).await?.unwrap();
            let mut incident = after.clone();
            (incident.id, incident.call, incident.version) = (locked.id, self.call, locked.version);
            (incident.number, incident.started_at) = (locked.number, locked.started_at);
            tx.save_incident(&mut incident).await?;
            self.ticket(tx, now).await?;
            if after.service.is_some() && after.impact.is_none() {
                // Whether somebody else reported the same.
                let (institution, service) = (after.institution.as_deref(), after.service.as_deref());
                tx.open_incident_for(institution.unwrap(), service.unwrap(), now, self.incident).await?;
            }
        }
        if let Some(recording) = &unit.recording {
            let mut recording = recording.clone();
            recording.provider_recording.clone_from(&self.caller.recording);
            (recording.call, recording.incident) = (self.call, self.incident);
            tx.insert_recording(&recording).await?;
            tx.incident(self.incident.unwrap()).await?;
            self.ticket(tx, now).await?;
        }
        if let Some(message) = &unit.message {
            let mut message = message.clone();
            let to = Phone::parse(&self.caller.from).unwrap();
            message.to = Recipient::Number(to.clone());
            (message.id, message.incident) = (MessageId(self.ids.ordered(now)), self.incident);
            tx.messages_to(&to, now).await?;
            tx.insert_message(&message).await?;
        }
        for (actor, change) in &unit.changes {
            tx.append_entry(self.incident.unwrap(), now, actor, change).await?;
        }
        if !unit.opened {
            self.jobs(tx, unit).await?;
        }
        // The words of a document name the case.
        tx.incident(self.incident.unwrap()).await?;
        Ok(())
    }

    /// In one statement, as the use cases do.
    async fn jobs(&self, tx: &mut Tx, unit: &Unit) -> Result<(), StoreError> {
        let named: Vec<(JobId, String)> = unit
            .jobs
            .iter()
            .map(|job| {
                let id = JobId(self.ids.ordered(job.run_at));
                (id, format!("{}:{id}", job.kind))
            })
            .collect();
        let jobs: Vec<NewJob<'_>> = unit
            .jobs
            .iter()
            .zip(&named)
            .map(|(job, (id, key))| NewJob {
                id: *id,
                kind: &job.kind,
                key,
                subject: self.incident,
                priority: job.priority,
                run_at: job.run_at,
                payload: job.payload.clone(),
            })
            .collect();
        tx.enqueue_all(&jobs).await?;
        Ok(())
    }

    async fn over(&mut self, tx: &mut Tx, unit: &Unit, now: Instant) -> Result<(), StoreError> {
        tx.call_by_provider("twilio", &self.caller.sid).await?;
        let call = tx.lock_call(self.call).await?.unwrap();
        tx.upsert_leg(&self.leg(&call, now, true)).await?;
        self.happen(tx, unit, now).await?;
        tx.save_call(&self.call(unit, call.answered_at)).await
    }

    async fn happen(&self, tx: &mut Tx, unit: &Unit, now: Instant) -> Result<(), StoreError> {
        tx.append_call_entries(self.call, now, &unit.happenings).await
    }

    async fn keep(&self, tx: &mut Tx, unit: &Unit, now: Instant) -> Result<(), StoreError> {
        let mut turn = unit.turn.clone().unwrap();
        turn.token = Some(self.token(&turn));
        (turn.call, turn.at) = (self.call, now);
        assert!(tx.insert_turn(&turn).await?, "a turn was there already");
        Ok(())
    }

    /// A runner has usually taken the ticket's last job when the next one is written, so each is new.
    async fn ticket(&self, tx: &mut Tx, now: Instant) -> Result<(), StoreError> {
        let payload = serde_json::json!({ "task": "ticket", "incident": self.incident });
        let id = JobId(self.ids.ordered(now));
        let (kind, key, subject) = ("ticket", format!("ticket:{id}"), self.incident);
        tx.enqueue(&NewJob { id, kind, key: &key, subject, priority: 4, run_at: now, payload }).await?;
        Ok(())
    }

    fn call(&self, unit: &Unit, answered_at: Instant) -> Call {
        let mut call = unit.call.clone();
        call.provider_call.clone_from(&self.caller.sid);
        (call.id, call.incident, call.answered_at) = (self.call, self.incident, answered_at);
        call
    }

    fn leg(&self, call: &Call, now: Instant, last: bool) -> Leg {
        Leg {
            provider_call: self.caller.sid.clone(),
            call: self.call,
            role: "caller".to_owned(),
            status: if last { "completed" } else { "in-progress" }.to_owned(),
            rank: if last { 100 } else { 0 },
            started_at: call.answered_at,
            ended_at: last.then_some(now),
            seconds: last.then_some(95),
        }
    }

    fn token(&self, turn: &Turn) -> String {
        format!("{}-{}", self.caller.sid, turn.number)
    }
}
