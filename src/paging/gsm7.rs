//! The alphabet of text messages: what fits 160 to a segment, and how other letters are written in it.
//!
//! 3GPP TS 23.038, section 6.2.1: the default alphabet has é ñ ü ¿ ¡ but not á í ó ú. One letter outside it makes the
//! whole message UCS-2, 70 to a segment.

/// The default alphabet; each takes one of the 160 places. The escape is left out, it is no letter.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./\
    0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table; each takes two places.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// Places in a message of one segment.
pub const SEGMENT: usize = 160;
/// Places in each segment of a longer message; the rest holds the joining header.
const JOINED: usize = 153;
/// The same for UCS-2.
const SEGMENT_UCS2: usize = 70;
const JOINED_UCS2: usize = 67;

/// How many places a letter takes; `None` outside the alphabet.
fn places(c: char) -> Option<usize> {
    // Most letters are ASCII ones of the basic table; looking there first is only speed.
    if c.is_ascii_alphanumeric() || BASIC.contains(c) {
        Some(1)
    } else if EXTENDED.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// How many places `text` takes in this alphabet; `None` when a letter is outside it.
#[must_use]
pub fn septets(text: &str) -> Option<usize> {
    text.chars().try_fold(0_usize, |sum, c| sum.checked_add(places(c)?))
}

/// In how many segments `text` travels, in whichever alphabet it needs; 0 for an empty one. A letter of two places is
/// not split between segments.
#[must_use]
pub fn segments(text: &str) -> usize {
    let (widths, single, joined): (Vec<usize>, usize, usize) = match text.chars().map(places).collect() {
        Some(widths) => (widths, SEGMENT, JOINED),
        None => (text.chars().map(char::len_utf16).collect(), SEGMENT_UCS2, JOINED_UCS2),
    };
    let total: usize = widths.iter().sum();
    if total <= single {
        return usize::from(total > 0);
    }
    let (full, _) =
        widths.iter().fold((0_usize, joined), |(segments, used), width| match used.saturating_add(*width) {
            used if used <= joined => (segments, used),
            _ => (segments.saturating_add(1), *width),
        });
    full
}

/// `text` in this alphabet: á becomes a, “ becomes ", what has no likeness becomes `?`, and what nobody sees is left
/// out.
#[must_use]
pub fn transliterate(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        if places(c).is_some() {
            written.push(c);
        } else if let Some(joined) = written.chars().next_back().and_then(|last| joined(last, c)) {
            written.pop();
            written.push(joined);
        } else {
            written.push_str(likeness(c));
        }
    }
    written
}

/// A letter and the mark written after it, where the alphabet has them as one: some telephones send ñ as n and a tilde.
fn joined(last: char, mark: char) -> Option<char> {
    Some(match (last, mark) {
        ('n', '\u{303}') => 'ñ',
        ('N', '\u{303}') => 'Ñ',
        ('e', '\u{301}') => 'é',
        ('E', '\u{301}') => 'É',
        ('u', '\u{308}') => 'ü',
        ('U', '\u{308}') => 'Ü',
        _ => return None,
    })
}

fn likeness(c: char) -> &'static str {
    match c {
        'á' | 'â' | 'ã' | 'ā' | 'ª' => "a",
        'Á' | 'À' | 'Â' | 'Ã' | 'Ā' => "A",
        'ç' | 'ć' | 'č' => "c",
        'Ć' | 'Č' => "C",
        'ê' | 'ë' | 'ē' => "e",
        'È' | 'Ê' | 'Ë' | 'Ē' => "E",
        'í' | 'î' | 'ï' | 'ī' => "i",
        'Í' | 'Ì' | 'Î' | 'Ï' | 'Ī' => "I",
        'ó' | 'ô' | 'õ' | 'ō' | 'º' | '°' => "o",
        'Ó' | 'Ò' | 'Ô' | 'Õ' | 'Ō' => "O",
        'ú' | 'û' | 'ū' => "u",
        'Ú' | 'Ù' | 'Û' | 'Ū' => "U",
        'ý' | 'ÿ' => "y",
        'Ý' => "Y",
        'š' => "s",
        'Š' => "S",
        'ž' => "z",
        'Ž' => "Z",
        'œ' => "oe",
        'Œ' => "OE",
        '‘' | '’' | '‚' | '´' | '`' | '‹' | '›' => "'",
        '“' | '”' | '„' | '«' | '»' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '…' => "...",
        '•' | '·' => "*",
        '×' => "x",
        c if c.is_whitespace() => " ",
        c if c.is_control() || unseen(c) => "",
        _ => "?",
    }
}

/// Marks that join another letter, or only steer how text is drawn.
fn unseen(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_alphabet_has_its_size() {
        // 128 codes less the escape; ten in the extension.
        assert_eq!((BASIC.chars().count(), EXTENDED.chars().count()), (127, 10));
        assert!(BASIC.chars().all(|c| !EXTENDED.contains(c)));
    }

    #[test]
    fn spanish_accents_are_outside_but_for_some() {
        assert_eq!(septets("éñüÑÉÜ¿¡àèìòù"), Some(13));
        for letter in ["á", "í", "ó", "ú", "Á", "Í", "Ó", "Ú", "ç"] {
            assert_eq!((septets(letter), segments(letter)), (None, 1), "{letter}");
        }
        assert_eq!(septets("[€]"), Some(6));
    }

    #[test]
    fn segments_break_where_the_network_breaks_them() {
        for (text, expected) in [
            (String::new(), 0),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            // 153 is odd: 76 to a segment.
            ("€".repeat(153), 3),
            ("á".repeat(70), 1),
            ("á".repeat(71), 2),
            ("á".repeat(134), 2),
            ("á".repeat(135), 3),
            ("😀".repeat(35), 1),
            // 67 is odd: 33 to a segment.
            ("😀".repeat(67), 3),
        ] {
            assert_eq!(segments(&text), expected, "{} of {:?}", text.chars().count(), text.chars().next());
        }
    }

    #[test]
    fn other_letters_are_written_as_the_nearest() {
        for (text, written) in [
            ("Crítico: asumió la atención", "Critico: asumio la atencion"),
            ("Peña, güira, ¿qué?", "Peña, güira, ¿qué?"),
            ("Pen\u{303}a, que\u{301}, ma\u{301}s", "Peña, qué, mas"),
            ("“Nómina” — ‘TSS’…", "\"Nomina\" - 'TSS'..."),
            ("a\u{a0}b\tc\u{200b}d", "a b cd"),
            ("Ministerio 😀 中", "Ministerio ? ?"),
            ("ÁÍÓÚ áíóú", "AIOU aiou"),
        ] {
            assert_eq!(transliterate(text), written);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_fits_the_alphabet_and_is_not_written_otherwise(text in any::<String>()) {
            let written = transliterate(&text);
            prop_assert!(septets(&written).is_some());
            prop_assert_eq!(transliterate(&written), written);
        }
    }
}
