//! Who reports and who is on duty while nodes die.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use guardia::clock::{Clock, Instant};
use guardia::id::Ids;
use guardia_sandbox::{CallSid, Network, What};
use tokio_util::sync::CancellationToken;

use crate::site::LINE;

/// Who is on duty.
pub const DUTY: &str = "+18095550103";
/// Between two looks at the phones.
const LOOK: TimeDelta = TimeDelta::milliseconds(20);
/// Milliseconds between two callers: at least, and how many more at most.
const CALLERS: (i64, u64) = (150, 450);
/// Before a key that was not heard is pressed again.
const AGAIN: TimeDelta = TimeDelta::milliseconds(700);
/// How long a caller stays after they reported.
const STAYS: TimeDelta = TimeDelta::seconds(2);

/// People call one after the other, press 1 until the line has heard it, and hang up, until `stop`; then until the last has
/// hung up.
pub async fn report(network: Network, random: Ids, stop: CancellationToken) {
    let clock = Clock::machine();
    let (mut dialled, mut next, mut place) = (0_u64, clock.now(), 0);
    let mut waiting: BTreeSet<CallSid> = BTreeSet::new();
    let mut pressing: BTreeMap<CallSid, Instant> = BTreeMap::new();
    let mut leaving: BTreeMap<CallSid, Instant> = BTreeMap::new();
    while !(stop.is_cancelled() && waiting.is_empty() && pressing.is_empty() && leaving.is_empty()) {
        let now = clock.now();
        if now >= next && !stop.is_cancelled() {
            dialled += 1;
            waiting.insert(network.dial(&format!("+1809556{dialled:04}"), LINE));
            next = now + TimeDelta::milliseconds(CALLERS.0 + i64::try_from(random.below(CALLERS.1)).unwrap());
        }
        waiting.retain(|call| {
            let answered = network.call(call).is_some_and(|view| view.answered.is_some());
            if answered {
                pressing.insert(call.clone(), now);
            }
            !answered
        });
        let (entries, read) = network.transcript_since(place);
        place = read;
        for entry in entries.iter().filter(|entry| matches!(entry.what, What::Hears | What::HearsPart)) {
            // A key that was heard cuts what is being said.
            if let Some(call) = entry.call.as_ref().filter(|call| pressing.contains_key(call)) {
                pressing.remove(call);
                leaving.insert(call.clone(), now + STAYS);
            }
        }
        for (call, at) in pressing.iter_mut().filter(|(_, at)| now >= **at) {
            network.press(call, "1");
            *at = now + AGAIN;
        }
        leaving.retain(|call, at| {
            if now >= *at {
                network.hang_up(call);
            }
            now < *at
        });
        drop(clock.sleep_until(now + LOOK).await);
    }
}

/// Whoever is on duty accepts every page they read, once. Goes on for ever.
pub async fn accept(network: Network) {
    let (clock, mut place, mut answered) = (Clock::machine(), 0, BTreeSet::new());
    loop {
        let (entries, next) = network.transcript_since(place);
        place = next;
        for entry in entries.iter().filter(|entry| entry.number == DUTY && entry.what == What::ReceivesSms) {
            if let Some(code) = code(&entry.text)
                && answered.insert(code.to_owned())
            {
                network.place_sms(DUTY, LINE, &format!("{code}A"));
            }
        }
        drop(clock.sleep_until(clock.now() + LOOK * 5).await);
    }
}

/// The code of a page: the digits before `A=`.
fn code(text: &str) -> Option<&str> {
    let (before, _) = text.split_once("A=")?;
    before.rsplit(|letter: char| !letter.is_ascii_digit()).next().filter(|code| !code.is_empty())
}
