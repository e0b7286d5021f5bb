//! What waits for somebody.

use super::case_terms::pick;
use super::words;
use crate::language::Language;
use crate::ticket::Step;

words! {
    /// The work-lists.
    Pending {
        title: "Pendientes", "To do";
        missed: "Quienes llamaron y se fueron sin nada", "Who rang and left with nothing";
        none_missed: "Nadie espera una llamada de vuelta.", "Nobody waits to be called back.";
        waiting: "sin atender", "waiting";
        received: "Recibida", "Received";
        from: "De", "From";
        institution: "Institución", "Institution";
        node: "Se fue en el paso", "Left at the step";
        length: "Duración", "Length";
        tapes: "Grabaciones", "Recordings";
        what: "Qué se hizo", "What was done";
        detail: "Detalle", "Detail";
        decide: "Guardar", "Save";
        of: "de la llamada de", "of the call of";
        withheld: "número oculto", "withheld number";
        call_back: "Para devolver la llamada, abra la llamada y muestre el número.",
            "To call back, open the call and show its number.";
        older: "Anteriores", "Older";
        stuck: "Lo que el sistema de tickets no tomó", "What the ticket store did not take";
        none_stuck: "Todo está entregado.", "Everything is handed over.";
        case: "Caso", "Case";
        step: "Paso", "Step";
        at: "Desde", "Since";
        error: "Último error", "Last error";
        given_up: "detenido", "given up";
        held_up: "se reintenta", "tried again";
        retry: "Reintentar todas las entregas ahora", "Try every hand-off anew now";
        jobs: "Trabajos abandonados", "Jobs that were given up";
        none_jobs: "Ninguno.", "None.";
        kind: "Trabajo", "Job";
        contacts: "Medios sin comprobar", "Methods that nobody proved";
        none_contacts: "Todos los medios están comprobados.", "Every method is proved.";
        prove: "Compruébelos con", "Prove them with";
        person: "Persona", "Person";
        method: "Medio", "Method";
        done_decided: "La decisión quedó guardada.", "The decision is kept.";
        done_retried: "Las entregas se están reintentando.", "The hand-offs are being tried anew.";
    }
}

/// What a step of a hand-off is called.
pub fn step_name(l: Language, step: Option<&Step>) -> &'static str {
    match step {
        Some(Step::Ticket) => pick(l, "ticket", "ticket"),
        Some(Step::Recording { .. }) => pick(l, "grabación", "recording"),
        Some(Step::Comment { .. }) => pick(l, "comentario", "comment"),
        Some(_) => pick(l, "estado o campos", "state or fields"),
        None => pick(l, "desconocido", "not known"),
    }
}
