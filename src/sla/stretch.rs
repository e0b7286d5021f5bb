//! Why a deadline falls where it does: stretches that counted and stretches that did not, each with its reason.

use serde::Serialize;

use super::{Calendar, NoOpenTime, Target};
use crate::clock::Instant;

/// A stretch of time that counted, or did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// First instant.
    pub from: Instant,
    /// First instant after.
    pub to: Instant,
    /// Whether the clock ran.
    pub counted: bool,
    /// Why, or why not.
    pub reason: Reason,
}

/// Why a stretch counts or does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A continuous clock counts every hour.
    Always,
    /// All of a day that has service hours.
    BusinessDay,
    /// Service hours.
    Open,
    /// Outside the hours of a day that has some.
    Night,
    /// A weekday without service hours.
    Weekend,
    /// A holiday.
    Holiday {
        /// Its Spanish name.
        es: &'static str,
        /// Its English name.
        en: &'static str,
    },
    /// What was decreed for this day, in its author's words.
    Exception(String),
}

impl Reason {
    /// The reason in Spanish words; a decree keeps its author's.
    #[must_use]
    pub fn es(&self) -> &str {
        match self {
            Self::Always => "el reloj corre siempre",
            Self::BusinessDay => "día laborable",
            Self::Open => "horario de servicio",
            Self::Night => "fuera de horario",
            Self::Weekend => "día sin servicio",
            Self::Holiday { es, .. } => es,
            Self::Exception(reason) => reason,
        }
    }

    /// The reason in English words; a decree keeps its author's.
    #[must_use]
    pub fn en(&self) -> &str {
        match self {
            Self::Always => "the clock always runs",
            Self::BusinessDay => "business day",
            Self::Open => "service hours",
            Self::Night => "outside service hours",
            Self::Weekend => "day without service",
            Self::Holiday { en, .. } => en,
            Self::Exception(reason) => reason,
        }
    }
}

impl Calendar {
    /// The stretches from `start` to the instant at which `target` is due, without gaps; neighbours differ.
    ///
    /// # Errors
    /// [`NoOpenTime`] where there is no such instant.
    pub fn explain(&self, start: Instant, target: Target) -> Result<Vec<Stretch>, NoOpenTime> {
        let due = self.due(start, target)?;
        let mut stretches: Vec<Stretch> = Vec::new();
        for mut piece in self.pieces(start, target.mode).take_while(|piece| piece.from < due) {
            piece.to = piece.to.min(due);
            match stretches.last_mut() {
                Some(last) if last.counted == piece.counted && last.reason == piece.reason => last.to = piece.to,
                _ => stretches.push(piece),
            }
        }
        Ok(stretches)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use crate::sla::{CalendarTable, Mode};

    use super::*;

    #[test]
    fn a_long_weekend_is_told_stretch_by_stretch() {
        let calendar = Calendar::from_table(&CalendarTable::default()).unwrap();
        let start = "2026-05-01T15:30:00-04:00".parse().unwrap();
        let told = |mode| -> Vec<String> {
            let stretches = calendar.explain(start, Target { span: TimeDelta::hours(8), mode }).unwrap();
            assert_eq!(stretches.first().map(|stretch| stretch.from), Some(start));
            stretches
                .iter()
                .map(|stretch| {
                    let from = stretch.from.with_timezone(&calendar.zone()).format("%a %H:%M");
                    let to = stretch.to.with_timezone(&calendar.zone()).format("%a %H:%M");
                    let mark = if stretch.counted { '+' } else { '-' };
                    format!("{from} {to} {mark} {}", stretch.reason.es())
                })
                .collect()
        };
        assert_eq!(
            told(Mode::BusinessHours),
            [
                "Fri 15:30 Fri 16:00 + horario de servicio",
                "Fri 16:00 Sat 00:00 - fuera de horario",
                "Sat 00:00 Mon 00:00 - día sin servicio",
                "Mon 00:00 Tue 00:00 - Día del Trabajo",
                "Tue 00:00 Tue 08:00 - fuera de horario",
                "Tue 08:00 Tue 15:30 + horario de servicio",
            ]
        );
        assert_eq!(told(Mode::BusinessDays), ["Fri 15:30 Fri 23:30 + día laborable"]);
        assert_eq!(told(Mode::Continuous), ["Fri 15:30 Fri 23:30 + el reloj corre siempre"]);
    }
}
