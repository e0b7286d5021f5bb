//! WAV files as others write them: PCM of 8 to 32 bits, float, mu-law and A-law, plain or "extensible".
//!
//! After Microsoft's "Multimedia Programming Interface and Data Specifications 1.0" and `mmreg.h`. A file whose lengths
//! are wrong (a speech engine that writes to a pipe cannot know them) is read as far as it goes.

use super::decode::{Raw, SoundError};
use super::g711::Law;

/// The format tags of `mmreg.h`.
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xfffe;
/// Where an extensible format has the tag that it stands for: the first two bytes of its sub-format.
const SUB_FORMAT: usize = 24;
/// As many channels as anybody records.
const MOST_CHANNELS: u16 = 8;
/// Bytes that become samples at once.
const AT_ONCE: usize = 64 * 1024;

/// What a `fmt ` chunk says.
#[derive(Clone, Copy, Debug)]
struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
    bits: u16,
}

/// The sound of a file.
///
/// # Errors
/// When it is no WAV file, of another format, or too long.
pub(super) fn read(bytes: &[u8]) -> Result<Raw, SoundError> {
    let unreadable = |why: &str| SoundError::Unreadable(why.to_owned());
    if bytes.get(8..12) != Some(b"WAVE") {
        return Err(unreadable("it begins as WAV and goes on as something else"));
    }
    let mut format = None;
    let mut at = 12_usize;
    while let Some(name) = bytes.get(at..at.saturating_add(4)) {
        let Some(claimed) = long(bytes, at.saturating_add(4)) else { break };
        let begin = at.saturating_add(8);
        let end = begin.saturating_add(usize::try_from(claimed).unwrap_or(usize::MAX));
        let content = bytes.get(begin..end.min(bytes.len())).unwrap_or_default();
        match (name, format) {
            (b"fmt ", _) => format = Some(described(content).ok_or_else(|| unreadable("its format is cut off"))?),
            (b"data", Some(format)) => return samples(content, format),
            (b"data", None) => return Err(unreadable("its sound comes before its format")),
            _ => {}
        }
        // Chunks begin at even places.
        at = end.saturating_add(end % 2);
    }
    Err(unreadable("there is no sound in it"))
}

fn described(chunk: &[u8]) -> Option<Format> {
    let tag = short(chunk, 0)?;
    let tag = if tag == EXTENSIBLE { short(chunk, SUB_FORMAT)? } else { tag };
    Some(Format { tag, channels: short(chunk, 2)?, rate: long(chunk, 4)?, bits: short(chunk, 14)? })
}

fn samples(content: &[u8], format: Format) -> Result<Raw, SoundError> {
    let Format { tag, channels, rate, bits } = format;
    let one: fn(&[u8]) -> f32 = match (tag, bits) {
        (PCM, 8) => |bytes| f32::from(i16::from(bytes.first().copied().unwrap_or(128)) - 128) / 128.0,
        // The two highest bytes are all that a telephone carries.
        (PCM, 16 | 24 | 32) => {
            |bytes| f32::from(bytes.last_chunk().map_or(0, |last| i16::from_le_bytes(*last))) / 32_768.0
        }
        (FLOAT, 32) => |bytes| bytes.first_chunk().map_or(0.0, |four| f32::from_le_bytes(*four)),
        (A_LAW, 8) => |bytes| of_law(Law::A, bytes),
        (MU_LAW, 8) => |bytes| of_law(Law::Mu, bytes),
        _ => return Err(SoundError::Format { format: tag, bits }),
    };
    if !(1..=MOST_CHANNELS).contains(&channels) {
        return Err(SoundError::Unreadable(format!("it has {channels} channels")));
    }
    let (width, channels) = (usize::from(bits / 8), usize::from(channels));
    let block = width.saturating_mul(channels);
    let mut raw = Raw { samples: Vec::new(), rate };
    for part in content.chunks(AT_ONCE / block * block) {
        let values: Vec<f32> = part.chunks_exact(width).map(one).map(|value| value.clamp(-1.0, 1.0)).collect();
        raw.push(&values, channels)?;
    }
    Ok(raw)
}

fn of_law(law: Law, bytes: &[u8]) -> f32 {
    bytes.first().map_or(0.0, |&byte| f32::from(law.decode_sample(byte)) / 32_768.0)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extensible_file_is_what_its_sub_format_says() {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x28\0\0\0".to_vec();
        file.extend([0xfe, 0xff, 1, 0]);
        file.extend([16_000_u32.to_le_bytes(), 32_000_u32.to_le_bytes()].concat());
        // Block, bits, the size of the rest, the bits that count, the mask of channels, the sub-format.
        file.extend([2, 0, 16, 0, 22, 0, 16, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113]);
        file.extend(*b"data\x04\0\0\0\0\x40\0\xc0");
        let raw = read(&file).unwrap();
        assert_eq!((raw.rate, raw.samples), (16_000, vec![0.5, -0.5]));
    }

    #[test]
    fn what_is_not_a_number_is_silence_or_a_limit() {
        let format = Format { tag: FLOAT, channels: 1, rate: 8000, bits: 32 };
        let data: Vec<u8> = [f32::INFINITY, -7.0, 0.25].iter().flat_map(|value| value.to_le_bytes()).collect();
        assert_eq!(samples(&data, format).unwrap().samples, [1.0, -1.0, 0.25]);
        for channels in [0, 9] {
            assert!(matches!(samples(&data, Format { channels, ..format }), Err(SoundError::Unreadable(_))));
        }
    }
}
