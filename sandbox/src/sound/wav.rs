//! Sound files as they are written here: WAV, 16 bits, 8 kHz, one channel or two.

use super::RATE;

/// The length of what stands before the samples.
const HEADER: usize = 44;

/// A file of one channel.
#[must_use]
pub fn mono(samples: &[i16]) -> Vec<u8> {
    file(1, samples.len(), samples.iter().copied())
}

/// A file of two channels; the shorter one ends in silence.
#[must_use]
pub fn stereo(left: &[i16], right: &[i16]) -> Vec<u8> {
    let frames = left.len().max(right.len());
    let at = |side: &[i16], at: usize| side.get(at).copied().unwrap_or_default();
    file(2, frames, (0..frames).flat_map(|frame| [at(left, frame), at(right, frame)]))
}

/// A file of so many samples a channel, those of all channels beside each other. What is longer than a file can say (4 GB,
/// three days) is cut there, as is a source that goes on; one that ends early is silent from there.
pub(crate) fn file(channels: u16, samples: usize, source: impl Iterator<Item = i16>) -> Vec<u8> {
    let channels = channels.max(1);
    let block = channels.saturating_mul(2);
    let most = (u32::MAX - 36) / u32::from(block);
    let samples = u32::try_from(samples).unwrap_or(u32::MAX).min(most);
    let bytes = samples.saturating_mul(u32::from(block));
    let length = usize::try_from(bytes).unwrap_or_default().saturating_add(HEADER);
    let mut file = Vec::with_capacity(length);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&bytes.saturating_add(36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&channels.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&RATE.saturating_mul(u32::from(block)).to_le_bytes());
    file.extend_from_slice(&block.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&bytes.to_le_bytes());
    let count = usize::try_from(samples).unwrap_or_default().saturating_mul(usize::from(channels));
    for sample in source.take(count) {
        file.extend_from_slice(&sample.to_le_bytes());
    }
    file.resize(length, 0);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(file: &[u8]) -> (usize, u16, u32, u32, u16, usize) {
        let short = |at: usize| u16::from_le_bytes(file[at..at + 2].try_into().unwrap());
        let long = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        assert_eq!((&file[0..4], &file[8..16], &file[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
        (long(4) as usize, short(22), long(24), long(28), short(32), long(40) as usize)
    }

    #[test]
    fn a_file_says_what_it_holds() {
        let one = mono(&[1, -2, 3]);
        assert_eq!(numbers(&one), (42, 1, 8000, 16_000, 2, 6));
        assert_eq!(one[44..], [1, 0, 0xfe, 0xff, 3, 0]);
        let two = stereo(&[1, 2], &[3]);
        assert_eq!(numbers(&two), (44, 2, 8000, 32_000, 4, 8));
        assert_eq!(two[44..], [1, 0, 3, 0, 2, 0, 0, 0]);
        assert_eq!(numbers(&mono(&[])), (36, 1, 8000, 16_000, 2, 0));
    }

    #[test]
    fn a_source_that_is_too_short_or_too_long_does_not_change_the_length() {
        for source in [vec![], vec![5; 3], vec![5; 30]] {
            let file = file(2, 4, source.into_iter());
            assert_eq!((file.len(), numbers(&file).5), (60, 16));
        }
    }
}
