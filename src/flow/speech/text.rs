//! Names and addresses: words stay as they are, digits among them are spoken out.

use super::number::{Form, digits, number};
use crate::flow::Language;

/// A text with its numbers in words. A number with a leading zero, or too long to be one, is said digit by digit.
#[must_use]
pub fn text(language: Language, text: &str) -> String {
    let mut spoken = String::with_capacity(text.len());
    let mut run = String::new();
    for character in text.chars() {
        if character.is_ascii_digit() {
            run.push(character);
            continue;
        }
        if !run.is_empty() {
            push_number(language, &mut run, &mut spoken);
            if character.is_alphanumeric() {
                spoken.push(' ');
            }
        }
        spoken.push(character);
    }
    push_number(language, &mut run, &mut spoken);
    spoken
}

fn push_number(language: Language, run: &mut String, spoken: &mut String) {
    if spoken.ends_with(char::is_alphanumeric) && !run.is_empty() {
        spoken.push(' ');
    }
    let words = match run.parse() {
        Ok(n) if run.len() == 1 || !run.starts_with('0') => number(language, n, Form::Counting),
        _ => digits(language, run),
    };
    spoken.push_str(&words);
    run.clear();
}

/// An e-mail address: "soporte arroba ogtic punto gob punto do".
#[must_use]
pub fn email(language: Language, address: &str) -> String {
    let name = |character| match (language, character) {
        (Language::Es, '@') => Some("arroba"),
        (Language::Es, '.') => Some("punto"),
        (Language::Es, '-') => Some("guion"),
        (Language::Es, '_') => Some("guion bajo"),
        (Language::Es, '+') => Some("más"),
        (Language::En, '@') => Some("at"),
        (Language::En, '.') => Some("dot"),
        (Language::En, '-') => Some("dash"),
        (Language::En, '_') => Some("underscore"),
        (Language::En, '+') => Some("plus"),
        _ => None,
    };
    let mut words = String::with_capacity(address.len());
    for character in address.chars() {
        match name(character) {
            Some(name) => {
                words.push(' ');
                words.push_str(name);
                words.push(' ');
            }
            None => words.push(character),
        }
    }
    text(language, &words.split_whitespace().collect::<Vec<_>>().join(" "))
}
