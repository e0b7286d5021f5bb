//! The written forms for text messages: "08/03 02:00", "2:00 a. m.", letters of the GSM alphabet only.

use super::{Context, Value};
use crate::flow::Language;

/// The longest name in a text message, in characters; longer ones are cut.
const NAME: usize = 30;

/// The value as it is written in a text message.
#[must_use]
pub fn short(language: Language, value: &Value, context: &Context) -> String {
    let written = match value {
        Value::CaseNumber(number) => number.to_string(),
        Value::Moment(at) => {
            let local = context.local(*at);
            match language {
                Language::Es => local.format("%d/%m %H:%M").to_string(),
                // Day and month in figures would be read the other way round.
                Language::En => local.format("%-d %b %H:%M").to_string(),
            }
        }
        Value::Date(day) => match language {
            Language::Es => day.format("%d/%m").to_string(),
            Language::En => day.format("%-d %b").to_string(),
        },
        Value::Time(time) => {
            let clock = time.format("%-I:%M");
            let (afternoon, _) = chrono::Timelike::hour12(time);
            match (language, afternoon) {
                (Language::Es, false) => format!("{clock} a. m."),
                (Language::Es, true) => format!("{clock} p. m."),
                (Language::En, false) => format!("{clock} a.m."),
                (Language::En, true) => format!("{clock} p.m."),
            }
        }
        Value::Phone(phone) => phone.local().to_owned(),
        Value::Number(n) => n.to_string(),
        Value::Quantity { n, noun } => format!("{n} {}", noun.word(language, *n)),
        Value::Duration(length) => {
            let minutes = length.as_secs() / 60;
            match (minutes / 60, minutes % 60) {
                (0, minutes) => format!("{minutes} min"),
                (hours, 0) => format!("{hours} h"),
                (hours, minutes) => format!("{hours} h {minutes} min"),
            }
        }
        Value::Key(key) => key.to_string(),
        Value::Email(address) => address.clone(),
        Value::Text(text) => text.chars().take(NAME).collect(),
    };
    fold(written.trim())
}

/// The text in letters of the GSM 7-bit alphabet (3GPP TS 23.038), whose Spanish lacks á, í, ó and ú. What it has no
/// letter for becomes '.'.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            'á' | 'â' | 'ã' => 'a',
            'ê' | 'ë' => 'e',
            'í' | 'î' | 'ï' => 'i',
            'ó' | 'ô' | 'õ' => 'o',
            'ú' | 'û' => 'u',
            'Á' | 'À' | 'Â' => 'A',
            'È' | 'Ê' => 'E',
            'Í' | 'Ì' | 'Î' => 'I',
            'Ó' | 'Ò' | 'Ô' => 'O',
            'Ú' | 'Ù' | 'Û' => 'U',
            'ç' => 'c',
            '«' | '»' | '“' | '”' => '"',
            '‘' | '’' | '`' | '´' => '\'',
            '–' | '—' => '-',
            '\u{a0}' | '\u{202f}' | '\t' => ' ',
            letter if septets(letter).is_some() => letter,
            _ => '.',
        })
        .collect()
}

/// How many septets of a text message the letter takes; `None` when the GSM alphabet lacks it.
#[must_use]
pub fn septets(letter: char) -> Option<usize> {
    const PLAIN: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
        ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const ESCAPED: &str = "\u{c}^{}\\[~]|€";
    if PLAIN.contains(letter) {
        Some(1)
    } else if ESCAPED.contains(letter) {
        Some(2)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::flow::speech::Noun;

    #[test]
    fn written_forms() {
        let context = Context { now: "2026-03-08T02:00:00Z".parse().unwrap(), zone: chrono_tz::America::Santo_Domingo };
        let time = |text: &str| Value::Time(text.parse().unwrap());
        for (value, es, en) in [
            (Value::Moment("2026-03-08T06:00:00Z".parse().unwrap()), "08/03 02:00", "8 Mar 02:00"),
            (Value::Date("2026-03-08".parse().unwrap()), "08/03", "8 Mar"),
            (time("02:00:00"), "2:00 a. m.", "2:00 a.m."),
            (time("00:05:00"), "12:05 a. m.", "12:05 a.m."),
            (time("12:30:00"), "12:30 p. m.", "12:30 p.m."),
            (Value::Phone("8095550142".parse().unwrap()), "8095550142", "8095550142"),
            (Value::Number(1_000), "1000", "1000"),
            (Value::Quantity { n: 2, noun: Noun::Day }, "2 dias", "2 days"),
            (Value::Duration(Duration::from_hours(4)), "4 h", "4 h"),
            (Value::Duration(Duration::from_mins(90)), "1 h 30 min", "1 h 30 min"),
            (Value::Duration(Duration::from_mins(30)), "30 min", "30 min"),
            (Value::Email("soporte@ogtic.gob.do".into()), "soporte@ogtic.gob.do", "soporte@ogtic.gob.do"),
            (
                Value::Text("Nómina «única» — Ñuñoa ☎".into()),
                "Nomina \"unica\" - Ñuñoa .",
                "Nomina \"unica\" - Ñuñoa .",
            ),
        ] {
            assert_eq!(short(Language::Es, &value, &context), es);
            assert_eq!(short(Language::En, &value, &context), en);
        }
    }

    #[test]
    fn the_alphabet_has_the_letters_of_the_standard() {
        let all: Vec<usize> = ('\0'..='\u{ffff}').filter_map(septets).collect();
        // 128 places, less the escape itself; ten letters behind it.
        assert_eq!((all.iter().filter(|n| **n == 1).count(), all.iter().filter(|n| **n == 2).count()), (127, 10));
    }
}
