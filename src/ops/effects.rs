//! What a flow does outside its call: rows, timeline and jobs of the same unit.

use chrono::TimeDelta;

use super::change::reopen;
use super::merge::join;
use super::message::intend;
use super::open_incident::tell_ticket_store_soon;
use super::replan::replan;
use super::{Hotline, OpsError};
use crate::call::{Call, Happening, Recording};
use crate::clock::Instant;
use crate::flow::{Effect, Learned};
use crate::incident::{Actor, CaseNumber, Change, Incident};
use crate::phone::Phone;
use crate::store::Tx;

/// How many texts a number that a caller named may be sent in a day: enough for several cases, too few to annoy anybody.
const TEXTS_PER_NUMBER_AND_DAY: i64 = 20;

/// Carries out effects; the incident they enrich is read once and written once.
pub(super) struct Effects<'a> {
    hotline: &'a Hotline,
    at: Instant,
    learning: Option<Incident>,
    happened: Vec<Happening>,
}

impl<'a> Effects<'a> {
    /// Nothing to do yet; `heard` begins what the call's timeline says of this moment, `at`.
    pub(super) fn new(hotline: &'a Hotline, at: Instant, heard: Option<Happening>) -> Self {
        Self { hotline, at, learning: None, happened: heard.into_iter().collect() }
    }

    /// Carries `effects` out in order.
    pub(super) async fn carry_out(
        &mut self,
        tx: &mut Tx,
        call: &mut Call,
        effects: Vec<Effect>,
    ) -> Result<(), OpsError> {
        for effect in effects {
            self.one(tx, call, effect).await?;
        }
        Ok(())
    }

    /// The call has a case of its own now.
    pub(super) fn opened(&mut self, number: &CaseNumber) {
        self.happened.push(Happening::Case { number: number.to_string() });
    }

    /// Writes what happened and what was learned.
    pub(super) async fn finish(&mut self, tx: &mut Tx, call: &Call) -> Result<(), OpsError> {
        tx.append_call_entries(call.id, self.at, &std::mem::take(&mut self.happened)).await?;
        self.keep_learned(tx).await
    }

    /// Writes what was learned, for whoever asks about cases next.
    pub(super) async fn keep_learned(&mut self, tx: &mut Tx) -> Result<(), OpsError> {
        if let Some(mut incident) = self.learning.take() {
            tx.save_incident(&mut incident).await?;
            tell_ticket_store_soon(self.hotline, tx, &incident).await?;
        }
        Ok(())
    }

    async fn one(&mut self, tx: &mut Tx, call: &mut Call, effect: Effect) -> Result<(), OpsError> {
        let happening = match effect {
            Effect::Reached { node } => Happening::Reached { node },
            Effect::Language(language) => {
                if let Some(incident) = self.incident(tx, call).await? {
                    language.code().clone_into(&mut incident.language);
                }
                Happening::Language { language: language.code().to_owned() }
            }
            Effect::Consent { recording, prompt } => Happening::Consent { recording, prompt },
            Effect::Learned(learned) => return self.learn(tx, call, learned).await,
            Effect::Recorded { id, url, seconds, holds, case } => {
                if !self.record(tx, call, (id, url, seconds), &holds, case).await? {
                    return Ok(());
                }
                Happening::Recorded { holds, seconds }
            }
            Effect::Affected => return self.count_affected(tx, call).await,
            Effect::Join { case } => {
                self.finish(tx, call).await?;
                return join(self.hotline, tx, call, &case).await;
            }
            Effect::Reopen { case } => {
                let Some(incident) = tx.lock_incident_by_number(&case).await? else { return Ok(()) };
                if incident.state.is_open() {
                    return Ok(());
                }
                call.incident = Some(incident.id);
                return reopen(self.hotline, tx, incident, &Actor::Caller, None).await;
            }
            Effect::Send { template, to, language: _, text } => {
                return self.send(tx, call, &template, to, text).await;
            }
            Effect::Ended(outcome) => {
                call.outcome = Some(outcome);
                Happening::Ended { outcome, node: call.session.node.clone() }
            }
        };
        self.happened.push(happening);
        Ok(())
    }

    /// The incident of this call, to be enriched.
    async fn incident(&mut self, tx: &mut Tx, call: &Call) -> Result<Option<&mut Incident>, OpsError> {
        if self.learning.is_none()
            && let Some(id) = call.incident
        {
            self.learning = tx.lock_incident(id).await?;
        }
        Ok(self.learning.as_mut())
    }

    async fn learn(&mut self, tx: &mut Tx, call: &Call, learned: Learned) -> Result<(), OpsError> {
        let now = self.hotline.now();
        let Some(incident) = self.incident(tx, call).await? else { return Ok(()) };
        let (what, value) = match learned {
            Learned::Institution(institution) => {
                incident.institution = Some(institution.code);
                incident.institution_name = Some(institution.name.clone());
                ("institution", Some(institution.name))
            }
            Learned::Service(service) => {
                incident.service = Some(service.clone());
                ("service", Some(service))
            }
            Learned::Impact(impact) => {
                incident.impact = Some(impact.as_str().to_owned());
                ("impact", Some(impact.as_str().to_owned()))
            }
            Learned::CallBack(phone) => {
                incident.call_back = Some(phone);
                ("call_back", None)
            }
            Learned::TextMessages(wanted) => {
                incident.text_messages = wanted;
                ("text_messages", Some(wanted.to_string()))
            }
        };
        let known = incident.clone();
        let change = Change::Learned { what: what.to_owned(), value };
        tx.append_entry(known.id, now, &Actor::Caller, &change).await?;
        if what == "service" { replan(self.hotline, tx, &known).await } else { Ok(()) }
    }

    async fn record(
        &mut self,
        tx: &mut Tx,
        call: &Call,
        (id, url, seconds): (String, String, u32),
        holds: &str,
        case: Option<CaseNumber>,
    ) -> Result<bool, OpsError> {
        let incident = match case {
            Some(number) => tx.incident_by_number(&number).await?.map(|incident| incident.id),
            None => call.incident,
        };
        let recording = Recording {
            provider_recording: id,
            call: call.id,
            incident,
            url,
            seconds,
            holds: holds.to_owned(),
            status: "in-progress".to_owned(),
            at: self.hotline.now(),
        };
        keep_recording(self.hotline, tx, &recording).await
    }

    async fn count_affected(&mut self, tx: &mut Tx, call: &mut Call) -> Result<(), OpsError> {
        let now = self.hotline.now();
        let Some(banner) = tx.banner(now).await? else { return Ok(()) };
        let key = match &banner.case {
            Some(number) => number.to_string(),
            None => format!("{}@{}", banner.service, banner.since.timestamp()),
        };
        tx.count_affected(&key, call.id, call.from.as_ref()).await?;
        let Some(number) = banner.case else { return Ok(()) };
        let Some(incident) = tx.incident_by_number(&number).await? else { return Ok(()) };
        if call.incident.is_none() {
            call.incident = Some(incident.id);
        }
        let joined = Change::Joined { call: call.id, case: None };
        tx.append_entry(incident.id, now, &Actor::Caller, &joined).await?;
        tell_ticket_store_soon(self.hotline, tx, &incident).await
    }

    async fn send(
        &mut self,
        tx: &mut Tx,
        call: &Call,
        template: &str,
        to: Option<Phone>,
        text: String,
    ) -> Result<(), OpsError> {
        let Some(to) = to else { return Ok(()) };
        let now = self.hotline.now();
        if tx.messages_to(&to, now - TimeDelta::days(1)).await? >= TEXTS_PER_NUMBER_AND_DAY {
            tracing::warn!(template, call = %call.id, "a number was sent enough texts today; this one is left out");
            return Ok(());
        }
        intend(self.hotline, tx, call.incident, template, to, text).await?;
        Ok(())
    }
}

/// Keeps a recording, and tells its incident; `false` when it is known already.
pub(super) async fn keep_recording(hotline: &Hotline, tx: &mut Tx, recording: &Recording) -> Result<bool, OpsError> {
    let fresh = tx.insert_recording(recording).await?;
    if fresh && let Some(incident) = recording.incident {
        let change = Change::Recorded {
            recording: recording.provider_recording.clone(),
            holds: recording.holds.clone(),
            seconds: recording.seconds,
        };
        tx.append_entry(incident, hotline.now(), &Actor::Caller, &change).await?;
        if let Some(incident) = tx.incident(incident).await? {
            tell_ticket_store_soon(hotline, tx, &incident).await?;
        }
    }
    Ok(fresh)
}
