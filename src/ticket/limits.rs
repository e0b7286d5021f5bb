//! How long things of a ticket may be, and of what they may be made. Everything of it may come from outside.

use std::fmt;

use super::{Requester, Ticket};
use crate::incident::CaseNumber;

/// Characters of a subject at most.
pub const LONGEST_SUBJECT: usize = 200;
/// Characters of a body or a comment at most.
pub const LONGEST_TEXT: usize = 20_000;
/// Characters of a note on a change of state at most.
pub const LONGEST_NOTE: usize = 500;
/// Characters of a name at most: a person's, or a file's.
pub const LONGEST_NAME: usize = 200;
/// Characters at most of an external id, and of the ids of institutions and services.
pub const LONGEST_ID: usize = 100;
/// Characters of an address for e-mail at most (RFC 5321, section 4.5.3.1.3, less its brackets).
pub const LONGEST_EMAIL: usize = 254;
/// Characters of a media type at most (RFC 6838, section 4.2, with room for a parameter).
pub const LONGEST_MEDIA: usize = 200;
/// Files on one ticket at most.
pub const MOST_ATTACHMENTS: u32 = 100;

/// What is wrong with a value, in words for whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field, with a dot for what is within the requester.
    pub field: &'static str,
    /// What it must be.
    pub what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.what)
    }
}

/// Everything that is wrong with a ticket; nothing when it can be kept.
#[must_use]
pub fn wrong_in(ticket: &Ticket) -> Vec<Wrong> {
    let Requester { name, email, phone: _ } = &ticket.requester;
    let mut wrong = Vec::new();
    wrong.extend(line("subject", &ticket.subject, LONGEST_SUBJECT));
    wrong.extend(text("body", &ticket.body, 0, LONGEST_TEXT));
    wrong.extend(ticket.institution.as_deref().and_then(|id| line("institution", id, LONGEST_ID)));
    wrong.extend(ticket.service.as_deref().and_then(|id| line("service", id, LONGEST_ID)));
    wrong.extend(name.as_deref().and_then(|name| line("requester.name", name, LONGEST_NAME)));
    wrong.extend(email.as_deref().filter(|email| !is_email(email)).map(|_| Wrong {
        field: "requester.email",
        what: format!("write an address such as marta@example.gob.do, up to {LONGEST_EMAIL} characters"),
    }));
    if let Some(id) = ticket.external_id.as_deref() {
        wrong.extend(line("external_id", id, LONGEST_ID));
        if !ticket.is_case() && CaseNumber::parse(id).is_ok() {
            let what = "this is how the line numbers its cases; write your own program's id".to_owned();
            wrong.push(Wrong { field: "external_id", what });
        }
    }
    wrong
}

/// What is wrong with a comment.
#[must_use]
pub fn wrong_in_comment(comment: &str) -> Option<Wrong> {
    text("text", comment, 1, LONGEST_TEXT)
}

/// What is wrong with a note on a change of state.
#[must_use]
pub fn wrong_in_note(note: &str) -> Option<Wrong> {
    text("note", note, 1, LONGEST_NOTE)
}

/// What is wrong with the name and the media type of a file.
#[must_use]
pub fn wrong_in_file(name: &str, media: &str) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    wrong.extend(line("name", name, LONGEST_NAME));
    if name.contains(['/', '\\']) || name == "." || name == ".." {
        wrong.push(Wrong { field: "name", what: "write a file's name alone, without its folder".to_owned() });
    }
    if !is_media(media) {
        wrong.push(Wrong { field: "media", what: "write a media type such as audio/wav".to_owned() });
    }
    wrong
}

/// A text of one line, without space around it.
fn line(field: &'static str, text: &str, longest: usize) -> Option<Wrong> {
    let length = text.chars().count();
    let fits = (1..=longest).contains(&length) && text.trim() == text && !text.chars().any(char::is_control);
    (!fits).then(|| Wrong { field, what: format!("write one line of 1 to {longest} characters, no space around it") })
}

/// A text of several lines.
fn text(field: &'static str, text: &str, least: usize, longest: usize) -> Option<Wrong> {
    let length = text.chars().count();
    if !(least..=longest).contains(&length) || (least > 0 && text.trim().is_empty()) {
        return Some(Wrong { field, what: format!("write {least} to {longest} characters") });
    }
    let strange = text.chars().any(|character| character.is_control() && !['\n', '\r', '\t'].contains(&character));
    strange.then(|| Wrong { field, what: "write plain text, without control characters".to_owned() })
}

/// Whether it has the shape of an address; only a letter that arrives proves that it is one.
fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.rsplit_once('@') else { return false };
    let plain =
        |character: char| !character.is_whitespace() && !character.is_control() && !"<>,;\"".contains(character);
    let labels = host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    text.chars().count() <= LONGEST_EMAIL
        && !user.is_empty()
        && !user.contains('@')
        && host.contains('.')
        && labels
        && text.chars().all(plain)
}

/// Whether it has the shape of a media type (RFC 6838, section 4.2), with parameters or without.
fn is_media(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    let token = |part: &str| {
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        part.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric()) && part.bytes().all(sign)
    };
    text.len() <= LONGEST_MEDIA
        && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        && essence.split_once('/').is_some_and(|(kind, rest)| token(kind) && token(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::IncidentId;
    use crate::ticket::record::tests::ticket;

    fn fields(change: impl FnOnce(&mut Ticket)) -> Vec<&'static str> {
        let mut ticket = ticket();
        change(&mut ticket);
        wrong_in(&ticket).into_iter().map(|wrong| wrong.field).collect()
    }

    #[test]
    fn a_ticket_is_held_to_its_limits_to_the_character() {
        assert_eq!(wrong_in(&ticket()), []);
        assert_eq!(fields(|ticket| ticket.subject = "ñ".repeat(200)), [""; 0]);
        assert_eq!(fields(|ticket| ticket.subject = "ñ".repeat(201)), ["subject"]);
        for subject in ["", " ", " a", "a\nb", "a\0"] {
            assert_eq!(fields(|ticket| ticket.subject = subject.to_owned()), ["subject"], "{subject:?}");
        }
        assert_eq!(fields(|ticket| ticket.body = "🏛".repeat(20_000)), [""; 0]);
        assert_eq!(fields(|ticket| ticket.body = "🏛".repeat(20_001)), ["body"]);
        assert_eq!(fields(|ticket| ticket.body = String::new()), [""; 0]);
        assert_eq!(fields(|ticket| ticket.body = "a\r\n\tb".to_owned()), [""; 0]);
        assert_eq!(fields(|ticket| ticket.body = "a\u{1b}[2J".to_owned()), ["body"]);
        assert_eq!(
            fields(|ticket| {
                ticket.institution = Some("x".repeat(101));
                ticket.service = Some(String::new());
                ticket.requester.name = Some("\n".to_owned());
            }),
            ["institution", "service", "requester.name"]
        );
    }

    #[test]
    fn case_numbers_are_the_lines_own() {
        let number = CaseNumber::new(2026, 1).unwrap().to_string();
        assert_eq!(fields(|ticket| ticket.external_id = Some(number.clone())), ["external_id"]);
        let of_case = |ticket: &mut Ticket| {
            ticket.external_id = Some(number.clone());
            ticket.incident = Some(IncidentId(uuid::Uuid::from_u128(1)));
        };
        assert_eq!(fields(of_case), [""; 0]);
        assert_eq!(fields(|ticket| ticket.external_id = Some("12345678".to_owned())), [""; 0], "no check digit");
    }

    #[test]
    fn addresses_media_types_and_file_names_have_shapes() {
        for good in ["a@b.do", "marta.nunez+x@dgii.gov.do", "ñ@ñandú.do"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b.do", "a@", "a@b", "a@b..do", "a b@c.do", "a@b.do\n", "<a@b.do>", "a@b@c.do", "a@-b.do"]
        {
            assert!(!is_email(bad), "{bad}");
        }
        for good in ["audio/wav", "text/plain; charset=utf-8", "application/vnd.ms-excel", "image/svg+xml"] {
            assert!(is_media(good), "{good}");
        }
        for bad in ["", "audio", "/wav", "audio/", "a b/c", "text/plain\r\nX: y", "audio/wav/x"] {
            assert!(!is_media(bad), "{bad}");
        }
        assert_eq!(wrong_in_file("acta de reunión.pdf", "application/pdf"), []);
        for name in ["", "a/b", "..", "a\\b", "a\nb", " a"] {
            assert!(!wrong_in_file(name, "application/pdf").is_empty(), "{name:?}");
        }
        assert_eq!(wrong_in_comment(&"a".repeat(20_000)), None);
        for text in ["", "  \n", &"a".repeat(20_001), "a\0"] {
            assert!(wrong_in_comment(text).is_some(), "{text:?}");
        }
        assert!(wrong_in_note(&"a".repeat(501)).is_some());
    }
}
