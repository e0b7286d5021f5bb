//! The directory: institutions with their codes and telephone numbers, and the services they may report.

use std::collections::BTreeMap;

use crate::flow::{Institution, Service};
use crate::phone::Phone;
use crate::source::{self, Fields, Node, Problem, Source, quote};

/// The most institutions, and the most services.
const MOST: usize = 5_000;
/// The longest name, in characters.
const LONGEST_NAME: usize = 80;

/// Institutions and services, by what callers key or call from.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    institutions: BTreeMap<String, Entry>,
    by_phone: BTreeMap<Phone, String>,
    services: Vec<Service>,
}

#[derive(Clone, Debug)]
struct Entry {
    institution: Institution,
    short: String,
}

impl Directory {
    /// Reads a `directory.yaml`.
    ///
    /// # Errors
    /// Every problem of the page, in its order, each with its line and column.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<Problem>> {
        let source = Source::new(file, text);
        let root = source::read(&source)?;
        let mut problems = Vec::new();
        let mut directory = Self::default();
        if let Some(mut page) =
            Fields::new(&source, &mut problems, "the directory", &root, &["institutions", "services"])
        {
            for node in entries(&mut page, "institutions") {
                directory.add_institution(&mut page, node);
            }
            for node in entries(&mut page, "services") {
                directory.add_service(&mut page, node);
            }
        }
        problems.sort();
        if problems.is_empty() { Ok(directory) } else { Err(problems) }
    }

    fn add_institution<'p>(&mut self, page: &mut Fields<'p>, node: &'p Node) {
        let Some(mut fields) = page.entry(node, "an institution", &["code", "name", "short", "phones"]) else { return };
        let code = code(&mut fields);
        let name = name(&mut fields, "name");
        let short = short(&mut fields, 15);
        let phones = phones(&mut fields);
        let Some((code, at)) = code else { return };
        for (phone, at) in phones {
            if self.by_phone.insert(phone, code.clone()).is_some_and(|other| other != code) {
                fields.problem(|source, _| {
                    source
                        .problem(at, "this number belongs to another institution too")
                        .why("The number tells who calls")
                        .mend("Leave it with one")
                });
            }
        }
        // Even one with a problem holds its code: the next with the same is told too.
        let institution = Institution { code: code.clone(), name: name.unwrap_or_default() };
        let entry = Entry { institution, short: short.unwrap_or_default() };
        if self.institutions.insert(code.clone(), entry).is_some() {
            fields.problem(|source, _| {
                source.problem(at, format!("the code {code} is taken")).mend("Give each institution a code of its own")
            });
        }
    }

    fn add_service<'p>(&mut self, page: &mut Fields<'p>, node: &'p Node) {
        let Some(mut fields) = page.entry(node, "a service", &["id", "es", "en", "short"]) else { return };
        let id = fields.need("id").and_then(|node| Some((fields.text_of(node, "id")?.to_owned(), node.at)));
        let (es, en, short) = (name(&mut fields, "es"), name(&mut fields, "en"), short(&mut fields, 12));
        let Some((id, at)) = id else { return };
        if self.service(&id).is_some() {
            fields.problem(|source, _| {
                source
                    .problem(at, format!("the id '{}' is taken", quote(&id)))
                    .mend("Give each service an id of its own")
            });
        }
        let (es, en, short) = (es.unwrap_or_default(), en.unwrap_or_default(), short.unwrap_or_default());
        self.services.push(Service { id, es, en, short });
    }

    /// The institutions, by their codes.
    pub fn institutions(&self) -> impl Iterator<Item = &Institution> {
        self.institutions.values().map(|entry| &entry.institution)
    }

    /// The institution with this code.
    #[must_use]
    pub fn institution(&self, code: &str) -> Option<&Institution> {
        self.institutions.get(code).map(|entry| &entry.institution)
    }

    /// The institution this number belongs to.
    #[must_use]
    pub fn institution_of(&self, phone: &Phone) -> Option<&Institution> {
        self.by_phone.get(phone).and_then(|code| self.institution(code))
    }

    /// The institution's name in a text message.
    #[must_use]
    pub fn short(&self, code: &str) -> Option<&str> {
        self.institutions.get(code).map(|entry| entry.short.as_str())
    }

    /// The services, in the file's order.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service with this id.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }
}

/// The entries of a list that must be there.
fn entries<'p>(page: &mut Fields<'p>, key: &str) -> &'p [Node] {
    let Some(node) = page.need(key) else { return &[] };
    let list = page.list_of(node, key).unwrap_or_default();
    if list.len() > MOST {
        page.problem(|source, owner| source.problem(node.at, format!("{owner} has at most {MOST} {key}")));
        return &[];
    }
    list
}

/// Four digits, and where they stand.
fn code(fields: &mut Fields<'_>) -> Option<(String, source::Position)> {
    let node = fields.need("code")?;
    let code = fields.text_of(node, "code")?;
    if code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((code.to_owned(), node.at));
    }
    fields.problem(|source, _| {
        source.problem(node.at, format!("'{}' is no code", quote(code))).mend("Write four digits in quotes")
    });
    None
}

/// A name as it is spoken.
fn name(fields: &mut Fields<'_>, key: &str) -> Option<String> {
    let node = fields.need(key)?;
    let name = fields.text_of(node, key)?.trim();
    let fits = name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    if !fits {
        fields.problem(|source, _| {
            source.problem(node.at, format!("'{key}' has at most {LONGEST_NAME} letters, on one line"))
        });
    }
    fits.then(|| name.to_owned())
}

/// What stands in text messages, where every letter counts.
fn short(fields: &mut Fields<'_>, longest: usize) -> Option<String> {
    let node = fields.need("short")?;
    let short = fields.text_of(node, "short")?;
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
    if (1..=longest).contains(&short.len()) && short.bytes().all(plain) {
        return Some(short.to_owned());
    }
    fields.problem(|source, owner| {
        source
            .problem(node.at, format!("'{}' cannot be the 'short' of {owner}", quote(short)))
            .why("It stands in text messages")
            .mend(format!("Write 1 to {longest} letters A-Z without accents, digits or spaces"))
    });
    None
}

/// The telephones that can be read, each with its place. A number is never repeated in a problem.
fn phones(fields: &mut Fields<'_>) -> Vec<(Phone, source::Position)> {
    let mut phones = Vec::new();
    let Some(node) = fields.get("phones") else { return phones };
    for node in fields.list_of(node, "phones").unwrap_or_default() {
        match fields.text_of(node, "phones").map(Phone::parse) {
            Some(Ok(phone)) => phones.push((phone, node.at)),
            Some(Err(error)) => fields.problem(|source, _| source.problem(node.at, error.to_string())),
            None => {}
        }
    }
    phones
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_directory_is_good() {
        let directory = Directory::parse(include_str!("../../directory.yaml"), "directory.yaml").unwrap();
        let phone = Phone::parse("+18095550142").unwrap();
        assert_eq!(directory.institution_of(&phone), None, "the demo's caller is asked for the institution");
        assert_eq!(directory.institution("1042").unwrap().code, "1042");
        assert!(directory.service("nomina").is_some());
    }

    #[test]
    fn all_problems_come_at_once_each_at_its_place() {
        let text = "\
institutions:
  - { code: '104', name: A, short: A }
  - { code: '1043', name: B, short: 'lower' , phones: ['5551234', '+18095550143'] }
  - { code: '1043', name: C, short: C }
  - { code: '1044', name: D, short: D, phones: ['+18095550143'], phone: x }
services:
  - { id: x, es: x, en: x, short: MUCHTOOLONGFORIT }
  - { id: x, es: x, short: X }
";
        let problems = Directory::parse(text, "d.yaml").unwrap_err();
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "d.yaml:2:13: '104' is no code. Write four digits in quotes.",
                "d.yaml:3:37: 'lower' cannot be the 'short' of an institution. It stands in text messages. Write 1 to \
                 15 letters A-Z without accents, digits or spaces.",
                "d.yaml:3:56: the area code is missing: dial ten digits, beginning with 809, 829 or 849.",
                "d.yaml:4:13: the code 1043 is taken. Give each institution a code of its own.",
                "d.yaml:5:49: this number belongs to another institution too. The number tells who calls. Leave it \
                 with one.",
                "d.yaml:5:66: an institution cannot have 'phone'. Did you mean 'phones'?",
                "d.yaml:7:35: 'MUCHTOOLONGFORIT' cannot be the 'short' of a service. It stands in text messages. Write \
                 1 to 12 letters A-Z without accents, digits or spaces.",
                "d.yaml:8:5: a service does not say 'en'. Add 'en: ...'.",
                "d.yaml:8:11: the id 'x' is taken. Give each service an id of its own.",
            ]
        );
    }

    #[test]
    fn what_is_no_directory_at_all_is_told_in_one_sentence() {
        for (text, says) in [
            ("institutions: 5\nservices: []", "d.yaml:1:15: 'institutions' of the directory is a text, not a list."),
            ("- a", "d.yaml:1:1: the directory is a list, not a map. Write 'institutions' or 'services'."),
            ("", "d.yaml:1:1: the directory is nothing, not a map."),
            ("institutions: []", "d.yaml:1:1: the directory does not say 'services'."),
        ] {
            let problems = Directory::parse(text, "d.yaml").unwrap_err();
            assert!(problems.len() == 1 && problems[0].to_string().starts_with(says), "{text:?}: {problems:?}");
        }
    }
}
