//! Several providers of one channel, in the order of preference: what one cannot send, the next one sends at once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::breaker::{Breakers, Event, State, Tolerance};
use super::failure::Class;
use super::send_error::{Cause, SendError};
use crate::clock::Clock;

/// The providers of one channel.
#[derive(Debug)]
pub struct Route<P> {
    providers: Vec<Named<P>>,
    breakers: Mutex<Breakers>,
}

/// A provider and its name: short, of letters, digits and `-`, since it becomes a part of idempotency keys.
#[derive(Clone, Debug)]
pub struct Named<P> {
    /// The name, for the timeline and for keys.
    pub name: String,
    /// The provider.
    pub provider: P,
}

/// Why providers make no route. A reason not to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// There is none.
    #[error("a channel needs at least one provider: configure one, or leave the channel out")]
    Empty,
    /// Two have the same name, or one has none that fits.
    #[error("each provider of a channel needs a name of its own: up to 32 letters, digits and '-'")]
    Name,
}

/// A send that somebody took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken<T> {
    /// The name of the provider that took it.
    pub provider: String,
    /// Its answer.
    pub answer: T,
    /// Who was tried before, and how it failed.
    pub before: Vec<Try>,
}

/// A send that nobody took, or may not have taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}, {} provider(s) tried", tries.len())]
pub struct Untaken {
    /// What to do about it: the most hopeful of all answers.
    pub error: SendError,
    /// Who was tried, and how it failed.
    pub tries: Vec<Try>,
}

/// One failed try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// The provider's name.
    pub provider: String,
    /// How it failed.
    pub error: SendError,
}

impl<P: Clone> Route<P> {
    /// A route over `providers`, the preferred one first.
    ///
    /// # Errors
    /// [`RouteError`], which names the mend.
    pub fn new(providers: Vec<Named<P>>, tolerance: Tolerance) -> Result<Self, RouteError> {
        if providers.is_empty() {
            return Err(RouteError::Empty);
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let fits = |name: &str| (1..=32).contains(&name.len()) && name.bytes().all(plain);
        let mut names: Vec<_> = providers.iter().map(|named| named.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() != providers.len() || !names.into_iter().all(fits) {
            return Err(RouteError::Name);
        }
        let breakers = Mutex::new(Breakers::new(providers.len(), tolerance));
        Ok(Self { providers, breakers })
    }

    /// How each provider's breaker stands, by name.
    #[must_use]
    pub fn states(&self) -> Vec<(String, State)> {
        let names = self.providers.iter().map(|named| named.name.clone());
        names.zip(self.breakers().states().iter().copied()).collect()
    }

    /// Sends by `attempt`, which is given a provider and the idempotency key for it: `key` and the provider's name, so that two
    /// providers behind one door do not take each other's sends for repeats. Goes on to the next provider at once unless the
    /// answer would be the same there.
    ///
    /// # Errors
    /// [`Untaken`].
    pub async fn send<T, A, F>(&self, clock: &Clock, key: &str, attempt: A) -> Result<Taken<T>, Untaken>
    where
        A: Fn(P, String) -> F,
        F: Future<Output = Result<T, SendError>>,
    {
        let mut tries = Vec::new();
        for index in 0..self.providers.len() {
            let may = self.breakers().ask(index, clock.now());
            if may && let Some(end) = self.attempt(clock, index, key, &attempt, &mut tries).await {
                return end;
            }
        }
        // Every breaker holds: a page is tried nevertheless.
        if tries.is_empty() {
            let index = self.breakers().last_resort().unwrap_or_default();
            if let Some(end) = self.attempt(clock, index, key, &attempt, &mut tries).await {
                return end;
            }
        }
        Err(untaken(tries))
    }

    /// One try; `None` where the next provider is due.
    async fn attempt<T, A, F>(
        &self,
        clock: &Clock,
        index: usize,
        key: &str,
        attempt: &A,
        tries: &mut Vec<Try>,
    ) -> Option<Result<Taken<T>, Untaken>>
    where
        A: Fn(P, String) -> F,
        F: Future<Output = Result<T, SendError>>,
    {
        let Named { name, provider } = self.providers.get(index)?.clone();
        let answer = attempt(provider, format!("{key}-{name}")).await;
        self.breakers().tell(index, health(&answer), clock.now());
        match answer {
            Ok(answer) => Some(Ok(Taken { provider: name, answer, before: std::mem::take(tries) })),
            Err(error) => {
                tries.push(Try { provider: name, error });
                is_the_same_elsewhere(error).then(|| Err(Untaken { error, tries: std::mem::take(tries) }))
            }
        }
    }

    fn breakers(&self) -> MutexGuard<'_, Breakers> {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an answer says about the provider that gave it.
fn health<T>(answer: &Result<T, SendError>) -> Event {
    match answer {
        Ok(_) => Event::Worked,
        Err(SendError { cause: Cause::Content, .. }) => Event::Neither,
        Err(error) => match error.class {
            Class::ContactInvalid | Class::OptedOut => Event::Worked,
            // One number that it may not call says nothing about the next one; an account that is locked out does.
            Class::Configuration if matches!(error.cause, Cause::Refused(401 | 403)) => Event::Failed,
            Class::OtherSender | Class::Configuration => Event::Neither,
            Class::Retry => Event::Failed,
        },
    }
}

/// Whether no other provider would do better: the contact decides, or the content.
fn is_the_same_elsewhere(error: SendError) -> bool {
    matches!(error.class, Class::ContactInvalid | Class::OptedOut) || error.cause == Cause::Content
}

/// The most hopeful of all answers decides what is done next: what may pass by itself before what somebody must mend.
fn untaken(tries: Vec<Try>) -> Untaken {
    let hope = |error: &SendError| match error.class {
        Class::Retry => 2,
        Class::OtherSender => 1,
        Class::Configuration | Class::ContactInvalid | Class::OptedOut => 0,
    };
    let error = tries.iter().map(|tried| tried.error).max_by_key(hope);
    Untaken { error: error.unwrap_or(SendError::CONTENT), tries }
}

#[cfg(test)]
#[path = "route_tests.rs"]
mod tests;
