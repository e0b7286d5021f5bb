//! Calls: the log, and each of them.

use super::case_terms::{Terms, pick};
use super::words;
use crate::call::{Disposition, Happening, Leg};
use crate::flow::{Outcome, Waited};
use crate::language::Language;

words! {
    /// The log.
    CallLog {
        title: "Llamadas", "Calls";
        filter: "Filtrar", "Filter";
        clear: "Quitar los filtros", "Clear the filters";
        more: "Más filtros", "More filters";
        from: "Desde el día", "From the day";
        to: "Hasta el día", "Until the day";
        text: "Palabras en notas y transcripciones", "Words in notes and transcripts";
        institution: "Institución (código)", "Institution (code)";
        service: "Servicio", "Service";
        outcome: "Resultado", "Outcome";
        severity: "Gravedad", "Severity";
        direction: "Sentido", "Direction";
        node: "Terminó en el paso", "Ended at the step";
        has_case: "Con caso", "With a case";
        has_recording: "Con grabación", "With a recording";
        has_decision: "Con decisión", "Decided";
        any: "Todo", "Any";
        yes: "Sí", "Yes";
        no: "No", "No";
        inbound: "entrante", "inbound";
        outbound: "saliente", "outbound";
        found: "llamadas", "calls";
        only_caller: "Solo las de un mismo número.", "Only those of one number.";
        number: "Buscar por número", "Find by number";
        number_hint: "El número no queda en la dirección de la página.", "The number does not stand in the page's address.";
        find: "Buscar", "Find";
        no_number: "No es un número de teléfono: escriba los diez dígitos, con el código de área.",
            "This is no telephone number: write its ten digits, with the area code.";
        nobody_rang: "Ninguna llamada de ese número.", "No call from this number.";
        bad_filter: "No se puede filtrar así:", "It cannot be filtered so:";
        received: "Recibida", "Received";
        caller: "De", "From";
        case: "Caso", "Case";
        length: "Duración", "Length";
        waited: "Espera", "Waited";
        talked: "Habló con", "Talked with";
        tapes: "Grabaciones", "Recordings";
        promise: "Promesa", "Promise";
        decision: "Decisión", "Decision";
        institution_head: "Institución", "Institution";
        met: "cumplida", "kept";
        breached: "incumplida", "broken";
        lasts: "En curso", "In progress";
        withheld: "número oculto", "withheld number";
        reporter: "quien reportó", "the reporter";
        none: "Ninguna llamada con estos filtros.", "No calls with these filters.";
        newer: "Más recientes", "Newer";
        older: "Anteriores", "Older";
        views: "Vistas guardadas", "Saved views";
        view_name: "Guardar estos filtros como", "Keep these filters as";
        keep: "Guardar la vista", "Keep the view";
        forget: "Quitar", "Forget";
    }
}

words! {
    /// One call.
    CallPageWords {
        title: "Llamada", "Call";
        inbound: "Llamada a la línea", "Call to the line";
        outbound: "Llamada de la línea", "Call from the line";
        from: "De", "From";
        length: "Duración", "Length";
        outcome: "Resultado", "Outcome";
        language: "Idioma", "Language";
        institution: "Institución", "Institution";
        case: "Caso", "Case";
        no_case: "Sin caso", "No case";
        lasts: "En curso", "In progress";
        withheld: "número oculto", "withheld number";
        same_caller: "Todas las llamadas de este número", "All calls from this number";
        show_number: "Mostrar el número completo", "Show the whole number";
        show_reason: "Motivo (queda en la auditoría)", "Reason (it stays in the audit)";
        no_reason: "Escriba el motivo: hasta trescientas letras.", "Write the reason: up to three hundred letters.";
        sound: "Grabaciones", "Recordings";
        no_sound: "No hay grabaciones.", "There are no recordings.";
        not_ready: "Todavía no se puede escuchar.", "It cannot be heard yet.";
        may_not_hear: "Su rol no permite escucharla.", "Your role does not allow hearing it.";
        recording: "Grabación", "Recording";
        speed: "Velocidad", "Speed";
        skip: "Saltar los silencios", "Skip silences";
        keys: "Teclas: espacio, escuchar o detener; flechas, cinco segundos; más y menos, velocidad.",
            "Keys: space plays and stops; arrows, five seconds; plus and minus, speed.";
        wave: "Forma de onda; al escuchar se dibuja", "Waveform, drawn while it is heard";
        file: "Descargar", "Download";
        score: "Lo que pasó", "What happened";
        clock: "Hora", "Time";
        offset: "Desde el inicio", "Since the start";
        lane: "Quién", "Who";
        what: "Qué", "What";
        lane_caller: "Quien llama", "Caller";
        lane_line: "Línea", "Line";
        lane_staff: "Guardia", "Staff";
        lane_case: "Caso", "Case";
        path: "Camino por el menú", "Way through the menu";
        picture: "Dibujo del menú con el camino marcado", "Picture of the menu with the way marked";
        notes: "Notas y transcripciones", "Notes and transcripts";
        no_notes: "Ninguna todavía.", "None yet.";
        note: "Nota nueva", "New note";
        add_note: "Guardar la nota", "Save the note";
        no_note: "Escriba la nota: hasta cuatro mil letras.", "Write the note: up to four thousand letters.";
        transcript: "Transcripción", "Transcript";
        decisions: "Decisiones", "Decisions";
        decide: "Qué se hizo", "What was done";
        decide_note: "Detalle (opcional)", "Detail (optional)";
        decide_button: "Guardar y quitar de pendientes", "Save, and take it off the work-list";
        no_decision: "Elija qué se hizo.", "Choose what was done.";
        done_noted: "La nota quedó guardada.", "The note is kept.";
        done_decided: "La decisión quedó guardada.", "The decision is kept.";
    }
}

/// What a caller had from a call.
pub fn outcome_name(l: Language, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Reported => pick(l, "Caso abierto", "Case opened"),
        Outcome::Added => pick(l, "Sumada a un caso", "Added to a case"),
        Outcome::Informed => pick(l, "Informada", "Informed"),
        Outcome::Missed => pick(l, "Perdida", "Missed"),
    }
}

/// What was decided about a call.
pub fn disposition_name(l: Language, disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::CalledBack => pick(l, "Se devolvió la llamada", "Called back"),
        Disposition::NothingNeeded => pick(l, "No hacía falta nada", "Nothing needed"),
        Disposition::WrongNumber => pick(l, "Número equivocado", "Wrong number"),
        Disposition::Spam => pick(l, "Llamada no deseada", "Unwanted call"),
        Disposition::Reviewed => pick(l, "Revisada", "Reviewed"),
    }
}

/// What happened in a call, as a sentence.
pub fn call_happened(t: &Terms<'_>, happening: &Happening) -> String {
    let l = t.times.l;
    let say = |es: &str, en: &str| pick(l, es, en).to_owned();
    match happening {
        Happening::Answered => say("La línea contestó.", "The line answered."),
        Happening::Reached { node } => format!("{} {node}.", pick(l, "Llegó al paso", "Came to the step")),
        Happening::Keyed { keys } => format!("{} {keys}", pick(l, "Marcó", "Keyed")),
        Happening::Spoke => say("Habló, y se entendió como palabras.", "Spoke, and was heard as words."),
        Happening::Recorded { holds, seconds } => {
            format!("{} {}: {seconds} s.", pick(l, "Dejó grabado:", "Recorded:"), t.holds(holds))
        }
        Happening::Silence => say("Ni teclas ni palabras.", "Neither keys nor words."),
        Happening::Waited { how } => match how {
            Waited::Joined => {
                say("La espera terminó: habló con una persona.", "The wait was over: talked with a person.")
            }
            Waited::Left => say("La espera terminó: siguió adelante.", "The wait was over: went on."),
            Waited::Failed => say("No se pudo esperar.", "It was not possible to wait."),
        },
        Happening::Called { how } => {
            format!("{} {how}.", pick(l, "La línea llamó; resultado:", "The line called; it came to:"))
        }
        Happening::Language { language } => {
            format!("{} {language}.", pick(l, "Eligió el idioma", "Chose the language"))
        }
        Happening::Consent { recording: true, .. } => say("Aceptó la grabación.", "Agreed to recording."),
        Happening::Consent { recording: false, .. } => say("No aceptó la grabación.", "Declined recording."),
        Happening::Case { number } => format!("{} {number}.", pick(l, "Quedó en el caso", "It is case")),
        Happening::Repeated { turn } => {
            format!("{} {turn}.", pick(l, "El proveedor repitió el turno", "The provider repeated turn"))
        }
        Happening::Ended { outcome, node } => {
            format!("{} {node}: {}.", pick(l, "Terminó en el paso", "Ended at the step"), outcome_name(l, *outcome))
        }
        Happening::Fallback => say("Se atendió con el mensaje de respaldo.", "Taken by the fallback message."),
    }
}

/// A leg that began or ended.
pub fn leg_words(t: &Terms<'_>, leg: &Leg, ended: bool) -> String {
    let l = t.times.l;
    let who = match leg.role.as_str() {
        "caller" => pick(l, "Tramo de quien llama", "The caller's leg"),
        "staff" => pick(l, "Tramo de la guardia", "The staff's leg"),
        "reporter" => pick(l, "Tramo de quien reportó", "The reporter's leg"),
        other => other,
    };
    if ended {
        let seconds = leg.seconds.map(|seconds| format!(", {seconds} s")).unwrap_or_default();
        format!("{who}: {} ({}{seconds}).", pick(l, "terminó", "ended"), leg.status)
    } else {
        format!("{who}: {}.", pick(l, "comenzó", "began"))
    }
}
