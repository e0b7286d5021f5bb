//! Keys beside the sound (RFC 4733, `telephone-event`).

use std::collections::VecDeque;

/// The keys in the order of their event codes.
const KEYS: [char; 12] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];
/// Events remembered, so that their repeats are not new keys.
const REMEMBERED: usize = 8;
/// Keys that may wait to be sent.
const MOST: usize = 64;
/// Frames of 20 ms that a key sounds.
const SOUNDS: u16 = 5;
/// Packets that tell the end of a key: two may be lost.
const ENDS: u16 = 3;
/// Frames of silence after a key.
const PAUSE: u16 = 4;
/// Samples in a frame.
const FRAME: u16 = 160;
/// -10 dBm0.
const VOLUME: u8 = 10;

/// What was heard lately. A key comes in many packets, all with the timestamp of its beginning, the last one three times.
#[derive(Debug, Default)]
pub(crate) struct Hearing {
    lately: VecDeque<(u32, u32, u8)>,
}

impl Hearing {
    /// The key that this packet tells first; `None` = told before, or none of the twelve.
    pub(crate) fn hear(&mut self, source: u32, timestamp: u32, payload: &[u8]) -> Option<char> {
        let [event, _, _, _] = *payload.first_chunk::<4>()?;
        let told = (source, timestamp, event);
        let key = KEYS.get(usize::from(event)).copied()?;
        if self.lately.contains(&told) {
            return None;
        }
        if self.lately.len() >= REMEMBERED {
            self.lately.pop_front();
        }
        self.lately.push_back(told);
        Some(key)
    }
}

/// Keys on their way out, a packet for every frame of 20 ms.
#[derive(Debug, Default)]
pub(crate) struct Sending {
    waiting: VecDeque<u8>,
    now: Option<(u8, u16)>,
}

/// What is sent in place of a frame of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// The packet's payload.
    pub payload: [u8; 4],
    /// The first packet of a key: its timestamp stays for the others.
    pub first: bool,
}

impl Sending {
    /// A key to be sent after those that wait; what is not a key is left out.
    pub(crate) fn press(&mut self, key: char) {
        let code = KEYS.iter().position(|known| *known == key).and_then(|code| u8::try_from(code).ok());
        if let Some(code) = code.filter(|_| self.waiting.len() < MOST) {
            self.waiting.push_back(code);
        }
    }

    /// What to send for the next 20 ms: nothing (`None` within the key's pause), an event; outside of keys the sound.
    pub(crate) fn next(&mut self) -> Beat {
        let (code, frame) = match self.now {
            Some((code, frame)) => (code, frame.saturating_add(1)),
            None => match self.waiting.pop_front() {
                Some(code) => (code, 0),
                None => return Beat::Sound,
            },
        };
        self.now = Some((code, frame));
        let told = SOUNDS.saturating_add(ENDS);
        if frame >= told.saturating_add(PAUSE) {
            self.now = None;
            return self.next();
        }
        if frame >= told {
            return Beat::Pause;
        }
        let [high, low] = frame.saturating_add(1).min(SOUNDS).saturating_mul(FRAME).to_be_bytes();
        let end = if frame >= SOUNDS { 0x80 } else { 0 };
        Beat::Event(Event { payload: [code, end | VOLUME, high, low], first: frame == 0 })
    }
}

/// What goes out in 20 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    Sound,
    Pause,
    Event(Event),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_key_however_often_it_is_told() {
        let mut hearing = Hearing::default();
        assert_eq!(hearing.hear(1, 800, &[5, 0x0A, 0, 160]), Some('5'));
        for end in 0..3 {
            assert_eq!(hearing.hear(1, 800, &[5, 0x8A, 3, 32]), None, "{end}");
        }
        assert_eq!(hearing.hear(1, 2400, &[5, 0x0A, 0, 160]), Some('5'), "the same key again");
        assert_eq!(hearing.hear(1, 800, &[5, 0x8A, 3, 32]), None, "a packet that was late");
        assert_eq!(hearing.hear(2, 800, &[11, 0x8A, 3, 32]), Some('#'), "the end alone, when the rest was lost");
        assert_eq!(hearing.hear(1, 9000, &[16, 0, 0, 0]), None, "a flash of the hook is no key");
        assert_eq!(hearing.hear(1, 9000, &[1, 0]), None);
    }

    #[test]
    fn what_is_sent_is_heard_in_order() {
        let mut sending = Sending::default();
        "12#x".chars().for_each(|key| sending.press(key));
        let mut hearing = Hearing::default();
        let (mut clock, mut began, mut heard, mut packets) = (0, 0, String::new(), 0);
        loop {
            match sending.next() {
                Beat::Sound => break,
                Beat::Pause => {}
                Beat::Event(event) => {
                    if event.first {
                        began = clock;
                    }
                    packets += 1;
                    heard.extend(hearing.hear(9, began, &event.payload));
                }
            }
            clock += 160;
        }
        assert_eq!((heard.as_str(), packets), ("12#", 3 * 8));
    }

    #[test]
    fn the_end_is_told_three_times_with_the_whole_length() {
        let mut sending = Sending::default();
        sending.press('0');
        let events: Vec<Event> = std::iter::from_fn(|| match sending.next() {
            Beat::Event(event) => Some(event),
            _ => None,
        })
        .collect();
        let ends: Vec<_> = events.iter().filter(|event| event.payload[1] & 0x80 != 0).collect();
        assert_eq!(ends.len(), 3);
        assert!(ends.iter().all(|event| event.payload[2..] == 800_u16.to_be_bytes()));
    }
}
