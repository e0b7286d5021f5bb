//! Which contacts of a person are tried when, per severity.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{Channel, Contact, ContactId};
use crate::sla::Severity;

/// How long after the person is told the calls begin, when the page does not say.
const CALL_AFTER: TimeDelta = TimeDelta::minutes(2);

/// One contact, tried so long after its person is told of an incident, unless they have answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The contact of the person.
    pub contact: ContactId,
    /// How long after; zero = at once.
    pub after: TimeDelta,
}

/// The rules that a person's page writes; empty = the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notify {
    /// By severity.
    pub(super) by_severity: BTreeMap<Severity, Vec<Rule>>,
    /// For severities that have none of their own; empty = the default.
    pub(super) all: Vec<Rule>,
}

impl Notify {
    /// What the page says for this severity, else for all, else the default: texts, e-mail and webhooks at once, calls
    /// after two minutes.
    pub(super) fn rules(&self, severity: Severity, contacts: &[Contact]) -> Vec<Rule> {
        let written = self.by_severity.get(&severity).unwrap_or(&self.all);
        let mut rules = if written.is_empty() { default(contacts) } else { written.clone() };
        rules.sort_by_key(|rule| rule.after);
        rules
    }
}

fn default(contacts: &[Contact]) -> Vec<Rule> {
    let after = |contact: &Contact| if contact.channel() == Channel::Voice { CALL_AFTER } else { TimeDelta::zero() };
    contacts.iter().map(|contact| Rule { contact: contact.id.clone(), after: after(contact) }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Roster;
    use super::*;

    fn rules(person: &str, severity: Severity) -> Vec<(String, i64)> {
        let page = format!("people: [{person}]\nrotation: {{ order: [a], starts: 2026-01-05T08:00, length: 7d }}");
        let roster = Roster::parse(&page, "r.yaml").unwrap();
        let rules = roster.people()[0].rules(severity);
        rules.into_iter().map(|rule| (rule.contact.to_string(), rule.after.num_seconds())).collect()
    }

    #[test]
    fn who_writes_nothing_gets_texts_at_once_and_calls_after_two_minutes() {
        let person = "{ id: a, name: A, phone: 8095550101, contacts: [
            { id: desk, voice: 8095550102 }, { id: mail, email: a@example.org },
            { id: chat, webhook: \"https://example.org/x\", preset: slack }] }";
        for severity in Severity::ALL {
            let expected = [("sms", 0), ("mail", 0), ("chat", 0), ("voice", 120), ("desk", 120)];
            assert_eq!(rules(person, severity), expected.map(|(id, after)| (id.to_owned(), after)));
        }
        let calls = "{ id: a, name: A, contacts: [{ id: desk, voice: 8095550102 }] }";
        assert_eq!(rules(calls, Severity::Critical), [("desk".to_owned(), 120)]);
    }

    /// `TestMultiStepNotifications`: immediate and delayed rules, at their delays only.
    #[test]
    fn the_severitys_own_rules_come_before_those_for_all() {
        let person = "{ id: a, name: A, phone: 8095550101, notify: {
            critical: [{ contact: voice, after: 1m }, { contact: sms }, { contact: voice, after: 5m }],
            all: [{ contact: sms, after: 10s }] } }";
        let expected = [("sms", 0), ("voice", 60), ("voice", 300)].map(|(id, after)| (id.to_owned(), after));
        assert_eq!(rules(person, Severity::Critical), expected);
        assert_eq!(rules(person, Severity::Major), [("sms".to_owned(), 10)]);
        let only_critical = person.replace("all: [{ contact: sms, after: 10s }]", "");
        assert_eq!(rules(&only_critical, Severity::General), [("sms".to_owned(), 0), ("voice".to_owned(), 120)]);
    }
}
