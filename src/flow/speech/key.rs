//! A key of the telephone: "asterisco", "numeral", "cinco".

use super::number::digits;
use crate::flow::Language;

/// The key's name; "" for what is no key.
#[must_use]
pub fn key(language: Language, key: char) -> String {
    match (language, key) {
        (Language::Es, '*') => "asterisco".to_owned(),
        (Language::Es, '#') => "numeral".to_owned(),
        (Language::En, '*') => "star".to_owned(),
        (Language::En, '#') => "pound".to_owned(),
        (language, key) => digits(language, key.encode_utf8(&mut [0; 4])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keypad() {
        let names = |language| "1234567890*#".chars().map(|name| key(language, name)).collect::<Vec<_>>().join(" ");
        assert_eq!(names(Language::Es), "uno dos tres cuatro cinco seis siete ocho nueve cero asterisco numeral");
        assert_eq!(names(Language::En), "one two three four five six seven eight nine zero star pound");
    }
}
