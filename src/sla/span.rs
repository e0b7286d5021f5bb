//! Lengths of time as people write them: `4h`, `90m`, `2d`, `1h30m`.

use std::fmt::Write;

use chrono::TimeDelta;

/// The longest span that is read: nobody promises an answer in more than a year.
const LONGEST_SECONDS: i64 = 366 * 86_400;

/// The units, longest first, in seconds. A day is always 24 hours, whatever the mode counts.
const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Why a text is no span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// Not numbers with units, or the units are not in falling order.
    #[error("not a length of time: write it as 4h, 90m, 2d or 1h30m, the longer unit first")]
    Shape,
    /// A number without its unit.
    #[error("the last number has no unit: write d, h, m or s after it, as in 4h")]
    Unit,
    /// Nothing at all.
    #[error("a length of time must be more than zero")]
    Zero,
    /// More than a year.
    #[error("a length of time may be at most 366 days")]
    TooLong,
}

/// Reads a span: numbers with the units `d` (24 h), `h`, `m`, `s`, each at most once, the longer first. Blanks are
/// passed over.
///
/// # Errors
/// [`SpanError`], which names the mend.
pub fn parse_span(text: &str) -> Result<TimeDelta, SpanError> {
    let mut seconds = 0_i64;
    let mut number: Option<i64> = None;
    let mut units = UNITS.iter();
    for character in text.chars().filter(|character| !character.is_whitespace()) {
        if let Some(digit) = character.to_digit(10) {
            let grown = number.unwrap_or(0).checked_mul(10).and_then(|tens| tens.checked_add(i64::from(digit)));
            number = Some(grown.ok_or(SpanError::TooLong)?);
            continue;
        }
        // The iterator is not rewound: a unit that is repeated or out of order is not found.
        let (_, length) = units.find(|(unit, _)| *unit == character).ok_or(SpanError::Shape)?;
        let part = number.take().ok_or(SpanError::Shape)?.checked_mul(*length).ok_or(SpanError::TooLong)?;
        seconds = seconds.checked_add(part).ok_or(SpanError::TooLong)?;
    }
    match (number, seconds) {
        (Some(_), _) => Err(SpanError::Unit),
        (None, 0) if text.trim().is_empty() => Err(SpanError::Shape),
        (None, 0) => Err(SpanError::Zero),
        (None, 1..=LONGEST_SECONDS) => TimeDelta::try_seconds(seconds).ok_or(SpanError::TooLong),
        (None, _) => Err(SpanError::TooLong),
    }
}

/// The span as [`parse_span`] reads it, in hours at most (`48h`, not `2d`: a promise is told in hours). Parts of a
/// second are left out.
#[must_use]
pub fn show_span(span: TimeDelta) -> String {
    let mut text = String::new();
    let mut rest = span.num_seconds();
    if rest < 0 {
        text.push('-');
        rest = rest.saturating_neg();
    }
    for (unit, length) in UNITS.iter().skip(1) {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            // Writing to a String cannot fail.
            let _ = write!(text, "{count}{unit}");
        }
    }
    if text.is_empty() || text == "-" { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ways_people_write_a_length_of_time() {
        for (text, seconds) in [
            ("4h", Ok(14_400)),
            ("90m", Ok(5_400)),
            ("2d", Ok(172_800)),
            ("1h30m", Ok(5_400)),
            (" 1h 30m ", Ok(5_400)),
            ("45s", Ok(45)),
            ("366d", Ok(LONGEST_SECONDS)),
            ("", Err(SpanError::Shape)),
            ("4", Err(SpanError::Unit)),
            ("1h30", Err(SpanError::Unit)),
            ("h", Err(SpanError::Shape)),
            ("4 hours", Err(SpanError::Shape)),
            ("30m1h", Err(SpanError::Shape)),
            ("1h1h", Err(SpanError::Shape)),
            ("-4h", Err(SpanError::Shape)),
            ("0h", Err(SpanError::Zero)),
            ("367d", Err(SpanError::TooLong)),
            ("99999999999999999999h", Err(SpanError::TooLong)),
        ] {
            assert_eq!(parse_span(text).map(|span| span.num_seconds()), seconds, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(seconds in 1..=LONGEST_SECONDS) {
            let span = TimeDelta::seconds(seconds);
            prop_assert_eq!(parse_span(&show_span(span)), Ok(span));
        }

        #[test]
        fn no_text_breaks_the_reader(text in any::<String>()) {
            let _ = parse_span(&text);
        }
    }
}
