//! Cases: the list, and who does what by when in one of them.

mod acts;
mod clock;
mod list;
mod parts;
mod sheet;

pub use acts::{act, show_number};
pub use list::list;
pub use sheet::show;
