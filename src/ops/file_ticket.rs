//! The built-in ticket store: the ticket of a case exists exactly once and says how the case stands.

use std::fmt::Write as _;

use super::tickets::put_case_ticket;
use super::{Hotline, Lease, OpsError};
use crate::id::IncidentId;
use crate::incident::{Actor, Change, Incident};
use crate::store::Tx;

/// Sees that the built-in store holds the ticket of `incident` as it stands.
///
/// # Errors
/// [`OpsError`].
pub async fn file_ticket(hotline: &Hotline, lease: Lease, incident: IncidentId) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let incident = tx.lock_incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            lease.settle(hotline, tx).await?;
            let now = hotline.now();
            let (subject, body) = words(hotline, &incident);
            let (_, is_new) = put_case_ticket(hotline, tx, &incident, subject, body).await?;
            if is_new {
                let change = Change::Ticketed { ticket: incident.number.to_string() };
                tx.append_entry(incident.id, now, &Actor::System, &change).await?;
            }
            Ok(())
        })
        .await
}

/// The ticket's subject and body.
fn words(hotline: &Hotline, incident: &Incident) -> (String, String) {
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
    (format!("[{}] {institution}: {service}", incident.number), body)
}
