//! The phones: in the terminal, and in a browser.
//!
//! A test that needs a program has its name in its own path: chromium (with chromedriver: package chromium-driver), espeak.

#[cfg(test)]
#[path = "../network/application.rs"]
#[expect(dead_code, reason = "shared with the tests of the network, which use more of it")]
mod application;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod chromium;
#[cfg(test)]
mod door;
#[cfg(test)]
mod hotline;
#[cfg(test)]
mod program;
#[cfg(test)]
mod set;
#[cfg(test)]
mod speech;
#[cfg(test)]
mod terminal;
