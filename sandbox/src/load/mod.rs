//! Load: many callers at once, in real time, as a population of them behaves, and what the application made of it.
//!
//! Calls arrive at a rate, at random (as independent people do), and do not wait for one another: an application that slows
//! down gets no fewer of them. Only so many are on the telephone at once; who comes beyond that is turned away and counted.
//!
//! ```yaml
//! callers:
//!   - name: reports
//!     weight: 6                                 # of all the weights; 1 unless it says otherwise
//!     steps:
//!       - presses: [1, 2]                       # one of these; or one key sequence
//!         after: { from: 500ms, to: 3s }        # once there is something to hear
//!       - says: { mean: 6s }                    # as soon as something listens
//!         after: 1s
//!       - presses: "#"
//!       - hangs_up
//!     hangs_up: { chance: 0.1, within: 20s }    # some hang up before that, at any moment
//!   - name: says nothing
//!     steps:
//!       - silence: 30s
//!     patience: 1m                              # hangs up after that; 5 minutes unless it says otherwise
//! ```
//!
//! A time is one length, `{ from, to }` (all of them equally likely) or `{ mean }` (many short ones, few long ones; ten times
//! the mean at most). A step may also be `texts: words`, a text message. After the last step a caller listens until the line
//! hangs up.
//!
//! With [`Load::sip`] every caller is a SIP telephone that calls a gateway of its own over loopback: INVITE, sound both ways,
//! keys by RFC 4733. When they act is still taken from the network; what they do goes over the wire.

mod caller;
mod population;
mod report;
mod run;
mod spread;
mod tally;
mod telephones;

pub use caller::Outcome;
pub(crate) use caller::{Glimpse, Listens};
pub use population::{Act, Plan, Planned, Population, PopulationError};
pub use report::{Calls, ErrorKind, Report, SipFigures, Times, WebhookFigures};
pub use run::{Load, LoadError, Until};
