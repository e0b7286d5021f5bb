//! The contacts of a person, and which are tried when.

use std::time::Duration;

use chrono::TimeDelta;

use super::terms::{Known, NO_CONTACT, entries, id, maybe_entries, text};
use crate::oncall::{Address, Channel, Contact, ContactId, Email, Notify, Preset, Rule, Url, Webhook};
use crate::phone::Phone;
use crate::sla::Severity;
use crate::source::{Fields, Node, Position, quote};

/// The most contacts of a person, beside the two of their `phone`.
const MOST_CONTACTS: usize = 20;
/// The most rules of a severity.
const MOST_RULES: usize = 20;
/// The longest delay of a rule.
const LONGEST_DELAY: Duration = Duration::from_hours(24);

/// The numbers read so far, each with the place and the name of its person.
#[derive(Default)]
pub(super) struct Numbers {
    read: Vec<(Phone, usize)>,
    people: Vec<String>,
}

/// A person's contacts as far as they can be read.
#[derive(Default)]
pub(super) struct Contacts {
    known: Known,
    pub(super) read: Vec<Contact>,
}

impl Numbers {
    /// From here on the numbers are those of the next person.
    pub(super) fn next(&mut self, name: &str) {
        self.people.push(name.to_owned());
    }

    /// Reads a number, which must not be another person's.
    fn read(&mut self, fields: &mut Fields<'_>, text: &str, at: Position) -> Option<Phone> {
        let phone = match Phone::parse(text) {
            Ok(phone) => phone,
            Err(error) => {
                fields.problem(|source, _| source.problem(at, error.to_string()));
                return None;
            }
        };
        let mine = self.people.len();
        if let Some((_, other)) = self.read.iter().find(|(other, person)| *other == phone && *person != mine) {
            let other = other.checked_sub(1).and_then(|other| self.people.get(other)).map_or("", String::as_str);
            fields.problem(|source, _| {
                source
                    .problem(at, format!("this number is {}'s already", quote(other)))
                    .why("The number tells who answers")
                    .mend("Give each person a number of their own")
            });
        }
        self.read.push((phone.clone(), mine));
        Some(phone)
    }
}

/// Reads `phone`, which stands for a contact for texts and one for calls, and `contacts`.
pub(super) fn contacts(fields: &mut Fields<'_>, numbers: &mut Numbers) -> Contacts {
    let mut contacts = Contacts::default();
    match (fields.get("phone"), fields.get("contacts")) {
        (None, None) => {
            let at = fields.at();
            fields.problem(|source, owner| {
                source
                    .problem(at, format!("{owner} does not say 'phone'"))
                    .mend("Add 'phone: ...', or how else to reach them under 'contacts'")
            });
            contacts.known.partial = true;
        }
        (Some(node), _) => {
            let phone = fields.text_of(node, "phone").and_then(|text| numbers.read(fields, text.trim(), node.at));
            let ids = [ContactId::sms(), ContactId::voice()];
            contacts.known.names.extend(ids.iter().map(ToString::to_string));
            if let Some(phone) = phone {
                let addresses = [Address::Sms(phone.clone()), Address::Voice(phone)];
                let both = ids.into_iter().zip(addresses).map(|(id, address)| Contact { id, address });
                contacts.read.extend(both);
            }
        }
        (None, Some(_)) => {}
    }
    let least = usize::from(fields.get("phone").is_none());
    for node in maybe_entries(fields, "contacts", least..=MOST_CONTACTS) {
        let known = ["id", "sms", "voice", "email", "webhook", "preset"];
        let Some(mut fields) = fields.entry(node, "a contact", &known) else {
            contacts.known.partial = true;
            continue;
        };
        let id = contact_id(&mut fields, &mut contacts.known);
        let address = address(&mut fields, numbers);
        contacts.read.extend(id.zip(address).map(|(id, address)| Contact { id, address }));
    }
    contacts
}

fn contact_id(fields: &mut Fields<'_>, known: &mut Known) -> Option<ContactId> {
    let Some((text, at)) = text(fields, "id") else {
        known.partial = true;
        return None;
    };
    let id = id(fields, text, at, ContactId::parse);
    if known.names.iter().any(|taken| taken == text) {
        fields.problem(|source, _| {
            source
                .problem(at, format!("the person has a contact '{}' already", quote(text)))
                .mend("Give each contact an id of its own; 'phone' makes 'sms' and 'voice'")
        });
    }
    known.names.push(text.to_owned());
    id
}

/// Reads the one address of a contact.
fn address(fields: &mut Fields<'_>, numbers: &mut Numbers) -> Option<Address> {
    let written = Channel::ALL.into_iter().filter_map(|channel| Some((channel, fields.get(channel.as_str())?)));
    let written: Vec<(Channel, &Node)> = written.collect();
    let [(channel, node)] = written.as_slice() else {
        let at = fields.at();
        fields.problem(|source, _| {
            source
                .problem(at, format!("a contact has one address, and this one has {}", written.len()))
                .mend("Write one of 'sms', 'voice', 'email' and 'webhook'")
        });
        return None;
    };
    if let (Some(preset), true) = (fields.get("preset"), *channel != Channel::Webhook) {
        fields.problem(|source, _| {
            source.problem(preset.at, format!("'preset' says nothing about '{}'", channel.as_str())).mend("Remove it")
        });
    }
    let text = fields.text_of(node, channel.as_str())?.trim();
    match channel {
        Channel::Sms => numbers.read(fields, text, node.at).map(Address::Sms),
        Channel::Voice => numbers.read(fields, text, node.at).map(Address::Voice),
        Channel::Email => right(fields, node.at, Email::parse(text)).map(Address::Email),
        Channel::Webhook => {
            let presets = Preset::ALL.map(|preset| (preset.as_str(), preset));
            let preset = match fields.get("preset") {
                Some(node) => fields.choice_of(node, "preset", &presets),
                None => Some(Preset::default()),
            };
            let url = right(fields, node.at, Url::parse(text));
            Some(Address::Webhook(Webhook { url: url?, preset: preset? }))
        }
    }
}

fn right<T>(fields: &mut Fields<'_>, at: Position, read: Result<T, crate::oncall::AddressError>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(error) => {
            fields.problem(|source, _| source.problem(at, error.to_string()));
            None
        }
    }
}

/// Reads the rules of a person.
pub(super) fn notify(fields: &mut Fields<'_>, contacts: &Contacts) -> Notify {
    let mut read = Notify::default();
    let Some(node) = fields.get("notify") else { return read };
    let known: Vec<&str> = Severity::ALL.iter().map(|severity| severity.as_str()).chain(["all"]).collect();
    let Some(mut fields) = fields.entry(node, "'notify'", &known) else { return read };
    for severity in Severity::ALL {
        if let Some(node) = fields.get(severity.as_str()) {
            let rules = rules(&mut fields, node, severity.as_str(), contacts);
            read.by_severity.insert(severity, rules);
        }
    }
    if let Some(node) = fields.get("all") {
        read.all = rules(&mut fields, node, "all", contacts);
    }
    read
}

fn rules<'p>(fields: &mut Fields<'p>, node: &'p Node, key: &str, contacts: &Contacts) -> Vec<Rule> {
    let mut rules = Vec::new();
    for node in entries(fields, node, key, 1..=MOST_RULES) {
        let Some(mut fields) = fields.entry(node, "a rule", &["contact", "after"]) else { continue };
        let after = fields.duration("after", Duration::ZERO, Duration::ZERO..=LONGEST_DELAY);
        let Some(node) = fields.need("contact") else { continue };
        let found = contacts.known.find(&mut fields, node, "contact", &NO_CONTACT);
        let contact = found.and_then(|place| ContactId::parse(contacts.known.names.get(place)?).ok());
        let after = TimeDelta::from_std(after).ok();
        rules.extend(contact.zip(after).map(|(contact, after)| Rule { contact, after }));
    }
    rules
}
