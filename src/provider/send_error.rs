//! How a send failed, whatever the channel: what to do about it, and what the log may say.

use std::fmt;
use std::time::Duration;

use super::failure::Class;
use super::http::Fault;

/// A message or a call that the other side did not take, or may not have taken. Holds nothing personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not sent ({}): {cause}", class.as_str())]
pub struct SendError {
    /// What to do about it.
    pub class: Class,
    /// The provider's code.
    pub code: Option<u32>,
    /// How it failed, for the log.
    pub cause: Cause,
    /// How long the other side asks us to wait before the next try. A hint, bounded by [`MAX_WAIT`](super::http::MAX_WAIT).
    pub wait: Option<Duration>,
}

/// How a send failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There was no usable answer. It may have been taken: send again under the same key.
    Fault(Fault),
    /// The other side refused, with this HTTP or SMTP status.
    Refused(u16),
    /// The other side said yes, but named nothing it took. It may have been taken.
    Unreadable,
    /// What was to be sent is empty, too long or misshapen: nobody would take it.
    Content,
}

impl SendError {
    /// An error of `class` without a code.
    pub(super) fn new(class: Class, cause: Cause) -> Self {
        Self { class, code: None, cause, wait: None }
    }

    /// A yes that names nothing.
    pub(super) const UNREADABLE: Self = Self { class: Class::Retry, code: None, cause: Cause::Unreadable, wait: None };

    /// Whether another try may have a better end.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.class == Class::Retry && self.cause != Cause::Fault(Fault::TooLarge)
    }

    /// Something that nobody would take.
    pub(super) const CONTENT: Self =
        Self { class: Class::Configuration, code: None, cause: Cause::Content, wait: None };
}

impl From<Fault> for SendError {
    fn from(fault: Fault) -> Self {
        let class = match fault {
            Fault::Request | Fault::Forbidden | Fault::Insecure => Class::Configuration,
            Fault::Unreachable | Fault::Timeout | Fault::Broken | Fault::TooLarge => Class::Retry,
        };
        Self::new(class, Cause::Fault(fault))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Refused(status) => write!(f, "refused with status {status}"),
            Self::Unreadable => f.write_str("the answer names nothing that was taken"),
            Self::Content => f.write_str("the content is empty, too long or misshapen"),
        }
    }
}
