//! Paging: who is told what next, and when. Pure.

mod message;
mod page;

pub use message::{Delivery, Message};
pub use page::Page;
