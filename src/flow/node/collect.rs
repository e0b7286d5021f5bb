//! `collect`: the caller keys digits, and what they stand for is looked up.

use super::wait::{NO_INPUT, Retry, Wait};
use super::walk::{Go, Walk};
use crate::flow::document::{Exit, Line, PromptUse, Target};
use crate::flow::machine::Fault;
use crate::flow::{Answer, Ask, Gather, Input, Learned};
use crate::incident::CaseNumber;
use crate::phone::Phone;
use crate::source::Fields;
use crate::source::Position;

/// Asks for digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collect {
    /// What is heard while keys already count.
    pub lines: Vec<Line>,
    /// Which digits.
    pub digits: Digits,
    /// The variable that holds them.
    pub into: String,
    /// The way for a caller who does not know them.
    pub skip: Option<Skip>,
    /// The way when they were found.
    pub found: Target,
    /// What happens when they were not.
    pub unknown: Retry,
    /// How long and how often.
    pub wait: Wait,
    /// The way when nothing came `wait.tries` times.
    pub silence: Target,
    /// Where the node stands.
    pub at: Position,
}

/// Which digits are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    /// The fewest.
    pub min: u8,
    /// The most.
    pub max: u8,
    /// The key that ends them.
    pub end: Option<char>,
    /// What they stand for.
    pub lookup: Lookup,
}

impl Digits {
    /// The most digits a page may ask for: E.164 has 15.
    pub const MOST: u8 = 20;
}

/// What digits stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Nothing: they are kept as they are.
    None,
    /// An institution of the directory.
    Institutions,
    /// A case; a wrong check digit is noticed before anything is looked up.
    Cases,
    /// A number that a case may have. Whether one has it is not asked here: not every caller may learn that.
    CaseNumbers,
    /// The number at which the reporter is called back: a Dominican one, or the one the call came from.
    Phone,
}

impl Lookup {
    /// Every word of the page.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("none", Self::None),
        ("institutions", Self::Institutions),
        ("cases", Self::Cases),
        ("case_numbers", Self::CaseNumbers),
        ("phone", Self::Phone),
    ];
}

/// The way for a caller who does not know the digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The key, e.g. `*`.
    pub key: char,
    /// Where it leads.
    pub then: Target,
}

impl Collect {
    pub(in crate::flow) const KEYS: &'static [&'static str] =
        &["collect", "digits", "into", "skip", "found", "unknown", "wait", "silence"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let lines = fields.lines("collect");
        let digits = fields.digits("digits");
        let into = fields.name("into");
        let skip = fields.skip("skip");
        let found = fields.target("found");
        let unknown = fields.retry("unknown");
        let wait = fields.wait();
        let silence = fields.target("silence");
        Some(Self {
            lines: lines?,
            digits: digits?,
            into: into?,
            skip,
            found: found?,
            unknown: unknown?,
            wait,
            silence: silence?,
            at,
        })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        let mut exits = vec![Exit::new("found", &self.found)];
        exits.extend(self.skip.as_ref().map(|skip| Exit::new(format!("skip {}", skip.key), &skip.then)));
        exits.push(Exit::new("unknown", &self.unknown.then));
        exits.push(Exit::new("silence", &self.silence));
        exits
    }

    pub(in crate::flow) fn prompts(&self) -> Vec<PromptUse> {
        let mut prompts = Line::prompts(&self.lines);
        prompts.push(self.unknown.say.clone());
        if self.wait.tries > 1 {
            prompts.push(PromptUse { name: NO_INPUT.to_owned(), at: self.at });
        }
        prompts
    }
}

impl Fields<'_> {
    /// `{ exactly: 4, end: "#", lookup: institutions }`, or `min` and `max` in place of `exactly`.
    fn digits(&mut self, key: &str) -> Option<Digits> {
        let mut digits = self.map(key, &["exactly", "min", "max", "end", "lookup"])?;
        let most = u32::from(Digits::MOST);
        let exactly = digits.get("exactly").map(|_| digits.number("exactly", 1, 1..=most));
        let (min, max) = match exactly {
            Some(exactly) => {
                if digits.get("min").is_some() || digits.get("max").is_some() {
                    let at = digits.at();
                    digits.problem(|source, owner| {
                        source
                            .problem(at, format!("{owner} says 'exactly' and 'min' or 'max'"))
                            .mend("Keep one of them")
                    });
                }
                (exactly, exactly)
            }
            None => (digits.number("min", 1, 1..=most), digits.number("max", most, 1..=most)),
        };
        if min > max {
            let at = digits.at();
            digits.problem(|source, owner| {
                source.problem(at, format!("{owner} asks for at least {min} and at most {max}"))
            });
        }
        let end = digits.telephone_key("end", "#*");
        let lookup = match digits.get("lookup") {
            Some(lookup) => digits.choice_of(lookup, "lookup", &Lookup::WORDS)?,
            None => Lookup::None,
        };
        let small = |number: u32| u8::try_from(number).unwrap_or(Digits::MOST);
        Some(Digits { min: small(min), max: small(max), end, lookup })
    }

    /// `{ key: "*", then: institution_spoken }`.
    fn skip(&mut self, key: &str) -> Option<Skip> {
        let mut skip = self.maybe_map(key, &["key", "then"])?;
        skip.need("key");
        let pressed = skip.telephone_key("key", "*#");
        let then = skip.target("then");
        Some(Skip { key: pressed?, then: then? })
    }
}

impl Collect {
    pub(in crate::flow) fn enter<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        walk.say_all(&self.lines)?;
        Ok(Go::Gather(self.gather(walk)))
    }

    pub(in crate::flow) fn take<'f>(&'f self, walk: &mut Walk<'f>, input: &Input) -> Result<Go<'f>, Fault> {
        match input {
            Input::Digits(keys) => self.keyed(walk, keys),
            // A speech engine writes spoken figures as figures, with blanks and words around them.
            Input::Speech(words) => self.keyed(walk, &words.chars().filter(char::is_ascii_digit).collect::<String>()),
            Input::Silence => self.silent(walk),
            Input::Answer(answer) => self.answered(walk, answer),
            Input::Begin | Input::Recording { .. } | Input::Waited(_) | Input::Parted(_) | Input::Moved => {
                self.enter(walk)
            }
        }
    }

    fn keyed<'f>(&'f self, walk: &mut Walk<'f>, keys: &str) -> Result<Go<'f>, Fault> {
        if let Some(skip) = self.skip.as_ref().filter(|skip| keys.starts_with(skip.key)) {
            return Ok(Go::To(&skip.then));
        }
        let keys = self.digits.end.map_or(keys, |end| keys.trim_end_matches(end));
        if keys.is_empty() {
            return self.silent(walk);
        }
        let fits = (usize::from(self.digits.min)..=usize::from(self.digits.max)).contains(&keys.len());
        if !fits || !keys.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.unknown(walk);
        }
        match self.digits.lookup {
            Lookup::None => {
                walk.set(&self.into, keys.to_owned());
                Ok(Go::To(&self.found))
            }
            Lookup::Institutions => Ok(Go::Ask(Ask::Institution { code: keys.to_owned() })),
            Lookup::Cases => match CaseNumber::parse(keys) {
                Ok(number) => Ok(Go::Ask(Ask::Case { number })),
                Err(_) => self.unknown(walk),
            },
            Lookup::CaseNumbers => match CaseNumber::parse(keys) {
                Ok(number) => {
                    walk.set(&self.into, number.to_string());
                    Ok(Go::To(&self.found))
                }
                Err(_) => self.unknown(walk),
            },
            Lookup::Phone => match Phone::parse(keys) {
                Ok(phone) if phone.is_dominican() || walk.facts.caller.as_ref() == Some(&phone) => {
                    walk.state.call_back = Some(phone.clone());
                    walk.learned(Learned::CallBack(phone));
                    Ok(Go::To(&self.found))
                }
                _ => self.unknown(walk),
            },
        }
    }

    fn answered<'f>(&'f self, walk: &mut Walk<'f>, answer: &Answer) -> Result<Go<'f>, Fault> {
        match (self.digits.lookup, answer) {
            (Lookup::Institutions, Answer::Institution(Some(institution))) => {
                walk.set(&self.into, institution.code.clone());
                walk.institution(institution.clone());
                Ok(Go::To(&self.found))
            }
            (Lookup::Cases, Answer::Case(Some(case))) => {
                walk.set(&self.into, case.number.to_string());
                walk.state.found = Some(case.clone());
                Ok(Go::To(&self.found))
            }
            (Lookup::Institutions, Answer::Institution(None)) | (Lookup::Cases, Answer::Case(None)) => {
                self.unknown(walk)
            }
            _ => Err(walk.unasked()),
        }
    }

    fn unknown<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        if walk.was_last(self.unknown.tries) {
            return Ok(Go::To(&self.unknown.then));
        }
        walk.say(&self.unknown.say.name)?;
        self.enter(walk)
    }

    fn silent<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        if walk.was_last(self.wait.tries) {
            return Ok(Go::To(&self.silence));
        }
        walk.say(NO_INPUT)?;
        self.enter(walk)
    }

    fn gather(&self, walk: &Walk<'_>) -> Gather {
        let digits = match self.digits.end {
            // One more than needed: the end key that callers are told to press must not be left for the next question.
            Some(_) => self.digits.max.saturating_add(1),
            None => self.digits.max,
        };
        Gather {
            prompts: Vec::new(),
            digits: Some(digits),
            end: self.digits.end,
            first: self.wait.first,
            between: self.wait.between,
            words: Vec::new(),
            language: walk.state.language,
        }
    }
}
