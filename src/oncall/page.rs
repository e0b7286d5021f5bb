//! A YAML page read with the place of everything on it; what cannot be read becomes a problem, and reading goes on.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

use super::Problem;
use super::problem::did_you_mean;

/// The longest page, in bytes.
const MOST_BYTES: usize = 256 * 1024;
/// The longest line, in bytes. It also bounds how deep block lists can nest; the parser bounds flow lists.
const LONGEST_LINE: usize = 1_000;
/// The longest text on a page that is repeated in a problem, in characters.
const LONGEST_QUOTE: usize = 60;

/// A place on a page, both counting from 1; 0 = the page as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Where a node stands.
pub(super) fn place(node: &MarkedYaml<'_>) -> Place {
    Place { line: node.span.start.line(), column: node.span.start.col().saturating_add(1) }
}

/// A page under reading, and the problems so far.
pub(super) struct Page<'a> {
    file: &'a str,
    text: &'a str,
    pub(super) problems: Vec<Problem>,
}

/// The keys of a map that were asked for.
pub(super) struct Fields<'n, 's> {
    pub(super) at: Place,
    what: String,
    entries: Vec<(String, &'n MarkedYaml<'s>)>,
}

impl<'a> Page<'a> {
    pub(super) fn new(text: &'a str, file: &'a str) -> Self {
        Self { file, text, problems: Vec::new() }
    }

    /// Notes a problem.
    pub(super) fn report(&mut self, at: Place, what: impl Into<String>, add: impl FnOnce(Problem) -> Problem) {
        let problem = Problem {
            file: self.file.to_owned(),
            line: at.line,
            column: at.column,
            what: what.into(),
            why: String::new(),
            mend: String::new(),
        };
        self.problems.push(add(problem));
    }

    /// The one document of the page.
    pub(super) fn load(&mut self) -> Option<MarkedYaml<'a>> {
        if self.text.len() > MOST_BYTES {
            self.report(Place::default(), format!("the page is longer than {MOST_BYTES} bytes"), |problem| {
                problem.mend("Remove past overrides")
            });
            return None;
        }
        if let Some(index) = self.text.lines().position(|line| line.len() > LONGEST_LINE) {
            let at = Place { line: index.saturating_add(1), column: 1 };
            self.report(at, format!("the line is longer than {LONGEST_LINE} bytes"), |problem| {
                problem.mend("Write one entry a line")
            });
            return None;
        }
        match MarkedYaml::load_from_str(self.text) {
            Ok(documents) => {
                let mut documents = documents.into_iter();
                let first = documents.next();
                if let Some(second) = documents.next() {
                    self.report(place(&second), "a second document begins here", |problem| {
                        problem.mend("Keep one document a page: remove the line '---'")
                    });
                }
                if first.is_none() {
                    self.report(Place::default(), "the page is empty", |problem| {
                        problem.mend("Begin with 'people:' and 'rotation:'")
                    });
                }
                first
            }
            Err(error) => {
                let marker = error.marker();
                let at = Place { line: marker.line(), column: marker.col().saturating_add(1) };
                self.report(at, format!("this is no YAML: {}", error.info()), |problem| {
                    problem.mend("Check indentation, quotes and colons at and before this place")
                });
                None
            }
        }
    }

    /// The keys of a map; one that is not among `known` is a problem.
    pub(super) fn fields<'n, 's>(
        &mut self,
        node: &'n MarkedYaml<'s>,
        what: &str,
        known: &[&str],
    ) -> Option<Fields<'n, 's>> {
        let YamlData::Mapping(map) = &node.data else {
            self.report(place(node), format!("{what} must be written as keys with values"), |problem| {
                problem.mend(format!("Keys: {}", known.join(", ")))
            });
            return None;
        };
        let mut entries = Vec::new();
        for (key, value) in map {
            let name = self.raw(key).unwrap_or_default();
            if known.contains(&name.as_str()) {
                entries.push((name, value));
            } else {
                let hint = did_you_mean(&name, known.iter().copied())
                    .unwrap_or_else(|| format!("Known here: {}", known.join(", ")));
                self.report(place(key), format!("{what} has no key '{}'", quote(&name)), |problem| problem.mend(hint));
            }
        }
        Some(Fields { at: place(node), what: what.to_owned(), entries })
    }

    /// The value of a key that must be there.
    pub(super) fn required<'n, 's>(
        &mut self,
        fields: &Fields<'n, 's>,
        key: &str,
        example: &str,
    ) -> Option<&'n MarkedYaml<'s>> {
        let value = fields.get(key);
        if value.is_none() {
            self.report(fields.at, format!("{} has no '{key}'", fields.what), |problem| {
                problem.mend(format!("Add '{key}: {example}'"))
            });
        }
        value
    }

    /// A text as it is written; numbers and `true` are texts too.
    pub(super) fn text(&mut self, node: &MarkedYaml<'_>, what: &str) -> Option<String> {
        let text = self.raw(node).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if text.is_none() {
            self.report(place(node), format!("{what} must be a text"), |problem| problem);
        }
        text
    }

    /// A list.
    pub(super) fn list<'n, 's>(&mut self, node: &'n MarkedYaml<'s>, what: &str) -> Option<&'n [MarkedYaml<'s>]> {
        if let YamlData::Sequence(list) = &node.data {
            return Some(list);
        }
        self.report(place(node), format!("{what} must be a list"), |problem| {
            problem.mend("Begin each entry with '- '")
        });
        None
    }

    /// A scalar as it stands on the page: `+18095550101` without quotes is a number to YAML and a telephone to us.
    fn raw(&self, node: &MarkedYaml<'_>) -> Option<String> {
        match &node.data {
            YamlData::Value(Scalar::String(text)) => Some(text.to_string()),
            YamlData::Value(Scalar::Null) => None,
            YamlData::Value(_) => {
                let (start, end) = (node.span.start.index(), node.span.end.index());
                Some(self.text.chars().skip(start).take(end.saturating_sub(start)).collect())
            }
            _ => None,
        }
    }
}

impl<'n, 's> Fields<'n, 's> {
    pub(super) fn get(&self, key: &str) -> Option<&'n MarkedYaml<'s>> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
    }
}

/// A text from outside, short enough for a sentence.
pub(super) fn quote(text: &str) -> String {
    let mut quoted: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_QUOTE).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    quoted
}
