//! A case number in pairs, which is how people take it down: "veintiséis, cero cero, cero uno, veintitrés".

use super::number::{Form, digits, number};
use crate::flow::Language;
use crate::incident::CaseNumber;

/// The number in words, a comma (a pause) between its pairs. A pair with a leading zero is said digit by digit.
#[must_use]
pub fn case_number(language: Language, case: &CaseNumber) -> String {
    let all: Vec<char> = case.as_str().chars().collect();
    let pairs: Vec<String> = all
        .chunks(2)
        .map(|pair| {
            let pair: String = pair.iter().collect();
            match pair.parse() {
                Ok(n @ 10..) => number(language, n, Form::Counting),
                _ => digits(language, &pair),
            }
        })
        .collect();
    pairs.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs() {
        for (year, sequence, es, en) in [
            (2026, 1, "veintiséis, cero cero, cero cero, diez", "twenty-six, zero zero, zero zero, ten"),
            (2026, 12, "veintiséis, cero cero, cero uno, veinticuatro", "twenty-six, zero zero, zero one, twenty-four"),
            (
                2007,
                99_999,
                "cero siete, noventa y nueve, noventa y nueve, noventa y tres",
                "zero seven, ninety-nine, ninety-nine, ninety-three",
            ),
        ] {
            let case = CaseNumber::new(year, sequence).unwrap();
            assert_eq!(case_number(Language::Es, &case), es, "{case}");
            assert_eq!(case_number(Language::En, &case), en, "{case}");
        }
    }
}
