//! The wall in words: what was seen, for one reader. Lengths are counted between whole minutes of the clock on the wall, so
//! that everything that only time changes is written anew once a minute, and not at sixty different seconds of it.

use askama::Template;
use chrono::TimeDelta;

use super::live::WayOut;
use crate::call::Direction;
use crate::clock::Instant;
use crate::incident::State;
use crate::language::Language;
use crate::ops::{Wall, WallCall, WallCase, WallDuty, WallPages};
use crate::sla::Mark;
use crate::web::Door;
use crate::web::console::ROUTES;
use crate::web::console::time::{Moment, Times};
use crate::web::console::words::OnTheWall;
use crate::web::console::words::wall::{self as say, Worst};

/// Cases that are shown, of those that wait and of those that were answered.
const SHOWN: usize = 24;
/// Cases whose pages are shown.
const PAGED: usize = 12;
/// Where a case is read, once there is such a page.
const CASE: &str = "/cases/{number}";

/// How the program itself fares.
#[derive(Clone, Debug)]
pub struct Health {
    /// Whether the store can be written.
    pub writes: bool,
    /// Whether the provider's signatures are told from others.
    pub signatures: bool,
    /// Whether the fallback journal is empty; `None` = that cannot be told.
    pub journal_empty: Option<bool>,
    /// The ways out.
    pub ways: Vec<WayOut>,
}

/// The four meanings of a colour, and a case that only waits to be resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Calm,
    Watch,
    Act,
    Broken,
    Answered,
}

impl Tone {
    /// The class of its sign.
    pub fn class(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Watch => "watch",
            Self::Act => "act",
            Self::Broken => "broken",
            Self::Answered => "answered",
        }
    }

    /// How a case stands: broken, or by the marks of its clock.
    pub fn of(case: &WallCase) -> Self {
        match (case.state, case.broken, case.mark) {
            (_, true, _) => Self::Broken,
            (State::Responded, false, _) => Self::Answered,
            (_, _, Some(Mark::ThreeQuarters | Mark::NinetyPercent | Mark::Breach)) => Self::Act,
            (_, _, Some(Mark::Half)) => Self::Watch,
            (_, _, None) => Self::Calm,
        }
    }
}

#[derive(Template)]
#[template(path = "wall_board.html")]
pub struct Board {
    w: &'static OnTheWall,
    at: Moment,
    clock: String,
    headline: String,
    worst: Tone,
    tallies: Vec<Tally>,
    cases: Vec<Card>,
    more: Option<String>,
    is_empty: bool,
    answered: Vec<Card>,
    more_answered: Option<String>,
    paged: usize,
    pages: Vec<Paged>,
    more_pages: Option<String>,
    has_case_page: bool,
    calls: Vec<Line>,
    duty: Option<Vec<Shift>>,
    health: Vec<Fact>,
}

struct Tally {
    tone: Tone,
    count: usize,
    word: &'static str,
}

struct Card {
    number: String,
    tone: Tone,
    word: &'static str,
    left: String,
    share: String,
    started: Moment,
    due: Moment,
    institution: String,
    service: Option<String>,
    holder: Option<String>,
}

struct Paged {
    number: String,
    people: Vec<(String, String)>,
    next: String,
}

struct Line {
    id: String,
    tone: Tone,
    place: &'static str,
    node: String,
    institution: Option<String>,
    since: String,
}

struct Shift {
    schedule: String,
    now: Vec<String>,
    next: String,
}

struct Fact {
    name: String,
    tone: Tone,
    text: String,
}

impl Board {
    /// What was seen, in `l`.
    pub fn of(door: &Door, l: Language, wall: &Wall, health: &Health) -> Self {
        let zone = door.hotline.policy.calendar.zone();
        let reader = Reader { l, w: OnTheWall::of(l), times: Times { l, zone, now: wall.at } };
        let tones: Vec<Tone> = wall.cases.iter().map(Tone::of).collect();
        let count = |wanted: Tone| {
            let of = wall.cases.iter().zip(&tones);
            // Answered late, a promise is broken too; but nobody can act on it any more.
            of.filter(|(case, tone)| **tone == wanted && case.state != State::Responded).count()
        };
        let answered = wall.cases.iter().filter(|case| case.state == State::Responded).count();
        let waiting = usize::try_from(wall.open).unwrap_or(usize::MAX).saturating_sub(answered);
        let w = reader.w;
        let (broken, act) = (count(Tone::Broken), count(Tone::Act));
        let (worst, about) = match (broken, act) {
            (0, 0) => (Tone::Calm, Worst::Waiting),
            (0, act) => (Tone::Act, Worst::Act(act)),
            (broken, _) => (Tone::Broken, Worst::Broken(broken)),
        };
        let cards = |is_answered: bool| {
            let cases = wall.cases.iter().filter(|case| (case.state == State::Responded) == is_answered);
            cases.take(SHOWN).map(|case| reader.card(door, case)).collect::<Vec<_>>()
        };
        let rest = |count: usize| {
            let rest = count.saturating_sub(SHOWN);
            (rest > 0).then(|| say::more(l, u64::try_from(rest).unwrap_or(u64::MAX)))
        };
        Self {
            w,
            at: reader.times.moment(minute(wall.at)),
            clock: reader.clock(wall.at),
            headline: if wall.open == 0 { w.none.to_owned() } else { say::headline(l, about) },
            worst,
            tallies: vec![
                Tally { tone: Tone::Broken, count: broken, word: w.broken },
                Tally { tone: Tone::Act, count: act, word: w.act },
                Tally { tone: Tone::Watch, count: count(Tone::Watch), word: w.watch },
                Tally { tone: Tone::Calm, count: count(Tone::Calm), word: w.calm },
                Tally { tone: Tone::Answered, count: answered, word: w.responded },
            ],
            cases: cards(false),
            more: rest(waiting),
            is_empty: wall.open == 0,
            answered: cards(true),
            more_answered: rest(answered),
            paged: wall.pages.len(),
            pages: wall.pages.iter().take(PAGED).map(|pages| reader.paged(pages)).collect(),
            more_pages: (wall.pages.len() > PAGED).then(|| say::and_more(l, wall.pages.len().saturating_sub(PAGED))),
            has_case_page: ROUTES.iter().any(|route| route.path == CASE),
            calls: wall.calls.iter().map(|call| reader.call(call)).collect(),
            duty: wall.duty.as_deref().map(|duty| reader.duty(duty)),
            health: reader.health(wall, health),
        }
    }
}

/// Writes for one reader.
struct Reader {
    l: Language,
    w: &'static OnTheWall,
    times: Times,
}

impl Reader {
    fn card(&self, door: &Door, case: &WallCase) -> Card {
        let (w, tone) = (self.w, Tone::of(case));
        let word = match (tone, case.mark) {
            (Tone::Calm, _) => w.calm,
            (Tone::Watch, _) => w.watch,
            (Tone::Act, Some(Mark::NinetyPercent)) => w.last,
            (Tone::Act, _) => w.act,
            (Tone::Broken, _) if case.state == State::Responded => w.late,
            (Tone::Broken, _) => w.broken,
            (Tone::Answered, _) => w.responded,
        };
        let left = match case.responded_at {
            Some(responded) => self.ago(responded),
            None if tone == Tone::Broken => self.ago(case.due_at),
            None => say::left(self.l, minutes(self.times.now, case.due_at).as_deref()),
        };
        let service = case.service.as_deref().and_then(|id| door.hotline.policy.directory.service(id));
        Card {
            number: case.number.to_string(),
            tone,
            word,
            left,
            share: share(case.started_at, case.due_at, self.times.now),
            started: self.times.moment(case.started_at),
            due: self.times.moment(case.due_at),
            institution: case.institution.clone().unwrap_or_else(|| w.unknown.to_owned()),
            service: service.map(|service| match self.l {
                Language::Es => service.es.clone(),
                Language::En => service.en.clone(),
            }),
            holder: case.holder.as_deref().map(|holder| say::held_by(self.l, holder)),
        }
    }

    fn paged(&self, pages: &WallPages) -> Paged {
        Paged {
            number: pages.number.to_string(),
            people: pages.people.iter().map(|(name, since)| (name.clone(), self.ago(*since))).collect(),
            next: pages.next.as_ref().map_or_else(
                || self.w.at_work.to_owned(),
                |next| say::then(self.l, &next.people, &self.times.moment(next.at).words, next.reminder),
            ),
        }
    }

    fn call(&self, call: &WallCall) -> Line {
        let w = self.w;
        let (tone, place) = match (call.direction, call.waiting_since) {
            (Direction::Outbound, _) => (Tone::Calm, w.outbound),
            (Direction::Inbound, Some(_)) => (Tone::Watch, w.waits),
            (Direction::Inbound, None) => (Tone::Calm, say::place_of(self.l, call.verb)),
        };
        Line {
            id: call.id.to_string(),
            tone,
            place,
            node: if call.direction == Direction::Inbound { call.node.replace('_', " ") } else { String::new() },
            institution: call.institution.clone(),
            since: self.ago(call.waiting_since.unwrap_or(call.since)),
        }
    }

    fn duty(&self, duty: &WallDuty) -> Vec<Shift> {
        let shift = |on_duty: &crate::ops::OnDuty| Shift {
            schedule: on_duty.schedule.clone(),
            now: on_duty.now.clone(),
            next: on_duty.until.map_or_else(
                || self.w.always.to_owned(),
                |until| say::next_on_duty(self.l, &on_duty.next, &self.times.moment(until).words),
            ),
        };
        duty.schedules.iter().map(shift).collect()
    }

    fn health(&self, wall: &Wall, health: &Health) -> Vec<Fact> {
        let (w, l) = (self.w, self.l);
        let fact = |name: &str, is_well: bool, text: &str| Fact {
            name: name.to_owned(),
            tone: if is_well { Tone::Calm } else { Tone::Act },
            text: text.to_owned(),
        };
        let one_of =
            |name: &str, is_well: bool, well: &str, ill: &str| fact(name, is_well, if is_well { well } else { ill });
        let journal = match health.journal_empty {
            Some(true) => w.journal_ok,
            Some(false) => w.journal_bad,
            None => w.journal_unknown,
        };
        let forgotten = u64::try_from(wall.forgotten).unwrap_or(u64::MAX);
        let mut facts = vec![
            one_of(w.store, health.writes, w.store_ok, w.store_bad),
            fact(w.journal, health.journal_empty == Some(true), journal),
            one_of(w.signatures, health.signatures, w.signatures_ok, w.signatures_bad),
        ];
        for way in &health.ways {
            let channel = if way.channel == "sms" { w.sms } else { w.voice };
            facts.push(one_of(&format!("{channel}: {}", way.provider), way.answers, w.answers, w.rests));
        }
        facts.push(one_of(w.jobs, wall.dead_jobs == 0, w.jobs_ok, &say::to_look_at(l, wall.dead_jobs)));
        facts.push(one_of(w.forgotten, forgotten == 0, w.forgotten_ok, &say::to_look_at(l, forgotten)));
        if let Some(outlook) = &wall.tickets {
            let since = outlook.since.map(|since| self.times.moment(since).words).unwrap_or_default();
            let waiting = say::waiting_tickets(l, outlook.waiting, &since);
            facts.push(one_of(w.tickets, outlook.waiting == 0, w.tickets_ok, &waiting));
        }
        facts
    }

    fn ago(&self, since: Instant) -> String {
        say::ago(self.l, minutes(since, self.times.now).as_deref())
    }

    fn clock(&self, at: Instant) -> String {
        use chrono::Timelike;
        let local = at.with_timezone(&self.times.zone);
        self.times.clock(local.hour(), local.minute(), None)
    }
}

/// The whole minute an instant is in.
fn minute(at: Instant) -> Instant {
    let into =
        TimeDelta::seconds(at.timestamp().rem_euclid(60)) + TimeDelta::nanoseconds(at.timestamp_subsec_nanos().into());
    at - into
}

/// From the minute of one instant to that of another, in words; `None` = less than one.
fn minutes(from: Instant, to: Instant) -> Option<String> {
    let length = minute(to) - minute(from);
    (length >= TimeDelta::minutes(1)).then(|| Times::length(length))
}

/// How much of the time from `from` to `until` is left, from 0 to 1 in hundredths.
fn share(from: Instant, until: Instant, now: Instant) -> String {
    let (whole, left) = ((until - from).num_seconds().max(1), (until - minute(now)).num_seconds());
    let hundredths = left.saturating_mul(100).checked_div(whole).unwrap_or_default().clamp(0, 100);
    if hundredths == 100 { "1".to_owned() } else { format!("0.{hundredths:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::CaseNumber;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn case(state: State, broken: bool, mark: Option<Mark>) -> WallCase {
        WallCase {
            number: CaseNumber::new(2026, 1).unwrap(),
            state,
            institution: None,
            service: None,
            started_at: at("2026-03-08T02:00:00Z"),
            due_at: at("2026-03-08T06:00:00Z"),
            mark,
            broken,
            responded_at: None,
            holder: None,
        }
    }

    #[test]
    fn a_case_has_the_colour_of_its_clock() {
        use State::{Acknowledged, Received, Responded};
        for (state, broken, mark, tone) in [
            (Received, false, None, Tone::Calm),
            (Received, false, Some(Mark::Half), Tone::Watch),
            (Acknowledged, false, Some(Mark::ThreeQuarters), Tone::Act),
            (Acknowledged, false, Some(Mark::NinetyPercent), Tone::Act),
            (Acknowledged, true, Some(Mark::Breach), Tone::Broken),
            (Responded, false, None, Tone::Answered),
            (Responded, true, None, Tone::Broken),
        ] {
            assert_eq!(Tone::of(&case(state, broken, mark)), tone, "{state} {broken} {mark:?}");
        }
    }

    #[test]
    fn lengths_change_with_the_minute_of_the_clock_only() {
        let due = at("2026-03-08T06:00:50.5Z");
        for (now, left) in [
            ("2026-03-08T02:00:00Z", Some("4 h")),
            ("2026-03-08T02:00:59.999Z", Some("4 h")),
            ("2026-03-08T02:01:00Z", Some("3 h 59 min")),
            ("2026-03-08T05:59:59Z", Some("1 min")),
            ("2026-03-08T06:00:10Z", None),
        ] {
            assert_eq!(minutes(at(now), due).as_deref(), left, "{now}");
        }
    }

    #[test]
    fn the_bar_shrinks_from_whole_to_nothing() {
        let (from, until) = (at("2026-03-08T02:00:00Z"), at("2026-03-08T06:00:00Z"));
        for (now, left) in [
            ("2026-03-08T01:00:00Z", "1"),
            ("2026-03-08T02:00:00Z", "1"),
            ("2026-03-08T04:00:59Z", "0.50"),
            ("2026-03-08T05:54:00Z", "0.02"),
            ("2026-03-08T07:00:00Z", "0.00"),
        ] {
            assert_eq!(share(from, until, at(now)), left, "{now}");
        }
    }
}
