//! How values are spoken and written, per language. Pure; one file per kind of value.
//!
//! Spoken text never holds a digit: every engine then says the same, and a caller hears "veintiséis", not "26".

mod case_number;
mod date;
mod duration;
mod key;
mod moment;
mod number;
mod phone;
mod quantity;
mod short;
mod text;
mod time;

use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

pub use date::{date, named};
pub use key::key;
pub use number::{Form, number};
pub use quantity::{Noun, quantity};
pub use short::{fold, septets, short};
pub use text::text;
pub use time::{Article, time};

use case_number::case_number;
use duration::duration;
use moment::moment;
use phone::phone;
use text::email;

use super::Language;
use crate::clock::Instant;
use crate::incident::CaseNumber;
use crate::phone::Phone;

/// Something a sentence holds a place for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A case number, in pairs.
    CaseNumber(CaseNumber),
    /// An instant, with its day: "las seis de la tarde de hoy".
    Moment(Instant),
    /// A day: "hoy", "el lunes cinco de mayo".
    Date(NaiveDate),
    /// A time of day, with its article: "las dos y diez de la tarde".
    Time(NaiveTime),
    /// A telephone number, digit by digit.
    Phone(Phone),
    /// A number: "veintiuno".
    Number(u32),
    /// So many things: "veintiún casos".
    Quantity {
        /// How many.
        n: u32,
        /// Of what.
        noun: Noun,
    },
    /// A length of time: "cuatro horas".
    Duration(Duration),
    /// A key of the telephone: "numeral".
    Key(char),
    /// An e-mail address: "soporte arroba ogtic punto gob punto do".
    Email(String),
    /// A name or other words.
    Text(String),
}

/// Where and when it is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// Now: what "hoy" means.
    pub now: Instant,
    /// The zone people here live in.
    pub zone: Tz,
}

impl Context {
    fn local(&self, at: Instant) -> NaiveDateTime {
        let utc = at.naive_utc();
        let offset = self.zone.offset_from_utc_datetime(&utc).fix();
        // Only at the ends of what chrono can hold does the sum not exist.
        utc.checked_add_offset(offset).unwrap_or(utc)
    }

    fn today(&self) -> NaiveDate {
        self.local(self.now).date()
    }
}

/// The value in spoken words.
#[must_use]
pub fn say(language: Language, value: &Value, context: &Context) -> String {
    match value {
        Value::CaseNumber(case) => case_number(language, case),
        Value::Moment(at) => moment(language, *at, context),
        Value::Date(day) => date(language, *day, context.today()),
        Value::Time(at) => time(language, *at, Article::With),
        Value::Phone(number) => phone(language, number),
        Value::Number(n) => number(language, *n, Form::Counting),
        Value::Quantity { n, noun } => quantity(language, *n, *noun),
        Value::Duration(length) => duration(language, *length),
        Value::Key(name) => key(language, *name),
        Value::Email(address) => email(language, address),
        Value::Text(words) => text(language, words),
    }
}

impl From<CaseNumber> for Value {
    fn from(number: CaseNumber) -> Self {
        Self::CaseNumber(number)
    }
}

impl From<Instant> for Value {
    fn from(at: Instant) -> Self {
        Self::Moment(at)
    }
}

impl From<Phone> for Value {
    fn from(phone: Phone) -> Self {
        Self::Phone(phone)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        // 1990 to 2100, in seconds.
        let seconds = 631_152_000_i64..4_102_444_800;
        prop_oneof![
            (2000..2100_i32, 1..=99_999_u32).prop_map(|(year, n)| Value::CaseNumber(CaseNumber::new(year, n).unwrap())),
            seconds.clone().prop_map(|at| Value::Moment(DateTime::from_timestamp(at, 0).unwrap())),
            seconds.clone().prop_map(|at| Value::Date(DateTime::from_timestamp(at, 0).unwrap().date_naive())),
            seconds.prop_map(|at| Value::Time(DateTime::from_timestamp(at, 0).unwrap().time())),
            "[2-9][0-9]{9}".prop_map(|number| Value::Phone(Phone::parse(&number).unwrap())),
            "\\+[2-9][0-9]{7,14}".prop_map(|number| Value::Phone(Phone::parse(&number).unwrap())),
            any::<u32>().prop_map(Value::Number),
            (any::<u32>(), 0..Noun::ALL.len()).prop_map(|(n, noun)| Value::Quantity { n, noun: Noun::ALL[noun] }),
            any::<u64>().prop_map(|seconds| Value::Duration(Duration::from_secs(seconds))),
            prop::sample::select("0123456789*#".chars().collect::<Vec<_>>()).prop_map(Value::Key),
            "[a-z0-9._+-]{1,12}@[a-z0-9]{1,9}\\.do".prop_map(Value::Email),
            "[A-Za-z0-9áéíóúñÑ .,]{0,30}[A-Za-z0-9]".prop_map(Value::Text),
        ]
    }

    fn context() -> impl Strategy<Value = Context> {
        (
            1_700_000_000_i64..1_900_000_000,
            prop::sample::select(vec![Tz::America__Santo_Domingo, Tz::America__New_York]),
        )
            .prop_map(|(now, zone)| Context { now: DateTime::from_timestamp(now, 0).unwrap(), zone })
    }

    proptest! {
        #[test]
        fn every_value_is_said_in_words(value in value(), context in context()) {
            for language in Language::ALL {
                let said = say(language, &value, &context);
                prop_assert!(!said.trim().is_empty(), "{value:?}");
                prop_assert!(!said.contains(|c: char| c.is_ascii_digit() || matches!(c, '#' | '*' | '@' | '{' | '}')), "{said}");
                prop_assert!(!said.contains("  ") || matches!(&value, Value::Text(text) if text.contains("  ")), "{said}");
                prop_assert!(!said.contains("de el "), "{said}");
            }
        }

        #[test]
        fn every_value_is_written_in_the_gsm_alphabet(value in value(), context in context()) {
            for language in Language::ALL {
                let written = short(language, &value, &context);
                prop_assert!(!written.is_empty());
                prop_assert!(written.chars().all(|letter| septets(letter).is_some()), "{written}");
            }
        }

        #[test]
        fn two_instants_a_minute_apart_never_sound_alike(context in context(), minutes in -600_000_i64..600_000) {
            let at = context.now + TimeDelta::minutes(minutes);
            let other = Value::Moment(at + TimeDelta::minutes(1));
            for language in Language::ALL {
                prop_assert_ne!(say(language, &Value::Moment(at), &context), say(language, &other, &context));
            }
        }
    }

    #[test]
    fn addresses_and_names_are_said_out() {
        let context = Context { now: DateTime::UNIX_EPOCH, zone: Tz::UTC };
        for (value, es, en) in [
            (
                Value::Email("soporte-2@ogtic.gob.do".into()),
                "soporte guion dos arroba ogtic punto gob punto do",
                "soporte dash two at ogtic dot gob dot do",
            ),
            (Value::Text("Hospital 12 de Julio".into()), "Hospital doce de Julio", "Hospital twelve de Julio"),
            (Value::Text("Edificio B07, 2do".into()), "Edificio B cero siete, dos do", "Edificio B zero seven, two do"),
            (Value::Text("Marque 1.".into()), "Marque uno.", "Marque one."),
        ] {
            assert_eq!(say(Language::Es, &value, &context), es);
            assert_eq!(say(Language::En, &value, &context), en);
        }
    }
}
