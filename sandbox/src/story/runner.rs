//! Plays a story: one step after the other, time passing in between.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::document::{Expectation, Expected, Story};
use super::hosts::Host;
use super::people::{People, Person};
use super::report::{Report, StoryFailure};
use super::step::{Act, Step};
use super::verdict;
use crate::call::Status as CallStatus;
use crate::ids::CallSid;
use crate::network::Network;
use crate::phone::Phone;
use crate::time::{Instant, millis};

/// The caller's name in the transcript.
const CALLER: &str = "caller";
/// Instants without any time between them that may still follow the last step.
const LAST_INSTANTS: u32 = 1000;

/// Plays one story on one network.
#[derive(Debug)]
pub struct Runner {
    pub(super) network: Network,
    story: Story,
    pub(super) people: People,
    variables: BTreeMap<String, String>,
}

/// What trying a step came to.
pub(super) enum Tried {
    Done,
    /// Not yet so; and why, should it never be.
    NotYet(String),
    /// It can never be so.
    Never(String),
}

impl Runner {
    /// Prepares `story` on `network`, which should stand at [`Story::starts_at`].
    #[must_use]
    pub fn new(network: Network, story: Story) -> Self {
        let caller = (CALLER.to_owned(), story.caller.clone());
        let people: Vec<(String, String)> = std::iter::once(caller).chain(story.staff.clone()).collect();
        for (name, number) in &people {
            network.name_person(number, name);
        }
        Self { network, people: People::new(people), variables: BTreeMap::new(), story }
    }

    /// Plays it to its end, or to the first step that fails.
    pub async fn run(mut self, host: &mut impl Host) -> Report {
        let mut failures = Vec::new();
        if let Err(failure) = self.play(host).await {
            failures.push(failure);
        } else {
            // What is due at this very instant still belongs to the story.
            let now = self.network.now();
            let mut instants = 0;
            while instants < LAST_INSTANTS && host.advance(now).await {
                instants += 1;
            }
            for expectation in std::mem::take(&mut self.story.then) {
                failures.extend(self.verify(host, &expectation).await);
            }
        }
        let zone = *self.story.at.offset();
        Report { title: self.story.title, zone, transcript: self.network.transcript(), failures }
    }

    async fn play(&mut self, host: &mut impl Host) -> Result<(), StoryFailure> {
        if let Some(number) = self.story.dials.clone() {
            self.dial(CALLER, &number).map_err(|text| failure(&self.story.file, 1, text))?;
        }
        for step in std::mem::take(&mut self.story.steps) {
            let played = self.step(host, &step).await;
            played.map_err(|text| failure(&self.story.file, step.line, text))?;
        }
        Ok(())
    }

    /// Tries a step until it is done or its time is up.
    async fn step(&mut self, host: &mut impl Host, step: &Step) -> Result<(), String> {
        let who = step.staff.clone().unwrap_or_else(|| CALLER.to_owned());
        let deadline = self.network.now() + step.within;
        let mut in_time = true;
        loop {
            self.people.listen(&self.network);
            let why = match self.attempt(host, &who, &step.act).await? {
                Tried::Done => return Ok(()),
                Tried::Never(why) => return Err(why),
                Tried::NotYet(why) => why,
            };
            if !in_time {
                return Err(format!("{why} (waited {})", spoken(step.within)));
            }
            in_time = host.advance(deadline).await;
        }
    }

    async fn attempt(&mut self, host: &mut impl Host, who: &str, act: &Act) -> Result<Tried, String> {
        match act {
            Act::Hears(words) => {
                let words = self.fill(who, words)?;
                let over = self.is_over(who)?;
                let person = self.people.get(who)?;
                let found = person.heard(&words);
                Ok(awaited(found, over, &format!("expected {who} to hear \"{words}\"; {}", person.what_was_heard())))
            }
            Act::HearsCaseNumber(name) => {
                let over = self.is_over(who)?;
                let person = self.people.get(who)?;
                let found = person.heard_case_number();
                let what_was_heard = person.what_was_heard();
                let done = found.is_some();
                if let Some(digits) = found {
                    self.variables.insert(format!("case_number:{name}"), digits);
                }
                Ok(awaited(done, over, &format!("expected {who} to hear a case number; {what_was_heard}")))
            }
            Act::Presses(keys) => self.press(host, who, keys).await,
            Act::Says { words, lasts } => self.say(host, who, words, *lasts).await,
            Act::HangsUp => {
                let call = self.live_call(who)?;
                self.network.hang_up(&call);
                self.people.get(who)?.acted();
                Ok(Tried::Done)
            }
            Act::CallsAgain => {
                let number = self.story.dials.clone().unwrap_or_default();
                self.dial(who, &number).map(|()| Tried::Done)
            }
            Act::Dials(number) => {
                let number = self.fill(who, number)?;
                self.dial(who, &number).map(|()| Tried::Done)
            }
            Act::Answers | Act::Declines | Act::ReceivesCall => self.pick_up(who, act),
            Act::LetsItRing => self.let_it_ring(who),
            Act::VoicemailAnswers => self.leave_to_voicemail(who),
            Act::HasVoicemail { after, greeting } => {
                let number = self.people.get(who)?.number.clone();
                self.network.set_phone(&number, Phone::Voicemail(*after));
                if let Some(words) = greeting {
                    self.network.set_greeting(&number, words);
                }
                Ok(Tried::Done)
            }
            Act::LineHangsUp => {
                let over = self.is_over(who)?;
                let person = self.people.get(who)?;
                let why = format!("expected the line to hang up on {who}; {}", person.what_was_heard());
                Ok(if over.is_some() { Tried::Done } else { Tried::NotYet(why) })
            }
            Act::ReceivesSms(words) => self.receive(who, words),
            Act::Replies(text) => {
                let text = self.fill(who, text)?;
                let person = self.people.get(who)?;
                let Some(message) = &person.last_sms else {
                    return Ok(Tried::Never(format!("{who} has read no text message to reply to")));
                };
                self.network.place_sms(&person.number, &message.from, &text);
                Ok(Tried::Done)
            }
            Act::SendsSms { to, text } => {
                let text = self.fill(who, text)?;
                self.network.place_sms(&self.people.get(who)?.number, to, &text);
                Ok(Tried::Done)
            }
            Act::SwitchesOff | Act::SwitchesOn | Act::IsBusy => {
                let phone = match act {
                    Act::SwitchesOff => Phone::SwitchedOff,
                    Act::IsBusy => Phone::Busy,
                    _ => Phone::Attended,
                };
                self.network.set_phone(&self.people.get(who)?.number, phone);
                Ok(Tried::Done)
            }
            Act::Waits(length) => {
                let until = self.network.now() + *length;
                self.wait(host, until).await;
                Ok(Tried::Done)
            }
            Act::Check(name, value) => Ok(match host.check(name, &self.fill_value(who, value)?).await {
                Ok(()) => Tried::Done,
                Err(text) => Tried::NotYet(text),
            }),
            Act::Meanwhile(name, value) => Ok(match host.meanwhile(name, &self.fill_value(who, value)?).await {
                Ok(()) => Tried::Done,
                Err(text) => Tried::Never(text),
            }),
        }
    }

    async fn press(&mut self, host: &mut impl Host, who: &str, keys: &str) -> Result<Tried, String> {
        let keys = self.fill(who, keys)?;
        let mut call = self.live_call(who)?;
        self.people.get(who)?.acted();
        for (place, keys) in keys.split('w').enumerate() {
            if place > 0 {
                let until = self.network.now() + millis(500);
                self.wait(host, until).await;
                call = self.live_call(who)?;
            }
            self.network.press(&call, keys);
        }
        Ok(Tried::Done)
    }

    async fn say(&mut self, host: &mut impl Host, who: &str, words: &str, lasts: TimeDelta) -> Result<Tried, String> {
        let words = self.fill(who, words)?;
        let call = self.live_call(who)?;
        if !self.network.call(&call).is_some_and(|call| call.listens) {
            let heard = self.people.get(who)?.what_was_heard();
            return Ok(Tried::NotYet(format!("nothing listens to what {who} says; {heard}")));
        }
        self.people.get(who)?.acted();
        let until = self.network.now() + lasts;
        self.network.speak(&call, &words, lasts);
        self.wait(host, until).await;
        Ok(Tried::Done)
    }

    fn receive(&mut self, who: &str, words: &[String]) -> Result<Tried, String> {
        let words = words.iter().map(|words| self.fill(who, words)).collect::<Result<Vec<_>, _>>()?;
        if self.people.read_sms(&self.network, who, &words)? {
            return Ok(Tried::Done);
        }
        let number = self.people.get(who)?.number.clone();
        let unread = self.people.unread(&self.network, &number);
        let instead = if unread.is_empty() {
            "no unread text message reached them".to_owned()
        } else {
            let bodies: Vec<String> = unread.iter().map(|message| format!("\"{}\"", message.body)).collect();
            format!("received instead: {}", bodies.join(" "))
        };
        Ok(Tried::NotYet(format!("expected {who} to receive a text message with {}; {instead}", words.join(" and "))))
    }

    fn dial(&mut self, who: &str, to: &str) -> Result<(), String> {
        let person = self.people.get(who)?;
        let call = self.network.dial(&person.number, to);
        person.is_on(call);
        Ok(())
    }

    async fn wait(&self, host: &mut impl Host, until: Instant) {
        while host.advance(until).await && self.network.now() < until {}
    }

    /// The call a person is on; an error if there is none or it is over.
    fn live_call(&mut self, who: &str) -> Result<CallSid, String> {
        let heard = self.people.get(who)?.what_was_heard();
        match (self.is_over(who)?, self.people.get(who)?.call.clone()) {
            (None, Some(call)) => Ok(call),
            (over, _) => Err(format!("{who} is not on a call ({}); {heard}", over.unwrap_or("they made none"))),
        }
    }

    /// The last status of a person's call, if it is over.
    fn is_over(&mut self, who: &str) -> Result<Option<&'static str>, String> {
        let Person { call, .. } = self.people.get(who)?;
        let Some(call) = call else { return Ok(Some("they made none")) };
        let status = self.network.call(call).map(|call| call.status);
        Ok(status.filter(|status| status.is_final()).map(CallStatus::as_str))
    }

    /// Puts the variables in: `{case_number:first}`, `{code}`.
    fn fill(&mut self, who: &str, text: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else { break };
            filled.push_str(before);
            let value = match name {
                "code" => self.people.get(who)?.code(),
                name => self.variables.get(name).cloned(),
            };
            let known = || self.variables.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            filled.push_str(&value.ok_or_else(|| format!("{{{name}}} is not known yet; known: code, {}", known()))?);
            rest = tail;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// The same for every text inside a value.
    fn fill_value(&mut self, who: &str, value: &serde_json::Value) -> Result<serde_json::Value, String> {
        use serde_json::Value;
        Ok(match value {
            Value::String(text) => Value::String(self.fill(who, text)?),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.fill_value(who, item)).collect::<Result<_, _>>()?)
            }
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(name, item)| Ok((name.clone(), self.fill_value(who, item)?)))
                    .collect::<Result<_, String>>()?,
            ),
            other => other.clone(),
        })
    }

    async fn verify(&mut self, host: &mut impl Host, expectation: &Expectation) -> Vec<StoryFailure> {
        let found = match &expectation.what {
            Expected::NothingElseWasSent => verdict::what_else_was_sent(&self.network, &self.people),
            Expected::Host(name, value) => match self.fill_value(CALLER, value) {
                Ok(value) => host.check(name, &value).await.err().into_iter().collect(),
                Err(text) => vec![text],
            },
        };
        found.into_iter().map(|text| failure(&self.story.file, expectation.line, text)).collect()
    }
}

fn awaited(found: bool, over: Option<&str>, why: &str) -> Tried {
    match (found, over) {
        (true, _) => Tried::Done,
        (false, Some(status)) => Tried::Never(format!("{why}; the call is over ({status})")),
        (false, None) => Tried::NotYet(why.to_owned()),
    }
}

fn failure(file: &str, line: u64, text: String) -> StoryFailure {
    StoryFailure { place: format!("{file}:{line}"), text }
}

fn spoken(length: TimeDelta) -> String {
    let milliseconds = length.num_milliseconds();
    if milliseconds % 1000 == 0 { format!("{} s", milliseconds / 1000) } else { format!("{milliseconds} ms") }
}
