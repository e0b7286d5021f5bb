//! Who calls and how they behave, from a page; and what one of them is going to do, drawn from a seed.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;

use super::spread::{Spread, length, unit};
use crate::dice::Dice;

/// The largest page, in bytes.
const LARGEST: usize = 256 * 1024;
/// How long a caller stays unless the page says otherwise.
const PATIENCE: Duration = Duration::from_mins(5);
/// What somebody says whose words do not matter.
const WORDS: &str = "These are the words of a caller.";
/// Callers' numbers begin with this and end with seven digits: 500 is the code of no place.
const CODE: &str = "+1500";
const NUMBERS: u64 = 10_000_000;

/// Kinds of callers, weighted.
#[derive(Clone, Debug)]
pub struct Population {
    kinds: Vec<Kind>,
}

#[derive(Clone, Debug)]
struct Kind {
    name: String,
    weight: u64,
    steps: Vec<Step>,
    /// How likely they hang up before they are done, and within what time.
    leaves: Option<(f64, Duration)>,
    patience: Duration,
}

#[derive(Clone, Debug)]
struct Step {
    after: Spread,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Presses(Vec<String>),
    Says(Spread, String),
    Silence(Spread),
    Texts(String),
    HangsUp,
}

/// What one caller is going to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The name of their kind.
    pub kind: String,
    /// Their number in E.164.
    pub from: String,
    /// What they do, in order.
    pub steps: Vec<Planned>,
    /// When they hang up, however far they got; from dialling on.
    pub hangs_up: Option<Duration>,
    /// When they hang up at the latest.
    pub patience: Duration,
}

/// One thing a caller is going to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The pause before it, once there is something to hear.
    pub after: Duration,
    /// What it is.
    pub act: Act,
}

/// What a caller can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Presses keys, one right after the other.
    Presses(String),
    /// Says words for so long, as soon as something listens.
    Says(String, Duration),
    /// Does nothing.
    Silence(Duration),
    /// Sends a text message to the number they called.
    Texts(String),
    /// Hangs up.
    HangsUp,
}

/// Everything that is wrong with a population, a line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PopulationError(pub Vec<String>);

impl fmt::Display for PopulationError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0.join("\n"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    callers: Vec<Spanned<KindPage>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindPage {
    name: String,
    weight: Option<u32>,
    #[serde(default)]
    steps: Vec<Spanned<Value>>,
    hangs_up: Option<LeavesPage>,
    patience: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeavesPage {
    chance: f64,
    within: Value,
}

impl Population {
    /// Reads a population. `file` is only for messages.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, PopulationError> {
        if text.len() > LARGEST {
            let found = text.len();
            return Err(PopulationError(vec![format!("{file}: it may have {LARGEST} bytes, this one has {found}")]));
        }
        let options = serde_saphyr::options! {
            leading_zero_numbers_as_strings: true,
            underscored_numbers_as_strings: true,
        };
        let page: Page = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let place = error.location().map(|place| format!(":{}:{}", place.line(), place.column()));
            PopulationError(vec![format!("{file}{}: {}", place.unwrap_or_default(), error.without_snippet())])
        })?;
        let mut problems = Vec::new();
        let kinds: Vec<Kind> = page
            .callers
            .into_iter()
            .map(|kind| {
                let line = kind.referenced.line();
                Kind::read(kind.value, line, &mut |line, text: String| problems.push(format!("{file}:{line}: {text}")))
            })
            .collect();
        if kinds.iter().all(|kind| kind.weight == 0) {
            problems.push(format!("{file}: callers: nobody calls; give a kind with a weight above 0"));
        }
        if problems.is_empty() { Ok(Self { kinds }) } else { Err(PopulationError(problems)) }
    }

    /// What the caller of this number, counted from 0, is going to do. It depends on nothing but the seed and the number.
    #[must_use]
    pub fn plan(&self, seed: u64, caller: u64) -> Plan {
        // Each caller's dice are their own, so that it does not matter in which order they act.
        let mut dice = Dice::new(Dice::new(seed ^ Dice::new(caller).draw()).draw());
        let total: u64 = self.kinds.iter().map(|kind| kind.weight).sum();
        let mut left = dice.draw().checked_rem(total).unwrap_or(0);
        let chosen = self.kinds.iter().find(|kind| {
            let found = left < kind.weight;
            left = left.saturating_sub(kind.weight);
            found
        });
        let from = format!("{CODE}{:07}", caller % NUMBERS);
        match chosen {
            Some(kind) => kind.plan(from, &mut dice),
            None => Plan { kind: String::new(), from, steps: Vec::new(), hangs_up: None, patience: PATIENCE },
        }
    }
}

impl Kind {
    fn read(page: KindPage, line: u64, problem: &mut impl FnMut(u64, String)) -> Self {
        let mut steps = Vec::new();
        for step in page.steps {
            match Step::read(&step.value) {
                Ok(step) => steps.push(step),
                Err(text) => problem(step.referenced.line(), text),
            }
        }
        let patience = page.patience.map_or(Ok(PATIENCE), |patience| length("patience", &patience));
        let leaves = page.hangs_up.map(|leaves| {
            if !(0.0..=1.0).contains(&leaves.chance) {
                return Err(format!("hangs_up: a chance is from 0 to 1, not {}", leaves.chance));
            }
            Ok((leaves.chance, length("within", &leaves.within)?))
        });
        Self {
            name: page.name,
            weight: u64::from(page.weight.unwrap_or(1)),
            steps,
            leaves: leaves.transpose().unwrap_or_else(|text| {
                problem(line, text);
                None
            }),
            patience: patience.unwrap_or_else(|text| {
                problem(line, text);
                PATIENCE
            }),
        }
    }

    fn plan(&self, from: String, dice: &mut Dice) -> Plan {
        let steps = self.steps.iter().map(|step| step.plan(dice)).collect();
        let hangs_up = self.leaves.and_then(|(chance, within)| {
            // Both are drawn always, so that a changed chance changes nothing else.
            let (drawn, moment) = (unit(dice), within.mul_f64(unit(dice)));
            (drawn < chance).then_some(moment)
        });
        Plan { kind: self.name.clone(), from, steps, hangs_up, patience: self.patience }
    }
}

impl Step {
    fn read(value: &Value) -> Result<Self, String> {
        const ACTS: &str = "presses, says, silence, texts, hangs_up";
        if value == "hangs_up" {
            return Ok(Self { after: Spread::Fixed(Duration::ZERO), what: What::HangsUp });
        }
        let fields = value.as_object().ok_or_else(|| format!("a step is one of: {ACTS}"))?;
        let after =
            fields.get("after").map_or(Ok(Spread::Fixed(Duration::ZERO)), |after| Spread::read("after", after))?;
        let mut acts = fields.iter().filter(|(name, _)| *name != "after");
        let (Some((name, given)), None) = (acts.next(), acts.next()) else {
            return Err(format!("a step has one of these, and 'after': {ACTS}"));
        };
        let what = match name.as_str() {
            "presses" => What::Presses(choices(given)?),
            "says" => says(given)?,
            "silence" => What::Silence(Spread::read("silence", given)?),
            "texts" => What::Texts(given.as_str().ok_or("texts: expected words")?.to_owned()),
            "hangs_up" if given.is_null() => What::HangsUp,
            other => return Err(format!("'{other}' is nothing a caller does; they may: {ACTS}")),
        };
        Ok(Self { after, what })
    }

    fn plan(&self, dice: &mut Dice) -> Planned {
        let after = self.after.draw(dice);
        let act = match &self.what {
            What::Presses(choices) => {
                let count = u64::try_from(choices.len()).unwrap_or(u64::MAX);
                let place = usize::try_from(dice.draw().checked_rem(count).unwrap_or(0)).unwrap_or(0);
                Act::Presses(choices.get(place).cloned().unwrap_or_default())
            }
            What::Says(lasts, words) => Act::Says(words.clone(), lasts.draw(dice)),
            What::Silence(lasts) => Act::Silence(lasts.draw(dice)),
            What::Texts(words) => Act::Texts(words.clone()),
            What::HangsUp => Act::HangsUp,
        };
        Planned { after, act }
    }
}

/// One sequence of keys, or several to choose from.
fn choices(given: &Value) -> Result<Vec<String>, String> {
    let one = |value: &Value| {
        let keys = match value {
            Value::Number(number) => number.to_string(),
            Value::String(keys) => keys.clone(),
            _ => String::new(),
        };
        let is_key = |key: char| key.is_ascii_digit() || matches!(key, '*' | '#');
        if keys.is_empty() || !keys.chars().all(is_key) {
            return Err(format!("presses: {value} are no keys; there are 0-9, * and #"));
        }
        Ok(keys)
    };
    match given {
        Value::Array(several) if !several.is_empty() => several.iter().map(one).collect(),
        given => Ok(vec![one(given)?]),
    }
}

/// A time, or `{ text, seconds }`.
fn says(given: &Value) -> Result<What, String> {
    let Some(fields) = given.as_object().filter(|fields| fields.contains_key("text")) else {
        return Ok(What::Says(Spread::read("says", given)?, WORDS.to_owned()));
    };
    let words = fields.get("text").and_then(Value::as_str).ok_or("says: 'text' is words")?.to_owned();
    if let Some(unknown) = fields.keys().find(|name| !matches!(name.as_str(), "text" | "seconds")) {
        return Err(format!("says: '{unknown}' is not known here"));
    }
    let seconds = fields.get("seconds").ok_or("says: 'seconds' is missing")?;
    Ok(What::Says(Spread::read("seconds", seconds)?, words))
}
