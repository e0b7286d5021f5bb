//! What is held to the ear: how a real telephone, whatever carries it, hears a call on the network and is heard there.

use tokio::sync::mpsc;

use crate::sound::Frame;

/// How many frames may wait for a telephone that is slow; later ones are lost, as on any line.
const AHEAD: usize = 50;

/// What a telephone sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uttered {
    /// 20 ms of what its microphone hears.
    Sound(Box<Frame>),
    /// A key, told beside the sound: `0` to `9`, `*`, `#`.
    Key(char),
}

/// A telephone's end of a call. The network gives it one frame every 20 ms, in real time, from the moment it is plugged in
/// until the call is over (`ear` is then closed, after its last words); dropping it is a telephone that went dead, not one that hung up.
#[derive(Debug)]
pub struct Handset {
    /// What the person hears.
    pub ear: mpsc::Receiver<Frame>,
    /// What the person does.
    pub mouth: mpsc::Sender<Uttered>,
}

/// The network's end of a [`Handset`].
#[derive(Debug)]
pub struct Socket {
    /// To the person's ear.
    pub ear: mpsc::Sender<Frame>,
    /// From the person.
    pub mouth: mpsc::Receiver<Uttered>,
}

impl Handset {
    /// Both ends.
    #[must_use]
    pub fn pair() -> (Self, Socket) {
        let (to_ear, ear) = mpsc::channel(AHEAD);
        let (mouth, from_mouth) = mpsc::channel(AHEAD);
        (Self { ear, mouth }, Socket { ear: to_ear, mouth: from_mouth })
    }
}
