//! The network against a tiny application, by the wire.

#[cfg(test)]
mod application;
#[cfg(test)]
mod gather;
#[cfg(test)]
mod record;
#[cfg(test)]
mod signature;
#[cfg(test)]
mod stories;
