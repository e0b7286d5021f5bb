//! A text message with the code of a bundle: one answer for several cases.

use super::bundle::{self, cases};
use super::message::tell;
use super::reply::responded;
use super::{Hotline, OpsError};
use crate::id::BundleId;
use crate::incident::{CaseNumber, Incident};
use crate::oncall::Person;
use crate::paging::Reply;
use crate::store::Tx;

/// The person answers the bundle whose code `reply` carries.
pub(super) async fn answer_bundle(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    id: BundleId,
    reply: &Reply,
) -> Result<(), OpsError> {
    match reply {
        Reply::Accept(_) => accept_all(hotline, tx, person, id).await,
        Reply::Escalate(_) => pass_all_on(hotline, tx, person, id).await,
        _ => responded_to_one(hotline, tx, person, id).await,
    }
}

/// Every case of the bundle is theirs now, as far as nobody else has it.
async fn accept_all(hotline: &Hotline, tx: &mut Tx, person: &Person, id: BundleId) -> Result<(), OpsError> {
    let theirs = bundle::accept_all(hotline, tx, person.id.as_str(), id, "sms").await?;
    match theirs.first() {
        Some(first) => {
            let body = hotline.policy.writer.bundle_ok(person.language, &numbers(&theirs), first.due_at);
            tell(hotline, tx, None, "ack_ok", person, body).await
        }
        None => all_settled(hotline, tx, person, id).await,
    }
}

async fn pass_all_on(hotline: &Hotline, tx: &mut Tx, person: &Person, id: BundleId) -> Result<(), OpsError> {
    if bundle::pass_all(hotline, tx, person.id.as_str(), id).await? > 0 {
        return Ok(());
    }
    all_settled(hotline, tx, person, id).await
}

/// They have reached a reporter: that of the one case that still awaits it and that nobody else holds. Where there are
/// several, they are asked which; that is no wrong answer, since the code was right.
async fn responded_to_one(hotline: &Hotline, tx: &mut Tx, person: &Person, id: BundleId) -> Result<(), OpsError> {
    let mut awaiting: Vec<Incident> = Vec::new();
    for page in tx.pages_of_bundle(id).await? {
        let incident = tx.lock_incident(page.incident).await?.ok_or(OpsError::NotFound("incident"))?;
        let theirs = incident.acknowledged_by.as_deref().is_none_or(|holder| holder == person.id.as_str());
        if theirs && incident.cycle == page.cycle && incident.state.awaits_response() {
            awaiting.push(incident);
        }
    }
    if awaiting.len() > 1 {
        awaiting.sort_by(|one, other| (one.due_at, &one.number).cmp(&(other.due_at, &other.number)));
        let body = hotline.policy.writer.response_which(person.language, &numbers(&awaiting));
        return tell(hotline, tx, None, "response_which", person, body).await;
    }
    match awaiting.pop() {
        Some(incident) => responded(hotline, tx, person, incident).await,
        None => all_settled(hotline, tx, person, id).await,
    }
}

/// No case of the bundle needs the person any more.
async fn all_settled(hotline: &Hotline, tx: &mut Tx, person: &Person, id: BundleId) -> Result<(), OpsError> {
    let pages = tx.pages_of_bundle(id).await?;
    let cases = cases(tx, &pages).await?;
    let body = hotline.policy.writer.bundle_settled(person.language, &numbers(&cases));
    tell(hotline, tx, None, "ack_other", person, body).await
}

fn numbers(cases: &[Incident]) -> Vec<&CaseNumber> {
    cases.iter().map(|incident| &incident.number).collect()
}
