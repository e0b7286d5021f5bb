//! What a person of the roster hears when the line calls them about a page, and what their keys do. A table of places:
//! no clock, no store, no words. The words are prompts; who says them is `ops`.
//!
//! Only a key proves that a person is there. Whatever picks up and presses nothing (a voicemail, a pocket, a child) has
//! acknowledged nothing, and a machine that gives itself away hears no detail of the case.

use serde::{Deserialize, Serialize};

use super::RoomState;
use crate::id::{CallId, IncidentId, MessageId};

/// A call to a person about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogue {
    /// The outbound call.
    pub call: CallId,
    /// The message whose words are spoken in it.
    pub message: MessageId,
    /// The incident it is about.
    pub incident: IncidentId,
    /// The person's id of the roster.
    pub person: String,
    /// Where it stands.
    pub place: Place,
}

/// Where a dialogue stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Place {
    /// Placed, not answered.
    #[default]
    Ringing,
    /// The choices were said so many times.
    Menu {
        /// From 1.
        times: u8,
    },
    /// The duty PIN was asked for.
    Pin {
        /// Wrong ones so far.
        wrong: u8,
    },
    /// The case is theirs; they may be joined to the reporter now.
    Offer,
    /// Joined to the reporter alone, or on the way.
    Joined,
    /// Talking with the reporter alone, who is there: out of the queue, or proved with a key.
    Talking,
    /// A conversation with the reporter is under way; they may come into it. It was said so many times.
    Beside {
        /// From 1.
        times: u8,
        /// Whether they gave their duty PIN in this call.
        proven: bool,
    },
    /// Before they come into that conversation the duty PIN was asked for.
    BesidePin {
        /// Wrong ones so far.
        wrong: u8,
    },
    /// The conversation is being moved into a room, and they wait for it.
    Moving {
        /// How often it was looked whether it has.
        looks: u8,
        /// Whether they were in that conversation before.
        host: bool,
    },
    /// In the room.
    Room,
    /// Nothing more is said.
    Over,
}

/// What came from the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The call was answered.
    Answered {
        /// Whether the network took it for a machine.
        machine: bool,
    },
    /// Keys.
    Keys(String),
    /// No key in time.
    Silence,
    /// The conversation with the reporter is over; `false` when none came about.
    Parted(bool),
}

/// What the dialogue must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one moment")]
pub struct About {
    /// Whether the person has a duty PIN; without one any key press is taken for theirs.
    pub pin: bool,
    /// Whether the keys that were heard are that PIN.
    pub right: bool,
    /// Whether the reporter left a spoken report.
    pub report: bool,
    /// Whether the reporter waits on the line.
    pub waiting: bool,
    /// Whether there is a number at which the reporter can be called.
    pub reachable: bool,
    /// Whether the person has the case already, and was called to be joined to the reporter.
    pub call_back: bool,
    /// Whether the call is about several cases at once: they are all taken or all passed on, and nobody is joined.
    pub bundle: bool,
    /// Whether somebody asked the person to come into the conversation with the reporter.
    pub invited: bool,
    /// The conversation with the reporter that is under way without the person.
    pub talk: Option<Talk>,
    /// How far the room has come into which the person is to be brought.
    pub room: Option<RoomState>,
}

/// Who is in a conversation with the reporter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    /// Whoever has the case, among others perhaps.
    Holder,
    /// Others.
    Others,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// This is said.
    Say(Say),
    /// The person takes the case; [`taken`] says what they hear.
    Accept,
    /// The person passes the page on.
    PassOn,
    /// The person is joined to the reporter.
    Join(Say),
    /// The person wants to come into the conversation that is under way; [`entering`] says what they hear.
    Enter,
    /// The person comes into the room.
    Confer(Say),
}

/// How taking the case went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// It is theirs.
    Theirs,
    /// It was theirs before this key.
    StillTheirs,
    /// Somebody else has it.
    Others,
    /// It needs nobody any more.
    Moot,
}

/// Something said, and what is listened for after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    /// In order.
    pub lines: Vec<Line>,
    /// What follows.
    pub then: Then,
}

/// One piece of what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A prompt, by name.
    Prompt(&'static str),
    /// What the reporter recorded.
    Report,
}

/// What follows what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// One key is listened for.
    Key,
    /// The digits of a PIN are listened for, ended by `#`.
    Digits,
    /// The conversation begins.
    Talk,
    /// Nothing for a moment; then silence is heard.
    Wait,
    /// The call ends.
    HangUp,
}

/// How often the choices are said to somebody who presses nothing.
const MOST_TIMES: u8 = 3;
/// Wrong PINs before the call ends; the page stands, and goes on to the next contact.
const MOST_WRONG: u8 = 3;

/// How often it is looked, a second apart, whether a conversation was moved into its room.
const MOST_LOOKS: u8 = 30;

/// Every prompt that is named here or said in a room: all of them must exist in every language.
pub const PROMPTS: &[&str] = &[
    "page_intro",
    "page_case",
    "page_menu",
    "page_wrong_key",
    "page_no_report",
    "page_machine",
    "page_pin",
    "page_pin_wrong",
    "page_bye",
    "page_taken",
    "page_offer_waiting",
    "page_offer_call",
    "page_call_later",
    "page_done",
    "page_already",
    "page_moot",
    "page_passed",
    "page_joining",
    "page_parted",
    "page_not_joined",
    "callback_intro",
    "callback_hello",
    "hold_joined",
    "page_bundle",
    "page_bundle_due",
    "page_bundle_menu",
    "page_bundle_taken",
    "page_bundle_past",
    "page_talking",
    "page_talking_others",
    "page_offer_room",
    "room_invite",
    "room_invite_case",
    "room_invite_over",
    "room_joining",
    "room_nobody",
    "room_failed",
    "room_moving",
    "room_wait",
];

/// One step of the dialogue from `place`.
#[must_use]
pub fn step(place: Place, heard: &Heard, about: About) -> (Place, Step) {
    match (place, heard) {
        (Place::Ringing, Heard::Answered { machine: true }) => end(&["page_machine"]),
        (Place::Ringing, Heard::Answered { machine: false }) if about.invited => match about.talk {
            Some(_) => beside(about, 1, false),
            None => end(&["room_invite_over"]),
        },
        (Place::Ringing, Heard::Answered { machine: false }) if !about.call_back => menu(about, &about.opening(), 1),
        (Place::Ringing, _) if about.call_back => {
            (Place::Offer, Step::Say(Say { lines: prompts(&["callback_intro"]), then: Then::Key }))
        }
        (Place::Menu { times }, Heard::Keys(keys)) => chosen(times, keys, about),
        (Place::Menu { times }, Heard::Silence) if times < MOST_TIMES => {
            menu(about, about.opening().get(..1).unwrap_or_default(), times.saturating_add(1))
        }
        (Place::Pin { .. }, Heard::Keys(_)) if about.right => (Place::Pin { wrong: 0 }, Step::Accept),
        (Place::Pin { wrong }, Heard::Keys(_) | Heard::Silence) => {
            let wrong = wrong.saturating_add(1);
            if wrong < MOST_WRONG {
                ask_pin(&["page_pin_wrong", "page_pin"], wrong)
            } else {
                end(&["page_pin_wrong", "page_bye"])
            }
        }
        (Place::Offer, Heard::Keys(keys)) if keys == "1" => join(),
        (Place::Offer, Heard::Keys(_) | Heard::Silence) => end(&["page_call_later"]),
        (Place::Beside { .. } | Place::BesidePin { .. }, _) if about.talk.is_none() => end(&["room_nobody"]),
        (Place::Beside { proven, .. }, Heard::Keys(keys)) if keys == "1" => {
            if about.pin && !proven {
                ask_pin_beside(&["page_pin"], 0)
            } else {
                (place, Step::Enter)
            }
        }
        (Place::Beside { times, proven }, Heard::Keys(_)) if times < MOST_TIMES => {
            beside(about, times.saturating_add(1), proven)
        }
        (Place::BesidePin { .. }, Heard::Keys(_)) if about.right => {
            (Place::Beside { times: 1, proven: true }, Step::Enter)
        }
        (Place::BesidePin { wrong }, Heard::Keys(_) | Heard::Silence) => {
            let wrong = wrong.saturating_add(1);
            if wrong < MOST_WRONG {
                ask_pin_beside(&["page_pin_wrong", "page_pin"], wrong)
            } else {
                end(&["page_pin_wrong", "page_done"])
            }
        }
        // Nothing is asked of them.
        (Place::Beside { .. }, _) => end(&["page_done"]),
        (Place::Joined | Place::Talking, Heard::Parted(_)) if about.room.is_some_and(RoomState::is_live) => {
            wait(&[], 1, true)
        }
        (Place::Joined | Place::Talking, Heard::Parted(true)) | (Place::Room, _) => end(&["page_parted"]),
        (Place::Joined | Place::Talking, Heard::Parted(false)) => end(&["page_not_joined"]),
        (Place::Moving { looks, host }, _) => match about.room {
            Some(RoomState::Open) => (Place::Room, Step::Confer(Say { lines: Vec::new(), then: Then::Talk })),
            Some(RoomState::Opening) if looks < MOST_LOOKS => wait(&[], looks.saturating_add(1), host),
            Some(RoomState::Over | RoomState::Closed) if !host => end(&["room_nobody"]),
            _ => end(if host { &["page_parted"] } else { &["room_failed"] }),
        },
        _ => end(&["page_bye"]),
    }
}

/// What is heard after [`Step::Enter`]; `room` is how far the room has come, `None` when nobody talks with the reporter any
/// more.
#[must_use]
pub fn entering(room: Option<RoomState>) -> (Place, Step) {
    match room {
        Some(RoomState::Open) => {
            (Place::Room, Step::Confer(Say { lines: prompts(&["room_joining"]), then: Then::Talk }))
        }
        Some(RoomState::Opening) => wait(&["room_joining"], 1, false),
        Some(RoomState::Over | RoomState::Closed | RoomState::Failed) | None => end(&["room_nobody"]),
    }
}

/// What is heard after [`Step::Accept`].
#[must_use]
pub fn taken(taking: Taking, about: About) -> (Place, Step) {
    match taking {
        Taking::Theirs | Taking::StillTheirs if about.bundle => end(&["page_bundle_taken"]),
        // Whether it is theirs or not: it is being spoken about, and they may be needed.
        Taking::Theirs | Taking::StillTheirs if about.talk.is_some() => {
            let lines = prompts(&["page_taken", "page_offer_room"]);
            (Place::Beside { times: 1, proven: about.right }, Step::Say(Say { lines, then: Then::Key }))
        }
        Taking::Others | Taking::Moot if about.talk.is_some() && !about.bundle => beside(about, 1, about.right),
        Taking::Theirs | Taking::StillTheirs if about.waiting => offer("page_offer_waiting"),
        Taking::Theirs | Taking::StillTheirs if about.reachable => offer("page_offer_call"),
        Taking::Theirs | Taking::StillTheirs => end(&["page_taken", "page_done"]),
        Taking::Others | Taking::Moot if about.bundle => end(&["page_bundle_past"]),
        Taking::Others => end(&["page_already"]),
        Taking::Moot => end(&["page_moot"]),
    }
}

/// What is heard after [`Step::PassOn`].
#[must_use]
pub fn passed(taking: Taking, about: About) -> (Place, Step) {
    match taking {
        Taking::Theirs | Taking::StillTheirs => end(&["page_passed"]),
        Taking::Others | Taking::Moot if about.bundle => end(&["page_bundle_past"]),
        Taking::Others => end(&["page_already"]),
        Taking::Moot => end(&["page_moot"]),
    }
}

fn chosen(times: u8, keys: &str, about: About) -> (Place, Step) {
    match keys {
        "4" if about.pin => ask_pin(&["page_pin"], 0),
        "4" => (Place::Menu { times }, Step::Accept),
        "5" if about.report && !about.bundle => {
            let lines = vec![Line::Report, Line::Prompt("page_menu")];
            (Place::Menu { times }, Step::Say(Say { lines, then: Then::Key }))
        }
        "5" if !about.bundle => menu(about, &["page_no_report"], times),
        "7" => (Place::Menu { times }, Step::PassOn),
        "*" => menu(about, &about.opening(), times),
        _ if times < MOST_TIMES => menu(about, &["page_wrong_key"], times.saturating_add(1)),
        _ => end(&["page_bye"]),
    }
}

fn prompts(names: &[&'static str]) -> Vec<Line> {
    names.iter().map(|name| Line::Prompt(name)).collect()
}

impl About {
    /// What the person was called about.
    fn opening(self) -> Vec<&'static str> {
        if self.bundle { vec!["page_bundle", "page_bundle_due"] } else { vec!["page_intro", "page_case"] }
    }

    /// How the person is told of the conversation that is under way.
    fn beside(self) -> &'static [&'static str] {
        match self.talk {
            _ if self.invited => &["room_invite", "room_invite_case"],
            Some(Talk::Others) => &["page_talking_others"],
            Some(Talk::Holder) | None => &["page_talking"],
        }
    }
}

fn beside(about: About, times: u8, proven: bool) -> (Place, Step) {
    (Place::Beside { times, proven }, Step::Say(Say { lines: prompts(about.beside()), then: Then::Key }))
}

fn ask_pin_beside(names: &[&'static str], wrong: u8) -> (Place, Step) {
    (Place::BesidePin { wrong }, Step::Say(Say { lines: prompts(names), then: Then::Digits }))
}

fn wait(names: &[&'static str], looks: u8, host: bool) -> (Place, Step) {
    (Place::Moving { looks, host }, Step::Say(Say { lines: prompts(names), then: Then::Wait }))
}

fn menu(about: About, before: &[&'static str], times: u8) -> (Place, Step) {
    let mut lines = prompts(before);
    lines.push(Line::Prompt(if about.bundle { "page_bundle_menu" } else { "page_menu" }));
    (Place::Menu { times }, Step::Say(Say { lines, then: Then::Key }))
}

fn ask_pin(names: &[&'static str], wrong: u8) -> (Place, Step) {
    (Place::Pin { wrong }, Step::Say(Say { lines: prompts(names), then: Then::Digits }))
}

fn offer(name: &'static str) -> (Place, Step) {
    (Place::Offer, Step::Say(Say { lines: prompts(&["page_taken", name]), then: Then::Key }))
}

fn join() -> (Place, Step) {
    (Place::Joined, Step::Join(Say { lines: prompts(&["page_joining"]), then: Then::Talk }))
}

fn end(names: &[&'static str]) -> (Place, Step) {
    (Place::Over, Step::Say(Say { lines: prompts(names), then: Then::HangUp }))
}

#[cfg(test)]
#[path = "dialogue_tests.rs"]
mod tests;
