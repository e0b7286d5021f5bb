//! The settings of what people are told about their own duty.

use std::time::Duration;

use super::reader::Reader;
use super::values;

/// Nobody plans farther than a week.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// What people are told about their own duty.
#[derive(Clone, Copy, Debug)]
pub struct Handover {
    /// So long before it begins; zero = not before.
    pub before: Duration,
    /// Whether also when it begins.
    pub at_start: bool,
    /// Whether also when it ends.
    pub at_end: bool,
}

impl Handover {
    /// `Some(None)` where nothing is told.
    #[expect(clippy::option_option, reason = "unreadable, switched off, and set are three things")]
    pub(super) fn read(reader: &mut Reader) -> Option<Option<Self>> {
        let mend = "write a number and a unit, e.g. \"1h\", up to 7 days; \"off\" = not before";
        let before = reader.optional("handover.before", "1h", mend, |text| match text {
            "off" => Ok(Duration::ZERO),
            text => values::duration(text)
                .and_then(|before| if before <= LONGEST { Ok(before) } else { Err("longer than 7 days".to_owned()) }),
        });
        let flag = |text: &str| text.parse::<bool>().map_err(|_| "neither true nor false".to_owned());
        let at_start = reader.optional("handover.at_start", "false", "write true or false", flag);
        let at_end = reader.optional("handover.at_end", "false", "write true or false", flag);
        let handover = Self { before: before?, at_start: at_start?, at_end: at_end? };
        let told = handover.before > Duration::ZERO || handover.at_start || handover.at_end;
        Some(told.then_some(handover))
    }
}
