//! One step of a story: from a piece of YAML to what a person does.

use chrono::TimeDelta;
use serde_json::{Map, Value};

/// What happens in a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    Hears(String),
    HearsCaseNumber(String),
    Presses(String),
    Says { words: String, lasts: TimeDelta },
    HangsUp,
    CallsAgain,
    Dials(String),
    Answers,
    Declines,
    ReceivesCall,
    LetsItRing,
    VoicemailAnswers,
    HasVoicemail { after: TimeDelta, greeting: Option<String> },
    IsBusy,
    LineHangsUp,
    ReceivesSms(Vec<String>),
    Replies(String),
    SendsSms { to: String, text: String },
    SwitchesOff,
    SwitchesOn,
    Waits(TimeDelta),
    Check(String, Value),
    Meanwhile(String, Value),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// Where it stands in the file.
    pub line: u64,
    /// A name of `staff`; `None` = the caller.
    pub staff: Option<String>,
    pub within: TimeDelta,
    pub act: Act,
}

/// How long a person waits for something unless the step says otherwise.
const PATIENCE: TimeDelta = TimeDelta::seconds(60);
const ACTS: &str = "hears, presses, says, hangs_up, calls_again, dials, receives_call, answers, declines, \
                    lets_it_ring, voicemail_answers, line_hangs_up, receives_sms, replies, sends_sms, switches_off, \
                    switches_on, is_busy, has_voicemail, waits, later, check, meanwhile";

impl Step {
    pub(super) fn read(line: u64, value: &Value) -> Result<Self, String> {
        let no_fields = Map::new();
        let (fields, bare) = match value {
            Value::String(name) => (&no_fields, Some(name.as_str())),
            Value::Object(fields) => (fields, None),
            _ => return Err(format!("a step is one of: {ACTS}")),
        };
        let staff = fields.get("staff").map(|staff| text("staff", staff)).transpose()?;
        let mut within = fields.get("within").map(|within| duration("within", within)).transpose()?;
        let mut acts = fields.iter().filter(|(name, _)| !matches!(name.as_str(), "staff" | "within"));
        let (name, given) = match (bare, acts.next()) {
            (Some(name), _) => (name, &Value::Null),
            (None, Some((name, given))) => (name.as_str(), given),
            (None, None) => return Err(format!("somebody, but nothing they do; it may be one of: {ACTS}")),
        };
        if let Some((second, _)) = acts.next() {
            return Err(format!("'{name}' and '{second}' in one step: make two steps of them"));
        }
        let act = Act::read(name, given)?;
        if let Value::Object(inner) = given
            && !matches!(act, Act::Check(..) | Act::Meanwhile(..))
            && let Some(inner) = inner.get("within")
        {
            within = Some(duration("within", inner)?);
        }
        if staff.is_some() && name == "caller_receives_sms" {
            return Err("'caller_receives_sms' is the caller's: leave 'staff' out".to_owned());
        }
        Ok(Self { line, staff, within: within.unwrap_or(PATIENCE), act })
    }
}

impl Act {
    fn read(name: &str, given: &Value) -> Result<Self, String> {
        Ok(match name {
            "hears" => hears(given)?,
            "presses" => Self::Presses(keys(given)?),
            "says" => says(given)?,
            "receives_sms" | "caller_receives_sms" => Self::ReceivesSms(contains(name, given)?),
            "replies" => Self::Replies(text(name, given)?),
            "sends_sms" => {
                let fields = only(name, given, &["to", "text"])?;
                Self::SendsSms { to: field(name, fields, "to")?, text: field(name, fields, "text")? }
            }
            "dials" => Self::Dials(text(name, given)?),
            "waits" | "later" => Self::Waits(duration(name, given)?),
            "check" => named(given)
                .map(|(name, value)| Self::Check(name, value))
                .ok_or("check: expected one name and what is to be so, as { incident: { state: open } }")?,
            "meanwhile" => named(given)
                .map(|(name, value)| Self::Meanwhile(name, value))
                .ok_or("meanwhile: expected one name and what happens, as { server: restarts }")?,
            "hangs_up" => bare(name, given, Self::HangsUp)?,
            "calls_again" => bare(name, given, Self::CallsAgain)?,
            "answers" => bare(name, given, Self::Answers)?,
            "declines" => bare(name, given, Self::Declines)?,
            "receives_call" => bare(name, given, Self::ReceivesCall)?,
            "lets_it_ring" => bare(name, given, Self::LetsItRing)?,
            "voicemail_answers" => bare(name, given, Self::VoicemailAnswers)?,
            "has_voicemail" => has_voicemail(given)?,
            "is_busy" => bare(name, given, Self::IsBusy)?,
            "line_hangs_up" => bare(name, given, Self::LineHangsUp)?,
            "switches_off" => bare(name, given, Self::SwitchesOff)?,
            "switches_on" => bare(name, given, Self::SwitchesOn)?,
            other => return Err(format!("'{other}' is nothing a person does; they may: {ACTS}")),
        })
    }
}

/// One name and its value.
fn named(given: &Value) -> Option<(String, Value)> {
    let fields = given.as_object().filter(|fields| fields.len() == 1)?;
    fields.iter().next().map(|(name, value)| (name.clone(), value.clone()))
}

fn hears(given: &Value) -> Result<Act, String> {
    let Value::Object(_) = given else { return Ok(Act::Hears(text("hears", given)?)) };
    let fields = only("hears", given, &["text", "case_number", "within"])?;
    match (fields.get("text"), fields.get("case_number")) {
        (Some(words), None) => Ok(Act::Hears(text("hears", words)?)),
        (None, Some(name)) => Ok(Act::HearsCaseNumber(text("case_number", name)?)),
        _ => Err("hears: expected words, or { case_number: a name to remember it by }".to_owned()),
    }
}

fn keys(given: &Value) -> Result<String, String> {
    let keys = text("presses", given)?;
    // Variables are put in later, and are digits.
    let mut outside = true;
    let wrong = keys.chars().find(|key| match key {
        '{' => {
            outside = false;
            false
        }
        '}' => {
            outside = true;
            false
        }
        key => outside && !(key.is_ascii_digit() || matches!(key, '*' | '#' | 'w')),
    });
    match wrong {
        Some(key) => Err(format!("presses: '{key}' is not a key; there are 0-9, *, # and w for half a second")),
        None => Ok(keys),
    }
}

fn says(given: &Value) -> Result<Act, String> {
    let (words, seconds) = match given {
        Value::Object(_) => {
            let fields = only("says", given, &["text", "seconds", "within"])?;
            (field("says", fields, "text")?, fields.get("seconds").map(|value| duration("seconds", value)).transpose()?)
        }
        _ => (text("says", given)?, None),
    };
    Ok(Act::Says { lasts: seconds.unwrap_or_else(|| natural_length(&words)), words })
}

/// How long a person takes to say something: people speak about as fast as the network does.
#[must_use]
pub fn natural_length(words: &str) -> TimeDelta {
    let milliseconds = i64::try_from(words.chars().count()).unwrap_or(0).saturating_mul(1000) / 15;
    TimeDelta::milliseconds(milliseconds.max(1000))
}

/// How long a phone rings before voicemail picks up, unless the step says otherwise.
const VOICEMAIL: TimeDelta = TimeDelta::seconds(15);

fn has_voicemail(given: &Value) -> Result<Act, String> {
    let Value::Object(_) = given else {
        return bare("has_voicemail", given, Act::HasVoicemail { after: VOICEMAIL, greeting: None });
    };
    let fields = only("has_voicemail", given, &["after", "says"])?;
    Ok(Act::HasVoicemail {
        after: fields.get("after").map_or(Ok(VOICEMAIL), |after| duration("after", after))?,
        greeting: fields.get("says").map(|words| text("says", words)).transpose()?,
    })
}

fn contains(name: &str, given: &Value) -> Result<Vec<String>, String> {
    let words = match given {
        Value::Object(_) => {
            let fields = only(name, given, &["contains", "within"])?;
            fields.get("contains").ok_or_else(|| format!("{name}: 'contains' is missing"))?
        }
        words => words,
    };
    match words {
        Value::Array(words) => words.iter().map(|words| text("contains", words)).collect(),
        words => Ok(vec![text("contains", words)?]),
    }
}

fn only<'v>(name: &str, given: &'v Value, known: &[&str]) -> Result<&'v Map<String, Value>, String> {
    let fields = given.as_object().ok_or_else(|| format!("{name}: expected {{ {} }}", known.join(", ")))?;
    match fields.keys().find(|field| !known.contains(&field.as_str())) {
        Some(unknown) => Err(format!("{name}: '{unknown}' is not known here; there are {}", known.join(", "))),
        None => Ok(fields),
    }
}

fn field(name: &str, fields: &Map<String, Value>, field: &str) -> Result<String, String> {
    text(field, fields.get(field).ok_or_else(|| format!("{name}: '{field}' is missing"))?)
}

fn bare(name: &str, given: &Value, act: Act) -> Result<Act, String> {
    let empty = match given {
        Value::Null | Value::Bool(true) => true,
        Value::Object(fields) => fields.keys().all(|field| field == "within"),
        _ => false,
    };
    if empty { Ok(act) } else { Err(format!("{name}: takes nothing")) }
}

fn text(name: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(format!("{name}: expected some text")),
    }
}

/// Reads a length of time as stories write it: `90`, `90s`, `500ms`, `5m`, `1h30m`.
///
/// # Errors
///
/// What it should look like.
pub fn length(text: &str) -> Result<std::time::Duration, String> {
    let wrong = |_| "a time is not negative".to_owned();
    duration("time", &Value::from(text)).and_then(|length| length.to_std().map_err(wrong))
}

/// `90`, `90s`, `500ms`, `5m`, `1h30m`.
pub(crate) fn duration(name: &str, value: &Value) -> Result<TimeDelta, String> {
    const LONGEST: u64 = 400 * 24 * 3_600_000;
    let wrong = || format!("{name}: expected a time such as 30s, 500ms, 5m, 1h30m or a number of seconds");
    let text = match value {
        Value::Number(seconds) => format!("{seconds}s"),
        Value::String(text) => text.replace(' ', ""),
        _ => return Err(wrong()),
    };
    let mut total: u64 = 0;
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let scale = match unit {
            "ms" => 1,
            "s" | "" => 1000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        let part = number.parse::<u64>().ok().and_then(|number| number.checked_mul(scale)).ok_or_else(wrong)?;
        total = total.checked_add(part).filter(|total| *total <= LONGEST).ok_or_else(wrong)?;
        rest = tail;
    }
    let total = i64::try_from(total).map_err(|_| wrong())?;
    if text.is_empty() { Err(wrong()) } else { Ok(TimeDelta::milliseconds(total)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read() {
        let cases = [
            (json!("30s"), Some(30_000)),
            (json!("500ms"), Some(500)),
            (json!("1h30m"), Some(5_400_000)),
            (json!("5 m"), Some(300_000)),
            (json!(9), Some(9000)),
            (json!("2d"), Some(172_800_000)),
            (json!("soon"), None),
            (json!(""), None),
            (json!("999999d"), None),
            (json!(-1), None),
        ];
        for (value, expected) in cases {
            assert_eq!(duration("waits", &value).ok().map(|time| time.num_milliseconds()), expected, "{value}");
        }
    }

    #[test]
    fn a_wrong_step_says_what_is_wrong_with_it() {
        let cases = [
            (json!({ "heers": "x" }), "'heers' is nothing a person does"),
            (json!({ "staff": "ana" }), "nothing they do"),
            (json!({ "hears": "x", "presses": 1 }), "make two steps"),
            (json!({ "presses": "1a" }), "'a' is not a key"),
            (json!({ "hears": { "txt": "x" } }), "'txt' is not known here"),
            (json!({ "says": { "seconds": 2 } }), "'text' is missing"),
            (json!({ "hangs_up": "now" }), "takes nothing"),
            (json!({ "receives_call": "now" }), "takes nothing"),
            (json!({ "has_voicemail": { "greets": "x" } }), "'greets' is not known here"),
            (json!({ "has_voicemail": { "after": "soon" } }), "after: expected a time"),
            (json!({ "waits": "long" }), "expected a time"),
            (json!({ "check": "incident" }), "expected one name"),
            (json!({ "meanwhile": { "a": 1, "b": 2 } }), "expected one name"),
            (json!(7), "a step is one of"),
        ];
        for (value, expected) in cases {
            let error = Step::read(3, &value).unwrap_err();
            assert!(error.contains(expected), "{value}: {error}");
        }
    }
}
