//! Who calls, when, and how far they get.

use chrono::TimeDelta;
use guardia::clock::Instant;
use guardia_sandbox::CallSid;

use crate::agenda::{Agenda, Deed};
use crate::chance::Chance;

/// The line.
pub const LINE: &str = "+18095550100";
/// Callers of a year; two of them are recognised by their number.
const CALLERS: i64 = 60;

/// Spreads `calls` calls over the year, one in five close behind another.
pub fn plan(agenda: &mut Agenda, chance: &Chance, begins: Instant, year: TimeDelta, calls: u64) {
    // Room for the last case to end.
    let minutes = year.num_minutes() - 24 * 60;
    let mut at = begins;
    for _ in 0..calls {
        at = if chance.one_in(5) {
            at + TimeDelta::seconds(chance.between(5, 1_200))
        } else {
            begins + TimeDelta::seconds(chance.between(0, minutes * 60))
        };
        let from = match chance.between(0, CALLERS) {
            0 => "+266696687".to_owned(),
            known @ 1..=2 => format!("+1809555014{}", known + 2),
            other => format!("+1809555{:04}", 3_000 + other),
        };
        agenda.set(at, Deed::Dials { from, weather: chance.per_cent(55) });
    }
}

/// What a caller will do: keys after so many seconds each, then they hang up.
pub struct Plan {
    keys: Vec<(i64, String)>,
    stays: i64,
}

impl Plan {
    pub fn draw(chance: &Chance) -> Self {
        let key = |seconds: i64, keys: &str| (seconds, keys.to_owned());
        let code = chance.pick(&["1042", "1043", "1044", "1045", "9999", "*"]);
        let (service, impact) = (chance.between(1, 5).to_string(), chance.between(1, 3).to_string());
        let report = [
            key(chance.between(1, 9), "1"),
            key(chance.between(3, 8), code),
            key(chance.between(2, 6), "1"),
            key(chance.between(2, 6), &service),
            key(chance.between(2, 6), &impact),
        ];
        match chance.between(0, 99) {
            // The shortest report, and a longer one.
            0..=39 => Self { keys: report[..1].to_vec(), stays: chance.between(0, 5) },
            40..=64 => Self { keys: report.to_vec(), stays: chance.between(1, 60) },
            // They wait for a person.
            65..=79 => Self { keys: report.to_vec(), stays: chance.between(120, 480) },
            80..=89 => Self { keys: vec![key(chance.between(1, 9), "0")], stays: chance.between(30, 400) },
            // They think better of it, or dial and say nothing.
            _ => Self { keys: Vec::new(), stays: chance.between(0, 90) },
        }
    }

    /// Whether the caller asks for something that must become an incident.
    pub fn reports(&self) -> bool {
        !self.keys.is_empty()
    }

    pub fn set_down(&self, call: &CallSid, from: &str, now: Instant, agenda: &mut Agenda, chance: &Chance) {
        // It rings for some seconds first.
        let mut at = now + TimeDelta::seconds(chance.between(3, 5));
        for (after, keys) in &self.keys {
            at += TimeDelta::seconds(*after);
            let (keys, number) = (keys.clone(), from.to_owned());
            agenda.set(at, Deed::Presses { call: call.clone(), keys, number });
        }
        agenda.set(at + TimeDelta::seconds(self.stays), Deed::HangsUp(call.clone()));
    }
}
