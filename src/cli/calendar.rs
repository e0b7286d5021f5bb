//! `guardia calendar`: which days are holidays, when a promise is due, whether the line is open.

use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, TimeDelta, Timelike};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::clock::Instant;
use crate::sla::{
    Calendar, FIRST_YEAR, LAST_YEAR, Mode, Reason, SEARCH_DAYS, Stretch, Target, holidays, parse_span, show_span,
};

/// Ask the service calendar.
#[derive(Args, Debug)]
pub struct Command {
    #[command(subcommand)]
    question: Question,
}

#[derive(Subcommand, Debug)]
enum Question {
    /// List the Dominican holidays of a year: the date on which each is kept, a tab, its name
    Holidays {
        /// The year, 1998 to 2100
        #[arg(long, value_parser = clap::value_parser!(i32).range(i64::from(FIRST_YEAR)..=i64::from(LAST_YEAR)))]
        year: i32,
        /// One JSON array instead: also with the full names and the dates they commemorate
        #[arg(long)]
        json: bool,
    },
    /// Tell when a promise that began at an instant is due
    Due {
        /// When the clock starts, e.g. 2026-03-06T15:30:00-04:00
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        from: Instant,
        /// How much time is promised, e.g. 4h, 90m, 2d
        #[arg(long, value_name = "SPAN", value_parser = parse_span)]
        target: TimeDelta,
        #[arg(long, value_parser = mode, help = "Which time counts: continuous, business_hours or business_days")]
        mode: Mode,
        /// Tell which stretches counted and which did not, and why
        #[arg(long)]
        why: bool,
        /// One JSON object instead
        #[arg(long)]
        json: bool,
    },
    /// Tell whether service hours run at an instant, why, and when they begin next
    Open {
        /// The instant, e.g. 2026-05-04T10:00:00-04:00
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        at: Instant,
        /// One JSON object instead
        #[arg(long)]
        json: bool,
    },
}

/// Reads an instant that a person typed.
pub(super) fn instant(text: &str) -> Result<Instant, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|error| format!("{error}: write date, time and offset, as 2026-03-06T15:30:00-04:00"))
}

fn mode(text: &str) -> Result<Mode, crate::sla::UnknownMode> {
    text.parse()
}

impl Command {
    /// Answers on `out`.
    ///
    /// # Errors
    /// What `out` says, and a calendar that never opens long enough.
    pub fn run(self, calendar: &Calendar, out: &mut impl Write) -> io::Result<()> {
        match self.question {
            Question::Holidays { year, json: true } => writeln!(out, "{}", json!(holidays(year))),
            Question::Holidays { year, json: false } => {
                holidays(year).iter().try_for_each(|holiday| writeln!(out, "{}\t{}", holiday.date, holiday.short))
            }
            Question::Due { from, target: span, mode, why, json } => {
                let target = Target { span, mode };
                let stretches = calendar.explain(from, target).map_err(io::Error::other)?;
                let due = calendar.due(from, target).map_err(io::Error::other)?;
                if json {
                    return writeln!(out, "{}", due_json(calendar, from, due, target, why.then_some(&stretches)));
                }
                writeln!(out, "{}", local(calendar, due))?;
                if why {
                    stretches.iter().try_for_each(|stretch| writeln!(out, "{}", line(calendar, stretch)))?;
                }
                Ok(())
            }
            Question::Open { at, json: true } => writeln!(out, "{}", open_json(calendar, at)),
            Question::Open { at, json: false } => open(calendar, at, out),
        }
    }
}

/// RFC 3339 with the offset that the calendar's zone has at that instant.
fn local(calendar: &Calendar, at: Instant) -> String {
    at.with_timezone(&calendar.zone()).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

fn due_json(
    calendar: &Calendar,
    from: Instant,
    due: Instant,
    target: Target,
    why: Option<&Vec<Stretch>>,
) -> serde_json::Value {
    let mut answer = json!({
        "from": local(calendar, from),
        "target": show_span(target.span),
        "mode": target.mode,
        "due": local(calendar, due),
    });
    if let (Some(stretches), Some(fields)) = (why, answer.as_object_mut()) {
        let stretches = stretches.iter().map(|stretch| {
            json!({
                "from": local(calendar, stretch.from),
                "to": local(calendar, stretch.to),
                "counted": stretch.counted,
                "reason": stretch.reason,
                "words": stretch.reason.en(),
            })
        });
        fields.insert("why".to_owned(), stretches.collect());
    }
    answer
}

/// `  Fri 6 Mar 2026 15:30 - 16:00     counts 30m  service hours`
fn line(calendar: &Calendar, stretch: &Stretch) -> String {
    let (from, to) = (stretch.from.with_timezone(&calendar.zone()), stretch.to.with_timezone(&calendar.zone()));
    let hour = |at: &DateTime<_>| at.format(if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string();
    let mut times = format!("{} {} - ", from.format("%a %-d %b %Y"), hour(&from));
    if from.date_naive() != to.date_naive() {
        // Writing to a String cannot fail.
        let _ = write!(times, "{} ", to.format("%a %-d %b %Y"));
    }
    times.push_str(&hour(&to));
    let counts = if stretch.counted {
        format!("counts {}", show_span(stretch.to - stretch.from))
    } else {
        "does not count".to_owned()
    };
    format!("  {times:<46}  {counts:<14}  {}", words(&stretch.reason))
}

fn open(calendar: &Calendar, at: Instant, out: &mut impl Write) -> io::Result<()> {
    let reason = calendar.reason(at);
    let (word, change) = if calendar.is_open(at) {
        let close = calendar.next_close(at).map(|to| format!("closes {}", local(calendar, to)));
        ("open", close.unwrap_or_else(|| format!("does not close within {SEARCH_DAYS} days")))
    } else {
        let next = calendar.next_open(at).map(|to| format!("next opening {}", local(calendar, to)));
        ("closed", next.unwrap_or_else(|| format!("no opening within {SEARCH_DAYS} days")))
    };
    writeln!(out, "{word}: {}; {change}", words(&reason))
}

fn open_json(calendar: &Calendar, at: Instant) -> serde_json::Value {
    let reason = calendar.reason(at);
    json!({
        "at": local(calendar, at),
        "open": calendar.is_open(at),
        "reason": reason,
        "words": reason.en(),
        "next_open": calendar.next_open(at).map(|at| local(calendar, at)),
        "next_close": calendar.next_close(at).map(|at| local(calendar, at)),
    })
}

/// The reason in English; a holiday with the Spanish name that is on the wall.
fn words(reason: &Reason) -> String {
    match reason {
        Reason::Holiday { es, en } if es != en => format!("{es} ({en})"),
        other => other.en().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::sla::CalendarTable;

    use super::*;

    #[derive(Parser)]
    struct Whole {
        #[command(flatten)]
        command: Command,
    }

    fn answer(line: &str) -> String {
        let calendar = Calendar::from_table(&CalendarTable::default()).unwrap();
        let whole = Whole::try_parse_from(std::iter::once("calendar").chain(line.split(' '))).unwrap();
        let mut out = Vec::new();
        whole.command.run(&calendar, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_holidays_of_a_year_are_a_list_of_dates_and_names() {
        let expected = "2029-01-01\tAño Nuevo\n\
            2029-01-06\tSantos Reyes\n\
            2029-01-21\tAltagracia\n\
            2029-01-29\tDuarte\n\
            2029-02-27\tIndependencia\n\
            2029-03-30\tViernes Santo\n\
            2029-04-30\tTrabajo\n\
            2029-05-31\tCorpus Christi\n\
            2029-08-16\tRestauración\n\
            2029-09-24\tMercedes\n\
            2029-11-05\tConstitución\n\
            2029-12-25\tNavidad\n";
        assert_eq!(answer("holidays --year 2029"), expected);
        let json: serde_json::Value = serde_json::from_str(&answer("holidays --year 2029 --json")).unwrap();
        let labour_day = json!({
            "date": "2029-04-30", "nominal": "2029-05-01", "short": "Trabajo", "es": "Día del Trabajo", "en": "Labour Day",
        });
        assert_eq!(json[6], labour_day);
    }

    #[test]
    fn a_due_instant_is_told_and_explained() {
        let question = "due --from 2026-03-06T15:30:00-04:00 --target 8h --mode business_hours";
        assert_eq!(answer(question), "2026-03-09T15:30:00-04:00\n");
        let expected = "\
2026-03-09T15:30:00-04:00
  Fri 6 Mar 2026 15:30 - 16:00                counts 30m      service hours
  Fri 6 Mar 2026 16:00 - Sat 7 Mar 2026 00:00  does not count  outside service hours
  Sat 7 Mar 2026 00:00 - Mon 9 Mar 2026 00:00  does not count  day without service
  Mon 9 Mar 2026 00:00 - 08:00                does not count  outside service hours
  Mon 9 Mar 2026 08:00 - 15:30                counts 7h30m    service hours
";
        let squeezed = |text: &str| -> Vec<String> {
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
        };
        assert_eq!(squeezed(&answer(&format!("{question} --why"))), squeezed(expected));
    }

    #[test]
    fn the_same_in_json() {
        let question = "due --from 2026-03-02T15:59:59-04:00 --target 4h --mode business_hours --json";
        let short: serde_json::Value = serde_json::from_str(&answer(question)).unwrap();
        let expected = json!({
            "from": "2026-03-02T15:59:59-04:00", "target": "4h", "mode": "business_hours",
            "due": "2026-03-03T11:59:59-04:00",
        });
        assert_eq!(short, expected);
        let long: serde_json::Value = serde_json::from_str(&answer(&format!("{question} --why"))).unwrap();
        assert_eq!(long["why"][0]["to"], "2026-03-02T16:00:00-04:00");
        assert_eq!(long["why"][1]["reason"], "night");
        assert_eq!(long["why"][2]["counted"], true);
    }

    #[test]
    fn open_or_closed_with_the_reason_and_what_comes_next() {
        for (at, expected) in [
            ("2026-05-01T10:00:00-04:00", "open: service hours; closes 2026-05-01T16:00:00-04:00\n"),
            (
                "2026-05-04T10:00:00-04:00",
                "closed: Día del Trabajo (Labour Day); next opening 2026-05-05T08:00:00-04:00\n",
            ),
            ("2026-04-02T16:00:00-04:00", "closed: outside service hours; next opening 2026-04-06T08:00:00-04:00\n"),
            ("2026-03-07T10:00:00Z", "closed: day without service; next opening 2026-03-09T08:00:00-04:00\n"),
        ] {
            assert_eq!(answer(&format!("open --at {at}")), expected);
        }
        let json: serde_json::Value =
            serde_json::from_str(&answer("open --at 2026-05-04T10:00:00-04:00 --json")).unwrap();
        assert_eq!((&json["open"], &json["next_open"]), (&json!(false), &json!("2026-05-05T08:00:00-04:00")));
    }

    #[test]
    fn what_cannot_be_asked_is_refused_with_the_mend() {
        for (line, says) in [
            ("holidays --year 1997", "1998..=2100"),
            ("open --at 2026-05-04", "2026-03-06T15:30:00-04:00"),
            ("due --from 2026-03-06T15:30:00-04:00 --target 8 --mode business_hours", "has no unit"),
            ("due --from 2026-03-06T15:30:00-04:00 --target 8h --mode office", "business_days"),
        ] {
            let error = Whole::try_parse_from(std::iter::once("calendar").chain(line.split(' '))).err().unwrap();
            assert!(error.to_string().contains(says), "{line}: {error}");
        }
    }
}
