//! The console in a browser: every page that somebody can reach, as each role, in both languages, on a small screen and a
//! large one, held against the accessibility rules of axe-core. It makes the pictures of the guides, too.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends where something is wrong")]

#[expect(dead_code, reason = "telephones are elsewhere")]
#[path = "../sandbox/tests/phones/browser.rs"]
mod browser;
#[path = "console_pages/chromium.rs"]
mod chromium;
#[expect(dead_code, reason = "here a browser asks")]
#[path = "console/client.rs"]
mod client;
#[path = "console/desk.rs"]
mod desk;
#[expect(dead_code, reason = "of the house, people are enough")]
#[path = "console/house.rs"]
mod house;
#[path = "console_pages/program.rs"]
mod program;
#[expect(dead_code, reason = "of the things to keep, cases and calls are enough")]
#[path = "conformance/sample.rs"]
mod sample;
#[path = "console/seed.rs"]
mod seed;
#[expect(dead_code, reason = "no network is needed here")]
#[path = "support/site.rs"]
mod site;
