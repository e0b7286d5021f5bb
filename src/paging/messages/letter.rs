//! A page in writing that is no text message: there is room for whole sentences, and no need to save letters.

use super::{Writer, choose};
use crate::incident::CaseNumber;
use crate::language::Language::{self, En, Es};
use crate::paging::{Code, Subject};
use crate::phone::Phone;
use crate::sla::Severity;

/// What a letter tells beside the case.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// The case.
    pub about: &'a Subject<'a>,
    /// The template of the page, e.g. `page_repeat`.
    pub template: &'a str,
    /// When the first response is due, in words: "las seis de la tarde de hoy".
    pub due: &'a str,
    /// The page's code, and the number it is sent to; `None` for whoever has no number that texts come from.
    pub answer: Option<(&'a Code, &'a Phone)>,
}

impl Writer {
    /// The letter: its first line is the subject. Its link follows when it is sent. It names no caller: mailboxes and rooms
    /// are read by more people than a telephone.
    #[must_use]
    pub fn letter(&self, l: Language, letter: &Letter<'_>) -> String {
        let about = letter.about;
        let mut lines = vec![title(l, about.severity, about.case, letter.template)];
        for (lead, text) in [
            (choose(l, "Institución: ", "Institution: "), about.institution),
            (choose(l, "Servicio: ", "Service: "), about.service),
        ] {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if !text.is_empty() {
                lines.push(format!("{lead}{text}"));
            }
        }
        let (received, due) = (self.time(l, about.received_at), self.time(l, about.due_at));
        lines.push(match l {
            Es => format!("Recibido: {received}"),
            En => format!("Received: {received}"),
        });
        lines.push(match l {
            Es => format!("Primera respuesta: antes de {} ({due})", letter.due),
            En => format!("First response: before {} ({due})", letter.due),
        });
        if let Some((code, to)) = letter.answer {
            lines.push(answers(l, code, to, letter.template == "page_remind"));
        }
        lines.join("\n")
    }
}

fn title(l: Language, severity: Severity, case: &CaseNumber, template: &str) -> String {
    let severity = match (severity, l) {
        (Severity::Critical, Es) => "CRÍTICO",
        (Severity::Critical, En) => "CRITICAL",
        (Severity::Major, Es) => "MAYOR",
        (Severity::Major, En) => "MAJOR",
        (Severity::General, Es) => "CONSULTA",
        (Severity::General, En) => "ENQUIRY",
    };
    let news = match template {
        "page_escalated" => choose(l, "nadie lo ha aceptado", "nobody has accepted it"),
        "page_repeat" => choose(l, "sigue sin aceptar", "still not accepted"),
        "page_remind" => choose(l, "falta su primera respuesta", "your first response is missing"),
        "page_unanswered" => choose(l, "quien lo aceptó no contesta", "whoever accepted it does not answer"),
        _ => choose(l, "espera a que alguien lo acepte", "waits for somebody to accept it"),
    };
    match l {
        Es => format!("{severity}: el caso {case} {news}"),
        En => format!("{severity}: case {case} {news}"),
    }
}

fn answers(l: Language, code: &Code, to: &Phone, reminder: bool) -> String {
    let (code, to) = (code.as_str(), to.local());
    match (l, reminder) {
        (Es, false) => format!("Para aceptarlo, envíe {code}A por SMS al {to}; para pasarlo a otra persona, {code}E."),
        (En, false) => format!("To accept it, text {code}A to {to}; to pass it on, {code}E."),
        (Es, true) => {
            format!("Envíe por SMS al {to}: {code}R si ya respondió, {code}A si sigue en ello, {code}E para pasarlo.")
        }
        (En, true) => {
            format!("Text to {to}: {code}R if you have answered, {code}A if you are on it, {code}E to pass it on.")
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::Santo_Domingo;

    use super::*;
    use crate::paging::without_codes;

    #[test]
    fn a_letter_says_all_that_is_known_and_hides_its_code_once_sent() {
        let (case, code) = (CaseNumber::new(2026, 123).unwrap(), Code::parse("4821").unwrap());
        let line = Phone::parse("8095550100").unwrap();
        let at: crate::clock::Instant = "2026-03-07T22:00:00-04:00".parse().unwrap();
        let about = Subject {
            case: &case,
            severity: Severity::Critical,
            institution: "Ministerio de\nSalud",
            service: "",
            received_at: at,
            due_at: at + chrono::TimeDelta::hours(4),
        };
        let writer = Writer::new("OGTIC", Santo_Domingo);
        let letter = Letter { about: &about, template: "page", due: "las dos", answer: Some((&code, &line)) };
        assert_eq!(
            writer.letter(Es, &letter),
            "CRÍTICO: el caso 26001239 espera a que alguien lo acepte\nInstitución: Ministerio de Salud\n\
             Recibido: 07/03 22:00\nPrimera respuesta: antes de las dos (08/03 02:00)\n\
             Para aceptarlo, envíe 4821A por SMS al 8095550100; para pasarlo a otra persona, 4821E."
        );
        for l in Language::ALL {
            for template in ["page", "page_escalated", "page_repeat", "page_remind", "page_unanswered"] {
                let text = writer.letter(l, &Letter { template, ..letter });
                assert!(text.contains("4821A") && text.contains("4821E"), "{text}");
                assert!(!without_codes(&text).contains("4821"), "{text}");
                let silent = writer.letter(l, &Letter { template, answer: None, ..letter });
                assert!(!silent.contains("4821"), "{silent}");
            }
        }
    }
}
