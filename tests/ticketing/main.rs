//! Connectors of ticket stores against recorded exchanges: what a store is asked, to the letter, and what is made of its
//! answer. The shapes are those of the makers' documents; each module names the ones it follows.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is wrong"
)]

mod described;
mod glpi;
mod jira;
mod os_ticket;
mod recorded;
mod sample;
mod service_now;
mod zammad;
