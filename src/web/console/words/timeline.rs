//! What happened to a case, as sentences: one function for each language, and a variant that one of them lacks does not compile.

use super::case_terms::{Terms, Told};
use crate::incident::{Actor, Change};
use crate::language::Language;

/// Who did it.
pub fn actor(terms: &Terms<'_>, actor: &Actor) -> String {
    match (actor, terms.times.l) {
        (Actor::Caller, Language::Es) => "Quien llamó".to_owned(),
        (Actor::Caller, Language::En) => "The caller".to_owned(),
        (Actor::System, _) => "Guardia".to_owned(),
        (Actor::Person(id) | Actor::Operator(id), _) => terms.name(id),
    }
}

/// What happened, as a sentence.
pub fn happened(terms: &Terms<'_>, change: &Change) -> String {
    match terms.times.l {
        Language::Es => es(terms, change),
        Language::En => en(terms, change),
    }
}

fn noted(note: Option<&String>) -> String {
    note.map(|note| note.trim())
        .filter(|note| !note.is_empty())
        .map_or_else(|| ".".to_owned(), |note| format!(": {note}"))
}

fn next(round: u32) -> u32 {
    round.saturating_add(1)
}

fn es(t: &Terms<'_>, change: &Change) -> String {
    match change {
        Change::Opened { severity, due_at } => {
            format!("Se abrió como {}. Primera respuesta a más tardar {}.", t.severity(*severity), t.at(*due_at))
        }
        Change::Canary { person } => format!("Es una prueba de los avisos, solo para {}.", t.name(person)),
        Change::Learned { what, value } => format!("{}.", t.learned(what, value.as_deref())),
        Change::Recorded { holds, seconds, .. } => format!("Quedó una grabación: {}, {seconds} s.", t.holds(holds)),
        Change::Joined { case: Some(case), .. } => {
            format!("Otra llamada trata de lo mismo; su caso, el {case}, se unió a este.")
        }
        Change::Joined { case: None, .. } => "Otra llamada trata de lo mismo.".to_owned(),
        Change::Paged { person, round } => format!("Aviso {} a {}.", next(*round), t.name(person)),
        Change::PageFailed { person, round, channel, code } => {
            let code = code.map(|code| format!(" (código {code} del proveedor)")).unwrap_or_default();
            format!("El aviso {} a {} por {} no llegó{code}.", next(*round), t.name(person), t.channel(channel))
        }
        Change::ContactDisabled { person, channel, reason } => {
            let why = if reason == "opted_out" { "pidió no recibir más" } else { "la dirección no existe" };
            format!("A {} ya no se le avisa por {}: {why}.", t.name(person), t.channel(channel))
        }
        Change::PageDelivered { person, round } => {
            format!("El aviso {} llegó al aparato de {}.", next(*round), t.name(person))
        }
        Change::DutyGap => "Un paso de la escalera no tenía a nadie de guardia; se siguió con el próximo.".to_owned(),
        Change::Muted { until, reason } => {
            format!("El servicio está en mantenimiento hasta {} ({reason}): no se avisa a nadie.", t.at(*until))
        }
        Change::Called { person, how } => format!("Llamada a {}: {}.", t.name(person), t.how(how)),
        Change::Bridged { person, seconds } => {
            format!("{} habló con quien reportó durante {seconds} s.", t.name(person))
        }
        Change::Invited { person } => format!("Se llamó a {} para que entrara en la conversación.", t.name(person)),
        Change::Entered { person } => format!("{} entró en la conversación.", t.name(person)),
        Change::Left { person, seconds: Some(seconds) } => {
            format!("{} salió de la conversación, tras {seconds} s con quien reportó.", t.name(person))
        }
        Change::Left { person, seconds: None } => format!("{} salió de la conversación.", t.name(person)),
        Change::Escalated { person } => format!("{} lo pasó a la próxima persona.", t.name(person)),
        Change::NobodyOnDuty => "No hay nadie de guardia a quien avisar.".to_owned(),
        Change::Acknowledged { person, method } if method == "assigned" => {
            format!("Se le asignó a {}.", t.name(person))
        }
        Change::Acknowledged { person, method } => format!("{} lo tomó ({}).", t.name(person), t.method(method)),
        Change::Reminded { person, .. } => format!("Recordatorio a {}: ¿se habló con quien reportó?", t.name(person)),
        Change::Confirmed { person } => format!("{} contestó el recordatorio: sigue en ello.", t.name(person)),
        Change::Unanswered { person } => {
            format!("{} no contestó el recordatorio: se avisa a otras personas.", t.name(person))
        }
        Change::Responded { method, note, met } => {
            let met = if *met { "a tiempo" } else { "fuera de plazo" };
            format!("Primera respuesta {met} ({}){}", t.method(method), noted(note.as_ref()))
        }
        Change::Warned { percent } => format!("Pasó el {percent} % del tiempo prometido."),
        Change::Reclassified { from, to, due_at, reason } => {
            let (from, to) = (t.severity(*from), t.severity(*to));
            format!("Gravedad: de {from} a {to}; vence {}{}", t.at(*due_at), noted(reason.as_ref()))
        }
        Change::Recounted { before, due_at } => {
            format!("El plazo se contó de nuevo: vence {} en vez de {}.", t.at(*due_at), t.at(*before))
        }
        Change::Breached { reason: None } => "Se venció el plazo de la primera respuesta.".to_owned(),
        Change::Breached { reason: Some(_) } => {
            "Se venció el plazo de la primera respuesta, porque cambió la gravedad.".to_owned()
        }
        Change::Estimated { eta, next_update, reason } => {
            format!("Se dijo a quien reportó: {}{}", t.told(Told::new(*eta, *next_update)), noted(reason.as_ref()))
        }
        Change::EstimateDue { lapses } => {
            format!("Recordatorio: quien reportó espera una hora de solución hasta {}.", t.at(*lapses))
        }
        Change::Resolved { note } => format!("Resuelto{}", noted(note.as_ref())),
        Change::Closed => "Cerrado.".to_owned(),
        Change::Cancelled { reason, into: Some(into) } => format!("Se unió al caso {into}: {reason}"),
        Change::Cancelled { reason, into: None } => format!("Anulado: {reason}"),
        Change::Reopened { cycle, due_at, reason } => {
            format!("Reabierto, ciclo {cycle}; vence {}{}", t.at(*due_at), noted(reason.as_ref()))
        }
        Change::Noted { text } => format!("Nota: {text}"),
        Change::Informed { template } => format!("Mensaje de texto a quien reportó: {}.", t.template(template)),
        Change::Ticketed { ticket } => format!("El sistema de tickets tiene el ticket {ticket}."),
        Change::StoreCommented { public: true, text } => {
            format!("Comentario en el sistema de tickets{}", noted(text.as_ref()))
        }
        Change::StoreCommented { public: false, .. } => "Comentario interno en el sistema de tickets.".to_owned(),
        Change::StoreMoved { state } => format!("En el sistema de tickets el ticket pasó a «{state}»."),
        Change::HeardByLink { .. } => "Alguien escuchó la grabación por su enlace.".to_owned(),
        Change::GivenUp { job } => format!("Una tarea («{job}») falló del todo; se avisó a supervisión."),
    }
}

fn en(t: &Terms<'_>, change: &Change) -> String {
    match change {
        Change::Opened { severity, due_at } => {
            format!("Opened as {}. First response before {}.", t.severity(*severity), t.at(*due_at))
        }
        Change::Canary { person } => format!("A test of the pager, for {} only.", t.name(person)),
        Change::Learned { what, value } => format!("{}.", t.learned(what, value.as_deref())),
        Change::Recorded { holds, seconds, .. } => format!("A recording was left: {}, {seconds} s.", t.holds(holds)),
        Change::Joined { case: Some(case), .. } => {
            format!("Another call is about this too; its case, {case}, became one with this.")
        }
        Change::Joined { case: None, .. } => "Another call is about this too.".to_owned(),
        Change::Paged { person, round } => format!("Page {} to {}.", next(*round), t.name(person)),
        Change::PageFailed { person, round, channel, code } => {
            let code = code.map(|code| format!(" (provider error {code})")).unwrap_or_default();
            format!("Page {} to {} by {} did not arrive{code}.", next(*round), t.name(person), t.channel(channel))
        }
        Change::ContactDisabled { person, channel, reason } => {
            let why = if reason == "opted_out" { "they asked for no more" } else { "the address does not exist" };
            format!("{} is not told by {} any more: {why}.", t.name(person), t.channel(channel))
        }
        Change::PageDelivered { person, round } => {
            format!("Page {} reached a device of {}.", next(*round), t.name(person))
        }
        Change::DutyGap => "A step of the ladder had nobody on duty; the next one was taken.".to_owned(),
        Change::Muted { until, reason } => {
            format!("The service is under maintenance until {} ({reason}): nobody is paged.", t.at(*until))
        }
        Change::Called { person, how } => format!("Call to {}: {}.", t.name(person), t.how(how)),
        Change::Bridged { person, seconds } => format!("{} talked with the reporter for {seconds} s.", t.name(person)),
        Change::Invited { person } => format!("{} was called to come into the conversation.", t.name(person)),
        Change::Entered { person } => format!("{} came into the conversation.", t.name(person)),
        Change::Left { person, seconds: Some(seconds) } => {
            format!("{} left the conversation after {seconds} s with the reporter.", t.name(person))
        }
        Change::Left { person, seconds: None } => format!("{} left the conversation.", t.name(person)),
        Change::Escalated { person } => format!("{} passed it on to the next person.", t.name(person)),
        Change::NobodyOnDuty => "Nobody on duty can be paged.".to_owned(),
        Change::Acknowledged { person, method } if method == "assigned" => {
            format!("It was assigned to {}.", t.name(person))
        }
        Change::Acknowledged { person, method } => format!("{} took it ({}).", t.name(person), t.method(method)),
        Change::Reminded { person, .. } => format!("Reminder to {}: was the reporter reached?", t.name(person)),
        Change::Confirmed { person } => format!("{} answered the reminder: still at it.", t.name(person)),
        Change::Unanswered { person } => format!("{} did not answer the reminder: others are paged.", t.name(person)),
        Change::Responded { method, note, met } => {
            let met = if *met { "in time" } else { "late" };
            format!("First response {met} ({}){}", t.method(method), noted(note.as_ref()))
        }
        Change::Warned { percent } => format!("{percent} % of the promised time has passed."),
        Change::Reclassified { from, to, due_at, reason } => {
            let (from, to) = (t.severity(*from), t.severity(*to));
            format!("Severity: from {from} to {to}; due {}{}", t.at(*due_at), noted(reason.as_ref()))
        }
        Change::Recounted { before, due_at } => {
            format!("The clock was counted anew: due {} instead of {}.", t.at(*due_at), t.at(*before))
        }
        Change::Breached { reason: None } => "The first response is overdue.".to_owned(),
        Change::Breached { reason: Some(_) } => {
            "The first response is overdue, because the severity changed.".to_owned()
        }
        Change::Estimated { eta, next_update, reason } => {
            format!("The reporter was told: {}{}", t.told(Told::new(*eta, *next_update)), noted(reason.as_ref()))
        }
        Change::EstimateDue { lapses } => {
            format!("Reminder: the reporter waits for an estimate until {}.", t.at(*lapses))
        }
        Change::Resolved { note } => format!("Resolved{}", noted(note.as_ref())),
        Change::Closed => "Closed.".to_owned(),
        Change::Cancelled { reason, into: Some(into) } => format!("Became one with case {into}: {reason}"),
        Change::Cancelled { reason, into: None } => format!("Called off: {reason}"),
        Change::Reopened { cycle, due_at, reason } => {
            format!("Reopened, cycle {cycle}; due {}{}", t.at(*due_at), noted(reason.as_ref()))
        }
        Change::Noted { text } => format!("Note: {text}"),
        Change::Informed { template } => format!("Text message to the reporter: {}.", t.template(template)),
        Change::Ticketed { ticket } => format!("The ticket store has ticket {ticket}."),
        Change::StoreCommented { public: true, text } => {
            format!("Comment in the ticket store{}", noted(text.as_ref()))
        }
        Change::StoreCommented { public: false, .. } => "Internal comment in the ticket store.".to_owned(),
        Change::StoreMoved { state } => format!("In the ticket store the ticket was moved to “{state}”."),
        Change::HeardByLink { .. } => "Somebody heard the recording by its link.".to_owned(),
        Change::GivenUp { job } => format!("A task (“{job}”) failed for good; the supervisors were told."),
    }
}
