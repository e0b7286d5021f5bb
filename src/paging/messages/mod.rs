//! The text messages of a case, in Spanish and English, each within one segment at its longest.
//!
//! Spanish ones are written without accents: á í ó ú would more than halve the room ([`super::gsm7`]).

mod bundle;
mod caller;
mod duty;
mod letter;
mod staff;
#[cfg(test)]
mod tests;
mod ticket;
mod watch;
mod ways;

use chrono_tz::Tz;

use super::fit::Part;
use super::gsm7::transliterate;
use crate::clock::Instant;
use crate::language::Language::{self, En, Es};
use crate::phone::Phone;

pub use letter::Letter;
pub use staff::Subject;
pub use ticket::TicketNews;

/// The longest name a service signs with, in letters.
const LONGEST_SENDER: usize = 12;

/// Writes messages: knows who signs, and in which zone times are told.
#[derive(Clone, Debug)]
pub struct Writer {
    sender: String,
    zone: Tz,
}

impl Writer {
    /// A writer that signs with the first twelve letters of `sender` and tells times in `zone`.
    #[must_use]
    pub fn new(sender: &str, zone: Tz) -> Self {
        Self { sender: transliterate(sender).chars().take(LONGEST_SENDER).collect(), zone }
    }

    /// `31/12 23:59`; in English `31 Dec 23:59`, since a date in figures is read in two ways.
    fn time(&self, language: Language, at: Instant) -> String {
        let form = match language {
            Es => "%d/%m %H:%M",
            En => "%-d %b %H:%M",
        };
        at.with_timezone(&self.zone).format(form).to_string()
    }
}

/// A piece that stands whole, in the language of the message.
fn say<'a>(language: Language, es: &'a str, en: &'a str) -> Part<'a> {
    Part::Fixed(choose(language, es, en))
}

fn choose<'a>(language: Language, es: &'a str, en: &'a str) -> &'a str {
    match language {
        Es => es,
        En => en,
    }
}

/// A number with what stands before it; nothing when there is none.
fn tel(lead: &str, phone: Option<&Phone>) -> String {
    phone.map_or_else(String::new, |phone| format!("{lead}{}", phone.local()))
}
