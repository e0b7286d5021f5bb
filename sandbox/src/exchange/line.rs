//! A call's line: what its telephone sends, evened out, and what it is given to hear.

use std::collections::VecDeque;

use tokio::sync::mpsc::error::TrySendError;

use super::keys::{Keys, Told};
use super::player::Player;
use crate::handset::{Socket, Uttered};
use crate::sound::Frame;
use crate::sound::dtmf::Detector;
use crate::sound::silence::Silence;

/// Frames that are waited for before a telephone is passed on that had nothing to say: it evens out how frames arrive.
const EVENED_OUT: usize = 2;
/// More frames than this are a telephone whose clock is fast: silence is left out.
const MANY: usize = 6;
/// And more than this are lost whatever they hold: who talks is not to be heard late for ever.
const MOST: usize = 40;
/// What is read of one telephone in one beat.
const MOST_READ: usize = 64;
/// The loudest sample of a frame that may be left out.
const SILENT: u16 = 64;

/// One end of a conversation, with or without a telephone on it.
#[derive(Debug, Default)]
pub(super) struct Line {
    socket: Option<Socket>,
    waiting: VecDeque<Box<Frame>>,
    /// For how many beats frames have been waited for; `None` = they are passed on.
    pause: Option<usize>,
    keys: Keys,
    tones: Detector,
    voice: Silence,
    pub player: Player,
}

/// What a telephone sent at one beat.
#[derive(Debug)]
pub(super) struct Heard {
    /// Keys that it told beside the sound, and the one that was heard in it.
    pub beside: String,
    pub in_sound: Option<char>,
    pub frame: Frame,
    /// Whether somebody speaks: told from the third frame of a voice on, and of no frame after its last.
    pub speaks: bool,
}

impl Line {
    /// Plugs a telephone in; `false` = there is one already.
    pub(super) fn plug(&mut self, socket: Socket) -> bool {
        if self.is_plugged() {
            return false;
        }
        *self = Self { socket: Some(socket), pause: Some(0), ..Self::default() };
        true
    }

    pub(super) fn is_plugged(&self) -> bool {
        self.socket.as_ref().is_some_and(|socket| !socket.ear.is_closed())
    }

    /// Reads what the telephone sent until a beat: keys, and the next 20 ms of sound.
    pub(super) fn listen(&mut self, beat: u64) -> Heard {
        let (told, frame) = self.read();
        let mut beside = String::new();
        for key in told {
            if self.keys.told(key, Told::Beside, beat) {
                beside.push(key);
            }
        }
        let key = self.tones.hear(&frame);
        let in_sound = key.filter(|key| self.keys.told(*key, Told::InSound, beat));
        // A key is not a voice, however loud it is.
        let voice = if self.tones.is_pressed() { &Frame::SILENCE } else { &frame };
        let speaks = self.voice.hear(voice) && self.voice.quiet_for().is_zero();
        Heard { beside, in_sound, frame, speaks }
    }

    fn read(&mut self) -> (Vec<char>, Frame) {
        let mut keys = Vec::new();
        if let Some(socket) = &mut self.socket {
            for _ in 0..MOST_READ {
                match socket.mouth.try_recv() {
                    Ok(Uttered::Key(key)) => keys.push(key),
                    Ok(Uttered::Sound(frame)) => self.waiting.push_back(frame),
                    Err(_) => break,
                }
            }
        }
        (keys, self.next_frame())
    }

    fn next_frame(&mut self) -> Frame {
        while self.waiting.len() > MOST {
            self.waiting.pop_front();
        }
        if self.waiting.len() > MANY && self.waiting.front().is_some_and(|frame| is_silent(frame)) {
            self.waiting.pop_front();
        }
        if let Some(beats) = self.pause {
            // The last frame before a long silence must not wait for a second one for ever.
            let enough = self.waiting.len() >= EVENED_OUT || (!self.waiting.is_empty() && beats >= EVENED_OUT);
            if !enough {
                self.pause = Some(if self.waiting.is_empty() { 0 } else { beats.saturating_add(1) });
                return Frame::SILENCE;
            }
            self.pause = None;
        }
        if let Some(frame) = self.waiting.pop_front() {
            return *frame;
        }
        self.pause = Some(0);
        Frame::SILENCE
    }

    /// Gives the telephone 20 ms to hear; what it is too slow to take is lost.
    pub(super) fn give(&mut self, frame: Frame) {
        let Some(socket) = &self.socket else { return };
        match socket.ear.try_send(frame) {
            Ok(()) | Err(TrySendError::Full(_)) => {}
            // It went dead; the call goes on.
            Err(TrySendError::Closed(_)) => self.socket = None,
        }
    }
}

fn is_silent(frame: &Frame) -> bool {
    frame.0.iter().all(|sample| sample.unsigned_abs() <= SILENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handset::Handset;

    fn frame(sample: i16) -> Uttered {
        Uttered::Sound(Box::new(Frame([sample; crate::sound::FRAME])))
    }

    fn said(line: &mut Line, beats: usize) -> Vec<i16> {
        (0..beats).map(|_| line.read().1.0[0]).collect()
    }

    #[test]
    fn frames_that_come_unevenly_are_passed_on_evenly() {
        let (handset, socket) = Handset::pair();
        let mut line = Line::default();
        assert!(line.plug(socket));
        for sample in [100, 200] {
            handset.mouth.try_send(frame(sample)).unwrap();
        }
        assert_eq!(said(&mut line, 1), [100]);
        for sample in [300, 400] {
            handset.mouth.try_send(frame(sample)).unwrap();
        }
        assert_eq!(said(&mut line, 4), [200, 300, 400, 0]);
        handset.mouth.try_send(frame(500)).unwrap();
        assert_eq!(said(&mut line, 4), [0, 0, 500, 0], "a single frame is not kept for ever");
    }

    #[test]
    fn who_sends_too_much_loses_silence_first_and_is_never_late_for_ever() {
        let (handset, socket) = Handset::pair();
        let mut line = Line::default();
        line.plug(socket);
        for sample in [0, 0, 700, 700, 700, 700, 700, 700, 700] {
            handset.mouth.try_send(frame(sample)).unwrap();
        }
        assert_eq!(said(&mut line, 8), [0, 700, 700, 700, 700, 700, 700, 700]);
        for round in 0..3 {
            while handset.mouth.try_send(frame(round)).is_ok() {}
            line.read();
        }
        assert!(line.waiting.len() <= MOST, "{}", line.waiting.len());
    }

    #[test]
    fn a_slow_telephone_loses_what_it_does_not_take_and_a_dead_one_frees_its_line() {
        let (mut handset, socket) = Handset::pair();
        let mut line = Line::default();
        line.plug(socket);
        for sample in 0..60 {
            line.give(Frame([sample; crate::sound::FRAME]));
        }
        assert_eq!(handset.ear.try_recv().unwrap().0[0], 0);
        assert_eq!(handset.ear.len(), 49, "the line holds a second");
        let (_, another) = Handset::pair();
        assert!(!line.plug(another), "one telephone at a time");
        drop(handset);
        let (_, another) = Handset::pair();
        assert!(line.plug(another));
    }
}
