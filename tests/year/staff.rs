//! Who is on duty, and what they do when they read a page or their phone rings: mostly the right thing.

use chrono::TimeDelta;
use guardia_sandbox::{Entry, What};

use crate::agenda::{Agenda, Deed};
use crate::chance::Chance;

/// Everybody of the roster, by number: their id.
pub const STAFF: [(&str, &str); 4] =
    [("+18095550101", "ana"), ("+18095550102", "luis"), ("+18095550103", "carmen"), ("+18095550104", "marta")];

/// Whether this number is a person's of the roster.
pub fn is_staff(number: &str) -> bool {
    STAFF.iter().any(|(known, _)| *known == number)
}

/// One thing happened to one person: what they will do about it is set down.
pub fn react(entry: &Entry, agenda: &mut Agenda, chance: &Chance) {
    let after = |seconds: i64| entry.at + TimeDelta::seconds(seconds);
    match (entry.what, &entry.call) {
        (What::ReceivesSms, _) if is_staff(&entry.number) => read(entry, agenda, chance),
        (What::Rings, Some(call)) => match chance.between(0, 9) {
            0..=5 => agenda.set(after(chance.between(3, 20)), Deed::Answers(call.clone())),
            6 => agenda.set(after(chance.between(2, 15)), Deed::Declines(call.clone())),
            _ => {}
        },
        (What::Answers, Some(call)) => {
            // A person of the roster chooses; the reporter who is called back keys what they are asked for, or talks.
            let first = match chance.between(0, 9) {
                0..=5 if is_staff(&entry.number) => Some("4"),
                6 if is_staff(&entry.number) => Some("7"),
                7 => Some("9"),
                8 | 9 => None,
                _ => Some("1"),
            };
            let mut at = after(chance.between(4, 25));
            for keys in first.into_iter().chain((first == Some("4") && chance.one_in(2)).then_some("1")) {
                let number = entry.number.clone();
                agenda.set(at, Deed::Presses { call: call.clone(), keys: keys.to_owned(), number });
                at += TimeDelta::seconds(chance.between(4, 20));
            }
            agenda.set(at + TimeDelta::seconds(chance.between(5, 240)), Deed::HangsUp(call.clone()));
        }
        _ => {}
    }
}

/// A text: a page with a code, or the news that the case is theirs.
fn read(entry: &Entry, agenda: &mut Agenda, chance: &Chance) {
    let from = entry.number.clone();
    let mut write = |seconds: i64, body: String| {
        agenda.set(entry.at + TimeDelta::seconds(seconds), Deed::Texts { from: from.clone(), body });
    };
    if let Some(code) = code(&entry.text, "A=") {
        match chance.between(0, 99) {
            0..=61 => write(chance.between(5, 280), format!("{code}A")),
            62..=69 => write(chance.between(5, 120), format!("{code}E")),
            70..=74 => {
                // A slip of the finger, then the right one, twice.
                write(20, "0000A".to_owned());
                write(40, format!("{code} a"));
                write(60, format!("{code}A"));
            }
            75 => {
                write(30, "STOP".to_owned());
                write(20 * 3_600, "START".to_owned());
            }
            // Asleep.
            _ => {}
        }
    } else if let Some(code) = code(&entry.text, "R")
        && chance.per_cent(60)
    {
        write(chance.between(300, 5 * 3_600), format!("{code}R"));
    }
}

/// The digits right before the first `letter` that follows digits.
fn code<'t>(text: &'t str, letter: &str) -> Option<&'t str> {
    text.match_indices(letter).find_map(|(at, _)| {
        let digits = text.get(..at)?.rsplit(|letter: char| !letter.is_ascii_digit()).next()?;
        matches!(digits.len(), 4 | 6).then_some(digits)
    })
}
