//! What people on duty are told of several cases at once: how many, which are due first, and one code for all.

use chrono::TimeDelta;

use super::staff::left;
use super::{Writer, choose, say};
use crate::clock::Instant;
use crate::incident::CaseNumber;
use crate::language::Language::{self, En, Es};
use crate::paging::Code;
use crate::paging::fit::Part::{Fixed, Free};
use crate::paging::fit::fit;
use crate::paging::gsm7::{SEGMENT, septets};

/// How many case numbers a message names.
const NAMED: usize = 3;

/// The first case numbers, and whether there are more.
fn named(l: Language, cases: &[&CaseNumber]) -> String {
    let first: Vec<&str> = cases.iter().take(NAMED).map(|case| case.as_str()).collect();
    let more = if cases.len() > NAMED { choose(l, " y mas.", " and more.") } else { "." };
    format!("{}{more}", first.join(" "))
}

/// "1 caso", "2 casos": of a bundle, one may be left.
fn counted(l: Language, cases: &[&CaseNumber]) -> String {
    match cases.len() {
        1 => choose(l, "1 caso", "1 case").to_owned(),
        count => format!("{count} {}", choose(l, "casos", "cases")),
    }
}

/// As many of the case numbers as `room` letters take, and whether there are more.
fn listed(l: Language, cases: &[&CaseNumber], room: usize) -> String {
    let more = choose(l, " y mas.", " and more.");
    let mut list = String::new();
    for (at, case) in cases.iter().enumerate() {
        let blank = usize::from(at > 0);
        let longer = list.len().saturating_add(blank).saturating_add(case.as_str().len());
        let end = if at.saturating_add(1) == cases.len() { 1 } else { more.len() };
        if longer.saturating_add(end) > room {
            return list + more;
        }
        list.push_str(if at > 0 { " " } else { "" });
        list.push_str(case.as_str());
    }
    list + "."
}

/// What `head` leaves of a segment.
fn room_after(head: &str) -> usize {
    SEGMENT.saturating_sub(septets(head).unwrap_or(SEGMENT))
}

impl Writer {
    /// Pages that are told together: of `cases`, what is due first stands first and is due at `due`; `code` answers for all.
    #[must_use]
    pub fn page_bundle(&self, l: Language, cases: &[&CaseNumber], due: Instant, code: &Code) -> String {
        let (count, due, code) = (cases.len(), self.time(l, due), code.as_str());
        let head = match l {
            Es => format!("{} {count} CASOS esperan su respuesta: {}", self.sender, named(l, cases)),
            En => format!("{} {count} CASES wait for your answer: {}", self.sender, named(l, cases)),
        };
        let answers = match l {
            Es => format!("Resp {code}A=acepto todos {code}E=escalar"),
            En => format!("Reply {code}A=accept all {code}E=escalate"),
        };
        fit(&[Fixed(&head), say(l, " Primero vence ", " First due "), Fixed(&due), Fixed(". "), Fixed(&answers)])
    }

    /// Every one of `cases` is theirs; the first is due first. How to report a first response.
    #[must_use]
    pub fn bundle_ok(&self, l: Language, cases: &[&CaseNumber], due: Instant) -> String {
        let (count, due) = (counted(l, cases), self.time(l, due));
        let head = match l {
            Es => format!("{}: usted acepto {count}: {}", self.sender, named(l, cases)),
            En => format!("{}: you accepted {count}: {}", self.sender, named(l, cases)),
        };
        let call = if cases.len() == 1 {
            say(l, " Llame a quien reporto; vence ", " Call the reporter; due ")
        } else {
            say(l, " Llame a cada uno; primero vence ", " Call each reporter; first due ")
        };
        let answer = cases.first().map_or_else(String::new, |case| format!("R{case}"));
        fit(&[
            Fixed(&head),
            call,
            Fixed(&due),
            say(l, ". Al responder envie ", ". Once answered send "),
            Fixed(&answer),
        ])
    }

    /// Somebody else took these cases.
    #[must_use]
    pub fn bundle_other(&self, l: Language, cases: &[&CaseNumber], who: &str) -> String {
        let count = counted(l, cases);
        let (need, lead) = if cases.len() == 1 {
            (choose(l, "requiere", "needs"), choose(l, " Lo acepto ", " Accepted by "))
        } else {
            (choose(l, "requieren", "need"), choose(l, " Los acepto ", " Accepted by "))
        };
        let head = match l {
            Es => format!("{}: {count} ya no {need} su accion: {}", self.sender, named(l, cases)),
            En => format!("{}: {count} {need} no action of yours: {}", self.sender, named(l, cases)),
        };
        fit(&[Fixed(&head), Free { lead, text: who }])
    }

    /// Nothing in a bundle needs anybody any more.
    #[must_use]
    pub fn bundle_settled(&self, l: Language, cases: &[&CaseNumber]) -> String {
        self.bundle_other(l, cases, "")
    }

    /// The code is that of several cases whose reporters wait: it does not tell which one was reached.
    #[must_use]
    pub fn response_which(&self, l: Language, cases: &[&CaseNumber]) -> String {
        let head = match l {
            Es => format!("{}: ese codigo vale para {} casos: ", self.sender, cases.len()),
            En => format!("{}: that code is for {} cases: ", self.sender, cases.len()),
        };
        let answer = cases.first().map_or_else(String::new, |case| format!("R{case}"));
        let ask = choose(
            l,
            " Envie R y el numero del caso respondido, p. ej. ",
            " Send R and the number of the case answered, e.g. ",
        );
        let list = listed(l, cases, room_after(&format!("{head}{ask}{answer}")));
        fit(&[Fixed(&head), Fixed(&list), Fixed(ask), Fixed(&answer)])
    }

    /// The clocks of several cases run out; the first is due at `due`, in `span`.
    #[must_use]
    pub fn warn_bundle(&self, l: Language, cases: &[&CaseNumber], due: Instant, span: TimeDelta) -> String {
        let (count, due, left) = (cases.len(), self.time(l, due), left(span));
        let head = match l {
            Es => {
                format!("{} ALERTA {count} CASOS sin respuesta: faltan {left} para el primero ({due}): ", self.sender)
            }
            En => format!("{} ALERT {count} CASES without response: {left} left for the first ({due}): ", self.sender),
        };
        let list = listed(l, cases, room_after(&head));
        fit(&[Fixed(&head), Fixed(&list)])
    }

    /// The promises of several cases are broken; the first was due at `due`.
    #[must_use]
    pub fn breach_bundle(&self, l: Language, cases: &[&CaseNumber], due: Instant) -> String {
        let (count, due) = (cases.len(), self.time(l, due));
        let head = match l {
            Es => format!("{} VENCIDOS {count} CASOS sin respuesta inicial. El primero vencio {due}: ", self.sender),
            En => format!("{} BREACHED {count} CASES without first response. The first was due {due}: ", self.sender),
        };
        let list = listed(l, cases, room_after(&head));
        fit(&[Fixed(&head), Fixed(&list)])
    }
}
