//! How many pieces a text message is sent in: 160 or 153 characters of the GSM alphabet, or 70 or 67 of UCS-2.

/// 3GPP TS 23.038, the basic alphabet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§\
                     ¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table: each takes two places.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// The number of pieces; an empty body is one.
pub(crate) fn segments(body: &str) -> usize {
    let mut places = 0_usize;
    for character in body.chars() {
        if BASIC.contains(character) {
            places = places.saturating_add(1);
        } else if EXTENDED.contains(character) {
            places = places.saturating_add(2);
        } else {
            return pieces(body.encode_utf16().count(), 70, 67);
        }
    }
    pieces(places, 160, 153)
}

fn pieces(places: usize, alone: usize, joined: usize) -> usize {
    if places <= alone { 1 } else { places.div_ceil(joined) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_by_alphabet_and_length() {
        let cases = [
            ("", 1),
            (&"a".repeat(160), 1),
            (&"a".repeat(161), 2),
            (&"a".repeat(306), 2),
            (&"a".repeat(307), 3),
            (&"€".repeat(80), 1),
            (&"€".repeat(81), 2),
            // á is not in the GSM alphabet, é and ñ are: Spanish with á í ó ú costs UCS-2.
            (&"é".repeat(160), 1),
            (&"á".repeat(70), 1),
            (&"á".repeat(71), 2),
            (&"😀".repeat(35), 1),
            (&"😀".repeat(36), 2),
        ];
        for (body, expected) in cases {
            assert_eq!(segments(body), expected, "{} characters", body.chars().count());
        }
    }
}
