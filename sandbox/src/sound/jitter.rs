//! A receive buffer: frames come late, twice, in the wrong order or never, and leave one every 20 ms.
//!
//! A frame is placed by its RTP timestamp (RFC 3550), which goes on while nothing is sent, and told from a repetition by
//! it; its sequence number says whether what is missing was lost or never sent. Both wrap around.

use std::collections::BTreeMap;

use super::{FRAME, Frame, rounded};

/// So many frames are waited for before the first one is played: one that is 60 ms behind the others is in time.
const AHEAD: usize = 4;
/// The most that wait: more, and the oldest are left out until [`AHEAD`] are left. 400 ms.
const MOST: usize = 20;
/// A timestamp further away than this, in samples (10 s), is another stream.
const ANOTHER: i64 = 80_000;
/// A timestamp's samples in a frame.
const STEP: i64 = 160;
/// So many frames in a row are covered by repeating what was heard, ever softer.
const REPEATS: u8 = 3;

/// What became of the frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Played.
    pub played: u64,
    /// Not there when they were due.
    pub lost: u64,
    /// There, but too late.
    pub late: u64,
    /// There already.
    pub repeated: u64,
    /// Left out because too many waited.
    pub left_out: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is played yet, or nothing is left: waits for [`AHEAD`] frames, or for so many calls in vain.
    Filling { waited: usize },
    /// The timestamp that is due.
    Playing { due: i64 },
}

/// The buffer of one direction of one call.
#[derive(Clone, Debug)]
pub struct Jitter {
    /// By unwrapped timestamp: the sequence number and the frame.
    waiting: BTreeMap<i64, (u16, Frame)>,
    state: State,
    /// The unwrapped timestamp of the newest frame.
    newest: Option<i64>,
    /// The end of what was played, and the sequence number of the last frame of it.
    played: Option<(i64, u16)>,
    last: Frame,
    /// Frames in a row that were not there.
    covered: u8,
    counts: Counts,
}

impl Default for Jitter {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
            state: State::Filling { waited: 0 },
            newest: None,
            played: None,
            last: Frame::SILENCE,
            covered: REPEATS,
            counts: Counts::default(),
        }
    }
}

impl Jitter {
    /// Nothing received yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A packet came, of 20 ms.
    pub fn push(&mut self, sequence: u16, timestamp: u32, frame: Frame) {
        let Some(at) = self.unwrapped(timestamp) else {
            // Another stream on the same line: what waits of the old one is of no use.
            self.restart();
            return self.push(sequence, timestamp, frame);
        };
        self.newest = Some(self.newest.map_or(at, |newest| newest.max(at)));
        let due = match self.state {
            State::Playing { due } => Some(due),
            State::Filling { .. } => self.played.map(|(end, _)| end),
        };
        if due.is_some_and(|due| at.saturating_add(STEP) <= due) {
            let is_last = self.played.is_some_and(|(end, last)| last == sequence && at.saturating_add(STEP) == end);
            let count = if is_last { &mut self.counts.repeated } else { &mut self.counts.late };
            *count = count.saturating_add(1);
            return;
        }
        if self.waiting.contains_key(&at) {
            self.counts.repeated = self.counts.repeated.saturating_add(1);
            return;
        }
        self.waiting.insert(at, (sequence, frame));
        if self.waiting.len() > MOST {
            self.catch_up();
        }
    }

    /// What is heard for the next 20 ms.
    pub fn pop(&mut self) -> Frame {
        let due = match self.state {
            State::Playing { due } => due,
            State::Filling { waited } => {
                let Some(&first) = self.waiting.keys().next() else { return self.cover(false) };
                if self.waiting.len() < AHEAD && waited < AHEAD {
                    self.state = State::Filling { waited: waited.saturating_add(1) };
                    return self.cover(false);
                }
                first
            }
        };
        let Some(entry) = self.waiting.first_entry() else {
            self.state = State::Filling { waited: 0 };
            return self.cover(true);
        };
        let (at, sequence) = (*entry.key(), entry.get().0);
        if at >= due.saturating_add(STEP) {
            self.state = State::Playing { due: due.saturating_add(STEP) };
            // Nothing was lost when the next sequence number is there: the sender was silent.
            let silent = self.played.is_some_and(|(_, last)| sequence == last.wrapping_add(1));
            if silent {
                self.covered = REPEATS;
            }
            return self.cover(!silent);
        }
        let (_, frame) = entry.remove();
        let end = at.saturating_add(STEP);
        self.state = State::Playing { due: end };
        self.played = Some((end, sequence));
        self.covered = 0;
        self.counts.played = self.counts.played.saturating_add(1);
        self.last.clone_from(&frame);
        frame
    }

    /// Forgets the stream, not the counts: another sender begins (a new SSRC).
    pub fn restart(&mut self) {
        let left = u64::try_from(self.waiting.len()).unwrap_or(u64::MAX);
        let counts = Counts { left_out: self.counts.left_out.saturating_add(left), ..self.counts };
        *self = Self { counts, last: self.last.clone(), covered: self.covered, ..Self::default() };
    }

    /// How many frames wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// What became of the frames so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// The timestamp as one that does not wrap: the nearest to the newest. `None` when it is of another stream.
    fn unwrapped(&self, timestamp: u32) -> Option<i64> {
        let Some(newest) = self.newest else { return Some(i64::from(timestamp)) };
        let lower = u32::try_from(newest.rem_euclid(1 << 32)).unwrap_or_default();
        let off = i64::from(timestamp.wrapping_sub(lower).cast_signed());
        // A sender may be silent for long: then it is late by the clock, and nothing waits.
        (off.abs() <= ANOTHER).then(|| newest.saturating_add(off))
    }

    /// Too many wait: the sender's clock is faster, or a hold-up is over.
    fn catch_up(&mut self) {
        while self.waiting.len() > AHEAD && self.waiting.pop_first().is_some() {
            self.counts.left_out = self.counts.left_out.saturating_add(1);
        }
        if let (State::Playing { .. }, Some(&first)) = (self.state, self.waiting.keys().next()) {
            self.state = State::Playing { due: first };
        }
    }

    /// What is heard instead of a frame that is not there: the last one, ever softer, then silence.
    fn cover(&mut self, is_lost: bool) -> Frame {
        if is_lost {
            self.counts.lost = self.counts.lost.saturating_add(1);
        }
        if self.covered >= REPEATS {
            return Frame::SILENCE;
        }
        let loudness = |covered: u8| 1.0 - f32::from(covered) / f32::from(REPEATS);
        let (from, to) = (loudness(self.covered), loudness(self.covered.saturating_add(1)));
        self.covered = self.covered.saturating_add(1);
        let mut frame = self.last.clone();
        for (at, sample) in (0_u8..).zip(&mut frame.0) {
            let part = f32::from(at) / f32::from(u8::try_from(FRAME).unwrap_or(u8::MAX));
            *sample = rounded(f32::from(*sample) * (from + (to - from) * part));
        }
        frame
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// When each comes, in frames from the beginning, and its number.
    type Packets = Vec<(usize, u16)>;

    const fn frame(sample: i16) -> Frame {
        Frame([sample; FRAME])
    }

    /// The frame of this number, of a stream that begins just before both numbers wrap around.
    fn push(jitter: &mut Jitter, number: u16) {
        let (sequence, timestamp) = (number.wrapping_sub(3), (u32::from(number) * 160).wrapping_sub(400));
        jitter.push(sequence, timestamp, frame(number.cast_signed() + 1000));
    }

    /// The number of the frame that is heard, if it is one.
    fn heard(jitter: &mut Jitter) -> Option<u16> {
        let frame = jitter.pop();
        (frame.0[0] == frame.0[159] && frame.0[0] >= 1000).then(|| frame.0[0].cast_unsigned() - 1000)
    }

    /// Plays packets, each at the 20 ms at which it comes, to the end.
    fn play(packets: &[(usize, u16)]) -> (Vec<u16>, Counts) {
        let last = packets.iter().map(|(at, _)| *at).max().unwrap_or_default();
        let (mut jitter, mut all, mut now) = (Jitter::new(), Vec::new(), 0);
        while now <= last || jitter.waiting() > 0 {
            for (_, number) in packets.iter().filter(|(at, _)| *at == now) {
                push(&mut jitter, *number);
            }
            all.extend(heard(&mut jitter));
            now += 1;
        }
        // Whoever plays it does not know that this was the end.
        all.extend(heard(&mut jitter));
        (all, jitter.counts())
    }

    #[test]
    fn what_comes_is_heard_in_its_order() {
        let in_order: Vec<(usize, u16)> = (0..12).map(|at| (usize::from(at), at)).collect();
        let everything: Vec<u16> = (0..12).collect();
        let changed = |change: &dyn Fn(&mut Packets)| {
            let mut packets = in_order.clone();
            change(&mut packets);
            packets
        };
        let without_five: Vec<u16> = everything.iter().copied().filter(|number| *number != 5).collect();
        // The rule, the packets, what is heard; repeated, lost, late.
        let cases = [
            ("in order", in_order.clone(), everything.clone(), (0, 0, 0)),
            ("5 is 60 ms late", changed(&|packets| packets[5].0 = 8), everything.clone(), (0, 0, 0)),
            ("5 is 120 ms late", changed(&|packets| packets[5].0 = 11), without_five.clone(), (0, 1, 1)),
            ("5 never comes", changed(&|packets| packets.retain(|packet| packet.1 != 5)), without_five, (0, 1, 0)),
            ("5 comes twice", changed(&|packets| packets.push((6, 5))), everything.clone(), (1, 0, 0)),
            (
                "5 comes once more when it was heard",
                changed(&|packets| packets.push((8, 5))),
                everything.clone(),
                (1, 0, 0),
            ),
            (
                "two by two in the wrong order",
                changed(&|packets| {
                    for pair in packets.chunks_mut(2) {
                        (pair[0].0, pair[1].0) = (pair[1].0, pair[0].0);
                    }
                }),
                everything.clone(),
                (0, 0, 0),
            ),
            (
                "all at once",
                changed(&|packets| packets.iter_mut().for_each(|packet| packet.0 = 0)),
                everything,
                (0, 0, 0),
            ),
        ];
        for (rule, packets, expected, (repeated, lost, late)) in cases {
            let (all, counts) = play(&packets);
            assert_eq!(all, expected, "{rule}");
            // One more is lost at the end: nobody can know that it is one.
            let expected =
                Counts { played: u64::try_from(all.len()).unwrap(), repeated, lost: lost + 1, late, left_out: 0 };
            assert_eq!(counts, expected, "{rule}");
        }
    }

    #[test]
    fn what_is_missing_fades_and_then_is_silence() {
        let mut jitter = Jitter::new();
        for number in 0..4 {
            push(&mut jitter, number);
        }
        for number in 0..4 {
            assert_eq!(heard(&mut jitter), Some(number));
        }
        let levels: Vec<(i16, i16)> = (0..5).map(|_| jitter.pop()).map(|frame| (frame.0[0], frame.0[159])).collect();
        assert_eq!(levels[0].0, 1003);
        for pair in levels[..3].windows(2) {
            assert!(pair[0].0 > pair[0].1 && pair[0].1 >= pair[1].0, "{levels:?}");
        }
        assert_eq!(levels[3..], [(0, 0), (0, 0)]);
    }

    #[test]
    fn a_sender_that_was_silent_lost_nothing() {
        let mut jitter = Jitter::new();
        // The numbers go on; the time jumps by three frames.
        for (sequence, timestamp) in [(10, 0), (11, 160), (12, 800), (13, 960), (14, 1120)] {
            jitter.push(sequence, timestamp, frame(sequence.cast_signed() + 1000));
        }
        let all: Vec<i16> = (0..8).map(|_| jitter.pop().0[0]).collect();
        assert_eq!(all, [1010, 1011, 0, 0, 0, 1012, 1013, 1014]);
        assert_eq!(jitter.counts().lost, 0);
    }

    #[test]
    fn few_frames_are_heard_without_waiting_for_more() {
        let mut jitter = Jitter::new();
        push(&mut jitter, 0);
        let at = (0..10).position(|_| heard(&mut jitter) == Some(0));
        assert_eq!(at, Some(AHEAD));
    }

    #[test]
    fn another_stream_begins_anew() {
        let mut jitter = Jitter::new();
        for number in 0..6_u16 {
            jitter.push(number, u32::from(number) * 160, frame(1));
        }
        jitter.pop();
        for number in 0..6_u16 {
            jitter.push(50_000 + number, 2_000_000_000 + u32::from(number) * 160, frame(1000));
        }
        assert_eq!(heard(&mut jitter), Some(0));
        assert_eq!((jitter.waiting(), jitter.counts().left_out), (5, 5));
    }

    #[test]
    fn a_sender_that_is_too_fast_is_caught_up_with() {
        let mut jitter = Jitter::new();
        let mut all = Vec::new();
        for number in 0..600_u16 {
            push(&mut jitter, number);
            // Of every ten frames, nine are heard in time.
            if number % 10 != 0 {
                all.extend(heard(&mut jitter));
            }
            assert!(jitter.waiting() <= MOST);
        }
        assert!(all.is_sorted() && all.len() > 500, "{}", all.len());
        assert!((30..=60).contains(&jitter.counts().left_out), "{:?}", jitter.counts());
        assert_eq!(jitter.counts().late, 0);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_that_is_at_most_60_ms_late(delays in prop::collection::vec(0_usize..=3, 1..400)) {
            let mut packets: Vec<(usize, u16)> =
                delays.iter().enumerate().map(|(at, delay)| (at + delay, u16::try_from(at).unwrap())).collect();
            // What begins a stream sets its pace: it is in time.
            packets[0].0 = 0;
            let (all, counts) = play(&packets);
            prop_assert_eq!(all, (0..u16::try_from(delays.len()).unwrap()).collect::<Vec<_>>());
            prop_assert_eq!((counts.late, counts.left_out), (0, 0));
        }

        #[test]
        fn nothing_is_heard_twice_or_out_of_order(packets in prop::collection::vec((0_usize..60, 0_u16..60), 0..200)) {
            let (all, counts) = play(&packets);
            prop_assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", all);
            let of_all = counts.played + counts.late + counts.repeated + counts.left_out;
            prop_assert_eq!(of_all, u64::try_from(packets.len()).unwrap());
        }

        #[test]
        fn no_packet_breaks_it(packets in prop::collection::vec((any::<u16>(), any::<u32>(), any::<bool>()), 0..200)) {
            let mut jitter = Jitter::new();
            for (sequence, timestamp, pops) in packets {
                jitter.push(sequence, timestamp, frame(5));
                prop_assert!(jitter.waiting() <= MOST);
                if pops {
                    jitter.pop();
                }
            }
        }
    }
}
