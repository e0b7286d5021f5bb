//! One path for every acknowledgement, whether by text message, key, link or console.

use super::message::intend;
use super::open_incident::{language_of, tell_ticket_store};
use super::page::close_pages;
use super::remind::{remind_later, still_at_it, waits_for};
use super::{Hotline, OpsError, canary};
use crate::incident::{Actor, Change, Event, Incident, State, step};
use crate::store::Tx;

/// How an acknowledgement ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Acknowledged {
    /// It is theirs now.
    Taken(Incident),
    /// Somebody had taken it, or it needs nobody any more.
    Already(Incident),
}

/// `actor`, stored and shown as `holder`, takes `incident`, proved by `method`. The ladder stops, the reporter is told if
/// they wanted texts, everyone else who was paged learns that it is taken, and whoever took it is reminded until the first
/// response. Closes nothing and discloses nothing.
pub(super) async fn acknowledge(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Incident,
    actor: &Actor,
    holder: &str,
    method: &str,
) -> Result<Acknowledged, OpsError> {
    match take(hotline, tx, incident, actor, holder, method).await? {
        Acknowledged::Taken(incident) => {
            tell_the_others(hotline, tx, &incident, holder).await?;
            // A test of the pager is over with its answer.
            Ok(Acknowledged::Taken(canary::taken(hotline, tx, incident).await?))
        }
        already @ Acknowledged::Already(_) => Ok(already),
    }
}

/// The same, but the pages of the case stand on: whoever calls this closes them, and tells whoever has one.
pub(super) async fn take(
    hotline: &Hotline,
    tx: &mut Tx,
    mut incident: Incident,
    actor: &Actor,
    holder: &str,
    method: &str,
) -> Result<Acknowledged, OpsError> {
    let now = hotline.now();
    // Whoever holds it was reminded and others were paged anew: then it can be taken, or held on to, once more.
    let again = incident.state == State::Acknowledged && waits_for(tx, &incident, holder).await?;
    if again && incident.acknowledged_by.as_deref() == Some(holder) {
        still_at_it(hotline, tx, &incident, actor, holder).await?;
        return Ok(Acknowledged::Taken(incident));
    }
    match step(incident.state, Event::Acknowledge) {
        Ok(state) => incident.state = state,
        Err(_) if again => {}
        Err(_) => return Ok(Acknowledged::Already(incident)),
    }
    incident.acknowledged_at = Some(now);
    incident.acknowledged_by = Some(holder.to_owned());
    tx.save_incident(&mut incident).await?;
    let change = Change::Acknowledged { person: holder.to_owned(), method: method.to_owned() };
    tx.append_entry(incident.id, now, actor, &change).await?;
    tx.cancel_jobs(incident.id, &["page"]).await?;
    remind_later(hotline, tx, &incident).await?;
    if incident.text_messages
        && !again
        && let Some(to) = incident.call_back.clone()
    {
        let writer = &hotline.policy.writer;
        let body = writer.caller_ack(language_of(&incident), &incident.number, now, incident.due_at);
        intend(hotline, tx, Some(incident.id), "caller_ack", to, body).await?;
    }
    tell_ticket_store(hotline, tx, incident.id).await?;
    Ok(Acknowledged::Taken(incident))
}

/// Closes every page; whoever else was paged learns that it is taken.
async fn tell_the_others(hotline: &Hotline, tx: &mut Tx, incident: &Incident, holder: &str) -> Result<(), OpsError> {
    let now = hotline.now();
    let roster = hotline.roster(tx).await?;
    let name = Hotline::person(roster.as_deref(), holder).map_or(holder, |person| &person.name);
    close_pages(hotline, tx, incident, holder, "ack_other", |person| {
        hotline.policy.writer.ack_other(person.language, &incident.number, name, now)
    })
    .await
}
