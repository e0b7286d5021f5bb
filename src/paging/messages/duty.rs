//! What people are told of their own duty: that they come on, that they are, and that they are no more.

use super::{Writer, choose, say};
use crate::clock::Instant;
use crate::language::Language::{self, En, Es};
use crate::paging::fit::Part::{Fixed, Free};
use crate::paging::fit::fit;
use crate::paging::gsm7::{SEGMENT, septets, transliterate};

/// When a duty ends: in words, and as an instant, in case that there is no room for words.
type Until<'a> = Option<(&'a str, Instant)>;

impl Writer {
    /// They come on duty at `begins`, in words. `schedule` is empty where there is only one.
    #[must_use]
    pub fn duty_coming(&self, l: Language, schedule: &str, begins: &str, until: Until<'_>) -> String {
        let head = match l {
            Es => format!("{}: usted entra de guardia {}", self.sender, to_the(begins)),
            En => format!("{}: you go on duty at {begins}", self.sender),
        };
        self.duty(l, &head, schedule, until)
    }

    /// They are on duty from now on.
    #[must_use]
    pub fn duty_now(&self, l: Language, schedule: &str, until: Until<'_>) -> String {
        let head = match l {
            Es => format!("{}: usted esta de guardia desde ahora", self.sender),
            En => format!("{}: you are on duty from now on", self.sender),
        };
        self.duty(l, &head, schedule, until)
    }

    /// Their duty is over, when it was to be.
    #[must_use]
    pub fn duty_over(&self, l: Language, schedule: &str) -> String {
        let head = format!("{}: ", self.sender);
        let over = choose(l, "su guardia termino. Gracias.", "your duty is over. Thank you.");
        fit(&[Fixed(&head), Fixed(over), Free { lead: choose(l, " Turno: ", " Schedule: "), text: schedule }])
    }

    /// They do not come on duty at `begins` after all; `None` = they were on duty, and are taken off it now.
    #[must_use]
    pub fn duty_taken(&self, l: Language, schedule: &str, begins: Option<&str>) -> String {
        let head = match (l, begins) {
            (Es, Some(begins)) => format!("{}: cambio. Usted ya no entra de guardia {}.", self.sender, to_the(begins)),
            (En, Some(begins)) => format!("{}: a change. You no longer go on duty at {begins}.", self.sender),
            (Es, None) => format!("{}: cambio. Desde ahora usted ya no esta de guardia.", self.sender),
            (En, None) => format!("{}: a change. From now on you are not on duty.", self.sender),
        };
        fit(&[Fixed(&head), Free { lead: choose(l, " Turno: ", " Schedule: "), text: schedule }])
    }

    fn duty(&self, l: Language, head: &str, schedule: &str, until: Until<'_>) -> String {
        let room = |text: &str| septets(&transliterate(text)).unwrap_or(SEGMENT);
        let lead = choose(l, ", hasta ", ", until ");
        let ends = until.map_or_else(String::new, |(words, at)| {
            let whole = format!("{head}{lead}{words}.");
            format!("{lead}{}", if room(&whole) <= SEGMENT { words.to_owned() } else { self.time(l, at) })
        });
        fit(&[
            Fixed(head),
            Fixed(&ends),
            say(l, ".", "."),
            Free { lead: choose(l, " Turno: ", " Schedule: "), text: schedule },
        ])
    }
}

/// "a las ocho", "al mediodía".
fn to_the(moment: &str) -> String {
    moment.strip_prefix("el ").map_or_else(|| format!("a {moment}"), |rest| format!("al {rest}"))
}
