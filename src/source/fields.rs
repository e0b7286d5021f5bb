//! Reads one map of a page: every key known, every value of the right type, every problem noted.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Key, Node, Position, Problem, Source, quote};

/// A map of the page while it is read. What is wrong is noted; the reading goes on, so that a person sees everything at
/// once.
pub struct Fields<'p> {
    source: &'p Source,
    problems: &'p mut Vec<Problem>,
    /// For sentences: `node 'welcome'`.
    owner: String,
    at: Position,
    entries: &'p [(Key, Node)],
}

impl<'p> Fields<'p> {
    /// Begins to read `node`, which must be a map of `known` keys.
    pub fn new(
        source: &'p Source,
        problems: &'p mut Vec<Problem>,
        owner: impl Into<String>,
        node: &'p Node,
        known: &[&str],
    ) -> Option<Self> {
        let owner = owner.into();
        let Some(entries) = node.as_map() else {
            let what = format!("{owner} is {}, not a map", node.what());
            problems.push(source.problem(node.at, what).mend(format!("Write {}", keys_in_words(known))));
            return None;
        };
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
            let problem = source.problem(key.at, format!("{owner} cannot have '{}'", quote(&key.text)));
            let mend = format!("It may have {}", keys_in_words(known));
            problems.push(problem.did_you_mean(&key.text, known.iter().copied(), mend));
        }
        Some(Self { source, problems, owner, at: node.at, entries })
    }

    /// Where the map stands.
    #[must_use]
    pub fn at(&self) -> Position {
        self.at
    }

    /// Notes a problem.
    pub fn problem(&mut self, problem: impl FnOnce(&Source, &str) -> Problem) {
        let problem = problem(self.source, &self.owner);
        self.problems.push(problem);
    }

    /// The value of a key that may be absent.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'p Node> {
        self.entries.iter().find(|(known, _)| known.text == key).map(|(_, value)| value)
    }

    /// The value of a key that must be there.
    pub fn need(&mut self, key: &str) -> Option<&'p Node> {
        let found = self.get(key);
        if found.is_none() {
            let at = self.at;
            self.problem(|source, owner| {
                source.problem(at, format!("{owner} does not say '{key}'")).mend(format!("Add '{key}: ...'"))
            });
        }
        found
    }

    /// Every key with its value.
    #[must_use]
    pub fn entries(&self) -> &'p [(Key, Node)] {
        self.entries
    }

    /// A map below a key that must be there.
    pub fn map(&mut self, key: &str, known: &[&str]) -> Option<Fields<'_>> {
        let node = self.need(key)?;
        self.below(node, key, known)
    }

    /// A map below a key that may be absent.
    pub fn maybe_map(&mut self, key: &str, known: &[&str]) -> Option<Fields<'_>> {
        let node = self.get(key)?;
        self.below(node, key, known)
    }

    /// A map that stands somewhere below this one.
    pub fn below(&mut self, node: &'p Node, name: &str, known: &[&str]) -> Option<Fields<'_>> {
        let owner = format!("'{name}' of {}", self.owner);
        self.entry(node, owner, known)
    }

    /// The same under a name of its own in sentences: `a person`.
    pub fn entry(&mut self, node: &'p Node, owner: impl Into<String>, known: &[&str]) -> Option<Fields<'_>> {
        Fields::new(self.source, self.problems, owner, node, known)
    }

    /// A list.
    pub fn list_of(&mut self, node: &'p Node, key: &str) -> Option<&'p [Node]> {
        let list = node.as_list();
        if list.is_none() {
            self.problem(|source, owner| {
                let what = format!("'{key}' of {owner} is {}, not a list", node.what());
                source.problem(node.at, what).mend("Begin each entry with '- '")
            });
        }
        list
    }

    /// A text, not empty.
    pub fn text_of(&mut self, node: &'p Node, key: &str) -> Option<&'p str> {
        match node.as_text() {
            Some(text) if !text.trim().is_empty() => Some(text),
            _ => {
                self.problem(|source, owner| {
                    source.problem(node.at, format!("'{key}' of {owner} is {}, not a text", node.what()))
                });
                None
            }
        }
    }

    /// A word of a closed list, below a key that must be there.
    pub fn choice<T: Copy>(&mut self, key: &str, words: &[(&'static str, T)]) -> Option<T> {
        let node = self.need(key)?;
        self.choice_of(node, key, words)
    }

    /// A word of a closed list.
    pub fn choice_of<T: Copy>(&mut self, node: &'p Node, key: &str, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text_of(node, key)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known = || words.iter().map(|(word, _)| *word);
            self.problem(|source, owner| {
                let mend = format!("It is one of {}", keys_in_words(&known().collect::<Vec<_>>()));
                source.problem(node.at, format!("'{}' is no '{key}' of {owner}", quote(text))).did_you_mean(
                    text,
                    known(),
                    mend,
                )
            });
        }
        found
    }

    /// `true` or `false`; `false` when absent.
    pub fn flag(&mut self, key: &str) -> bool {
        self.get(key).is_some_and(|node| self.flag_of(node, key).unwrap_or(false))
    }

    /// `true` or `false`.
    pub fn flag_of(&mut self, node: &'p Node, key: &str) -> Option<bool> {
        self.choice_of(node, key, &[("true", true), ("false", false)])
    }

    /// A whole number within bounds; `default` when absent or wrong.
    pub fn number(&mut self, key: &str, default: u32, bounds: RangeInclusive<u32>) -> u32 {
        let Some(node) = self.get(key) else { return default };
        let Some(text) = self.text_of(node, key) else { return default };
        match text.parse::<u32>() {
            Ok(number) if bounds.contains(&number) => number,
            _ => {
                let (least, most) = bounds.into_inner();
                self.problem(|source, owner| {
                    source
                        .problem(node.at, format!("'{}' cannot be the '{key}' of {owner}", quote(text)))
                        .mend(format!("Write a whole number from {least} to {most}"))
                });
                default
            }
        }
    }

    /// A length of time within bounds; `default` when absent or wrong.
    pub fn duration(&mut self, key: &str, default: Duration, bounds: RangeInclusive<Duration>) -> Duration {
        let Some(node) = self.get(key) else { return default };
        let Some(text) = self.text_of(node, key) else { return default };
        match duration(text) {
            Some(length) if bounds.contains(&length) => length,
            _ => {
                let (least, most) = bounds.into_inner();
                self.problem(|source, owner| {
                    let bounds = format!("from {}s to {}s", least.as_secs(), most.as_secs());
                    source
                        .problem(node.at, format!("'{}' cannot be the '{key}' of {owner}", quote(text)))
                        .mend(format!("Write a time such as 6s, 2m or 1m30s, {bounds}"))
                });
                default
            }
        }
    }
}

/// `'a', 'b' or 'c'`.
fn keys_in_words(keys: &[&str]) -> String {
    match keys {
        [] => "nothing".to_owned(),
        [only] => format!("'{only}'"),
        [most @ .., last] => format!("'{}' or '{last}'", most.join("', '")),
    }
}

/// Reads `6s`, `3m`, `1h`, `1m30s`.
fn duration(text: &str) -> Option<Duration> {
    let mut total: u64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let mut units = tail.chars();
        let unit = match units.next()? {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return None,
        };
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        rest = units.as_str();
    }
    Some(Duration::from_secs(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, seconds) in [
            ("6s", Some(6)),
            ("3m", Some(180)),
            ("1m30s", Some(90)),
            ("1h", Some(3600)),
            ("6", None),
            ("s", None),
            ("", None),
            ("6 s", None),
            ("-6s", None),
            ("99999999999999999999s", None),
            ("18446744073709551615h", None),
        ] {
            assert_eq!(duration(text), seconds.map(Duration::from_secs), "{text:?}");
        }
    }
}
