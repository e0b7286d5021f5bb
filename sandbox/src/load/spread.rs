//! Times that differ from one caller to the next.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

use crate::dice::Dice;
use crate::story::duration;

/// How often an exponential time may exceed its mean.
const LONGEST_OF_MEAN: u32 = 10;

/// Where a time is drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    Fixed(Duration),
    /// All equally likely.
    Between(Duration, Duration),
    /// Exponential.
    Mean(Duration),
}

impl Spread {
    pub(super) fn read(name: &str, value: &Value) -> Result<Self, String> {
        let Value::Object(fields) = value else { return Ok(Self::Fixed(length(name, value)?)) };
        let names: Vec<&str> = fields.keys().map(String::as_str).collect();
        let of = |field: &str| length(name, fields.get(field).unwrap_or(&Value::Null));
        if names == ["mean"] {
            return Ok(Self::Mean(of("mean")?));
        }
        if names.len() != 2 || !names.contains(&"from") || !names.contains(&"to") {
            return Err(format!("{name}: expected a time, {{ from, to }} or {{ mean }}"));
        }
        let (from, to) = (of("from")?, of("to")?);
        if from > to { Err(format!("{name}: 'from' is after 'to'")) } else { Ok(Self::Between(from, to)) }
    }

    pub(super) fn draw(self, dice: &mut Dice) -> Duration {
        match self {
            Self::Fixed(length) => length,
            Self::Between(from, to) => from.saturating_add(to.saturating_sub(from).mul_f64(unit(dice))),
            Self::Mean(mean) => exponential(mean, dice).min(mean.saturating_mul(LONGEST_OF_MEAN)),
        }
    }
}

/// A time between two events that know nothing of each other.
pub(super) fn exponential(mean: Duration, dice: &mut Dice) -> Duration {
    Duration::try_from_secs_f64(-unit(dice).ln() * mean.as_secs_f64()).unwrap_or(Duration::MAX)
}

/// A number between zero and one, neither of them.
pub(super) fn unit(dice: &mut Dice) -> f64 {
    let high = u32::try_from(dice.draw() >> 32).unwrap_or(u32::MAX);
    (f64::from(high) + 0.5) / (f64::from(u32::MAX) + 1.0)
}

pub(super) fn length(name: &str, value: &Value) -> Result<Duration, String> {
    let length: TimeDelta = duration(name, value)?;
    length.to_std().map_err(|_| format!("{name}: a time is not negative"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_drawn_as_they_are_written() {
        let drawn = |value: Value| {
            let spread = Spread::read("after", &value).unwrap();
            let mut dice = Dice::new(3);
            (0..2000).map(|_| spread.draw(&mut dice).as_secs_f64()).collect::<Vec<_>>()
        };
        assert!(drawn(json!("2s")).iter().all(|time| (time - 2.0).abs() < 1e-9));
        let between = drawn(json!({ "from": "1s", "to": "3s" }));
        assert!(between.iter().all(|time| (1.0..=3.0).contains(time)));
        assert!(between.iter().any(|time| *time < 1.2) && between.iter().any(|time| *time > 2.8));
        let around = drawn(json!({ "mean": "4s" }));
        let mean = around.iter().sum::<f64>() / 2000.0;
        assert!((3.6..=4.4).contains(&mean), "{mean}");
        assert!(around.iter().all(|time| *time <= 40.0));
    }

    #[test]
    fn a_wrong_time_is_refused() {
        for value in
            [json!({ "from": "3s", "to": "1s" }), json!({ "mean": "1s", "to": "2s" }), json!("soon"), json!([])]
        {
            assert!(Spread::read("after", &value).unwrap_err().starts_with("after: "), "{value}");
        }
    }
}
