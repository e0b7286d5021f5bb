//! Ids and randomness as parameters: the one home of both.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::{Builder, Uuid};

use crate::clock::Instant;

/// A source of ids and random numbers. Seeded from the operating system, or by a test that wants the same run twice.
#[derive(Clone)]
pub struct Ids(Arc<Mutex<StdRng>>);

impl Ids {
    /// Seeded by the operating system; `StdRng` is a cryptographic generator.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Mutex::new(rand::make_rng())))
    }

    /// The same ids in the same order for the same `seed`.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Fresh random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        // A generator's state is valid at every instant.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// An id that tells nothing and cannot be guessed: for what is seen outside, in URLs.
    #[must_use]
    pub fn opaque(&self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// An id that sorts by `now` (UUID version 7): for rows.
    #[must_use]
    pub fn ordered(&self, now: Instant) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A number in `0..bound`, for jitter and codes; 0 when `bound` is 0.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        // The bias of the remainder is below bound / 2^64.
        u64::from_le_bytes(self.bytes()).checked_rem(bound).unwrap_or(0)
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids")
    }
}

/// A typed id over [`Uuid`].
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.simple().fmt(f)
            }
        }
    )+};
}

id! {
    /// A call. Opaque: it stands in webhook URLs.
    CallId,
    /// An incident.
    IncidentId,
    /// One page of one person.
    PageId,
    /// Pages of one person that are told together.
    BundleId,
    /// A text message on its way out.
    MessageId,
    /// A durable job.
    JobId,
    /// A ticket of the built-in store.
    TicketId,
    /// A conversation of three and more. Opaque: it is the room's name at the provider, and stands in webhook URLs.
    RoomId,
    /// A token of the API.
    TokenId,
    /// An address that hears of changes to tickets.
    HookId,
    /// An account of the console.
    AccountId,
    /// A filter of the call log that is kept under a name.
    ViewId,
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself_and_ordered_ids_sort_by_time() {
        let (one, two) = (Ids::seeded(7), Ids::seeded(7));
        assert_eq!(one.opaque(), two.opaque());
        assert_ne!(one.opaque(), one.opaque());
        let at = |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap();
        assert!(one.ordered(at(10)) < one.ordered(at(11)));
        assert_eq!(one.below(0), 0);
        assert!(one.below(3) < 3);
    }
}
