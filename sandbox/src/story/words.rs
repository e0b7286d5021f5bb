//! Words as people hear them: case and accents apart, and digits however they are spoken.

/// Lower case, without accents, blanks run together.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().flat_map(char::to_lowercase).map(without_accent));
    }
    plain
}

fn without_accent(character: char) -> char {
    match character {
        'á' | 'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        other => other,
    }
}

/// Whether `text` has `words` in it. Words that are a number also match when its digits are written apart: 26-00-01-23.
pub(super) fn contains(text: &str, words: &str) -> bool {
    let (text, words) = (plain(text), plain(words));
    if text.contains(&words) {
        return true;
    }
    let number = words.len() >= 4 && words.bytes().all(|byte| byte.is_ascii_digit());
    number && text.replace([' ', '-', '.'], "").contains(&words)
}

/// A case number heard in `text`: its digits, and where it ends.
pub(super) fn case_number(text: &str) -> Option<(String, usize)> {
    const DIGITS: usize = 8;
    let tokens = tokens(text);
    let mut run = String::new();
    let mut end = 0;
    let mut place = 0;
    loop {
        let number = number_at(&tokens, place);
        if let Some((digits, taken)) = &number {
            run.push_str(digits);
            place = place.saturating_add(*taken);
            end = tokens.get(place.saturating_sub(1)).map_or(end, |token| token.end);
            continue;
        }
        match tokens.get(place) {
            // A pause inside a number.
            Some(token) if !token.is_word && !run.is_empty() => {}
            other => {
                // Said once, or several times on end.
                let first = run.get(..DIGITS).unwrap_or_default();
                let again =
                    !run.is_empty() && run.len().is_multiple_of(DIGITS) && run == first.repeat(run.len() / DIGITS);
                if again {
                    return Some((first.to_owned(), end));
                }
                run.clear();
                other?;
            }
        }
        place = place.saturating_add(1);
    }
}

#[derive(Debug)]
struct Token<'t> {
    text: &'t str,
    is_word: bool,
    end: usize,
}

/// Words and pauses; blanks and hyphens only separate.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        if character.is_alphanumeric() {
            start.get_or_insert(at);
            continue;
        }
        if let Some(from) = start.take()
            && let Some(word) = text.get(from..at)
        {
            tokens.push(Token { text: word, is_word: true, end: at });
        }
        if !character.is_whitespace() && character != '-' {
            let end = at.saturating_add(character.len_utf8());
            tokens.push(Token { text: "", is_word: false, end });
        }
    }
    tokens
}

/// The number that begins at a token, as digits, and how many tokens it takes.
fn number_at(tokens: &[Token<'_>], place: usize) -> Option<(String, usize)> {
    let word = |offset: usize| tokens.get(place.saturating_add(offset)).map_or("", |token| token.text);
    let first = word(0);
    if !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((first.to_owned(), 1));
    }
    if let Some(tens) = tens(first) {
        let (unit, taken) = if word(1) == "y" { (unit(word(2)), 3) } else { (unit(word(1)), 2) };
        return Some(match unit.filter(|unit| (1..=9).contains(unit)) {
            Some(unit) => (format!("{}", tens + unit), taken),
            None => (tens.to_string(), 1),
        });
    }
    unit(first).map(|number| (number.to_string(), 1))
}

fn tens(word: &str) -> Option<u8> {
    Some(match word {
        "veinte" | "twenty" => 20,
        "treinta" | "thirty" => 30,
        "cuarenta" | "forty" => 40,
        "cincuenta" | "fifty" => 50,
        "sesenta" | "sixty" => 60,
        "setenta" | "seventy" => 70,
        "ochenta" | "eighty" => 80,
        "noventa" | "ninety" => 90,
        _ => return None,
    })
}

/// Numbers of one word, but for the round tens.
fn unit(word: &str) -> Option<u8> {
    const SPANISH: [&str; 20] = [
        "cero",
        "uno",
        "dos",
        "tres",
        "cuatro",
        "cinco",
        "seis",
        "siete",
        "ocho",
        "nueve",
        "diez",
        "once",
        "doce",
        "trece",
        "catorce",
        "quince",
        "dieciseis",
        "diecisiete",
        "dieciocho",
        "diecinueve",
    ];
    const TWENTIES: [&str; 9] = [
        "veintiuno",
        "veintidos",
        "veintitres",
        "veinticuatro",
        "veinticinco",
        "veintiseis",
        "veintisiete",
        "veintiocho",
        "veintinueve",
    ];
    const ENGLISH: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    let find = |list: &[&str], from: u8| {
        let place = list.iter().position(|known| *known == word)?;
        u8::try_from(place).ok().and_then(|place| place.checked_add(from))
    };
    find(&SPANISH, 0).or_else(|| find(&ENGLISH, 0)).or_else(|| find(&TWENTIES, 21)).or((word == "oh").then_some(0))
}

/// The four digits before an `A` in a text message: the code to accept with.
pub(super) fn code(text: &str) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.windows(5).enumerate().find_map(|(place, window)| {
        let (digits, last) = window.split_at(4);
        let before = place.checked_sub(1).and_then(|place| characters.get(place));
        let after = characters.get(place.saturating_add(5));
        let alone = |neighbour: Option<&char>| neighbour.is_none_or(|character| !character.is_alphanumeric());
        let found = digits.iter().all(char::is_ascii_digit) && last == ['A'] && alone(before) && alone(after);
        found.then(|| digits.iter().collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case_and_accents() {
        assert!(contains("Está fuera  de nuestro HORARIO.", "esta FUERA de nuestro horario"));
        assert!(contains("Caso 26-00-01-23 abierto", "26000123"));
        assert!(!contains("Caso 26-00-01-24 abierto", "26000123"));
        assert!(!contains("1 2", "12"), "short numbers are words");
    }

    #[test]
    fn a_case_number_is_heard_however_it_is_spoken() {
        let heard = [
            "Su caso es veintiséis, cero cero, cero uno, veintitrés. Repito: veintiséis, cero cero, cero uno, veintitrés.",
            "Your case is twenty-six, zero zero, zero one, twenty-three.",
            "twenty six, oh oh, oh one, twenty three",
            "26000123",
            "Anote: 26-00-01-23.",
            "2. 6. 0. 0. 0. 1. 2. 3. 2. 6. 0. 0. 0. 1. 2. 3.",
            "dos seis cero cero cero uno dos tres",
        ];
        for text in heard {
            assert_eq!(case_number(&plain(text)).map(|found| found.0).as_deref(), Some("26000123"), "{text}");
        }
        let others = [
            ("ochenta y uno, treinta, cuarenta y cinco, doce", Some("81304512")),
            ("noventa, cero nueve, diez, diecinueve", Some("90091019")),
            ("marque uno. Su caso: 26000123", Some("26000123")),
            ("veintiséis, cero cero, cero uno", None),
            ("1042 y 2026 son años", None),
            ("el 260001234", None),
            ("", None),
        ];
        for (text, expected) in others {
            assert_eq!(case_number(&plain(text)).map(|found| found.0).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_code_stands_before_an_a() {
        assert_eq!(code("Responda 4821A para aceptar, 4821R para pasar.").as_deref(), Some("4821"));
        assert_eq!(code("Caso 26000123A"), None);
        assert_eq!(code("4821 A"), None);
    }
}
