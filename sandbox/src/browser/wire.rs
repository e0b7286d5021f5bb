//! What a page and its session say to each other. Words are JSON; sound is binary: a byte for the telephone (0 the caller's,
//! 1 the staff's), one for the kind (0 live, 1 from a file), then samples of 16 bits, the low byte first, 8000 a second.

use serde::{Deserialize, Serialize};

use crate::set::SetState;
use crate::sound::Frame;
use crate::transcript::What;

/// One of the two telephones of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Which {
    Caller,
    Staff,
}

/// What the person does.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Order {
    pub set: Which,
    #[serde(flatten)]
    pub act: Act,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(super) enum Act {
    Renumber { number: String },
    Dial,
    Answer,
    Decline,
    HangUp,
    Press { keys: String },
    Say { words: String },
    Sms { text: String },
}

/// What the page is told.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Told<'t> {
    /// The first words: the number that is called, and whether words are spoken.
    Welcome { line: &'t str, speaks: bool },
    /// What a telephone does now.
    State { set: Which, state: &'static str, number: &'t str, other: Option<String>, last: Option<&'static str> },
    /// What the person on it heard, pressed, sent, received.
    Entry { set: Which, what: &'static str, text: &'t str },
    /// An order that could not be followed.
    Refused { set: Which },
}

/// Sound of a page: which telephone, whether it is live, and the samples.
pub(super) fn sound(message: &[u8]) -> Option<(Which, bool, Vec<i16>)> {
    let [set, kind, samples @ ..] = message else { return None };
    let set = match set {
        0 => Which::Caller,
        1 => Which::Staff,
        _ => return None,
    };
    let (pairs, rest) = samples.as_chunks::<2>();
    (*kind <= 1 && rest.is_empty())
        .then(|| (set, *kind == 0, pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect()))
}

/// A frame for a page.
pub(super) fn frame(set: Which, frame: &Frame) -> Vec<u8> {
    let mut message = vec![u8::from(set == Which::Staff), 0];
    message.extend(frame.0.iter().flat_map(|sample| sample.to_le_bytes()));
    message
}

pub(super) fn state(state: SetState) -> &'static str {
    match state {
        SetState::OnHook => "on_hook",
        SetState::Calling => "calling",
        SetState::Ringing => "ringing",
        SetState::Talking => "talking",
    }
}

pub(super) fn what(what: What) -> &'static str {
    match what {
        What::Dials => "dials",
        What::Rings => "rings",
        What::Answers => "answers",
        What::Hears => "hears",
        What::HearsPart => "hears_part",
        What::Presses => "presses",
        What::Says => "says",
        What::HangsUp => "hangs_up",
        What::Over => "over",
        What::SendsSms => "sends_sms",
        What::ReceivesSms => "receives_sms",
        What::Note => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_and_what_is_none_is_refused() {
        let read = |text: &str| serde_json::from_str::<Order>(text);
        let order = read(r#"{"set": "staff", "act": "sms", "text": "4821A"}"#).unwrap();
        assert_eq!(order, Order { set: Which::Staff, act: Act::Sms { text: "4821A".to_owned() } });
        assert_eq!(read(r#"{"set": "caller", "act": "hang_up"}"#).unwrap().act, Act::HangUp);
        for text in [r#"{"act": "dial"}"#, r#"{"set": "other", "act": "dial"}"#, r#"{"set": "caller", "act": "press"}"#]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sound_is_whole_samples_of_a_telephone() {
        assert_eq!(sound(&[1, 0, 1, 0, 0xff, 0xff]), Some((Which::Staff, true, vec![1, -1])));
        assert_eq!(sound(&[0, 1]), Some((Which::Caller, false, vec![])));
        for message in [&[][..], &[0], &[2, 0, 1, 0], &[0, 2, 1, 0], &[0, 0, 1]] {
            assert_eq!(sound(message), None, "{message:?}");
        }
        let message = frame(Which::Staff, &Frame([-2; crate::sound::FRAME]));
        assert_eq!(sound(&message), Some((Which::Staff, true, vec![-2; 160])));
    }
}
