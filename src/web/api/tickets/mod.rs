//! The built-in ticket store for programs.

mod view;

pub(super) use view::ticket as shown;
