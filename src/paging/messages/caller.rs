//! What the reporter of a case is told.

use super::{Writer, choose, say};
use crate::clock::Instant;
use crate::incident::CaseNumber;
use crate::language::Language::{self, En, Es};
use crate::paging::fit::Part::{Fixed, Free};
use crate::paging::fit::fit;
use crate::phone::Phone;

impl Writer {
    /// To the reporter: a person took the case.
    #[must_use]
    pub fn caller_ack(&self, l: Language, case: &CaseNumber, at: Instant, due: Instant) -> String {
        let head = self.case(l, case);
        let (at, due) = (self.time(l, at), self.time(l, due));
        fit(&[
            Fixed(&head),
            say(l, ": el personal de guardia lo asumio el ", ": the person on duty took it "),
            Fixed(&at),
            say(l, " y le contactara antes del ", " and will contact you before "),
            Fixed(&due),
            Fixed("."),
        ])
    }

    /// To the reporter: the estimate of the solution, and when the next news is due.
    #[must_use]
    pub fn caller_eta(
        &self,
        l: Language,
        case: &CaseNumber,
        eta: Option<Instant>,
        next_update: Option<Instant>,
    ) -> String {
        let head = self.case(l, case);
        let time =
            |lead: &str, at: Option<Instant>| at.map_or_else(String::new, |at| format!("{lead}{}", self.time(l, at)));
        fit(&[
            Fixed(&head),
            say(l, ": lo estamos atendiendo", ": we are working on it"),
            Fixed(&time(choose(l, ". Plazo estimado de solucion: ", ". Estimated solution: "), eta)),
            Fixed(&time(choose(l, ". Proxima actualizacion: ", ". Next update: "), next_update)),
            Fixed("."),
        ])
    }

    /// To the reporter: the estimate changed.
    #[must_use]
    pub fn caller_eta_revised(
        &self,
        l: Language,
        case: &CaseNumber,
        eta: Instant,
        before: Instant,
        why: &str,
    ) -> String {
        let head = self.case(l, case);
        let (eta, before) = (self.time(l, eta), self.time(l, before));
        fit(&[
            Fixed(&head),
            say(l, ": nuevo plazo estimado ", ": new estimate "),
            Fixed(&eta),
            say(l, " (antes ", " (was "),
            Fixed(&before),
            Fixed(")"),
            Free { lead: choose(l, ". Motivo: ", ". Reason: "), text: why },
        ])
    }

    /// To the reporter: a call-back was not answered.
    #[must_use]
    pub fn caller_missed(&self, l: Language, case: &CaseNumber, at: Instant, line: &Phone) -> String {
        let head = self.case(l, case);
        let at = self.time(l, at);
        fit(&[
            Fixed(&head),
            say(l, ": le llamamos el ", ": we called you "),
            Fixed(&at),
            say(
                l,
                " sin respuesta. Volveremos a llamar. O llame al ",
                " without an answer. We will call again. Or call ",
            ),
            Fixed(line.local()),
            say(l, " y marque 2.", " and press 2."),
        ])
    }

    /// To the reporter: the fault is gone.
    #[must_use]
    pub fn caller_resolved(&self, l: Language, case: &CaseNumber, at: Instant, line: &Phone) -> String {
        let head = self.case(l, case);
        let at = self.time(l, at);
        fit(&[
            Fixed(&head),
            say(l, ": resuelto el ", ": resolved "),
            Fixed(&at),
            say(l, ". Si el problema continua llame al ", ". If the problem persists, call "),
            Fixed(line.local()),
            say(l, ", marque 2 y reabra el caso.", ", press 2 and reopen the case."),
        ])
    }

    fn case(&self, l: Language, case: &CaseNumber) -> String {
        match l {
            Es => format!("{} caso {case}", self.sender),
            En => format!("{} case {case}", self.sender),
        }
    }
}
