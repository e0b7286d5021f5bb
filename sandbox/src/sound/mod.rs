//! Sound as telephones carry it: one channel, 8000 samples a second, 16 bits, in frames of 20 ms.

/// Samples in a second.
pub const RATE: u32 = 8000;
/// Samples in a frame.
pub const FRAME: usize = 160;

/// 20 ms of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(pub [i16; FRAME]);

impl Frame {
    /// 20 ms of nothing.
    pub const SILENCE: Self = Self([0; FRAME]);
}
