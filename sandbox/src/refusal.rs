//! Why the provider would not do what it was asked: the body of a REST error.

/// An error answer: HTTP status, the provider's number and words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (error {code})")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The provider's number.
    pub code: u32,
    /// What is wrong.
    pub message: String,
}

impl Refusal {
    pub(crate) fn bad(code: u32, message: impl Into<String>) -> Self {
        Self { status: 400, code, message: message.into() }
    }

    pub(crate) fn unfinished() -> Self {
        Self { status: 409, code: 20_009, message: "Cannot delete this resource before it is complete".to_owned() }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self { status: 404, code: 20_404, message: format!("The requested resource {what} was not found") }
    }
}

/// Whether `text` is a number in E.164: a plus and 7 to 15 digits, the first of them not zero.
pub(crate) fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
