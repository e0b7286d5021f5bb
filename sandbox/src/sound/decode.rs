//! Sound files as others write them: WAV and MP3, at any usual rate, all channels as one.

use std::io::Cursor;
use std::time::Duration;

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error as MediaError;
use symphonia::core::formats::probe::{Hint, Probe};
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::default::formats::MpaReader;

use super::{resample, riff};

/// The largest sound file.
pub const LARGEST: usize = 32 * 1024 * 1024;
/// The longest sound.
pub const LONGEST: Duration = Duration::from_mins(15);

/// Why a file is no sound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SoundError {
    /// A content type that says that it is something else.
    #[error("{0} is not a sound that a telephone can play: WAV and MP3 are")]
    ContentType(String),
    /// A file beyond [`LARGEST`].
    #[error("the file has more than {} MB", LARGEST / 1024 / 1024)]
    TooLarge,
    /// A sound beyond [`LONGEST`].
    #[error("the sound is longer than {} minutes", LONGEST.as_secs() / 60)]
    TooLong,
    /// A rate beyond 4 to 192 kHz, or one that changes.
    #[error("{0} samples a second are not a usual rate, or not the same everywhere")]
    Rate(u32),
    /// A WAV file of a kind that nobody plays on telephones: its format, and the bits of a sample.
    #[error("WAV of format {format} with {bits} bits is not played: PCM, float, mu-law and A-law are")]
    Format {
        /// The format tag.
        format: u16,
        /// Bits of a sample.
        bits: u16,
    },
    /// A file that is damaged, or something else than it seems.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
}

/// One channel of samples from -1 to 1, at some rate.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) samples: Vec<f32>,
    pub(super) rate: u32,
}

impl Raw {
    /// Samples of several channels beside each other, as one channel.
    ///
    /// # Errors
    /// When that makes it longer than [`LONGEST`].
    pub(super) fn push(&mut self, interleaved: &[f32], channels: usize) -> Result<(), SoundError> {
        let channels = channels.max(1);
        let weight = 1.0 / f32::from(u16::try_from(channels).unwrap_or(u16::MAX));
        self.samples.extend(interleaved.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() * weight));
        let most = LONGEST.as_secs().saturating_mul(u64::from(self.rate.max(1)));
        if self.samples.len() > usize::try_from(most).unwrap_or(usize::MAX) { Err(SoundError::TooLong) } else { Ok(()) }
    }
}

/// The sound of a file at 8 kHz, its channels as one. The content decides what kind it is; the content type, as HTTP has
/// it, is only believed when it says that this is no sound at all.
///
/// # Errors
/// See [`SoundError`]. A file that breaks off is as long as it is; one without any sound is silence of no length.
pub fn decode(bytes: &[u8], content_type: &str) -> Result<Vec<i16>, SoundError> {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !may_be_sound(&essence) {
        return Err(SoundError::ContentType(essence.chars().take(100).collect()));
    }
    if bytes.len() > LARGEST {
        return Err(SoundError::TooLarge);
    }
    let raw = if bytes.starts_with(b"RIFF") { riff::read(bytes)? } else { mp3(bytes)? };
    resample::to_telephone(&raw.samples, raw.rate).ok_or(SoundError::Rate(raw.rate))
}

/// Bare samples of 16 bits, the low byte first, at so many a second, as 8 kHz.
///
/// # Errors
/// As [`decode`].
pub fn raw(bytes: &[u8], rate: u32) -> Result<Vec<i16>, SoundError> {
    let mut raw = Raw { samples: Vec::new(), rate };
    let (samples, _) = bytes.as_chunks::<2>();
    let samples: Vec<f32> = samples.iter().map(|two| f32::from(i16::from_le_bytes(*two)) / 32_768.0).collect();
    raw.push(&samples, 1)?;
    resample::to_telephone(&raw.samples, rate).ok_or(SoundError::Rate(rate))
}

/// The types that the provider plays, those that servers send for files they know nothing of, and none at all.
fn may_be_sound(essence: &str) -> bool {
    essence.is_empty()
        || essence.starts_with("audio/")
        || ["application/octet-stream", "binary/octet-stream"].contains(&essence)
}

fn mp3(bytes: &[u8]) -> Result<Raw, SoundError> {
    let unreadable = |error: MediaError| SoundError::Unreadable(error.to_string());
    let mut probe = Probe::default();
    probe.register_format::<MpaReader<'_>>();
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let mut format =
        probe.probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default()).map_err(unreadable)?;
    let track = format.default_track(TrackType::Audio);
    let parameters = track.and_then(|track| track.codec_params.as_ref()?.audio());
    let (Some(track), Some(parameters)) = (track, parameters) else {
        return Err(SoundError::Unreadable("there is no sound in it".to_owned()));
    };
    let mut raw = Raw { samples: Vec::new(), rate: parameters.sample_rate.unwrap_or_default() };
    let codecs = symphonia::default::get_codecs();
    let mut decoder = codecs.make_audio_decoder(parameters, &AudioDecoderOptions::default()).map_err(unreadable)?;
    let (track, mut interleaved) = (track.id, Vec::<f32>::new());
    loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) if packet.track_id == track => packet,
            Ok(Some(_)) => continue,
            // Broken off: as long as it is.
            Ok(None) | Err(MediaError::IoError(_)) => return Ok(raw),
            Err(error) => return Err(unreadable(error)),
        };
        let buffer = match decoder.decode(&packet) {
            Ok(buffer) => buffer,
            // A damaged part is left out.
            Err(MediaError::DecodeError(_) | MediaError::IoError(_)) => continue,
            Err(error) => return Err(unreadable(error)),
        };
        if buffer.spec().rate() != raw.rate {
            return Err(SoundError::Rate(buffer.spec().rate()));
        }
        buffer.copy_to_vec_interleaved(&mut interleaved);
        raw.push(&interleaved, buffer.spec().channels().count())?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sound::g711::Law;
    use crate::sound::trials::spoken_file;
    use crate::sound::wav;

    /// A file of another kind than is written here.
    fn other(format: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
        let block = channels * bits / 8;
        let mut file = b"RIFF\0\0\0\0WAVE".to_vec();
        // A chunk that nobody knows, of an odd length, stands before.
        file.extend(*b"junk\x03\0\0\0abc\0fmt \x12\0\0\0");
        file.extend([format.to_le_bytes(), channels.to_le_bytes()].concat());
        file.extend([rate.to_le_bytes(), (rate * u32::from(block)).to_le_bytes()].concat());
        file.extend([block.to_le_bytes(), bits.to_le_bytes(), [0, 0]].concat());
        file.extend(b"data");
        file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        file.extend(data);
        let length = u32::try_from(file.len() - 8).unwrap().to_le_bytes();
        file[4..8].copy_from_slice(&length);
        file
    }

    fn sine(rate: u32, seconds: u32) -> Vec<i16> {
        (0..rate * seconds)
            .map(|at| (f64::from(at) * 1000.0 * std::f64::consts::TAU / f64::from(rate)).sin())
            .map(|value| super::super::rounded(f32::from(i16::MAX / 2) * rounded_to_f32(value)))
            .collect()
    }

    #[expect(clippy::cast_possible_truncation, reason = "a sine has few digits")]
    fn rounded_to_f32(value: f64) -> f32 {
        value as f32
    }

    fn bytes(samples: &[i16]) -> Vec<u8> {
        samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
    }

    /// Whether it is a tone of 1000 Hz, half as loud as can be, of that many samples give or take.
    #[track_caller]
    fn assert_is_tone(sound: &[i16], length: usize, tolerance: usize) {
        assert!(sound.len().abs_diff(length) <= tolerance, "{} samples and not {length}", sound.len());
        let turns = sound.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!(turns.abs_diff(length / 8) <= 20, "{turns} turns");
        let middle: Vec<f64> = sound[800..sound.len() - 800].iter().map(|&sample| f64::from(sample)).collect();
        let mean =
            middle.iter().map(|sample| sample * sample).sum::<f64>() / f64::from(u32::try_from(middle.len()).unwrap());
        assert!((mean.sqrt() - 11_585.0).abs() < 800.0, "as loud as {}", mean.sqrt());
    }

    #[test]
    fn what_is_written_here_is_read_here() {
        let samples = sine(8000, 1);
        assert_eq!(decode(&wav::mono(&samples), "audio/x-wav"), Ok(samples.clone()));
        assert_eq!(decode(&wav::stereo(&samples, &samples), "audio/wav"), Ok(samples));
        assert_eq!(decode(&wav::mono(&[]), "audio/wav"), Ok(vec![]));
    }

    #[test]
    fn every_usual_wav_is_a_tone() {
        let unsigned = |samples: &[i16]| -> Vec<u8> {
            samples.iter().map(|&sample| u8::try_from((i32::from(sample) + 32_768) >> 8).unwrap()).collect()
        };
        let wider = |samples: &[i16], by: usize| -> Vec<u8> {
            samples.iter().flat_map(|sample| [vec![0; by], sample.to_le_bytes().to_vec()].concat()).collect()
        };
        let floats = |samples: &[i16]| -> Vec<u8> {
            samples.iter().flat_map(|&sample| (f32::from(sample) / 32_768.0).to_le_bytes()).collect()
        };
        for rate in [8000, 11_025, 16_000, 22_050, 44_100, 48_000] {
            let tone = sine(rate, 1);
            let doubled: Vec<i16> = tone.iter().flat_map(|&sample| [sample, sample]).collect();
            let files = [
                ("PCM 16", other(1, 1, rate, 16, &bytes(&tone))),
                ("PCM 16, two channels", other(1, 2, rate, 16, &bytes(&doubled))),
                ("PCM 24", other(1, 1, rate, 24, &wider(&tone, 1))),
                ("PCM 32", other(1, 1, rate, 32, &wider(&tone, 2))),
                ("float", other(3, 1, rate, 32, &floats(&tone))),
                ("PCM 8", other(1, 1, rate, 8, &unsigned(&tone))),
                ("mu-law", other(7, 1, rate, 8, &Law::Mu.encode(&tone))),
                ("A-law", other(6, 1, rate, 8, &Law::A.encode(&tone))),
                ("A-law, two channels", other(6, 2, rate, 8, &Law::A.encode(&doubled))),
            ];
            for (kind, file) in files {
                let sound = decode(&file, "audio/x-wav").unwrap_or_else(|error| panic!("{kind} {rate}: {error}"));
                assert_is_tone(&sound, 8000, 8);
            }
        }
    }

    #[test]
    fn laws_of_eight_kilohertz_are_read_sample_by_sample() {
        let codes: Vec<u8> = (0..=u8::MAX).collect();
        for (format, law) in [(7, Law::Mu), (6, Law::A)] {
            assert_eq!(decode(&other(format, 1, 8000, 8, &codes), "").unwrap(), law.decode(&codes));
        }
    }

    #[test]
    fn channels_become_one_without_being_cut_off() {
        let (loud, against) = ([30_000, 30_000, 10, 0], [30_000, -30_000, 0, 10]);
        assert_eq!(decode(&wav::stereo(&loud, &against), "audio/wav"), Ok(vec![30_000, 0, 5, 5]));
    }

    // Half a second of `sox -n tone.wav synth 0.5 sine 1000 gain -6`, by `lame -b 64` from 22050 Hz and one channel, and by
    // `lame -V 7` from 44100 Hz and two.
    #[test]
    fn mp3_of_any_kind_is_a_tone_as_long_as_it_was() {
        for file in [
            &include_bytes!("../../tests/sound/tone-22050.mp3")[..],
            include_bytes!("../../tests/sound/tone-44100-vbr.mp3"),
        ] {
            for content_type in ["audio/mpeg", "AUDIO/MP3; x=y", "application/octet-stream", "", "audio/wav"] {
                assert_is_tone(&decode(file, content_type).unwrap(), 4000, 8);
            }
            // Broken off: as long as it is.
            let half = decode(&file[..file.len() / 2], "audio/mpeg").unwrap();
            assert!((500..3900).contains(&half.len()), "{}", half.len());
        }
    }

    #[test]
    fn a_file_that_was_written_as_it_was_made_has_its_true_length() {
        let tone = sine(8000, 1);
        for claimed in [0x7fff_f000_u32, u32::MAX, 16_001] {
            let mut file = wav::mono(&tone);
            file[4..8].copy_from_slice(&claimed.saturating_add(36).to_le_bytes());
            file[40..44].copy_from_slice(&claimed.to_le_bytes());
            assert_eq!(decode(&file, "audio/wav").unwrap(), tone, "{claimed:#x}");
        }
    }

    #[test]
    fn what_espeak_writes_is_read_to_its_end() {
        let file = spoken_file("es-419", "Gracias por llamar.");
        let samples = (file.len() - 44) / 2;
        let sound = decode(&file, "audio/x-wav").unwrap();
        assert!(sound.len().abs_diff(samples * 8000 / 22_050) <= 2, "{} of {samples}", sound.len());
    }

    #[test]
    fn what_is_no_sound_says_why() {
        let page = b"<html><body>not found</body></html>";
        assert_eq!(decode(page, "text/html; charset=utf-8"), Err(SoundError::ContentType("text/html".to_owned())));
        assert_eq!(decode(&vec![0; LARGEST + 1], "audio/wav"), Err(SoundError::TooLarge));
        assert_eq!(decode(&other(1, 1, 2000, 8, &[128; 4000]), "audio/wav"), Err(SoundError::Rate(2000)));
        assert_eq!(
            decode(&other(85, 1, 8000, 16, &[0; 400]), "audio/wav"),
            Err(SoundError::Format { format: 85, bits: 16 })
        );
        let silent = vec![0x80; 8000 * usize::try_from(LONGEST.as_secs()).unwrap() + 1];
        assert_eq!(decode(&other(1, 1, 8000, 8, &silent), "audio/wav"), Err(SoundError::TooLong));
        for damaged in [&page[..], b"", b"RIFF", b"RIFF\0\0\0\0WAVE", &[0xff; 5000], &[0; 5000]] {
            let answer = decode(damaged, "audio/wav");
            assert!(matches!(answer, Err(SoundError::Unreadable(_))), "{damaged:?}: {answer:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_file_breaks_it(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..30),
            cut in any::<prop::sample::Index>(),
            which in 0_usize..3,
        ) {
            let mut file = match which {
                0 => other(1, 2, 22_050, 16, &bytes(&sine(2000, 1))),
                1 => other(7, 1, 8000, 8, &[3; 2000]),
                _ => include_bytes!("../../tests/sound/tone-22050.mp3").to_vec(),
            };
            for (at, value) in changes {
                // Most of what can go wrong stands at the beginning.
                let at = at.index(file.len()) % if value % 2 == 0 { 64 } else { file.len() };
                file[at] = value;
            }
            file.truncate(cut.index(file.len()) + 1);
            let _ = decode(&file, "");
        }
    }
}
