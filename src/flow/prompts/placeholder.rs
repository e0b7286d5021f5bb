//! The places a prompt may leave open: a closed list, so that a page can be checked before a caller hears it.

use std::fmt;
use std::time::Duration;

use chrono_tz::Tz;

use crate::clock::Instant;
use crate::flow::Language;
use crate::flow::speech::{Context, Noun, Value};
use crate::incident::CaseNumber;
use crate::phone::Phone;

/// What kind of value fills a place, and so how it is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// A case number, in pairs.
    CaseNumber,
    /// An instant with its day.
    Moment,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A name.
    Name,
    /// So many cases.
    Cases,
    /// A length of time.
    Duration,
}

/// Makes the closed list: each place with its name in the page and what fills it.
macro_rules! places {
    ($($(#[$doc:meta])* $place:ident = $name:literal: $filling:ident,)+) => {
        /// A place that a prompt leaves open, written `{name}`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Placeholder {
            $($(#[$doc])* $place,)+
        }

        impl Placeholder {
            /// Every place, in the order people look for them.
            pub const ALL: &'static [Self] = &[$(Self::$place),+];

            /// Its name in the page.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$place => $name,)+ }
            }

            /// What fills it.
            #[must_use]
            pub fn filling(self) -> Filling {
                match self { $(Self::$place => Filling::$filling,)+ }
            }
        }
    };
}

places! {
    /// The number of the case spoken of.
    CaseNumber = "case_number": CaseNumber,
    /// The instant the promise of a first response names.
    Due = "due": Moment,
    /// Since when an outage or a case stands.
    Since = "since": Moment,
    /// The estimated time of resolution.
    Eta = "eta": Moment,
    /// When the next news is due.
    NextUpdate = "next_update": Moment,
    /// When somebody on duty took the case.
    Acknowledged = "acknowledged": Moment,
    /// When the case was resolved.
    Resolved = "resolved": Moment,
    /// When service hours begin next.
    NextOpen = "next_open": Moment,
    /// The instant the sentence is spoken at.
    Now = "now": Moment,
    /// The institution the caller reports for.
    Institution = "institution": Name,
    /// The affected service.
    Service = "service": Name,
    /// A person of the roster.
    Person = "person": Name,
    /// A code, digit by digit.
    Code = "code": Name,
    /// Today's holiday.
    Holiday = "holiday": Name,
    /// The number the call comes from.
    Caller = "caller": Phone,
    /// The number at which the reporter is called back.
    CallBack = "callback": Phone,
    /// The line's own number.
    Line = "line": Phone,
    /// Where people write to.
    Email = "email": Email,
    /// How many cases: "veintiún casos".
    Cases = "cases": Cases,
    /// How long something takes.
    Length = "duration": Duration,
}

impl Placeholder {
    /// Reads a name of the page.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|place| place.name() == name)
    }

    /// A value about as long to say as any that will fill the place: lengths are estimated with it.
    #[must_use]
    pub fn longest(self, language: Language) -> Option<Value> {
        let name = |es: &str, en: &str| match language {
            Language::Es => Value::from(es),
            Language::En => Value::from(en),
        };
        Some(match (self, self.filling()) {
            (_, Filling::CaseNumber) => Value::CaseNumber(CaseNumber::new(2026, 4_747).ok()?),
            (_, Filling::Moment) => Value::Moment(wednesday_night()),
            (_, Filling::Phone) => Value::Phone(Phone::parse("8495770177").ok()?),
            (_, Filling::Email) => Value::Email("mesa.soporte@ogtic.gob.do".to_owned()),
            (_, Filling::Cases) => Value::Quantity { n: 299, noun: Noun::Case },
            (_, Filling::Duration) => Value::Duration(Duration::from_mins(48 * 60 + 45)),
            (Self::Institution, _) => Value::from("Ministerio de Educación Superior, Ciencia y Tecnología"),
            (Self::Holiday, _) => name("Nuestra Señora de las Mercedes", "Our Lady of Las Mercedes"),
            (Self::Code, _) => Value::from("4, 7, 4, 7, 4, 7"),
            (Self::Person, _) => Value::from("Ana Cristina Rodríguez Peña"),
            (_, Filling::Name) => name("portal de servicios en línea", "online services portal"),
        })
    }

    /// When and where [`Placeholder::longest`] is spoken: three days before, so that the day is named in full.
    #[must_use]
    pub fn longest_context() -> Context {
        let now = wednesday_night() - chrono::TimeDelta::days(3);
        Context { now, zone: Tz::America__Santo_Domingo }
    }
}

/// 23:55 of Wednesday, 23 September 2026, in Santo Domingo.
fn wednesday_night() -> Instant {
    const SECONDS: i64 = 1_790_222_100;
    chrono::DateTime::from_timestamp(SECONDS, 0).unwrap_or_default()
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::speech::say;

    #[test]
    fn names_are_read_back() {
        for place in Placeholder::ALL {
            assert_eq!(Placeholder::from_name(place.name()), Some(*place));
        }
        assert_eq!(Placeholder::from_name("Due"), None);
    }

    #[test]
    fn every_place_has_a_longest_value() {
        let context = Placeholder::longest_context();
        let said = |place: Placeholder, language| say(language, &place.longest(language).unwrap(), &context);
        for place in Placeholder::ALL {
            assert!(Language::ALL.iter().all(|language| said(*place, *language).len() > 10), "{place}");
        }
        assert_eq!(
            said(Placeholder::Due, Language::Es),
            "las once y cincuenta y cinco de la noche del miércoles veintitrés de septiembre"
        );
    }
}
