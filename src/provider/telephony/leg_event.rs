//! What happened to a call that waits for another or is joined to one: the leg's own events, in strict shapes as all others.

use super::event::{EventError, Events, caller, filled, id, instant, number, phone, required};
use super::form::Params;
use super::status::{AnsweredBy, CallStatus, ConferenceStep, DialStatus, QueueResult, RecordingStatus};
use crate::clock::Instant;
use crate::phone::Phone;

/// The most characters of a queue's or conference's name (the provider's own bound for queues).
pub const MAX_NAME_CHARACTERS: usize = 64;

/// A call of ours was picked up, by whom or whatever: its document is asked for. Also the request for what the called one hears
/// before being joined ([`crate::flow::Far::Number`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The provider's id.
    pub provider_call: String,
    /// The call that dialled this one, where a document did.
    pub parent: Option<String>,
    /// Who was called.
    pub to: Phone,
    /// Who they see, if it is a number.
    pub from: Option<Phone>,
    /// How the call fares.
    pub status: CallStatus,
    /// Who or what picked up, where that was asked.
    pub answered_by: Option<AnsweredBy>,
}

/// A call waits in a queue: what it hears meanwhile is asked for. Also the request for what it hears before being joined
/// ([`crate::flow::Far::Queue`]); then [`Self::taken_by`] is who takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The provider's id of the call.
    pub provider_call: String,
    /// The provider's id of the queue.
    pub queue: String,
    /// How long it waits by now, in whole seconds.
    pub seconds: Option<u32>,
    /// Its place in the queue, from 1.
    pub position: Option<u32>,
    /// How long calls wait there by now, on average, in whole seconds.
    pub average_seconds: Option<u32>,
    /// How many calls wait there.
    pub size: Option<u32>,
    /// The provider's id of the call it is about to be joined to.
    pub taken_by: Option<String>,
}

/// A call left a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLeft {
    /// The provider's id of the call.
    pub provider_call: String,
    /// The provider's id of the queue, where it got in.
    pub queue: Option<String>,
    /// How it left.
    pub result: QueueResult,
    /// How long it waited, in whole seconds.
    pub seconds: Option<u32>,
    /// The caller is gone: nobody hears the next document.
    pub hung_up: bool,
}

/// Joining a call to another is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialEnded {
    /// The provider's id of the call that was to be joined.
    pub provider_call: String,
    /// The provider's id of the other one, where there was one.
    pub other: Option<String>,
    /// How it ended.
    pub status: DialStatus,
    /// How long they were joined, in whole seconds.
    pub seconds: Option<u32>,
    /// Whether they could hear each other, where the provider says.
    pub bridged: Option<bool>,
    /// What was recorded: its id and where the provider keeps it, below our account.
    pub recording: Option<(String, String)>,
    /// The call itself is over: nobody hears the next document.
    pub hung_up: bool,
}

/// Something happened in a conference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConferenceEvent {
    /// The provider's id of the conference.
    pub conference: String,
    /// Its name, ours.
    pub name: String,
    /// What happened.
    pub step: ConferenceStep,
    /// The provider's id of the call it happened to, where it is about one.
    pub provider_call: Option<String>,
    /// The report's place in their order, from 1.
    pub sequence: Option<u32>,
    /// When, by the provider's clock, to the second.
    pub at: Option<Instant>,
}

/// A report on the recording of a conference: it names no call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConferenceRecording {
    /// The provider's id of the conference.
    pub conference: String,
    /// The provider's id of the recording.
    pub id: String,
    /// Where the provider keeps it, below our account; `None` when there is none.
    pub url: Option<String>,
    /// How it fares.
    pub status: RecordingStatus,
    /// Its length in whole seconds.
    pub seconds: Option<u32>,
}

impl Events {
    /// Reads the request for the first document of a call of ours, or of a number that a document dialled.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn answered(&self, params: &Params) -> Result<Answered, EventError> {
        let status = required(params, "CallStatus")?;
        Ok(Answered {
            provider_call: self.call(params)?,
            parent: self.other_call(params, "ParentCallSid")?,
            to: phone(params, "To")?,
            from: params.get("From").and_then(caller),
            status: CallStatus::from_word(status).ok_or(EventError::Shape("CallStatus"))?,
            // A word we do not know is a provider that cannot tell: the person on the line is asked anyway.
            answered_by: filled(params, "AnsweredBy")
                .map(|word| AnsweredBy::from_word(word).unwrap_or(AnsweredBy::Unknown)),
        })
    }

    /// Reads the request for what a waiting call hears.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn waiting(&self, params: &Params) -> Result<Waiting, EventError> {
        Ok(Waiting {
            provider_call: self.call(params)?,
            queue: id(params, "QueueSid", self.dialect.queues)?,
            seconds: number(params, "QueueTime"),
            position: number(params, "QueuePosition"),
            average_seconds: number(params, "AvgQueueTime"),
            size: number(params, "CurrentQueueSize"),
            // The provider's own spelling.
            taken_by: self.other_call(params, "DequeingCallSid")?,
        })
    }

    /// Reads the request that ends [`crate::flow::Verb::Enqueue`].
    ///
    /// # Errors
    /// [`EventError`].
    pub fn queue_left(&self, params: &Params) -> Result<QueueLeft, EventError> {
        let result = required(params, "QueueResult")?;
        let result = QueueResult::from_word(result).ok_or(EventError::Shape("QueueResult"))?;
        let queue = filled(params, "QueueSid").map(|_| id(params, "QueueSid", self.dialect.queues)).transpose()?;
        Ok(QueueLeft {
            provider_call: self.call(params)?,
            queue,
            result,
            seconds: number(params, "QueueTime"),
            hung_up: result == QueueResult::Hangup || is_over(params),
        })
    }

    /// Reads the request that ends [`crate::flow::Verb::Bridge`].
    ///
    /// # Errors
    /// [`EventError`].
    pub fn dial_ended(&self, params: &Params) -> Result<DialEnded, EventError> {
        let status = required(params, "DialCallStatus")?;
        let recording = filled(params, "RecordingUrl").map(|url| Ok((self.recording_at(url, params)?, url.to_owned())));
        Ok(DialEnded {
            provider_call: self.call(params)?,
            other: self.other_call(params, "DialCallSid")?,
            status: DialStatus::from_word(status).ok_or(EventError::Shape("DialCallStatus"))?,
            seconds: number(params, "DialCallDuration"),
            bridged: filled(params, "DialBridged").and_then(|word| word.parse().ok()),
            recording: recording.transpose()?,
            hung_up: is_over(params),
        })
    }

    /// Reads a report on a conference.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn conference_event(&self, params: &Params) -> Result<ConferenceEvent, EventError> {
        let step = required(params, "StatusCallbackEvent")?;
        let name = required(params, "FriendlyName")?;
        if !is_name(name) {
            return Err(EventError::Shape("FriendlyName"));
        }
        Ok(ConferenceEvent {
            conference: id(params, "ConferenceSid", self.dialect.conferences)?,
            name: name.to_owned(),
            step: ConferenceStep::from_word(step).ok_or(EventError::Shape("StatusCallbackEvent"))?,
            provider_call: self.other_call(params, "CallSid")?,
            sequence: number(params, "SequenceNumber"),
            at: params.get("Timestamp").and_then(instant),
        })
    }

    /// Reads a report on the recording of a conference: it names no call.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn conference_recording(&self, params: &Params) -> Result<ConferenceRecording, EventError> {
        let status = required(params, "RecordingStatus")?;
        let url = filled(params, "RecordingUrl");
        if let Some(url) = url {
            self.recording_at(url, params)?;
        }
        Ok(ConferenceRecording {
            conference: id(params, "ConferenceSid", self.dialect.conferences)?,
            id: id(params, "RecordingSid", self.dialect.recordings)?,
            url: url.map(str::to_owned),
            status: RecordingStatus::from_word(status).ok_or(EventError::Shape("RecordingStatus"))?,
            seconds: number(params, "RecordingDuration"),
        })
    }

    /// The id of a call that may be absent, but not misshapen.
    fn other_call(&self, params: &Params, name: &'static str) -> Result<Option<String>, EventError> {
        filled(params, name).map(|_| id(params, name, self.dialect.calls)).transpose()
    }
}

/// Whether the call that the request is about has ended.
fn is_over(params: &Params) -> bool {
    params.get("CallStatus").and_then(CallStatus::from_word).is_some_and(CallStatus::is_final)
}

/// Whether `name` may name a queue or a conference: up to 64 letters, digits, `-`, `_`, `.` or `:`. Our ids fit; a person's
/// name or number does not belong there, the provider shows these names.
pub(super) fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=MAX_NAME_CHARACTERS).contains(&name.len()) && name.bytes().all(plain)
}

#[cfg(test)]
#[path = "leg_event_tests.rs"]
mod tests;
