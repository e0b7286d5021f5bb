//! The attributes of one element: each is taken once, what is left over is unknown.

use chrono::TimeDelta;

use super::verbs::{Method, Target};
use super::xml::Element;
use crate::problem::{Failure, code};

/// A day: no time attribute of any verb means more.
const LONGEST_SECONDS: i64 = 86_400;

pub(super) struct Attributes<'e> {
    element: &'e str,
    left: Vec<(&'e str, &'e str)>,
}

impl<'e> Attributes<'e> {
    pub(super) fn of(element: &'e Element) -> Self {
        let left = element.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Self { element: &element.name, left }
    }

    pub(super) fn text(&mut self, name: &str) -> Option<&'e str> {
        let place = self.left.iter().position(|(left, _)| *left == name)?;
        Some(self.left.swap_remove(place).1)
    }

    /// An attribute's value, which stays to be taken.
    pub(super) fn peek(&self, name: &str) -> Option<&'e str> {
        self.left.iter().find(|(left, _)| *left == name).map(|(_, value)| *value)
    }

    /// Attributes that are known and mean nothing here.
    pub(super) fn ignore(&mut self, names: &[&str]) {
        self.left.retain(|(name, _)| !names.contains(name));
    }

    pub(super) fn number(&mut self, name: &'static str, least: i64, most: i64) -> Result<Option<i64>, Failure> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(self.wrong(name, text, &format!("a whole number from {least} to {most}"))),
        }
    }

    pub(super) fn seconds(&mut self, name: &'static str, least: i64) -> Result<Option<TimeDelta>, Failure> {
        Ok(self.number(name, least, LONGEST_SECONDS)?.map(TimeDelta::seconds))
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Failure> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(self.wrong(name, other, "true or false")),
        }
    }

    pub(super) fn choice(&mut self, name: &'static str, choices: &[&str]) -> Result<Option<&'e str>, Failure> {
        match self.text(name) {
            Some(text) if !choices.contains(&text) => Err(self.wrong(name, text, &choices.join(" or "))),
            chosen => Ok(chosen),
        }
    }

    pub(super) fn method(&mut self, name: &'static str) -> Result<Method, Failure> {
        Ok(match self.choice(name, &["GET", "POST"])? {
            Some("GET") => Method::Get,
            _ => Method::Post,
        })
    }

    /// An address and the method it is asked with.
    pub(super) fn target(&mut self, url: &str, method: &'static str) -> Result<Target, Failure> {
        let url = self.text(url).map(str::trim).filter(|url| !url.is_empty()).map(str::to_owned);
        Ok(Target { url, method: self.method(method)? })
    }

    /// Names of events, separated by blanks; those of `default` when there are none.
    pub(super) fn events(&mut self, name: &'static str, known: &[&str], default: &str) -> Result<Vec<String>, Failure> {
        let events = self.text(name).unwrap_or(default);
        match events.split_whitespace().find(|event| !known.contains(event)) {
            Some(unknown) => Err(self.wrong(name, unknown, &known.join(", "))),
            None => Ok(events.split_whitespace().map(str::to_owned).collect()),
        }
    }

    /// Keys, each of `0` to `9`, `*` and `#`.
    pub(super) fn keys(&mut self, name: &'static str, default: &str) -> Result<Vec<char>, Failure> {
        let text = self.text(name).unwrap_or(default);
        if text.chars().all(|key| key.is_ascii_digit() || matches!(key, '*' | '#')) {
            Ok(text.chars().collect())
        } else {
            Err(self.wrong(name, text, "keys of 0-9, * and #"))
        }
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match self.left.first() {
            None => Ok(()),
            Some((name, _)) => Err(Failure::new(
                code::SCHEMA,
                format!("<{}> has no attribute '{name}' (names are case-sensitive)", self.element),
            )),
        }
    }

    fn wrong(&self, name: &str, value: &str, expected: &str) -> Failure {
        Failure::new(code::SCHEMA, format!("<{} {name}=\"{value}\">: expected {expected}", self.element))
    }
}
