//! What a roster's page may say and what will hurt some night nevertheless.

use chrono::TimeDelta;

use super::{Address, Person, Roster, Schedule, Target};
use crate::sla::Severity;

impl Roster {
    /// What is allowed but will hurt some night, a sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.supervisors().next().is_none() {
            warnings
                .push("Nobody is a supervisor: when nobody answers, nobody is told. Add 'supervisor: true'.".into());
        }
        for schedule in &self.schedules {
            if schedule.regulars() < 2 {
                let what = self.title(schedule);
                warnings.push(format!("{what} has one person: nobody follows when they do not answer."));
            }
            let lost = schedule.overrides.iter().filter(|change| {
                schedule
                    .shifts
                    .iter()
                    .any(|shift| shift.span.from <= change.span.from && change.span.to <= shift.span.to)
            });
            let lost = lost.count();
            if lost > 0 {
                let what = self.title(schedule);
                warnings.push(format!("{what} has {lost} of its overrides within a shift, where they change nothing."));
            }
        }
        if self.schedules.len() > 1 && self.escalations.is_empty() {
            let usual = self.usual();
            warnings.push(format!("There are several schedules and no 'escalation': only '{usual}' is ever asked."));
        }
        for (place, person) in self.people.iter().enumerate() {
            if !person.supervisor && !self.is_asked(place, person) {
                warnings.push(format!("{} ({}) is never on duty.", person.name, person.id));
            }
            warnings.extend(hard_to_reach(person));
        }
        warnings
    }

    fn title(&self, schedule: &Schedule) -> String {
        match (self.schedules.len(), schedule.layers.as_slice()) {
            (1, [layer]) if layer.name.is_none() => "The rotation".to_owned(),
            _ => format!("Schedule '{}'", schedule.id),
        }
    }

    /// Whether a schedule or an escalation names the person.
    fn is_asked(&self, place: usize, person: &Person) -> bool {
        let targets = self.escalations.iter().flat_map(|escalation| &escalation.steps).flat_map(|step| &step.notify);
        let mut named = targets.filter(|target| match target {
            Target::Person(id) => *id == person.id,
            Target::Everyone => true,
            Target::Schedule(_) | Target::Ahead { .. } => false,
        });
        self.schedules.iter().any(|schedule| schedule.everybody().contains(&place)) || named.next().is_some()
    }
}

fn hard_to_reach(person: &Person) -> Vec<String> {
    let who = format!("{} ({})", person.name, person.id);
    let mut warnings = Vec::new();
    let first = person.rules(Severity::Critical).first().map(|rule| rule.after);
    if first.is_none_or(|after| after > TimeDelta::zero()) {
        warnings.push(format!("{who} is told of nothing at once: give a contact of 'notify' no delay."));
    }
    let open = person.contacts.iter().filter(|contact| match &contact.address {
        Address::Webhook(webhook) => webhook.url.is_open(),
        Address::Sms(_) | Address::Voice(_) | Address::Email(_) => false,
    });
    for contact in open {
        warnings.push(format!("The webhook '{}' of {who} can be read on the way: write https.", contact.id));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../roster.example.yaml");

    #[test]
    fn what_will_hurt_some_night_is_said() {
        let text = EXAMPLE.replace("supervisor: true", "supervisor: false").replace("[ana, luis, carmen]", "[ana]");
        let warnings = Roster::parse(&text, "r.yaml").unwrap().warnings();
        let starts: Vec<&str> = warnings.iter().map(|warning| warning.split_once(' ').unwrap().0).collect();
        assert_eq!(starts, ["Nobody", "The", "Carmen", "Marta"]);
    }

    #[test]
    fn who_is_told_late_or_in_the_open_is_said() {
        let text = EXAMPLE.replace(
            "phone: \"+18095550102\"",
            "contacts: [{ id: desk, voice: \"+18095550102\" }, { id: chat, webhook: \"http://example.org/x\" }]
    notify: { all: [{ contact: desk, after: 1m }] }",
        );
        let warnings = Roster::parse(&text, "r.yaml").unwrap().warnings();
        assert_eq!(
            warnings,
            [
                "Luis Peña (luis) is told of nothing at once: give a contact of 'notify' no delay.",
                "The webhook 'chat' of Luis Peña (luis) can be read on the way: write https.",
            ]
        );
    }
}
