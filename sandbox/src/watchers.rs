//! Those who watch the network: told of every webhook and every problem as it happens, for as long as it lives.

use std::fmt;

use crate::delivery::Delivery;
use crate::problem::Problem;

type Watcher<T> = Box<dyn Fn(&T) + Send + Sync>;

/// What a host wants to be told of as it happens.
#[derive(Default)]
pub(crate) struct Watchers {
    pub deliveries: Vec<Watcher<Delivery>>,
    pub problems: Vec<Watcher<Problem>>,
}

impl Watchers {
    pub(crate) fn delivered(&self, delivery: &Delivery) {
        self.deliveries.iter().for_each(|watcher| watcher(delivery));
    }

    pub(crate) fn failed(&self, problem: &Problem) {
        self.problems.iter().for_each(|watcher| watcher(problem));
    }
}

impl fmt::Debug for Watchers {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Watchers").finish_non_exhaustive()
    }
}
