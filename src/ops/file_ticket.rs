//! The ticket store is told: the ticket of a case exists exactly once and says how the case stands. The built-in one is written
//! here; for one of another maker the next step is set down.

use std::fmt::Write as _;

use super::hand_off::hand_on;
use super::{Hotline, Lease, OpsError};
use crate::id::IncidentId;
use crate::incident::{Actor, Change, Incident};
use crate::store::Tx;
use crate::ticket::{Ticket, state_word};

/// Sees that the ticket store holds, or will hold, the ticket of `incident` as it stands.
///
/// # Errors
/// [`OpsError`].
pub async fn file_ticket(hotline: &Hotline, lease: Lease, incident: IncidentId) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let incident = tx.lock_incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            lease.settle(hotline, tx).await?;
            if hotline.policy.hand_offs.is_some() {
                return hand_on(hotline, tx, &incident).await;
            }
            let now = hotline.now();
            let ticket = ticket_of(hotline, &incident, now);
            if tx.put_ticket(&ticket).await? {
                let change = Change::Ticketed { ticket: ticket.external_id };
                tx.append_entry(incident.id, now, &Actor::System, &change).await?;
            }
            Ok(())
        })
        .await
}

fn ticket_of(hotline: &Hotline, incident: &Incident, now: crate::clock::Instant) -> Ticket {
    let institution = incident.institution_name.as_deref().unwrap_or("institución por confirmar");
    let service = incident
        .service
        .as_deref()
        .and_then(|id| hotline.policy.directory.service(id))
        .map_or("servicio por confirmar", |service| service.es.as_str());
    let local = |at: crate::clock::Instant| {
        at.with_timezone(&hotline.policy.calendar.zone()).format("%d/%m/%Y %H:%M").to_string()
    };
    let mut body = format!(
        "Caso {}\nGravedad: {}\nRecibido: {}\nRespuesta inicial antes de: {}\n",
        incident.number,
        incident.severity,
        local(incident.started_at),
        local(incident.due_at)
    );
    // Writing to a text does not fail, here and below.
    if let Some(impact) = &incident.impact {
        let _ = writeln!(body, "Impacto: {impact}");
    }
    if let Some(at) = incident.acknowledged_at {
        let _ = writeln!(body, "Asumido: {}", local(at));
    }
    if let Some(at) = incident.responded_at {
        let _ = writeln!(body, "Primera respuesta: {}", local(at));
    }
    if let Some(number) = &incident.merged_into {
        let _ = writeln!(body, "Continúa en el caso {number}");
    }
    Ticket {
        external_id: incident.number.to_string(),
        subject: format!("[{}] {institution}: {service}", incident.number),
        body,
        state: state_word(incident.state).to_owned(),
        created_at: now,
        updated_at: now,
    }
}
