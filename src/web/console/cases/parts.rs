//! The parts of a case's page: pages and messages, what the reporter was told, calls, recordings, cycles.

use chrono::TimeDelta;

use crate::call::{Call, Direction, Recording};
use crate::id::CallId;
use crate::incident::{Change, Entry};
use crate::ops::CaseSheet;
use crate::paging::{Message, Page as Paging};
use crate::store::CycleResult;
use crate::web::console::time::{Moment, Times};
use crate::web::console::words::{self, CasePageWords, Terms, Told};
use crate::web::console::{CONSOLE, ROUTES};

/// A page of the ladder.
pub struct Rung {
    /// Which one: 1, 2, 3.
    pub round: u32,
    /// To whom.
    pub person: String,
    /// When.
    pub sent: Moment,
    /// Each message that carried it: "mensaje de texto: llegó al aparato".
    pub messages: Vec<String>,
    /// What came of it.
    pub answer: String,
}

/// A message to the reporter.
pub struct Line {
    /// When it was decided.
    pub at: Moment,
    /// What it says.
    pub what: String,
    /// How far it came.
    pub delivery: String,
}

/// What the reporter was told.
pub struct News {
    /// When.
    pub at: Moment,
    /// What.
    pub what: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A call about the case.
pub struct Spoken {
    /// Its page, where calls have one.
    pub href: Option<String>,
    /// When the line answered, or called.
    pub at: Moment,
    /// To the line or by it.
    pub direction: &'static str,
    /// How long it lasted.
    pub length: String,
}

/// What a caller left as sound.
pub struct Sound {
    /// The page of its call, where calls have one.
    pub href: Option<String>,
    /// When.
    pub at: Moment,
    /// What it holds.
    pub holds: String,
    /// How long it is.
    pub length: String,
}

/// An ended cycle.
pub struct Cycle {
    /// From 1.
    pub number: u32,
    /// When its clock began.
    pub started: Moment,
    /// What it promised.
    pub due: Moment,
    /// How it went.
    pub result: &'static str,
}

/// A line of the timeline.
pub struct Happened {
    /// Its place.
    pub sequence: i64,
    /// When.
    pub at: Moment,
    /// Who did it.
    pub actor: String,
    /// What it was, as a sentence.
    pub said: String,
}

/// The ladder.
pub fn ladder(terms: &Terms<'_>, w: &CasePageWords, sheet: &CaseSheet) -> Vec<Rung> {
    sheet.pages.iter().map(|(page, messages)| rung(terms, w, page, messages)).collect()
}

fn rung(terms: &Terms<'_>, w: &CasePageWords, page: &Paging, messages: &[Message]) -> Rung {
    let answer = match (page.answered_at, page.closed_at) {
        (Some(at), _) => format!("{} {}", w.answered, terms.at(at)),
        (None, None) => w.stands.to_owned(),
        (None, Some(_)) => w.closed.to_owned(),
    };
    let way = |message: &Message| format!("{}: {}", terms.channel(message.channel.as_str()), came(terms, message));
    Rung {
        round: page.round.saturating_add(1),
        person: terms.name(&page.person),
        sent: terms.times.moment(page.created_at),
        messages: messages.iter().map(way).collect(),
        answer,
    }
}

fn came(terms: &Terms<'_>, message: &Message) -> String {
    let state = words::delivery(terms.times.l, message.state);
    match message.error_code {
        Some(code) => format!("{state} ({code})"),
        None => state.to_owned(),
    }
}

/// Messages to the reporter.
pub fn messages(terms: &Terms<'_>, sheet: &CaseSheet) -> Vec<Line> {
    let to_reporter = sheet.messages.iter().filter(|message| message.template.starts_with("caller_"));
    let line = |message: &Message| Line {
        at: terms.times.moment(message.created_at),
        what: terms.template(&message.template).to_owned(),
        delivery: came(terms, message),
    };
    to_reporter.map(line).collect()
}

/// What the reporter was told, the newest first.
pub fn news(terms: &Terms<'_>, sheet: &CaseSheet) -> Vec<News> {
    let told = |entry: &Entry| match &entry.change {
        Change::Estimated { eta, next_update, reason } => Some(News {
            at: terms.times.moment(entry.at),
            what: terms.told(Told::new(*eta, *next_update)),
            by: words::actor(terms, &entry.actor),
            reason: reason.clone().unwrap_or_default(),
        }),
        _ => None,
    };
    sheet.entries.iter().rev().filter_map(told).collect()
}

/// The page of a call; no link leads to a page that nobody made.
fn page_of(call: CallId) -> Option<String> {
    let is_there = ROUTES.iter().any(|route| route.method == "get" && route.path.starts_with("/calls/{"));
    is_there.then(|| format!("{CONSOLE}/calls/{call}"))
}

/// The calls about it.
pub fn calls(terms: &Terms<'_>, w: &CasePageWords, sheet: &CaseSheet) -> Vec<Spoken> {
    let spoken = |call: &Call| Spoken {
        href: page_of(call.id),
        at: terms.times.moment(call.answered_at),
        direction: if call.direction == Direction::Inbound { w.inbound } else { w.outbound },
        length: Times::length(call.ended_at.unwrap_or(terms.times.now) - call.answered_at),
    };
    sheet.calls.iter().map(spoken).collect()
}

/// What callers left as sound.
pub fn sounds(terms: &Terms<'_>, sheet: &CaseSheet) -> Vec<Sound> {
    let sound = |recording: &Recording| Sound {
        href: page_of(recording.call),
        at: terms.times.moment(recording.at),
        holds: terms.holds(&recording.holds).to_owned(),
        length: Times::length(TimeDelta::seconds(i64::from(recording.seconds))),
    };
    sheet.recordings.iter().map(sound).collect()
}

/// The cases that became one with it.
pub fn joined(sheet: &CaseSheet) -> Vec<String> {
    let case = |entry: &Entry| match &entry.change {
        Change::Joined { case, .. } => case.as_ref().map(ToString::to_string),
        _ => None,
    };
    sheet.entries.iter().filter_map(case).collect()
}

/// The cycles before the present one.
pub fn cycles(terms: &Terms<'_>, w: &CasePageWords, sheet: &CaseSheet) -> Vec<Cycle> {
    let before = sheet.cycles.iter().filter(|cycle| cycle.cycle < sheet.incident.cycle);
    let line = |cycle: &CycleResult| Cycle {
        number: cycle.cycle,
        started: terms.times.moment(cycle.started_at),
        due: terms.times.moment(cycle.due_at),
        result: match cycle.met {
            Some(true) => w.kept,
            Some(false) => w.broken,
            None => w.undecided,
        },
    };
    before.map(line).collect()
}

/// Lines of a timeline that a page shows, unless it is asked for all of them.
const MOST_LINES: usize = 150;

/// The timeline, the newest first, and how many older lines are left out.
pub fn timeline(terms: &Terms<'_>, sheet: &CaseSheet, is_whole: bool) -> (Vec<Happened>, usize) {
    let most = if is_whole { usize::MAX } else { MOST_LINES };
    let line = |entry: &Entry| Happened {
        sequence: entry.sequence,
        at: terms.times.moment(entry.at),
        actor: words::actor(terms, &entry.actor),
        said: words::happened(terms, &entry.change),
    };
    let shown: Vec<Happened> = sheet.entries.iter().rev().take(most).map(line).collect();
    let left_out = sheet.entries.len().saturating_sub(shown.len());
    (shown, left_out)
}
