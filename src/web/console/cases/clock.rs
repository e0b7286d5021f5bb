//! How the clock of a case stands: a word, a sign and a colour, and how much of the promise is used up.

use crate::incident::Incident;
use crate::language::Language;
use crate::sla::{Calendar, Stretch};
use crate::web::console::time::{Moment, Times};
use crate::web::console::words::pick;

/// The clock of a case, as one looks at it.
pub struct Clock {
    /// `calm`, `watch`, `act` or `broken`.
    pub tone: &'static str,
    /// "faltan 2 h 10 min", "vencido hace 20 min", "respondido a tiempo".
    pub words: String,
    /// Per cent of the promised time that has passed; `None` = it does not run.
    pub used: Option<i64>,
}

/// A stretch of the explanation.
pub struct Why {
    /// Its first instant.
    pub from: Moment,
    /// Its end.
    pub to: Moment,
    /// How much of it counted; `None` = nothing.
    pub counted: Option<String>,
    /// Why.
    pub reason: String,
}

impl Clock {
    /// The clock of `case` now.
    pub fn of(calendar: &Calendar, times: Times, case: &Incident) -> Self {
        let (l, now) = (times.l, times.now);
        let still = |tone, words: &str| Self { tone, words: words.to_owned(), used: None };
        if let Some(responded) = case.responded_at {
            return if responded <= case.due_at {
                still("calm", pick(l, "respondido a tiempo", "responded in time"))
            } else {
                let late = Times::length(responded - case.due_at);
                still("broken", &by_language(l, &format!("respondido {late} tarde"), &format!("responded {late} late")))
            };
        }
        if !case.state.awaits_response() {
            return if case.is_breached(now) {
                still("broken", pick(l, "terminó vencido", "ended overdue"))
            } else {
                still("calm", pick(l, "reloj parado", "clock stopped"))
            };
        }
        let elapsed = calendar.elapsed(case.started_at, now, case.target.mode).num_seconds();
        let used = elapsed.saturating_mul(100).checked_div(case.target.span.num_seconds()).unwrap_or(100);
        let left = Times::length(case.due_at - now);
        if now > case.due_at {
            let words = by_language(l, &format!("vencido hace {left}"), &format!("overdue by {left}"));
            return Self { tone: "broken", words, used: Some(100) };
        }
        let tone = match used {
            90.. => "act",
            50.. => "watch",
            _ => "calm",
        };
        let words = by_language(l, &format!("faltan {left}"), &format!("{left} left"));
        Self { tone, words, used: Some(used.clamp(0, 100)) }
    }
}

fn by_language(l: Language, es: &str, en: &str) -> String {
    pick(l, es, en).to_owned()
}

/// Why `case` is due when it is; `None` where the calendar of today gives another instant.
pub fn why(calendar: &Calendar, times: Times, case: &Incident) -> Option<Vec<Why>> {
    let stretches = calendar.explain(case.started_at, case.target).ok()?;
    if stretches.last().is_some_and(|last| last.to != case.due_at) {
        return None;
    }
    let line = |stretch: &Stretch| Why {
        from: times.moment(stretch.from),
        to: times.moment(stretch.to),
        counted: stretch.counted.then(|| Times::length(stretch.to - stretch.from)),
        reason: pick(times.l, stretch.reason.es(), stretch.reason.en()).to_owned(),
    };
    Some(stretches.iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::clock::Instant;
    use crate::id::{CallId, IncidentId};
    use crate::incident::{CaseNumber, State};
    use crate::sla::{CalendarTable, Mode, Severity, Target};

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn case(started: &str, target: Target, due: &str) -> Incident {
        Incident {
            id: IncidentId::default(),
            number: CaseNumber::new(2026, 1).unwrap(),
            state: State::Received,
            severity: Severity::Critical,
            call: CallId::default(),
            cycle: 1,
            started_at: at(started),
            target,
            due_at: at(due),
            acknowledged_at: None,
            acknowledged_by: None,
            responded_at: None,
            resolved_at: None,
            breached_at: None,
            institution: None,
            institution_name: None,
            service: None,
            impact: None,
            reporter: None,
            call_back: None,
            text_messages: false,
            language: "es".to_owned(),
            silent: false,
            merged_into: None,
            version: 1,
        }
    }

    fn calendar() -> Calendar {
        Calendar::from_table(&CalendarTable::default()).unwrap()
    }

    fn times(l: Language, now: &str) -> Times {
        Times { l, zone: chrono_tz::America::Santo_Domingo, now: at(now) }
    }

    #[test]
    fn the_clock_has_a_tone_and_words_for_every_time() {
        let target = Target { span: TimeDelta::hours(4), mode: Mode::Continuous };
        let case = case("2026-03-08T02:00:00Z", target, "2026-03-08T06:00:00Z");
        for (now, tone, es, en) in [
            ("2026-03-08T03:00:00Z", "calm", "faltan 3 h", "3 h left"),
            ("2026-03-08T04:00:00Z", "watch", "faltan 2 h", "2 h left"),
            ("2026-03-08T05:36:00Z", "act", "faltan 24 min", "24 min left"),
            ("2026-03-08T06:00:00Z", "act", "faltan 0 s", "0 s left"),
            ("2026-03-08T06:20:00Z", "broken", "vencido hace 20 min", "overdue by 20 min"),
        ] {
            let found = Clock::of(&calendar(), times(Language::Es, now), &case);
            assert_eq!((found.tone, found.words.as_str()), (tone, es), "{now}");
            assert_eq!(Clock::of(&calendar(), times(Language::En, now), &case).words, en);
        }
        let answered = Incident { state: State::Responded, responded_at: Some(case.due_at), ..case.clone() };
        let found = Clock::of(&calendar(), times(Language::Es, "2026-03-09T06:00:00Z"), &answered);
        assert_eq!((found.tone, found.words.as_str(), found.used), ("calm", "respondido a tiempo", None));
        let late = Incident { responded_at: Some(case.due_at + TimeDelta::minutes(5)), ..answered };
        let found = Clock::of(&calendar(), times(Language::Es, "2026-03-09T06:00:00Z"), &late);
        assert_eq!((found.tone, found.words.as_str()), ("broken", "respondido 5 min tarde"));
        let cancelled = Incident { state: State::Cancelled, ..case };
        assert_eq!(Clock::of(&calendar(), times(Language::En, "2026-03-09T06:00:00Z"), &cancelled).tone, "calm");
    }

    #[test]
    fn a_due_instant_is_explained_unless_the_calendar_changed() {
        let target = Target { span: TimeDelta::hours(8), mode: Mode::BusinessHours };
        let (start, due) = ("2026-03-06T15:30:00-04:00", "2026-03-09T15:30:00-04:00");
        let now = times(Language::Es, "2026-03-06T20:00:00Z");
        let lines = why(&calendar(), now, &case(start, target, due)).unwrap();
        let counted: Vec<_> = lines.iter().map(|line| (line.counted.as_deref(), line.reason.as_str())).collect();
        assert_eq!(
            counted,
            [
                (Some("30 min"), "horario de servicio"),
                (None, "fuera de horario"),
                (None, "día sin servicio"),
                (None, "fuera de horario"),
                (Some("7 h 30 min"), "horario de servicio"),
            ]
        );
        assert!(why(&calendar(), now, &case(start, target, "2026-03-09T15:31:00-04:00")).is_none());
    }
}
