//! The score of a call: caller, line, staff and case as lanes of one timeline, to the millisecond.

use chrono::TimeDelta;

use crate::call::{Call, Entry, Happening, Leg, Recording};
use crate::clock::Instant;
use crate::incident;
use crate::web::console::time::Times;
use crate::web::console::words::{CallPageWords, Terms, actor, call_happened, happened, leg_words};

/// Who a line of the score is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// What the caller did.
    Caller,
    /// What the line did.
    Line,
    /// People who were called, and what came of it.
    Staff,
    /// The case and its clock.
    Case,
}

/// One line of the score.
pub struct Line {
    /// When, on the clock of the place, to the millisecond.
    pub clock: String,
    /// For programs, in UTC.
    pub machine: String,
    /// Seconds since the line answered, to the millisecond.
    pub offset: String,
    /// The same in milliseconds, for the player.
    pub millis: i64,
    /// Its lane, as a class.
    pub lane: &'static str,
    /// What the lane is called.
    pub lane_name: &'static str,
    /// What happened.
    pub what: String,
}

/// Everything that happened in and around a call, in its order.
pub fn score(
    w: &'static CallPageWords,
    terms: &Terms<'_>,
    call: &Call,
    (entries, legs, recordings): (&[Entry], &[Leg], &[Recording]),
    case: &[incident::Entry],
) -> Vec<Line> {
    let mut lines: Vec<(Instant, Lane, String)> = Vec::new();
    lines
        .extend(entries.iter().map(|entry| (entry.at, lane(&entry.happening), call_happened(terms, &entry.happening))));
    for leg in legs {
        let lane = if leg.role == "caller" { Lane::Line } else { Lane::Staff };
        lines.push((leg.started_at, lane, leg_words(terms, leg, false)));
        lines.extend(leg.ended_at.map(|at| (at, lane, leg_words(terms, leg, true))));
    }
    let made = |recording: &Recording| {
        let length = Times::length(TimeDelta::seconds(i64::from(recording.seconds)));
        (recording.at, Lane::Line, format!("{}: {}, {length}", w.recording, terms.holds(&recording.holds)))
    };
    lines.extend(recordings.iter().map(made));
    // The case goes on long after the call: what belongs here is what happened while it lasted.
    let end = call.ended_at.map_or(terms.times.now, |end| end + TimeDelta::minutes(1));
    let while_it_lasted = case.iter().filter(|entry| call.answered_at <= entry.at && entry.at <= end);
    lines.extend(while_it_lasted.map(|entry| {
        (entry.at, Lane::Case, format!("{}: {}", actor(terms, &entry.actor), happened(terms, &entry.change)))
    }));
    lines.sort_by_key(|(at, lane, _)| (*at, *lane));
    lines.into_iter().map(|(at, lane, what)| line(w, terms, call, at, lane, what)).collect()
}

fn line(w: &'static CallPageWords, terms: &Terms<'_>, call: &Call, at: Instant, lane: Lane, what: String) -> Line {
    let local = at.with_timezone(&terms.times.zone);
    let millis = (at - call.answered_at).num_milliseconds();
    let (lane, lane_name) = match lane {
        Lane::Caller => ("caller", w.lane_caller),
        Lane::Line => ("line", w.lane_line),
        Lane::Staff => ("staff", w.lane_staff),
        Lane::Case => ("case", w.lane_case),
    };
    Line {
        clock: local.format("%H:%M:%S%.3f").to_string(),
        machine: at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        offset: format!("{}{}.{:03} s", if millis < 0 { "-" } else { "+" }, millis.abs() / 1000, millis.abs() % 1000),
        millis,
        lane,
        lane_name,
        what,
    }
}

fn lane(happening: &Happening) -> Lane {
    match happening {
        Happening::Keyed { .. }
        | Happening::Spoke
        | Happening::Recorded { .. }
        | Happening::Silence
        | Happening::Language { .. }
        | Happening::Consent { .. } => Lane::Caller,
        Happening::Called { .. } => Lane::Staff,
        Happening::Case { .. } => Lane::Case,
        Happening::Answered
        | Happening::Reached { .. }
        | Happening::Waited { .. }
        | Happening::Repeated { .. }
        | Happening::Ended { .. }
        | Happening::Fallback => Lane::Line,
    }
}
