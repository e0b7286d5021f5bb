//! A telephone set: what a person does with a telephone, whatever shows it to them, a terminal or a page.

use std::collections::VecDeque;

use crate::call::{Direction, Status};
use crate::handset::{Handset, Uttered};
use crate::ids::CallSid;
use crate::network::Network;
use crate::refusal::is_e164;
use crate::sound::{Frame, frames};
use crate::time::millis;

/// The most that is said from a file at once: 5 minutes, in frames.
const LONGEST_SAID: usize = 5 * 60 * 50;
/// How long a character is when words are said without a voice, as it is for documents: 15 a second.
const CHARACTER_MS: i64 = 67;

/// What a telephone set is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SetState {
    /// Nothing.
    #[default]
    OnHook,
    /// It calls, and was not picked up yet.
    Calling,
    /// Somebody calls it.
    Ringing,
    /// It is on a call.
    Talking,
}

/// A telephone with a number, that calls one other number and can be called.
///
/// What it does is known from the network alone: [`TelephoneSet::look`] after every [notice](Network::watch).
#[derive(Debug)]
pub struct TelephoneSet {
    network: Network,
    number: String,
    line: String,
    state: SetState,
    last: Option<Status>,
    call: Option<CallSid>,
    /// Whether the call is on this telephone, and not only ringing at it.
    taken: bool,
    handset: Option<Handset>,
    /// What is said from a file, frame by frame.
    file: VecDeque<Frame>,
}

impl TelephoneSet {
    /// The telephone of `number`, which calls `line`.
    #[must_use]
    pub fn new(network: Network, number: &str, line: &str) -> Self {
        Self {
            network,
            number: number.to_owned(),
            line: line.to_owned(),
            state: SetState::OnHook,
            last: None,
            call: None,
            taken: false,
            handset: None,
            file: VecDeque::new(),
        }
    }

    /// Its own number.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// What it is doing.
    #[must_use]
    pub fn state(&self) -> SetState {
        self.state
    }

    /// What its last call ended as.
    #[must_use]
    pub fn last(&self) -> Option<Status> {
        self.last
    }

    /// Who is on the other end, or calls.
    #[must_use]
    pub fn other(&self) -> Option<String> {
        let call = self.network.call(self.call.as_ref()?)?;
        Some(if call.direction == Direction::Inbound { call.to } else { call.from })
    }

    /// Gives it another number; `false` = it is on a call, or that is no number in E.164.
    pub fn renumber(&mut self, number: &str) -> bool {
        let may = self.state == SetState::OnHook && is_e164(number);
        if may {
            number.clone_into(&mut self.number);
            self.look();
        }
        may
    }

    /// Calls the line; `false` = it is on a call.
    pub fn dial(&mut self) -> bool {
        if self.state != SetState::OnHook {
            return false;
        }
        let call = self.network.dial(&self.number, &self.line);
        self.take(call);
        self.look();
        true
    }

    /// Picks up; `false` = it does not ring.
    pub fn answer(&mut self) -> bool {
        let Some(call) = self.call.clone().filter(|_| self.state == SetState::Ringing) else { return false };
        self.network.answer(&call);
        self.take(call);
        self.look();
        true
    }

    /// Turns the call away; `false` = it does not ring.
    pub fn decline(&mut self) -> bool {
        let Some(call) = self.call.clone().filter(|_| self.state == SetState::Ringing) else { return false };
        self.network.decline(&call);
        self.look();
        true
    }

    /// Hangs up; `false` = it is on no call.
    pub fn hang_up(&mut self) -> bool {
        let Some(call) = self.call.clone().filter(|_| self.taken) else { return false };
        self.network.hang_up(&call);
        self.handset = None;
        self.file.clear();
        self.look();
        true
    }

    /// Presses keys; `false` = it is on no call.
    #[expect(clippy::must_use_candidate, reason = "keys are pressed whether or not anybody listens")]
    pub fn press(&self, keys: &str) -> bool {
        let Some(call) = self.call.as_ref().filter(|_| self.taken) else { return false };
        self.network.press(call, keys);
        true
    }

    /// Says words as text, for who understands speech (`Gather input="speech"`); `false` = it is on no call.
    #[expect(clippy::must_use_candidate, reason = "the words are said whether or not anybody listens")]
    pub fn say_words(&self, words: &str) -> bool {
        let Some(call) = self.call.as_ref().filter(|_| self.taken) else { return false };
        let characters = i64::try_from(words.chars().count()).unwrap_or_default();
        self.network.speak(call, words, millis(characters.saturating_mul(CHARACTER_MS)));
        true
    }

    /// Says what is in a file, behind what is being said, 5 minutes at most; `false` = it is on no call.
    pub fn say(&mut self, sound: &[i16]) -> bool {
        if self.handset.is_none() || !self.taken {
            return false;
        }
        let room = LONGEST_SAID.saturating_sub(self.file.len());
        self.file.extend(frames(sound).take(room));
        true
    }

    /// Says what the microphone hears now; it is not heard over what is said from a file, nor on no call.
    pub fn speak(&self, frame: Frame) {
        let Some(handset) = self.handset.as_ref().filter(|_| self.file.is_empty()) else { return };
        // A full line loses the frame, as a real one does.
        let _ = handset.mouth.try_send(Uttered::Sound(Box::new(frame)));
    }

    /// Sends a text message to the line.
    pub fn send_sms(&self, text: &str) {
        self.network.place_sms(&self.number, &self.line, text);
    }

    /// The next 20 ms of what is heard; waits for ever while it is on no call. May be dropped at any time without losing any.
    pub async fn hear(&mut self) -> Frame {
        while let Some(handset) = &mut self.handset {
            if let Some(frame) = handset.ear.recv().await {
                if let Some(says) = self.file.pop_front() {
                    // A full line loses the frame, as a real one does.
                    let _ = handset.mouth.try_send(Uttered::Sound(Box::new(says)));
                }
                return frame;
            }
            self.handset = None;
            self.file.clear();
        }
        std::future::pending().await
    }

    /// Looks at what became of its call, and whether somebody calls it; whether it does something else now.
    pub fn look(&mut self) -> bool {
        let before = (self.state, self.call.clone());
        if let Some(call) = &self.call {
            let status = self.network.call(call).map_or(Status::Failed, |call| call.status);
            if status.is_final() {
                self.last = Some(status);
                self.let_go();
            } else if status != Status::InProgress {
                self.state = if self.taken { SetState::Calling } else { SetState::Ringing };
            } else if self.taken {
                self.state = SetState::Talking;
            } else {
                // Somebody else took it.
                self.let_go();
            }
        }
        if self.call.is_none()
            && let Some(call) = self.network.ringing(&self.number)
        {
            self.call = Some(call);
            self.state = SetState::Ringing;
        }
        before != (self.state, self.call.clone())
    }

    fn take(&mut self, call: CallSid) {
        self.handset = self.network.plug(&call);
        self.file.clear();
        self.call = Some(call);
        self.taken = true;
    }

    /// The call is over; its last words are still heard.
    fn let_go(&mut self) {
        self.call = None;
        self.taken = false;
        self.state = SetState::OnHook;
    }
}
