//! A person who can be on duty.

use std::fmt;

use chrono::TimeDelta;

use super::{Contact, ContactId, Notify, PersonId, Rule};
use crate::language::Language;
use crate::phone::Phone;
use crate::sla::Severity;

/// A person who can be on duty or supervises those who are. `Debug` masks addresses and PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Unique in the roster.
    pub id: PersonId,
    /// As colleagues say it.
    pub name: String,
    /// The language of their pages; Spanish unless written.
    pub language: Language,
    /// Whether they are told when nobody is on duty, and when a promise breaks.
    pub supervisor: bool,
    /// The ways to reach them, in the page's order; at least one. A number belongs to one person, since it tells who
    /// answers.
    pub contacts: Vec<Contact>,
    /// What they key to prove who answers a call, when one is demanded.
    pub pin: Option<Pin>,
    /// Which contacts are tried when.
    pub notify: Notify,
    /// How long before their duty they are told of it, where that is another time than everybody's; zero = not before.
    pub handover: Option<TimeDelta>,
}

/// What a person keys to prove that they are the person: 4 to 8 digits. `Debug` masks it.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

impl Person {
    /// The number that texts reach them on: that of the first contact for texts.
    #[must_use]
    pub fn phone(&self) -> Option<&Phone> {
        self.contacts.iter().find_map(|contact| match &contact.address {
            super::Address::Sms(phone) => Some(phone),
            _ => None,
        })
    }

    /// The contact of this id.
    #[must_use]
    pub fn contact(&self, id: &ContactId) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.id == *id)
    }

    /// Which contacts are tried for an incident of this severity, each how long after the person is told of it: the
    /// earliest first, never empty.
    #[must_use]
    pub fn rules(&self, severity: Severity) -> Vec<Rule> {
        self.notify.rules(severity, &self.contacts)
    }
}

impl Pin {
    /// Reads 4 to 8 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (4..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| Self(text.to_owned()))
    }

    /// Whether these keys are the PIN; takes as long for a wrong one as for the right one.
    #[must_use]
    pub fn is(&self, keys: &str) -> bool {
        let differs = self.0.bytes().zip(keys.bytes()).fold(0, |differs, (mine, theirs)| differs | (mine ^ theirs));
        self.0.len() == keys.len() && differs == 0
    }

    /// The digits, for the page that an export writes.
    pub(super) fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_four_to_eight_digits_and_never_shown() {
        for (text, fits) in [
            ("4711", true),
            ("12345678", true),
            ("471", false),
            ("123456789", false),
            ("47a1", false),
            ("４７１１", false),
        ] {
            assert_eq!(Pin::parse(text).is_some(), fits, "{text}");
        }
        let pin = Pin::parse("4711").unwrap();
        assert_eq!(format!("{pin:?}"), "Pin(…)");
        for (keys, right) in [("4711", true), ("4712", false), ("471", false), ("47110", false), ("", false)] {
            assert_eq!(pin.is(keys), right, "{keys}");
        }
    }
}
