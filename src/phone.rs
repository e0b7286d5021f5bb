//! Telephone numbers, E.164. Personal data: `Debug` masks them, nothing else may print them into a log.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A number in E.164 form, e.g. `+18095550142`. `Debug` shows the country and the last two digits only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Why a text is no telephone number. Does not repeat the text: it may be one, mistyped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Neither E.164 nor ten national digits.
    #[error("not a telephone number: write it as +18095550142 or 809-555-0142")]
    Shape,
    /// Seven digits cannot be dialled in the Dominican Republic.
    #[error("the area code is missing: dial ten digits, beginning with 809, 829 or 849")]
    AreaCode,
}

impl Phone {
    /// Reads `+…` as E.164 and ten or eleven digits as a number of the North American plan (+1), the Dominican one.
    /// Blanks, hyphens, dots and parentheses are passed over.
    ///
    /// # Errors
    /// [`PhoneError`], which names the mend.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let text = text.trim();
        let (international, rest) = match text.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut digits = String::with_capacity(16);
        for character in rest.chars() {
            match character {
                '0'..='9' if digits.len() < 16 => digits.push(character),
                ' ' | '-' | '.' | '(' | ')' => {}
                _ => return Err(PhoneError::Shape),
            }
        }
        let national = |digits: &str| digits.starts_with(|first| ('2'..='9').contains(&first));
        match (international, digits.len()) {
            (true, 8..=15) if !digits.starts_with('0') => Ok(Self(format!("+{digits}"))),
            (false, 11) if digits.strip_prefix('1').is_some_and(national) => Ok(Self(format!("+{digits}"))),
            (false, 10) if national(&digits) => Ok(Self(format!("+1{digits}"))),
            (false, 7) => Err(PhoneError::AreaCode),
            _ => Err(PhoneError::Shape),
        }
    }

    /// The number as E.164, for the provider and the store; never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people here write it: ten digits within the North American plan, E.164 elsewhere.
    #[must_use]
    pub fn local(&self) -> &str {
        match self.0.strip_prefix("+1") {
            Some(national) if national.len() == 10 => national,
            _ => &self.0,
        }
    }

    /// Its last four digits, for pages and stores that are not to have it whole: `…0142`.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = self.0.len().saturating_sub(4);
        format!("…{}", self.0.chars().skip(shown).collect::<String>())
    }

    /// Whether it is a Dominican number (area codes 809, 829 and 849 of the North American plan).
    #[must_use]
    pub fn is_dominican(&self) -> bool {
        self.local().len() == 10 && ["809", "829", "849"].iter().any(|area| self.local().starts_with(area))
    }
}

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail: String = self.0.chars().skip(self.0.len().saturating_sub(2)).collect();
        write!(f, "Phone(…{tail})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_people_write_a_number() {
        for (text, read) in [
            ("8095550142", Ok("+18095550142")),
            ("1-809-555-0142", Ok("+18095550142")),
            ("+1 849 555 0142", Ok("+18495550142")),
            ("(829) 555.0142", Ok("+18295550142")),
            ("+50937001122", Ok("+50937001122")),
            ("5550142", Err(PhoneError::AreaCode)),
            ("*462", Err(PhoneError::Shape)),
            ("311", Err(PhoneError::Shape)),
            ("911", Err(PhoneError::Shape)),
            ("anonymous", Err(PhoneError::Shape)),
            ("+", Err(PhoneError::Shape)),
            ("", Err(PhoneError::Shape)),
            ("+0123456789", Err(PhoneError::Shape)),
            ("+1234567890123456", Err(PhoneError::Shape)),
        ] {
            assert_eq!(Phone::parse(text).as_ref().map(Phone::as_str), read.as_ref().copied(), "{text}");
        }
    }

    #[test]
    fn a_number_never_shows_in_a_debug_line() {
        let phone = Phone::parse("8095550142").unwrap();
        assert_eq!(format!("{phone:?}"), "Phone(…42)");
        assert!(phone.is_dominican());
        assert_eq!(phone.local(), "8095550142");
    }
}
