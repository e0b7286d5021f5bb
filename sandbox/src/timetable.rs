//! What is going to happen, in order of time and, within one instant, of arrival.

use std::collections::BTreeMap;

use crate::announcement::Announcement;
use crate::delivery::{Arrival, Request};
use crate::ids::{CallSid, MessageSid};
use crate::sms::Status;
use crate::studio::Prepared;
use crate::time::Instant;

/// Something due at an instant.
#[derive(Debug)]
pub(crate) enum Event {
    /// What a call is doing is over: a sentence, a pause, a time-out.
    CallTurns(CallSid),
    /// What somebody said has reached the ear of the person on a call.
    CallHears(CallSid),
    /// A call has reached its longest.
    CallTooLong(CallSid),
    /// The next piece of an announcement is due.
    Announces(Box<Announcement>),
    /// A webhook leaves.
    Departs(Box<Request>),
    /// A webhook was answered, or failed.
    Arrives(Box<Arrival>),
    /// Sounds that a call waits for are ready, or are not to be had.
    SoundsAreReady(Box<Prepared>),
    /// A text message gets further.
    SmsTurns(MessageSid, Status),
    /// A receipt for a text message is due.
    SmsReceipt(MessageSid, Status),
}

pub(crate) type Key = (Instant, u64);

#[derive(Debug, Default)]
pub(crate) struct Timetable {
    events: BTreeMap<Key, Event>,
    next: u64,
}

impl Timetable {
    /// A place in the order, to be used with [`Timetable::put_at`].
    pub(crate) fn place(&mut self) -> u64 {
        self.next = self.next.wrapping_add(1);
        self.next
    }

    pub(crate) fn put(&mut self, at: Instant, event: Event) -> Key {
        let place = self.place();
        self.put_at(at, place, event)
    }

    pub(crate) fn put_at(&mut self, at: Instant, place: u64, event: Event) -> Key {
        self.events.insert((at, place), event);
        (at, place)
    }

    /// How many places were ever given: whether anything was added since.
    pub(crate) fn count(&self) -> u64 {
        self.next
    }

    pub(crate) fn cancel(&mut self, key: Key) {
        self.events.remove(&key);
    }

    pub(crate) fn next_at(&self) -> Option<Instant> {
        self.events.first_key_value().map(|((at, _), _)| *at)
    }

    /// The first event due at or before `now`.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<(Instant, Event)> {
        let first = self.events.first_entry()?;
        if first.key().0 > now {
            return None;
        }
        let ((at, _), event) = first.remove_entry();
        Some((at, event))
    }
}
