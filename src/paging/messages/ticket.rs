//! What supervisors are told about tickets that are no incident's.

use super::{Writer, choose, say};
use crate::clock::Instant;
use crate::language::Language::{self, En, Es};
use crate::paging::fit::Part::{Fixed, Free};
use crate::paging::fit::fit;
use crate::sla::Severity;

/// What happened to the clock of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketNews {
    /// A critical one came in, and nobody was paged for it.
    Critical,
    /// Three quarters of the promised time are used up without an answer.
    Warning,
    /// The promise is broken.
    Breach,
}

impl TicketNews {
    /// The template's name.
    #[must_use]
    pub fn template(self) -> &'static str {
        match self {
            Self::Critical => "ticket_critical",
            Self::Warning => "ticket_warn",
            Self::Breach => "ticket_breach",
        }
    }
}

impl Writer {
    /// To a supervisor: a ticket waits for its first response, which is due at `due`. `external_id` is what whoever made it
    /// calls it.
    #[must_use]
    pub fn ticket(
        &self,
        l: Language,
        news: TicketNews,
        external_id: Option<&str>,
        severity: Severity,
        subject: &str,
        due: Instant,
    ) -> String {
        let head = match l {
            Es => format!("{} TICKET {}", self.sender, word(l, severity)),
            En => format!("{} {} TICKET", self.sender, word(l, severity)),
        };
        let due = self.time(l, due);
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: external_id.unwrap_or_default() },
            Free { lead: ": ", text: subject },
            match news {
                TicketNews::Critical => say(l, ". Sin aviso a guardia; vence ", ". Nobody was paged; due "),
                TicketNews::Warning => say(l, ". Sin respuesta; vence ", ". No response; due "),
                TicketNews::Breach => say(l, ". VENCIDO sin respuesta: ", ". BREACHED, no response: "),
            },
            Fixed(&due),
            Fixed("."),
        ])
    }
}

fn word(l: Language, severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => choose(l, "CRITICO", "CRITICAL"),
        Severity::Major => choose(l, "MAYOR", "MAJOR"),
        Severity::General => choose(l, "GENERAL", "GENERAL"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paging::gsm7::{SEGMENT, septets};

    #[test]
    fn each_fits_one_segment_at_its_longest_and_names_the_ticket() {
        let writer = Writer::new("Guardia OGTIC", chrono_tz::America::Santo_Domingo);
        let due: Instant = "2026-12-31T23:59:00-04:00".parse().unwrap();
        let long = "La nómina no abre, ".repeat(11);
        for l in [Es, En] {
            for news in [TicketNews::Critical, TicketNews::Warning, TicketNews::Breach] {
                for severity in Severity::ALL {
                    let text = writer.ticket(l, news, Some(&"PORTAL-2026-".repeat(9)), severity, &long, due);
                    assert!(septets(&text).unwrap() <= SEGMENT, "{text}");
                    assert!(text.contains("31") && text.ends_with('.'), "{text}");
                }
            }
        }
        let text = writer.ticket(Es, TicketNews::Breach, Some("PORTAL-17"), Severity::Major, "No abre la nómina", due);
        assert_eq!(text, "Guardia OGTI TICKET MAYOR PORTAL-17: No abre la nomina. VENCIDO sin respuesta: 31/12 23:59.");
        let text = writer.ticket(En, TicketNews::Warning, None, Severity::General, "A question", due);
        assert_eq!(text, "Guardia OGTI GENERAL TICKET: A question. No response; due 31 Dec 23:59.");
    }
}
