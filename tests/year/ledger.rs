//! What must be true of every incident when it is over, and of everything that was sent when the year is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::TimeDelta;
use guardia::clock::Instant;
use guardia::flow::Outcome;
use guardia::incident::{CaseNumber, Change, Entry, Incident, State};
use guardia::paging::{Message, Page};
use guardia::stage::Stage;
use guardia::store::{StoreError, Tx};
use guardia_sandbox::Direction;

use crate::staff::{STAFF, is_staff};

/// The wait of a step, when nobody wrote another.
const STEP: TimeDelta = TimeDelta::minutes(5);
/// How long whoever took a case is left alone at most.
const HOLDER: TimeDelta = TimeDelta::minutes(30);
/// What the provider's faults may add to any of these: a job that is tried again.
const SLACK: TimeDelta = TimeDelta::seconds(90);
/// An act proves that a person was there for so long: the provider brings it after that at the latest.
const PROVES: TimeDelta = TimeDelta::seconds(30);

/// Everything that is remembered to judge by.
#[derive(Debug, Default)]
pub struct Ledger {
    problems: Vec<String>,
    /// When Guardia was down: from, until.
    downs: Vec<(Instant, Option<Instant>)>,
    /// Calls in which somebody asked for what becomes an incident.
    reported: Vec<(String, Instant)>,
    /// When each number last texted or pressed a key.
    acts: BTreeMap<String, Vec<Instant>>,
    judged: BTreeSet<String>,
    /// Of what there was, for the sake of knowing that it was there.
    counts: BTreeMap<&'static str, usize>,
}

/// What the store has of an incident.
struct Case {
    incident: Incident,
    entries: Vec<Entry>,
    pages: Vec<Page>,
    messages: Vec<Message>,
    pending: Vec<String>,
}

impl Ledger {
    pub fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    pub fn down(&mut self, at: Instant) {
        self.downs.push((at, None));
    }

    pub fn up(&mut self, at: Instant) {
        if let Some(down) = self.downs.last_mut() {
            down.1 = Some(at);
        }
    }

    pub fn reported(&mut self, call: &str, at: Instant) {
        self.reported.push((call.to_owned(), at));
    }

    pub fn acts(&mut self, at: Instant, number: &str) {
        self.acts.entry(number.to_owned()).or_default().push(at);
    }

    /// How long Guardia was down between two instants.
    fn down_between(&self, from: Instant, to: Instant) -> TimeDelta {
        let overlap = |(down, up): &(Instant, Option<Instant>)| {
            (up.unwrap_or(to).min(to) - (*down).max(from)).max(TimeDelta::zero())
        };
        self.downs.iter().map(overlap).sum()
    }

    /// Whether Guardia was restarted or down between two instants.
    fn disturbed(&self, from: Instant, to: Instant) -> bool {
        self.downs.iter().any(|(down, up)| *down <= to && up.is_none_or(|up| up >= from))
    }

    /// Looks at a case that is over.
    pub async fn judge(&mut self, stage: &Stage, number: &CaseNumber) {
        if !self.judged.insert(number.to_string()) {
            return;
        }
        let Ok(hotline) = stage.hotline() else {
            return self.problem(format!("case {number} is judged while Guardia is down"));
        };
        let read = hotline.store.read(async |tx: &mut Tx| -> Result<Case, StoreError> {
            let incident = tx.incident_by_number(number).await?.unwrap();
            let id = incident.id;
            let pending = tx.pending_jobs(id).await?.into_iter().map(|job| job.kind).collect();
            let (entries, pages) = (tx.entries(id).await?, tx.pages(id).await?);
            Ok(Case { entries, pages, messages: tx.messages(id).await?, pending, incident })
        });
        let case = read.await.unwrap();
        let mut found = clock(&case);
        found.extend(self.ladder(&case));
        found.extend(self.proof(&case));
        found.extend(once(&case));
        found.extend(after_the_end(&case));
        if !found.is_empty() {
            let told: Vec<String> =
                case.entries.iter().map(|entry| format!("    {} {:?}", entry.at, entry.change)).collect();
            let found: Vec<String> = found.iter().map(|problem| format!("  {problem}")).collect();
            self.problem(format!("case {number}:\n{}\n{}", found.join("\n"), told.join("\n")));
        }
        for entry in &case.entries {
            *self.counts.entry(kind(&entry.change)).or_default() += 1;
        }
    }

    /// While nobody has the case somebody is told at every step; while somebody has it and the reporter was not reached, they
    /// are reminded.
    fn ladder(&self, case: &Case) -> Vec<String> {
        let mut found = Vec::new();
        let Case { incident, entries, .. } = case;
        let over = incident.responded_at.or_else(|| ended(case));
        let Some(over) = over else { return vec![format!("it is {:?}, and its year is over", incident.state)] };
        // Somebody else may have it later; what counts here is the first.
        let takes = |entry: &&Entry| matches!(entry.change, Change::Acknowledged { .. });
        let taken = entries.iter().find(takes).map_or(over, |entry| entry.at).min(over);
        let signs = |from: Instant, to: Instant| {
            entries
                .iter()
                .filter(|entry| is_sign(&entry.change))
                .map(|entry| entry.at)
                .filter(move |at| (from..to).contains(at))
        };
        let (opened, mut last) = (entries[0].at, entries[0].at);
        let mut hold = |from: Instant, to: Instant, longest: TimeDelta, what: &str| {
            let most = longest + SLACK + self.down_between(from, to + SLACK);
            if to - from > most {
                found.push(format!("{what}: nobody was told between {from} and {to}"));
            }
        };
        let first = signs(opened, taken).next().unwrap_or(taken);
        hold(opened, first, TimeDelta::seconds(2) - SLACK, "the first page");
        for at in signs(opened, taken).chain([taken]) {
            hold(last, at, STEP, "nobody has it");
            last = at;
        }
        last = taken;
        for at in signs(taken, over).chain([over]) {
            hold(last, at, HOLDER.max(STEP), "somebody has it");
            last = at;
        }
        found
    }

    /// Whoever took it did something right before: a text, or a key. Nothing else takes a case.
    fn proof(&self, case: &Case) -> Vec<String> {
        let mut found = Vec::new();
        for entry in &case.entries {
            let Change::Acknowledged { person, method } = &entry.change else { continue };
            if method == "operator" {
                continue;
            }
            let number = STAFF.iter().find(|(_, id)| id == person).map(|(number, _)| *number).unwrap_or_default();
            let acts = self.acts.get(number).into_iter().flatten();
            let proven = acts.into_iter().any(|act| *act <= entry.at && entry.at - *act <= PROVES);
            if !proven && !self.disturbed(entry.at - PROVES, entry.at) {
                found.push(format!("{person} took it at {} by {method}, and had done nothing", entry.at));
            }
        }
        found
    }

    /// Looks at everything that was sent and everybody who called.
    pub async fn close(&mut self, stage: &Stage) {
        let network = &stage.network;
        let store = &stage.hotline().unwrap().store;
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        let mut pages: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for sent in network.messages().into_iter().filter(|message| message.direction != "inbound") {
            let name = sent.token.unwrap_or_default();
            *names.entry(name.clone()).or_default() += 1;
            // A page has a code of its own: the same words twice are the same page.
            if sent.body.contains("A=") {
                pages.entry((sent.to, sent.body)).or_default().insert(name);
            }
        }
        for call in network.calls().into_iter().filter(|call| call.direction == Direction::Outbound) {
            *names.entry(call.token.unwrap_or_default()).or_default() += 1;
        }
        let twice: Vec<_> = names.iter().filter(|(name, copies)| name.is_empty() || **copies > 1).collect();
        if !twice.is_empty() {
            self.problem(format!("sent more than once, or under no name: {twice:?}"));
        }
        for ((to, _), names) in pages.into_iter().filter(|(_, names)| names.len() > 1) {
            self.problem(format!("one page to {to} under several names: {names:?}"));
        }
        self.counts.insert("sent", names.len());
        for (call, dialled) in std::mem::take(&mut self.reported) {
            let read = store.read(async |tx: &mut Tx| tx.call_by_provider("twilio", &call).await);
            let kept = read.await.unwrap();
            let over = kept.as_ref().and_then(|kept| kept.ended_at).unwrap_or(dialled + TimeDelta::minutes(20));
            // Where the provider's last word was lost the call has not ended yet; its incident stands all the same.
            let endless = kept.as_ref().is_some_and(|kept| kept.ended_at.is_none());
            let whole = kept
                .as_ref()
                .is_some_and(|kept| kept.incident.is_some() && (endless || kept.outcome == Some(Outcome::Reported)));
            *self.counts.entry("calls without an end").or_default() += usize::from(endless);
            if !whole && !self.disturbed(dialled, over) {
                self.problem(format!("{call} at {dialled} asked for help and came to {kept:?}"));
            }
        }
    }
}

/// The promise is four hours from the answered ring; a breach is on record when it is one, and was announced.
fn clock(case: &Case) -> Vec<String> {
    let mut found = Vec::new();
    let Case { incident, entries, messages, .. } = case;
    if incident.due_at != incident.started_at + TimeDelta::hours(4) {
        found.push(format!("due at {}, started at {}", incident.due_at, incident.started_at));
    }
    if !(1..).zip(entries).all(|(place, entry)| entry.sequence == place) {
        found.push("the timeline has gaps".to_owned());
    }
    let breach = entries.iter().find(|entry| matches!(entry.change, Change::Breached { .. }));
    let waited_until = incident.responded_at.or_else(|| ended(case));
    let late = waited_until.is_none_or(|until| until > incident.due_at);
    if late != breach.is_some() {
        found.push(format!("waited until {waited_until:?}, due at {}, breach {breach:?}", incident.due_at));
    }
    if let Some(breach) = breach {
        let warned = entries.iter().any(|entry| matches!(entry.change, Change::Warned { .. }) && entry.at < breach.at);
        let told = messages.iter().any(|message| {
            message.to.number().is_some_and(|number| is_staff(number.as_str())) && message.created_at < breach.at
        });
        if !(warned && told) {
            found.push(format!("breached at {}: warned {warned}, somebody told {told}", breach.at));
        }
    }
    found
}

/// Nothing is set down twice: one page of a person in a step, one message of a page over a channel to a recipient.
fn once(case: &Case) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for page in &case.pages {
        if !seen.insert((page.cycle, page.round, page.person.clone())) {
            found.push(format!("{} was paged twice in step {}", page.person, page.round));
        }
    }
    let mut seen = BTreeSet::new();
    for message in case.messages.iter().filter(|message| message.page.is_some()) {
        if !seen.insert((message.page, message.channel.as_str(), message.created_at)) {
            found.push(format!("a page went out twice by {}", message.channel.as_str()));
        }
    }
    found
}

/// Nobody is paged about a case that has ended, and nothing is left that would.
fn after_the_end(case: &Case) -> Vec<String> {
    let mut found = Vec::new();
    let Some(end) = ended(case) else { return found };
    for page in case.pages.iter().filter(|page| page.created_at > end) {
        found.push(format!("{} was paged at {}, after the end at {end}", page.person, page.created_at));
    }
    for message in case.messages.iter().filter(|message| message.page.is_some()) {
        if message.sent_at.is_some_and(|sent| sent > end) {
            found.push(format!("a page went out at {:?}, after the end at {end}", message.sent_at));
        }
    }
    let left: Vec<_> = case.pending.iter().filter(|kind| *kind != "mark").collect();
    if !left.is_empty() {
        found.push(format!("jobs are left: {left:?}"));
    }
    if case.incident.state.is_open() {
        found.push(format!("it is {:?} and has ended", State::Closed));
    }
    found
}

/// When the case ended.
fn ended(case: &Case) -> Option<Instant> {
    let ends =
        |entry: &&Entry| matches!(entry.change, Change::Resolved { .. } | Change::Closed | Change::Cancelled { .. });
    case.entries.iter().find(ends).map(|entry| entry.at)
}

/// Whether this shows that somebody is being told, or said that they are at it.
fn is_sign(change: &Change) -> bool {
    matches!(
        change,
        Change::Paged { .. }
            | Change::NobodyOnDuty
            | Change::Reminded { .. }
            | Change::Confirmed { .. }
            | Change::Acknowledged { .. }
            | Change::Unanswered { .. }
    )
}

/// The word for a change that a year is judged to have seen.
fn kind(change: &Change) -> &'static str {
    match change {
        Change::Paged { .. } => "paged",
        Change::PageFailed { .. } => "page failed",
        Change::Acknowledged { method, .. } if method == "voice" => "taken by phone",
        Change::Acknowledged { .. } => "taken",
        Change::Reminded { .. } => "reminded",
        Change::Unanswered { .. } => "reminder unanswered",
        Change::Escalated { .. } => "passed on",
        Change::Bridged { .. } => "joined",
        Change::Breached { .. } => "breached",
        Change::NobodyOnDuty => "nobody on duty",
        Change::GivenUp { .. } => "given up",
        Change::Called { .. } => "called",
        _ => "other",
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<String> = self.counts.iter().map(|(what, count)| format!("{what} {count}")).collect();
        write!(to, "{}; Guardia was restarted {} times", counts.join(", "), self.downs.len())
    }
}
