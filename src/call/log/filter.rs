//! Which calls the log lists. A filter is the query of an address: what is asked can be sent to a colleague, kept, and gone
//! back to.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveTime, SecondsFormat, SubsecRound, TimeZone, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::words;
use crate::call::Direction;
use crate::clock::Instant;
use crate::flow::{Language, Outcome};
use crate::id::CallId;
use crate::sla::Severity;

/// The longest value of a query, in characters.
const LONGEST: usize = 200;
/// The most words that are looked for at once.
const MOST_WORDS: usize = 12;

/// Which calls to list: all that are as every field says that says something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Received then or later, to the millisecond.
    pub from: Option<Instant>,
    /// Received before then, to the millisecond.
    pub to: Option<Instant>,
    /// Which way they went.
    pub direction: Option<Direction>,
    /// What the caller had from them.
    pub outcome: Option<Outcome>,
    /// The node of the flow where they ended.
    pub node: Option<String>,
    /// The institution's code.
    pub institution: Option<String>,
    /// The affected service's id.
    pub service: Option<String>,
    /// How bad their case is.
    pub severity: Option<Severity>,
    /// The language spoken.
    pub language: Option<Language>,
    /// The person an outbound call was made to, by id.
    pub person: Option<String>,
    /// Whether there is a case.
    pub case: Option<bool>,
    /// Whether there is a recording.
    pub recording: Option<bool>,
    /// Whether somebody decided something about them.
    pub decided: Option<bool>,
    /// From the same number as this call, which is itself among them: an address must not hold a number. `store::Tx::
    /// last_call_from` finds the call for a number that somebody looks for; nothing is found for a call without a number.
    pub caller_of: Option<CallId>,
    /// All these words stand in what was said in it or noted on it, in any order.
    pub text: Option<String>,
}

/// Why a query is no filter. Says nothing of the value: it may hold what somebody typed into the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// There is no such key.
    #[error("the call log cannot be filtered by '{}'; it knows {}", crate::source::quote(key), CallFilter::KEYS.join(", "))]
    Unknown {
        /// The key.
        key: String,
    },
    /// A key stands there twice.
    #[error("'{key}' stands there more than once")]
    Repeated {
        /// The key.
        key: &'static str,
    },
    /// The value is none of this key.
    #[error("'{key}' must be {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// What it can be.
        expected: &'static str,
    },
    /// Nothing is between both ends.
    #[error("'from' must be before 'to'")]
    Empty,
}

impl CallFilter {
    /// Every key, in the order in which they are written.
    pub const KEYS: [&'static str; 15] = [
        "from",
        "to",
        "direction",
        "outcome",
        "node",
        "institution",
        "service",
        "severity",
        "language",
        "person",
        "case",
        "recording",
        "decided",
        "caller_of",
        "text",
    ];

    /// Reads the pairs of a query. Empty values say nothing, as a form sends them. `from` and `to` may be days, `2026-03-01`:
    /// whole ones in `zone`, the last one included. Whatever else the page's address holds (which part of the list) must be
    /// taken out before.
    ///
    /// # Errors
    /// [`FilterError`]: the first pair that is none.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, zone: Tz) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        let mut seen = BTreeSet::new();
        for (given, value) in pairs {
            let value = value.trim();
            let key = Self::KEYS.into_iter().find(|key| *key == given);
            let key = key.ok_or_else(|| FilterError::Unknown { key: given.to_owned() })?;
            if value.is_empty() {
                continue;
            }
            if !seen.insert(key) {
                return Err(FilterError::Repeated { key });
            }
            filter.set(key, value, zone)?;
        }
        match (filter.from, filter.to) {
            (Some(from), Some(to)) if from >= to => Err(FilterError::Empty),
            _ => Ok(filter),
        }
    }

    fn set(&mut self, key: &'static str, value: &str, zone: Tz) -> Result<(), FilterError> {
        let wrong = |expected| FilterError::Value { key, expected };
        match key {
            "from" => self.from = Some(instant(value, zone, Days::new(0)).ok_or_else(|| wrong(AN_INSTANT))?),
            "to" => self.to = Some(instant(value, zone, Days::new(1)).ok_or_else(|| wrong(AN_INSTANT))?),
            "direction" => {
                self.direction = Some(Direction::from_word(value).ok_or_else(|| wrong("inbound or outbound"))?);
            }
            "outcome" => {
                let outcome = Outcome::from_word(value);
                self.outcome = Some(outcome.ok_or_else(|| wrong("reported, added, informed or missed"))?);
            }
            "severity" => {
                self.severity = Some(Severity::from_word(value).ok_or_else(|| wrong("critical, major or general"))?);
            }
            "language" => self.language = Some(Language::from_code(value).ok_or_else(|| wrong("es or en"))?),
            "node" => self.node = Some(word(value).ok_or_else(|| wrong(A_WORD))?),
            "institution" => self.institution = Some(word(value).ok_or_else(|| wrong(A_WORD))?),
            "service" => self.service = Some(word(value).ok_or_else(|| wrong(A_WORD))?),
            "person" => self.person = Some(word(value).ok_or_else(|| wrong(A_WORD))?),
            "case" => self.case = Some(yes_or_no(value).ok_or_else(|| wrong(YES_OR_NO))?),
            "recording" => self.recording = Some(yes_or_no(value).ok_or_else(|| wrong(YES_OR_NO))?),
            "decided" => self.decided = Some(yes_or_no(value).ok_or_else(|| wrong(YES_OR_NO))?),
            "caller_of" => {
                let id = Uuid::try_parse(value).map_err(|_| wrong("the id of a call"))?;
                self.caller_of = Some(CallId(id));
            }
            _ => self.text = Some(text(value).ok_or_else(|| wrong("one to twelve words"))?),
        }
        Ok(())
    }

    /// The pairs of the query that is this filter, in a fixed order.
    #[must_use]
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let word = |word: &str| word.to_owned();
        let flag = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        let values = [
            self.from.map(written),
            self.to.map(written),
            self.direction.map(|direction| word(direction.as_str())),
            self.outcome.map(|outcome| word(outcome.as_str())),
            self.node.clone(),
            self.institution.clone(),
            self.service.clone(),
            self.severity.map(|severity| word(severity.as_str())),
            self.language.map(|language| word(language.code())),
            self.person.clone(),
            self.case.map(flag),
            self.recording.map(flag),
            self.decided.map(flag),
            self.caller_of.map(|call| call.to_string()),
            self.text.clone(),
        ];
        Self::KEYS.into_iter().zip(values).filter_map(|(key, value)| Some((key, value?))).collect()
    }

    /// Whether it lets every call pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

const AN_INSTANT: &str = "a day like 2026-03-01 or an instant like 2026-03-01T22:00:00-04:00";
const YES_OR_NO: &str = "yes or no";
const A_WORD: &str = "one word of at most 200 characters";

/// An instant, or the beginning of a day that is `later` days behind the one that is written.
fn instant(value: &str, zone: Tz, later: Days) -> Option<Instant> {
    let at = if let Ok(at) = value.parse::<Instant>() {
        at
    } else {
        let day = NaiveDate::parse_from_str(value, "%Y-%m-%d").ok()?.checked_add_days(later)?;
        // A day whose midnight is skipped begins an hour later.
        let begins = [0, 1].map(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
        begins
            .into_iter()
            .flatten()
            .find_map(|time| zone.from_local_datetime(&day.and_time(time)).earliest())?
            .with_timezone(&Utc)
    };
    // Four figures of a year: what both databases keep, and what is written can be read again.
    let years =
        Utc.with_ymd_and_hms(1970, 1, 1, 0, 0, 0).earliest()?..Utc.with_ymd_and_hms(2200, 1, 1, 0, 0, 0).earliest()?;
    years.contains(&at).then(|| at.trunc_subsecs(3))
}

fn written(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn word(value: &str) -> Option<String> {
    let fits = value.chars().count() <= LONGEST && !value.chars().any(|c| c.is_control() || c.is_whitespace());
    fits.then(|| value.to_owned())
}

fn yes_or_no(value: &str) -> Option<bool> {
    match value {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn text(value: &str) -> Option<String> {
    let fits = value.chars().count() <= LONGEST && (1..=MOST_WORDS).contains(&words(value).len());
    fits.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;

    const ZONE: Tz = chrono_tz::America::Santo_Domingo;

    fn read(query: &[(&str, &str)]) -> Result<CallFilter, FilterError> {
        CallFilter::from_pairs(query.iter().copied(), ZONE)
    }

    fn an_instant() -> impl Strategy<Value = Instant> {
        (0..7_258_118_400_000_i64).prop_map(|millis| Utc.timestamp_millis_opt(millis).unwrap())
    }

    fn a_filter() -> impl Strategy<Value = CallFilter> {
        let times = (of(an_instant()), of(an_instant()))
            .prop_filter("in order", |(from, to)| from.zip(*to).is_none_or(|(from, to)| from < to));
        let kinds = (
            of(prop_oneof![Just(Direction::Inbound), Just(Direction::Outbound)]),
            of(prop::sample::select(&Outcome::ALL[..])),
            of(prop::sample::select(&Severity::ALL[..])),
            of(prop::sample::select(&Language::ALL[..])),
        );
        let id = of(any::<u128>().prop_map(|id| CallId(Uuid::from_u128(id))));
        let word = || of("[^\\s\\p{C}]{1,200}");
        let flags = (of(any::<bool>()), of(any::<bool>()), of(any::<bool>()));
        let text = of("[a-zñ&=+%#?]{1,9}( [\"'éÁ;/]{1,3}){0,5} z");
        (times, kinds, (word(), word(), word(), word()), flags, id, text).prop_map(
            |(times, kinds, words, flags, caller_of, text)| CallFilter {
                from: times.0,
                to: times.1,
                direction: kinds.0,
                outcome: kinds.1,
                severity: kinds.2,
                language: kinds.3,
                node: words.0,
                institution: words.1,
                service: words.2,
                person: words.3,
                case: flags.0,
                recording: flags.1,
                decided: flags.2,
                caller_of,
                text,
            },
        )
    }

    proptest! {
        #[test]
        fn a_filter_is_its_query(filter in a_filter()) {
            let pairs = filter.to_pairs();
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let read: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
            let again = CallFilter::from_pairs(read.iter().map(|(key, value)| (key.as_ref(), value.as_ref())), ZONE);
            prop_assert_eq!(again.as_ref(), Ok(&filter));
            prop_assert_eq!(filter.is_empty(), query.is_empty());
        }
    }

    #[test]
    fn a_form_sends_days_and_empty_fields() {
        let march = read(&[("from", "2026-03-01"), ("to", "2026-03-31"), ("outcome", ""), ("text", "  ")]).unwrap();
        let pairs = march.to_pairs();
        assert_eq!(pairs, [("from", "2026-03-01T04:00:00Z".to_owned()), ("to", "2026-04-01T04:00:00Z".to_owned())]);
        // Daylight saving began in Havana at midnight of 8 March 2026: that day has no 0:00.
        let havana = CallFilter::from_pairs([("from", "2026-03-08")], chrono_tz::America::Havana).unwrap();
        assert_eq!(havana.to_pairs(), [("from", "2026-03-08T05:00:00Z".to_owned())]);
    }

    #[test]
    fn what_is_no_filter_is_told_without_its_value() {
        for (query, says) in [
            (
                &[("from", "yesterday")][..],
                "'from' must be a day like 2026-03-01 or an instant like 2026-03-01T22:00:00-04:00",
            ),
            (
                &[("to", "0999-01-01")],
                "'to' must be a day like 2026-03-01 or an instant like 2026-03-01T22:00:00-04:00",
            ),
            (&[("from", "2026-03-02"), ("to", "2026-03-01")], "'from' must be before 'to'"),
            (&[("outcome", "lost")], "'outcome' must be reported, added, informed or missed"),
            (&[("direction", "up")], "'direction' must be inbound or outbound"),
            (&[("severity", "bad")], "'severity' must be critical, major or general"),
            (&[("language", "ht")], "'language' must be es or en"),
            (&[("case", "1")], "'case' must be yes or no"),
            (&[("recording", "true")], "'recording' must be yes or no"),
            (&[("decided", "maybe")], "'decided' must be yes or no"),
            (&[("caller_of", "+18095550142")], "'caller_of' must be the id of a call"),
            (&[("service", "a b")], "'service' must be one word of at most 200 characters"),
            (&[("text", "¿?")], "'text' must be one to twelve words"),
            (&[("text", "a b c d e f g h i j k l m")], "'text' must be one to twelve words"),
            (&[("severity", "major"), ("severity", "critical")], "'severity' stands there more than once"),
            (
                &[("colour", "red")],
                "the call log cannot be filtered by 'colour'; it knows from, to, direction, outcome, node, institution, \
                 service, severity, language, person, case, recording, decided, caller_of, text",
            ),
        ] {
            assert_eq!(read(query).unwrap_err().to_string(), says, "{query:?}");
        }
    }
}
