//! ITU-T G.711: a sample as one byte, mu-law in America and Japan, A-law elsewhere.
//!
//! Samples are 16 bits wide; the recommendation's own values have 14 (mu-law) and 13 (A-law), aligned at the top.

use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

use super::{FRAME, Frame};

/// One of the two laws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Law {
    /// mu-law, PCMU.
    Mu,
    /// A-law, PCMA.
    A,
}

impl Law {
    /// The name in SDP (RFC 3551, table 4).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mu => "PCMU",
            Self::A => "PCMA",
        }
    }

    /// The static payload type of RTP (RFC 3551, table 4).
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Mu => 0,
            Self::A => 8,
        }
    }

    /// The law of a static payload type of RTP.
    #[must_use]
    pub const fn of_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Mu),
            8 => Some(Self::A),
            _ => None,
        }
    }

    /// One sample as its byte.
    #[must_use]
    pub fn encode_sample(self, sample: i16) -> u8 {
        match self {
            Self::Mu => encode_ulaw(sample),
            Self::A => encode_alaw(sample),
        }
    }

    /// One byte as its sample.
    #[must_use]
    pub fn decode_sample(self, byte: u8) -> i16 {
        match self {
            Self::Mu => decode_ulaw(byte),
            Self::A => decode_alaw(byte),
        }
    }

    /// Samples as bytes.
    #[must_use]
    pub fn encode(self, samples: &[i16]) -> Vec<u8> {
        samples.iter().map(|&sample| self.encode_sample(sample)).collect()
    }

    /// Bytes as samples.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Vec<i16> {
        bytes.iter().map(|&byte| self.decode_sample(byte)).collect()
    }

    /// A frame as the payload of one packet.
    #[must_use]
    pub fn encode_frame(self, frame: &Frame) -> [u8; FRAME] {
        frame.0.map(|sample| self.encode_sample(sample))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAWS: [Law; 2] = [Law::Mu, Law::A];

    /// What a telephone makes of a sample.
    fn carried(law: Law, sample: i16) -> i16 {
        law.decode_sample(law.encode_sample(sample))
    }

    #[test]
    fn each_segment_starts_where_the_recommendation_says() {
        // G.711, table 2a: the character signal and the decoder's output, in 14 bits.
        let mu = [
            (0x80, 8031),
            (0x8f, 4191),
            (0x9f, 2079),
            (0xaf, 1023),
            (0xbf, 495),
            (0xcf, 231),
            (0xdf, 99),
            (0xef, 33),
            (0xfe, 2),
            (0xff, 0),
        ];
        for (byte, output) in mu {
            assert_eq!(Law::Mu.decode_sample(byte), output * 4, "mu {byte:#x}");
            assert_eq!(Law::Mu.decode_sample(byte & 0x7f), -output * 4, "mu {:#x}", byte & 0x7f);
        }
        // G.711, table 1a, even bits inverted as they are sent; in 13 bits with the half step.
        let a = [
            (0xaa, 4032),
            (0xa5, 2112),
            (0xb5, 1056),
            (0x85, 528),
            (0x95, 264),
            (0xe5, 132),
            (0xf5, 66),
            (0xd4, 3),
            (0xd5, 1),
        ];
        for (byte, output) in a {
            assert_eq!(Law::A.decode_sample(byte), output * 8, "A {byte:#x}");
            assert_eq!(Law::A.decode_sample(byte & 0x7f), -output * 8, "A {:#x}", byte & 0x7f);
        }
    }

    #[test]
    fn every_byte_comes_back_as_itself() {
        for law in LAWS {
            for byte in 0..=u8::MAX {
                // mu-law has two zeros, and samples one.
                let expected = if law == Law::Mu && byte == 0x7f { 0xff } else { byte };
                assert_eq!(law.encode_sample(law.decode_sample(byte)), expected, "{law:?} {byte:#x}");
            }
        }
    }

    #[test]
    fn louder_never_becomes_softer_and_no_sample_moves_by_more_than_half_a_step() {
        for law in LAWS {
            for sample in i16::MIN..i16::MAX {
                assert!(carried(law, sample) <= carried(law, sample + 1), "{law:?} {sample}");
                // Sixteen steps a segment: half of one is a 32nd of the segment's start; the smallest step is 16 (A-law).
                let (off, size) = (i32::from(carried(law, sample)) - i32::from(sample), i32::from(sample).abs());
                let clipped = (size - if law == Law::Mu { 32_124 } else { 32_256 }).max(0);
                assert!(off.abs() <= (size + 132) / 32 + 8 + clipped, "{law:?} {sample}: {off}");
            }
        }
    }

    #[test]
    fn silence_is_silence() {
        assert_eq!(Law::Mu.encode_frame(&Frame::SILENCE), [0xff; FRAME]);
        assert_eq!(Law::A.encode_frame(&Frame::SILENCE), [0xd5; FRAME]);
        assert_eq!(Law::Mu.decode(&Law::Mu.encode(&[0; 3])), [0; 3]);
        // A-law knows no zero: the nearest is one half step.
        assert_eq!(Law::A.decode(&[0xd5]), [8]);
    }

    #[test]
    fn payload_types_name_their_law() {
        for law in LAWS {
            assert_eq!(Law::of_payload_type(law.payload_type()), Some(law));
        }
        assert_eq!(Law::of_payload_type(101), None);
    }
}
