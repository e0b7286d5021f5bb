//! The ladder: who is told next and when, what they are told, and what their answer means. Pure.

mod code;
mod fit;
pub mod gsm7;
mod ladder;
mod message;
mod messages;
mod page;
mod reply;

pub use code::{Code, NoCode, without_codes};
pub use ladder::{Kind, Next, Paged, Policy, Step};
pub use message::{Delivery, Message};
pub use messages::{Subject, Writer};
pub use page::Page;
pub use reply::{Reply, parse};
