//! The ticket of an incident: exactly one, and it says how the incident stands.

use super::move_ticket::set_ticket_state;
use super::tell_programs;
use crate::access::HookEvent;
use crate::id::TicketId;
use crate::incident::Incident;
use crate::ops::{Hotline, OpsError};
use crate::store::Tx;
use crate::ticket::{
    Author, Edit, LONGEST_SUBJECT, LONGEST_TEXT, Requester, ResponseClock, Ticket, TicketChange, TicketChannel,
    TicketField, TicketKind, TicketState,
};

/// Sees that the ticket of `incident`, which its caller has locked, is there and says what the incident knows; the ticket, and
/// whether it is new. A ticket that says so already keeps its version.
pub(in crate::ops) async fn put_case_ticket(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    subject: String,
    body: String,
) -> Result<(Ticket, bool), OpsError> {
    let now = hotline.now();
    let (subject, body) = (shortened(subject, LONGEST_SUBJECT), shortened(body, LONGEST_TEXT));
    let Some(before) = tx.lock_ticket_of(incident.id).await? else {
        let id = TicketId(hotline.ids.ordered(now));
        let phone = incident.call_back.clone().or_else(|| incident.reporter.clone());
        let requester = Requester { phone, ..Requester::default() };
        let (created_at, updated_at, version) = (now, now, 1);
        let (kind, channel) = (TicketKind::Incident, TicketChannel::Phone);
        let ticket = Ticket {
            id,
            external_id: Some(incident.number.to_string()),
            incident: Some(incident.id),
            kind,
            severity: incident.severity,
            state: TicketState::of(incident.state),
            channel,
            requester,
            institution: incident.institution.clone(),
            service: incident.service.clone(),
            subject,
            body,
            clock: clock_of(incident),
            created_at,
            updated_at,
            version,
        };
        if !tx.insert_ticket(&ticket).await? {
            return Err(OpsError::Impossible("a case whose number another ticket has"));
        }
        tx.append_ticket_entry(id, now, &Author::System, &TicketChange::Opened).await?;
        tell_programs(hotline, tx, &ticket, HookEvent::Opened).await?;
        return Ok((ticket, true));
    };
    let mut ticket = before.clone();
    ticket.severity = incident.severity;
    ticket.institution.clone_from(&incident.institution);
    ticket.service.clone_from(&incident.service);
    ticket.clock = clock_of(incident);
    (ticket.subject, ticket.body) = (subject, body);
    write_down(tx, &before, &ticket, now).await?;
    set_ticket_state(tx, &mut ticket, TicketState::of(incident.state), None, &Author::System, now).await?;
    if ticket != before {
        ticket.updated_at = now;
        tx.save_ticket(&mut ticket).await?;
        for event in events(&before, &ticket) {
            tell_programs(hotline, tx, &ticket, event).await?;
        }
    }
    Ok((ticket, false))
}

/// The lines of what changed, where it stands left out. The incident's own timeline says who did it and why.
async fn write_down(tx: &mut Tx, before: &Ticket, now: &Ticket, at: crate::clock::Instant) -> Result<(), OpsError> {
    let plain = |field, before: Option<&str>, after: Option<&str>| {
        let edit = Edit { field, before: before.map(str::to_owned), after: after.map(str::to_owned) };
        (before != after).then_some(edit)
    };
    let mut edits: Vec<Edit> = [
        plain(TicketField::Severity, Some(before.severity.as_str()), Some(now.severity.as_str())),
        plain(TicketField::Institution, before.institution.as_deref(), now.institution.as_deref()),
        plain(TicketField::Service, before.service.as_deref(), now.service.as_deref()),
        plain(TicketField::Subject, Some(&before.subject), Some(&now.subject)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if before.body != now.body {
        // It repeats what the case is; the case's own timeline has it line by line.
        edits.push(Edit { field: TicketField::Body, before: None, after: None });
    }
    let mut changes = Vec::new();
    if !edits.is_empty() {
        changes.push(TicketChange::Edited { edits });
    }
    let (old, new) = (&before.clock, &now.clock);
    if (old.cycle, old.due_at) != (new.cycle, new.due_at) {
        changes.push(TicketChange::Timed { cycle: new.cycle, due_at: new.due_at });
    }
    if let Some(responded_at) = new.responded_at.filter(|_| old.responded_at.is_none()) {
        changes.push(TicketChange::Responded { met: responded_at <= new.due_at });
    }
    if new.breached_at.is_some() && old.breached_at.is_none() {
        changes.push(TicketChange::Breached);
    }
    for change in changes {
        tx.append_ticket_entry(now.id, at, &Author::System, &change).await?;
    }
    Ok(())
}

/// What programs are told of what changed.
fn events(before: &Ticket, now: &Ticket) -> Vec<HookEvent> {
    let (old, new) = (&before.clock, &now.clock);
    let moved = before.state != now.state;
    let responded = old.responded_at.is_none() && new.responded_at.is_some();
    let breached = old.breached_at.is_none() && new.breached_at.is_some();
    let told = [(moved, HookEvent::Moved), (responded, HookEvent::Responded), (breached, HookEvent::Breached)];
    let mut events: Vec<HookEvent> = told.into_iter().filter(|(is_so, _)| *is_so).map(|(_, event)| event).collect();
    if events.is_empty() {
        events.push(HookEvent::Edited);
    }
    events
}

/// The incident's own clock.
fn clock_of(incident: &Incident) -> ResponseClock {
    let Incident { cycle, started_at, target, due_at, responded_at, breached_at, .. } = incident;
    ResponseClock {
        cycle: *cycle,
        started_at: *started_at,
        target: *target,
        due_at: *due_at,
        responded_at: *responded_at,
        breached_at: *breached_at,
    }
}

/// At most `most` characters of `text`.
fn shortened(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}
