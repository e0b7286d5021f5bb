//! Figures as people read them: a row for each kind of webhook, and each aim with PASS or MISS.

use std::fmt::Write as _;

use guardia_sandbox::load::Report;

/// What half of the documents that somebody waits for on the telephone may take, in milliseconds, and all but one in a hundred.
const DOCUMENT_MILLIS: (f64, f64) = (15.0, 100.0);
/// What half of all news and text messages may take that nobody waits for, and all but one in a hundred.
const NEWS_MILLIS: (f64, f64) = (25.0, 250.0);
/// Kinds of documents that a caller waits for.
const DOCUMENTS: [&str; 6] = ["voice", "gather", "record", "redirect", "dial", "queue"];

/// Everything that was measured.
#[derive(Default)]
pub struct Figures(Vec<(&'static str, Report)>);

impl Figures {
    pub fn add(&mut self, database: &'static str, report: Report) {
        self.0.push((database, report));
    }

    /// The tables and the aims.
    pub fn text(&self) -> String {
        let (mut text, mut aims) = (String::new(), String::new());
        for (database, report) in &self.0 {
            let calls = &report.calls;
            let _ = writeln!(
                text,
                "{database}: {} calls in {:.0} s, {} at once at most, {} turned away, the latest {:.0} ms behind its time; \
                 {:?}; {} errors",
                calls.started,
                report.seconds,
                calls.most_at_once,
                calls.turned_away,
                calls.latest_ms,
                calls.by_outcome,
                report.errors_total
            );
            text.push_str("webhook              count   p50 ms   p90 ms   p99 ms  most ms  answered with\n");
            for (kind, figures) in &report.webhooks {
                let times = &figures.times;
                let _ = writeln!(
                    text,
                    "{kind:<18}  {:>6}  {:>7.1}  {:>7.1}  {:>7.1}  {:>7.1}  {:?}",
                    times.count, times.p50_ms, times.p90_ms, times.p99_ms, times.max_ms, figures.statuses
                );
                let waits = DOCUMENTS.contains(kind);
                let (half, most) = if waits { DOCUMENT_MILLIS } else { NEWS_MILLIS };
                let met = times.p50_ms <= half && times.p99_ms <= most;
                let _ = writeln!(
                    aims,
                    "{}  {database}, {kind}: p50 {:.1} ms, aim <= {half:.0} ms; p99 {:.1} ms, aim <= {most:.0} ms",
                    verdict(met),
                    times.p50_ms,
                    times.p99_ms
                );
            }
            for error in &report.errors {
                let _ = writeln!(text, "error {}: {} times; the first: {}", error.code, error.count, error.example);
            }
            let _ = writeln!(
                aims,
                "{}  {database}: {} errors, aim 0",
                verdict(report.errors_total == 0),
                report.errors_total
            );
            text.push('\n');
        }
        format!("{text}{aims}")
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "PASS" } else { "MISS" }
}
