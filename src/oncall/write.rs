//! Writes a roster as a page that reads as the same one: every schedule in full, without comments.

use std::fmt::Write as _;

use chrono::{SecondsFormat, TimeDelta};
use chrono_tz::Tz;

use super::schedule::{Change, Span};
use super::window::{DAYS, Window};
use super::{Address, Contact, Escalation, Layer, Person, Roster, Rotation, Rule, Schedule, Target};
use crate::sla::Severity;

impl Roster {
    /// The page. [`Roster::parse`] reads it as a roster that is equal to this one.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut page = String::from("people:\n");
        for person in &self.people {
            self::person(&mut page, person);
        }
        page.push_str("schedules:\n");
        for schedule in &self.schedules {
            self.write_schedule(&mut page, schedule);
        }
        if !self.escalations.is_empty() {
            page.push_str("escalation:\n");
            for escalation in &self.escalations {
                self::escalation(&mut page, escalation);
            }
        }
        if !self.services.is_empty() {
            page.push_str("services:\n");
            for (service, escalation) in &self.services {
                line(&mut page, 1, &format!("{}: {{ escalation: {} }}", quoted(service), quoted(escalation.as_str())));
            }
        }
        page
    }

    fn write_schedule(&self, page: &mut String, schedule: &Schedule) {
        let id = |place: usize| self.people.get(place).map(|person| quoted(person.id.as_str())).unwrap_or_default();
        let ids = |places: &[usize]| places.iter().map(|place| id(*place)).collect::<Vec<String>>().join(", ");
        let zone = schedule.zone;
        line(page, 1, &format!("{}:", quoted(schedule.id.as_str())));
        line(page, 2, &format!("zone: {zone}"));
        line(page, 2, "layers:");
        for layer in &schedule.layers {
            line(page, 3, &format!("- rotation: {}", rotation(&layer.rotation, &ids(&layer.rotation.order))));
            self::layer(page, layer);
        }
        list(page, "overrides", &schedule.overrides, |entry| {
            let change = match entry.change {
                Change::Instead(person) => format!("person: {}", id(person)),
                Change::Add(person) => format!("add: {}", id(person)),
                Change::Remove(person) => format!("remove: {}", id(person)),
                Change::Replace { gone, by } => format!("replace: {}, by: {}", id(gone), id(by)),
            };
            format!("{}, {change}", span(entry.span, zone))
        });
        list(page, "swaps", &schedule.swaps, |swap| {
            format!("{}, between: [{}]", span(swap.span, zone), ids(&swap.between))
        });
        list(page, "shifts", &schedule.shifts, |shift| {
            format!("{}, people: [{}]", span(shift.span, zone), ids(&shift.people))
        });
    }
}

fn line(page: &mut String, depth: usize, text: &str) {
    for _ in 0..depth {
        page.push_str("  ");
    }
    page.push_str(text);
    page.push('\n');
}

/// A list of a schedule, one entry a line; nothing when it is empty.
fn list<T>(page: &mut String, key: &str, entries: &[T], written: impl Fn(&T) -> String) {
    if !entries.is_empty() {
        line(page, 2, &format!("{key}:"));
        for entry in entries {
            line(page, 3, &format!("- {{ {} }}", written(entry)));
        }
    }
}

fn person(page: &mut String, person: &Person) {
    line(page, 1, &format!("- id: {}", quoted(person.id.as_str())));
    line(page, 2, &format!("name: {}", quoted(&person.name)));
    line(page, 2, &format!("language: {}", person.language));
    if person.supervisor {
        line(page, 2, "supervisor: true");
    }
    match person.handover {
        Some(before) if before.is_zero() => line(page, 2, "handover: off"),
        Some(before) => line(page, 2, &format!("handover: {}", length(before))),
        None => {}
    }
    if let Some(pin) = &person.pin {
        line(page, 2, &format!("pin: {}", quoted(pin.digits())));
    }
    line(page, 2, "contacts:");
    for contact in &person.contacts {
        line(page, 3, &format!("- {{ {} }}", self::contact(contact)));
    }
    let rules = |severity: Severity| person.notify.by_severity.get(&severity).map(|rules| (severity.as_str(), rules));
    let all = Some(("all", &person.notify.all)).filter(|(_, rules)| !rules.is_empty());
    let written: Vec<(&str, &Vec<Rule>)> = Severity::ALL.into_iter().filter_map(rules).chain(all).collect();
    if !written.is_empty() {
        line(page, 2, "notify:");
        for (severity, rules) in written {
            line(page, 3, &format!("{severity}:"));
            for rule in rules {
                let (contact, after) = (quoted(rule.contact.as_str()), length(rule.after));
                line(page, 4, &format!("- {{ contact: {contact}, after: {after} }}"));
            }
        }
    }
}

fn contact(contact: &Contact) -> String {
    let (id, word) = (quoted(contact.id.as_str()), contact.channel().as_str());
    match &contact.address {
        Address::Sms(phone) | Address::Voice(phone) => format!("id: {id}, {word}: {}", quoted(phone.as_str())),
        Address::Email(email) => format!("id: {id}, {word}: {}", quoted(email.as_str())),
        Address::Webhook(webhook) => {
            format!("id: {id}, {word}: {}, preset: {}", quoted(webhook.url.as_str()), webhook.preset.as_str())
        }
    }
}

fn rotation(rotation: &Rotation, order: &str) -> String {
    let length = match (rotation.hours % 24, rotation.hours / 24) {
        (0, days) => format!("{days}d"),
        _ => format!("{}h", rotation.hours),
    };
    format!("{{ order: [{order}], starts: {}, length: {length} }}", rotation.starts.format("%Y-%m-%dT%H:%M:%S"))
}

fn layer(page: &mut String, layer: &Layer) {
    if let Some(name) = &layer.name {
        line(page, 4, &format!("name: {}", quoted(name)));
    }
    if !layer.only.is_empty() {
        line(page, 4, "only:");
        for window in &layer.only {
            line(page, 5, &format!("- {{ {} }}", self::window(window)));
        }
    }
}

fn window(window: &Window) -> String {
    let days = DAYS.iter().zip(window.days).filter(|(_, open)| *open).map(|((word, _), _)| *word);
    let days = days.collect::<Vec<&str>>().join(", ");
    format!("days: [{days}], from: {}, to: {}", window.from.format("%H:%M"), window.to.format("%H:%M"))
}

fn span(span: Span, zone: Tz) -> String {
    let shown = |at: crate::clock::Instant| at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, false);
    format!("from: {}, to: {}", quoted(&shown(span.from)), quoted(&shown(span.to)))
}

fn escalation(page: &mut String, escalation: &Escalation) {
    line(page, 1, &format!("{}:", quoted(escalation.id.as_str())));
    line(page, 2, &format!("rounds: {}", escalation.rounds));
    line(page, 2, &format!("ack_timeout: {}", length(escalation.ack_timeout)));
    line(page, 2, "steps:");
    for step in &escalation.steps {
        let targets: Vec<String> = step.notify.iter().map(target).collect();
        line(page, 3, &format!("- notify: [{}]", targets.join(", ")));
        line(page, 4, &format!("wait: {}", length(step.wait)));
    }
}

fn target(target: &Target) -> String {
    match target {
        Target::Person(person) => format!("{{ person: {} }}", quoted(person.as_str())),
        Target::Schedule(schedule) => format!("{{ schedule: {} }}", quoted(schedule.as_str())),
        Target::Ahead { schedule, turns } => {
            format!("{{ ahead: {turns}, schedule: {} }}", quoted(schedule.as_str()))
        }
        Target::Everyone => "everyone".to_owned(),
    }
}

fn length(span: TimeDelta) -> String {
    format!("{}s", span.num_seconds())
}

/// A text between double quotes; YAML reads them as JSON does.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            // What an editor or a reader may take for a break or the mark of an encoding.
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{85}' => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_are_written_as_pages_that_read_as_the_same() {
        for page in [include_str!("../../roster.example.yaml"), include_str!("../../roster.full.example.yaml")] {
            let roster = Roster::parse(page, "example").unwrap();
            let written = roster.to_yaml();
            let again = Roster::parse(&written, "written").unwrap();
            assert_eq!(again, roster, "{written}");
            assert_eq!(again.to_yaml(), written);
        }
    }
}
