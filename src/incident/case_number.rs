//! The number a caller takes away: eight digits, two of the year, five of sequence, one Damm check digit.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A case number with a right check digit.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber(String);

/// Why a text is no case number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseNumberError {
    /// Not eight digits.
    #[error("a case number has eight digits")]
    Shape,
    /// The last digit does not fit the first seven.
    #[error("the check digit is wrong: one digit was mistyped or two were swapped")]
    Check,
    /// A year has 99 999 case numbers.
    #[error("the year's case numbers are used up")]
    Exhausted,
}

/// The totally anti-symmetric quasigroup of order 10 of H. M. Damm's dissertation (Marburg, 2004).
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// The Damm digit of `digits`: 0 when the last of them is the right check digit; `None` when one is no digit.
fn damm(digits: &str) -> Option<u8> {
    digits.bytes().try_fold(0_u8, |interim, byte| {
        let digit = byte.checked_sub(b'0')?;
        DAMM.get(usize::from(interim))?.get(usize::from(digit)).copied()
    })
}

impl CaseNumber {
    /// The `sequence`-th case (from 1) of `year` (only its last two digits are kept).
    ///
    /// # Errors
    /// [`CaseNumberError::Exhausted`] past 99 999.
    pub fn new(year: i32, sequence: u32) -> Result<Self, CaseNumberError> {
        if !(1..=99_999).contains(&sequence) {
            return Err(CaseNumberError::Exhausted);
        }
        let digits = format!("{:02}{sequence:05}", year.rem_euclid(100));
        let check = damm(&digits).ok_or(CaseNumberError::Shape)?;
        Ok(Self(format!("{digits}{check}")))
    }

    /// Reads what a caller keyed or a person typed; blanks are passed over.
    ///
    /// # Errors
    /// [`CaseNumberError`].
    pub fn parse(text: &str) -> Result<Self, CaseNumberError> {
        let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CaseNumberError::Shape);
        }
        match damm(&digits) {
            Some(0) => Ok(Self(digits)),
            _ => Err(CaseNumberError::Check),
        }
    }

    /// The eight digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = CaseNumberError;

    fn try_from(text: String) -> Result<Self, CaseNumberError> {
        Self::parse(&text)
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn damm_knows_its_published_example() {
        assert_eq!(damm("572"), Some(4));
        assert_eq!(damm("5724"), Some(0));
    }

    #[test]
    fn the_sequence_has_ends() {
        assert_eq!(CaseNumber::new(2026, 0), Err(CaseNumberError::Exhausted));
        assert_eq!(CaseNumber::new(2026, 100_000), Err(CaseNumberError::Exhausted));
        assert!(CaseNumber::new(2026, 99_999).is_ok());
    }

    proptest! {
        #[test]
        fn one_wrong_digit_or_a_swap_is_noticed(sequence in 1_u32..=99_999, at in 0_usize..8, digit in 0_u8..10) {
            let number = CaseNumber::new(2026, sequence).unwrap();
            prop_assert_eq!(CaseNumber::parse(number.as_str()), Ok(number.clone()));
            let mut wrong = number.as_str().as_bytes().to_vec();
            wrong[at] = b'0' + digit;
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert_eq!(CaseNumber::parse(&wrong).is_ok(), wrong == number.as_str());
            if at < 7 {
                let mut swapped = number.as_str().as_bytes().to_vec();
                swapped.swap(at, at + 1);
                let swapped = String::from_utf8(swapped).unwrap();
                prop_assert_eq!(CaseNumber::parse(&swapped).is_ok(), swapped == number.as_str());
            }
        }
    }
}
