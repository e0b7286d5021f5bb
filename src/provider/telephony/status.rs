//! The provider's words for how calls, messages and recordings fare, and which of two reports is the later one.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every status.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The provider's word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the provider's word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|status| status.as_str() == word)
            }
        }
    };
}

words! {
    /// How a call fares.
    CallStatus {
        /// Waiting for its turn.
        Queued = "queued",
        /// Being dialled.
        Initiated = "initiated",
        /// Ringing.
        Ringing = "ringing",
        /// Answered: by a person, a machine or voicemail.
        InProgress = "in-progress",
        /// Answered and over. Says nothing about who answered.
        Completed = "completed",
        /// The line was busy.
        Busy = "busy",
        /// Could not be connected.
        Failed = "failed",
        /// Nobody picked up.
        NoAnswer = "no-answer",
        /// Ended by us before it was answered.
        Canceled = "canceled",
    }
}

words! {
    /// How a text message fares.
    MessageStatus {
        /// Taken by a messaging service that has not chosen a sender yet.
        Accepted = "accepted",
        /// To be sent later.
        Scheduled = "scheduled",
        /// Waiting for its turn.
        Queued = "queued",
        /// Being handed to the network.
        Sending = "sending",
        /// Taken by the network. No receipt: it may still be lost.
        Sent = "sent",
        /// Delivered to some of several recipients.
        PartiallyDelivered = "partially_delivered",
        /// The network says the telephone has it.
        Delivered = "delivered",
        /// The network says the telephone did not get it.
        Undelivered = "undelivered",
        /// Could not be sent.
        Failed = "failed",
        /// Withdrawn before it was sent.
        Canceled = "canceled",
        /// The recipient opened it, where the channel tells.
        Read = "read",
        /// Coming in.
        Receiving = "receiving",
        /// Came in.
        Received = "received",
    }
}

words! {
    /// How a recording fares.
    RecordingStatus {
        /// Being recorded.
        InProgress = "in-progress",
        /// Ready to be fetched.
        Completed = "completed",
        /// There is none: nothing was said, or it was too short.
        Absent = "absent",
    }
}

words! {
    /// Who or what picked up a call of ours, as far as the provider can hear. A hint: only a key proves a person.
    AnsweredBy {
        /// A person.
        Human = "human",
        /// A machine, told at the start of its announcement.
        MachineStart = "machine_start",
        /// A machine, after its tone.
        MachineEndBeep = "machine_end_beep",
        /// A machine, after its announcement.
        MachineEndSilence = "machine_end_silence",
        /// A machine, told at the end in another way.
        MachineEndOther = "machine_end_other",
        /// A fax.
        Fax = "fax",
        /// The provider cannot tell.
        Unknown = "unknown",
    }
}

words! {
    /// How a call left a queue.
    QueueResult {
        /// It was joined to another, and that is over.
        Bridged = "bridged",
        /// It is being joined to another.
        BridgingInProcess = "bridging-in-process",
        /// The caller hung up.
        Hangup = "hangup",
        /// A document said [`crate::flow::Verb::Leave`].
        Leave = "leave",
        /// It was given another document.
        Redirected = "redirected",
        /// It was given another document while joined.
        RedirectedFromBridged = "redirected-from-bridged",
        /// It never got in: no room.
        QueueFull = "queue-full",
        /// It never got in: something in the document.
        Error = "error",
        /// It never got in: something at the provider.
        SystemError = "system-error",
    }
}

words! {
    /// How joining a call to another ended.
    DialStatus {
        /// The other side was there, and that is over.
        Completed = "completed",
        /// The other side is there and goes on elsewhere: a conference, a document.
        Answered = "answered",
        /// The line was busy.
        Busy = "busy",
        /// Nobody picked up, or nobody was in the queue in time.
        NoAnswer = "no-answer",
        /// Could not be connected.
        Failed = "failed",
        /// Ended before anybody picked up.
        Canceled = "canceled",
    }
}

words! {
    /// What happens in a conference.
    ConferenceStep {
        /// The first two are in it.
        Start = "conference-start",
        /// The last one left.
        End = "conference-end",
        /// Somebody came in.
        Join = "participant-join",
        /// Somebody left.
        Leave = "participant-leave",
    }
}

impl AnsweredBy {
    /// Whether it sounds like a machine.
    #[must_use]
    pub fn is_machine(self) -> bool {
        !matches!(self, Self::Human | Self::Unknown)
    }
}

/// The rank of a final status: no report follows it, so the first one stands.
const FINAL: u8 = 9;

impl CallStatus {
    /// Whether `incoming` is news for a call that stands at `self`. Reports arrive late, twice and in any order; a call
    /// never goes back, and the first end stands.
    #[must_use]
    pub fn advances_to(self, incoming: Self) -> bool {
        incoming.rank() > self.rank()
    }

    /// Whether the call is over.
    #[must_use]
    pub fn is_final(self) -> bool {
        self.rank() == FINAL
    }

    /// The status' place in a call's life; all ends share the last.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Initiated => 1,
            Self::Ringing => 2,
            Self::InProgress => 3,
            Self::Completed | Self::Busy | Self::Failed | Self::NoAnswer | Self::Canceled => FINAL,
        }
    }
}

impl MessageStatus {
    /// Whether `incoming` is news for a message that stands at `self`. A message never goes back, and the first end stands:
    /// what was done about it (the next contact is tried) is not undone. Only "read" adds something to "delivered".
    #[must_use]
    pub fn advances_to(self, incoming: Self) -> bool {
        match (self, incoming) {
            (Self::Delivered, Self::Read) => true,
            _ => incoming.rank() > self.rank(),
        }
    }

    /// Whether nothing further is to be expected but, perhaps, [`Self::Read`].
    #[must_use]
    pub fn is_final(self) -> bool {
        self.rank() == FINAL
    }

    fn rank(self) -> u8 {
        match self {
            Self::Accepted | Self::Scheduled | Self::Receiving => 0,
            Self::Queued => 1,
            Self::Sending => 2,
            Self::Sent => 3,
            Self::PartiallyDelivered => 4,
            Self::Delivered | Self::Undelivered | Self::Failed | Self::Canceled | Self::Read | Self::Received => FINAL,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for status in CallStatus::ALL {
            assert_eq!(CallStatus::from_word(status.as_str()), Some(*status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        for status in MessageStatus::ALL {
            assert_eq!(MessageStatus::from_word(status.as_str()), Some(*status));
        }
        assert_eq!(CallStatus::from_word("in-progres"), None);
        assert_eq!(RecordingStatus::from_word("absent"), Some(RecordingStatus::Absent));
    }

    #[test]
    fn only_what_sounds_like_a_machine_is_one() {
        let people: Vec<_> = AnsweredBy::ALL.iter().filter(|who| !who.is_machine()).map(|who| who.as_str()).collect();
        assert_eq!(people, ["human", "unknown"]);
        assert_eq!(QueueResult::from_word("redirected-from-bridged"), Some(QueueResult::RedirectedFromBridged));
        assert_eq!(DialStatus::from_word("no-answer"), Some(DialStatus::NoAnswer));
        assert_eq!(ConferenceStep::from_word("participant-mute"), None);
    }

    #[test]
    fn what_is_news() {
        use MessageStatus::{Accepted, Delivered, Failed, Queued, Read, Sent, Undelivered};
        for (current, incoming, news) in [
            (Accepted, Queued, true),
            (Sent, Queued, false),
            (Sent, Sent, false),
            (Sent, Delivered, true),
            (Queued, Undelivered, true),
            (Undelivered, Delivered, false),
            (Delivered, Undelivered, false),
            (Delivered, Read, true),
            (Read, Delivered, false),
            (Failed, Read, false),
        ] {
            assert_eq!(current.advances_to(incoming), news, "{current:?} -> {incoming:?}");
        }
        assert!(CallStatus::Ringing.advances_to(CallStatus::InProgress));
        assert!(!CallStatus::InProgress.advances_to(CallStatus::Ringing));
        assert!(!CallStatus::Completed.advances_to(CallStatus::NoAnswer));
    }

    fn folded(first: CallStatus, reports: &[CallStatus]) -> CallStatus {
        reports.iter().fold(first, |current, report| if current.advances_to(*report) { *report } else { current })
    }

    proptest! {
        #[test]
        fn in_any_order_and_repeated_a_call_ends_where_it_ended(
            mut reports in prop::collection::vec(prop::sample::select(&CallStatus::ALL[..4]), 0..9),
            end in prop::sample::select(&CallStatus::ALL[4..]),
            at in any::<prop::sample::Index>(),
        ) {
            reports.insert(at.index(reports.len() + 1), end);
            prop_assert_eq!(folded(CallStatus::Queued, &reports), end);
        }

        #[test]
        fn news_goes_one_way(
            one in prop::sample::select(MessageStatus::ALL),
            other in prop::sample::select(MessageStatus::ALL),
        ) {
            prop_assert!(!(one.advances_to(other) && other.advances_to(one)));
            prop_assert!(!one.advances_to(one));
        }
    }
}
