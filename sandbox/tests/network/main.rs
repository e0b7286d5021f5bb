//! The network against a tiny application, by the wire.

#[cfg(test)]
mod application;
mod gather;
mod record;
mod signature;
