//! The settings by which the pager watches itself: tests, and signs of life.

use std::time::Duration;

use super::reader::Reader;
use super::{DURATION_MEND, values};
use crate::oncall::PersonId;
use crate::provider::Secret;

/// A test takes up to ten minutes; the next one begins after it.
const SHORTEST_CANARY: Duration = Duration::from_mins(15);
/// Signs of life are no load on anybody.
const SHORTEST_HEARTBEAT: Duration = Duration::from_secs(10);
/// The longest span between two: a month says nothing of tonight.
const LONGEST: Duration = Duration::from_hours(31 * 24);

/// How the pager tests itself.
#[derive(Clone, Debug)]
pub struct Canary {
    /// How often.
    pub every: Duration,
    /// The person of the roster who is paged.
    pub person: PersonId,
}

/// Where signs of life are sent.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    /// The address; whoever has it can keep the alarm quiet.
    pub url: Secret,
    /// How often.
    pub every: Duration,
}

impl Canary {
    /// `Some(None)` where no contact is set: no tests.
    #[expect(clippy::option_option, reason = "unreadable, left out, and set are three things")]
    pub(super) fn read(reader: &mut Reader) -> Option<Option<Self>> {
        let person = reader.optional(
            "canary.contact",
            "",
            "write the id of a person of the roster who is paged for tests, or leave it out",
            |text| match text.trim() {
                "" => Ok(None),
                id => PersonId::parse(id).map(Some).map_err(|error| error.to_string()),
            },
        );
        let every = reader.optional("canary.every", "24h", DURATION_MEND, |text| between(text, SHORTEST_CANARY));
        let (person, every) = (person?, every?);
        Some(person.map(|person| Self { every, person }))
    }
}

impl Heartbeat {
    /// `Some(None)` where no address is set: no signs.
    #[expect(clippy::option_option, reason = "unreadable, left out, and set are three things")]
    pub(super) fn read(reader: &mut Reader) -> Option<Option<Self>> {
        let url = reader.optional_secret("heartbeat.url");
        let every = reader.optional("heartbeat.every", "60s", DURATION_MEND, |text| between(text, SHORTEST_HEARTBEAT));
        let every = every?;
        Some(url.map(|url| Self { url: Secret::new(url), every }))
    }
}

fn between(text: &str, shortest: Duration) -> Result<Duration, String> {
    let length = values::duration(text)?;
    if (shortest..=LONGEST).contains(&length) {
        return Ok(length);
    }
    Err(format!("not between {} s and 31 days", shortest.as_secs()))
}
