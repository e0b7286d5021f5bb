//! The directory: institutions with their codes and telephone numbers, and the services they may report.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::flow::{Institution, Service};
use crate::phone::Phone;

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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    institutions: Vec<InstitutionLine>,
    services: Vec<Service>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InstitutionLine {
    code: String,
    name: String,
    short: String,
    #[serde(default)]
    phones: Vec<String>,
}

impl Directory {
    /// Reads a `directory.yaml`.
    ///
    /// # Errors
    /// Every problem at once, each naming `file`, what is wrong and the mend; a page that is not YAML of the right shape
    /// gives one, with its line and column.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<String>> {
        let page: Page = serde_saphyr::from_str(text).map_err(|error| vec![format!("{file}: {error}")])?;
        let mut problems = Vec::new();
        let mut directory = Self::default();
        for line in page.institutions {
            let code = line.code.clone();
            if code.len() != 4 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                problems.push(format!("{file}: institution code '{code}': write four digits in quotes"));
            }
            if !is_short(&line.short, 15) {
                problems.push(format!(
                    "{file}: institution {code}: 'short' stands in text messages: 1 to 15 letters A-Z or digits"
                ));
            }
            for phone in &line.phones {
                match Phone::parse(phone) {
                    Ok(phone) => {
                        if directory.by_phone.insert(phone, code.clone()).is_some_and(|other| other != code) {
                            problems.push(format!("{file}: institution {code}: one of its phones belongs to another institution too; leave it with one"));
                        }
                    }
                    Err(error) => problems.push(format!("{file}: institution {code}: one of its phones is {error}")),
                }
            }
            let entry = Entry { institution: Institution { code: code.clone(), name: line.name }, short: line.short };
            if directory.institutions.insert(code.clone(), entry).is_some() {
                problems.push(format!("{file}: institution code {code} stands twice; codes must differ"));
            }
        }
        let mut ids = BTreeSet::new();
        for service in page.services {
            if !is_short(&service.short, 12) {
                problems.push(format!(
                    "{file}: service '{}': 'short' stands in text messages: 1 to 12 letters A-Z or digits",
                    service.id
                ));
            }
            if !ids.insert(service.id.clone()) {
                problems.push(format!("{file}: service '{}' stands twice; ids must differ", service.id));
            }
            directory.services.push(service);
        }
        if problems.is_empty() { Ok(directory) } else { Err(problems) }
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

fn is_short(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ')
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
    fn all_problems_come_at_once() {
        let text = "
institutions:
  - { code: '104', name: A, short: A }
  - { code: '1043', name: B, short: 'lower' , phones: ['5551234'] }
  - { code: '1043', name: C, short: C }
services:
  - { id: x, es: x, en: x, short: MUCHTOOLONGFORIT }
  - { id: x, es: x, en: x, short: X }
";
        let problems = Directory::parse(text, "d.yaml").unwrap_err();
        assert_eq!(problems.len(), 6, "{problems:#?}");
        assert!(problems.iter().all(|problem| !problem.contains("5551234")), "a number is never repeated");
        assert!(Directory::parse("institutions: 5", "d.yaml").unwrap_err()[0].starts_with("d.yaml"));
    }
}
