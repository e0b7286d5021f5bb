//! `record`: the caller speaks and is recorded, if they agreed to be.

use std::time::Duration;

use super::wait::Retry;
use super::walk::{Go, Walk};
use crate::flow::document::{Exit, Line, PromptUse, Target};
use crate::flow::machine::Fault;
use crate::flow::{self, Effect, Input, Outcome};
use crate::source::Fields;

/// Records the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What is heard before the tone.
    pub lines: Vec<Line>,
    /// What the recording holds.
    pub holds: Holds,
    /// The longest recording.
    pub max: Duration,
    /// The shortest recording that counts as something said; a shorter one is kept, and asked for again.
    pub least: Duration,
    /// Silence that ends it.
    pub silence: Duration,
    /// The key that ends it.
    pub end: char,
    /// The way when something was recorded.
    pub recorded: Target,
    /// What happens when nothing was.
    pub nothing: Retry,
    /// The way of a caller who did not agree to be recorded.
    pub declined: Target,
}

impl Record {
    /// The longest recording a page may ask for.
    pub const LONGEST: Duration = Duration::from_mins(5);

    pub(in crate::flow) const KEYS: &'static [&'static str] =
        &["record", "holds", "max", "least", "silence", "end", "recorded", "nothing", "declined"];

    pub(in crate::flow) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let lines = fields.lines("record");
        let holds = fields.choice("holds", &Holds::WORDS);
        let max = fields.duration("max", Duration::from_mins(2), Duration::from_secs(5)..=Self::LONGEST);
        let least = fields.duration("least", Duration::from_secs(1), Duration::from_secs(1)..=Duration::from_secs(10));
        let silence =
            fields.duration("silence", Duration::from_secs(4), Duration::from_secs(2)..=Duration::from_secs(15));
        let end = fields.telephone_key("end", "#*").unwrap_or('#');
        let recorded = fields.target("recorded");
        let nothing = fields.retry("nothing");
        let declined = fields.target("declined");
        Some(Self {
            lines: lines?,
            holds: holds?,
            max,
            least,
            silence,
            end,
            recorded: recorded?,
            nothing: nothing?,
            declined: declined?,
        })
    }

    pub(in crate::flow) fn exits(&self) -> Vec<Exit<'_>> {
        vec![
            Exit::new("recorded", &self.recorded),
            Exit::new("nothing", &self.nothing.then),
            Exit::new("declined", &self.declined),
        ]
    }

    pub(in crate::flow) fn prompts(&self) -> Vec<PromptUse> {
        let mut prompts = Line::prompts(&self.lines);
        prompts.push(self.nothing.say.clone());
        prompts
    }
}

/// What a recording holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// What happened.
    Description,
    /// Who calls, of which institution.
    Institution,
    /// Something added to a case that was open before.
    Addition,
}

impl Holds {
    /// Every word of the page.
    pub const WORDS: [(&'static str, Self); 3] =
        [("description", Self::Description), ("institution", Self::Institution), ("addition", Self::Addition)];

    /// The word of the page, and of [`crate::flow::Effect::Recorded`].
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Institution => "institution",
            Self::Addition => "addition",
        }
    }
}

impl Record {
    pub(in crate::flow) fn enter<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        // Only who was asked and stayed is recorded: not having been asked is not having agreed.
        if walk.state.recording != Some(true) {
            return Ok(Go::To(&self.declined));
        }
        walk.say_all(&self.lines)?;
        Ok(self.listen())
    }

    pub(in crate::flow) fn take<'f>(&'f self, walk: &mut Walk<'f>, input: &Input) -> Result<Go<'f>, Fault> {
        match input {
            Input::Recording { id, url, seconds } if walk.state.recording == Some(true) => {
                let case = match self.holds {
                    Holds::Addition => walk.case().map(|case| case.number.clone()),
                    Holds::Description | Holds::Institution => None,
                };
                if case.is_some() {
                    walk.had(Outcome::Added);
                }
                let holds = self.holds.as_str().to_owned();
                walk.effects.push(Effect::Recorded {
                    id: id.clone(),
                    url: url.clone(),
                    seconds: *seconds,
                    holds,
                    case,
                });
                walk.state.last_recording = Some(url.clone());
                if u64::from(*seconds) < self.least.as_secs() { self.nothing(walk) } else { Ok(Go::To(&self.recorded)) }
            }
            Input::Digits(_) | Input::Speech(_) | Input::Silence => self.nothing(walk),
            Input::Answer(_) => Err(walk.unasked()),
            Input::Begin | Input::Recording { .. } | Input::Waited(_) | Input::Parted(_) | Input::Moved => {
                self.enter(walk)
            }
        }
    }

    fn nothing<'f>(&'f self, walk: &mut Walk<'f>) -> Result<Go<'f>, Fault> {
        if walk.was_last(self.nothing.tries) {
            return Ok(Go::To(&self.nothing.then));
        }
        walk.say(&self.nothing.say.name)?;
        Ok(self.listen())
    }

    fn listen<'f>(&self) -> Go<'f> {
        Go::Record(flow::Record { max: self.max, silence: self.silence, end: self.end, beep: true })
    }
}
