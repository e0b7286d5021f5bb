//! Cardinals in words: "veintiún", "ciento una", "one hundred one".

use crate::flow::Language;

/// The largest number said as a number; past it the digits are said one by one.
pub const LARGEST: u32 = 999_999_999;

/// What a Spanish number agrees with. English has one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Alone: "uno", "veintiuno".
    Counting,
    /// Before a masculine noun: "un minuto", "veintiún casos".
    Masculine,
    /// Before a feminine noun: "una hora", "doscientas horas".
    Feminine,
}

/// The number in words.
#[must_use]
pub fn number(language: Language, n: u32, form: Form) -> String {
    if n > LARGEST {
        return digits(language, &n.to_string());
    }
    match language {
        Language::Es => spanish(n, form),
        Language::En => english(n),
    }
}

/// Digits one by one; whatever is no digit is passed over.
#[must_use]
pub fn digits(language: Language, text: &str) -> String {
    let words: Vec<String> =
        text.chars().filter_map(|digit| digit.to_digit(10)).map(|n| number(language, n, Form::Counting)).collect();
    words.join(" ")
}

/// The ordinal of a day of the month in English: "first", "twenty-third".
pub(super) fn english_ordinal(n: u32) -> String {
    let ordinal = |n: u32| match n {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        5 => "fifth".to_owned(),
        8 => "eighth".to_owned(),
        9 => "ninth".to_owned(),
        12 => "twelfth".to_owned(),
        20 => "twentieth".to_owned(),
        30 => "thirtieth".to_owned(),
        n => format!("{}th", english(n)),
    };
    match n {
        21..=29 => format!("twenty-{}", ordinal(n - 20)),
        31..=39 => format!("thirty-{}", ordinal(n - 30)),
        n => ordinal(n),
    }
}

/// `n` cut into millions, thousands and ones.
fn groups(n: u32) -> (u32, u32, u32) {
    (n / 1_000_000, n / 1_000 % 1_000, n % 1_000)
}

fn join(parts: [String; 3]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn spanish(n: u32, form: Form) -> String {
    if n == 0 {
        return "cero".to_owned();
    }
    let (millions, thousands, ones) = groups(n);
    join([
        match millions {
            0 => String::new(),
            1 => "un millón".to_owned(),
            n => format!("{} millones", spanish_group(n, Form::Masculine, Form::Masculine)),
        },
        match thousands {
            0 => String::new(),
            1 => "mil".to_owned(),
            // "doscientas veintiún mil personas": the hundreds agree with the noun, the last digit is shortened before "mil".
            n => format!("{} mil", spanish_group(n, form, Form::Masculine)),
        },
        spanish_group(ones, form, form),
    ])
}

/// 1..=999 ("" for 0), with the forms of its hundreds and of its last digit.
fn spanish_group(n: u32, hundreds: Form, last: Form) -> String {
    let rest = spanish_below_hundred(n % 100, last);
    let stem = match n / 100 {
        0 => return rest,
        1 if rest.is_empty() => return "cien".to_owned(),
        1 => return format!("ciento {rest}"),
        2 => "doscient",
        3 => "trescient",
        4 => "cuatrocient",
        5 => "quinient",
        6 => "seiscient",
        7 => "setecient",
        8 => "ochocient",
        _ => "novecient",
    };
    let ending = if hundreds == Form::Feminine { "as" } else { "os" };
    if rest.is_empty() { format!("{stem}{ending}") } else { format!("{stem}{ending} {rest}") }
}

fn spanish_below_hundred(n: u32, last: Form) -> String {
    const WORDS: [&str; 30] = [
        "",
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
        "dieciséis",
        "diecisiete",
        "dieciocho",
        "diecinueve",
        "veinte",
        "veintiuno",
        "veintidós",
        "veintitrés",
        "veinticuatro",
        "veinticinco",
        "veintiséis",
        "veintisiete",
        "veintiocho",
        "veintinueve",
    ];
    match (n, last) {
        (1, Form::Masculine) => return "un".to_owned(),
        (1, Form::Feminine) => return "una".to_owned(),
        (21, Form::Masculine) => return "veintiún".to_owned(),
        (21, Form::Feminine) => return "veintiuna".to_owned(),
        _ => {}
    }
    if let Some(word) = word(&WORDS, n) {
        return word.to_owned();
    }
    let tens = match n / 10 {
        3 => "treinta",
        4 => "cuarenta",
        5 => "cincuenta",
        6 => "sesenta",
        7 => "setenta",
        8 => "ochenta",
        _ => "noventa",
    };
    match n % 10 {
        0 => tens.to_owned(),
        ones => format!("{tens} y {}", spanish_below_hundred(ones, last)),
    }
}

fn english(n: u32) -> String {
    if n == 0 {
        return "zero".to_owned();
    }
    let (millions, thousands, ones) = groups(n);
    let group = |n: u32, unit: &str| match n {
        0 => String::new(),
        n => format!("{} {unit}", english_group(n)),
    };
    join([group(millions, "million"), group(thousands, "thousand"), english_group(ones)])
}

/// 1..=999; "" for 0.
fn english_group(n: u32) -> String {
    let rest = english_below_hundred(n % 100);
    match (n / 100, rest.is_empty()) {
        (0, _) => rest,
        (hundreds, true) => format!("{} hundred", english_below_hundred(hundreds)),
        (hundreds, false) => format!("{} hundred {rest}", english_below_hundred(hundreds)),
    }
}

fn english_below_hundred(n: u32) -> String {
    const WORDS: [&str; 20] = [
        "",
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
    if let Some(word) = word(&WORDS, n) {
        return word.to_owned();
    }
    let tens = match n / 10 {
        2 => "twenty",
        3 => "thirty",
        4 => "forty",
        5 => "fifty",
        6 => "sixty",
        7 => "seventy",
        8 => "eighty",
        _ => "ninety",
    };
    match n % 10 {
        0 => tens.to_owned(),
        ones => format!("{tens}-{}", english_below_hundred(ones)),
    }
}

fn word(words: &[&'static str], n: u32) -> Option<&'static str> {
    words.get(usize::try_from(n).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spanish_numbers_agree() {
        for (n, counting, masculine, feminine) in [
            (0, "cero", "cero", "cero"),
            (1, "uno", "un", "una"),
            (2, "dos", "dos", "dos"),
            (16, "dieciséis", "dieciséis", "dieciséis"),
            (21, "veintiuno", "veintiún", "veintiuna"),
            (22, "veintidós", "veintidós", "veintidós"),
            (30, "treinta", "treinta", "treinta"),
            (31, "treinta y uno", "treinta y un", "treinta y una"),
            (99, "noventa y nueve", "noventa y nueve", "noventa y nueve"),
            (100, "cien", "cien", "cien"),
            (101, "ciento uno", "ciento un", "ciento una"),
            (121, "ciento veintiuno", "ciento veintiún", "ciento veintiuna"),
            (200, "doscientos", "doscientos", "doscientas"),
            (555, "quinientos cincuenta y cinco", "quinientos cincuenta y cinco", "quinientas cincuenta y cinco"),
            (701, "setecientos uno", "setecientos un", "setecientas una"),
            (1_000, "mil", "mil", "mil"),
            (1_001, "mil uno", "mil un", "mil una"),
            (2_026, "dos mil veintiséis", "dos mil veintiséis", "dos mil veintiséis"),
            (21_000, "veintiún mil", "veintiún mil", "veintiún mil"),
            (100_000, "cien mil", "cien mil", "cien mil"),
            (200_021, "doscientos mil veintiuno", "doscientos mil veintiún", "doscientas mil veintiuna"),
            (1_000_000, "un millón", "un millón", "un millón"),
            (21_000_100, "veintiún millones cien", "veintiún millones cien", "veintiún millones cien"),
            (
                999_999_999,
                "novecientos noventa y nueve millones novecientos noventa y nueve mil novecientos noventa y nueve",
                "novecientos noventa y nueve millones novecientos noventa y nueve mil novecientos noventa y nueve",
                "novecientos noventa y nueve millones novecientas noventa y nueve mil novecientas noventa y nueve",
            ),
            (
                1_000_000_000,
                "uno cero cero cero cero cero cero cero cero cero",
                "uno cero cero cero cero cero cero \
              cero cero cero",
                "uno cero cero cero cero cero cero cero cero cero",
            ),
        ] {
            assert_eq!(number(Language::Es, n, Form::Counting), counting);
            assert_eq!(number(Language::Es, n, Form::Masculine), masculine);
            assert_eq!(number(Language::Es, n, Form::Feminine), feminine);
        }
    }

    #[test]
    fn english_numbers() {
        for (n, words) in [
            (0, "zero"),
            (1, "one"),
            (13, "thirteen"),
            (21, "twenty-one"),
            (31, "thirty-one"),
            (40, "forty"),
            (100, "one hundred"),
            (101, "one hundred one"),
            (999, "nine hundred ninety-nine"),
            (1_000, "one thousand"),
            (2_026, "two thousand twenty-six"),
            (1_000_000, "one million"),
            (12_345_678, "twelve million three hundred forty-five thousand six hundred seventy-eight"),
        ] {
            assert_eq!(number(Language::En, n, Form::Counting), words);
        }
    }

    #[test]
    fn english_ordinals_of_a_month() {
        let all: Vec<String> = (1..=31).map(english_ordinal).collect();
        assert_eq!(
            all.join(" "),
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth \
             fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third \
             twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
        );
    }

    #[test]
    fn digits_stand_alone() {
        assert_eq!(digits(Language::Es, "0-9 1"), "cero nueve uno");
        assert_eq!(digits(Language::En, "809"), "eight zero nine");
    }
}
