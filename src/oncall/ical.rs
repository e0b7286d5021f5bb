//! Duty as a calendar that other programs subscribe to: iCalendar, RFC 5545.

use chrono::DurationRound;
use chrono::TimeDelta;

use super::shifts::{Shift, Stint};
use super::situation::Cause;
use super::{Person, PersonId, Roster, Schedule, ScheduleId};
use crate::clock::Instant;
use crate::language::Language;

/// The longest line of a calendar, in bytes, its end not counted (RFC 5545, 3.1).
const LONGEST_LINE: usize = 75;

/// A shift in a calendar.
struct Event<'a> {
    schedule: &'a Schedule,
    shift: Shift<'a>,
    /// Whether the beginning is where the feed begins, because there is none.
    endless: bool,
}

impl Roster {
    /// Everybody's shifts of a schedule that have an instant from `from` to before `to`, each whole, as a calendar; its
    /// reasons in `language`. `None` without such a schedule. A shift has the same UID in every feed.
    #[must_use]
    pub fn calendar_of(
        &self,
        schedule: &ScheduleId,
        (from, to): (Instant, Instant),
        language: Language,
    ) -> Option<String> {
        let schedule = self.schedule(schedule)?;
        let events = self.events(schedule, from, to);
        let name = match language {
            Language::Es => format!("Guardia: {}", schedule.id),
            Language::En => format!("On duty: {}", schedule.id),
        };
        Some(calendar(&name, from, &events, language, |event| event.shift.person.name.clone()))
    }

    /// A person's shifts of all schedules, in their language; else as [`Roster::calendar_of`].
    #[must_use]
    pub fn calendar_for(&self, person: &PersonId, (from, to): (Instant, Instant)) -> Option<String> {
        let person: &Person = self.person(person)?;
        let events = self.schedules.iter().flat_map(|schedule| self.events(schedule, from, to));
        let mut events: Vec<Event<'_>> = events.filter(|event| event.shift.person.id == person.id).collect();
        events.sort_by_key(|event| event.shift.from);
        let language = person.language;
        let on_duty = match language {
            Language::Es => "De guardia",
            Language::En => "On duty",
        };
        let name = format!("{on_duty}: {}", person.name);
        Some(calendar(&name, from, &events, language, |event| format!("{on_duty}: {}", event.schedule.id)))
    }

    fn events<'a>(&'a self, schedule: &'a Schedule, from: Instant, to: Instant) -> Vec<Event<'a>> {
        let whole = |stint: Stint| {
            let last = stint.span.to.checked_sub_signed(TimeDelta::microseconds(1))?;
            let key = (stint.person, stint.cause);
            let since = if stint.span.from == from { schedule.since(key, from) } else { Some(stint.span.from) };
            let span = super::Span {
                from: since.unwrap_or(from),
                to: if stint.span.to == to { schedule.ends(key, last).unwrap_or(to) } else { stint.span.to },
            };
            let shift = self.shift(schedule, Stint { span, ..stint })?;
            Some(Event { schedule, shift, endless: since.is_none() || matches!(stint.cause, Cause::Waiting { .. }) })
        };
        schedule.stints(from, to).into_iter().filter_map(whole).collect()
    }
}

fn calendar(
    name: &str,
    stamp: Instant,
    events: &[Event<'_>],
    language: Language,
    summary: impl Fn(&Event<'_>) -> String,
) -> String {
    let mut page = String::new();
    let mut property = |name: &str, value: &str| fold(&mut page, &format!("{name}:{value}"));
    property("BEGIN", "VCALENDAR");
    property("VERSION", "2.0");
    property("PRODID", "-//Guardia//On duty//EN");
    property("CALSCALE", "GREGORIAN");
    property("X-WR-CALNAME", &escaped(name));
    for event in events {
        let Shift { person, from, to, why } = &event.shift;
        // A shift that has always been under way is the same one in every feed.
        let begins = if event.endless { "always".to_owned() } else { utc(*from) };
        property("BEGIN", "VEVENT");
        property("UID", &format!("{}-{}-{begins}@guardia", event.schedule.id, person.id));
        property("DTSTAMP", &utc(stamp));
        property("DTSTART", &utc(*from));
        property("DTEND", &utc(*to));
        property("SUMMARY", &escaped(&summary(event)));
        property("DESCRIPTION", &escaped(&why.text(language)));
        property("END", "VEVENT");
    }
    property("END", "VCALENDAR");
    page
}

/// A whole second in UTC.
fn utc(at: Instant) -> String {
    at.duration_trunc(TimeDelta::seconds(1)).unwrap_or(at).format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// Appends a line, folded where it is too long; no character is cut.
fn fold(page: &mut String, line: &str) {
    let mut length = 0_usize;
    for character in line.chars() {
        if length.saturating_add(character.len_utf8()) > LONGEST_LINE {
            page.push_str("\r\n ");
            length = 1;
        }
        page.push(character);
        length = length.saturating_add(character.len_utf8());
    }
    page.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../roster.example.yaml");

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn roster() -> Roster {
        Roster::parse(EXAMPLE, "r.yaml").unwrap()
    }

    fn of_guardia(from: &str, to: &str) -> String {
        roster().calendar_of(&ScheduleId::usual(), (at(from), at(to)), Language::Es).unwrap()
    }

    /// The values of a property, its lines unfolded.
    fn values(page: &str, name: &str) -> Vec<String> {
        let unfolded = page.replace("\r\n ", "");
        unfolded.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::to_owned).collect()
    }

    #[test]
    fn a_shift_is_told_whole_and_under_the_same_uid_whenever_it_is_asked_for() {
        let early = of_guardia("2026-03-01T00:00:00-04:00", "2026-03-12T00:00:00-04:00");
        let starts = ["20260223T120000Z", "20260302T120000Z", "20260309T120000Z"];
        assert_eq!(values(&early, "DTSTART"), starts);
        assert_eq!(values(&early, "DTEND"), ["20260302T120000Z", "20260309T120000Z", "20260316T120000Z"]);
        assert_eq!(values(&early, "SUMMARY"), ["Luis Peña", "Carmen Núñez", "Ana Rodríguez"]);
        let late = of_guardia("2026-03-05T09:30:00-04:00", "2026-03-12T00:00:00-04:00");
        assert_eq!(values(&late, "UID"), values(&early, "UID")[1..]);
        assert_eq!(
            values(&late, "DESCRIPTION")[0],
            "Carmen Núñez tiene el turno 9 de la rotación\\, desde el lun 2 mar 2026 08:00 hasta el lun 9 mar 2026 08:00."
        );
    }

    #[test]
    fn a_persons_calendar_is_in_their_language_and_holds_their_overrides() {
        let luis = PersonId::parse("luis").unwrap();
        let time = (at("2026-04-01T00:00:00-04:00"), at("2026-04-14T00:00:00-04:00"));
        let page = roster().calendar_for(&luis, time).unwrap();
        assert_eq!(values(&page, "X-WR-CALNAME"), ["On duty: Luis Peña"]);
        assert_eq!(values(&page, "SUMMARY"), ["On duty: guardia", "On duty: guardia"]);
        assert_eq!(values(&page, "DTSTART"), ["20260403T120000Z", "20260406T120000Z"]);
        assert!(roster().calendar_for(&PersonId::parse("nadie").unwrap(), time).is_none());
        assert!(roster().calendar_of(&ScheduleId::parse("nada").unwrap(), time, Language::En).is_none());
    }

    #[test]
    fn who_waits_for_a_beginning_is_one_event_in_every_feed() {
        let uids = |from| values(&of_guardia(from, "2026-01-05T00:00:00-04:00"), "UID");
        assert_eq!(uids("2025-12-01T00:00:00-04:00"), ["guardia-ana-always@guardia"]);
        assert_eq!(uids("2025-12-24T00:00:00-04:00"), ["guardia-ana-always@guardia"]);
    }

    #[test]
    fn lines_are_folded_between_characters_and_texts_escaped() {
        let page = Roster::parse(&EXAMPLE.replace("Carmen Núñez", "Ñandú; \\\\ de la Ñ, ñoñería Ññññññññññ"), "r.yaml");
        let time = (at("2026-03-03T00:00:00-04:00"), at("2026-03-04T00:00:00-04:00"));
        let page = page.unwrap().calendar_of(&ScheduleId::usual(), time, Language::Es).unwrap();
        assert!(page.contains("\r\n "), "something was folded: {page}");
        for line in page.split("\r\n") {
            assert!(line.len() <= LONGEST_LINE, "{line}");
            assert!(!line.contains('\n'));
        }
        assert_eq!(values(&page, "SUMMARY"), ["Ñandú\\; \\\\\\\\ de la Ñ\\, ñoñería Ññññññññññ"]);
        assert!(page.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
    }
}
