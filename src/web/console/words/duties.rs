//! Who is on duty.

use super::words;
use crate::language::Language;
use crate::oncall::{Amendment, Channel, PersonId};

words! {
    /// The roster.
    Duties {
        title: "Guardia", "On duty";
        nothing: "Todavía no hay lista de guardia: importe una con", "There is no roster yet: import one with";
        schedule: "Turno", "Schedule";
        now: "De guardia ahora", "On duty now";
        nobody: "Nadie está de guardia", "Nobody is on duty";
        until: "hasta", "until";
        why: "Por qué", "Why";
        next: "Después, por orden", "Then, in order";
        gaps: "Sin nadie de guardia", "Nobody on duty";
        no_gaps: "Siempre hay alguien en las próximas cuatro semanas.", "Somebody is always on duty in the next four weeks.";
        calendar: "Las próximas cuatro semanas", "The next four weeks";
        who: "Quién", "Who";
        from: "Desde", "From";
        to: "Hasta", "Until";
        reason_column: "Por qué", "Why";
        now_sign: "ahora", "now";
        agreed: "Cambios acordados", "What is agreed to be different";
        none_agreed: "Ninguno.", "Nothing.";
        over: "ya pasó", "over";
        withdraw: "Retirar este cambio", "Take it out again";
        withdraw_reason: "Motivo para retirarlo", "Reason for taking it out";
        change: "Acordar un cambio", "Agree on something different";
        kind: "Qué cambia", "What is different";
        instead: "Solo esta persona, en lugar de quien toque", "This person alone, whoever else would be";
        add: "También esta persona", "This person too";
        remove: "Esta persona no", "Not this person";
        replace: "Esta persona no; en su lugar, la segunda", "Not this person; the second one while they would be";
        swap: "Estas dos personas se cambian los turnos", "These two take each other's turns";
        person: "Persona", "Person";
        other: "Segunda persona (para reemplazo o cambio)", "Second person (to replace, or to swap with)";
        no_one: "Ninguna", "None";
        reason: "Motivo", "Reason";
        save: "Guardar el cambio y avisar a las personas", "Save it and tell the people";
        told: "A quienes entran o salen de guardia se les avisa como siempre.",
            "Whoever comes on or goes off duty is told as always.";
        comments: "La lista se guarda completa y sin los comentarios del archivo importado; las versiones anteriores quedan en el almacén.",
            "The roster is kept in full, without the comments of the file that was imported; the versions before stay in the store.";
        done_agreed: "El cambio ya vale.", "It counts from now on.";
        done_withdrawn: "El cambio se retiró.", "It was taken out.";
        stale: "Alguien cambió la lista mientras usted la leía. Esta es la actual; inténtelo de nuevo.",
            "Somebody changed the roster while you read it. This is the present one; try again.";
        no_such: "Elija un turno y las personas que el cambio necesita.", "Choose a schedule and the people that it needs.";
        backwards: "El cambio tiene que terminar después de comenzar.", "It must end after it begins.";
        contradiction: "Contradice otro cambio de esas horas, o nombra dos veces a la misma persona. Retire aquel primero.",
            "It contradicts another agreement of that time, or names one person twice. Take that one out first.";
        no_time: "Escriba desde cuándo y hasta cuándo.", "Write from when and until when.";
        no_reason: "Escriba el motivo: hasta trescientas letras.", "Write the reason: up to three hundred letters.";
        people: "Personas y medios", "People and methods";
        name: "Nombre", "Name";
        methods: "Medios, por orden", "Methods, in order";
        supervises: "supervisa", "supervises";
        verified: "comprobado", "verified";
        unverified: "sin comprobar", "not verified";
        file: "Descargar la lista (YAML)", "Download the roster (YAML)";
    }
}

impl Duties {
    /// The kinds of agreement that a form offers.
    pub fn kinds(&self) -> [(&'static str, &'static str); 5] {
        [
            ("instead", self.instead),
            ("add", self.add),
            ("remove", self.remove),
            ("replace", self.replace),
            ("swap", self.swap),
        ]
    }
}

/// An agreement as a sentence; `name` says what a person is called.
pub fn agreement(language: Language, amendment: &Amendment, name: impl Fn(&PersonId) -> String) -> String {
    match (language, amendment) {
        (Language::Es, Amendment::Instead(person)) => format!("Solo {}", name(person)),
        (Language::En, Amendment::Instead(person)) => format!("{} alone", name(person)),
        (Language::Es, Amendment::Add(person)) => format!("También {}", name(person)),
        (Language::En, Amendment::Add(person)) => format!("{} too", name(person)),
        (Language::Es, Amendment::Remove(person)) => format!("{} no", name(person)),
        (Language::En, Amendment::Remove(person)) => format!("Not {}", name(person)),
        (Language::Es, Amendment::Replace { gone, by }) => format!("{} en lugar de {}", name(by), name(gone)),
        (Language::En, Amendment::Replace { gone, by }) => format!("{} in the place of {}", name(by), name(gone)),
        (Language::Es, Amendment::Swap([one, other])) => {
            format!("{} y {} se cambian los turnos", name(one), name(other))
        }
        (Language::En, Amendment::Swap([one, other])) => {
            format!("{} and {} take each other's turns", name(one), name(other))
        }
    }
}

/// What a way to reach people is called.
pub fn channel_name(language: Language, channel: Channel) -> &'static str {
    let (es, en) = match channel {
        Channel::Sms => ("Mensaje de texto", "Text message"),
        Channel::Voice => ("Llamada", "Call"),
        Channel::Email => ("Correo", "E-mail"),
        Channel::Webhook => ("Aplicación", "Application"),
    };
    match language {
        Language::Es => es,
        Language::En => en,
    }
}
