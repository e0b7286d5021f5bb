//! Who does what by when, in one sentence or two.

use super::case_terms::{Terms, Told};
use crate::incident::State;
use crate::language::Language;
use crate::ops::{CaseSheet, NextStep};

/// Who does what by when.
pub fn summary(t: &Terms<'_>, sheet: &CaseSheet) -> String {
    let case = &sheet.incident;
    let holder = case.acknowledged_by.as_deref().map(|holder| t.name(holder));
    let due = t.at(case.due_at);
    let told = sheet.told.map(|told| t.told(Told::new(told.eta, told.next_update)));
    let es = t.times.l == Language::Es;
    match (case.state, es) {
        (State::Received, true) => {
            format!("Nadie lo ha tomado. Alguien debe hablar con quien reportó a más tardar {due}. {}", next(t, sheet))
        }
        (State::Received, false) => {
            format!("Nobody has taken it. Somebody must reach the reporter before {due}. {}", next(t, sheet))
        }
        (State::Acknowledged, true) => {
            format!(
                "{} debe hablar con quien reportó a más tardar {due}. {}",
                holder.unwrap_or_default(),
                next(t, sheet)
            )
        }
        (State::Acknowledged, false) => {
            format!("{} must reach the reporter before {due}. {}", holder.unwrap_or_default(), next(t, sheet))
        }
        (State::Responded, true) => format!(
            "{} Falta resolverlo. {}",
            holder.map(|holder| format!("Lo tiene {holder}.")).unwrap_or_default(),
            told.map_or_else(
                || "A quien reportó todavía no se le ha dicho una hora.".to_owned(),
                |told| format!("Se dijo a quien reportó: {told}.")
            )
        ),
        (State::Responded, false) => format!(
            "{} It is not resolved yet. {}",
            holder.map(|holder| format!("{holder} has it.")).unwrap_or_default(),
            told.map_or_else(
                || "The reporter was told no time yet.".to_owned(),
                |told| format!("The reporter was told: {told}.")
            )
        ),
        (State::Resolved, true) => "Está resuelto. Cuando no quede nada por hacer, ciérrelo.".to_owned(),
        (State::Resolved, false) => "It is resolved. Close it when nothing is left to do.".to_owned(),
        (State::Closed, true) => "Está cerrado: no queda nada por hacer.".to_owned(),
        (State::Closed, false) => "It is closed: nothing is left to do.".to_owned(),
        (State::Cancelled, true) => "Está anulado: nadie tiene que hacer nada.".to_owned(),
        (State::Cancelled, false) => "It is called off: nobody has to do anything.".to_owned(),
    }
}

/// What Guardia does next by itself.
fn next(t: &Terms<'_>, sheet: &CaseSheet) -> String {
    let es = t.times.l == Language::Es;
    match (&sheet.next, es) {
        (Some(NextStep::Page { at, people }), true) => {
            format!("Si nadie lo toma, se avisa a {} {}.", t.names(people), t.at(*at))
        }
        (Some(NextStep::Page { at, people }), false) => {
            format!("Unless somebody takes it, {} is paged {}.", t.names(people), t.at(*at))
        }
        (Some(NextStep::Nobody { at }), true) => {
            format!("No hay nadie de guardia a quien avisar; se vuelve a mirar {}.", t.at(*at))
        }
        (Some(NextStep::Nobody { at }), false) => {
            format!("Nobody on duty can be paged; it is looked again {}.", t.at(*at))
        }
        (Some(NextStep::Remind { at }), true) => format!("Guardia se lo recuerda {}.", t.at(*at)),
        (Some(NextStep::Remind { at }), false) => format!("Guardia reminds them {}.", t.at(*at)),
        (None, _) => String::new(),
    }
}

/// What the button says that tells the reporter; `renews` = another time for the solution stood before.
pub fn tell_button(t: &Terms<'_>, told: Told, by_text: bool, renews: bool) -> String {
    let what = t.told(told);
    let new = match (t.times.l, renews) {
        (_, false) => "",
        (Language::Es, true) => "nueva hora, ",
        (Language::En, true) => "new time, ",
    };
    match (t.times.l, by_text) {
        (Language::Es, true) => format!("Avisar a quien reportó: {new}{what}"),
        (Language::Es, false) => format!("Anotarlo sin avisar por mensaje: {new}{what}"),
        (Language::En, true) => format!("Tell the reporter: {new}{what}"),
        (Language::En, false) => format!("Note it without a message: {new}{what}"),
    }
}

/// Who is told by text, their number masked.
pub fn tell_to(l: Language, masked: &str) -> String {
    match l {
        Language::Es => format!("Al {masked}:"),
        Language::En => format!("To {masked}:"),
    }
}

/// The page's title.
pub fn title(l: Language, number: &str) -> String {
    match l {
        Language::Es => format!("Caso {number}"),
        Language::En => format!("Case {number}"),
    }
}
