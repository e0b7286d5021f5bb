//! Text as a speech engine takes it: characters that XML can carry, in pieces that the engine accepts.

/// The longest text of one Say, in characters (Amazon Polly's neural voices; Twilio's warning 13521 beyond it). Twilio counts
/// "single-byte UTF-8 characters", so a letter with an accent counts as its bytes.
pub const MAX_SAY_CHARACTERS: usize = 3_000;
/// The longest text of one Say once percent-encoded, in bytes (Twilio, the same warning).
const MAX_SAY_ENCODED: usize = 4_500;

/// `text` with blanks of every kind made single spaces, and without what XML 1.0 cannot carry (section 2.2, production Char)
/// or nobody can speak: control characters, NUL among them.
#[must_use]
pub(super) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() {
            if !cleaned.is_empty() && !cleaned.ends_with(' ') {
                cleaned.push(' ');
            }
        } else if is_carried(character) {
            cleaned.push(character);
        }
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned
}

/// Whether XML 1.0 carries `character` and it is no control character.
#[must_use]
pub(super) fn is_carried(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{FFFE}' | '\u{FFFF}')
}

/// Cuts cleaned `text` into pieces within the engine's limits, after a sentence where there is one, else after a word, else
/// where it must be. The pieces together are the text.
#[must_use]
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, next) = rest.split_at_checked(cut(rest)).unwrap_or((rest, ""));
        pieces.push(piece);
        rest = next;
    }
    pieces
}

/// Where the first piece of `text` ends, in bytes; never 0 for a text that is not empty.
fn cut(text: &str) -> usize {
    let (mut bytes, mut encoded) = (0_usize, 0_usize);
    let (mut after_sentence, mut after_word, mut before) = (None, None, '\0');
    for (at, character) in text.char_indices() {
        bytes = bytes.saturating_add(character.len_utf8());
        encoded = encoded.saturating_add(encoded_length(character));
        if bytes > MAX_SAY_CHARACTERS || encoded > MAX_SAY_ENCODED {
            return after_sentence.or(after_word).unwrap_or(at);
        }
        if character == ' ' {
            after_word = Some(bytes);
            if matches!(before, '.' | '!' | '?' | '…' | ':' | ';') {
                after_sentence = after_word;
            }
        }
        before = character;
    }
    bytes
}

fn encoded_length(character: char) -> usize {
    if character.is_ascii_alphanumeric() { 1 } else { character.len_utf8().saturating_mul(3) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blanks_and_control_characters() {
        for (text, cleaned) in [
            ("  Su caso:\r\n\tuno  dos ", "Su caso: uno dos"),
            ("a\0b\u{7}c\u{FFFE}d\u{7F}e", "abcde"),
            ("a\u{A0}b\u{2028}c\u{85}d", "a b c d"),
            ("¿Cómo <está> \"usted\" & 'yo'?", "¿Cómo <está> \"usted\" & 'yo'?"),
            ("\u{1F6A8}", "\u{1F6A8}"),
            (" \n ", ""),
        ] {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_after_a_sentence_else_a_word_else_anywhere() {
        let sentence = "Marque uno para un incidente. ".repeat(200);
        let sentences = clean(&sentence);
        let cut = pieces(&sentences);
        assert!(cut.len() > 1);
        assert!(cut.iter().all(|piece| piece.trim_end().ends_with("incidente.")), "{cut:?}");

        let words = clean(&"incidente ".repeat(700));
        assert!(pieces(&words).iter().all(|piece| piece.trim_end().ends_with("incidente")));

        let neither = "a".repeat(7_000);
        assert_eq!(pieces(&neither).iter().map(|piece| piece.len()).collect::<Vec<_>>(), [3_000, 3_000, 1_000]);
        let accents = "ó".repeat(1_000);
        assert_eq!(pieces(&accents).first().map(|piece| piece.chars().count()), Some(750), "4500 bytes once encoded");
        assert_eq!(pieces("Hola."), ["Hola."]);
        assert!(pieces("").is_empty());
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_within_the_limits(text in prop::collection::vec("\\PC{0,90}[.!? ]{0,2}", 0..90)) {
            let cleaned = clean(&text.concat());
            let pieces = pieces(&cleaned);
            prop_assert_eq!(pieces.concat(), cleaned.as_str());
            for piece in pieces {
                prop_assert!(!piece.trim().is_empty());
                prop_assert!(piece.len() <= MAX_SAY_CHARACTERS);
                prop_assert!(piece.chars().map(encoded_length).sum::<usize>() <= MAX_SAY_ENCODED);
            }
        }
    }
}
