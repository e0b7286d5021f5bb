//! Counts what happens, in bounded memory however long it goes on.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hdrhistogram::{CreationError, Histogram};

use super::report::{ErrorKind, Times, WebhookFigures};
use crate::delivery::{Delivery, Kind};
use crate::problem::Problem;

/// The longest time told apart, in microseconds: more than a webhook may take with all its retries.
const LONGEST: u64 = 120_000_000;
/// Times are exact to a thousandth of themselves.
const DIGITS: u8 = 3;
/// Characters kept of the first of the errors of a kind.
const EXAMPLE: usize = 200;

#[derive(Debug)]
pub(super) struct Tally {
    empty: Histogram<u64>,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    webhooks: BTreeMap<Kind, Webhooks>,
    errors: BTreeMap<u32, (u64, String)>,
}

#[derive(Debug)]
struct Webhooks {
    times: Histogram<u64>,
    statuses: BTreeMap<String, u64>,
}

impl Tally {
    pub(super) fn new() -> Result<Self, CreationError> {
        Ok(Self { empty: histogram()?, counted: Mutex::default() })
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn webhook(&self, delivery: &Delivery) {
        let mut counted = self.counted();
        let new = || Webhooks { times: self.empty.clone(), statuses: BTreeMap::new() };
        let webhooks = counted.webhooks.entry(delivery.kind).or_insert_with(new);
        webhooks.times.saturating_record(u64::try_from(delivery.took.as_micros()).unwrap_or(u64::MAX));
        let status = delivery.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        add_one(webhooks.statuses.entry(status).or_default());
    }

    pub(super) fn problem(&self, problem: &Problem) {
        let mut counted = self.counted();
        let example = || (0, problem.text.chars().take(EXAMPLE).collect());
        add_one(&mut counted.errors.entry(problem.code).or_insert_with(example).0);
    }

    pub(super) fn webhooks(&self) -> BTreeMap<&'static str, WebhookFigures> {
        let counted = self.counted();
        let figures = |webhooks: &Webhooks| WebhookFigures {
            times: Times::of(&webhooks.times),
            statuses: webhooks.statuses.clone(),
        };
        counted.webhooks.iter().map(|(kind, webhooks)| (kind.as_str(), figures(webhooks))).collect()
    }

    pub(super) fn errors(&self) -> Vec<ErrorKind> {
        let counted = self.counted();
        let error = |(code, (count, example)): (&u32, &(u64, String))| ErrorKind {
            code: *code,
            count: *count,
            example: example.clone(),
        };
        counted.errors.iter().map(error).collect()
    }
}

/// For times in microseconds.
pub(super) fn histogram() -> Result<Histogram<u64>, CreationError> {
    Histogram::new_with_bounds(1, LONGEST, DIGITS)
}

pub(super) fn add_one(count: &mut u64) {
    *count = count.saturating_add(1);
}
