//! Packets of RTP (RFC 3550, section 5). RTCP is neither sent nor read: the two share no port here.

/// The fixed header.
const HEADER: usize = 12;

/// One packet, as it came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packet<'p> {
    pub payload_type: u8,
    pub marker: bool,
    pub sequence: u16,
    pub timestamp: u32,
    pub source: u32,
    pub payload: &'p [u8],
}

impl<'p> Packet<'p> {
    /// `None` = this is no packet of RTP.
    pub(crate) fn read(bytes: &'p [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk::<HEADER>()?;
        let [flags, kind, s0, s1, t0, t1, t2, t3, i0, i1, i2, i3] = *header;
        if flags >> 6 != 2 {
            return None;
        }
        let contributors = usize::from(flags & 0x0F).saturating_mul(4);
        let mut payload = rest.get(contributors..)?;
        if flags & 0x10 != 0 {
            let ([_, _, high, low], after) = payload.split_first_chunk::<4>()?;
            payload = after.get(usize::from(u16::from_be_bytes([*high, *low])).saturating_mul(4)..)?;
        }
        if flags & 0x20 != 0 {
            let padding = usize::from(*payload.last()?);
            payload = payload.get(..payload.len().checked_sub(padding)?)?;
        }
        Some(Self {
            payload_type: kind & 0x7F,
            marker: kind & 0x80 != 0,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            source: u32::from_be_bytes([i0, i1, i2, i3]),
            payload,
        })
    }

    /// As it travels, into `bytes`.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.clear();
        bytes.extend_from_slice(&[0x80, self.payload_type & 0x7F | if self.marker { 0x80 } else { 0 }]);
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.timestamp.to_be_bytes());
        bytes.extend_from_slice(&self.source.to_be_bytes());
        bytes.extend_from_slice(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(payload: &[u8]) -> Packet<'_> {
        Packet { payload_type: 0, marker: true, sequence: 7, timestamp: 160, source: 0x1234_5678, payload }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        packet(&[1, 2, 3]).write(&mut bytes);
        assert_eq!(bytes.len(), 15);
        assert_eq!(Packet::read(&bytes), Some(packet(&[1, 2, 3])));
    }

    #[test]
    fn contributors_an_extension_and_padding_are_left_out() {
        let mut bytes = Vec::new();
        packet(&[]).write(&mut bytes);
        bytes[0] = 0x80 | 0x20 | 0x10 | 2;
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(&[0xBE, 0xDE, 0, 1, 9, 9, 9, 9]);
        bytes.extend_from_slice(&[1, 2, 0, 0, 3]);
        assert_eq!(Packet::read(&bytes), Some(packet(&[1, 2])));
    }

    #[test]
    fn whatever_else_comes_is_nothing() {
        let mut whole = Vec::new();
        packet(&[1]).write(&mut whole);
        for (at, byte) in [(0, 0x40), (0, 0x8F), (0, 0x90), (0, 0xA0)] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            // The last byte says one byte of padding: that one is fine.
            assert_eq!(Packet::read(&bytes).is_some(), byte == 0xA0, "{byte:x}");
        }
        for length in 0..12 {
            assert_eq!(Packet::read(&whole[..length]), None);
        }
        assert_eq!(Packet::read(b"INVITE sip:line@127.0.0.1 SIP/2.0"), None);
    }
}
