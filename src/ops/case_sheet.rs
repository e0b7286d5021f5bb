//! Everything that is known of a case, in one picture of the store: who does what by when.

use std::sync::Arc;

use super::contacts::is_used;
use super::estimate::{standing, words_to_reporter};
use super::page::paged;
use super::room::conversation;
use super::{Estimate, Hotline, OpsError, Task};
use crate::call::{Call, Recording};
use crate::clock::Instant;
use crate::incident::{CaseNumber, Entry, Incident};
use crate::oncall::{Address, Roster};
use crate::paging::{Ladder, Message, Next, Page};
use crate::store::{CycleResult, HandOff, Tx};

/// A case and all that hangs on it.
pub struct CaseSheet {
    /// The case.
    pub incident: Incident,
    /// Its timeline.
    pub entries: Vec<Entry>,
    /// How its ended cycles went.
    pub cycles: Vec<CycleResult>,
    /// Its pages, the oldest first, each with the messages that carried it.
    pub pages: Vec<(Page, Vec<Message>)>,
    /// Messages that carry no page: to the reporter, and to people about it.
    pub messages: Vec<Message>,
    /// What callers left as sound.
    pub recordings: Vec<Recording>,
    /// The calls about it, the oldest first.
    pub calls: Vec<Call>,
    /// How far its hand-off to a ticket store of another maker has come.
    pub hand_off: Option<HandOff>,
    /// Whether a step of the hand-off was given up.
    pub hand_off_failed: bool,
    /// What Guardia does next by itself.
    pub next: Option<NextStep>,
    /// What the reporter was told last.
    pub told: Option<Estimate>,
    /// Whether the reporter is told anything by text: they want it, and their number takes it.
    pub takes_texts: bool,
    /// Whether somebody talks with the reporter just now.
    pub talking: bool,
    /// The people.
    pub roster: Option<Arc<Roster>>,
}

/// What Guardia does next about a case that nobody has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// These people are paged, unless somebody takes it before.
    Page {
        /// When.
        at: Instant,
        /// By id.
        people: Vec<String>,
    },
    /// Somebody would be paged, but nobody can be reached.
    Nobody {
        /// When it is looked again.
        at: Instant,
    },
    /// Whoever holds it is asked whether the reporter was reached.
    Remind {
        /// When.
        at: Instant,
    },
}

impl CaseSheet {
    /// Whether the case is this person's: they hold it, or were paged for it.
    #[must_use]
    pub fn is_of(&self, person: &str) -> bool {
        self.incident.acknowledged_by.as_deref() == Some(person)
            || self.pages.iter().any(|(page, _)| page.person == person)
    }
}

/// The sheet of the case with this number; `None` when there is none.
///
/// # Errors
/// The store's.
pub async fn case_sheet(hotline: &Hotline, number: &CaseNumber) -> Result<Option<CaseSheet>, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Option<CaseSheet>, OpsError> {
            let Some(incident) = tx.incident_by_number(number).await? else { return Ok(None) };
            let mut pages = Vec::new();
            for page in tx.pages(incident.id).await? {
                let messages = tx.messages_of_page(page.id).await?;
                pages.push((page, messages));
            }
            let messages = tx.messages(incident.id).await?.into_iter().filter(|message| message.page.is_none());
            let plain: Vec<Page> = pages.iter().map(|(page, _)| page.clone()).collect();
            Ok(Some(CaseSheet {
                entries: tx.entries(incident.id).await?,
                cycles: tx.cycles(incident.id).await?,
                messages: messages.collect(),
                recordings: tx.incident_recordings(incident.id).await?,
                calls: tx.calls_about(incident.id).await?,
                hand_off: tx.hand_off(incident.id).await?,
                hand_off_failed: !tx.dead_payloads(incident.id, Task::HAND_OFF).await?.is_empty(),
                takes_texts: takes_texts(hotline, tx, &incident).await?,
                next: next_step(hotline, tx, &incident, &plain).await?,
                told: standing(tx, incident.id).await?,
                talking: conversation(tx, &incident, None).await?.is_some(),
                roster: hotline.roster(tx).await?,
                pages,
                incident,
            }))
        })
        .await
}

/// What the reporter would be told by text; `None` where nothing is sent.
#[must_use]
pub fn estimate_preview(hotline: &Hotline, sheet: &CaseSheet, told: Estimate, reason: Option<&str>) -> Option<String> {
    if !sheet.takes_texts {
        return None;
    }
    words_to_reporter(hotline, &sheet.incident, told, sheet.told, reason).map(|(_, _, words)| words)
}

async fn takes_texts(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<bool, OpsError> {
    match incident.call_back.clone().filter(|_| incident.text_messages) {
        Some(number) => is_used(hotline, tx, &Address::Sms(number)).await,
        None => Ok(false),
    }
}

async fn next_step(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    pages: &[Page],
) -> Result<Option<NextStep>, OpsError> {
    for job in tx.jobs_about(incident.id).await? {
        let at = job.run_at;
        match serde_json::from_value(job.payload) {
            Ok(Task::Page { cycle, round, .. }) if cycle == incident.cycle => {
                let Some(roster) = hotline.roster(tx).await? else { return Ok(Some(NextStep::Nobody { at })) };
                let (plan, paged) = (hotline.plan(tx, incident).await?, paged(hotline, tx, incident, pages).await?);
                let ladder = Ladder { plan: &plan, roster: &roster, paged: &paged, but: None };
                return Ok(Some(match ladder.next(round, at) {
                    Next::Page(step) => {
                        let people = step.people.iter().map(|(person, _)| person.id.to_string()).collect();
                        NextStep::Page { at, people }
                    }
                    Next::Nobody { .. } => NextStep::Nobody { at },
                }));
            }
            Ok(Task::Remind { cycle, .. }) if cycle == incident.cycle => return Ok(Some(NextStep::Remind { at })),
            _ => {}
        }
    }
    Ok(None)
}
