//! Figures as people read them: quantiles, a table, and each aim with PASS or MISS.

use std::fmt::Write as _;

/// The aims, as they stand in the project's issue.
const SHARE: f64 = 0.6;
const SLOWEST_MILLIS: f64 = 15.0;
const STEP_MICROS: f64 = 50.0;
const RESIDENT_MIB: f64 = 60.0;
const PAGE_MILLIS: f64 = 250.0;

/// What one loop came to.
#[derive(Clone, Debug, Default)]
pub struct Loop {
    /// Turns per second, one for each round.
    pub rates: Vec<f64>,
    /// What each turn of every round took, in microseconds.
    pub took: Vec<i64>,
}

/// One database with so many calls in flight.
#[derive(Clone, Debug)]
pub struct Row {
    pub database: &'static str,
    pub flight: usize,
    pub http: Loop,
    pub bare: Loop,
    /// How long the jobs of the calls took beyond the calls, in milliseconds, at worst.
    pub behind: i64,
}

/// Everything that was measured.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub rows: Vec<Row>,
    /// Microseconds of each turn.
    pub machine: Vec<f64>,
    /// Database, calls so far, resident MiB.
    pub resident: Vec<(&'static str, usize, f64)>,
    /// Database, microseconds from the request that commits an incident to its page at the provider.
    pub pages: Vec<(&'static str, Vec<i64>)>,
}

impl Loop {
    fn rate(&self) -> f64 {
        quantile(&self.rates, 0.5)
    }

    fn millis(&self, share: f64) -> f64 {
        let took: Vec<f64> = self.took.iter().map(|micros| millis(*micros)).collect();
        quantile(&took, share)
    }
}

/// The smallest value that `share` of all values do not exceed.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "small")]
    let place = (share * sorted.len() as f64).ceil().max(1.0) as usize - 1;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

fn millis(micros: i64) -> f64 {
    f64::from(i32::try_from(micros).unwrap_or(i32::MAX)) / 1000.0
}

impl Report {
    /// The table and the aims.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut aims = Vec::new();
        let _ = writeln!(text, "                 turns through HTTP                  bare loop                 HTTP");
        let _ = writeln!(
            text,
            "database  at once   turns/s   p50 ms   p99 ms   turns/s   p50 ms   p99 ms   of bare   jobs behind"
        );
        for row in &self.rows {
            let share = row.http.rate() / row.bare.rate();
            let _ = writeln!(
                text,
                "{:<8}  {:>7}   {:>7.0}  {:>7.2}  {:>7.2}   {:>7.0}  {:>7.2}  {:>7.2}   {:>7.2}   {:>8} ms",
                row.database,
                row.flight,
                row.http.rate(),
                row.http.millis(0.5),
                row.http.millis(0.99),
                row.bare.rate(),
                row.bare.millis(0.5),
                row.bare.millis(0.99),
                share,
                row.behind,
            );
            let name = format!("{}, {} at once", row.database, row.flight);
            aims.push((format!("{name}: share of the bare loop"), share, format!(">= {SHARE}"), share >= SHARE));
            if row.flight > 1 {
                let slow = row.http.millis(0.99);
                aims.push((format!("{name}: p99 in ms"), slow, format!("<= {SLOWEST_MILLIS}"), slow <= SLOWEST_MILLIS));
            }
        }
        if !self.machine.is_empty() {
            let (half, most) = (quantile(&self.machine, 0.5), quantile(&self.machine, 0.99));
            let _ = writeln!(text, "\nmachine step and document: p50 {half:.1} us, p99 {most:.1} us");
            aims.push((
                "step and document: p99 in us".to_owned(),
                most,
                format!("<= {STEP_MICROS}"),
                most <= STEP_MICROS,
            ));
        }
        for (database, calls, resident) in &self.resident {
            let _ = writeln!(text, "{database}: resident after {calls} calls: {resident:.1} MiB");
            let aim = format!("{database}: resident MiB after {calls} calls");
            aims.push((aim, *resident, format!("<= {RESIDENT_MIB}"), *resident <= RESIDENT_MIB));
        }
        for (database, took) in &self.pages {
            let took: Vec<f64> = took.iter().map(|micros| millis(*micros)).collect();
            let (half, most) = (quantile(&took, 0.5), quantile(&took, 0.99));
            let _ = writeln!(text, "{database}: incident to page at the provider: p50 {half:.1} ms, p99 {most:.1} ms");
            let aim = format!("{database}: page p99 in ms");
            aims.push((aim, most, format!("<= {PAGE_MILLIS}"), most <= PAGE_MILLIS));
        }
        let _ = writeln!(text);
        for (aim, value, bound, met) in aims {
            let _ = writeln!(text, "{}  {aim:<46} {value:>8.2}  aim {bound}", if met { "PASS" } else { "MISS" });
        }
        text
    }
}
