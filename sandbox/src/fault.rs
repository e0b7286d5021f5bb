//! What may go wrong on purpose, each by its name.

use std::collections::BTreeMap;

use chrono::TimeDelta;

/// The faults in force. [`Faults::default`] is a network where nothing goes wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "faults that have nothing to do with each other")]
pub struct Faults {
    /// Every webhook is delivered twice, one after the other, under the same idempotency token; the first answer counts.
    pub duplicate_every_webhook: bool,
    /// Every webhook carries a signature made with another secret.
    pub wrong_signature: bool,
    /// Every signature is made over the address with its port written the other way: left out where it stands, written where
    /// it does not. Real ones come both ways.
    pub other_port: bool,
    /// The REST API answers every request with HTTP 503, and does nothing.
    pub api_away: bool,
    /// Every webhook carries a parameter that nobody was told of, as when the provider adds one.
    pub unknown_parameter: bool,
    /// Numbers at which machine detection finds something else than who picked up, and how long it takes.
    pub detections: BTreeMap<String, (Detected, TimeDelta)>,
    /// Every order that changes a live call (another document, its end) is refused with this code, and nothing happens.
    pub call_changes: Option<u32>,
    /// How long every webhook is on its way before it leaves.
    pub delay: TimeDelta,
    /// How callbacks about calls, recordings and conferences arrive.
    pub callbacks: Receipts,
    /// A live call that is taken elsewhere still asks for what the document left behind would have led to, 67 ms after the
    /// order, and for the new document only after 236 ms. The stale answer is not heard.
    pub stale_document: bool,
    /// How the receipts of outgoing text messages arrive.
    pub sms_receipts: Receipts,
    /// Numbers that text messages do not reach, and the provider's code. 21xxx = refused when it is sent; 30001 and 30002 =
    /// `failed`; other codes = `undelivered`.
    pub sms_failures: BTreeMap<String, u32>,
}

/// What machine detection can find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detected {
    /// A person.
    Human,
    /// A machine, while it speaks.
    MachineStart,
    /// A machine whose greeting ended with a beep.
    MachineEndBeep,
    /// A machine whose greeting ended in silence.
    MachineEndSilence,
    /// A machine whose greeting ended otherwise.
    MachineEndOther,
    /// A fax.
    Fax,
    /// It gave up.
    Unknown,
}

impl Detected {
    /// As on the wire (`AnsweredBy`).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::MachineStart => "machine_start",
            Self::MachineEndBeep => "machine_end_beep",
            Self::MachineEndSilence => "machine_end_silence",
            Self::MachineEndOther => "machine_end_other",
            Self::Fax => "fax",
            Self::Unknown => "unknown",
        }
    }
}

/// How news (receipts of a text message, callbacks of a call) arrive. What they are about is not affected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Receipts {
    /// As they happen: `sent`, then `delivered`.
    #[default]
    InOrder,
    /// The last one first.
    Reversed,
    /// In order, but this much later.
    Late(TimeDelta),
    /// Each twice, one after the other, under the same idempotency token.
    Twice,
    /// Never.
    None,
}
