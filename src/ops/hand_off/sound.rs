//! The recordings of a case are files on its ticket in the built-in store. Fetching one is a job of its own, in the lane of the
//! hand-offs: what is said of a case never waits for its sound.

use super::{Desk, given_up};
use crate::call::Recording;
use crate::id::{IncidentId, TicketId};
use crate::incident::Incident;
use crate::ops::tickets::attach_to_ticket::attach_to_ticket;
use crate::ops::tickets::comment_ticket::comment_ticket;
use crate::ops::{Hotline, Lease, OpsError, Task, enqueue};
use crate::store::Tx;
use crate::ticket::{Attachment, Author, Digest, NewComment, NewFile, Step, Ticket, TicketComment};

/// A recording that is to be on the ticket of its case.
#[derive(Clone, Debug)]
pub struct Sound {
    incident: IncidentId,
    ticket: TicketId,
    /// It, and where it is fetched.
    pub recording: Recording,
    /// What its file is called.
    pub name: String,
}

/// Asks for what is not on `ticket` yet, but for what was given up. Where sound stays with the provider, the ticket has a
/// link to it.
pub(in crate::ops) async fn ask_for_sounds(
    hotline: &Hotline,
    tx: &mut Tx,
    (incident, desk): (&Incident, &Desk<'_>),
    ticket: &mut Ticket,
    told: &[TicketComment],
) -> Result<(), OpsError> {
    let recordings = desk.recordings();
    if recordings.is_empty() {
        return Ok(());
    }
    if !hotline.policy.sounds.on_tickets {
        for comment in recordings.iter().filter_map(|recording| desk.said_of(recording)) {
            if told.iter().any(|known| known.mark.as_ref() == Some(&comment.mark)) {
                continue;
            }
            let comment = NewComment { text: comment.text, public: false, by_person: false, mark: Some(comment.mark) };
            comment_ticket(hotline, tx, ticket, comment, &Author::System).await?;
        }
        return Ok(());
    }
    let (there, given_up) = (tx.ticket_attachments(ticket.id).await?, given_up(tx, incident.id).await?);
    for recording in recordings {
        let name = Attachment::name_of(incident.number.as_str(), &recording);
        let step = Step::Recording { recording };
        if given_up.contains(&step) || there.iter().any(|file| file.name == name) {
            continue;
        }
        let task = Task::HandOff { incident: incident.id, step };
        enqueue(hotline, tx, Some(incident.id), hotline.now(), &task).await?;
    }
    Ok(())
}

/// The recording that `id` names, while it is not on the ticket of `incident`; `None` when nothing is left to do.
///
/// # Errors
/// The store's.
pub async fn sound_to_file(hotline: &Hotline, incident: IncidentId, id: &str) -> Result<Option<Sound>, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Option<Sound>, OpsError> {
            let incident = tx.incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            let recordings = tx.incident_recordings(incident.id).await?;
            let known = recordings.into_iter().find(|recording| recording.provider_recording == id);
            let (Some(recording), Some(ticket)) = (known, tx.ticket_by_external_id(incident.number.as_str()).await?)
            else {
                return Ok(None);
            };
            let name = Attachment::name_of(incident.number.as_str(), id);
            let is_there = tx.ticket_attachments(ticket.id).await?.iter().any(|file| file.name == name);
            let sound = Sound { incident: incident.id, ticket: ticket.id, recording, name };
            Ok((!is_there).then_some(sound))
        })
        .await
}

/// Its content is kept: it is a file on the ticket.
///
/// # Errors
/// [`OpsError::LeaseLost`] when somebody else has the job; the store's.
pub async fn sound_filed(
    hotline: &Hotline,
    lease: Lease,
    sound: &Sound,
    (sha256, size): (Digest, u64),
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            tx.lock_incident(sound.incident).await?.ok_or(OpsError::NotFound("incident"))?;
            lease.settle(hotline, tx).await?;
            let mut ticket = tx.lock_ticket(sound.ticket).await?.ok_or(OpsError::NotFound("ticket"))?;
            let (name, media) = (sound.name.clone(), "audio/wav".to_owned());
            let file = NewFile { name, media, size, sha256: sha256.clone() };
            attach_to_ticket(hotline, tx, &mut ticket, file, &Author::System).await.map_err(OpsError::from)?;
            Ok(())
        })
        .await
}
