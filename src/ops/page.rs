//! The ladder: whoever is next is paged until one proves to be there.

use super::alert::{Alert, supervisors};
use super::bundle::{gather, standing};
use super::contacts::Unused;
use super::link::in_words;
use super::maintenance::muted_until;
use super::message::{Intent, recipient, write_down};
use super::remind::hurry_reminder;
use super::wording::Wording;
use super::{Hotline, Lease, OpsError, Task, canary, enqueue, enqueue_all};
use crate::id::{IncidentId, PageId};
use crate::incident::{Actor, Change, Incident, State};
use crate::oncall::{Channel, Person, PersonId};
use crate::paging::{Code, Delivery, Kind, Ladder, Letter, Next, Page, Paged, Way};
use crate::store::Tx;

/// Takes step `round` of the ladder of the incident's `cycle`, or the one after it that has somebody to tell, and sets down
/// the next. Nothing happens when the incident was taken, ended or reopened meanwhile, or this step was taken before.
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
            if canary::ends(hotline, tx, &incident, round, &pages).await? {
                return Ok(());
            }
            if let Some(until) = muted_until(hotline, tx, &incident).await? {
                let later = Task::Page { incident: incident.id, cycle, round };
                return enqueue(hotline, tx, Some(incident.id), until, &later).await;
            }
            climb(hotline, tx, &incident, round, &pages).await
        })
        .await
}

async fn climb(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    round: u32,
    pages: &[Page],
) -> Result<(), OpsError> {
    let now = hotline.now();
    let paged = paged(hotline, tx, incident, pages).await?;
    let roster = hotline.roster(tx).await?;
    let (taken, next_at) = if let Some(roster) = &roster {
        let plan = hotline.plan(tx, incident).await?;
        let ladder = Ladder { plan: &plan, roster, paged: &paged, but: None };
        match ladder.next(round, now) {
            Next::Page(step) => {
                if step.gap {
                    tx.append_entry(incident.id, now, &Actor::System, &Change::DutyGap).await?;
                    supervisors(hotline, tx, Some(incident), Alert::DutyGap).await?;
                }
                for (person, kind) in step.people {
                    page_person(hotline, tx, incident, step.round, person, kind).await?;
                }
                (step.round, step.next_at)
            }
            Next::Nobody { next_at } => {
                nobody(hotline, tx, incident).await?;
                (round, next_at)
            }
        }
    } else {
        nobody(hotline, tx, incident).await?;
        (round, now + Hotline::LOOK_AGAIN)
    };
    let next = Task::Page { incident: incident.id, cycle: incident.cycle, round: taken.saturating_add(1) };
    enqueue(hotline, tx, Some(incident.id), next_at, &next).await
}

/// Nobody can be told: said loudly, to whoever supervises.
pub(super) async fn nobody(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    tracing::error!(case = %incident.number, "nobody on duty can be paged: look at the roster");
    tx.append_entry(incident.id, hotline.now(), &Actor::System, &Change::NobodyOnDuty).await?;
    supervisors(hotline, tx, Some(incident), Alert::NobodyOnDuty).await
}

async fn page_person(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    round: u32,
    person: &Person,
    kind: Kind,
) -> Result<(), OpsError> {
    send_page(hotline, tx, incident, round, person, Wording::Ladder(kind)).await?;
    let change = Change::Paged { person: person.id.to_string(), round };
    tx.append_entry(incident.id, hotline.now(), &Actor::System, &change).await?;
    Ok(())
}

/// Tells `person` of `incident`: at once and with a code of its own, or a moment later together with what else they are
/// asked. `false` when nothing is left to send.
pub(super) async fn send_page(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    round: u32,
    person: &Person,
    wording: Wording,
) -> Result<bool, OpsError> {
    let now = hotline.now();
    let throttle = hotline.policy.throttle;
    let since = now - super::reply::CODE_LIFE;
    let before = tx.pages_to_weigh(person.id.as_str(), incident.id, since, now - throttle.per).await?;
    let (code, bundle) = match throttle.way(&before, incident.id, incident.cycle, now) {
        Way::Alone => (Some(free_code(hotline, tx, person).await?), None),
        Way::Together => (None, Some(gather(hotline, tx, person).await?)),
    };
    let page = Page {
        id: PageId(hotline.ids.ordered(now)),
        incident: incident.id,
        cycle: incident.cycle,
        person: person.id.to_string(),
        round,
        code_hash: code.as_ref().map(|code| hotline.code_hash(person, code)).unwrap_or_default(),
        bundle,
        created_at: now,
        answered_at: None,
        closed_at: None,
    };
    tx.insert_page(&page).await?;
    match &code {
        Some(code) => send_alone(hotline, tx, incident, &page, person, wording, code).await,
        None => Ok(true),
    }
}

/// Sends `page` over the contacts of its person, at their times. A contact that is not used counts as one that failed at its
/// time. `false` when nothing is left to send.
pub(super) async fn send_alone(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    page: &Page,
    person: &Person,
    wording: Wording,
    code: &Code,
) -> Result<bool, OpsError> {
    let now = hotline.now();
    let roster = hotline.roster(tx).await?;
    let unused = Unused::of(hotline, tx, std::slice::from_ref(person)).await?;
    let (mut jobs, mut failed_after) = (Vec::new(), None);
    for rule in person.rules(incident.severity) {
        let Some(contact) = person.contact(&rule.contact) else { continue };
        if unused.has(hotline, &contact.address) {
            failed_after = failed_after.or(Some(rule.after));
            continue;
        }
        let intent = Intent {
            incident: Some(incident.id),
            page: Some(page.id),
            template: wording.template(),
            channel: contact.channel(),
            to: recipient(person, contact),
            body: match contact.channel() {
                Channel::Sms => wording.body(hotline, incident, roster.as_deref(), person, code),
                Channel::Email | Channel::Webhook => letter(hotline, incident, person, wording.template(), code),
                // A call has its words from the case as it stands when somebody picks up.
                Channel::Voice => String::new(),
            },
            at: now + failed_after.take().unwrap_or(rule.after),
        };
        let (_, job) = write_down(hotline, tx, intent).await?;
        jobs.push(job);
    }
    enqueue_all(hotline, tx, Some(incident.id), &jobs).await?;
    Ok(!jobs.is_empty())
}

/// The page as it is written where there is room.
fn letter(hotline: &Hotline, incident: &Incident, person: &Person, template: &str, code: &Code) -> String {
    let about = hotline.subject(incident);
    let due = in_words(hotline, person.language, about.due_at);
    let answer = person.phone().map(|_| (code, &hotline.policy.line));
    hotline.policy.writer.letter(person.language, &Letter { about: &about, template, due: &due, answer })
}

/// What happened on the ladder of this cycle so far: who was told how often, and whom nothing reaches.
pub(super) async fn paged(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    pages: &[Page],
) -> Result<Paged, OpsError> {
    let mut paged = Paged::default();
    for page in pages.iter().filter(|page| page.cycle == incident.cycle) {
        let Ok(person) = PersonId::parse(&page.person) else { continue };
        if hopeful(tx, page).await? {
            // One that got through shows that an earlier failure has passed.
            paged.unreachable.remove(&person);
        } else {
            paged.unreachable.insert(person.clone());
        }
        paged.told(&person);
    }
    if let Some(roster) = hotline.roster(tx).await? {
        let unused = Unused::of(hotline, tx, roster.people()).await?;
        let lost = |person: &&Person| !unused.leaves_a_way_to(hotline, person, incident.severity);
        paged.unreachable.extend(roster.people().iter().filter(lost).map(|person| person.id.clone()));
    }
    Ok(paged)
}

/// Whether something of this page may have got through, or still may: a bundle that is not sent yet has no message.
async fn hopeful(tx: &mut Tx, page: &Page) -> Result<bool, OpsError> {
    let messages = tx.messages_of_page(page.id).await?;
    Ok((page.bundle.is_some() && messages.is_empty())
        || messages.iter().any(|message| message.state != Delivery::Failed))
}

/// Digits that no page and no bundle of this person within reach of a reply carries.
pub(super) async fn free_code(hotline: &Hotline, tx: &mut Tx, person: &Person) -> Result<Code, OpsError> {
    let since = hotline.now() - super::reply::CODE_LIFE;
    for code in Code::candidates(&hotline.ids) {
        if !tx.is_code_known(person.id.as_str(), &hotline.code_hash(person, &code), since).await? {
            return Ok(code);
        }
    }
    Err(OpsError::Impossible("a person with so many pages that no reply code is free"))
}

/// A page failed for good over one contact: the person's next one is due at once; when there is none, and nobody else of
/// the step may have been reached, the next step is.
pub(super) async fn page_failed(
    hotline: &Hotline,
    tx: &mut Tx,
    page: &Page,
    channel: Channel,
    code: Option<u32>,
) -> Result<(), OpsError> {
    let channel = channel.as_str().to_owned();
    let change = Change::PageFailed { person: page.person.clone(), round: page.round, channel, code };
    tx.append_entry(page.incident, hotline.now(), &Actor::System, &change).await?;
    for message in tx.messages_of_page(page.id).await? {
        let next = Task::SendMessage { message: message.id };
        if message.state == Delivery::Intended && tx.move_job(&next.key(), hotline.now()).await? {
            return Ok(());
        }
    }
    for other in tx.pages(page.incident).await? {
        if other.cycle == page.cycle && other.round == page.round && hopeful(tx, &other).await? {
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
    let roster = hotline.roster(tx).await?;
    for other in shut(hotline, tx, incident, actor).await? {
        if let Some(other) = Hotline::person(roster.as_deref(), &other) {
            super::message::tell(hotline, tx, Some(incident.id), template, other, body(other)).await?;
        }
    }
    Ok(())
}

/// Closes every page of `incident` that still stands; gives whoever has one, once each and never `actor`.
pub(super) async fn shut(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    actor: &str,
) -> Result<Vec<String>, OpsError> {
    let now = hotline.now();
    let mut others: Vec<String> = Vec::new();
    for mut page in tx.close_pages(incident.id, now).await? {
        silence(tx, &page).await?;
        if page.person == actor {
            page.answered_at = Some(now);
            tx.save_page(&page).await?;
        } else if !others.contains(&page.person) && told(tx, &page).await? {
            others.push(page.person);
        }
    }
    Ok(others)
}

/// Whether the person of `page` can have heard of it: not while its bundle is still gathering.
async fn told(tx: &mut Tx, page: &Page) -> Result<bool, OpsError> {
    Ok(page.bundle.is_none() || !tx.messages_of_page(page.id).await?.is_empty())
}

/// What a closed page would still have sent is not sent; what its bundle would have is not, once nothing of it stands.
pub(super) async fn silence(tx: &mut Tx, page: &Page) -> Result<(), OpsError> {
    if let Some(bundle) = page.bundle
        && !standing(tx, bundle).await?.is_empty()
    {
        return Ok(());
    }
    for message in tx.messages_of_page(page.id).await? {
        if message.state == Delivery::Intended {
            tx.cancel_job(&Task::SendMessage { message: message.id }.key()).await?;
        }
    }
    Ok(())
}

/// The step after `page` is due now, if it has not been taken.
pub(super) async fn hurry(hotline: &Hotline, tx: &mut Tx, page: &Page) -> Result<(), OpsError> {
    let next = Task::Page { incident: page.incident, cycle: page.cycle, round: page.round.saturating_add(1) };
    tx.move_job(&next.key(), hotline.now()).await?;
    Ok(())
}
