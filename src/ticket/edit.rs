//! Changes of a ticket's fields, as whoever wants them writes them: a JSON merge patch (RFC 7396).

use serde::{Deserialize, Deserializer};

use super::{Edit, Ticket, TicketField, TicketKind};
use crate::phone::Phone;
use crate::sla::Severity;

/// What becomes of a field that may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Nothing: it is not named.
    #[default]
    Keep,
    /// It is empty from now on: `null`.
    Clear,
    /// It is this.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            Some(value) => Self::Set(value),
            None => Self::Clear,
        })
    }
}

/// Changes of a ticket's fields. What is not named stays as it is.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TicketEdit {
    /// What whoever made it calls it.
    pub external_id: Patch<String>,
    /// What it is about.
    #[serde(deserialize_with = "given")]
    pub kind: Option<TicketKind>,
    /// How bad it is: the promise is reckoned anew from the same start.
    #[serde(deserialize_with = "given")]
    pub severity: Option<Severity>,
    /// The institution's code.
    pub institution: Patch<String>,
    /// The affected service's id.
    pub service: Patch<String>,
    /// One line.
    #[serde(deserialize_with = "given")]
    pub subject: Option<String>,
    /// Plain text.
    #[serde(deserialize_with = "given")]
    pub body: Option<String>,
    /// Who asked.
    pub requester: RequesterEdit,
}

/// Changes of who asked.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequesterEdit {
    /// Their name.
    pub name: Patch<String>,
    /// Their address for e-mail.
    pub email: Patch<String>,
    /// Their number, E.164.
    pub phone: Patch<Phone>,
}

/// A value, which is not `null`: what a ticket must have cannot be taken away.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl TicketEdit {
    /// Does it to `ticket`; the fields that are otherwise now.
    pub fn apply(self, ticket: &mut Ticket) -> Vec<Edit> {
        use TicketField as F;
        let mut edits = Vec::new();
        let mut note = |field: F, before: Option<String>, after: Option<String>| {
            if before != after {
                let (before, after) = if field.is_personal() { (None, None) } else { (before, after) };
                edits.push(Edit { field, before, after });
            }
        };
        note(F::ExternalId, ticket.external_id.clone(), put(&mut ticket.external_id, self.external_id));
        if let Some(kind) = self.kind {
            note(F::Kind, Some(ticket.kind.to_string()), Some(kind.to_string()));
            ticket.kind = kind;
        }
        if let Some(severity) = self.severity {
            note(F::Severity, Some(ticket.severity.to_string()), Some(severity.to_string()));
            ticket.severity = severity;
        }
        note(F::Institution, ticket.institution.clone(), put(&mut ticket.institution, self.institution));
        note(F::Service, ticket.service.clone(), put(&mut ticket.service, self.service));
        for (field, text, new) in
            [(F::Subject, &mut ticket.subject, self.subject), (F::Body, &mut ticket.body, self.body)]
        {
            if let Some(new) = new {
                let before = std::mem::replace(text, new);
                note(field, Some(before), Some(text.clone()));
            }
        }
        let who = &mut ticket.requester;
        note(F::RequesterName, who.name.clone(), put(&mut who.name, self.requester.name));
        note(F::RequesterEmail, who.email.clone(), put(&mut who.email, self.requester.email));
        let number = |phone: Option<Phone>| phone.map(String::from);
        note(F::RequesterPhone, number(who.phone.clone()), number(put(&mut who.phone, self.requester.phone)));
        edits
    }

    /// Whether it touches what an incident owns of its ticket: everything but who asked.
    #[must_use]
    pub fn touches_case(&self) -> bool {
        let Self { external_id, kind, severity, institution, service, subject, body, requester: _ } = self;
        let texts = [external_id, institution, service].into_iter().any(|patch| *patch != Patch::Keep);
        texts || kind.is_some() || severity.is_some() || subject.is_some() || body.is_some()
    }
}

/// Patches `field`; what it is then.
fn put<T: Clone>(field: &mut Option<T>, patch: Patch<T>) -> Option<T> {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *field = None,
        Patch::Set(value) => *field = Some(value),
    }
    field.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::record::tests::ticket;

    fn read(text: &str) -> TicketEdit {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_not_named_stays_and_what_is_null_goes() {
        let mut changed = ticket();
        assert_eq!(read("{}").apply(&mut changed), []);
        assert_eq!(changed, ticket());
        let edit = read(
            r#"{"external_id": null, "severity": "general", "subject": "Otra cosa",
                "requester": {"phone": null, "email": "otra@example.gob.do"}}"#,
        );
        assert!(edit.touches_case());
        let edits = edit.apply(&mut changed);
        let fields: Vec<&str> = edits.iter().map(|edit| edit.field.as_str()).collect();
        assert_eq!(fields, ["external_id", "severity", "subject", "requester.email", "requester.phone"]);
        assert_eq!(edits[1].before.as_deref(), Some("major"));
        assert_eq!(edits[1].after.as_deref(), Some("general"));
        for personal in edits.iter().filter(|edit| edit.field.is_personal()) {
            assert_eq!((&personal.before, &personal.after), (&None, &None));
        }
        assert_eq!((changed.external_id, changed.requester.phone), (None, None));
        assert_eq!(changed.requester.name, ticket().requester.name);
        assert_eq!(changed.institution.as_deref(), Some("MAP"));
    }

    #[test]
    fn the_same_again_is_no_change() {
        let mut changed = ticket();
        let same = r#"{"kind": "incident", "severity": "major", "institution": "MAP", "body": "Desde las ocho."}"#;
        assert_eq!(read(same).apply(&mut changed), []);
        assert!(!read(r#"{"requester": {"name": "Marta"}}"#).touches_case());
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        let nulls = [r#"{"subject": null}"#, r#"{"body": null}"#, r#"{"kind": null}"#, r#"{"requester": null}"#];
        let strange = [r#"{"state": "open"}"#, r#"{"severity": "urgent"}"#, r#"{"subject": 5}"#];
        for text in nulls.into_iter().chain(strange) {
            assert!(serde_json::from_str::<TicketEdit>(text).is_err(), "{text}");
        }
    }
}
