//! What is said about how people are told and answer: a contact that is used no more, an answer that fits several cases.

use super::{Writer, say};
use crate::incident::CaseNumber;
use crate::language::Language::{self, En, Es};
use crate::oncall::Channel;
use crate::paging::Disabled;
use crate::paging::fit::Part::{Fixed, Free};
use crate::paging::fit::fit;

impl Writer {
    /// The answer names no case and several wait for this person: up to three of them, each with its institution where that
    /// is known.
    #[must_use]
    pub fn ack_which(&self, l: Language, cases: &[(&CaseNumber, &str)]) -> String {
        let head = format!("{}: ", self.sender);
        let mut parts = vec![Fixed(&head), say(l, "cual caso?", "which case?")];
        for (at, (case, institution)) in cases.iter().take(3).enumerate() {
            parts.extend([Fixed(if at == 0 { " " } else { ", " }), Fixed(case.as_str())]);
            parts.push(Free { lead: " ", text: institution });
        }
        parts.push(say(l, ". Responda ACK y el numero.", ". Reply ACK and the number."));
        fit(&parts)
    }

    /// To a supervisor: `who` is not told any more over one way, and how that is mended.
    #[must_use]
    pub fn contact_disabled(
        &self,
        l: Language,
        case: Option<&CaseNumber>,
        who: &str,
        channel: Channel,
        why: Disabled,
    ) -> String {
        let head = format!("{} ", self.sender);
        let way = match (channel, l) {
            (Channel::Sms, _) => "SMS",
            (Channel::Voice, Es) => "llamadas",
            (Channel::Voice, En) => "calls",
            (Channel::Email, Es) => "correos",
            (Channel::Email, En) => "e-mail",
            (Channel::Webhook, _) => "webhook",
        };
        let mend = match why {
            Disabled::OptedOut => say(
                l,
                ": envio STOP. Que envie START, o corrija su contacto.",
                ": they sent STOP. They can send START, or mend their contact.",
            ),
            Disabled::Invalid => say(
                l,
                ": esa direccion no existe. Corrija su contacto.",
                ": there is no such address. Mend their contact.",
            ),
        };
        fit(&[
            Fixed(&head),
            Free { lead: "", text: case.map_or("", CaseNumber::as_str) },
            Free { lead: case.map_or("", |_| ": "), text: who },
            say(l, " ya no recibe ", " gets no more "),
            Fixed(way),
            mend,
        ])
    }
}
