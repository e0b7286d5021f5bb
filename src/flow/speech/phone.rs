//! A telephone number digit by digit, in groups with a pause between them: "ocho cero nueve, cinco cinco cinco, ...".

use super::number::digits;
use crate::flow::Language;
use crate::phone::Phone;

/// The number in words: 3-3-4 as people here write it, foreign numbers with "más" and in threes.
#[must_use]
pub fn phone(language: Language, phone: &Phone) -> String {
    let local = phone.local();
    let mut groups = Vec::new();
    if let Some(foreign) = local.strip_prefix('+') {
        let rest: Vec<char> = foreign.chars().collect();
        let mut threes: Vec<String> = rest.chunks(3).map(|group| group.iter().collect()).collect();
        // A single digit left over belongs to the group before it.
        if let Some(last) = threes.pop_if(|last| last.len() == 1) {
            match threes.last_mut() {
                Some(before) => before.push_str(&last),
                None => threes.push(last),
            }
        }
        groups.extend(threes.iter().map(|group| digits(language, group)));
        if let Some(first) = groups.first_mut() {
            let plus = match language {
                Language::Es => "más",
                Language::En => "plus",
            };
            *first = format!("{plus} {first}");
        }
    } else {
        let (area, rest) = local.split_at_checked(3).unwrap_or((local, ""));
        let (exchange, line) = rest.split_at_checked(3).unwrap_or((rest, ""));
        groups.extend([area, exchange, line].iter().map(|group| digits(language, group)));
    }
    groups.retain(|group| !group.is_empty());
    groups.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, es, en) in [
            (
                "8095550142",
                "ocho cero nueve, cinco cinco cinco, cero uno cuatro dos",
                "eight zero nine, five five five, zero one four two",
            ),
            (
                "8292861009",
                "ocho dos nueve, dos ocho seis, uno cero cero nueve",
                "eight two nine, two eight six, one zero zero nine",
            ),
            (
                "+50937001122",
                "más cinco cero nueve, tres siete cero, cero uno uno, dos dos",
                "plus five zero nine, three seven zero, zero one one, two two",
            ),
            (
                "+3491112233",
                "más tres cuatro nueve, uno uno uno, dos dos tres tres",
                "plus three four nine, one one one, two two three three",
            ),
        ] {
            let number = Phone::parse(number).unwrap();
            assert_eq!(phone(Language::Es, &number), es);
            assert_eq!(phone(Language::En, &number), en);
        }
    }
}
