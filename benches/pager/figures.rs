//! Figures as people read them: quantiles, and each aim with PASS or MISS.

use std::fmt::Write as _;

/// What a first page may take, in milliseconds: the aim, as it stands in the project's issue.
pub const PAGE_MILLIS: f64 = 250.0;

/// What one measurement came to.
#[derive(Clone, Debug)]
pub struct Row {
    pub database: &'static str,
    pub what: &'static str,
    /// Jobs that waited when it began.
    pub jobs: i64,
    /// What each took, in microseconds.
    pub took: Vec<i64>,
    /// What all but one in a hundred may take, in milliseconds, where somebody has said so.
    pub aim: Option<f64>,
}

/// Everything that was measured.
#[derive(Clone, Debug, Default)]
pub struct Figures(Vec<Row>);

impl Figures {
    pub fn add(&mut self, row: Row) {
        self.0.push(row);
    }

    /// The table and the aims.
    pub fn text(&self) -> String {
        let mut text =
            "database  what                        jobs waiting   count   p50 ms   p90 ms    p99 ms    most ms\n"
                .to_owned();
        let mut aims = String::new();
        for Row { database, what, jobs, took, aim } in &self.0 {
            let [half, late, most, worst] = [0.5, 0.9, 0.99, 1.0].map(|share| quantile(took, share));
            let _ = writeln!(
                text,
                "{database:<8}  {what:<26}  {jobs:>12}  {:>6}  {half:>7.1}  {late:>7.1}  {most:>8.1}  {worst:>9.1}",
                took.len()
            );
            let Some(aim) = aim else { continue };
            let verdict = if most <= *aim { "PASS" } else { "MISS" };
            let _ = writeln!(aims, "{verdict}  {database}, {what}: p99 {most:.1} ms, aim <= {aim:.0} ms");
        }
        format!("{text}\n{aims}")
    }
}

/// The smallest of `micros` that `share` of them do not exceed, in milliseconds.
fn quantile(micros: &[i64], share: f64) -> f64 {
    let mut sorted = micros.to_vec();
    sorted.sort_unstable();
    #[expect(clippy::cast_precision_loss, clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "small")]
    let place = (share * sorted.len() as f64).ceil().max(1.0) as usize - 1;
    sorted.get(place).map_or(f64::NAN, |micros| f64::from(i32::try_from(*micros).unwrap_or(i32::MAX)) / 1000.0)
}
