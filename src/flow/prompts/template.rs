//! A prompt's words with their open places.

use std::collections::BTreeSet;

use super::Placeholder;

/// The words of a prompt, cut at its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) parts: Vec<Part>,
}

/// A piece of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Words.
    Words(String),
    /// An open place.
    Place(Placeholder),
}

/// What is wrong with the words of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// `{name}` of no known place.
    Unknown(String),
    /// `{` without `}`, or the other way round.
    Brace,
}

impl Template {
    /// Cuts a text at its places; what is wrong is left out of the template and told.
    pub(super) fn parse(text: &str) -> (Self, Vec<Flaw>) {
        let mut parts = Vec::new();
        let mut flaws = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let Some((words, after)) = rest.split_once('{') else {
                push_words(rest, &mut parts, &mut flaws);
                break;
            };
            push_words(words, &mut parts, &mut flaws);
            match after.split_once('}') {
                Some((name, after)) if !name.contains('{') => {
                    match Placeholder::from_name(name) {
                        Some(place) => parts.push(Part::Place(place)),
                        None => flaws.push(Flaw::Unknown(name.to_owned())),
                    }
                    rest = after;
                }
                _ => {
                    flaws.push(Flaw::Brace);
                    rest = after;
                }
            }
        }
        (Self { parts }, flaws)
    }

    /// The places, each once.
    pub(super) fn places(&self) -> BTreeSet<Placeholder> {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Place(place) => Some(*place),
                Part::Words(_) => None,
            })
            .collect()
    }

    /// Whether the words name the key.
    pub(super) fn names_key(&self, key: char) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Words(words) if find_key(words, key).is_some()))
    }

    /// The template up to the end of the first sentence that names the key: "... marque 1."
    pub(super) fn until_key(&self, key: char) -> Option<Self> {
        let mut parts = Vec::new();
        let mut named = false;
        for part in &self.parts {
            let Part::Words(words) = part else {
                parts.push(part.clone());
                continue;
            };
            let from = if named { 0 } else { find_key(words, key).unwrap_or(words.len()) };
            let (_, tail) = words.split_at_checked(from)?;
            named |= from < words.len();
            match tail.find(['.', '?', '!', ';']) {
                Some(end) if named => {
                    let (until, _) = words.split_at_checked(from.saturating_add(end).saturating_add(1))?;
                    parts.push(Part::Words(until.to_owned()));
                    return Some(Self { parts });
                }
                _ => parts.push(part.clone()),
            }
        }
        named.then_some(Self { parts })
    }
}

fn push_words(words: &str, parts: &mut Vec<Part>, flaws: &mut Vec<Flaw>) {
    if words.contains('}') {
        flaws.push(Flaw::Brace);
    }
    if !words.is_empty() {
        parts.push(Part::Words(words.to_owned()));
    }
}

/// Where the key stands by itself, not as a part of a number.
fn find_key(words: &str, key: char) -> Option<usize> {
    let mut before = ' ';
    let mut characters = words.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let after = characters.peek().map_or(' ', |(_, after)| *after);
        if character == key && !before.is_alphanumeric() && !after.is_alphanumeric() {
            return Some(at);
        }
        before = character;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_places() {
        let (template, flaws) = Template::parse("Caso {case_number}, antes de {due}.");
        assert!(flaws.is_empty());
        assert_eq!(
            template.parts,
            [
                Part::Words("Caso ".into()),
                Part::Place(Placeholder::CaseNumber),
                Part::Words(", antes de ".into()),
                Part::Place(Placeholder::Due),
                Part::Words(".".into()),
            ]
        );
        assert_eq!(Template::parse("a {deu} b {").1, [Flaw::Unknown("deu".into()), Flaw::Brace]);
        assert_eq!(Template::parse("a } b").1, [Flaw::Brace]);
        assert_eq!(Template::parse("{ {due}").1, [Flaw::Brace]);
    }

    #[test]
    fn the_sentence_that_names_a_key_ends_the_wait() {
        let until = |text: &str, key| {
            Template::parse(text).0.until_key(key).map(|template| {
                let words = template.parts.iter().map(|part| match part {
                    Part::Words(words) => words.clone(),
                    Part::Place(place) => place.to_string(),
                });
                words.collect::<String>()
            })
        };
        let menu = "Desde {since}. Para eso, marque 1, por favor. Estado, 2; otro, 15.";
        assert_eq!(until(menu, '1').as_deref(), Some("Desde {since}. Para eso, marque 1, por favor."));
        assert_eq!(until(menu, '2').as_deref(), Some("Desde {since}. Para eso, marque 1, por favor. Estado, 2;"));
        assert_eq!(until(menu, '5'), None);
        assert_eq!(until("Marque 1 por {service}. Marque 2", '1').as_deref(), Some("Marque 1 por {service}."));
        assert_eq!(until("Marque 1", '1').as_deref(), Some("Marque 1"));
    }
}
