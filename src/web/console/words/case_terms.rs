//! The terms that sentences about cases are made of.

use chrono::TimeDelta;

use crate::call::Directory;
use crate::clock::Instant;
use crate::incident::State;
use crate::language::Language;
use crate::oncall::{PersonId, Roster};
use crate::paging::Delivery;
use crate::sla::{Mode, Severity, Target};
use crate::web::console::time::Times;

/// What the terms need: who is who, which services there are, and how times are written.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// Times, and the language.
    pub times: Times,
    /// People.
    pub roster: Option<&'a Roster>,
    /// Services.
    pub directory: &'a Directory,
}

/// What the reporter was told.
#[derive(Clone, Copy)]
pub struct Told {
    eta: Option<Instant>,
    next_update: Option<Instant>,
}

impl Told {
    /// When it will be solved, and when the next news comes.
    pub fn new(eta: Option<Instant>, next_update: Option<Instant>) -> Self {
        Self { eta, next_update }
    }
}

/// Picks one of two texts.
pub fn pick<'t>(l: Language, es: &'t str, en: &'t str) -> &'t str {
    match l {
        Language::Es => es,
        Language::En => en,
    }
}

/// Where a case stands.
pub fn state(l: Language, state: State) -> &'static str {
    match state {
        State::Received => pick(l, "Recibido", "Received"),
        State::Acknowledged => pick(l, "Tomado", "Taken"),
        State::Responded => pick(l, "Respondido", "Responded"),
        State::Resolved => pick(l, "Resuelto", "Resolved"),
        State::Closed => pick(l, "Cerrado", "Closed"),
        State::Cancelled => pick(l, "Anulado", "Called off"),
    }
}

/// How bad it is.
pub fn severity(l: Language, severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => pick(l, "crítica", "critical"),
        Severity::Major => pick(l, "mayor", "major"),
        Severity::General => pick(l, "general", "general"),
    }
}

/// How far a message came.
pub fn delivery(l: Language, delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Intended => pick(l, "por enviar", "to be sent"),
        Delivery::Accepted => pick(l, "lo tiene el proveedor", "with the provider"),
        Delivery::Sent => pick(l, "enviado", "sent"),
        Delivery::Failed => pick(l, "no llegó", "failed"),
        Delivery::Delivered => pick(l, "llegó al aparato", "reached the device"),
    }
}

impl Terms<'_> {
    fn pick<'t>(&self, es: &'t str, en: &'t str) -> &'t str {
        pick(self.times.l, es, en)
    }

    /// What a person is called; who is not of the roster keeps the name they are stored under.
    pub fn name(&self, id: &str) -> String {
        if id == "reporter" {
            return self.pick("quien reportó", "the reporter").to_owned();
        }
        let person = PersonId::parse(id).ok().and_then(|id| self.roster?.person(&id));
        person.map_or(id, |person| &person.name).to_owned()
    }

    /// Several people.
    pub fn names(&self, ids: &[String]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.name(id)).collect();
        match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} {} {last}", others.join(", "), self.pick("y", "and")),
            None => String::new(),
        }
    }

    /// An instant in words.
    pub fn at(&self, at: Instant) -> String {
        self.times.moment(at).words
    }

    /// How bad it is.
    pub fn severity(&self, of: Severity) -> &'static str {
        severity(self.times.l, of)
    }

    /// A service's name.
    pub fn service(&self, id: &str) -> String {
        let service = self.directory.service(id);
        service.map_or(id, |service| self.pick(&service.es, &service.en)).to_owned()
    }

    /// How it fails.
    pub fn impact<'t>(&'t self, impact: &'t str) -> &'t str {
        match impact {
            "down" => self.pick("fuera de servicio", "down"),
            "degraded" => self.pick("funciona con fallas", "degraded"),
            "attack" => self.pick("posible ataque", "suspected attack"),
            other => other,
        }
    }

    /// A promise: "4 h, de día y de noche".
    pub fn target(&self, target: Target) -> String {
        let hours = target.span.num_hours();
        let span =
            if target.span == TimeDelta::hours(hours) { format!("{hours} h") } else { Times::length(target.span) };
        let mode = match target.mode {
            Mode::Continuous => self.pick("de día y de noche", "day and night"),
            Mode::BusinessHours => self.pick("en horario de servicio", "of service hours"),
            Mode::BusinessDays => self.pick("en días laborables", "of business days"),
        };
        format!("{span} {mode}")
    }

    /// What was told: "solución hoy 7:30 p. m.; próxima noticia hoy 6:00 p. m.".
    pub fn told(&self, told: Told) -> String {
        let eta = told.eta.map(|at| format!("{} {}", self.pick("solución", "solved by"), self.at(at)));
        let next = told.next_update.map(|at| format!("{} {}", self.pick("próxima noticia", "next news"), self.at(at)));
        eta.into_iter().chain(next).collect::<Vec<_>>().join("; ")
    }

    /// What was learned.
    pub fn learned(&self, what: &str, value: Option<&str>) -> String {
        let what_said = match what {
            "institution" => self.pick("Institución", "Institution"),
            "service" => self.pick("Servicio", "Service"),
            "impact" => self.pick("Impacto", "Impact"),
            "call_back" => {
                return self
                    .pick("Dejó un número para devolverle la llamada", "A call-back number was given")
                    .to_owned();
            }
            "text_messages" if value == Some("true") => {
                return self.pick("Quiere recibir mensajes de texto", "Text messages are wanted").to_owned();
            }
            "text_messages" => {
                return self.pick("No quiere recibir mensajes de texto", "No text messages are wanted").to_owned();
            }
            other => other,
        };
        let value = match (what, value) {
            ("service", Some(id)) => self.service(id),
            ("impact", Some(word)) => self.impact(word).to_owned(),
            (_, value) => value.unwrap_or_default().to_owned(),
        };
        format!("{what_said}: {value}")
    }

    /// What a recording holds.
    pub fn holds<'t>(&self, holds: &'t str) -> &'t str {
        match holds {
            "description" => pick(self.times.l, "descripción de la falla", "description of the fault"),
            "institution" => pick(self.times.l, "nombre de la institución", "name of the institution"),
            "addition" => pick(self.times.l, "información añadida", "addition"),
            "conversation" => pick(self.times.l, "conversación", "conversation"),
            other => other,
        }
    }

    /// A way to reach somebody.
    pub fn channel<'t>(&self, channel: &'t str) -> &'t str {
        match channel {
            "sms" => pick(self.times.l, "mensaje de texto", "text message"),
            "voice" => pick(self.times.l, "llamada", "call"),
            "email" => pick(self.times.l, "correo", "e-mail"),
            "webhook" => pick(self.times.l, "mensajería", "chat"),
            other => other,
        }
    }

    /// What came of a call.
    pub fn how<'t>(&self, how: &'t str) -> &'t str {
        match how {
            "answered" => pick(self.times.l, "contestó", "answered"),
            "machine" => pick(self.times.l, "salió un buzón", "a machine answered"),
            "busy" => pick(self.times.l, "ocupado", "busy"),
            "no-answer" => pick(self.times.l, "no contestó", "no answer"),
            "failed" => pick(self.times.l, "no se pudo llamar", "could not be called"),
            "canceled" => pick(self.times.l, "se dejó de llamar", "no longer called"),
            "completed" | "talked" => pick(self.times.l, "hablaron", "they talked"),
            other => other,
        }
    }

    /// How somebody proved to be there, or reached the reporter.
    pub fn method<'t>(&self, method: &'t str) -> &'t str {
        match method {
            "sms" => pick(self.times.l, "por mensaje de texto", "by text message"),
            "voice" => pick(self.times.l, "por teléfono, con una tecla", "by telephone, with a key"),
            "link" => pick(self.times.l, "por su enlace", "by their link"),
            "api" => pick(self.times.l, "por un programa", "through a program"),
            "operator" => pick(self.times.l, "desde la línea de comandos", "at the command line"),
            "console" => pick(self.times.l, "en la consola", "at the console"),
            "manual" => pick(self.times.l, "anotada a mano", "noted by hand"),
            "call" => pick(self.times.l, "la línea les comunicó", "the line joined them"),
            "ticket_store" => pick(self.times.l, "en el sistema de tickets", "in the ticket store"),
            "phone" => pick(self.times.l, "por teléfono", "by telephone"),
            "email" => pick(self.times.l, "por correo", "by e-mail"),
            "chat" => pick(self.times.l, "por mensajería", "by chat"),
            "visit" => pick(self.times.l, "en persona", "in person"),
            other => other,
        }
    }

    /// What a message says.
    pub fn template<'t>(&self, template: &'t str) -> &'t str {
        match template {
            "caller_confirm" => pick(self.times.l, "su caso quedó registrado", "the case is registered"),
            "caller_ack" => pick(self.times.l, "una persona lo tomó", "a person took it"),
            "caller_eta" => pick(self.times.l, "hora de solución o de noticias", "time of the solution or of news"),
            "caller_eta_revised" => pick(self.times.l, "hora nueva de solución", "new time of the solution"),
            "caller_missed" => pick(self.times.l, "le llamamos sin respuesta", "we called without an answer"),
            "caller_resolved" => pick(self.times.l, "quedó resuelto", "it is resolved"),
            "caller_outage" => pick(self.times.l, "se le avisará de la avería", "news of the outage will come"),
            other => other,
        }
    }
}
