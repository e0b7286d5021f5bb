//! Tickets as programs see them.

use serde_json::{Value, json};

use crate::clock::Instant;
use crate::sla::Verdict;
use crate::ticket::{Ticket, TicketAttachment, TicketComment, TicketEntry};

/// A ticket as it stands at `now`.
pub(in crate::web::api) fn ticket(ticket: &Ticket, now: Instant) -> Value {
    let clock = &ticket.clock;
    let verdict = match clock.verdict(now) {
        Verdict::Met => "met",
        Verdict::Breached => "breached",
        Verdict::Running => "running",
    };
    json!({
        "id": ticket.id.to_string(),
        "external_id": ticket.external_id,
        "of_incident": ticket.is_case(),
        "kind": ticket.kind,
        "severity": ticket.severity,
        "state": ticket.state,
        "channel": ticket.channel,
        "requester": {
            "name": ticket.requester.name,
            "email": ticket.requester.email,
            "phone": ticket.requester.phone,
        },
        "institution": ticket.institution,
        "service": ticket.service,
        "subject": ticket.subject,
        "body": ticket.body,
        "first_response": {
            "cycle": clock.cycle,
            "started_at": clock.started_at,
            "target": clock.target,
            "due_at": clock.due_at,
            "responded_at": clock.responded_at,
            "breached_at": clock.breached_at,
            "verdict": verdict,
        },
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "version": ticket.version,
    })
}

/// A comment.
pub(super) fn comment(comment: &TicketComment) -> Value {
    json!({
        "number": comment.sequence,
        "text": comment.text,
        "public": comment.public,
        "by_person": comment.by_person,
        "author": comment.author,
        "at": comment.at,
    })
}

/// What is known of a file.
pub(super) fn attachment(file: &TicketAttachment) -> Value {
    json!({
        "number": file.sequence,
        "name": file.name,
        "media_type": file.media,
        "size": file.size,
        "sha256": file.sha256,
        "author": file.author,
        "at": file.at,
    })
}

/// A line of the history.
pub(super) fn entry(entry: &TicketEntry) -> Value {
    json!({ "number": entry.sequence, "at": entry.at, "author": entry.author, "change": entry.change })
}
