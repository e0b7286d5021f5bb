//! A call as a story: what somebody lived through on the telephone, as a page that plays the same again.

use std::fmt::Write;

use chrono::TimeDelta;

use super::words::{case_number, plain};
use crate::call::{CallView, Direction};
use crate::delivery::Purpose;
use crate::network::Network;
use crate::time::Instant;
use crate::transcript::{Entry, What};

/// Writes the page of a call that is over and that somebody made to the application. Whatever they did keeps its distance
/// from what they heard before it; how long the application took to answer is left out, for it takes none in virtual time.
///
/// The page ends with "nothing else was sent" when nothing else was: nobody but the caller was called or written to, and
/// nothing went wrong.
#[must_use]
pub fn written(network: &Network, call: &CallView, title: &str) -> String {
    let mut page = Page { network, call, text: String::new(), since: call.created, numbers: 0 };
    let _ = writeln!(page.text, "story: {}", quoted(title));
    let _ = writeln!(page.text, "at: {}", call.created.format("%Y-%m-%dT%H:%M:%S%.3fZ"));
    let _ = writeln!(page.text, "caller: {{ from: {}, dials: {} }}", quoted(&call.from), quoted(&call.to));
    page.text.push_str("steps:\n");
    let theirs = |entry: &Entry| entry.call.as_ref() == Some(&call.sid) || entry.number == call.from;
    let lived: Vec<Entry> = network.transcript().into_iter().filter(theirs).collect();
    for (place, entry) in lived.iter().enumerate() {
        let acts = |entry: &&Entry| {
            matches!(entry.what, What::Presses | What::Says | What::HangsUp | What::Over | What::SendsSms)
        };
        page.entry(entry, lived.iter().skip(place.saturating_add(1)).find(acts).map(|next| next.at));
    }
    if page.nothing_else() {
        page.text.push_str("then:\n  - nothing_else_was_sent\n");
    }
    page.text
}

struct Page<'n> {
    network: &'n Network,
    call: &'n CallView,
    text: String,
    /// When the last thing happened that a step can wait for.
    since: Instant,
    /// Case numbers heard.
    numbers: u32,
}

impl Page<'_> {
    /// `next` is when they act again, or when the call is over.
    fn entry(&mut self, entry: &Entry, next: Option<Instant>) {
        match entry.what {
            What::Hears => self.hears(entry),
            What::Presses => self.acts(entry, entry.at, &format!("presses: {}", quoted(&entry.text))),
            What::Says => {
                // Whoever acts again breaks off.
                let whole = super::natural_length(&entry.text);
                let lasts = next.map_or(whole, |next| (next - entry.at).max(TimeDelta::milliseconds(1)).min(whole));
                let words = quoted(&entry.text);
                let given = if lasts == whole {
                    words
                } else {
                    format!("{{ text: {words}, seconds: {}ms }}", lasts.num_milliseconds())
                };
                self.acts(entry, entry.at + lasts, &format!("says: {given}"));
            }
            What::HangsUp => self.acts(entry, entry.at, "hangs_up"),
            What::Over if !self.hung_up() => self.step("line_hangs_up"),
            What::SendsSms => {
                let given = format!("{{ to: {}, text: {} }}", quoted(&self.call.to), quoted(&entry.text));
                self.acts(entry, entry.at, &format!("sends_sms: {given}"));
            }
            What::ReceivesSms => {
                let words = expressible(&entry.text);
                if !words.is_empty() {
                    self.step(&format!("caller_receives_sms: {{ contains: [{}] }}", quoted(words)));
                    self.since = entry.at;
                }
            }
            What::Dials | What::Rings | What::Answers | What::HearsPart | What::Over | What::Note => {}
        }
    }

    fn hears(&mut self, entry: &Entry) {
        if case_number(&plain(&entry.text)).is_some() {
            // Another one each time.
            self.numbers = self.numbers.saturating_add(1);
            let name = format!("number_{}", self.numbers);
            self.step(&format!("hears: {{ case_number: {name} }}"));
        } else {
            let words = expressible(&entry.text);
            if words.is_empty() {
                return;
            }
            self.step(&format!("hears: {}", quoted(words)));
        }
        self.since = entry.at;
    }

    /// They do something, and are done with it at an instant.
    fn acts(&mut self, entry: &Entry, until: Instant, step: &str) {
        let waited = entry.at - self.since - self.waited_for_answers(entry.at);
        if waited >= TimeDelta::milliseconds(1) {
            self.step(&format!("waits: {}ms", waited.num_milliseconds()));
        }
        self.step(step);
        self.since = until;
    }

    /// What the application took, since the last step, to say what comes next on the call.
    fn waited_for_answers(&self, until: Instant) -> TimeDelta {
        if !self.network.is_in_real_time() {
            return TimeDelta::zero();
        }
        let asked = self.network.deliveries().into_iter().filter(|sent| {
            let ours = matches!(&sent.purpose, Purpose::Document(sid) if *sid == self.call.sid);
            ours && sent.at >= self.since && sent.at < until
        });
        let took = |sent: crate::Delivery| TimeDelta::from_std(sent.took).unwrap_or_default().min(until - sent.at);
        asked.map(took).sum()
    }

    fn step(&mut self, step: &str) {
        let _ = writeln!(self.text, "  - {step}");
    }

    fn hung_up(&self) -> bool {
        let hung_up = |entry: &Entry| entry.what == What::HangsUp && entry.call.as_ref() == Some(&self.call.sid);
        self.network.transcript().iter().any(hung_up)
    }

    fn nothing_else(&self) -> bool {
        let elsewhere = |message: &crate::Message| message.direction != "inbound" && message.to != self.call.from;
        let others = |call: &CallView| call.direction != Direction::Inbound;
        !self.network.messages().iter().any(elsewhere)
            && !self.network.calls().iter().any(others)
            && self.network.errors().is_empty()
    }
}

/// As much of the words as a story can say: a brace would be a name in it.
fn expressible(words: &str) -> &str {
    words.split('{').next().unwrap_or_default().trim()
}

/// As a text of YAML on one line: JSON is that.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
