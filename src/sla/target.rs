//! What is promised for each severity: how long until the first response, and in which time that is counted.

use std::fmt;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Mode, Severity, SpanError, parse_span, show_span};

/// A promise: so much counted time until the first response. In files: `{ within = "4h", mode = "continuous" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Target {
    /// How much counted time.
    pub span: TimeDelta,
    /// Which time is counted.
    pub mode: Mode,
}

/// A target as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    within: String,
    mode: Mode,
}

impl TryFrom<Written> for Target {
    type Error = SpanError;

    fn try_from(written: Written) -> Result<Self, SpanError> {
        Ok(Self { span: parse_span(&written.within)?, mode: written.mode })
    }
}

impl From<Target> for Written {
    fn from(target: Target) -> Self {
        Self { within: show_span(target.span), mode: target.mode }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", show_span(self.span), self.mode)
    }
}

/// The promise for each severity. The defaults read the service-level page strictly: the critical line has a guard, so
/// its four hours run day and night; 8 h is one working day of service hours; 48 h is two working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Targets {
    /// 4 h, continuous.
    pub critical: Target,
    /// 8 h of service hours.
    pub major: Target,
    /// 48 h of business days.
    pub general: Target,
}

impl Default for Targets {
    fn default() -> Self {
        let target = |hours, mode| Target { span: TimeDelta::hours(hours), mode };
        Self {
            critical: target(4, Mode::Continuous),
            major: target(8, Mode::BusinessHours),
            general: target(48, Mode::BusinessDays),
        }
    }
}

impl Targets {
    /// The promise for `severity`.
    #[must_use]
    pub fn get(&self, severity: Severity) -> Target {
        match severity {
            Severity::Critical => self.critical,
            Severity::Major => self.major,
            Severity::General => self.general,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changes_one_promise_and_keeps_the_others() {
        let targets: Targets = toml::from_str(r#"major = { within = "6h30m", mode = "continuous" }"#).unwrap();
        assert_eq!(targets.get(Severity::Major), Target { span: TimeDelta::minutes(390), mode: Mode::Continuous });
        assert_eq!(targets.critical, Targets::default().critical);
        assert_eq!(targets.general.to_string(), "48h business_days");
        let back: Targets = toml::from_str(&toml::to_string(&targets).unwrap()).unwrap();
        assert_eq!(back, targets);
    }

    #[test]
    fn a_mistake_in_a_promise_is_named() {
        for (text, says) in [
            (r#"critical = { within = "4", mode = "continuous" }"#, "has no unit"),
            (r#"critical = { within = "0m", mode = "continuous" }"#, "more than zero"),
            (r#"critical = { within = "4h", mode = "office" }"#, "unknown variant"),
            (r#"critical = { within = "4h", mode = "continuous", pause = true }"#, "unknown field"),
            (r#"urgent = { within = "4h", mode = "continuous" }"#, "unknown field"),
        ] {
            let error = toml::from_str::<Targets>(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
