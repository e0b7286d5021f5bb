//! A call: who, where it has got to, and what it is doing this very moment.

mod bridge;
mod dial;
mod documents;
mod ear;
mod gather;
mod lifecycle;
mod listen;
mod outgoing;
mod queue;
mod record;
mod room;
mod speech;
mod taped;
mod verbs;

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::ids::CallSid;
use crate::load::{Glimpse, Listens};
use crate::tape::Reel;
use crate::time::{Instant, whole_seconds};
use crate::timetable::Key;
use crate::twiml::{Method, Tape, Target, Verb};

use bridge::{Bridge, Hearing};
use dial::Dialing;
use gather::Gathering;
use queue::Place;
use record::Recorder;
use room::Room;
use speech::Speech;

pub(crate) use ear::{Ear, Overheard};
pub(crate) use lifecycle::Redirection;
pub(crate) use outgoing::Order;
pub(crate) use queue::{LARGEST, Queue};
pub(crate) use speech::{as_long_as, pieces};

/// A call and all that is known about it.
#[derive(Debug)]
pub struct Call {
    /// Its identifier.
    pub sid: CallSid,
    /// Who calls.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// Who started it.
    pub direction: Direction,
    /// Where it has got to.
    pub status: Status,
    /// When it was created.
    pub created: Instant,
    /// When it last changed.
    pub updated: Instant,
    /// When it was picked up.
    pub answered: Option<Instant>,
    /// When it ended.
    pub ended: Option<Instant>,
    /// What machine detection found: `human` or `machine_start`.
    pub answered_by: Option<&'static str>,
    pub(crate) script: Script,
    document: Document,
    doing: Doing,
    timer: Option<Key>,
    longest: Option<Key>,
    /// Keys nobody has listened to yet.
    keys: VecDeque<char>,
    place: Option<Place>,
    room: Option<Room>,
    /// The call whose `Dial` made this one.
    pub(crate) parent: Option<CallSid>,
    /// The call that waits until this one is ready to talk.
    aside: Option<CallSid>,
    /// What the person is saying, until an instant.
    saying: Option<(String, Instant)>,
    /// What others say to the person.
    hearing: Vec<Hearing>,
    /// Whether a telephone that can hear is on it, and what it hears over everything else.
    pub(crate) plugged: bool,
    pub(crate) overheard: Vec<Overheard>,
    /// Whether the phone of the called person rang.
    rang: bool,
    /// When the voicemail that picked up had finished its greeting.
    machine: Option<Instant>,
    /// Recordings of the call itself: the order's, and those started while it lasts.
    reels: Vec<Reel>,
    /// What whoever made it by REST called it.
    pub(crate) token: Option<String>,
    fetches: u64,
    /// Documents run since time last moved: the guard against redirect loops.
    documents_now: (Instant, u32),
    on_fallback: bool,
    sequence: u32,
}

/// A copy of what a call shows to the outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallView {
    /// Its identifier.
    pub sid: CallSid,
    /// Who calls.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// Who started it.
    pub direction: Direction,
    /// Where it has got to.
    pub status: Status,
    /// When it was created.
    pub created: Instant,
    /// When it last changed.
    pub updated: Instant,
    /// When it was picked up.
    pub answered: Option<Instant>,
    /// When it ended.
    pub ended: Option<Instant>,
    /// What machine detection found.
    pub answered_by: Option<&'static str>,
    /// Whether the call listens for speech: a recording past its beep, a `Gather` for speech, somebody joined to it.
    pub listens: bool,
    /// The call whose `Dial` made this one.
    pub parent: Option<CallSid>,
    /// The call it is joined to.
    pub joined_to: Option<CallSid>,
    /// Whether the phone of the called person rang.
    pub rang: bool,
    /// Whether voicemail picked up, whether or not machine detection was asked for.
    pub machine: bool,
    /// What the application called the order (`I-Twilio-Idempotency-Token`), when it did. Only noted: two orders under one
    /// name are two calls, so that whoever looks can count them.
    pub token: Option<String>,
}

/// Who started a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Somebody called the application.
    Inbound,
    /// The application called somebody.
    Outbound,
    /// A `Dial` called somebody.
    OutboundDial,
}

impl Direction {
    /// As on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound-api",
            Self::OutboundDial => "outbound-dial",
        }
    }
}

/// Where a call has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Waiting for its turn to be dialled.
    Queued,
    /// The phone rings.
    Ringing,
    /// Picked up.
    InProgress,
    /// Over, after it was picked up.
    Completed,
    /// The line was busy, or the call was turned away as busy.
    Busy,
    /// It could not be made.
    Failed,
    /// Nobody picked up, or the call was rejected.
    NoAnswer,
    /// Taken back before it was picked up.
    Canceled,
}

impl Status {
    /// As on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Ringing => "ringing",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::NoAnswer => "no-answer",
            Self::Canceled => "canceled",
        }
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Ringing | Self::InProgress)
    }
}

/// Where a call gets its documents from and whom it tells.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// What runs first once the call is there to run it.
    pub first: First,
    pub fallback: Target,
    pub status: Target,
    /// Names of steps; empty = `completed`.
    pub events: Vec<String>,
    /// How long an outgoing call may ring, all in all.
    pub ring: TimeDelta,
    pub detection: Option<Detection>,
    pub longest: Option<TimeDelta>,
    /// How the whole call is recorded.
    pub record: Option<Tape>,
    /// Told what machine detection found, when nobody waits for it.
    pub detected: Option<Target>,
    /// When detection gives up: `unknown`.
    pub detection_limit: TimeDelta,
    /// Keys pressed as soon as somebody picks up (`w` and `W` are pauses), before anything else.
    pub keys: String,
}

/// How long machine detection looks unless it is told otherwise.
pub(crate) const DETECTION_LIMIT: TimeDelta = TimeDelta::seconds(30);

/// When machine detection has found what it looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detection {
    /// As soon as it knows (`Enable`).
    AtOnce,
    /// When a machine has finished its greeting (`DetectMessageEnd`).
    AfterGreeting,
}

#[derive(Clone, Debug)]
pub(crate) enum First {
    Ask(Target),
    Run(Vec<Verb>),
}

/// The document in force: its address, for what is relative to it, and what is left of it.
#[derive(Debug, Default)]
struct Document {
    url: String,
    verbs: VecDeque<Verb>,
}

/// What a call is doing this very moment.
#[derive(Debug)]
enum Doing {
    /// Outgoing, not dialled yet.
    Queued,
    /// Outgoing, dialled, not ringing yet.
    Initiated,
    /// Outgoing, ringing; whether time being up means that it was picked up, and by whom.
    Ringing(Ringing),
    /// Waiting for the application.
    Fetching,
    /// Between two verbs.
    Between,
    Speaking(Speech),
    Gathering(Gathering),
    Recording(Recorder),
    /// In a queue that has nothing of its own to play, or between two rounds of what it plays.
    Waiting,
    /// Taken elsewhere; the provider has not got there yet.
    Redirected(Redirection),
    /// A machine picked up and its greeting is waited for.
    Detecting,
    /// Its `Dial` looks for somebody to talk to.
    Dialing(Box<Dialing>),
    /// What comes before the conversation is over, and the other side has not said so yet.
    Ready,
    Bridged(Bridge),
    /// Heard by a conference.
    Conferring,
    Over,
}

/// What happens to a ringing phone when its timer is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ringing {
    PickedUp(&'static str),
    TimeUp,
    Busy,
}

impl Call {
    /// The number of the person on it.
    pub(crate) fn person(&self) -> &str {
        match self.direction {
            Direction::Inbound => &self.from,
            Direction::Outbound | Direction::OutboundDial => &self.to,
        }
    }

    /// What a caller notices of it while it is live.
    pub(crate) fn glimpse(&self) -> Option<Glimpse> {
        let listens = match &self.doing {
            Doing::Gathering(gathering) if gathering.hears_speech() => Listens::ForWords,
            _ if self.listens() => Listens::ToSound,
            _ => Listens::Nothing,
        };
        let asks = matches!(self.doing, Doing::Fetching);
        let records = matches!(self.doing, Doing::Recording(_));
        (!self.status.is_final()).then_some(Glimpse { asks, listens, records })
    }

    /// Whether words are heard by somebody or something.
    fn listens(&self) -> bool {
        match &self.doing {
            Doing::Recording(recorder) => recorder.is_open(),
            Doing::Gathering(gathering) => gathering.hears_speech(),
            Doing::Bridged(_) | Doing::Conferring => true,
            _ => false,
        }
    }

    pub(crate) fn view(&self) -> CallView {
        CallView {
            sid: self.sid.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            direction: self.direction,
            status: self.status,
            created: self.created,
            updated: self.updated,
            answered: self.answered,
            ended: self.ended,
            answered_by: self.answered_by,
            listens: self.listens(),
            parent: self.parent.clone(),
            joined_to: match &self.doing {
                Doing::Bridged(bridge) => Some(bridge.with.clone()),
                _ => None,
            },
            rang: self.rang,
            machine: self.machine.is_some(),
            token: self.token.clone(),
        }
    }

    /// Seconds from pick-up to end, rounded up; zero for a call nobody picked up.
    pub(crate) fn seconds(&self) -> i64 {
        match (self.answered, self.ended) {
            (Some(answered), Some(ended)) => whole_seconds(ended - answered),
            _ => 0,
        }
    }
}

impl CallView {
    /// Seconds from pick-up to end, rounded up; `None` while the call is not over.
    #[must_use]
    pub fn seconds(&self) -> Option<i64> {
        let ended = self.ended?;
        Some(self.answered.map_or(0, |answered| whole_seconds(ended - answered)))
    }

    /// The number of the person on it: not the application's.
    #[must_use]
    pub fn person(&self) -> &str {
        match self.direction {
            Direction::Inbound => &self.from,
            Direction::Outbound | Direction::OutboundDial => &self.to,
        }
    }
}

impl Script {
    /// The script of a call that cannot be made.
    pub(crate) fn none() -> Self {
        let nowhere = Target { url: None, method: Method::Post };
        Self {
            first: First::Run(Vec::new()),
            fallback: nowhere.clone(),
            status: nowhere,
            events: Vec::new(),
            ring: TimeDelta::zero(),
            detection: None,
            longest: None,
            record: None,
            detected: None,
            detection_limit: DETECTION_LIMIT,
            keys: String::new(),
        }
    }

    /// The script of a call to one of the application's numbers.
    pub(crate) fn of_line(line: &crate::config::Line) -> Option<Self> {
        let post = |url: &Option<String>| Target { url: url.clone(), method: Method::Post };
        line.voice_url.as_ref()?;
        Some(Self {
            first: First::Ask(post(&line.voice_url)),
            fallback: post(&line.voice_fallback_url),
            status: post(&line.status_callback),
            events: line.status_callback_events.clone(),
            ring: TimeDelta::seconds(60),
            detection: None,
            longest: None,
            record: None,
            detected: None,
            detection_limit: DETECTION_LIMIT,
            keys: String::new(),
        })
    }
}
