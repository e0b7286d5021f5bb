//! The phones that the application calls: what each does when it rings.

use chrono::TimeDelta;

/// What a phone does when it is called. A phone nobody set is [`Phone::Attended`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phone {
    /// It rings until somebody answers or declines ([`crate::Network::answer`], [`crate::Network::decline`]), or time is up.
    /// What a real telephone is: whoever carries it hears of the ringing by [`crate::Network::watch`], and hears the call by
    /// [`crate::Network::plug`].
    #[default]
    Attended,
    /// A person picks up after this long.
    Answers(TimeDelta),
    /// A machine picks up after this long: whoever asked for machine detection is told so.
    Voicemail(TimeDelta),
    /// The line is busy.
    Busy,
    /// It is off: calls end unanswered, text messages come back undelivered (30003).
    SwitchedOff,
}
