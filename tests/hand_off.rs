//! Cases are handed to a ticket store of another maker, which fails in every way that one can.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "hand_off/case.rs"]
mod case;
#[path = "hand_off/desk.rs"]
mod desk;
#[path = "hand_off/link.rs"]
mod link;
#[path = "hand_off/news.rs"]
mod news;
#[path = "support/reports.rs"]
mod reports;
#[path = "hand_off/sounds.rs"]
mod sounds;
#[path = "hand_off/stories.rs"]
mod stories;
