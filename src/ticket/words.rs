//! A case in the words of a ticket: subject, first text, and a comment for each later event that matters to whoever works
//! there. In the institution's language; instants are local.

use std::fmt::Write as _;

use chrono_tz::Tz;

use crate::clock::Instant;
use crate::incident::{CaseNumber, Change, Entry, Incident};
use crate::language::Language;
use crate::sla::Severity;

/// The longest subject, in characters: every store takes so much.
const SUBJECT: usize = 200;

/// What a ticket's words are made with.
pub struct Words<'a> {
    /// The language they are in.
    pub language: Language,
    /// The zone people live in.
    pub zone: Tz,
    /// The affected service's name, where it is known.
    pub service: Option<&'a str>,
    /// The name of a person of the roster; their id where there is none.
    pub name: &'a dyn Fn(&str) -> String,
}

/// Where a recording is heard that is not handed over.
#[derive(Clone, Copy)]
pub struct Heard<'a> {
    /// The day its link lapses, in the ticket's language: "el sábado catorce de marzo".
    pub day: &'a str,
    /// The instant.
    pub until: Instant,
    /// The link.
    pub url: &'a str,
}

impl Words<'_> {
    fn pick<'t>(&self, es: &'t str, en: &'t str) -> &'t str {
        match self.language {
            Language::Es => es,
            Language::En => en,
        }
    }

    fn local(&self, at: Instant) -> String {
        at.with_timezone(&self.zone).format("%d/%m/%Y %H:%M").to_string()
    }

    /// One line, with the case number in brackets.
    #[must_use]
    pub fn subject(&self, incident: &Incident) -> String {
        let institution = incident.institution_name.as_deref();
        let institution =
            institution.unwrap_or_else(|| self.pick("institución por confirmar", "institution not known yet"));
        let service = self.service.unwrap_or_else(|| self.pick("servicio por confirmar", "service not known yet"));
        format!("[{}] {institution}: {service}", incident.number).chars().take(SUBJECT).collect()
    }

    /// The case as it stands.
    #[must_use]
    pub fn body(&self, incident: &Incident) -> String {
        let mut body = String::new();
        // Writing to a text does not fail.
        let mut line = |es: &str, en: &str, value: &str| {
            let _ = writeln!(body, "{} {value}", self.pick(es, en));
        };
        line("Caso", "Case", incident.number.as_str());
        line("Gravedad:", "Severity:", self.severity(incident.severity));
        line("Recibido:", "Received:", &self.local(incident.started_at));
        line("Plazo de la primera respuesta:", "First response due:", &self.local(incident.due_at));
        if let Some(impact) = &incident.impact {
            line("Impacto:", "Impact:", self.impact(impact));
        }
        if let Some(at) = incident.acknowledged_at {
            line("Asumido:", "Taken:", &self.local(at));
        }
        if let Some(at) = incident.responded_at {
            line("Primera respuesta:", "First response:", &self.local(at));
        }
        if let Some(number) = &incident.merged_into {
            line("Continúa en el caso", "Continues in case", number.as_str());
        }
        body
    }

    fn severity(&self, severity: Severity) -> &str {
        match severity {
            Severity::Critical => self.pick("crítica", "critical"),
            Severity::Major => self.pick("mayor", "major"),
            Severity::General => self.pick("general", "general"),
        }
    }

    fn impact<'t>(&'t self, impact: &'t str) -> &'t str {
        match impact {
            "down" => self.pick("fuera de servicio", "down"),
            "degraded" => self.pick("degradado", "degraded"),
            "attack" => self.pick("posible ataque", "suspected attack"),
            other => other,
        }
    }

    /// What is said of `entry`; `None` where it is no news for a ticket: pages and their ways, reminders, and what the fields hold.
    #[must_use]
    pub fn said(&self, entry: &Entry) -> Option<String> {
        let name = |person: &str| (self.name)(person);
        let said = match &entry.change {
            Change::Joined { case, .. } => self.joined(case.as_ref()),
            Change::Muted { until, reason } => format!(
                "{} {} ({reason}).",
                self.pick("Servicio en mantenimiento hasta el", "Service under maintenance until"),
                self.local(*until)
            ),
            Change::Escalated { person } => {
                format!("{} {}.", self.pick("Escalado por", "Passed on by"), name(person))
            }
            Change::NobodyOnDuty => self.pick("No hay nadie de guardia.", "Nobody is on duty.").to_owned(),
            Change::Acknowledged { person, .. } => {
                format!("{} {}.", self.pick("Asumido por", "Taken by"), name(person))
            }
            Change::Unanswered { person } => format!(
                "{} {}",
                name(person),
                self.pick(
                    "no contestó el recordatorio: se avisa a otras personas.",
                    "did not answer the reminder: others are paged."
                )
            ),
            Change::Bridged { person, seconds } => self.talked(&name(person), *seconds),
            Change::Responded { note, met, .. } => self.responded(note.as_deref(), *met),
            Change::Reclassified { to, due_at, reason, .. } => {
                let what = self.pick("Gravedad:", "Severity:");
                let said = format!("{what} {}. {}", self.severity(*to), self.due(*due_at));
                self.because(said, reason.as_deref())
            }
            Change::Recounted { due_at, .. } => self.due(*due_at),
            Change::Breached { .. } => {
                self.pick("Venció el plazo de la primera respuesta.", "The first response is overdue.").to_owned()
            }
            Change::Estimated { eta, next_update, reason } => self.estimated(*eta, *next_update, reason.as_deref()),
            Change::Resolved { note } => Self::noted(self.pick("Resuelto", "Resolved"), note.as_deref()),
            Change::Closed => self.pick("Cerrado.", "Closed.").to_owned(),
            Change::Cancelled { reason, into: Some(into) } => {
                let what = format!("{} {into}", self.pick("Se une al caso", "One with case"));
                Self::noted(&what, Some(reason))
            }
            Change::Cancelled { reason, into: None } => Self::noted(self.pick("Anulado", "Called off"), Some(reason)),
            Change::Reopened { due_at, reason, .. } => {
                let said = format!("{} {}", self.pick("Reabierto.", "Reopened."), self.due(*due_at));
                self.because(said, reason.as_deref())
            }
            _ => return None,
        };
        Some(format!("{} · {said}", self.local(entry.at)))
    }

    /// That there is a recording, what it holds, and where it is heard: on a line of its own, so that every store makes a link
    /// of it.
    #[must_use]
    pub fn recorded(&self, holds: &str, seconds: u32, heard: &Heard<'_>) -> String {
        let holds = match holds {
            "description" => self.pick("descripción", "description"),
            "addition" => self.pick("información añadida", "addition"),
            "conversation" => self.pick("conversación", "conversation"),
            other => other,
        };
        let Heard { day, until, url } = heard;
        let (what, until) = (self.pick("Grabación", "Recording"), self.local(*until));
        let can = self.pick("Se puede escuchar hasta", "It can be heard until");
        format!("{what} ({holds}, {seconds} s). {can} {day} ({until}) {}\n{url}", self.pick("en:", "at:"))
    }

    fn joined(&self, case: Option<&CaseNumber>) -> String {
        let what = self.pick("Otra llamada trata de lo mismo", "Another call is about this too");
        match (case, self.language) {
            (Some(case), Language::Es) => format!("{what}; su caso, el {case}, se une a este."),
            (Some(case), Language::En) => format!("{what}; its case, {case}, is one with this now."),
            (None, _) => format!("{what}."),
        }
    }

    fn due(&self, at: Instant) -> String {
        format!("{} {}.", self.pick("Plazo de la primera respuesta:", "First response due:"), self.local(at))
    }

    fn noted(what: &str, note: Option<&str>) -> String {
        match note.map(str::trim).filter(|note| !note.is_empty()) {
            Some(note) => format!("{what}: {note}"),
            None => format!("{what}."),
        }
    }

    fn because(&self, said: String, reason: Option<&str>) -> String {
        match reason.map(str::trim).filter(|reason| !reason.is_empty()) {
            Some(reason) => format!("{said} {} {}.", self.pick("Motivo:", "Reason:"), reason.trim_end_matches('.')),
            None => said,
        }
    }

    fn talked(&self, who: &str, seconds: u32) -> String {
        let (es, en) = ("habló con quien reportó", "talked with the reporter");
        format!("{who} {} ({seconds} s).", self.pick(es, en))
    }

    fn responded(&self, note: Option<&str>, met: bool) -> String {
        let what = if met {
            self.pick("Primera respuesta, a tiempo", "First response, in time")
        } else {
            self.pick("Primera respuesta, fuera de plazo", "First response, late")
        };
        Self::noted(what, note)
    }

    fn estimated(&self, eta: Option<Instant>, next: Option<Instant>, reason: Option<&str>) -> String {
        let mut parts = Vec::new();
        if let Some(at) = eta {
            parts.push(format!("{} {}", self.pick("Solución estimada:", "Estimated solution:"), self.local(at)));
        }
        if let Some(at) = next {
            parts.push(format!("{} {}", self.pick("Próxima actualización:", "Next update:"), self.local(at)));
        }
        if let Some(reason) = reason.map(str::trim).filter(|reason| !reason.is_empty()) {
            parts.push(format!("{} {}", self.pick("Motivo:", "Reason:"), reason.trim_end_matches('.')));
        }
        format!("{}.", parts.join(". "))
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
