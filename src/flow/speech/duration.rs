//! A length of time: "cuatro horas", "una hora y treinta minutos", "two days".

use std::time::Duration;

use super::quantity::{Noun, quantity};
use crate::flow::Language;

/// Up to here a length is said in hours: "cuarenta y ocho horas" is how the service level is written.
const HOURS_UP_TO: u64 = 72;

/// The length in words, in its two largest units; seconds are said only below two minutes.
#[must_use]
pub fn duration(language: Language, length: Duration) -> String {
    let seconds = length.as_secs();
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    let parts = if seconds < 60 {
        [(seconds, Noun::Second), (0, Noun::Second)]
    } else if seconds < 120 {
        [(minutes, Noun::Minute), (seconds % 60, Noun::Second)]
    } else if hours == 0 {
        [(minutes, Noun::Minute), (0, Noun::Second)]
    } else if hours <= HOURS_UP_TO {
        [(hours, Noun::Hour), (minutes % 60, Noun::Minute)]
    } else {
        [(hours / 24, Noun::Day), (hours % 24, Noun::Hour)]
    };
    let said: Vec<String> = parts
        .into_iter()
        .enumerate()
        .filter(|(place, (n, _))| *place == 0 || *n > 0)
        .map(|(_, (n, noun))| quantity(language, u32::try_from(n).unwrap_or(u32::MAX), noun))
        .collect();
    said.join(match language {
        Language::Es => " y ",
        Language::En => " and ",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for (seconds, es, en) in [
            (0, "cero segundos", "zero seconds"),
            (1, "un segundo", "one second"),
            (60, "un minuto", "one minute"),
            (90, "un minuto y treinta segundos", "one minute and thirty seconds"),
            (1_800, "treinta minutos", "thirty minutes"),
            (1_859, "treinta minutos", "thirty minutes"),
            (3_600, "una hora", "one hour"),
            (5_400, "una hora y treinta minutos", "one hour and thirty minutes"),
            (14_400, "cuatro horas", "four hours"),
            (75_600, "veintiuna horas", "twenty-one hours"),
            (172_800, "cuarenta y ocho horas", "forty-eight hours"),
            (354_600, "cuatro días y dos horas", "four days and two hours"),
        ] {
            assert_eq!(duration(Language::Es, Duration::from_secs(seconds)), es);
            assert_eq!(duration(Language::En, Duration::from_secs(seconds)), en);
        }
    }
}
