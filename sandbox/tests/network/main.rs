//! The network against a tiny application, by the wire.

#[cfg(test)]
mod application;
#[cfg(test)]
mod bridged;
#[cfg(test)]
mod conference;
#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod dequeue;
#[cfg(test)]
mod dial;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod duty;
#[cfg(test)]
mod gather;
#[cfg(test)]
mod handset;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod outbound;
#[cfg(test)]
mod played;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod record;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod rest;
#[cfg(test)]
mod signature;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod telephone;
