//! The ladder: who is told next and when, what they are told, and what their answer means. Pure.

mod bundle;
pub mod canary;
mod code;
pub mod dialogue;
mod disabled;
mod fit;
pub mod gsm7;
mod ladder;
mod message;
mod messages;
mod notice;
mod page;
mod reply;
mod room;

pub use bundle::{Bundle, Throttle, Way};
pub use canary::Canary;
pub use code::{Code, NoCode, without_codes};
pub use dialogue::{Dialogue, Place};
pub use disabled::{Disabled, Wish, wish};
pub use ladder::{Kind, Ladder, Next, Paged, Plan, Step, patience, remind_at};
pub use message::{Delivery, Message, Recipient};
pub use messages::{Letter, Subject, TicketNews, Writer};
pub use notice::{Notice, Tidings};
pub use page::Page;
pub use reply::{Reply, parse};
pub use room::{Room, RoomState, Seat};
