//! The promise: targets per severity, calendars, deadlines and warnings. Pure.
//!
//! One idea holds the room together: a clock counts some stretches of time and not others. [`Mode`] says which,
//! [`Calendar`] cuts time into such stretches, and a deadline is where the counted ones add up to the [`Target`].

mod calendar;
mod deadline;
mod frame;
mod holidays;
mod judgement;
mod marks;
mod mode;
mod report;
mod severity;
mod span;
mod stretch;
mod table;
mod target;
mod walk;
mod zone;

pub use calendar::{Calendar, Exception, HolidayLaw, Opening, SEARCH_DAYS};
pub use deadline::NoOpenTime;
pub use frame::{Frame, FrameError};
pub use holidays::{FIRST_YEAR, Holiday, LAST_YEAR, holiday_on, holidays};
pub use judgement::{Verdict, judge};
pub use marks::{Mark, Marks, late, marks};
pub use mode::{Mode, UnknownMode};
pub use report::{Hours, Kept, Promise, Report, Tally, by_hour};
pub use severity::Severity;
pub use span::{SpanError, parse_span, show_span};
pub use stretch::{Reason, Stretch};
pub use table::{CalendarProblem, CalendarTable, ExceptionRow, HoursTable};
pub use target::{Target, Targets};

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod vectors;
