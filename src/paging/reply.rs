//! What a person's text message means.

use super::Code;
use crate::incident::CaseNumber;

/// The longest answer that is read, in bytes; a text message of several segments is no answer to a page.
const LONGEST: usize = 400;
/// The digits of a code that verifies a contact: what is answered without a letter is one of these.
const LONG: usize = 6;

/// What an answer asks for. Whether the code is right, and whose it is, is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `4821A`: the person takes the case.
    Accept(Code),
    /// `4821E`: the next person is to be asked at once.
    Escalate(Code),
    /// `4821R`: the person has reached the reporter.
    Responded(Code),
    /// `482112V`, or the six digits alone: the person has got the code that verifies their contact.
    Verify(Code),
    /// `ack 26000123`: the person takes the case of this number; the sender's number must tell who they are.
    AckCase(CaseNumber),
    /// `R 26000123`: the person has reached the reporter of the case of this number, which came with others under one code.
    RespondedCase(CaseNumber),
    /// `a`, `ack`, `acepto`: the person takes the one case they are paged for.
    AckOnly,
    /// Nothing that can be acted on.
    Unknown,
}

/// Reads an answer: a code with its letter (`4821A`, `"4821 a"`, `4821 acepto`, `4821A=acepto` as it stands in the
/// page), `ack` with a case number or alone, or `R` with a case number. Upper and lower case, blanks, quotes and stops do not
/// matter.
#[must_use]
pub fn parse(text: &str) -> Reply {
    if text.len() > LONGEST {
        return Reply::Unknown;
    }
    let plain: String = text.chars().filter(|&c| !passed_over(c)).map(|c| c.to_ascii_uppercase()).collect();
    by_code(&plain).or_else(|| by_case(&plain)).unwrap_or(Reply::Unknown)
}

/// What a telephone or a hurried hand adds to an answer: blanks, quotes, stops, and marks that nobody sees.
fn passed_over(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '"' | '\'' | '`' | '´' | '‘' | '’' | '‚' | '“' | '”' | '„' | '«' | '»' | '‹' | '›')
        || matches!(c, '.' | ',' | ';' | '!' | '…')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn by_code(plain: &str) -> Option<Reply> {
    let length = plain.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, letter) = plain.split_at_checked(length)?;
    let code = Code::parse(digits).ok()?;
    match letter.split('=').next()? {
        "A" | "ACEPTO" | "ACCEPT" => Some(Reply::Accept(code)),
        "E" | "ESCALAR" | "ESCALATE" => Some(Reply::Escalate(code)),
        "R" | "RESPONDIDO" | "RESPONDED" => Some(Reply::Responded(code)),
        "V" | "VERIFICO" | "VERIFY" => Some(Reply::Verify(code)),
        "" if digits.len() == LONG => Some(Reply::Verify(code)),
        _ => None,
    }
}

fn by_case(plain: &str) -> Option<Reply> {
    let after = |words: &[&str]| words.iter().find_map(|word| plain.strip_prefix(word));
    let case = |text: &str| CaseNumber::parse(text.trim_start_matches(['#', ':'])).ok();
    match after(&["ACK", "ACEPTO", "ACCEPT", "A"]) {
        Some("") => Some(Reply::AckOnly),
        Some(number) => case(number).map(Reply::AckCase),
        None => after(&["RESPONDIDO", "RESPONDED", "R"]).and_then(case).map(Reply::RespondedCase),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> Code {
        Code::parse(text).unwrap()
    }

    #[test]
    fn the_ways_people_answer() {
        let number = CaseNumber::new(2026, 12).unwrap();
        for (text, reply) in [
            ("4821A", Reply::Accept(code("4821"))),
            ("4821a", Reply::Accept(code("4821"))),
            (" \"4821 a\" ", Reply::Accept(code("4821"))),
            ("'4821a'.", Reply::Accept(code("4821"))),
            ("“4821 A”\n", Reply::Accept(code("4821"))),
            ("4 8 2 1 A", Reply::Accept(code("4821"))),
            ("4821 Acepto", Reply::Accept(code("4821"))),
            ("4821A=acepto", Reply::Accept(code("4821"))),
            ("482112A", Reply::Accept(code("482112"))),
            ("482 112 r", Reply::Responded(code("482112"))),
            ("4821123A", Reply::Unknown),
            ("\u{202a}4821A\u{202c}", Reply::Accept(code("4821"))),
            ("0007e", Reply::Escalate(code("0007"))),
            ("4821E=escalar", Reply::Escalate(code("4821"))),
            ("4821R", Reply::Responded(code("4821"))),
            ("4821 responded", Reply::Responded(code("4821"))),
            ("482112", Reply::Verify(code("482112"))),
            (" 482 112.", Reply::Verify(code("482112"))),
            ("482112v", Reply::Verify(code("482112"))),
            ("482112V=verifico", Reply::Verify(code("482112"))),
            ("", Reply::Unknown),
            ("A", Reply::AckOnly),
            ("'a'.", Reply::AckOnly),
            ("ack", Reply::AckOnly),
            ("Acepto!", Reply::AckOnly),
            ("accept", Reply::AckOnly),
            ("ACKN", Reply::Unknown),
            ("ahora", Reply::Unknown),
            ("4821", Reply::Unknown),
            ("4821X", Reply::Unknown),
            ("4821AE", Reply::Unknown),
            ("48211A", Reply::Unknown),
            ("821A", Reply::Unknown),
            ("STOP", Reply::Unknown),
            ("４８２１A", Reply::Unknown),
            ("ack 26000001", Reply::Unknown),
        ] {
            assert_eq!(parse(text), reply, "{text:?}");
        }
        for form in ["ack {}", "ACK #{}", "'acepto {}'", "a#{}", "Ack: {}."] {
            let text = form.replace("{}", number.as_str());
            assert_eq!(parse(&text), Reply::AckCase(number.clone()), "{text}");
        }
        for form in ["R{}", "r {}", "Responded #{}", "respondido: {}."] {
            let text = form.replace("{}", number.as_str());
            assert_eq!(parse(&text), Reply::RespondedCase(number.clone()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in any::<String>()) {
            let _ = parse(&text);
        }

        #[test]
        fn what_surrounds_a_code_does_not_matter(
            digits in "[0-9]{4}", letter in "[aAeErR]", before in "[ \"'.\n]{0,5}", between in "[ .]{0,3}",
            after in "[ \"'.!\n]{0,5}",
        ) {
            let expected = match letter.to_ascii_uppercase().as_str() {
                "A" => Reply::Accept(code(&digits)),
                "E" => Reply::Escalate(code(&digits)),
                _ => Reply::Responded(code(&digits)),
            };
            prop_assert_eq!(parse(&format!("{before}{digits}{between}{letter}{after}")), expected);
        }

        #[test]
        fn a_long_text_is_no_answer(tail in "[ ]{396,500}") {
            prop_assert_eq!(parse(&format!("4821A{tail}")), Reply::Unknown);
        }
    }
}
