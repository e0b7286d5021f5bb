//! Identifiers in the provider's shape, drawn from a seed: the same seed makes the same network.

use std::fmt;

use crate::dice::Dice;

/// Draws identifiers. Not for secrets: whoever knows the seed knows them all.
#[derive(Debug)]
pub(crate) struct Ids(Dice);

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Dice::new(seed))
    }

    /// Two letters and 32 hexadecimal digits, as every resource of the provider is named.
    pub(crate) fn sid(&mut self, prefix: &str) -> String {
        format!("{prefix}{:016x}{:016x}", self.0.draw(), self.0.draw())
    }

    /// A token in the form of a UUID: what the idempotency header carries.
    pub(crate) fn token(&mut self) -> String {
        let (high, low) = (self.0.draw(), self.0.draw());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            0x8000 | ((low >> 48) & 0x3FFF),
            low & 0xFFFF_FFFF_FFFF
        )
    }
}

macro_rules! sid {
    ($(#[doc = $doc:literal] $name:ident = $prefix:literal;)+) => {$(
        #[doc = $doc]
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            pub(crate) fn draw(ids: &mut Ids) -> Self {
                Self(ids.sid($prefix))
            }

            /// The identifier as it is written on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str(&self.0)
            }
        }
    )+};
}

sid! {
    /// A call: `CA` and 32 hexadecimal digits.
    CallSid = "CA";
    /// A text message: `SM` and 32 hexadecimal digits.
    MessageSid = "SM";
    /// A recording: `RE` and 32 hexadecimal digits.
    RecordingSid = "RE";
    /// A queue: `QU` and 32 hexadecimal digits.
    QueueSid = "QU";
    /// A conference: `CF` and 32 hexadecimal digits.
    ConferenceSid = "CF";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_providers_shape_and_follow_the_seed() {
        let sid = CallSid::draw(&mut Ids::new(7));
        assert_eq!(sid, CallSid::draw(&mut Ids::new(7)));
        assert_ne!(sid, CallSid::draw(&mut Ids::new(8)));
        assert_eq!(sid.as_str().len(), 34);
        assert!(sid.as_str().strip_prefix("CA").unwrap().chars().all(|c| c.is_ascii_hexdigit()));
        let token = Ids::new(7).token();
        assert_eq!(token.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }
}
