//! Stories: people on the telephone, from a page that reads like what happened, and what must be true in the end.
//!
//! ```yaml
//! story: Saturday night, the payroll platform is down
//! at: 2026-03-07T22:00:00-04:00
//! caller: { from: "+18095550142", dials: "+18095550100" }
//! staff: { first_on_duty: "+18095550111" }
//! steps:
//!   - hears: fuera de nuestro horario
//!   - presses: 1
//!   - hears: { case_number: first }
//!   - staff: first_on_duty
//!     receives_sms: { contains: [CRITICO, "{case_number:first}"], within: 2s }
//!   - staff: first_on_duty
//!     replies: "{code}A"
//!   - hangs_up
//! then:
//!   - nothing_else_was_sent
//! ```
//!
//! The caller dials as the story begins. A step without `staff` is the caller's. Steps follow one another; a step that waits
//! for something lets time pass until it is so, and fails after `within` (60 s unless it says otherwise).
//!
//! | Step | What the person does |
//! |---|---|
//! | `hears: words` | hears these words, case and accents apart, after the last thing they heard or did |
//! | `hears: { case_number: name }` | hears eight digits, in figures or in words, and remembers them as `{case_number:name}` |
//! | `presses: keys` | presses keys at once; `w` is half a second |
//! | `says: { text: words, seconds: 9 }` | speaks, as soon as a recording, a `Gather` or another person listens |
//! | `hangs_up`, `calls_again`, `dials: number` | ends a call, makes one |
//! | `receives_call` | their phone rings; nothing else is done about it yet |
//! | `answers`, `declines` | as soon as the phone rings |
//! | `lets_it_ring` | the phone rings, and nobody touches it until it stops |
//! | `has_voicemail: { after: 15s, says: words }` | from now on voicemail picks up after so long and speaks; it never presses |
//! | `voicemail_answers` | it does; what `hears` says from then on is what it recorded |
//! | `is_busy` | from now on their line is; `switches_on` ends it, and voicemail |
//! | `line_hangs_up` | sees the other side end the call |
//! | `receives_sms: { contains: [words] }` | gets a text message that has them all; each message is read once |
//! | `replies: text` | answers the last text message; `{code}` is the four digits before an `A` in it |
//! | `sends_sms: { to: number, text: words }` | writes to a number |
//! | `switches_off`, `switches_on` | their phone |
//! | `waits: 30s`, `later: 5m` | time passes |
//! | `check: { name: value }` | the host finds this to be so |
//! | `meanwhile: { name: value }` | the host makes this happen |
//!
//! Two people who are joined hear each other: what one `says`, the other `hears`; a key is heard as `[key 1]`.
//!
//! `nothing_else_was_sent` is untrue when a text message reached a phone and no step read it, when a phone rang and no step
//! spoke of it, when a call is still live, or when the network has an error on record.

mod document;
mod hosts;
mod people;
mod phones;
mod report;
mod runner;
mod step;
mod verdict;
mod words;
mod written;

pub use document::{Story, StoryError};
pub use hosts::{Host, NetworkAlone, RealTime, VirtualTime};
pub use report::{Report, StoryFailure};
pub use runner::Runner;
pub(crate) use step::duration;
pub use step::{length, natural_length};
pub use written::written;
