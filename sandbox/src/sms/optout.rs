//! The words by which a person stops messages from a number, and takes them again.

pub(super) enum Keyword {
    Stop,
    Start,
}

/// The whole body must be the word, as at the provider; case and blanks around it do not matter.
pub(super) fn keyword(body: &str) -> Option<Keyword> {
    match body.trim().to_ascii_uppercase().as_str() {
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "OPTOUT" | "REVOKE" => Some(Keyword::Stop),
        "START" | "YES" | "UNSTOP" => Some(Keyword::Start),
        _ => None,
    }
}
