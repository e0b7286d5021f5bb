//! `Record`: a beep, the person's words, silence that ends them.

use chrono::TimeDelta;

use super::{Call, Doing, Ear};
use crate::delivery::Purpose;
use crate::exchange::beep;
use crate::film::Track;
use crate::ids::{CallSid, RecordingSid};
use crate::tape::Label;
use crate::time::{Instant, millis};
use crate::twiml::{Record, Target};
use crate::world::{Webhook, World};

/// How long the beep is.
const BEEP: i64 = 500;

#[derive(Debug)]
pub(super) struct Recorder {
    record: Record,
    /// When the beep is over.
    opens: Instant,
    open: bool,
    /// From the first word to the last.
    voice: Option<(Instant, Instant)>,
    words: String,
    /// What the recording is called, once it has begun.
    sid: Option<RecordingSid>,
}

impl Recorder {
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Until it opens, a beep is heard.
    pub(super) fn ear(&self) -> Ear {
        if self.open || !self.record.beep {
            return Ear::Nothing;
        }
        Ear::Sound { sound: beep(), began: self.opens - millis(BEEP) }
    }

    /// Nobody will want it.
    pub(super) fn forget(&self, world: &mut World) {
        if let Some(sid) = &self.sid {
            world.films.forget(sid);
        }
    }

    pub(super) fn track(&self) -> Option<Track> {
        let sid = self.sid.clone()?;
        Some(Track { sid, began: self.opens, channels: 1, both: false, left_out: TimeDelta::zero() })
    }

    /// When it ends if nothing more happens.
    fn ends(&self) -> Instant {
        let longest = self.opens + self.record.longest;
        if self.record.timeout.is_zero() {
            return longest;
        }
        let quiet_since = self.voice.map_or(self.opens, |(_, last)| last);
        longest.min(quiet_since + self.record.timeout)
    }

    /// What there is to keep at `now`: when it began and how long it is. Nothing said is nothing kept.
    fn kept(&self, now: Instant) -> Option<(Instant, TimeDelta)> {
        let (first, last) = self.voice?;
        let (began, ended) = if self.record.trim { (first, last.min(now)) } else { (self.opens, now) };
        let ended = ended.min(self.opens + self.record.longest);
        (ended > began).then(|| (began, ended - began))
    }
}

impl Call {
    pub(super) fn record(&mut self, world: &mut World, mut record: Record) {
        record.status = self.absolute(&record.status);
        let opens = world.now + if record.beep { millis(BEEP) } else { TimeDelta::zero() };
        let recorder = Recorder { record, opens, open: false, voice: None, words: String::new(), sid: None };
        self.do_until(world, Doing::Recording(recorder), opens);
    }

    /// The beep is over, or the silence, or the longest recording.
    pub(super) fn record_turns(&mut self, world: &mut World, mut recorder: Recorder) {
        if recorder.open {
            return self.recorded(world, &recorder, "");
        }
        recorder.open = true;
        let sid = RecordingSid::draw(&mut world.ids);
        world.announce(&label(&self.sid, &recorder.record, &sid), "in-progress", world.now, None);
        recorder.sid = Some(sid);
        let until = recorder.ends();
        self.do_until(world, Doing::Recording(recorder), until);
    }

    pub(super) fn record_speech(&mut self, world: &mut World, mut recorder: Recorder, words: &str, until: Instant) {
        let first = recorder.voice.map_or(world.now.max(recorder.opens), |(first, _)| first);
        recorder.voice = Some((first, until));
        if !recorder.words.is_empty() {
            recorder.words.push(' ');
        }
        recorder.words.push_str(words);
        let ends = recorder.ends();
        self.do_until(world, Doing::Recording(recorder), ends);
    }

    /// A telephone hears the person's voice at this instant.
    pub(crate) fn voice(&mut self, world: &mut World) {
        let Doing::Recording(recorder) = &mut self.doing else { return };
        if recorder.open {
            let (first, last) = recorder.voice.unwrap_or((world.now, world.now));
            recorder.voice = Some((first, last.max(world.now)));
            let ends = recorder.ends();
            self.set_timer(world, ends);
        }
    }

    pub(super) fn record_key(&mut self, world: &mut World, recorder: Recorder, key: char) {
        if recorder.open && recorder.record.finish_on_key.contains(&key) {
            self.stop_timer(world);
            self.recorded(world, &recorder, &key.to_string());
        } else {
            self.doing = Doing::Recording(recorder);
        }
    }

    /// The recording is over and the call is not.
    fn recorded(&mut self, world: &mut World, recorder: &Recorder, ended_by: &str) {
        match self.keep_recording(world, recorder, ended_by) {
            Some(params) => self.ask(world, &recorder.record.action, params),
            None => self.do_until(world, Doing::Between, world.now),
        }
    }

    /// The person hung up while recording: what was said is handed in, and the answer is not heard.
    pub(super) fn recorded_at_hangup(&mut self, world: &mut World, recorder: &Recorder) {
        let Some(params) = self.keep_recording(world, recorder, "hangup") else { return };
        self.hand_in(world, &recorder.record.action, params);
    }

    /// Sends something about a call that is over.
    pub(super) fn hand_in(&self, world: &mut World, target: &Target, extra: Vec<(&'static str, String)>) {
        let url = target.url.as_deref().map_or_else(|| Some(self.document.url.clone()), |url| self.resolve(url));
        let Some(url) = url.filter(|url| !url.is_empty()) else { return };
        let mut params = self.params();
        params.extend(extra);
        world.webhook(Webhook {
            purpose: Purpose::Farewell(self.sid.clone()),
            fetch: 0,
            method: target.method,
            url,
            params,
            fallback: None,
        });
    }

    fn keep_recording(
        &self,
        world: &mut World,
        recorder: &Recorder,
        ended_by: &str,
    ) -> Option<Vec<(&'static str, String)>> {
        let sid = recorder.sid.clone().unwrap_or_else(|| RecordingSid::draw(&mut world.ids));
        let label = label(&self.sid, &recorder.record, &sid);
        let kept = recorder.kept(world.now).unwrap_or((world.now, TimeDelta::zero()));
        let mut params = world.keep(&label, kept, &recorder.words)?;
        params.push(("Digits", ended_by.to_owned()));
        Some(params)
    }
}

fn label<'l>(call: &'l CallSid, record: &'l Record, sid: &'l RecordingSid) -> Label<'l> {
    let (status, events, trim) = (&record.status, record.status_events.as_slice(), record.trim);
    Label { sid, call, conference: None, source: "RecordVerb", channels: 1, track: "inbound", trim, status, events }
}
