//! What a person of the roster hears when the line calls them about a page, and what their keys do. A table of places:
//! no clock, no store, no words. The words are prompts; who says them is `ops`.
//!
//! Only a key proves that a person is there. Whatever picks up and presses nothing (a voicemail, a pocket, a child) has
//! acknowledged nothing, and a machine that gives itself away hears no detail of the case.

use serde::{Deserialize, Serialize};

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
    /// Joined, or on the way.
    Joined,
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
    /// The call ends.
    HangUp,
}

/// How often the choices are said to somebody who presses nothing.
const MOST_TIMES: u8 = 3;
/// Wrong PINs before the call ends; the page stands, and goes on to the next contact.
const MOST_WRONG: u8 = 3;

/// Every prompt that is named here: all of them must exist in every language.
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
];

/// One step of the dialogue from `place`.
#[must_use]
pub fn step(place: Place, heard: &Heard, about: About) -> (Place, Step) {
    match (place, heard) {
        (Place::Ringing, Heard::Answered { machine: true }) => end(&["page_machine"]),
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
        (Place::Joined, Heard::Parted(true)) => end(&["page_parted"]),
        (Place::Joined, Heard::Parted(false)) => end(&["page_not_joined"]),
        _ => end(&["page_bye"]),
    }
}

/// What is heard after [`Step::Accept`].
#[must_use]
pub fn taken(taking: Taking, about: About) -> (Place, Step) {
    match taking {
        Taking::Theirs | Taking::StillTheirs if about.bundle => end(&["page_bundle_taken"]),
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
mod tests {
    use super::*;

    const PLAIN: About = About {
        pin: false,
        right: false,
        report: true,
        waiting: false,
        reachable: false,
        call_back: false,
        bundle: false,
    };

    fn keys(keys: &str) -> Heard {
        Heard::Keys(keys.to_owned())
    }

    /// What is said, as names; `report` for the recording.
    fn said(step: &Step) -> Vec<&'static str> {
        match step {
            Step::Say(say) | Step::Join(say) => {
                let name = |line: &Line| match line {
                    Line::Prompt(name) => *name,
                    Line::Report => "report",
                };
                say.lines.iter().map(name).collect()
            }
            Step::Accept => vec!["(accept)"],
            Step::PassOn => vec!["(pass on)"],
        }
    }

    #[test]
    fn keys_do_what_the_menu_says() {
        let menu = Place::Menu { times: 1 };
        let with_pin = About { pin: true, ..PLAIN };
        let silent = About { report: false, ..PLAIN };
        let several = About { bundle: true, ..PLAIN };
        for (place, heard, about, expected) in [
            (
                Place::Ringing,
                Heard::Answered { machine: false },
                several,
                vec!["page_bundle", "page_bundle_due", "page_bundle_menu"],
            ),
            (menu, Heard::Silence, several, vec!["page_bundle", "page_bundle_menu"]),
            (menu, keys("4"), several, vec!["(accept)"]),
            (menu, keys("5"), several, vec!["page_wrong_key", "page_bundle_menu"]),
            (menu, keys("7"), several, vec!["(pass on)"]),
            (menu, keys("*"), several, vec!["page_bundle", "page_bundle_due", "page_bundle_menu"]),
            (Place::Ringing, Heard::Answered { machine: false }, PLAIN, vec!["page_intro", "page_case", "page_menu"]),
            (menu, keys("4"), PLAIN, vec!["(accept)"]),
            (menu, keys("5"), PLAIN, vec!["report", "page_menu"]),
            (menu, keys("5"), silent, vec!["page_no_report", "page_menu"]),
            (menu, keys("7"), PLAIN, vec!["(pass on)"]),
            (menu, keys("*"), PLAIN, vec!["page_intro", "page_case", "page_menu"]),
            (menu, keys("9"), PLAIN, vec!["page_wrong_key", "page_menu"]),
            (menu, keys("4"), with_pin, vec!["page_pin"]),
            (Place::Pin { wrong: 0 }, keys("4711"), About { right: true, ..with_pin }, vec!["(accept)"]),
            (Place::Pin { wrong: 0 }, keys("4712"), with_pin, vec!["page_pin_wrong", "page_pin"]),
            (Place::Pin { wrong: 2 }, keys("4712"), with_pin, vec!["page_pin_wrong", "page_bye"]),
            (Place::Offer, keys("1"), PLAIN, vec!["page_joining"]),
            (Place::Offer, Heard::Silence, PLAIN, vec!["page_call_later"]),
            (Place::Joined, Heard::Parted(true), PLAIN, vec!["page_parted"]),
            (Place::Joined, Heard::Parted(false), PLAIN, vec!["page_not_joined"]),
            (Place::Over, keys("4"), PLAIN, vec!["page_bye"]),
        ] {
            let (_, step) = step(place, &heard, about);
            assert_eq!(said(&step), expected, "{place:?} {heard:?}");
        }
    }

    #[test]
    fn what_presses_nothing_acknowledges_nothing_and_a_machine_hears_no_detail() {
        let (place, told) = step(Place::Ringing, &Heard::Answered { machine: true }, PLAIN);
        assert_eq!((place, said(&told)), (Place::Over, vec!["page_machine"]));
        let (mut place, _) = step(Place::Ringing, &Heard::Answered { machine: false }, PLAIN);
        for _ in 0..10 {
            let (next, told) = step(place, &Heard::Silence, PLAIN);
            assert!(matches!(told, Step::Say(_)));
            place = next;
        }
        assert_eq!(place, Place::Over);
    }

    #[test]
    fn who_took_it_may_talk_now_or_later() {
        let waiting = About { waiting: true, reachable: true, ..PLAIN };
        let reachable = About { reachable: true, ..PLAIN };
        for (taking, about, expected) in [
            (Taking::Theirs, waiting, vec!["page_taken", "page_offer_waiting"]),
            (Taking::StillTheirs, reachable, vec!["page_taken", "page_offer_call"]),
            (Taking::Theirs, PLAIN, vec!["page_taken", "page_done"]),
            (Taking::Theirs, About { bundle: true, ..waiting }, vec!["page_bundle_taken"]),
            (Taking::Others, waiting, vec!["page_already"]),
            (Taking::Moot, waiting, vec!["page_moot"]),
            (Taking::Moot, About { bundle: true, ..waiting }, vec!["page_bundle_past"]),
        ] {
            assert_eq!(said(&taken(taking, about).1), expected);
        }
        assert_eq!(said(&passed(Taking::Theirs, PLAIN).1), ["page_passed"]);
        assert_eq!(said(&passed(Taking::Others, PLAIN).1), ["page_already"]);
        assert_eq!(said(&passed(Taking::Moot, About { bundle: true, ..PLAIN }).1), ["page_bundle_past"]);
    }

    proptest::proptest! {
        #[test]
        fn every_dialogue_ends_and_names_only_known_prompts(
            inputs in proptest::collection::vec("[0-9*#]{0,5}", 0..40), pin in proptest::bool::ANY,
            report in proptest::bool::ANY, bundle in proptest::bool::ANY,
        ) {
            let about = About { pin, right: false, report, waiting: true, reachable: true, call_back: false, bundle };
            let mut at = step(Place::Ringing, &Heard::Answered { machine: false }, about);
            for input in inputs {
                for name in said(&at.1) {
                    proptest::prop_assert!(name.starts_with('(') || name == "report" || PROMPTS.contains(&name));
                }
                let heard = if input.is_empty() { Heard::Silence } else { Heard::Keys(input) };
                at = match at.1 {
                    Step::Accept => taken(Taking::Theirs, about),
                    Step::PassOn => passed(Taking::Theirs, about),
                    _ => step(at.0, &heard, about),
                };
            }
        }
    }
}
