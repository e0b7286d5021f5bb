//! Reads the files of a prompt set: name -> words, per language, with every problem at its place.

use std::collections::{BTreeMap, BTreeSet};

use super::Placeholder;
use super::template::{Flaw, Template};
use crate::flow::Language;
use crate::source::{self, Key, Kind, Node, Position, Problem, Source};

/// The longest text of a prompt, in characters.
const MAX_TEXT: usize = 600;
/// The longest name of a prompt or of a recorded file.
const MAX_NAME: usize = 64;

/// One prompt in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) template: Template,
    pub(super) audio: Option<String>,
    pub(super) file: String,
    pub(super) at: Position,
}

/// Prompts by name and language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    entries: BTreeMap<String, BTreeMap<Language, Entry>>,
    /// Names with a problem of their own: what else seems wrong with them follows from it.
    broken: BTreeSet<String>,
}

impl Set {
    /// Reads the files; a language may have several. `check` adds what only voices or only messages must keep.
    pub(super) fn read(
        files: &[(Language, Source)],
        check: impl Fn(Language, &Entry) -> Option<Problem>,
    ) -> Result<Self, Vec<Problem>> {
        let mut set = Self::default();
        let mut problems = Vec::new();
        let mut unread = false;
        for (language, source) in files {
            match source::read(source) {
                Ok(page) => set.add(*language, source, &page, &mut problems),
                Err(found) => {
                    unread = true;
                    problems.extend(found);
                }
            }
        }
        for entries in set.entries.values() {
            problems.extend(entries.iter().filter_map(|(language, entry)| check(*language, entry)));
        }
        // What is on a page that cannot be read is not missing.
        if !unread {
            problems.extend(set.differences(files));
        }
        if problems.is_empty() {
            return Ok(set);
        }
        problems.sort();
        Err(problems)
    }

    /// The prompt as it is said in the language, else in the first one that has it.
    pub(super) fn find(&self, language: Language, name: &str) -> Option<(Language, &Entry)> {
        let entries = self.entries.get(name)?;
        let (language, entry) = entries.get_key_value(&language).or_else(|| entries.first_key_value())?;
        Some((*language, entry))
    }

    /// The prompt in exactly this language.
    pub(super) fn exactly(&self, language: Language, name: &str) -> Option<&Entry> {
        self.entries.get(name)?.get(&language)
    }

    /// The recorded files, each with the page and the place that names it.
    pub(super) fn recorded(&self) -> impl Iterator<Item = (&str, Position, &str)> {
        let entries = self.entries.values().flat_map(BTreeMap::values);
        entries.filter_map(|entry| Some((entry.file.as_str(), entry.at, entry.audio.as_deref()?)))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    pub(super) fn places(&self, name: &str) -> BTreeSet<Placeholder> {
        let entries = self.entries.get(name).into_iter().flat_map(BTreeMap::values);
        entries.flat_map(|entry| entry.template.places()).collect()
    }

    fn add(&mut self, language: Language, source: &Source, page: &Node, problems: &mut Vec<Problem>) {
        let Kind::Map(prompts) = &page.kind else {
            let problem = source.problem(page.at, format!("the prompts are {}, not a map", page.what()));
            problems.push(problem.mend("Write 'name: words' on each line"));
            return;
        };
        for (key, value) in prompts {
            let before = problems.len();
            let entry = entry(source, key, value, problems);
            if problems.len() > before {
                self.broken.insert(key.text.clone());
            }
            let Some(entry) = entry else { continue };
            let entries = self.entries.entry(key.text.clone()).or_default();
            if let Some(first) = entries.get(&language) {
                let what = format!("the prompt '{}' is already in {}:{}", key.text, first.file, first.at.line);
                problems.push(source.problem(key.at, what).mend("Remove or rename one of them"));
            } else {
                entries.insert(language, entry);
            }
        }
    }

    /// Prompts that a language lacks, and prompts whose places differ between languages.
    fn differences(&self, files: &[(Language, Source)]) -> Vec<Problem> {
        let mut problems = Vec::new();
        let languages: BTreeMap<Language, &str> =
            files.iter().rev().map(|(language, source)| (*language, source.file.as_str())).collect();
        for (name, entries) in self.entries.iter().filter(|(name, _)| !self.broken.contains(*name)) {
            let Some((first_language, first)) = entries.first_key_value() else { continue };
            let places = first.template.places();
            for (language, file) in &languages {
                let Some(entry) = entries.get(language) else {
                    let what = format!("the prompt '{name}' is not in {file}");
                    let problem =
                        Problem::at(&first.file, first.at, what).why("Its callers would hear another language");
                    problems.push(problem.mend(format!("Write it there, or remove it from {}", first.file)));
                    continue;
                };
                let here = entry.template.places();
                if here != places {
                    let what = format!("the prompt '{name}' holds {} in '{language}'", list(&here));
                    let problem = Problem::at(&entry.file, entry.at, what);
                    problems.push(
                        problem.mend(format!("In '{first_language}' it holds {}: make them equal", list(&places))),
                    );
                }
            }
        }
        problems
    }
}

/// One prompt of a page; `None` when it has no name or no words.
fn entry(source: &Source, key: &Key, value: &Node, problems: &mut Vec<Problem>) -> Option<Entry> {
    if !is_name(&key.text) {
        let problem = source.problem(key.at, format!("'{}' is no name of a prompt", key.text));
        problems.push(problem.mend(format!("Use small letters, digits and '_', at most {MAX_NAME}")));
        return None;
    }
    let (text, audio) = words(source, &key.text, value, problems)?;
    let template = template(source, &key.text, text, problems);
    if audio.is_some() && !template.places().is_empty() {
        let what = format!("the prompt '{}' has open places and a recorded file", key.text);
        let problem = source.problem(value.at, what).why("A file cannot say what fills a place");
        problems.push(problem.mend("Remove the file, or split the prompt in two"));
    }
    Some(Entry { template, audio, file: source.file.clone(), at: key.at })
}

/// The text of a prompt, and its recorded file.
fn words<'a>(
    source: &Source,
    name: &str,
    value: &'a Node,
    problems: &mut Vec<Problem>,
) -> Option<(&'a Node, Option<String>)> {
    let (text, audio) = match &value.kind {
        Kind::Map(fields) => {
            for (key, _) in fields.iter().filter(|(key, _)| !["text", "audio"].contains(&key.text.as_str())) {
                let problem = source.problem(key.at, format!("the prompt '{name}' cannot have '{}'", key.text));
                problems.push(problem.did_you_mean(&key.text, ["text", "audio"], "It has 'text' and may have 'audio'"));
            }
            (value.get("text"), value.get("audio"))
        }
        _ => (Some(value), None),
    };
    let audio = audio.and_then(|node| {
        let file = node.as_text().filter(|file| is_file(file));
        if file.is_none() {
            let problem = source.problem(node.at, format!("the 'audio' of the prompt '{name}' is no file"));
            problems.push(problem.mend("Write the name of a .wav or .mp3 file without a folder, such as greeting.wav"));
        }
        file.map(str::to_owned)
    });
    let Some(text) = text.filter(|text| text.as_text().is_some_and(|text| !text.trim().is_empty())) else {
        let problem =
            source.problem(text.map_or(value.at, |text| text.at), format!("the prompt '{name}' has no words"));
        problems.push(problem.why("The caller would hear nothing").mend("Write what is said"));
        return None;
    };
    Some((text, audio))
}

fn template(source: &Source, name: &str, node: &Node, problems: &mut Vec<Problem>) -> Template {
    let text = node.as_text().unwrap_or_default();
    let length = text.chars().count();
    if length > MAX_TEXT {
        let problem = source.problem(node.at, format!("the prompt '{name}' has {length} characters"));
        problems.push(problem.mend(format!("Split it: a prompt has at most {MAX_TEXT}")));
    }
    let (template, flaws) = Template::parse(text.trim());
    for flaw in flaws {
        problems.push(match flaw {
            Flaw::Unknown(place) => {
                let at = find(source, node.at, &format!("{{{place}}}"));
                let all: Vec<&str> = Placeholder::ALL.iter().map(|place| place.name()).collect();
                let problem = source.problem(at, format!("'{{{place}}}' of the prompt '{name}' is no place"));
                problem.did_you_mean(&place, all.iter().copied(), format!("The places are {}", all.join(", ")))
            }
            Flaw::Brace => {
                let problem = source.problem(node.at, format!("a brace of the prompt '{name}' has no partner"));
                problem.mend("Write a place as '{due}', and no other braces")
            }
        });
    }
    template
}

/// Where `needle` stands on or after the line of `from`; there, when it cannot be found.
fn find(source: &Source, from: Position, needle: &str) -> Position {
    let lines = source.text.lines().enumerate().skip(from.line.saturating_sub(1));
    for (index, line) in lines {
        if let Some((before, _)) = line.split_once(needle) {
            return Position { line: index.saturating_add(1), column: before.chars().count().saturating_add(1) };
        }
    }
    from
}

fn list(places: &BTreeSet<Placeholder>) -> String {
    match places.len() {
        0 => "no places".to_owned(),
        _ => places.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn is_name(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A file beside the prompts: no folder, so that a page cannot reach outside.
fn is_file(text: &str) -> bool {
    let stem = text.strip_suffix(".wav").or_else(|| text.strip_suffix(".mp3"));
    stem.is_some_and(|stem| {
        (1..=MAX_NAME).contains(&stem.len())
            && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    })
}
