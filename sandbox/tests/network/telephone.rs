//! A telephone for tests: it keeps what it hears and says what it is told, one frame for every frame it hears.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use guardia_sandbox::sound::{Frame, frames};
use guardia_sandbox::{CallSid, Handset, Network, Uttered};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// A test waits for so many frames at most: 15 s.
const PATIENCE: usize = 750;

pub struct Telephone {
    heard: Arc<Mutex<Vec<i16>>>,
    says: Arc<Mutex<VecDeque<Frame>>>,
    mouth: mpsc::Sender<Uttered>,
    task: JoinHandle<()>,
    /// Frames heard so far, and whether the line is still open.
    beats: watch::Receiver<(usize, bool)>,
}

impl Telephone {
    pub fn on(network: &Network, call: &CallSid) -> Self {
        Self::with(network.plug(call).expect("nothing to plug into"))
    }

    pub fn with(handset: Handset) -> Self {
        let Handset { mut ear, mouth } = handset;
        let (heard, says) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(VecDeque::new())));
        let (beat, beats) = watch::channel((0, true));
        let own = mouth.clone();
        let (ours, theirs) = (Arc::clone(&heard), Arc::clone(&says));
        let task = tokio::spawn(async move {
            while let Some(frame) = ear.recv().await {
                ours.lock().unwrap().extend(frame.0);
                let says = theirs.lock().unwrap().pop_front().unwrap_or(Frame::SILENCE);
                // A full line loses the frame, as a real one does.
                let _ = mouth.try_send(Uttered::Sound(Box::new(says)));
                beat.send_modify(|(count, _)| *count += 1);
            }
            beat.send_modify(|(_, open)| *open = false);
        });
        Self { heard, says, mouth: own, task, beats }
    }

    /// Goes dead.
    pub fn unplug(self) {
        self.task.abort();
    }

    pub fn heard(&self) -> Vec<i16> {
        self.heard.lock().unwrap().clone()
    }

    /// What was heard from a place on.
    pub fn heard_since(&self, place: usize) -> Vec<i16> {
        self.heard().split_off(place)
    }

    pub fn place(&self) -> usize {
        self.heard.lock().unwrap().len()
    }

    /// Says sound from now on; its end is filled up with silence. Half a second is sent ahead, so that a machine that is
    /// busy for a moment makes no gap.
    pub fn say(&self, sound: &[i16]) {
        let mut says = self.says.lock().unwrap();
        for (place, frame) in frames(sound).enumerate() {
            if place < 25 {
                self.mouth.try_send(Uttered::Sound(Box::new(frame))).unwrap();
            } else {
                says.push_back(frame);
            }
        }
    }

    pub async fn press(&self, key: char) {
        self.mouth.send(Uttered::Key(key)).await.unwrap();
    }

    /// Goes on hearing until something is so.
    pub async fn until(&self, what: &str, mut so: impl FnMut(&Self) -> bool) {
        let mut beats = self.beats.clone();
        let started = beats.borrow_and_update().0;
        while !so(self) {
            let (count, open) = *beats.borrow_and_update();
            assert!(open && count - started < PATIENCE, "waited in vain: {what}");
            beats.changed().await.unwrap_or_else(|_| panic!("the line was cut: {what}"));
        }
    }

    /// Hears so many seconds.
    pub async fn listen(&self, seconds: f64) {
        let end = self.place() + samples(seconds);
        self.until("time goes by", |phone| phone.place() >= end).await;
    }

    /// Waits until the network cuts the line.
    pub async fn is_cut(&self) {
        let mut beats = self.beats.clone();
        let _ = beats.wait_for(|(count, open)| !open || *count > PATIENCE).await;
        assert!(!self.beats.borrow().1, "the line is still open");
    }
}

/// Samples in seconds of sound.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a test")]
pub fn samples(seconds: f64) -> usize {
    (seconds * 8000.0) as usize
}

/// A tone, as loud as a voice.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "sound of a test")]
pub fn tone(hertz: f64, seconds: f64) -> Vec<i16> {
    let sample = |place: usize| 8000.0 * (std::f64::consts::TAU * hertz * place as f64 / 8000.0 + 0.5).sin();
    (0..samples(seconds)).map(|place| sample(place) as i16).collect()
}

/// How loud a tone is in sound, 1 for one as loud as [`tone`] (Goertzel).
#[expect(clippy::cast_precision_loss, reason = "sound of a test")]
pub fn loudness(sound: &[i16], hertz: f64) -> f64 {
    let turn = std::f64::consts::TAU * hertz / 8000.0;
    let (mut before, mut last) = (0.0, 0.0);
    for sample in sound {
        (before, last) = (last, f64::from(*sample) + 2.0 * turn.cos() * last - before);
    }
    let power = before * before + last * last - 2.0 * turn.cos() * before * last;
    2.0 * power.max(0.0).sqrt() / (sound.len().max(1) as f64 * 8000.0)
}

/// Without the silence before and after it.
pub fn stripped(sound: &[i16]) -> &[i16] {
    let Some(first) = sound.iter().position(|sample| *sample != 0) else { return &[] };
    let last = sound.iter().rposition(|sample| *sample != 0).unwrap();
    &sound[first..=last]
}

/// Where a piece of sound is in another.
pub fn place_of(sound: &[i16], piece: &[i16]) -> Option<usize> {
    sound.windows(piece.len()).position(|window| window == piece)
}
