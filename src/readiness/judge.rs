//! What follows from the facts.

use chrono::TimeDelta;

use super::{Callback, Callbacks, Facts, Finding, House, Line, Number, Report, people};
use crate::paging::canary::PATIENCE;

/// A job that has been due for longer is late: the runner looks every second.
const LATE: TimeDelta = TimeDelta::seconds(60);
/// Clocks that differ by no more are taken for equal.
const CLOCK_SLACK: TimeDelta = TimeDelta::seconds(5);
/// A clock that is off by more makes promises that are none.
pub(super) const CLOCK_WRONG: TimeDelta = TimeDelta::seconds(60);
/// After so many signs of life that did not go out they count as stopped.
const BEATS: i32 = 3;

/// Judges how things stand.
#[must_use]
pub fn judge(facts: &Facts<'_>) -> Report {
    let mut findings = Vec::new();
    match facts.journal_empty {
        Some(true) => {}
        Some(false) => findings.push(Finding::JournalWaits),
        None => findings.push(Finding::JournalAway),
    }
    if !facts.signatures {
        findings.push(Finding::Signatures);
    }
    if let Some(line) = &facts.line {
        findings.extend(provider(line, &facts.callbacks));
    }
    if let Some(house) = &facts.house {
        findings.extend(self::house(house));
        findings.extend(watch(house, facts));
        findings.extend(people::judge(facts));
    }
    Report::of(findings)
}

fn house(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !house.store_writes {
        findings.push(Finding::StoreRefuses);
    }
    if let Some(late) = house.late.filter(|late| *late > LATE) {
        findings.push(Finding::JobsLate { late });
    }
    if house.given_up > 0 {
        findings.push(Finding::GivenUp { count: house.given_up });
    }
    if house.forgotten > 0 {
        findings.push(Finding::Forgotten { count: house.forgotten });
    }
    findings
}

fn provider(line: &Line, expected: &Callbacks) -> Vec<Finding> {
    let (ahead, number) = match line {
        Line::Away(why) => return vec![Finding::ProviderAway { why: why.clone() }],
        Line::Refuses => return vec![Finding::Refused],
        Line::Answers { ahead, number } => (ahead, number),
    };
    let off = ahead.filter(|ahead| ahead.abs() > CLOCK_SLACK).map(|ahead| Finding::ClockOff { ahead });
    let mut findings: Vec<Finding> = off.into_iter().collect();
    match number {
        Number::Untold => findings.push(Finding::NumberUntold),
        Number::Strange => findings.push(Finding::StrangeNumber),
        Number::Ours(found) => findings.extend(Callback::ALL.into_iter().filter_map(|callback| {
            let (found, expected) = (found.get(callback), expected.get(callback).to_owned());
            let elsewhere = !found.is_empty();
            (plain(found) != plain(&expected)).then_some(Finding::Misdirected { callback, expected, elsewhere })
        })),
    }
    findings
}

/// An address without what it says of repeats, which the house may choose as it likes.
fn plain(url: &str) -> &str {
    url.split('#').next().unwrap_or_default().trim_end_matches('/')
}

fn watch(house: &House, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &house.tests {
        None => findings.push(Finding::NoTests),
        Some(tests) => {
            let known = |roster: &crate::oncall::Roster| {
                roster.people().iter().any(|person| person.id.as_str() == tests.person)
            };
            let person = tests.person.clone();
            if facts.roster.is_some_and(|roster| !known(roster)) {
                findings.push(Finding::StrangeTester { person });
            } else if let Some((at, false)) = tests.last {
                findings.push(Finding::TestFailed { person, at: (at, facts.zone) });
            } else if let Some((last, true)) = tests.last
                && facts.now > last + tests.every * 2 + PATIENCE
            {
                findings.push(Finding::TestsLate { last: (last, facts.zone) });
            }
        }
    }
    match house.heartbeat {
        None => findings.push(Finding::NoHeartbeat),
        Some((_, None)) => findings.push(Finding::HeartbeatLate { since: None }),
        Some((every, Some(last))) => {
            let since = facts.now - last;
            if since > every * BEATS {
                findings.push(Finding::HeartbeatLate { since: Some(since) });
            }
        }
    }
    findings
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
