//! The sentences of findings, in Spanish and English: what is wrong, and how it is mended.

use chrono::TimeDelta;

use super::{Callback, Finding, Fitness};
use crate::language::Language::{self, En, Es};
use crate::oncall::{Channel, said};

impl Finding {
    /// What is wrong.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table of sentences")]
    pub fn what(&self, l: Language) -> String {
        match self {
            Self::Settings { problem, .. } => problem.clone(),
            Self::StoreAway { why } => pick(
                l,
                || format!("El almacén no se puede abrir: {why}"),
                || format!("The store cannot be opened: {why}"),
            ),
            Self::StoreRefuses => fixed(l, "El almacén no acepta escrituras.", "The store takes nothing."),
            Self::JobsLate { late } => pick(
                l,
                || format!("Hay trabajos vencidos desde hace {}: nadie los ejecuta.", span(*late)),
                || format!("Jobs have been due for {}: nobody runs them.", span(*late)),
            ),
            Self::GivenUp { count } => pick(
                l,
                || format!("En el último día se abandonaron trabajos: {count}."),
                || format!("Jobs were given up in the last day: {count}."),
            ),
            Self::Forgotten { count } => pick(
                l,
                || format!("Hay casos abiertos que ningún trabajo volverá a mirar: {count}."),
                || format!("There are open cases that no job will ever look at: {count}."),
            ),
            Self::JournalWaits => fixed(
                l,
                "En el diario hay llamadas que todavía no están en el almacén.",
                "The journal holds calls that are not in the store yet.",
            ),
            Self::JournalAway => {
                fixed(l, "El diario de llamadas no se puede escribir.", "The journal of calls cannot be written.")
            }
            Self::ProviderAway { why } => pick(
                l,
                || format!("El proveedor de telefonía no contesta: {why}."),
                || format!("The telephony provider does not answer: {why}."),
            ),
            Self::Refused => fixed(
                l,
                "El proveedor de telefonía rechaza la cuenta o su clave.",
                "The telephony provider refuses the account or its token.",
            ),
            Self::StrangeNumber => fixed(
                l,
                "El número de la línea no es de esta cuenta del proveedor.",
                "The line's number is none of this account at the provider.",
            ),
            Self::NumberUntold => fixed(
                l,
                "El proveedor no dice adónde envía lo que ocurre en el número.",
                "The provider does not tell where it sends what happens on the number.",
            ),
            Self::Misdirected { callback, elsewhere, .. } => {
                let what = callback_words(*callback, l);
                match (l, elsewhere) {
                    (Es, true) => format!("El proveedor envía {what} a otra dirección."),
                    (Es, false) => format!("El proveedor no envía {what} a ninguna parte."),
                    (En, true) => format!("The provider sends {what} elsewhere."),
                    (En, false) => format!("The provider sends {what} nowhere."),
                }
            }
            Self::Signatures => fixed(
                l,
                "La prueba de firmas falla: las llamadas se rechazarían o se creería a un falsificador.",
                "The signature self-test fails: calls would be refused, or a forger believed.",
            ),
            Self::ClockOff { ahead } => {
                let (off, ahead) = (span(ahead.abs()), *ahead > TimeDelta::zero());
                match (l, ahead) {
                    (Es, true) => format!("El reloj de esta máquina está adelantado {off} al del proveedor."),
                    (Es, false) => format!("El reloj de esta máquina está atrasado {off} al del proveedor."),
                    (En, true) => format!("This machine's clock is {off} ahead of the provider's."),
                    (En, false) => format!("This machine's clock is {off} behind the provider's."),
                }
            }
            Self::NoRoster => {
                fixed(l, "No hay lista de guardia: nadie sería avisado.", "There is no roster: nobody would be paged.")
            }
            Self::NoSupervisor => fixed(
                l,
                "Nadie supervisa: si nadie responde, nadie se entera.",
                "Nobody is a supervisor: when nobody answers, nobody is told.",
            ),
            Self::Gap { schedule, from, to, zone, .. } => {
                let (from, to) = (said(*from, *zone, l), said(*to, *zone, l));
                match l {
                    Es => format!("En el turno '{schedule}' no hay nadie de guardia desde el {from} hasta el {to}."),
                    En => format!("By schedule '{schedule}' nobody is on duty from {from} to {to}."),
                }
            }
            Self::Person { name, duty, now, what, .. } => person(l, name, &when(l, *duty, *now), *what),
            Self::NoTests => fixed(l, "Los avisos no se prueban por sí mismos.", "The pager does not test itself."),
            Self::StrangeTester { person } => pick(
                l,
                || format!("La persona de las pruebas, '{person}', no está en la lista de guardia."),
                || format!("Who is paged for tests, '{person}', is not on the roster."),
            ),
            Self::TestFailed { person, at: (at, zone) } => {
                let at = said(*at, *zone, l);
                match l {
                    Es => format!("La última prueba de los avisos, el {at}, no fue contestada por '{person}'."),
                    En => format!("The last test of the pager, on {at}, was not answered by '{person}'."),
                }
            }
            Self::TestsLate { last: (at, zone) } => {
                let at = said(*at, *zone, l);
                match l {
                    Es => format!("Desde el {at} no se prueban los avisos."),
                    En => format!("The pager has not tested itself since {at}."),
                }
            }
            Self::NoHeartbeat => fixed(
                l,
                "No se envían señales de vida: si esta máquina se apaga, nadie se entera.",
                "No signs of life are sent: when this machine goes dark, nobody is told.",
            ),
            Self::HeartbeatLate { since: Some(since) } => pick(
                l,
                || format!("Desde hace {} no sale ninguna señal de vida.", span(*since)),
                || format!("No sign of life went out for {}.", span(*since)),
            ),
            Self::HeartbeatLate { since: None } => {
                fixed(l, "Todavía no salió ninguna señal de vida.", "No sign of life went out yet.")
            }
        }
    }

    /// How it is mended.
    #[must_use]
    pub fn mend(&self, l: Language) -> String {
        let (es, en) = match self {
            Self::Settings { .. } => ("Corrija esa línea.", "Mend that line."),
            Self::StoreAway { .. } => (
                "Revise [store] url, y que la base de datos o su carpeta existan y sean de este usuario.",
                "Look at [store] url, and that the database or its folder is there and belongs to this user.",
            ),
            Self::StoreRefuses => (
                "Revise el espacio en disco y los permisos de la base de datos.",
                "Look at the disk's space and the database's permissions.",
            ),
            Self::JobsLate { .. } | Self::TestsLate { .. } => (
                "Revise que 'guardia serve' esté en marcha y su registro.",
                "See that 'guardia serve' runs, and read its log.",
            ),
            Self::GivenUp { .. } => (
                "Lea en el registro y en la historia de los casos qué no se pudo hacer, y hágalo por otra vía.",
                "Read in the log and in the cases' timelines what could not be done, and do it another way.",
            ),
            Self::Forgotten { .. } => (
                "Tome o resuelva esos casos ('guardia incidents --open') y avise a quien mantiene el programa.",
                "Take or resolve those cases ('guardia incidents --open'), and tell whoever maintains the program.",
            ),
            Self::JournalWaits => (
                "Se pasan solas cuando el almacén vuelve; si quedan, lea el registro.",
                "They are folded in by themselves when the store is back; if they stay, read the log.",
            ),
            Self::JournalAway => (
                "Cree la carpeta de [journal] path y désela a este usuario.",
                "Make the folder of [journal] path, and give it to this user.",
            ),
            Self::ProviderAway { .. } => (
                "Revise la red de esta máquina y [twilio] api_url.",
                "Look at this machine's network and [twilio] api_url.",
            ),
            Self::Refused => (
                "Copie otra vez [twilio] account_sid y auth_token de la consola del proveedor.",
                "Copy [twilio] account_sid and auth_token from the provider's console again.",
            ),
            Self::StrangeNumber => (
                "Compare [line] number con los números de la cuenta.",
                "Compare [line] number with the account's numbers.",
            ),
            Self::NumberUntold => (
                "Compare usted las direcciones del número en la consola del proveedor con las del README.",
                "Compare the number's addresses in the provider's console with those of the README yourself.",
            ),
            Self::Misdirected { callback, expected, .. } => {
                let name = callback.name();
                return match l {
                    Es => format!("En la consola del proveedor ponga {name} del número en {expected}"),
                    En => format!("In the provider's console set {name} of the number to {expected}"),
                };
            }
            Self::Signatures => (
                "No atienda llamadas con esta versión: vuelva a la anterior y avise a quien la mantiene.",
                "Take no calls with this version: go back to the one before, and tell whoever maintains it.",
            ),
            Self::ClockOff { .. } => (
                "Sincronice el reloj (NTP): los plazos se cuentan con él.",
                "Synchronise the clock (NTP): promises are counted by it.",
            ),
            Self::NoRoster => {
                ("Importe una: guardia roster import roster.yaml", "Import one: guardia roster import roster.yaml")
            }
            Self::NoSupervisor => (
                "Escriba 'supervisor: true' a alguien en la lista de guardia.",
                "Write 'supervisor: true' to somebody on the roster.",
            ),
            Self::Gap { .. } => (
                "Ponga a alguien para ese tiempo en la lista de guardia.",
                "Put somebody there for that time on the roster.",
            ),
            Self::Person { id, what, .. } => return mend_person(l, id, *what),
            Self::NoTests => (
                "Escriba [canary] contact con una persona de la lista.",
                "Write [canary] contact with a person of the roster.",
            ),
            Self::StrangeTester { .. } => (
                "Escriba [canary] contact con el id de una persona de la lista.",
                "Write [canary] contact with the id of a person of the roster.",
            ),
            Self::TestFailed { .. } => (
                "Vea la historia del caso de prueba ('guardia incidents') y si el aviso salió y llegó.",
                "Look at the test's case ('guardia incidents'): did the page go out, did it arrive?",
            ),
            Self::NoHeartbeat => (
                "Escriba [heartbeat] url con la dirección de un vigilante externo.",
                "Write [heartbeat] url with the address of a watchman outside.",
            ),
            Self::HeartbeatLate { .. } => (
                "Revise que 'guardia serve' esté en marcha, y en su registro por qué no salen.",
                "See that 'guardia serve' runs, and in its log why they are held back.",
            ),
        };
        fixed(l, es, en)
    }
}

fn person(l: Language, name: &str, when: &str, what: Fitness) -> String {
    match (l, what) {
        (Es, Fitness::Unverified) => format!("{name}{when} no tiene ningún contacto verificado."),
        (En, Fitness::Unverified) => format!("{name}{when} has no verified contact."),
        (Es, Fitness::HalfVerified { by }) => {
            format!("{name}{when} tiene contactos verificados solo por {}.", channel(l, by))
        }
        (En, Fitness::HalfVerified { by }) => {
            format!("{name}{when} has verified contacts by {} only.", channel(l, by))
        }
        (Es, Fitness::OneWay { by }) => format!("{name}{when} solo tiene contactos por {}.", channel(l, by)),
        (En, Fitness::OneWay { by }) => format!("{name}{when} has contacts by {} only.", channel(l, by)),
        (Es, Fitness::NotInWriting) => format!("A {name}{when} no le llega nada por escrito: solo avisos por llamada."),
        (En, Fitness::NotInWriting) => format!("Nothing in writing reaches {name}{when}: only pages by call."),
        (Es, Fitness::NoPin) => {
            format!("{name}{when} no tiene clave, y otros sí: quien levante su teléfono puede aceptar.")
        }
        (En, Fitness::NoPin) => {
            format!("{name}{when} has no PIN, though others have: whoever picks up their telephone can accept.")
        }
    }
}

fn mend_person(l: Language, id: &str, what: Fitness) -> String {
    match (l, what) {
        (Es, Fitness::Unverified | Fitness::HalfVerified { .. }) => {
            format!("Verifique dos contactos de canales distintos: guardia roster verify {id} CONTACTO")
        }
        (En, Fitness::Unverified | Fitness::HalfVerified { .. }) => {
            format!("Verify two contacts of different channels: guardia roster verify {id} CONTACT")
        }
        (Es, Fitness::OneWay { .. }) => format!("Agregue a '{id}' un contacto de otro canal en la lista de guardia."),
        (En, Fitness::OneWay { .. }) => format!("Add a contact of another channel to '{id}' on the roster."),
        (Es, Fitness::NotInWriting) => format!("Agregue a '{id}' un contacto sms, email o webhook."),
        (En, Fitness::NotInWriting) => format!("Add an sms, email or webhook contact to '{id}'."),
        (Es, Fitness::NoPin) => format!("Escriba 'pin' a '{id}' en la lista de guardia."),
        (En, Fitness::NoPin) => format!("Write 'pin' to '{id}' on the roster."),
    }
}

/// `, de guardia ahora,` and the like; ends so that a verb follows.
fn when(l: Language, duty: Option<(crate::clock::Instant, chrono_tz::Tz)>, now: bool) -> String {
    match (l, duty, now) {
        (_, None, _) => String::new(),
        (Es, Some(_), true) => " (de guardia ahora)".to_owned(),
        (En, Some(_), true) => " (on duty now)".to_owned(),
        (Es, Some((from, zone)), false) => format!(" (de guardia desde el {})", said(from, zone, l)),
        (En, Some((from, zone)), false) => format!(" (on duty from {})", said(from, zone, l)),
    }
}

fn channel(l: Language, channel: Channel) -> &'static str {
    match (l, channel) {
        (Es, Channel::Sms) => "mensaje de texto",
        (En, Channel::Sms) => "text message",
        (Es, Channel::Voice) => "llamada",
        (En, Channel::Voice) => "call",
        (Es, Channel::Email) => "correo",
        (En, Channel::Email) => "e-mail",
        (_, Channel::Webhook) => "webhook",
    }
}

fn callback_words(callback: Callback, l: Language) -> &'static str {
    match (l, callback) {
        (Es, Callback::Voice) => "las llamadas",
        (En, Callback::Voice) => "calls",
        (Es, Callback::Fallback) => "las llamadas que fallan",
        (En, Callback::Fallback) => "calls that fail",
        (Es, Callback::Status) => "el fin de las llamadas",
        (En, Callback::Status) => "the end of calls",
        (Es, Callback::Sms) => "los mensajes de texto",
        (En, Callback::Sms) => "text messages",
    }
}

/// `90 s`, `12 min`, `3 h`.
fn span(length: TimeDelta) -> String {
    match length.num_seconds() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

fn fixed(l: Language, es: &str, en: &str) -> String {
    match l {
        Es => es.to_owned(),
        En => en.to_owned(),
    }
}

fn pick(l: Language, es: impl FnOnce() -> String, en: impl FnOnce() -> String) -> String {
    match l {
        Es => es(),
        En => en(),
    }
}
