//! What the people on duty and their supervisors are told.

use chrono::TimeDelta;

use super::{Writer, choose, say, tel};
use crate::clock::Instant;
use crate::incident::CaseNumber;
use crate::language::Language::{self, En, Es};
use crate::paging::Code;
use crate::paging::fit::Part::{self, Fixed, Free};
use crate::paging::fit::fit;
use crate::phone::Phone;
use crate::sla::Severity;

/// The case a message to staff is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its number.
    pub case: &'a CaseNumber,
    /// How bad it is.
    pub severity: Severity,
    /// Who reports, once known; empty otherwise.
    pub institution: &'a str,
    /// The affected service in short, once known; empty otherwise.
    pub service: &'a str,
    /// When the line answered.
    pub received_at: Instant,
    /// When the first response is due.
    pub due_at: Instant,
}

fn word(language: Language, severity: Severity) -> &'static str {
    match (severity, language) {
        (Severity::Critical, Es) => "CRITICO",
        (Severity::Critical, En) => "CRITICAL",
        (Severity::Major, Es) => "MAYOR",
        (Severity::Major, En) => "MAJOR",
        (Severity::General, Es) => "CONSULTA",
        (Severity::General, En) => "ENQUIRY",
    }
}

/// What is left of a clock: minutes below two hours, whole hours above.
pub(super) fn left(span: TimeDelta) -> String {
    match span.num_minutes().clamp(0, 999 * 60) {
        minutes @ 0..120 => format!("{minutes} min"),
        minutes => format!("{} h", minutes / 60),
    }
}

/// `Resp 4821A=acepto 4821E=escalar`
fn answers(language: Language, code: &Code) -> String {
    let code = code.as_str();
    match language {
        Es => format!("Resp {code}A=acepto {code}E=escalar"),
        En => format!("Reply {code}A=accept {code}E=escalate"),
    }
}

impl Writer {
    /// The first page of a case to a person: how to accept, how to pass on, whom to call.
    #[must_use]
    pub fn page(&self, l: Language, about: &Subject<'_>, code: &Code, call_back: Option<&Phone>) -> String {
        let (received, due) = (self.time(l, about.received_at), self.time(l, about.due_at));
        let head = format!("{} {} {}", self.sender, word(l, about.severity), about.case);
        let answers = answers(l, code);
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: about.institution },
            Free { lead: " ", text: about.service },
            say(l, ". Recib ", ". Recd "),
            Fixed(&received),
            say(l, ". Vence ", ". Due "),
            Fixed(&due),
            Fixed(". "),
            Fixed(&answers),
            Fixed(&tel(choose(l, ". Tel ", ". Call "), call_back)),
        ])
    }

    /// Another page to the same person; `notice` counts from 2.
    #[must_use]
    pub fn page_repeat(&self, l: Language, about: &Subject<'_>, code: &Code, notice: u32) -> String {
        let head = match l {
            Es => format!("{} AVISO {notice} {} {}", self.sender, word(l, about.severity), about.case),
            En => format!("{} NOTICE {notice} {} {}", self.sender, word(l, about.severity), about.case),
        };
        self.still_open(l, &head, about, say(l, " sigue sin aceptar. Vence ", " is still not accepted. Due "), code)
    }

    /// The first page to a person after others did not accept; `level` counts from 2.
    #[must_use]
    pub fn page_escal(&self, l: Language, about: &Subject<'_>, code: &Code, level: u32) -> String {
        let head = match l {
            Es => format!("{} ESCALADO N{level} {} {}", self.sender, word(l, about.severity), about.case),
            En => format!("{} ESCALATED L{level} {} {}", self.sender, word(l, about.severity), about.case),
        };
        self.still_open(l, &head, about, say(l, ". Nadie acepto antes. Vence ", ". Nobody accepted yet. Due "), code)
    }

    fn still_open(&self, l: Language, head: &str, about: &Subject<'_>, how: Part<'_>, code: &Code) -> String {
        let (due, answers) = (self.time(l, about.due_at), answers(l, code));
        fit(&[
            Fixed(head),
            Free { lead: " ", text: about.institution },
            Free { lead: " ", text: about.service },
            how,
            Fixed(&due),
            Fixed(". "),
            Fixed(&answers),
        ])
    }

    /// To whoever holds the case: was the reporter reached? With the answers for yes, not yet, and somebody else.
    #[must_use]
    pub fn page_remind(&self, l: Language, about: &Subject<'_>, code: &Code, now: Instant) -> String {
        let head = match l {
            Es => format!("{} RECORDATORIO {}", self.sender, about.case),
            En => format!("{} REMINDER {}", self.sender, about.case),
        };
        let (due, code) = (self.time(l, about.due_at), code.as_str());
        let answers = match l {
            Es => format!("Resp {code}R=respondi {code}A=sigo {code}E=escalar"),
            En => format!("Reply {code}R=answered {code}A=on it {code}E=escalate"),
        };
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: about.institution },
            Free { lead: " ", text: about.service },
            say(l, ": falta su primera respuesta. ", ": waits for your first response. "),
            if now > about.due_at { say(l, "Vencio ", "Was due ") } else { say(l, "Vence ", "Due ") },
            Fixed(&due),
            Fixed(". "),
            Fixed(&answers),
        ])
    }

    /// To others: `holder` took the case and does not answer a reminder.
    #[must_use]
    pub fn page_unanswered(&self, l: Language, about: &Subject<'_>, code: &Code, holder: &str) -> String {
        let head = match l {
            Es => format!("{} SIN RESPUESTA {} {}", self.sender, word(l, about.severity), about.case),
            En => format!("{} NO ANSWER {} {}", self.sender, word(l, about.severity), about.case),
        };
        let (due, answers) = (self.time(l, about.due_at), answers(l, code));
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: about.institution },
            Free { lead: " ", text: about.service },
            say(l, ". Aceptado", ". Accepted"),
            Free { lead: choose(l, " por ", " by "), text: holder },
            say(l, ", sin confirmar. Plazo ", ", not confirmed. Due "),
            Fixed(&due),
            Fixed(". "),
            Fixed(&answers),
        ])
    }

    /// To a supervisor: `holder` took the case and does not answer a reminder.
    #[must_use]
    pub fn unanswered(&self, l: Language, about: &Subject<'_>, holder: &str) -> String {
        let head = match l {
            Es => format!("{} SIN CONFIRMAR {}", self.sender, about.case),
            En => format!("{} NOT CONFIRMED {}", self.sender, about.case),
        };
        let due = self.time(l, about.due_at);
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: about.institution },
            say(
                l,
                ": no contesta el recordatorio quien lo acepto",
                ": no answer to the reminder from whoever accepted it",
            ),
            Free { lead: choose(l, ", ", ", "), text: holder },
            say(l, ". Plazo ", ". Due "),
            Fixed(&due),
            say(l, ". Avisamos a otra persona.", ". Others are paged."),
        ])
    }

    /// The acceptance counts; what to do now, and, where the page's `code` is known, how to report the first response.
    #[must_use]
    pub fn ack_ok(&self, l: Language, about: &Subject<'_>, call_back: Option<&Phone>, code: Option<&Code>) -> String {
        let head = format!("{} {}", self.sender, about.case);
        let due = self.time(l, about.due_at);
        let lead = choose(l, ". Al responder envie ", ". Once answered send ");
        let answer = code.map_or_else(|| ".".to_owned(), |code| format!("{lead}{}R", code.as_str()));
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: about.institution },
            Free { lead: " ", text: about.service },
            say(l, ": usted lo acepto", ": you accepted it"),
            say(l, ". Llame a quien reporto", ". Call the reporter"),
            Fixed(&tel(": ", call_back)),
            say(l, " antes del ", " before "),
            Fixed(&due),
            Fixed(&answer),
        ])
    }

    /// The first response is written down: when, and whether the promise was kept.
    #[must_use]
    pub fn response_ok(&self, l: Language, case: &CaseNumber, at: Instant, due: Instant) -> String {
        self.response(l, case, say(l, "primera respuesta registrada el ", "first response recorded "), at, due)
    }

    /// The first response was written down before.
    #[must_use]
    pub fn response_already(&self, l: Language, case: &CaseNumber, at: Instant, due: Instant) -> String {
        let how = say(l, "la primera respuesta ya estaba registrada, el ", "the first response was already recorded ");
        self.response(l, case, how, at, due)
    }

    fn response(&self, l: Language, case: &CaseNumber, how: Part<'_>, at: Instant, due: Instant) -> String {
        let head = format!("{} {case}: ", self.sender);
        let (told, limit) = (self.time(l, at), self.time(l, due));
        fit(&[
            Fixed(&head),
            how,
            Fixed(&told),
            if at <= due {
                say(l, ", a tiempo (plazo ", ", in time (due ")
            } else {
                say(l, ", tarde (plazo ", ", late (due ")
            },
            Fixed(&limit),
            Fixed(")."),
        ])
    }

    /// Somebody else was first.
    #[must_use]
    pub fn ack_other(&self, l: Language, case: &CaseNumber, who: &str, at: Instant) -> String {
        let head = format!("{} {case}: ", self.sender);
        let at = self.time(l, at);
        fit(&[
            Fixed(&head),
            say(l, "ya lo acepto", "already accepted"),
            Free { lead: choose(l, " ", " by "), text: who },
            say(l, " el ", " "),
            Fixed(&at),
            say(l, ". No requiere accion.", ". No action needed."),
        ])
    }

    /// The answer could not be acted on.
    #[must_use]
    pub fn ack_bad(&self, l: Language, help: Option<&Phone>) -> String {
        let head = format!("{}: ", self.sender);
        fit(&[
            Fixed(&head),
            say(
                l,
                "codigo no valido o vencido. Responda con el codigo del aviso, ej. 4821A",
                "code not valid or expired. Reply with the code of the page, e.g. 4821A",
            ),
            Fixed(&tel(choose(l, ". Ayuda: ", ". Help: "), help)),
        ])
    }

    /// The page does not stand any more; `reason` in a word or two.
    #[must_use]
    pub fn cancel(&self, l: Language, case: &CaseNumber, reason: &str) -> String {
        let head = format!("{} {case}: ", self.sender);
        fit(&[
            Fixed(&head),
            say(l, "aviso cancelado (", "page cancelled ("),
            Free { lead: "", text: reason },
            say(l, "). No requiere accion.", "). No action needed."),
        ])
    }

    /// The clock runs out; `accepted_by` is empty when nobody accepted.
    #[must_use]
    pub fn warn(&self, l: Language, about: &Subject<'_>, span: TimeDelta, accepted_by: &str) -> String {
        let head = match l {
            Es => format!("{} ALERTA {}", self.sender, about.case),
            En => format!("{} ALERT {}", self.sender, about.case),
        };
        let (left, due) = (left(span), self.time(l, about.due_at));
        let nobody =
            if accepted_by.trim().is_empty() { choose(l, ". Nadie lo acepto.", ". Nobody accepted it.") } else { "." };
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: about.institution },
            say(l, ": faltan ", ": "),
            Fixed(&left),
            say(l, " para que venza la respuesta (", " left to respond (due "),
            Fixed(&due),
            Fixed(")"),
            Free { lead: choose(l, ". Lo acepto ", ". Accepted by "), text: accepted_by },
            Fixed(nobody),
        ])
    }

    /// The promise is broken.
    #[must_use]
    pub fn breach(&self, l: Language, about: &Subject<'_>) -> String {
        let head = match l {
            Es => format!("{} VENCIDO {}", self.sender, about.case),
            En => format!("{} BREACHED {}", self.sender, about.case),
        };
        let (received, due) = (self.time(l, about.received_at), self.time(l, about.due_at));
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: about.institution },
            Free { lead: " ", text: about.service },
            say(l, ": sin respuesta inicial desde ", ": no first response since "),
            Fixed(&received),
            say(l, ". Vencio ", ". Was due "),
            Fixed(&due),
            say(l, ". Escalado a supervision.", ". Escalated to supervisors."),
        ])
    }

    /// The reporter of an answered case must be told an estimate, or when the next news comes, before `lapses`; or that was
    /// missed.
    #[must_use]
    pub fn estimate_due(&self, l: Language, case: &CaseNumber, lapses: Instant, now: Instant) -> String {
        let head = format!("{} {case}: ", self.sender);
        let at = self.time(l, lapses);
        fit(&[
            Fixed(&head),
            say(
                l,
                "diga a quien reporto el plazo de solucion o la proxima noticia",
                "tell the reporter an estimate or the next update",
            ),
            if now < lapses { say(l, " antes del ", " before ") } else { say(l, ". Se esperaba el ", ". It was due ") },
            Fixed(&at),
            Fixed("."),
        ])
    }

    /// To a supervisor: a schedule had nobody on duty when it was needed; the next step was taken at once.
    #[must_use]
    pub fn duty_gap(&self, l: Language, case: &CaseNumber) -> String {
        let head = format!("{} {case}: ", self.sender);
        fit(&[
            Fixed(&head),
            say(
                l,
                "un turno de guardia estaba sin nadie; se aviso al siguiente paso. Revise el turno.",
                "a duty schedule had nobody; the next step was paged. Mend the schedule.",
            ),
        ])
    }

    /// To a supervisor: the service is under maintenance, and nobody is paged for this case `until` then.
    #[must_use]
    pub fn muted(&self, l: Language, about: &Subject<'_>, until: Instant) -> String {
        let head = match l {
            Es => format!("{} EN MANTENIMIENTO {}", self.sender, about.case),
            En => format!("{} UNDER MAINTENANCE {}", self.sender, about.case),
        };
        let (until, due) = (self.time(l, until), self.time(l, about.due_at));
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: about.institution },
            Free { lead: " ", text: about.service },
            say(l, ": no se avisa a la guardia hasta el ", ": nobody on duty is paged before "),
            Fixed(&until),
            say(l, ". El plazo corre: vence ", ". The clock runs: due "),
            Fixed(&due),
        ])
    }

    /// To a supervisor: there is nobody on duty who could be told.
    #[must_use]
    pub fn nobody_on_duty(&self, l: Language, about: &Subject<'_>, call_back: Option<&Phone>) -> String {
        let head = match l {
            Es => format!("{} SIN GUARDIA {} {}", self.sender, word(l, about.severity), about.case),
            En => format!("{} NOBODY ON DUTY {} {}", self.sender, word(l, about.severity), about.case),
        };
        let due = self.time(l, about.due_at);
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: about.institution },
            Free { lead: " ", text: about.service },
            say(l, ": no hay a quien avisar. Vence ", ": nobody could be paged. Due "),
            Fixed(&due),
            say(l, ". Atienda o asigne el caso", ". Take or assign the case"),
            Fixed(&tel(choose(l, ". Tel ", ". Call "), call_back)),
        ])
    }

    /// To a supervisor: the ticket store does not answer, and so many cases wait for it. Nobody has to do anything about the
    /// cases: they come in when it is back.
    #[must_use]
    pub fn ticket_store_away(&self, l: Language, waiting: u64, since: Instant) -> String {
        let (since, waiting) = (self.time(l, since), waiting.to_string());
        fit(&[
            Fixed(&self.sender),
            say(
                l,
                " SISTEMA DE TICKETS no responde. Casos en espera: ",
                " TICKET STORE does not answer. Cases waiting: ",
            ),
            Fixed(&waiting),
            say(l, ", el primero desde el ", ", the first since "),
            Fixed(&since),
            say(l, ". Llamadas y avisos siguen con normalidad.", ". Calls and paging go on as usual."),
        ])
    }

    /// To a supervisor: the ticket store refused something of a case, and somebody must mend it. The next ones that it refuses
    /// are not told for a while.
    #[must_use]
    pub fn ticket_store_refused(&self, l: Language, case: Option<&CaseNumber>) -> String {
        let which = case.map(|case| format!("{} {case}", choose(l, " el caso", " case")));
        fit(&[
            Fixed(&self.sender),
            say(l, " SISTEMA DE TICKETS rechaza", " TICKET STORE refuses"),
            Fixed(which.as_deref().unwrap_or(choose(l, " un caso", " a case"))),
            say(l, "; puede haber mas. Vea la razon: ", "; there may be more. See why: "),
            Fixed("guardia ticketing dead"),
        ])
    }

    /// To a supervisor: something could not be sent, and nobody tries any more. `what` names it without numbers, e.g.
    /// `el SMS a Ana`.
    #[must_use]
    pub fn dead_letter(&self, l: Language, case: Option<&CaseNumber>, what: &str, tries: u32) -> String {
        let head = match l {
            Es => format!("{} FALLA DE ENVIO", self.sender),
            En => format!("{} NOT SENT", self.sender),
        };
        let tries = tries.to_string();
        fit(&[
            Fixed(&head),
            Free { lead: " ", text: case.map_or("", CaseNumber::as_str) },
            say(l, ": no se pudo entregar ", ": could not deliver "),
            Free { lead: "", text: what },
            say(l, " tras ", " after "),
            Fixed(&tries),
            say(l, " intentos. Avise por otra via.", " tries. Use another way."),
        ])
    }
}
