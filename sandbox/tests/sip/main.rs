//! The SIP gateway against real telephones and tools, and against whatever else comes.
//!
//! A test that needs a program has its name in its own path: sipp (package sip-tester), baresip (baresip-core), sipvicious.

#[cfg(test)]
#[path = "../network/application.rs"]
#[expect(dead_code, reason = "shared with the tests of the network, which use more of it")]
mod application;
#[cfg(test)]
mod baresip;
#[cfg(test)]
mod door;
#[cfg(test)]
mod flood;
#[cfg(test)]
mod load;
#[cfg(test)]
mod phone;
#[cfg(test)]
mod program;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod scenario;
#[cfg(test)]
mod sipp;
#[cfg(test)]
mod sipvicious;
#[cfg(test)]
mod sound;
#[cfg(test)]
mod staff_by_sipp;
