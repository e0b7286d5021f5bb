//! The code of one page to one person: who answers with it has read that page.

use std::fmt;

use crate::id::Ids;

/// Four digits; six for a person who has so many pages that no four are free. `Debug` hides them: whoever has the code can accept the case. The store keeps a hash.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Code(String);

/// A text that is no [`Code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has four digits, or six")]
pub struct NoCode;

/// How often a code of one length is drawn before that length counts as used up.
const TRIES: u32 = 100;

impl Code {
    /// A random code of four digits.
    #[must_use]
    pub fn draw(ids: &Ids) -> Self {
        Self(format!("{:04}", ids.below(10_000)))
    }

    /// Random codes to choose from, until one is free: of four digits first, then of six. It ends when so many were taken
    /// that none can be expected.
    pub fn candidates(ids: &Ids) -> impl Iterator<Item = Self> {
        (0..TRIES).map(|_| Self::draw(ids)).chain((0..TRIES).map(|_| Self::draw_long(ids)))
    }

    /// A random code of six digits, for a proof that gives no second chance to whoever guesses.
    #[must_use]
    pub fn draw_long(ids: &Ids) -> Self {
        Self(format!("{:06}", ids.below(1_000_000)))
    }

    /// Reads four digits, or six.
    ///
    /// # Errors
    /// [`NoCode`].
    pub fn parse(text: &str) -> Result<Self, NoCode> {
        if matches!(text.len(), 4 | 6) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoCode)
        }
    }

    /// The digits, for the message and for the hash; never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `text` with every code in it starred out: the digits before an `A`, `E`, `R` or `V` that ends a word. What was sent is kept
/// without what it could be answered with.
#[must_use]
pub fn without_codes(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut digits = String::new();
    let mut letters = text.chars().peekable();
    let mut in_word = false;
    while let Some(letter) = letters.next() {
        if letter.is_ascii_digit() && !in_word {
            digits.push(letter);
            continue;
        }
        let ends = letters.peek().is_none_or(|next| !next.is_alphanumeric());
        let answer = ends && matches!(letter, 'A' | 'E' | 'R' | 'V') && Code::parse(&digits).is_ok();
        let before = if answer { "*".repeat(digits.len()) } else { digits.clone() };
        kept.push_str(&before);
        digits.clear();
        kept.push(letter);
        in_word = letter.is_alphanumeric();
    }
    kept + &digits
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_without_the_codes_it_carries() {
        for (text, kept) in [
            ("Resp 4821A=acepto 4821E=escalar. Tel 8095550100", "Resp ****A=acepto ****E=escalar. Tel 8095550100"),
            ("OGTIC 26001239: envie 4821R", "OGTIC 26001239: envie ****R"),
            ("4821R.", "****R."),
            ("responda 482112V.", "responda ******V."),
            ("ej. 48212A, 4821B, 4821AR, X4821A, 14:4821", "ej. 48212A, 4821B, 4821AR, X4821A, 14:4821"),
            ("Ñ4821A 4821A", "Ñ4821A ****A"),
            ("", ""),
        ] {
            assert_eq!(without_codes(text), kept);
        }
    }

    #[test]
    fn when_no_four_digits_are_free_there_are_six() {
        let ids = Ids::seeded(1);
        let usual = Code::candidates(&ids).next().unwrap();
        assert_eq!(usual.as_str().len(), 4);
        let long = Code::candidates(&ids).find(|code| code.as_str().len() != 4).unwrap();
        assert_eq!(long.as_str().len(), 6);
        assert_eq!(Code::parse(long.as_str()), Ok(long.clone()));
        assert_eq!(without_codes(&format!("Resp {}A=acepto", long.as_str())), "Resp ******A=acepto");
        assert_eq!(Code::candidates(&ids).count(), 200, "and it ends");
    }

    #[test]
    fn a_code_has_four_digits_and_does_not_show_in_a_debug_line() {
        let ids = Ids::seeded(1);
        for _ in 0..1_000 {
            let code = Code::draw(&ids);
            assert_eq!(Code::parse(code.as_str()), Ok(code.clone()));
            assert_eq!(format!("{code:?}"), "Code(…)");
        }
        for text in ["", "482", "48211", "4821123", "48a1", "٤٨٢١"] {
            assert_eq!(Code::parse(text), Err(NoCode), "{text}");
        }
    }
}
