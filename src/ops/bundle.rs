//! Pages that are told together: gathered for a moment, sent as one message over each contact, and answered with one code.

use super::acknowledge::{Acknowledged, take};
use super::message::{BUNDLE, Intent, recipient, set_down};
use super::page::{free_code, hurry, page_failed, paged, send_alone, shut};
use super::remind::hurry_reminder;
use super::reply::hand_on;
use super::wording::Wording;
use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::id::BundleId;
use crate::incident::{Actor, CaseNumber, Incident};
use crate::oncall::{Channel, Person, Roster};
use crate::paging::{Bundle, Page};
use crate::store::Tx;

/// The bundle that gathers for `person` now; it is sent a moment after its first page.
pub(super) async fn gather(hotline: &Hotline, tx: &mut Tx, person: &Person) -> Result<BundleId, OpsError> {
    let now = hotline.now();
    let bundle = tx.gather(person.id.as_str(), BundleId(hotline.ids.ordered(now)), now).await?;
    let at = bundle.opened_at + hotline.policy.throttle.delay;
    enqueue(hotline, tx, None, at, &Task::Bundle { bundle: bundle.id }).await?;
    Ok(bundle.id)
}

/// The bundle has gathered long enough. What of it still stands goes out together, or alone where one page is left.
///
/// # Errors
/// [`OpsError`].
pub async fn send_bundle(hotline: &Hotline, lease: Lease, id: BundleId) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            lease.settle(hotline, tx).await?;
            let bundle = tx.lock_bundle(id).await?.ok_or(OpsError::NotFound("bundle"))?;
            if bundle.sent_at.is_some() {
                return Ok(());
            }
            let pages = standing(tx, id).await?;
            let roster = hotline.roster(tx).await?;
            let person = Hotline::person(roster.as_deref(), &bundle.person);
            let sent = Bundle { sent_at: Some(hotline.now()), ..bundle };
            match (person, pages.as_slice()) {
                (Some(person), [page]) => {
                    tx.save_bundle(&sent).await?;
                    let incident = tx.incident(page.incident).await?.ok_or(OpsError::NotFound("incident"))?;
                    let earlier: Vec<Page> = tx.pages(incident.id).await?;
                    let earlier: Vec<Page> = earlier.into_iter().filter(|other| other.round < page.round).collect();
                    let wording = Wording::of(&incident, person, &paged(hotline, tx, &incident, &earlier).await?);
                    let code = free_code(hotline, tx, person).await?;
                    tx.unbundle_page(page.id, &hotline.code_hash(person, &code)).await?;
                    if !send_alone(hotline, tx, &incident, page, person, wording, &code).await? {
                        hurry_reminder(hotline, tx, page).await?;
                        hurry(hotline, tx, page).await?;
                    }
                    Ok(())
                }
                (Some(person), pages) => send_together(hotline, tx, sent, pages, person).await,
                (None, pages) => {
                    // They left the roster while it gathered: whoever is next is told.
                    tx.save_bundle(&sent).await?;
                    for page in pages {
                        hurry_reminder(hotline, tx, page).await?;
                        hurry(hotline, tx, page).await?;
                    }
                    Ok(())
                }
            }
        })
        .await
}

/// One message over each of the person's contacts, at their times, for all of `pages`.
async fn send_together(
    hotline: &Hotline,
    tx: &mut Tx,
    bundle: Bundle,
    pages: &[Page],
    person: &Person,
) -> Result<(), OpsError> {
    let cases = cases(tx, pages).await?;
    let (Some(first), Some(worst)) = (cases.first(), cases.iter().map(|case| case.severity).min()) else {
        return Ok(tx.save_bundle(&bundle).await?);
    };
    let code = free_code(hotline, tx, person).await?;
    tx.save_bundle(&Bundle { code_hash: Some(hotline.code_hash(person, &code)), ..bundle.clone() }).await?;
    let numbers: Vec<&CaseNumber> = cases.iter().map(|case| &case.number).collect();
    let body = hotline.policy.writer.page_bundle(person.language, &numbers, first.due_at, &code);
    for rule in person.rules(worst) {
        let Some(contact) = person.contact(&rule.contact) else { continue };
        let intent = Intent {
            incident: Some(first.id),
            page: None,
            template: BUNDLE,
            channel: contact.channel(),
            to: recipient(person, contact),
            body: if contact.channel() == Channel::Voice { String::new() } else { body.clone() },
            at: hotline.now() + rule.after,
        };
        let message = set_down(hotline, tx, intent).await?;
        tx.insert_bundle_message(message, bundle.id).await?;
    }
    Ok(())
}

/// The pages of a bundle that nobody has answered, and that nothing else has ended.
pub(super) async fn standing(tx: &mut Tx, bundle: BundleId) -> Result<Vec<Page>, OpsError> {
    let pages = tx.pages_of_bundle(bundle).await?;
    Ok(pages.into_iter().filter(|page| page.closed_at.is_none()).collect())
}

/// The cases of `pages`: what is due first comes first.
pub(super) async fn cases(tx: &mut Tx, pages: &[Page]) -> Result<Vec<Incident>, OpsError> {
    let mut cases = Vec::with_capacity(pages.len());
    for page in pages {
        cases.push(tx.incident(page.incident).await?.ok_or(OpsError::NotFound("incident"))?);
    }
    cases.sort_by(|one, other| (one.due_at, &one.number).cmp(&(other.due_at, &other.number)));
    Ok(cases)
}

/// The person's bundle that was sent under this code's hash.
pub(super) async fn by_code(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    hash: &str,
) -> Result<Option<BundleId>, OpsError> {
    let bundles = tx.bundles_of(person.id.as_str(), hotline.now() - super::reply::CODE_LIFE).await?;
    Ok(bundles.into_iter().find(|bundle| bundle.code_hash.as_deref() == Some(hash)).map(|bundle| bundle.id))
}

/// `person` takes every case of the bundle that can still be taken; gives those, what is due first in front. Whoever else
/// was paged for them learns it in one message.
pub(super) async fn accept_all(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &str,
    bundle: BundleId,
    method: &str,
) -> Result<Vec<Incident>, OpsError> {
    let actor = Actor::Person(person.to_owned());
    let (mut theirs, mut others): (Vec<Incident>, Vec<(String, CaseNumber)>) = (Vec::new(), Vec::new());
    for page in tx.pages_of_bundle(bundle).await? {
        let incident = tx.lock_incident(page.incident).await?.ok_or(OpsError::NotFound("incident"))?;
        if incident.cycle != page.cycle {
            continue;
        }
        if let Acknowledged::Taken(incident) = take(hotline, tx, incident, &actor, person, method).await? {
            let told = shut(hotline, tx, &incident, person).await?;
            others.extend(told.into_iter().map(|other| (other, incident.number.clone())));
            theirs.push(incident);
        }
    }
    let roster = hotline.roster(tx).await?;
    tell_others(hotline, tx, roster.as_deref(), person, &others).await?;
    theirs.sort_by(|one, other| (one.due_at, &one.number).cmp(&(other.due_at, &other.number)));
    Ok(theirs)
}

/// Everyone else who was paged for some of the cases learns in one message that `holder` has them.
async fn tell_others(
    hotline: &Hotline,
    tx: &mut Tx,
    roster: Option<&Roster>,
    holder: &str,
    others: &[(String, CaseNumber)],
) -> Result<(), OpsError> {
    let name = Hotline::person(roster, holder).map_or(holder, |person| &person.name);
    let mut told: Vec<&str> = Vec::new();
    for (other, _) in others {
        if told.contains(&other.as_str()) {
            continue;
        }
        told.push(other);
        let Some(person) = Hotline::person(roster, other) else { continue };
        let theirs: Vec<&CaseNumber> = others.iter().filter(|(who, _)| who == other).map(|(_, case)| case).collect();
        let body = hotline.policy.writer.bundle_other(person.language, &theirs, name);
        super::message::tell(hotline, tx, None, "ack_other", person, body).await?;
    }
    Ok(())
}

/// `person` passes every case of the bundle on that still waits for somebody; gives how many those are.
pub(super) async fn pass_all(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &str,
    bundle: BundleId,
) -> Result<usize, OpsError> {
    let mut passed = 0_usize;
    for page in tx.pages_of_bundle(bundle).await? {
        let incident = tx.lock_incident(page.incident).await?.ok_or(OpsError::NotFound("incident"))?;
        if incident.cycle == page.cycle && hand_on(hotline, tx, person, page, &incident).await? {
            passed = passed.saturating_add(1);
        }
    }
    Ok(passed)
}

/// A message that carries a bundle failed for good over one contact: so did every page in it.
pub(super) async fn bundle_failed(
    hotline: &Hotline,
    tx: &mut Tx,
    bundle: BundleId,
    channel: Channel,
    code: Option<u32>,
) -> Result<(), OpsError> {
    for page in standing(tx, bundle).await? {
        page_failed(hotline, tx, &page, channel, code).await?;
    }
    Ok(())
}
