//! What people are told about the pager itself: that a contact is to be verified, and how a test went.

use super::{Writer, choose, say};
use crate::incident::CaseNumber;
use crate::language::Language::{self, En, Es};
use crate::oncall::Channel;
use crate::paging::Code;
use crate::paging::fit::Part::{Fixed, Free};
use crate::paging::fit::fit;

impl Writer {
    /// To a contact that is to be verified: the code, and where it is given back.
    #[must_use]
    pub fn verify(&self, l: Language, channel: Channel, code: &Code) -> String {
        let head = format!("{}: ", self.sender);
        let code = format!("{}V", code.as_str());
        fit(&[
            Fixed(&head),
            match channel {
                Channel::Sms => say(l, "para verificar este contacto responda ", "to verify this contact reply "),
                Channel::Voice | Channel::Email | Channel::Webhook => {
                    say(l, "su codigo para verificar este contacto es ", "your code to verify this contact is ")
                }
            },
            Fixed(&code),
            match channel {
                Channel::Sms => say(l, " o de", " or give"),
                Channel::Voice | Channel::Email | Channel::Webhook => say(l, ". De", ". Give"),
            },
            say(
                l,
                " el codigo a quien administra la guardia. Vale 15 min.",
                " the code to whoever runs the roster. It is good for 15 min.",
            ),
        ])
    }

    /// The contact is verified.
    #[must_use]
    pub fn verified(&self, l: Language) -> String {
        let head = format!("{}: ", self.sender);
        fit(&[
            Fixed(&head),
            say(
                l,
                "contacto verificado. Los avisos de guardia le llegan aqui. Gracias.",
                "contact verified. Pages reach you here. Thank you.",
            ),
        ])
    }

    /// A test of the pager was answered: nothing else is asked for.
    #[must_use]
    pub fn canary_ok(&self, l: Language, case: &CaseNumber) -> String {
        let head = format!("{} {case}: ", self.sender);
        fit(&[
            Fixed(&head),
            say(
                l,
                "era una prueba de los avisos y llego bien. No requiere accion.",
                "this was a test of the pager, and it arrived. No action needed.",
            ),
        ])
    }

    /// To a supervisor: a test of the pager was not answered by `who`.
    #[must_use]
    pub fn canary_missed(&self, l: Language, case: &CaseNumber, who: &str) -> String {
        let head = match l {
            Es => format!("{} PRUEBA FALLIDA {case}", self.sender),
            En => format!("{} TEST FAILED {case}", self.sender),
        };
        fit(&[
            Fixed(&head),
            say(l, ": el aviso de prueba no fue contestado", ": the test page was not answered"),
            Free { lead: choose(l, " por ", " by "), text: who },
            say(
                l,
                ". Los avisos pueden no estar llegando: revise con 'guardia doctor'.",
                ". Pages may not be arriving: look with 'guardia doctor'.",
            ),
        ])
    }
}
