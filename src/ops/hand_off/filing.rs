//! What one step of a hand-off needs: the case as it stands, in the store's language, and the part that is told.

use std::sync::Arc;

use super::told;
use crate::call::Recording;
use crate::clock::Instant;
use crate::flow::speech::named;
use crate::id::IncidentId;
use crate::incident::{Actor, Change, Entry, Incident};
use crate::language::Language;
use crate::oncall::Roster;
use crate::ops::recording_link::url_of_recording;
use crate::ops::{Hotline, OpsError, Task};
use crate::phone::Phone;
use crate::store::Tx;
use crate::ticket::{Case, Comment, Field, Heard, Numbers, Step, Values, Words, instant_text};

/// How all of them came in.
const CHANNEL: &str = "phone";

/// What a step needs.
#[derive(Clone, Debug)]
pub struct Filing {
    /// The incident.
    pub incident: IncidentId,
    /// It, as the store must hold it.
    pub case: Case,
    /// The store's id of its ticket, once there is one.
    pub remote: Option<String>,
    /// The part that this step tells.
    pub part: Part,
    /// Whether a step of this case was given up before: whoever tried it then may have been heard.
    pub was_given_up: bool,
}

/// The part of a case that a step tells.
#[derive(Clone, Debug)]
pub enum Part {
    /// The ticket itself, its state or its fields: all that is needed stands in the case.
    Case,
    /// A comment.
    Comment(Comment),
    /// A recording, and the comment that says where it is heard when it is not handed over.
    Recording(Recording, Comment),
}

/// What `step` of handing `incident` over needs; `None` when there is nothing left to do.
///
/// # Errors
/// The store's.
pub async fn filing(hotline: &Hotline, incident: IncidentId, step: &Step) -> Result<Option<Filing>, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Option<Filing>, OpsError> {
            let incident = tx.incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            let Some(hand_off) = tx.hand_off(incident.id).await? else { return Ok(None) };
            let desk = Desk::open(hotline, tx, &incident).await?;
            let (case, progress) = (desk.case(), hand_off.progress);
            let part = match step {
                Step::Ticket => progress.remote.is_none().then_some(Part::Case),
                Step::State => (progress.state != Some(case.state)).then_some(Part::Case),
                Step::Fields => (progress.values != Some(told(hotline, &case.values))).then_some(Part::Case),
                Step::Comment { sequence } if *sequence <= progress.commented => None,
                Step::Comment { sequence } => desk.comment(*sequence).map(Part::Comment),
                Step::Recording { recording } if progress.recordings.contains(recording) => None,
                Step::Recording { recording } => desk.recording(recording),
            };
            let remote = progress.remote;
            let was_given_up = desk.was_given_up();
            Ok(part.map(|part| Filing { incident: incident.id, case, remote, part, was_given_up }))
        })
        .await
}

/// A case with everything that is said of it, laid out.
pub(in crate::ops) struct Desk<'a> {
    hotline: &'a Hotline,
    incident: &'a Incident,
    entries: Vec<Entry>,
    recordings: Vec<Recording>,
    roster: Option<Arc<Roster>>,
}

impl<'a> Desk<'a> {
    pub(in crate::ops) async fn open(
        hotline: &'a Hotline,
        tx: &mut Tx,
        incident: &'a Incident,
    ) -> Result<Self, OpsError> {
        let entries = tx.entries(incident.id).await?;
        let recordings = tx.incident_recordings(incident.id).await?;
        let roster = hotline.roster(tx).await?;
        Ok(Self { hotline, incident, entries, recordings, roster })
    }

    fn with_words<T>(&self, say: impl FnOnce(&Words<'_>) -> T) -> T {
        let language = self.hotline.policy.ticket_language;
        let service = self.incident.service.as_deref().and_then(|id| self.hotline.policy.directory.service(id));
        let service = service.map(|service| match language {
            Language::Es => service.es.as_str(),
            Language::En => service.en.as_str(),
        });
        let name = |id: &str| {
            Hotline::person(self.roster.as_deref(), id).map_or_else(|| id.to_owned(), |person| person.name.clone())
        };
        let zone = self.hotline.policy.calendar.zone();
        say(&Words { language, zone, service, name: &name })
    }

    /// The case as the store must hold it.
    pub(in crate::ops) fn case(&self) -> Case {
        Case {
            external_id: self.incident.number.to_string(),
            subject: self.with_words(|words| words.subject(self.incident)),
            body: self.with_words(|words| words.body(self.incident)),
            requester: None,
            values: self.values(),
            state: self.incident.state,
        }
    }

    /// Its fields.
    pub(super) fn values(&self) -> Values {
        let Incident { number, call, institution, service, severity, due_at, responded_at, .. } = self.incident;
        let (eta, next_update) = self.estimate();
        let number_of_caller =
            match self.hotline.policy.hand_offs.as_ref().map_or(Numbers::Hidden, |policy| policy.numbers) {
                Numbers::Full => self.incident.reporter.as_ref().map(|phone| phone.as_str().to_owned()),
                Numbers::Masked => self.incident.reporter.as_ref().map(Phone::masked),
                Numbers::Hidden => None,
            };
        let values = [
            (Field::ExternalId, Some(number.to_string())),
            (Field::Call, Some(call.to_string())),
            (Field::CallerNumber, number_of_caller),
            (Field::Institution, institution.clone()),
            (Field::Service, service.clone()),
            (Field::Severity, Some(severity.to_string())),
            (Field::FirstResponseDue, Some(instant_text(*due_at))),
            (Field::FirstResponseAt, responded_at.map(instant_text)),
            (Field::Eta, eta.map(instant_text)),
            (Field::NextUpdate, next_update.map(instant_text)),
            (Field::Channel, Some(CHANNEL.to_owned())),
        ];
        values.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
    }

    /// What the reporter was told last.
    fn estimate(&self) -> (Option<Instant>, Option<Instant>) {
        let last = self.entries.iter().rev().find_map(|entry| match entry.change {
            Change::Estimated { eta, next_update, .. } => Some((eta, next_update)),
            _ => None,
        });
        last.unwrap_or_default()
    }

    fn was_given_up(&self) -> bool {
        self.entries.iter().any(|entry| matches!(&entry.change, Change::GivenUp { job } if job == Task::HAND_OFF))
    }

    /// The places of what is told as comments.
    pub(in crate::ops) fn comments(&self) -> Vec<i64> {
        // The ladder looks again and again whether somebody is on duty; a ticket is told once that nobody is.
        let mut nobody = false;
        let is_news = |entry: &&Entry| match entry.change {
            Change::NobodyOnDuty => !std::mem::replace(&mut nobody, true),
            Change::Acknowledged { .. } | Change::Reopened { .. } => {
                nobody = false;
                true
            }
            _ => true,
        };
        self.with_words(|words| {
            let told = |entry: &&Entry| !self.is_theirs(entry) && words.said(entry).is_some();
            self.entries.iter().filter(is_news).filter(told).map(|entry| entry.sequence).collect()
        })
    }

    /// Whether it came from the store, which knows it then.
    fn is_theirs(&self, entry: &Entry) -> bool {
        let policy = self.hotline.policy.hand_offs.as_ref();
        policy.is_some_and(|policy| entry.actor == Actor::Operator(policy.store.clone()))
    }

    pub(in crate::ops) fn comment(&self, sequence: i64) -> Option<Comment> {
        let entry = self.entries.iter().find(|entry| entry.sequence == sequence)?;
        let text = self.with_words(|words| words.said(entry))?;
        Some(Comment { mark: format!("{}/{sequence}", self.incident.number), text, public: false })
    }

    /// The recordings that can be fetched, the oldest first.
    pub(super) fn recordings(&self) -> Vec<String> {
        let ready = self.recordings.iter().filter(|recording| recording.is_ready());
        ready.map(|recording| recording.provider_recording.clone()).collect()
    }

    /// Its link counts from now: whoever tries this step again finds the comment by its mark, with the link that was written.
    fn recording(&self, id: &str) -> Option<Part> {
        let recording = self.recordings.iter().find(|recording| recording.provider_recording == id)?;
        Some(Part::Recording(recording.clone(), self.said_of(id)?))
    }

    /// What is said of a recording that is not handed over: where it is heard from now on.
    pub(super) fn said_of(&self, id: &str) -> Option<Comment> {
        let recording = self.recordings.iter().find(|recording| recording.provider_recording == id)?;
        let (now, language) = (self.hotline.clock.now(), self.hotline.policy.ticket_language);
        let until = now + self.hotline.policy.sounds.link_life;
        let day = |at: Instant| at.with_timezone(&self.hotline.policy.calendar.zone()).date_naive();
        let (day, url) = (named(language, day(until), day(now)), url_of_recording(self.hotline, id, until));
        let heard = Heard { day: &day, until, url: &url };
        let text = self.with_words(|words| words.recorded(&recording.holds, recording.seconds, &heard));
        Some(Comment { mark: format!("{}/{id}", self.incident.number), text, public: false })
    }
}
