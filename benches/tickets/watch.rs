//! When tickets and their comments are to be seen, by somebody who has connections of their own and reads little.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use guardia::clock::{Clock, Instant};
use guardia::id::TicketId;
use guardia::store::{Store, TicketFilter, TicketOrder, TicketPlace, Tx};
use guardia::ticket::Ticket;
use tokio::task::JoinHandle;

use crate::scene::PATIENCE;

/// Between two looks at one ticket.
const SOON: TimeDelta = TimeDelta::milliseconds(1);
/// Between two looks at all of them.
const LOOK: TimeDelta = TimeDelta::milliseconds(5);
/// Tickets of one look: those that came since the last one, and some that are known.
const PAGE: u32 = 64;

/// Waits for the ticket of whoever calls from `from`, which is the next to come; when it was to be seen.
pub async fn newest_of(store: &Store, from: &str) -> (Ticket, Instant) {
    until(async || {
        let ticket = newest(store, None, 1).await.pop()?;
        (phone(&ticket) == Some(from)).then_some(ticket)
    })
    .await
}

/// Waits for a comment on `ticket`.
pub async fn first_comment(store: &Store, ticket: TicketId) -> Instant {
    let comments = async || {
        let comments = store.read(async |tx: &mut Tx| tx.ticket_comments(ticket, 0, 1).await).await.unwrap();
        comments.into_iter().next()
    };
    until(comments).await.1
}

/// Who waits for many tickets.
pub struct Watch {
    store: Store,
    known: BTreeSet<TicketId>,
    wanted: BTreeSet<String>,
}

impl Watch {
    /// Begins to wait for one ticket for each that is `wanted`, by the case's number or the reporter's; when each was to be seen.
    pub async fn begin(store: &Store, wanted: BTreeSet<String>) -> JoinHandle<BTreeMap<String, Instant>> {
        let mut watch = Self { store: store.clone(), known: BTreeSet::new(), wanted };
        // Those before are none of them.
        watch.look().await;
        tokio::spawn(watch.run())
    }

    async fn run(mut self) -> BTreeMap<String, Instant> {
        let clock = Clock::machine();
        let limit = clock.now() + PATIENCE;
        let mut seen = BTreeMap::new();
        loop {
            let tickets = self.look().await;
            let now = clock.now();
            for ticket in tickets {
                let names = [ticket.external_id.as_deref(), phone(&ticket)].into_iter().flatten();
                for name in names.filter(|name| self.wanted.contains(*name)) {
                    assert!(seen.insert(name.to_owned(), now).is_none(), "two tickets of {name}");
                }
            }
            if seen.len() == self.wanted.len() {
                return seen;
            }
            assert!(now < limit, "{} of {} tickets never came", self.wanted.len() - seen.len(), self.wanted.len());
            drop(clock.sleep_until(now + LOOK).await);
        }
    }

    /// Those that were not to be seen before.
    async fn look(&mut self) -> Vec<Ticket> {
        let mut new = Vec::new();
        let mut after = None;
        loop {
            let page = newest(&self.store, after, PAGE).await;
            let Some(last) = page.last() else { return new };
            after = Some(TicketOrder::Newest.place(last));
            let before = new.len();
            let count = page.len();
            new.extend(page.into_iter().filter(|ticket| self.known.insert(ticket.id)));
            // Units end in another order than they begin, but not by so much.
            if new.len() - before < count {
                return new;
            }
        }
    }
}

fn phone(ticket: &Ticket) -> Option<&str> {
    ticket.requester.phone.as_ref().map(guardia::phone::Phone::as_str)
}

async fn newest(store: &Store, after: Option<TicketPlace>, limit: u32) -> Vec<Ticket> {
    let filter = TicketFilter::default();
    store.read(async |tx: &mut Tx| tx.tickets(&filter, TicketOrder::Newest, after, limit).await).await.unwrap()
}

/// Asks again and again until there is an answer; the answer, and when there was one.
async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> (T, Instant) {
    let clock = Clock::machine();
    let limit = clock.now() + PATIENCE;
    loop {
        let answer = ask().await;
        let now = clock.now();
        if let Some(answer) = answer {
            return (answer, now);
        }
        assert!(now < limit, "it never came");
        drop(clock.sleep_until(now + SOON).await);
    }
}
