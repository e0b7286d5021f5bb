//! A number of things: "un minuto", "veintiuna horas", "un millón de personas".

use super::number::{self, Form};
use crate::flow::Language;

/// A thing that is counted aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noun {
    /// 1 s.
    Second,
    /// 60 s.
    Minute,
    /// 3600 s.
    Hour,
    /// 24 h.
    Day,
    /// A case of the line.
    Case,
    /// A person.
    Person,
    /// A public institution.
    Institution,
}

impl Noun {
    /// Every noun.
    pub const ALL: [Self; 7] =
        [Self::Second, Self::Minute, Self::Hour, Self::Day, Self::Case, Self::Person, Self::Institution];

    fn spanish(self) -> (Form, &'static str, &'static str) {
        match self {
            Self::Second => (Form::Masculine, "segundo", "segundos"),
            Self::Minute => (Form::Masculine, "minuto", "minutos"),
            Self::Hour => (Form::Feminine, "hora", "horas"),
            Self::Day => (Form::Masculine, "día", "días"),
            Self::Case => (Form::Masculine, "caso", "casos"),
            Self::Person => (Form::Feminine, "persona", "personas"),
            Self::Institution => (Form::Feminine, "institución", "instituciones"),
        }
    }

    fn english(self) -> (&'static str, &'static str) {
        match self {
            Self::Second => ("second", "seconds"),
            Self::Minute => ("minute", "minutes"),
            Self::Hour => ("hour", "hours"),
            Self::Day => ("day", "days"),
            Self::Case => ("case", "cases"),
            Self::Person => ("person", "people"),
            Self::Institution => ("institution", "institutions"),
        }
    }

    /// The noun as `n` of it are called.
    #[must_use]
    pub fn word(self, language: Language, n: u32) -> &'static str {
        let (one, many) = match language {
            Language::Es => {
                let (_, one, many) = self.spanish();
                (one, many)
            }
            Language::En => self.english(),
        };
        if n == 1 { one } else { many }
    }
}

/// The quantity in words.
#[must_use]
pub fn quantity(language: Language, n: u32, noun: Noun) -> String {
    let (form, ..) = noun.spanish();
    let number = number::number(language, n, form);
    // "Un millón de casos", yet "un millón cien casos".
    let link = match language {
        Language::Es if n <= number::LARGEST && n > 0 && n.is_multiple_of(1_000_000) => " de ",
        _ => " ",
    };
    format!("{number}{link}{}", noun.word(language, n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_and_noun_agree() {
        for (n, noun, es, en) in [
            (0, Noun::Case, "cero casos", "zero cases"),
            (1, Noun::Minute, "un minuto", "one minute"),
            (1, Noun::Hour, "una hora", "one hour"),
            (1, Noun::Person, "una persona", "one person"),
            (2, Noun::Person, "dos personas", "two people"),
            (4, Noun::Hour, "cuatro horas", "four hours"),
            (21, Noun::Case, "veintiún casos", "twenty-one cases"),
            (21, Noun::Hour, "veintiuna horas", "twenty-one hours"),
            (31, Noun::Day, "treinta y un días", "thirty-one days"),
            (101, Noun::Institution, "ciento una instituciones", "one hundred one institutions"),
            (200, Noun::Person, "doscientas personas", "two hundred people"),
            (1_000_000, Noun::Second, "un millón de segundos", "one million seconds"),
            (2_000_001, Noun::Second, "dos millones un segundos", "two million one seconds"),
        ] {
            assert_eq!(quantity(Language::Es, n, noun), es);
            assert_eq!(quantity(Language::En, n, noun), en);
        }
    }
}
