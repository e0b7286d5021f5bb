//! Time as a parameter: the one home of `now` and of sleeping.
//!
//! A [`Clock`] is either the machine's or a simulated one whose hands somebody else moves. Simulated time stands still
//! while anybody is at work: whoever works holds a [`Busy`], and waking from a sleep hands one out. So a four-hour clock
//! runs in milliseconds and every run of it is the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SubsecRound, Utc};
use tokio::sync::{oneshot, watch};

/// An instant in UTC, to the microsecond: what both databases can hold.
pub type Instant = DateTime<Utc>;

/// Where time comes from. Cheap to clone; clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Machine,
    Simulated(Arc<Simulated>),
}

#[derive(Debug)]
struct Simulated {
    hands: Mutex<Hands>,
    busy: watch::Sender<usize>,
}

#[derive(Debug)]
struct Hands {
    now: Instant,
    sleepers: BTreeMap<(Instant, u64), oneshot::Sender<Busy>>,
    next_sleeper: u64,
}

/// Somebody is at work: while one of these lives, simulated time does not move. Means nothing on the machine's clock.
#[derive(Debug)]
#[must_use = "simulated time moves on as soon as this is dropped"]
pub struct Busy(Option<Arc<Simulated>>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn machine() -> Self {
        Self(Kind::Machine)
    }

    /// A clock that stands at `start` until the returned [`Hand`] moves it.
    #[must_use]
    pub fn simulated(start: Instant) -> (Self, Hand) {
        let simulated = Arc::new(Simulated {
            hands: Mutex::new(Hands { now: start.trunc_subsecs(6), sleepers: BTreeMap::new(), next_sleeper: 0 }),
            busy: watch::Sender::new(0),
        });
        (Self(Kind::Simulated(Arc::clone(&simulated))), Hand(simulated))
    }

    /// The present instant, to the microsecond.
    #[must_use]
    pub fn now(&self) -> Instant {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the clock's one home")]
            Kind::Machine => Utc::now().trunc_subsecs(6),
            Kind::Simulated(simulated) => simulated.hands().now,
        }
    }

    /// Whether somebody else moves its hands.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        matches!(self.0, Kind::Simulated(_))
    }

    /// Sleeps until `at`; ends at once when it is past. The sleeper is set down before this returns, not at the first
    /// poll, so whoever drops its own [`Busy`] after this call leaves no gap in which nobody seems to wait for anything.
    /// The sleeper is at work as long as it keeps the answer.
    pub fn sleep_until(&self, at: Instant) -> impl Future<Output = Busy> + Send + use<> {
        let woken = match &self.0 {
            Kind::Machine => Err((at - self.now()).to_std().unwrap_or_default()),
            Kind::Simulated(simulated) => Ok(simulated.enqueue(at)),
        };
        async move {
            match woken {
                Err(wait) => {
                    #[expect(clippy::disallowed_methods, reason = "this is the clock's one home")]
                    tokio::time::sleep(wait).await;
                    Busy(None)
                }
                Ok(Ok(busy)) => busy,
                // A sender that is gone means the clock is gone: nobody will move it again.
                Ok(Err(woken)) => match woken.await {
                    Ok(busy) => busy,
                    Err(_) => std::future::pending().await,
                },
            }
        }
    }

    /// Holds simulated time still until the answer is dropped.
    pub fn busy(&self) -> Busy {
        match &self.0 {
            Kind::Machine => Busy(None),
            Kind::Simulated(simulated) => simulated.busy(),
        }
    }
}

impl Simulated {
    fn hands(&self) -> MutexGuard<'_, Hands> {
        // The hands are plain values, valid at every instant: a panic elsewhere does not spoil them.
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn busy(self: &Arc<Self>) -> Busy {
        self.busy.send_modify(|busy| *busy = busy.saturating_add(1));
        Busy(Some(Arc::clone(self)))
    }

    fn enqueue(self: &Arc<Self>, at: Instant) -> Result<Busy, oneshot::Receiver<Busy>> {
        let mut hands = self.hands();
        if at <= hands.now {
            drop(hands);
            return Ok(self.busy());
        }
        let (wake, woken) = oneshot::channel();
        let key = (at, hands.next_sleeper);
        hands.next_sleeper = hands.next_sleeper.wrapping_add(1);
        hands.sleepers.insert(key, wake);
        Err(woken)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(simulated) = &self.0 {
            simulated.busy.send_modify(|busy| *busy = busy.saturating_sub(1));
        }
    }
}

/// Moves a simulated clock. There is one for each; whoever tells the story holds it.
#[derive(Debug)]
pub struct Hand(Arc<Simulated>);

impl Hand {
    /// Waits until nobody is at work.
    pub async fn settled(&self) {
        let mut busy = self.0.busy.subscribe();
        // The sender lives in `self.0`, so the wait cannot fail.
        let _ = busy.wait_for(|busy| *busy == 0).await;
    }

    /// Whether nobody is at work at this very moment.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        *self.0.busy.borrow() == 0
    }

    /// The earliest instant somebody sleeps for.
    #[must_use]
    pub fn next_wake(&self) -> Option<Instant> {
        let mut hands = self.0.hands();
        hands.sleepers.retain(|_, sleeper| !sleeper.is_closed());
        hands.sleepers.first_key_value().map(|((at, _), _)| *at)
    }

    /// Moves the clock to `to` (never back) and wakes whoever slept until then.
    pub fn advance_to(&self, to: Instant) {
        let mut hands = self.0.hands();
        hands.now = hands.now.max(to.trunc_subsecs(6));
        let last_to_wake = (hands.now, u64::MAX);
        let later = hands.sleepers.split_off(&last_to_wake);
        let woken = std::mem::replace(&mut hands.sleepers, later);
        drop(hands);
        for wake in woken.into_values() {
            // A sleeper that gave up drops its `Busy` with the message.
            let _ = wake.send(self.0.busy());
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn start() -> Instant {
        "2026-03-08T02:00:00Z".parse().unwrap()
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_hand_passes_and_holds_time_until_it_is_done() {
        let (clock, hand) = Clock::simulated(start());
        let sleeper = tokio::spawn(clock.sleep_until(start() + TimeDelta::hours(4)));
        assert_eq!(hand.next_wake(), Some(start() + TimeDelta::hours(4)));
        assert!(hand.is_settled());
        hand.advance_to(start() + TimeDelta::hours(4));
        assert!(!hand.is_settled(), "the woken sleeper is at work");
        drop(sleeper.await.unwrap());
        hand.settled().await;
        assert_eq!(clock.now(), start() + TimeDelta::hours(4));
    }

    #[tokio::test]
    async fn a_past_instant_does_not_sleep_and_the_hand_never_goes_back() {
        let (clock, hand) = Clock::simulated(start());
        drop(clock.sleep_until(start()).await);
        hand.advance_to(start() - TimeDelta::hours(1));
        assert_eq!(clock.now(), start());
    }

    #[tokio::test]
    async fn a_sleeper_that_gave_up_is_not_waited_for() {
        let (clock, hand) = Clock::simulated(start());
        let sleep = clock.sleep_until(start() + TimeDelta::hours(1));
        assert_eq!(hand.next_wake(), Some(start() + TimeDelta::hours(1)));
        drop(sleep);
        assert_eq!(hand.next_wake(), None);
        hand.advance_to(start() + TimeDelta::hours(2));
        hand.settled().await;
    }
}
