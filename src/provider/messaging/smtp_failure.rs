//! What a mail server's refusal means: by the step it was said at, its code (RFC 5321, section 4.2) and its enhanced status
//! (RFC 3463), where there is one.

use std::error::Error as _;
use std::io;

use lettre::transport::smtp::Error;

use crate::provider::failure::Class;
use crate::provider::http::Fault;
use crate::provider::send_error::{Cause, SendError};

/// The step of the conversation that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Connecting and greeting.
    Connection,
    /// Securing the connection.
    Encryption,
    /// User and password.
    Login,
    /// Our address.
    Sender,
    /// The recipient's address.
    Recipient,
    /// The mail itself.
    Message,
}

/// Reads a failure. What the server said besides its codes may hold addresses, and is dropped.
pub(super) fn failed(step: Step, error: &Error) -> SendError {
    let Some(code) = error.status().map(u16::from) else { return unanswered(step, error).into() };
    // The error's cause is the server's text.
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    SendError::new(class(step, code, enhanced(&text)), Cause::Refused(code))
}

fn unanswered(step: Step, error: &Error) -> Fault {
    if error.is_tls() || is_no_tls(error) {
        Fault::Insecure
    } else if error.is_timeout() {
        Fault::Timeout
    } else if error.is_client() {
        // No way to log in that both know, and the like.
        Fault::Request
    } else if matches!(step, Step::Connection | Step::Encryption) {
        Fault::Unreachable
    } else {
        Fault::Broken
    }
}

/// Whether what the other side says is no TLS, or its certificate is not to be trusted. The TLS library puts both as invalid
/// data, deep in the causes.
fn is_no_tls(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.downcast_ref::<io::Error>().is_some_and(|inner| inner.kind() == io::ErrorKind::InvalidData) {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// 4xx passes. 5xx to the recipient's address is about that address, unless the status says "policy" (5.7: relaying denied) or
/// "sender" (5.1.7, 5.1.8), which no recipient can help; a full mailbox (5.2.2) empties.
fn class(step: Step, code: u16, enhanced: Option<[u16; 3]>) -> Class {
    match (step, code, enhanced) {
        (_, 400..=499, _) | (Step::Recipient, _, Some([5, 2, 2])) => Class::Retry,
        (Step::Recipient, _, Some([5, 7, _] | [5, 1, 7 | 8])) => Class::Configuration,
        // Some tell only after the mail that the recipient does not exist, or is no more.
        (Step::Recipient, 500..=599, _) | (Step::Message, _, Some([5, 1, 1 | 2 | 3 | 6 | 10] | [5, 2, 1])) => {
            Class::ContactInvalid
        }
        // What one server takes for spam, another may not.
        (Step::Message, 500..=599, _) => Class::OtherSender,
        _ => Class::Configuration,
    }
}

/// The enhanced status that a text begins with: `5.1.1 no such user`.
fn enhanced(text: &str) -> Option<[u16; 3]> {
    let mut parts = text.split_whitespace().next()?.splitn(3, '.').map(str::parse::<u16>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(kind)), Some(Ok(subject)), Some(Ok(detail))) => Some([kind, subject, detail]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_by_step_code_and_status() {
        use Class::{Configuration, ContactInvalid, OtherSender, Retry};
        for (step, code, text, expected) in [
            (Step::Connection, 421, "4.3.2 busy", Retry),
            (Step::Connection, 554, "no", Configuration),
            (Step::Login, 535, "5.7.8 bad credentials", Configuration),
            (Step::Login, 454, "4.7.0 later", Retry),
            (Step::Sender, 550, "5.1.8 bad sender", Configuration),
            (Step::Recipient, 550, "5.1.1 no such user", ContactInvalid),
            (Step::Recipient, 550, "no such user here", ContactInvalid),
            (Step::Recipient, 553, "", ContactInvalid),
            (Step::Recipient, 554, "5.7.1 relay access denied", Configuration),
            (Step::Recipient, 550, "5.1.7 sender", Configuration),
            (Step::Recipient, 552, "5.2.2 mailbox full", Retry),
            (Step::Recipient, 450, "4.2.0 greylisted", Retry),
            (Step::Message, 552, "5.3.4 too large", OtherSender),
            (Step::Message, 550, "5.1.1 no such user", ContactInvalid),
            (Step::Message, 550, "5.1.10 no such user", ContactInvalid),
            (Step::Message, 554, "5.7.1 spam", OtherSender),
            (Step::Message, 451, "", Retry),
        ] {
            assert_eq!(class(step, code, enhanced(text)), expected, "{step:?} {code} {text}");
        }
    }

    #[test]
    fn texts_that_begin_with_no_status() {
        for text in ["", "5.1", "5.x.1 no", "user 5.1.1", "5.1.1.1 no", "5,1,1", "99999.1.1 no"] {
            assert_eq!(enhanced(text), None, "{text}");
        }
    }
}
