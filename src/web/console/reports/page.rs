//! The report as a page: each picture is a table that can be read out.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::asked::{Asked, Stretch, month};
use super::{MOST_CALLS, promises, stretch};
use crate::access::Permission;
use crate::sla::{Hours, Report, Severity, Tally, by_hour};
use crate::store::{RepeatCaller, StoreError, Tx};
use crate::web::Door;
use crate::web::console::guard::Visitor;
use crate::web::console::page::Page;
use crate::web::console::time::{Moment, Times};
use crate::web::console::words::{Reporting, severity_name};
use crate::web::console::{CONSOLE, answer};

/// Who rings as often as this in the stretch, rings again and again.
const OFTEN: u32 = 3;
/// So many of them are shown.
const CALLERS: u32 = 20;

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportPage {
    page: Page,
    w: &'static Reporting,
    asked: Asked,
    first: String,
    last: String,
    severities: Vec<(&'static str, &'static str)>,
    /// The months in words.
    stretch: String,
    whole: Row,
    tables: Vec<Table>,
    heats: Vec<Heat>,
    hours: Vec<usize>,
    callers: Vec<Caller>,
    files: Vec<(String, &'static str)>,
    is_cut: bool,
}

struct Table {
    id: &'static str,
    title: &'static str,
    head: &'static str,
    rows: Vec<Row>,
}

struct Row {
    label: String,
    href: Option<String>,
    promises: u32,
    met: u32,
    breached: u32,
    running: u32,
    rate: String,
    half: String,
    most: String,
    acknowledged: String,
    /// Of a bar of 120: kept, and broken.
    bar: (u32, u32),
}

struct Heat {
    id: &'static str,
    title: &'static str,
    /// Each day: its name and its cells of count and level (0 to 4).
    days: Vec<(&'static str, Vec<(u32, u32)>)>,
    is_empty: bool,
}

struct Caller {
    masked: String,
    calls: i64,
    last: Moment,
    href: String,
}

/// The report.
pub async fn show(State(door): State<Door>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let stretch = stretch(&door, &visitor, &asked);
    let read = door
        .hotline
        .store
        .read(async |tx: &mut Tx| -> Result<_, StoreError> {
            let (promises, is_cut) = promises(tx, &asked, &stretch).await?;
            let calls = tx.answered_in(stretch.from, stretch.until, MOST_CALLS).await?;
            let callers = tx.repeat_callers(stretch.from, stretch.until, OFTEN, CALLERS).await?;
            Ok((promises, is_cut, calls, callers))
        })
        .await;
    let (promises, is_cut, calls, callers) = match read {
        Ok(read) => read,
        Err(error) => return answer::trouble(&error),
    };
    let calendar = &door.hotline.policy.calendar;
    let times = Times::of(&door, &visitor);
    let report = Report::of(&promises, calendar, times.now);
    let l = visitor.language();
    let w = Reporting::of(l);
    let query = asked.query(&stretch);
    let may_export = visitor.may(Permission::Export);
    let files = [("csv", w.csv), ("xlsx", w.xlsx)];
    answer::show(&ReportPage {
        page: Page::new(&door, &visitor, w.title).at("/reports"),
        first: month(stretch.first),
        last: month(stretch.last()),
        severities: Severity::ALL.map(|severity| (severity.as_str(), severity_name(l, severity))).to_vec(),
        stretch: in_words(&times, &stretch),
        whole: row(String::new(), None, &report.whole),
        tables: tables(w, &times, &asked, &stretch, &report),
        heats: vec![
            heat("calls-by-hour", w.calls_by_hour, &times, &by_hour(&calls, calendar.zone())),
            heat("breaches-by-hour", w.breaches_by_hour, &times, &report.breaches),
        ],
        hours: (0..24).collect(),
        callers: callers.iter().map(|caller| repeat(&times, caller)).collect(),
        files: files
            .into_iter()
            .filter(|_| may_export)
            .map(|(kind, label)| (format!("{CONSOLE}/reports/file/{kind}?{query}"), label))
            .collect(),
        is_cut,
        asked,
        w,
    })
}

fn tables(w: &'static Reporting, times: &Times, asked: &Asked, stretch: &Stretch, report: &Report) -> Vec<Table> {
    let narrowed = |asked: Asked, stretch: &Stretch| Some(format!("{CONSOLE}/reports?{}", asked.query(stretch)));
    let months = report.months.iter().map(|((year, number), tally)| {
        let asked = Asked { from: format!("{year}-{number:02}"), to: format!("{year}-{number:02}"), ..asked.clone() };
        let stretch = Stretch::of(&asked, times.zone, times.now);
        row(format!("{} {year}", times.month(number - 1)), narrowed(asked, &stretch), tally)
    });
    let severities = report.severities.iter().map(|(severity, tally)| {
        let asked = Asked { severity: severity.as_str().to_owned(), ..asked.clone() };
        row(severity_name(times.l, *severity).to_owned(), narrowed(asked, stretch), tally)
    });
    let mut by_size: Vec<_> = report.institutions.iter().collect();
    by_size.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.promises()));
    let institutions = by_size.into_iter().map(|(institution, tally)| match institution {
        Some((code, name)) => {
            let asked = Asked { institution: code.clone(), ..asked.clone() };
            let name = if name.is_empty() { code } else { name };
            row(name.clone(), narrowed(asked, stretch), tally)
        }
        None => row(w.unknown.to_owned(), None, tally),
    });
    let [within, outside] = &report.in_hours;
    let hours = [(w.within, within), (w.outside, outside)];
    let hours = hours.into_iter().map(|(label, tally)| row(label.to_owned(), None, tally));
    let table = |id, title, head, rows: Vec<Row>| Table { id, title, head, rows };
    vec![
        table("by-month", w.by_month, w.month, months.collect()),
        table("by-severity", w.by_severity, w.severity, severities.collect()),
        table("by-hours", w.by_hours, w.began, hours.collect()),
        table("by-institution", w.by_institution, w.institution, institutions.collect()),
    ]
}

fn row(label: String, href: Option<String>, tally: &Tally) -> Row {
    let length = |length: Option<chrono::TimeDelta>| length.map_or_else(|| "–".to_owned(), Times::length);
    let share = |count: u32| count.saturating_mul(120).checked_div(tally.promises()).unwrap_or(0);
    Row {
        label,
        href,
        promises: tally.promises(),
        met: tally.met,
        breached: tally.breached,
        running: tally.running,
        rate: tally.met_per_mille().map_or_else(|| "–".to_owned(), |rate| format!("{}.{} %", rate / 10, rate % 10)),
        half: length(tally.response_within(50)),
        most: length(tally.response_within(90)),
        acknowledged: length(tally.mean_to_acknowledge()),
        bar: (share(tally.met), share(tally.breached)),
    }
}

fn heat(id: &'static str, title: &'static str, times: &Times, hours: &Hours) -> Heat {
    let most = hours.iter().flatten().copied().max().unwrap_or(0);
    let level = |count: u32| count.saturating_mul(4).div_ceil(most.max(1));
    let days = hours.iter().zip(times.weekdays());
    Heat {
        id,
        title,
        days: days.map(|(day, name)| (name, day.iter().map(|count| (*count, level(*count))).collect())).collect(),
        is_empty: most == 0,
    }
}

fn repeat(times: &Times, caller: &RepeatCaller) -> Caller {
    Caller {
        masked: caller.caller.masked(),
        calls: caller.calls,
        last: times.moment(caller.last_at),
        href: format!("{CONSOLE}/calls/{}", caller.last),
    }
}

fn in_words(times: &Times, stretch: &Stretch) -> String {
    format!("{} – {}", times.date(stretch.first), times.date(stretch.last()))
}
