//! The wall.

use super::words;
use crate::language::Language;

words! {
    /// The wall.
    OnTheWall {
        title: "Pizarra", "Wall";
        at: "Imagen de las", "Picture of";
        refresh: "Actualizar", "Refresh";
        plain: "Sin JavaScript esta pizarra no cambia sola: actualícela para ver lo nuevo.",
            "Without JavaScript this wall does not change by itself: refresh it to see what is new.";
        full: "Pantalla completa", "Full screen";
        lost: "Sin conexión: esto es de hace {}", "No connection: this is from {} ago";
        over: "Su sesión terminó: esta imagen ya no cambia.", "Your session has ended: this picture changes no more.";
        enter: "Entrar de nuevo", "Log in again";
        full_house: "Hay demasiadas pizarras abiertas. Cierre alguna; esta se conecta en cuanto haya lugar.",
            "Too many walls are open. Close one; this one connects as soon as there is room.";
        tallies: "Casos abiertos por estado de su reloj", "Open cases by the state of their clock";
        cases: "Casos en espera de respuesta", "Cases that wait for a response";
        none: "Ningún caso abierto", "No open case";
        none_waiting: "Ningún caso espera respuesta", "No case waits for a response";
        none_hint: "La línea atiende. Cuando entre un caso, aparece aquí al instante.",
            "The line answers. A case appears here the moment it comes in.";
        answered: "Respondidos, por resolver", "Answered, to be resolved";
        calm: "A tiempo", "In time";
        watch: "Pasó la mitad", "Half is gone";
        act: "Queda poco", "Little is left";
        last: "A punto de vencer", "About to break";
        broken: "Vencido", "Broken";
        responded: "Respondido", "Answered";
        late: "Respondido tarde", "Answered late";
        due: "Vence", "Due";
        time_left: "Tiempo que queda", "Time left";
        nobody: "Nadie lo ha tomado", "Nobody has taken it";
        unknown: "Institución por identificar", "Institution not known yet";
        pages: "Avisos sin respuesta", "Unanswered pages";
        no_pages: "Ningún aviso espera respuesta", "No page waits for an answer";
        at_work: "El siguiente aviso está saliendo", "The next page is going out";
        duty: "De guardia", "On duty";
        no_roster: "No hay lista de guardia. Impórtela con el comando guardia roster import.",
            "There is no roster. Import it with the command guardia roster import.";
        gap: "Nadie está de guardia", "Nobody is on duty";
        always: "sin cambios previstos", "no change planned";
        calls: "Llamadas en curso", "Calls in progress";
        no_calls: "Nadie está llamando", "Nobody is calling";
        outbound: "La línea llama a alguien", "The line is calling somebody";
        waits: "Espera a una persona", "Waiting for a person";
        health: "Salud del sistema", "How the system is";
        store: "Base de datos", "Database";
        store_ok: "Guarda", "Writes";
        store_bad: "No guarda: la línea usa el diario de emergencia", "Does not write: the line uses the emergency journal";
        journal: "Diario de emergencia", "Emergency journal";
        journal_ok: "Vacío", "Empty";
        journal_bad: "Tiene llamadas por pasar a la base de datos", "Holds calls that are to go into the database";
        journal_unknown: "No se puede leer", "Cannot be read";
        signatures: "Firmas del proveedor", "The provider's signatures";
        signatures_ok: "Se comprueban", "Are checked";
        signatures_bad: "La prueba falló", "The test failed";
        jobs: "Tareas abandonadas", "Jobs given up";
        jobs_ok: "Ninguna", "None";
        forgotten: "Casos sin vigilancia", "Cases without a timer";
        forgotten_ok: "Ninguno", "None";
        tickets: "Sistema de tickets", "Ticket store";
        tickets_ok: "Al día", "Up to date";
        sms: "Mensajes de texto", "Text messages";
        voice: "Llamadas", "Calls";
        answers: "Responde", "Answers";
        rests: "Falla: se prueba con cuidado", "Fails: tried with care";
    }
}

/// "hace 5 min"; under a minute it is "ahora".
pub fn ago(l: Language, length: Option<&str>) -> String {
    match (l, length) {
        (Language::Es, None) => "hace menos de un minuto".to_owned(),
        (Language::En, None) => "less than a minute ago".to_owned(),
        (Language::Es, Some(length)) => format!("hace {length}"),
        (Language::En, Some(length)) => format!("{length} ago"),
    }
}

/// The big words of a running clock.
pub fn left(l: Language, length: Option<&str>) -> String {
    match (l, length) {
        (Language::Es, None) => "Menos de un minuto".to_owned(),
        (Language::En, None) => "Less than a minute".to_owned(),
        (_, Some(length)) => length.to_owned(),
    }
}

/// Who has a case.
pub fn held_by(l: Language, holder: &str) -> String {
    match l {
        Language::Es => format!("Lo tiene {holder}"),
        Language::En => format!("{holder} has it"),
    }
}

/// The one sentence of the wall: the worst there is.
pub fn headline(l: Language, worst: Worst) -> String {
    match (l, worst) {
        (Language::Es, Worst::Broken(1)) => "1 caso vencido sin respuesta".to_owned(),
        (Language::Es, Worst::Broken(count)) => format!("{count} casos vencidos sin respuesta"),
        (Language::En, Worst::Broken(1)) => "1 case is past its promise".to_owned(),
        (Language::En, Worst::Broken(count)) => format!("{count} cases are past their promise"),
        (Language::Es, Worst::Act(1)) => "1 caso está por vencer".to_owned(),
        (Language::Es, Worst::Act(count)) => format!("{count} casos están por vencer"),
        (Language::En, Worst::Act(1)) => "1 case is about to break its promise".to_owned(),
        (Language::En, Worst::Act(count)) => format!("{count} cases are about to break their promise"),
        (Language::Es, Worst::Waiting) => "Nada está por vencer".to_owned(),
        (Language::En, Worst::Waiting) => "Nothing is about to break its promise".to_owned(),
    }
}

/// What the sentence is about.
#[derive(Clone, Copy, Debug)]
pub enum Worst {
    /// So many promises are broken.
    Broken(usize),
    /// So many clocks are near their end.
    Act(usize),
    /// Neither.
    Waiting,
}

/// More cases than are shown.
pub fn more(l: Language, count: u64) -> String {
    match (l, count) {
        (Language::Es, 1) => "y 1 más, con más tiempo".to_owned(),
        (Language::Es, count) => format!("y {count} más, con más tiempo"),
        (Language::En, count) => format!("and {count} more, with more time"),
    }
}

/// More than are shown, of anything.
pub fn and_more(l: Language, count: usize) -> String {
    match l {
        Language::Es => format!("y {count} más"),
        Language::En => format!("and {count} more"),
    }
}

/// What the pager does next, and when.
pub fn then(l: Language, people: &[String], when: &str, reminder: bool) -> String {
    let people = people.join(", ");
    match (l, people.is_empty(), reminder) {
        (Language::Es, true, _) => format!("Después no hay a quién avisar ({when})"),
        (Language::En, true, _) => format!("After that there is nobody to page ({when})"),
        (Language::Es, _, true) => format!("Recordatorio a {people}: {when}"),
        (Language::En, _, true) => format!("Reminder to {people}: {when}"),
        (Language::Es, _, false) => format!("Sigue {people}: {when}"),
        (Language::En, _, false) => format!("Next is {people}: {when}"),
    }
}

/// Who comes on duty next, and when.
pub fn next_on_duty(l: Language, people: &[String], when: &str) -> String {
    let people = people.join(", ");
    match (l, people.is_empty()) {
        (Language::Es, true) => format!("Hasta {when}; después, nadie"),
        (Language::En, true) => format!("Until {when}; then nobody"),
        (Language::Es, false) => format!("Hasta {when}; después, {people}"),
        (Language::En, false) => format!("Until {when}; then {people}"),
    }
}

/// Jobs or cases that somebody must look at.
pub fn to_look_at(l: Language, count: u64) -> String {
    match (l, count) {
        (Language::Es, 1) => "1 por revisar".to_owned(),
        (Language::Es, count) => format!("{count} por revisar"),
        (Language::En, count) => format!("{count} to look at"),
    }
}

/// Cases that the ticket store does not have yet.
pub fn waiting_tickets(l: Language, count: u64, since: &str) -> String {
    match (l, count) {
        (Language::Es, 1) => format!("1 caso espera desde {since}"),
        (Language::Es, count) => format!("{count} casos esperan desde {since}"),
        (Language::En, 1) => format!("1 case has waited since {since}"),
        (Language::En, count) => format!("{count} cases have waited since {since}"),
    }
}

/// Where a caller is, by the verb of the flow's node.
pub fn place_of(l: Language, verb: Option<&str>) -> &'static str {
    let (es, en) = match verb {
        Some("say") => ("Escucha un mensaje", "Listening to a message"),
        Some("menu") => ("Elige en un menú", "Choosing from a menu"),
        Some("collect") => ("Marca un dato", "Keying something in"),
        Some("record") => ("Graba un mensaje", "Recording a message"),
        Some("open_incident") => ("Se registra su caso", "The case is being logged"),
        Some("wait_for_person") => ("Espera a una persona", "Waiting for a person"),
        Some("status") => ("Oye el estado de un caso", "Hearing how a case stands"),
        Some("send") => ("Recibe un mensaje de texto", "Being sent a text message"),
        Some("hangup") => ("Se despide", "Saying goodbye"),
        _ => ("En la línea", "On the line"),
    };
    match l {
        Language::Es => es,
        Language::En => en,
    }
}
