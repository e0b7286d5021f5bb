//! A message in one segment: fixed words stand whole, free ones are cut at a word.

use super::gsm7::{SEGMENT, septets, transliterate};

/// A piece of a message.
pub(super) enum Part<'a> {
    /// Stands whole.
    Fixed(&'a str),
    /// May be cut; `lead` stands before it unless it is empty.
    Free {
        /// What stands before.
        lead: &'a str,
        /// The text.
        text: &'a str,
    },
}

/// Joins the parts within one segment. The room that the fixed parts leave is shared: a short text leaves its rest to
/// the longer ones.
pub(super) fn fit(parts: &[Part<'_>]) -> String {
    let mut written: Vec<(String, bool)> = parts
        .iter()
        .flat_map(|part| match part {
            Part::Fixed(text) => vec![(transliterate(text), false)],
            Part::Free { lead, text } => match plain(text) {
                text if text.is_empty() => Vec::new(),
                text => vec![(transliterate(lead), false), (text, true)],
            },
        })
        .collect();
    let size = |text: &String| septets(text).unwrap_or(usize::MAX);
    let fixed: usize = written.iter().filter(|(_, free)| !free).map(|(text, _)| size(text)).sum();
    let mut room = SEGMENT.saturating_sub(fixed);
    let mut free: Vec<&mut String> = written.iter_mut().filter(|(_, free)| *free).map(|(text, _)| text).collect();
    free.sort_by_key(|text| text.len());
    let mut waiting = free.len();
    for text in free {
        let share = room.checked_div(waiting).unwrap_or(0);
        *text = cut(text, share);
        room = room.saturating_sub(size(text));
        waiting = waiting.saturating_sub(1);
    }
    let whole: String = written.into_iter().map(|(text, _)| text).collect();
    // Fixed words are short enough, as the tests of the messages show; a message that is too long is still one segment.
    if size(&whole) <= SEGMENT { whole } else { cut(&plain(&whole), SEGMENT) }
}

/// One line, one blank between words, every letter of one place.
fn plain(text: &str) -> String {
    let one_place = transliterate(text).replace(['{', '['], "(").replace(['}', ']'], ")").replace('€', "EUR");
    let one_place = one_place.replace(['^', '~', '|', '\\'], "-");
    one_place.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `most` letters, cut at a word unless that would lose more than half.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most).collect();
    let ends_a_word = text.chars().nth(most).is_some_and(|next| next == ' ');
    let at_word = match head.rsplit_once(' ') {
        _ if ends_a_word => head.as_str(),
        Some((words, _)) if words.chars().count() >= most / 2 => words,
        _ => head.as_str(),
    };
    at_word.trim_end_matches([' ', ',', ';', ':', '-', '(', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_name_is_cut_at_a_word() {
        for (text, most, expected) in [
            ("Ministerio de Salud", 19, "Ministerio de Salud"),
            ("Ministerio de Salud", 18, "Ministerio de"),
            ("Ministerio de Salud", 13, "Ministerio de"),
            ("Ministerio de Salud", 10, "Ministerio"),
            ("Superintendencia", 5, "Super"),
            ("de Superintendencia", 10, "de Superin"),
            ("Salud, Ministerio", 8, "Salud"),
            ("x", 0, ""),
        ] {
            assert_eq!(cut(text, most), expected, "{text} {most}");
        }
    }

    #[test]
    fn a_short_text_leaves_its_room_to_the_long_one() {
        let long = "palabra ".repeat(40);
        let text = fit(&[
            Part::Fixed("A"),
            Part::Free { lead: " ", text: "corto" },
            Part::Free { lead: " ", text: &long },
            Part::Free { lead: ", ", text: "  " },
            Part::Fixed("."),
        ]);
        assert!(text.starts_with("A corto palabra palabra") && text.ends_with(" palabra."), "{text}");
        assert!((150..=160).contains(&text.len()), "{text}");
    }

    proptest! {
        #[test]
        fn whatever_is_joined_is_one_segment(one in any::<String>(), two in any::<String>(), fixed in ".{0,200}") {
            let free = |text| Part::Free { lead: " ", text };
            let text = fit(&[Part::Fixed(&fixed), free(&one), free(&two)]);
            prop_assert!(septets(&text).is_some_and(|size| size <= SEGMENT), "{text}");
        }
    }
}
