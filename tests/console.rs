//! The console as people use it: over HTTP, on the built program. Who may see what, and what is on the pages.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is wrong"
)]

#[path = "console/access.rs"]
mod access;
#[path = "console/calls.rs"]
mod calls;
#[path = "console/cases.rs"]
mod cases;
#[path = "console/client.rs"]
mod client;
#[path = "console/desk.rs"]
mod desk;
#[path = "console/entering.rs"]
mod entering;
#[path = "console/house.rs"]
mod house;
#[path = "console/keeping.rs"]
mod keeping;
#[expect(dead_code, reason = "callers only report here")]
#[path = "../benches/turn/line.rs"]
mod line;
#[path = "console_pages/program.rs"]
mod program;
#[path = "console/reports.rs"]
mod reports;
#[path = "console/roster.rs"]
mod roster;
#[expect(dead_code, reason = "of the things to keep, cases and calls are enough")]
#[path = "conformance/sample.rs"]
mod sample;
#[path = "console/seed.rs"]
mod seed;
#[expect(dead_code, reason = "no network is needed here")]
#[path = "support/site.rs"]
mod site;
#[path = "console/wall.rs"]
mod wall;
