//! The ladder: the next person is paged until one proves to be there.

use std::collections::HashSet;

use super::alert::{Alert, supervisors};
use super::message::intend;
use super::remind::hurry_reminder;
use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::id::{IncidentId, PageId};
use crate::incident::{Actor, Change, Incident, State};
use crate::oncall::{Person, PersonId};
use crate::paging::{Code, Delivery, Kind, Next, Page, Paged};
use crate::store::Tx;

/// Takes step `round` of the ladder of the incident's `cycle`, and sets down the step after it. Nothing happens when the
/// incident was taken, ended or reopened meanwhile, or this step was taken before.
///
/// # Errors
/// [`OpsError`].
pub async fn page_next(
    hotline: &Hotline,
    lease: Lease,
    incident: IncidentId,
    cycle: u32,
    round: u32,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let incident = tx.lock_incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            lease.settle(hotline, tx).await?;
            if incident.state != State::Received || incident.cycle != cycle {
                return Ok(());
            }
            let pages = tx.pages(incident.id).await?;
            if pages.iter().any(|page| page.cycle == cycle && page.round >= round) {
                return Ok(());
            }
            let paged = paged(tx, cycle, &pages).await?;
            climb(hotline, tx, &incident, round, &paged).await
        })
        .await?;
    hotline.wake.ring();
    Ok(())
}

async fn climb(hotline: &Hotline, tx: &mut Tx, incident: &Incident, round: u32, paged: &Paged) -> Result<(), OpsError> {
    let now = hotline.now();
    let roster = hotline.roster(tx).await?;
    let order = roster.as_ref().map(|roster| roster.duty(now).order).unwrap_or_default();
    let watching: Vec<&Person> = roster.iter().flat_map(|roster| roster.supervisors()).collect();
    let next_at = match hotline.policy.ladder.next(&order, &watching, paged, now) {
        Next::Page(step) => {
            for (person, kind) in step.people {
                page_person(hotline, tx, incident, round, person, kind).await?;
            }
            step.next_at
        }
        Next::Nobody { next_at } => {
            tracing::error!(case = %incident.number, "nobody on duty can be paged: look at the roster");
            tx.append_entry(incident.id, now, &Actor::System, &Change::NobodyOnDuty).await?;
            supervisors(hotline, tx, Some(incident), Alert::NobodyOnDuty).await?;
            next_at
        }
    };
    let next = Task::Page { incident: incident.id, cycle: incident.cycle, round: round.saturating_add(1) };
    enqueue(hotline, tx, Some(incident.id), next_at, &next).await
}

async fn page_person(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    round: u32,
    person: &Person,
    kind: Kind,
) -> Result<(), OpsError> {
    let (writer, subject, language) = (&hotline.policy.writer, hotline.subject(incident), person.language);
    let template = match kind {
        Kind::First => "page",
        Kind::Escalated { .. } => "page_escalated",
        Kind::Repeat { .. } => "page_repeat",
    };
    send_page(hotline, tx, incident, round, person, template, |code| match kind {
        Kind::First => writer.page(language, &subject, code, incident.call_back.as_ref()),
        Kind::Escalated { level } => writer.page_escal(language, &subject, code, level),
        Kind::Repeat { notice } => writer.page_repeat(language, &subject, code, notice),
    })
    .await?;
    let change = Change::Paged { person: person.id.to_string(), round };
    tx.append_entry(incident.id, hotline.now(), &Actor::System, &change).await?;
    Ok(())
}

/// Sends `person` a page with a code of its own; `body` writes it around the code.
pub(super) async fn send_page(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    round: u32,
    person: &Person,
    template: &str,
    body: impl Fn(&Code) -> String,
) -> Result<(), OpsError> {
    let now = hotline.now();
    let code = free_code(hotline, tx, person).await?;
    let body = body(&code);
    let message = intend(hotline, tx, Some(incident.id), template, person.phone.clone(), body).await?;
    let page = Page {
        id: PageId(hotline.ids.ordered(now)),
        incident: incident.id,
        cycle: incident.cycle,
        person: person.id.to_string(),
        round,
        code_hash: hotline.code_hash(person, &code),
        message,
        created_at: now,
        answered_at: None,
        closed_at: None,
    };
    Ok(tx.insert_page(&page).await?)
}

/// What happened on the ladder of this cycle so far: who was told how often, and whom nothing reaches.
pub(super) async fn paged(tx: &mut Tx, cycle: u32, pages: &[Page]) -> Result<Paged, OpsError> {
    let mut paged = Paged::default();
    for page in pages.iter().filter(|page| page.cycle == cycle) {
        let Ok(person) = PersonId::parse(&page.person) else { continue };
        let lost = tx.message(page.message).await?.is_some_and(|message| message.state == Delivery::Failed);
        if lost {
            paged.unreachable.insert(person.clone());
        } else {
            // One that got through shows that an earlier failure has passed.
            paged.unreachable.remove(&person);
        }
        paged.told(&person);
    }
    Ok(paged)
}

/// Digits that no page of this person within reach of a reply carries.
async fn free_code(hotline: &Hotline, tx: &mut Tx, person: &Person) -> Result<Code, OpsError> {
    let since = hotline.now() - super::reply::CODE_LIFE;
    let pages = tx.pages_of(person.id.as_str(), since).await?;
    let taken: HashSet<&str> = pages.iter().map(|page| page.code_hash.as_str()).collect();
    Code::draw_free(&hotline.ids, |code| taken.contains(hotline.code_hash(person, code).as_str()))
        .ok_or(OpsError::Impossible("a person with so many pages that no reply code is free"))
}

/// A page failed for good. When that was the last of its step that might have got through, the next step is due at once.
pub(super) async fn page_failed(
    hotline: &Hotline,
    tx: &mut Tx,
    page: &Page,
    code: Option<u32>,
) -> Result<(), OpsError> {
    let change = Change::PageFailed { person: page.person.clone(), round: page.round, code };
    tx.append_entry(page.incident, hotline.now(), &Actor::System, &change).await?;
    for other in tx.pages(page.incident).await? {
        let beside = other.cycle == page.cycle && other.round == page.round;
        let hopeful = async |tx: &mut Tx| -> Result<bool, OpsError> {
            Ok(tx.message(other.message).await?.is_some_and(|message| message.state != Delivery::Failed))
        };
        if beside && hopeful(tx).await? {
            return Ok(());
        }
    }
    if page.closed_at.is_none() {
        hurry_reminder(hotline, tx, page).await?;
    }
    hurry(hotline, tx, page).await
}

/// Closes every page of `incident` that still stands; whoever has one learns what `body` says, once each and never `actor`.
pub(super) async fn close_pages(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    actor: &str,
    template: &str,
    body: impl Fn(&Person) -> String,
) -> Result<(), OpsError> {
    let now = hotline.now();
    let roster = hotline.roster(tx).await?;
    let mut told = vec![actor.to_owned()];
    for mut page in tx.close_pages(incident.id, now).await? {
        if page.person == actor {
            page.answered_at = Some(now);
            tx.save_page(&page).await?;
        }
        if told.contains(&page.person) {
            continue;
        }
        if let Some(other) = Hotline::person(roster.as_deref(), &page.person) {
            intend(hotline, tx, Some(incident.id), template, other.phone.clone(), body(other)).await?;
        }
        told.push(page.person);
    }
    Ok(())
}

/// The step after `page` is due now, if it has not been taken.
pub(super) async fn hurry(hotline: &Hotline, tx: &mut Tx, page: &Page) -> Result<(), OpsError> {
    let next = Task::Page { incident: page.incident, cycle: page.cycle, round: page.round.saturating_add(1) };
    tx.move_job(&next.key(), hotline.now()).await?;
    Ok(())
}
