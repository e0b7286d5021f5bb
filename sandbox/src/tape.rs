//! Recordings as they are made: kept, handed to the next document, announced.

use chrono::TimeDelta;

use crate::delivery::Purpose;
use crate::film::{Film, Track};
use crate::ids::{CallSid, ConferenceSid, RecordingSid};
use crate::recording::Recording;
use crate::time::{Instant, millis, rfc2822};
use crate::twiml::{Tape, Target};
use crate::world::{News, Webhook, World};

/// How long after its end a recording is ready.
const READY: i64 = 1000;

/// What is recorded, by whom, and who wants to know.
#[derive(Debug)]
pub(crate) struct Label<'l> {
    pub sid: &'l RecordingSid,
    pub call: &'l CallSid,
    pub conference: Option<&'l ConferenceSid>,
    pub source: &'static str,
    pub channels: u16,
    pub track: &'static str,
    /// Silence around it is not kept.
    pub trim: bool,
    /// Absolute.
    pub status: &'l Target,
    pub events: &'l [String],
}

/// The recording of a conversation.
#[derive(Debug)]
pub(crate) struct Reel {
    sid: RecordingSid,
    call: CallSid,
    conference: Option<ConferenceSid>,
    /// Its addresses are absolute.
    terms: Tape,
    source: &'static str,
    began: Instant,
    words: String,
    /// Since when it pauses, and whether the pause is left out of it.
    paused: Option<(Instant, bool)>,
    /// The pauses that were left out.
    left_out: TimeDelta,
}

impl Reel {
    /// Begins to record on a call, or (on the call that opened it) a conference. The addresses of `terms` are absolute.
    pub(crate) fn start(
        world: &mut World,
        call: &CallSid,
        conference: Option<&ConferenceSid>,
        source: &'static str,
        terms: Tape,
    ) -> Self {
        let reel = Self {
            sid: RecordingSid::draw(&mut world.ids),
            call: call.clone(),
            conference: conference.cloned(),
            terms,
            source,
            began: world.now,
            words: String::new(),
            paused: None,
            left_out: TimeDelta::zero(),
        };
        world.announce(&reel.label(), "in-progress", world.now, None);
        reel
    }

    /// Writes down what somebody said.
    pub(crate) fn add(&mut self, who: &str, words: &str) {
        if self.paused.is_some() {
            return;
        }
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        for piece in [who, ": ", words, "."] {
            self.words.push_str(piece);
        }
    }

    pub(crate) fn track(&self) -> Track {
        let channels = if self.terms.dual { 2 } else { 1 };
        Track {
            sid: self.sid.clone(),
            began: self.began,
            channels,
            both: self.conference.is_none(),
            left_out: self.left_out,
        }
    }

    /// The conversation is over; what its `action` is told of the recording.
    pub(crate) fn stop(mut self, world: &mut World) -> Vec<(&'static str, String)> {
        self.go_on(world.now);
        let length = world.now - self.began - self.left_out;
        world.keep(&self.label(), (self.began, length), &self.words).unwrap_or_default()
    }

    /// Nothing is written down until it goes on; whether the pause is left out, or is silence in it.
    pub(crate) fn pause(&mut self, now: Instant, left_out: bool) {
        self.paused.get_or_insert((now, left_out));
    }

    pub(crate) fn go_on(&mut self, now: Instant) {
        if let Some((since, true)) = self.paused.take() {
            self.left_out += now - since;
        }
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused.is_some()
    }

    pub(crate) fn sid(&self) -> &RecordingSid {
        &self.sid
    }

    /// What there is of it so far.
    pub(crate) fn so_far(&self, now: Instant) -> Recording {
        Recording {
            sid: self.sid.clone(),
            call: self.call.clone(),
            conference: self.conference.clone(),
            began: self.began,
            length: now - self.began - self.left_out,
            words: self.words.clone(),
            source: self.source,
            channels: self.label().channels,
            film: None,
        }
    }

    fn label(&self) -> Label<'_> {
        Label {
            sid: &self.sid,
            call: &self.call,
            conference: self.conference.as_ref(),
            source: self.source,
            channels: if self.terms.dual { 2 } else { 1 },
            track: "both",
            trim: false,
            status: &self.terms.status,
            events: &self.terms.events,
        }
    }
}

/// What the application does to a recording under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TapeChange {
    /// Whether the pause is left out of it.
    Pause(bool),
    GoOn,
    Stop,
}

impl TapeChange {
    /// Does it; the recording as it is then, unless there is none.
    pub(crate) fn of(self, world: &mut World, reel: &mut Option<Reel>) -> Option<Recording> {
        let mut changed = reel.take()?;
        match self {
            Self::Pause(left_out) => changed.pause(world.now, left_out),
            Self::GoOn | Self::Stop => changed.go_on(world.now),
        }
        let recording = changed.so_far(world.now);
        if self == Self::Stop {
            changed.stop(world);
        } else {
            *reel = Some(changed);
        }
        Some(recording)
    }

    /// What the recording is then.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Pause(_) => "paused",
            Self::GoOn => "in-progress",
            Self::Stop => "stopped",
        }
    }
}

impl World {
    /// Keeps a recording and announces it; `None` = there is nothing to keep, and that is announced.
    pub(crate) fn keep(
        &mut self,
        label: &Label<'_>,
        (began, length): (Instant, TimeDelta),
        words: &str,
    ) -> Option<Vec<(&'static str, String)>> {
        let film = self.films.finish(label.sid, length, label.trim);
        let room = self.recordings.len() < self.config.limits.resources;
        if !room || length <= TimeDelta::zero() {
            self.announce(label, "absent", self.now, None);
            return None;
        }
        let length = film.as_ref().map_or(length, Film::length);
        let recording = Recording {
            sid: label.sid.clone(),
            call: label.call.clone(),
            conference: label.conference.cloned(),
            began,
            length,
            words: words.to_owned(),
            source: label.source,
            channels: label.channels,
            film,
        };
        let seconds = recording.seconds();
        self.recordings.insert(label.sid.clone(), recording);
        self.recording_order.push(label.sid.clone());
        self.announce(label, "completed", began, Some(seconds));
        Some(vec![
            ("RecordingUrl", self.resource_url(&format!("Recordings/{}", label.sid))),
            ("RecordingSid", label.sid.to_string()),
            ("RecordingDuration", seconds.to_string()),
        ])
    }

    /// Tells the status callback of a recording, if it wants to know.
    pub(crate) fn announce(&mut self, label: &Label<'_>, status: &str, began: Instant, seconds: Option<i64>) {
        if !label.events.iter().any(|wanted| wanted == status) {
            return;
        }
        let Some(url) = label.status.url.clone() else { return };
        let mut params = vec![
            ("CallSid", label.call.to_string()),
            ("RecordingSid", label.sid.to_string()),
            ("RecordingUrl", self.resource_url(&format!("Recordings/{}", label.sid))),
            ("RecordingStatus", status.to_owned()),
            ("RecordingChannels", label.channels.to_string()),
            ("RecordingStartTime", rfc2822(began)),
            ("RecordingSource", label.source.to_owned()),
            ("RecordingTrack", label.track.to_owned()),
        ];
        params.extend(label.conference.map(|sid| ("ConferenceSid", sid.to_string())));
        if let Some(seconds) = seconds {
            params.push(("RecordingDuration", seconds.to_string()));
        }
        self.callback_after(
            if status == "completed" { millis(READY) } else { TimeDelta::zero() },
            if status == "in-progress" { News::Early } else { News::Last },
            Webhook {
                purpose: Purpose::RecordingStatus(label.call.clone()),
                fetch: 0,
                method: label.status.method,
                url,
                params,
                fallback: None,
            },
        );
    }
}
