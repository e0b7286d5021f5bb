//! How a ticket store failed us: what may have happened there, and what to do about it.

use std::time::Duration;

use crate::provider::http::Fault;

/// An exchange with a ticket store that did not do what it should. Holds nothing personal and no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Trouble {
    /// What to do about it.
    pub verdict: Verdict,
    /// What happened, for the log, the list of dead letters and people.
    pub what: String,
    /// How long the store asks us to wait.
    pub wait: Option<Duration>,
}

/// What to do about a [`Trouble`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The store was not reached: nothing happened there. Try again later, and leave it alone meanwhile.
    Away,
    /// The store may have acted, or not: look before anything is repeated.
    Unknown,
    /// The store is there and asks for patience, or was busy with the same ticket: nothing happened there.
    Busy,
    /// The store refused, and will again: a person must mend something.
    Refused,
}

impl Trouble {
    /// A refusal that stays one until a person mends what `what` says.
    #[must_use]
    pub fn refused(what: impl Into<String>) -> Self {
        Self { verdict: Verdict::Refused, what: what.into(), wait: None }
    }

    /// An answer that cannot be read where `doing` was asked for: the store may have acted.
    #[must_use]
    pub fn unreadable(doing: &str) -> Self {
        Self { verdict: Verdict::Unknown, what: format!("{doing}: the answer cannot be read"), wait: None }
    }

    /// No answer to `doing`.
    #[must_use]
    pub fn fault(doing: &str, fault: Fault) -> Self {
        let verdict = match fault {
            Fault::Unreachable => Verdict::Away,
            Fault::Timeout | Fault::Broken | Fault::TooLarge => Verdict::Unknown,
            Fault::Request | Fault::Forbidden | Fault::Insecure => Verdict::Refused,
        };
        Self { verdict, what: format!("{doing}: {fault}"), wait: None }
    }

    /// A status that is no success, in answer to `doing`. `mend` says what a person can do where it is a refusal.
    #[must_use]
    pub fn status(doing: &str, status: u16, wait: Option<Duration>, mend: &str) -> Self {
        let verdict = match status {
            // Not begun (RFC 9110, sections 15.5.9 and 15.5.13; RFC 6585, section 4): too slow, changed meanwhile, too often.
            408 | 409 | 412 | 423 | 425 | 429 => Verdict::Busy,
            // Whoever stands before the store cannot know what the store did.
            500..=599 => Verdict::Unknown,
            _ => Verdict::Refused,
        };
        let what = match verdict {
            Verdict::Refused if !mend.is_empty() => format!("{doing}: refused with status {status}: {mend}"),
            _ => format!("{doing}: status {status}"),
        };
        Self { verdict, what, wait }
    }

    /// Whether the store surely did nothing.
    #[must_use]
    pub fn did_not_act(&self) -> bool {
        !matches!(self.verdict, Verdict::Unknown)
    }

    /// Whether another try, later, may go well without anybody mending something.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        !matches!(self.verdict, Verdict::Refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_needs_a_person_and_only_doubt_needs_a_search() {
        for (status, verdict) in [
            (400, Verdict::Refused),
            (401, Verdict::Refused),
            (403, Verdict::Refused),
            (404, Verdict::Refused),
            (408, Verdict::Busy),
            (412, Verdict::Busy),
            (429, Verdict::Busy),
            (302, Verdict::Refused),
            (500, Verdict::Unknown),
            (503, Verdict::Unknown),
        ] {
            assert_eq!(Trouble::status("create", status, None, "look").verdict, verdict, "{status}");
        }
        assert!(Trouble::fault("create", Fault::Unreachable).did_not_act());
        assert!(!Trouble::fault("create", Fault::Timeout).did_not_act());
        assert!(!Trouble::unreadable("create").did_not_act());
    }
}
