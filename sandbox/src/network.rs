//! The network as its host sees it: people call, press, speak and send; time is moved; everything is on record.

mod act;

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::runtime::Handle;
use tokio::sync::{Notify, broadcast, watch};

use crate::call::{Call, CallView};
use crate::config::Config;
use crate::delivery::{Courier, Delivery};
use crate::exchange::Told;
use crate::fault::Faults;
use crate::ids::{CallSid, MessageSid};
use crate::load::Glimpse;
use crate::notice::{self, Notice};
use crate::phone::Phone;
use crate::problem::Problem;
use crate::recording::Recording;
use crate::sms::Message;
use crate::state::State;
use crate::studio::Studio;
use crate::time::{Instant, sleep};
use crate::transcript::Entry;

/// A telephone network with one account. Cheap to clone; clones are the same network.
///
/// Time stands still until somebody moves it: [`Network::advance_to`] in virtual time, [`Network::run_in_real_time`] by the
/// machine's clock. Webhooks leave at once, in real time; their answers are heard when time is next moved (be it by nothing:
/// [`Network::next_event_at`] is then the present instant).
#[derive(Clone, Debug)]
pub struct Network(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    courier: Courier,
    studio: Studio,
    handle: Handle,
    /// Webhooks on their way, and sounds being made.
    pending: watch::Sender<usize>,
    /// Something happened that nobody moved time for.
    stirred: Notify,
    /// Tells telephones outside what becomes of calls.
    notices: broadcast::Sender<Notice>,
    /// What the network's clock is ahead of the machine's, once it runs in real time.
    real: OnceLock<TimeDelta>,
}

impl Network {
    /// Starts a network that stands at `config.start`. Must be called inside a tokio runtime: webhooks are carried there.
    #[must_use]
    pub fn start(config: Config) -> Self {
        let config = Arc::new(config);
        Self(Arc::new(Shared {
            state: Mutex::new(State::new(Arc::clone(&config))),
            courier: Courier::new(config),
            studio: Studio::default(),
            handle: Handle::current(),
            pending: watch::Sender::new(0),
            stirred: Notify::new(),
            notices: broadcast::Sender::new(notice::KEPT),
            real: OnceLock::new(),
        }))
    }

    /// What the network was started with.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.act(|state| Arc::clone(&state.world.config))
    }

    // Time.

    /// What the network's clock shows.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.act(|state| state.world.now)
    }

    /// When something happens next. The present instant, when an answer to a webhook waits to be heard.
    #[must_use]
    pub fn next_event_at(&self) -> Option<Instant> {
        self.act(|state| state.world.timetable.next_at().map(|at| at.max(state.world.now)))
    }

    /// Webhooks on their way, sent and not answered yet, and sounds being made.
    #[must_use]
    pub fn pending(&self) -> usize {
        *self.0.pending.borrow()
    }

    /// Waits until no webhook is on its way.
    pub async fn settled(&self) {
        let mut pending = self.0.pending.subscribe();
        // The sender lives in `self`, so the wait cannot fail.
        let _ = pending.wait_for(|pending| *pending == 0).await;
    }

    /// Runs everything due up to `to`, in order, and leaves the clock there (it never goes back). Webhooks that leave on the
    /// way are not waited for: call it with [`Network::next_event_at`] and [`Network::settled`] in turn, or
    /// [`Network::play_until`].
    pub fn advance_to(&self, to: Instant) {
        self.act(|state| state.advance_to(to));
    }

    /// Moves time to `to` one instant after the other, waiting at each for the application's answers.
    pub async fn play_until(&self, to: Instant) {
        loop {
            self.settled().await;
            match self.next_event_at() {
                Some(next) if next <= to => self.advance_to(next),
                _ => break,
            }
        }
        self.advance_to(to);
    }

    /// From now on the clock follows the machine's. Goes on for ever: spawn it, or select on it.
    pub async fn run_in_real_time(&self) {
        loop {
            self.next_in_real_time(None).await;
        }
    }

    /// Whether the clock follows the machine's, so that waiting for the application takes time.
    pub(crate) fn is_in_real_time(&self) -> bool {
        self.0.real.get().is_some()
    }

    /// Waits, in real time, until something happened or `limit` is reached, and runs it; `false` at the limit.
    pub(crate) async fn next_in_real_time(&self, limit: Option<Instant>) -> bool {
        self.follow_the_machine();
        let stirred = self.0.stirred.notified();
        let next = self.next_event_at();
        let until = match (next, limit) {
            (Some(next), Some(limit)) => Some(next.min(limit)),
            (next, limit) => next.or(limit),
        };
        let wait = until.map_or(Duration::from_hours(1), |until| (until - self.now()).to_std().unwrap_or_default());
        tokio::select! {
            () = sleep(wait) => {}
            () = stirred => {}
        }
        let now = self.now();
        self.advance_to(now);
        limit.is_none_or(|limit| now < limit)
    }

    /// Waits, in real time, until something arrived from outside, for at most `longest`; whether it did.
    pub(crate) async fn stirred(&self, longest: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.0.stirred.notified() => true,
            () = sleep(longest) => false,
        }
    }

    // People.

    /// Gives a number a person's name, for the transcript.
    pub fn name_person(&self, number: &str, name: &str) {
        self.act(|state| state.world.names.insert(number.to_owned(), name.to_owned()));
    }

    /// Somebody calls one of the application's numbers. To a number nobody has, the call fails at once; when as many calls are
    /// kept as may be ([`crate::Limits::resources`]), there is none of the name that is given.
    #[expect(clippy::must_use_candidate, reason = "the call is made whether or not the caller wants its name")]
    pub fn dial(&self, from: &str, to: &str) -> CallSid {
        self.act(|state| state.dial(from, to))
    }

    /// The person on the call presses keys, one right after the other; what is not a key is left out.
    pub fn press(&self, call: &CallSid, keys: &str) {
        self.act(|state| state.press(call, keys, Told::Beside));
    }

    /// The person on the call speaks from now on for `lasts`; whether a recording or a `Gather` listened.
    #[expect(clippy::must_use_candidate, reason = "the words are said whether or not anything listened")]
    pub fn speak(&self, call: &CallSid, words: &str, lasts: TimeDelta) -> bool {
        self.act(|state| state.with_call(call, |call, world| call.hear(world, words, lasts))).unwrap_or(false)
    }

    /// The person hangs up.
    pub fn hang_up(&self, call: &CallSid) {
        self.act(|state| state.with_call(call, Call::hang_up));
    }

    /// The call that rings at a number, the longest first.
    #[must_use]
    pub fn ringing(&self, number: &str) -> Option<CallSid> {
        self.act(|state| {
            let State { calls, call_order, .. } = state;
            let rings = |sid: &&CallSid| calls.get(sid).is_some_and(|call| call.to == number && call.is_ringing_out());
            call_order.iter().find(rings).cloned()
        })
    }

    /// Somebody picks up a ringing phone.
    pub fn answer(&self, call: &CallSid) {
        self.act(|state| state.with_call(call, |call, world| call.picked_up(world, "human")));
    }

    /// Somebody turns a ringing call away: it ends as busy.
    pub fn decline(&self, call: &CallSid) {
        self.act(|state| state.with_call(call, Call::declined));
    }

    /// Says what a phone does when the application calls it or writes to it.
    pub fn set_phone(&self, number: &str, phone: Phone) {
        self.act(|state| state.world.phones.insert(number.to_owned(), phone));
    }

    /// Gives the voicemail of a number its greeting.
    pub fn set_greeting(&self, number: &str, words: &str) {
        self.act(|state| state.world.greetings.insert(number.to_owned(), words.to_owned()));
    }

    /// Somebody sends a text message to one of the application's numbers. When as many are kept as may be, it is lost.
    #[expect(clippy::must_use_candidate, reason = "the message is sent whether or not its name is wanted")]
    pub fn place_sms(&self, from: &str, to: &str, body: &str) -> MessageSid {
        self.act(|state| state.world.incoming_sms(from, to, body))
    }

    // Faults.

    /// What goes wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.act(|state| state.world.faults = faults);
    }

    /// What goes wrong at present.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.act(|state| state.world.faults.clone())
    }

    // Records.

    /// Calls `listener` with every new line of the transcript. It must not call the network: the network waits for it.
    pub fn on_log(&self, listener: impl Fn(&Entry) + Send + Sync + 'static) {
        self.act(|state| state.world.transcript.listen(Box::new(listener)));
    }

    /// Calls `watcher` with every webhook as its answer is heard, each attempt by itself. It must not call the network: the
    /// network waits for it.
    pub fn on_webhook(&self, watcher: impl Fn(&Delivery) + Send + Sync + 'static) {
        self.act(|state| state.world.watchers.deliveries.push(Box::new(watcher)));
    }

    /// Calls `watcher` with every new line of the error log. It must not call the network: the network waits for it.
    pub fn on_problem(&self, watcher: impl Fn(&Problem) + Send + Sync + 'static) {
        self.act(|state| state.world.watchers.problems.push(Box::new(watcher)));
    }

    /// The transcript so far.
    #[must_use]
    pub fn transcript(&self) -> Vec<Entry> {
        self.transcript_since(0).0
    }

    /// The transcript from a place on, and the place to ask from next time.
    #[must_use]
    pub fn transcript_since(&self, place: usize) -> (Vec<Entry>, usize) {
        self.act(|state| state.world.transcript.since(place))
    }

    /// Every webhook that was sent and answered (or failed), in the order the answers were heard.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.act(|state| state.world.deliveries.iter().cloned().collect())
    }

    /// The error log.
    #[must_use]
    pub fn errors(&self) -> Vec<Problem> {
        self.act(|state| state.world.problems.iter().cloned().collect())
    }

    /// One call.
    #[must_use]
    pub fn call(&self, sid: &CallSid) -> Option<CallView> {
        self.act(|state| state.calls.get(sid).map(Call::view))
    }

    /// What a caller notices of a live call; `None` = it is over, or none.
    pub(crate) fn glimpse(&self, sid: &CallSid) -> Option<Glimpse> {
        self.act(|state| state.calls.get(sid).and_then(Call::glimpse))
    }

    /// The call that somebody with this number last made and that is not over.
    pub(crate) fn calling(&self, from: &str) -> Option<CallSid> {
        self.act(|state| {
            let State { calls, call_order, .. } = state;
            let theirs =
                |sid: &&CallSid| calls.get(sid).is_some_and(|call| call.from == from && call.glimpse().is_some());
            call_order.iter().rev().find(theirs).cloned()
        })
    }

    /// Forgets calls that ended, what was recorded on them, and messages that last changed before `instant`: for a network
    /// that runs for long.
    pub fn forget_before(&self, instant: Instant) {
        self.act(|state| state.forget_before(instant));
    }

    /// All calls in order of creation.
    #[must_use]
    pub fn calls(&self) -> Vec<CallView> {
        self.act(|state| state.call_order.iter().filter_map(|sid| state.calls.get(sid)).map(Call::view).collect())
    }

    /// All text messages, both ways, in order of creation.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.act(|state| {
            let world = &state.world;
            world.message_order.iter().filter_map(|sid| world.messages.get(sid)).cloned().collect()
        })
    }

    /// All recordings in order of creation.
    #[must_use]
    pub fn recordings(&self) -> Vec<Recording> {
        self.act(|state| {
            let world = &state.world;
            world.recording_order.iter().filter_map(|sid| world.recordings.get(sid)).cloned().collect()
        })
    }
}
