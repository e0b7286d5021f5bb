//! Getting the next document: asking, reading what was answered, and what happens when it cannot be had.

use std::collections::BTreeSet;

use reqwest::Url;

use super::speech::Speech;
use super::{Call, Direction, Document, Doing, Status};
use crate::delivery::{Answer, Purpose};
use crate::problem::{Failure, code};
use crate::studio::{self, Preparation, Wanted};
use crate::twiml::{Play, Say, Target, Verb, read_document};
use crate::world::{Webhook, World};

impl Call {
    /// The parameters every request about a call carries.
    pub(super) fn params(&self) -> Vec<(&'static str, String)> {
        let mut params = vec![
            ("CallSid", self.sid.to_string()),
            ("CallStatus", self.status.as_str().to_owned()),
            ("From", self.from.clone()),
            ("To", self.to.clone()),
            ("Caller", self.from.clone()),
            ("Called", self.to.clone()),
            ("Direction", self.direction.as_str().to_owned()),
        ];
        if let Some(parent) = &self.parent {
            params.push(("ParentCallSid", parent.to_string()));
        }
        if let Some(found) = self.answered_by {
            params.push(("AnsweredBy", found.to_owned()));
        }
        params
    }

    /// An address as the document in force means it.
    pub(super) fn resolve(&self, url: &str) -> Option<String> {
        let url = url.trim();
        match Url::parse(&self.document.url) {
            Ok(base) => base.join(url).ok().map(String::from),
            Err(_) => Url::parse(url).ok().map(String::from),
        }
    }

    /// A target as the document in force means it.
    pub(super) fn absolute(&self, target: &Target) -> Target {
        Target { url: target.url.as_deref().and_then(|url| self.resolve(url)), method: target.method }
    }

    /// Asks an address what to do next; without one, the document's own.
    pub(super) fn ask(&mut self, world: &mut World, target: &Target, extra: Vec<(&'static str, String)>) {
        let url = match &target.url {
            Some(url) => self.resolve(url),
            None if self.document.url.is_empty() => None,
            None => Some(self.document.url.clone()),
        };
        let Some(url) = url else {
            let written = target.url.clone().unwrap_or_default();
            let failure = Failure::new(code::INVALID_URL, format!("'{written}' is not an address the call can ask"));
            return self.unfetched(world, &written, &failure);
        };
        self.documents_now = if self.documents_now.0 == world.now {
            (world.now, self.documents_now.1.saturating_add(1))
        } else {
            (world.now, 1)
        };
        let most = world.config.limits.documents_per_instant;
        if self.documents_now.1 > most {
            let text = format!("more than {most} documents without any time passing: a redirect loop");
            world.problem(code::TOO_MANY_REDIRECTS, &url, Some(&self.sid), text);
            return self.apologise(world);
        }
        let mut params = self.params();
        params.extend(extra);
        self.stop_timer(world);
        self.doing = Doing::Fetching;
        self.fetches = self.fetches.wrapping_add(1);
        world.webhook(Webhook {
            purpose: Purpose::Document(self.sid.clone()),
            fetch: self.fetches,
            method: target.method,
            url,
            params,
            fallback: None,
        });
    }

    /// The application answered `fetch`. An answer to anything but the latest question is not heard.
    pub(crate) fn fetched(&mut self, world: &mut World, fetch: u64, asked: &str, answer: Result<Answer, Failure>) {
        if !matches!(self.doing, Doing::Fetching) || fetch != self.fetches {
            return;
        }
        let base = answer.as_ref().map_or_else(|_| asked.to_owned(), |answer| answer.url.clone());
        match answer.and_then(|answer| verbs(&answer)) {
            Ok(verbs) => {
                self.on_fallback = false;
                self.begin(world, Document { url: base, verbs: verbs.into() });
            }
            Err(failure) => self.unfetched(world, asked, &failure),
        }
    }

    /// A document begins: at once, or (with a speech engine) as soon as it can be heard.
    fn begin(&mut self, world: &mut World, document: Document) {
        self.document = document;
        let wanted = if world.config.speech.is_some() { self.wanted(world) } else { Vec::new() };
        if wanted.is_empty() {
            return self.proceed(world);
        }
        self.doing = Doing::Fetching;
        self.fetches = self.fetches.wrapping_add(1);
        let place = world.timetable.place();
        world.preparations.push(Preparation { place, waits: Some((self.sid.clone(), self.fetches)), wanted });
    }

    /// The sounds that the document needs and that are not there.
    fn wanted(&self, world: &World) -> Vec<Wanted> {
        let mut all = BTreeSet::new();
        for verb in &self.document.verbs {
            let inner = if let Verb::Gather(gather) = verb { gather.prompts.as_slice() } else { &[] };
            for verb in inner.iter().chain([verb]) {
                all.extend(Speech::wanted(verb, world, |url| self.resolve(url)));
            }
        }
        all.into_iter().filter(|wanted| !world.shelf.is_ready(wanted)).take(studio::MOST).collect()
    }

    /// What the document needs is ready. News about anything but the latest question is not heard.
    pub(crate) fn sounds_are_ready(&mut self, world: &mut World, question: u64) {
        if matches!(self.doing, Doing::Fetching) && question == self.fetches {
            self.proceed(world);
        }
    }

    /// The document could not be had: the fallback address is asked, once; then the caller hears an apology.
    fn unfetched(&mut self, world: &mut World, url: &str, failure: &Failure) {
        world.problem(failure.code, url, Some(&self.sid), failure.text.clone());
        if self.on_fallback || self.script.fallback.url.is_none() {
            return self.apologise(world);
        }
        self.on_fallback = true;
        let target = self.script.fallback.clone();
        let extra = vec![("ErrorCode", failure.code.to_string()), ("ErrorUrl", url.to_owned())];
        self.ask(world, &target, extra);
    }

    pub(super) fn apologise(&mut self, world: &mut World) {
        self.leave_place(world);
        if self.direction == Direction::Inbound || self.status == Status::InProgress {
            let words = "We are sorry, an application error has occurred. Goodbye.".to_owned();
            self.run(world, vec![Verb::Say(Say::plain(words)), Verb::Hangup]);
        } else {
            self.end(world, Status::Failed);
        }
    }

    /// Runs verbs that came from nowhere: there is no address to be relative to.
    pub(super) fn run(&mut self, world: &mut World, verbs: Vec<Verb>) {
        self.stop_timer(world);
        self.begin(world, Document { url: String::new(), verbs: verbs.into() });
    }
}

/// What an answer says, by its content type.
fn verbs(answer: &Answer) -> Result<Vec<Verb>, Failure> {
    let kind = answer.content_type.as_deref().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "text/xml" | "application/xml" | "text/html" => read_document(&answer.body),
        "text/plain" => {
            let words = answer.body.split_whitespace().collect::<Vec<_>>().join(" ");
            Ok(vec![Verb::Say(Say::plain(words)), Verb::Hangup])
        }
        audio if audio.starts_with("audio/") => {
            Ok(vec![Verb::Play(Play { url: answer.url.clone(), keys: String::new(), loops: 1 }), Verb::Hangup])
        }
        "" => Err(Failure::new(code::CONTENT_TYPE, "the answer has no content type; TwiML is text/xml")),
        other => {
            Err(Failure::new(code::CONTENT_TYPE, format!("content type '{other}' cannot be heard; TwiML is text/xml")))
        }
    }
}
