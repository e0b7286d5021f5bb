//! How the network is acted upon: one change at a time, and what each gives rise to is sent off.

use std::sync::PoisonError;

use tokio::sync::broadcast;

use super::Network;
use crate::delivery::{Courier, Request};
use crate::notice::Notice;
use crate::state::State;
use crate::studio::{self, Preparation, Studio};
use crate::time::machine_now;
use crate::timetable::Event;

impl Network {
    /// Does something to the network, then sends off the webhooks it gave rise to.
    pub(crate) fn act<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        // Every change is one call of `act` on plain values: a panic elsewhere does not spoil them.
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let events = state.world.timetable.count();
        if let Some(ahead) = self.0.real.get() {
            // What is due by now happened at its own instant, before whatever comes now.
            state.advance_to(machine_now() + *ahead);
        }
        let result = act(&mut state);
        state.settle();
        let stirs = state.world.timetable.count() != events;
        let departures = std::mem::take(&mut state.world.departures);
        let preparations = std::mem::take(&mut state.world.preparations);
        for notice in state.world.notices.drain(..) {
            // Nobody listens: nobody is told.
            let _ = self.0.notices.send(notice);
        }
        let leaving = departures.len().saturating_add(preparations.len());
        if leaving > 0 {
            self.0.pending.send_modify(|pending| *pending = pending.saturating_add(leaving));
        }
        drop(state);
        if stirs {
            self.0.stirred.notify_one();
        }
        for request in departures {
            self.depart(request);
        }
        for preparation in preparations {
            self.prepare(preparation);
        }
        result
    }

    pub(crate) fn notices(&self) -> &broadcast::Sender<Notice> {
        &self.0.notices
    }

    pub(crate) fn courier(&self) -> &Courier {
        &self.0.courier
    }

    pub(crate) fn studio(&self) -> &Studio {
        &self.0.studio
    }

    /// From now on the clock follows the machine's.
    pub(crate) fn follow_the_machine(&self) {
        let ahead = self.now() - machine_now();
        self.0.real.get_or_init(|| ahead);
    }

    /// Runs a task for as long as the runtime lives.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.handle.spawn(task);
    }

    fn depart(&self, request: Request) {
        let network = self.clone();
        self.0.handle.spawn(async move {
            let arrival = network.0.courier.carry(request).await;
            let place = arrival.request.place;
            network.arrive(place, Event::Arrives(Box::new(arrival)));
        });
    }

    fn prepare(&self, preparation: Preparation) {
        let network = self.clone();
        self.0.handle.spawn(async move {
            let place = preparation.place;
            let prepared = studio::prepare(&network, preparation).await;
            network.arrive(place, Event::SoundsAreReady(Box::new(prepared)));
        });
    }

    /// An answer came back: it is heard at the present instant, in the order of departure.
    fn arrive(&self, place: u64, event: Event) {
        self.act(|state| {
            let now = state.world.now;
            state.world.timetable.put_at(now, place, event);
        });
        self.0.pending.send_modify(|pending| *pending = pending.saturating_sub(1));
        self.0.stirred.notify_one();
    }
}
