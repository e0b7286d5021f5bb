//! What differs between the providers of the TwiML family, as data.

/// A provider's dialect of TwiML. The capabilities are asked for where they matter; nobody asks for the provider's name.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// Ids of calls.
    pub calls: IdShape,
    /// Ids of text messages.
    pub messages: IdShape,
    /// Ids of recordings.
    pub recordings: IdShape,
    /// Ids of queues.
    pub queues: IdShape,
    /// Ids of conferences.
    pub conferences: IdShape,
    /// Whether it has the verb Pause. Without it, pauses are left out.
    pub pauses: bool,
    /// Whether it hears speech while it gathers keys.
    pub hears_speech: bool,
}

/// What an id looks like.
#[derive(Clone, Copy, Debug)]
pub enum IdShape {
    /// One of these prefixes and 32 lower-case hexadecimal digits: `CA0123…`.
    Sid(&'static [&'static str]),
    /// Up to 64 letters, digits, `-`, `_`, `.` or `:`: UUIDs and the like. Nothing that has a meaning in a path, but for the
    /// names `.` and `..`, which are refused.
    Opaque,
}

impl IdShape {
    /// Whether `id` looks like this.
    #[must_use]
    pub fn fits(self, id: &str) -> bool {
        match self {
            Self::Sid(prefixes) => prefixes.iter().any(|prefix| {
                let digits = id.strip_prefix(prefix).unwrap_or_default();
                digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            }),
            Self::Opaque => {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
                (1..=64).contains(&id.len()) && id.bytes().all(plain) && id.bytes().any(|byte| byte != b'.')
            }
        }
    }
}

impl Dialect {
    /// Twilio's own, the reference of the family.
    pub const TWILIO: Self = Self {
        calls: IdShape::Sid(&["CA"]),
        messages: IdShape::Sid(&["SM", "MM"]),
        recordings: IdShape::Sid(&["RE"]),
        queues: IdShape::Sid(&["QU"]),
        conferences: IdShape::Sid(&["CF"]),
        pauses: true,
        hears_speech: true,
    };
}

impl Default for Dialect {
    fn default() -> Self {
        Self::TWILIO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        let digits = "0123456789abcdef0123456789abcdef";
        for (shape, id, fits) in [
            (Dialect::TWILIO.calls, format!("CA{digits}"), true),
            (Dialect::TWILIO.calls, format!("CA{digits}0"), false),
            (Dialect::TWILIO.calls, format!("CA{}", digits.to_uppercase()), false),
            (Dialect::TWILIO.calls, format!("SM{digits}"), false),
            (Dialect::TWILIO.messages, format!("MM{digits}"), true),
            (Dialect::TWILIO.calls, "CA".into(), false),
            (Dialect::TWILIO.calls, String::new(), false),
            (IdShape::Opaque, "0b5b7a1e-0f3c-4b39-9d57-0b3a9e0f6c11".into(), true),
            (IdShape::Opaque, "v3:Kq9_x.1".into(), true),
            (IdShape::Opaque, "..".into(), false),
            (IdShape::Opaque, "a/b".into(), false),
            (IdShape::Opaque, "ñ".into(), false),
            (IdShape::Opaque, "a".repeat(65), false),
            (IdShape::Opaque, String::new(), false),
        ] {
            assert_eq!(shape.fits(&id), fits, "{id}");
        }
    }
}
