//! What must be true when nodes died and everything is done.

use std::collections::BTreeMap;
use std::fmt;

use chrono::TimeDelta;
use guardia::call::Call;
use guardia::clock::Instant;
use guardia::flow::Outcome;
use guardia::incident::{Change, Incident, State};
use guardia::paging::Message;
use guardia::store::{IncidentFilter, Store, StoreError, Tx};
use guardia_sandbox::{Message as Sent, Network};

use crate::people::DUTY;

/// What came of a run.
pub struct Verdict {
    pub problems: Vec<String>,
    calls: usize,
    /// From the commit of each incident to its first page at the provider, sorted.
    pages: Vec<TimeDelta>,
    /// Messages that were handed over more than once, always under their name.
    again: usize,
}

impl Verdict {
    /// The latest first page.
    pub fn slowest(&self) -> TimeDelta {
        self.pages.last().copied().unwrap_or_default()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = self.pages.get(self.pages.len() / 2).copied().unwrap_or_default();
        let late = self.pages.iter().filter(|took| **took > TimeDelta::seconds(1)).count();
        write!(
            to,
            "{} calls; first page p50 {} ms, slowest {} ms, {late} later than 1 s; {} messages were sent again",
            self.calls,
            half.num_milliseconds(),
            self.slowest().num_milliseconds(),
            self.again
        )
    }
}

/// Whether no job is due or at work, and every incident was taken.
pub async fn quiet(store: &Store, now: Instant) -> bool {
    let read = store.read(async |tx: &mut Tx| -> Result<bool, StoreError> {
        let idle = tx.job_counts().await?.leased == 0 && tx.next_due().await?.is_none_or(|next| next > now);
        let all = tx.incidents(IncidentFilter { open: true, limit: 10_000 }).await?;
        Ok(idle && all.iter().all(|incident| incident.state != State::Received))
    });
    read.await.unwrap()
}

/// What the store has of one incident.
struct Case {
    incident: Incident,
    opened: Instant,
    messages: Vec<Message>,
    pages: usize,
    tickets: usize,
}

/// Looks at everything after `kills` kills.
pub async fn of(store: &Store, network: &Network, kills: usize) -> Verdict {
    let read = store.read(async |tx: &mut Tx| -> Result<_, StoreError> {
        let incidents = tx.incidents(IncidentFilter { open: false, limit: 10_000 }).await?;
        let mut cases = Vec::with_capacity(incidents.len());
        for incident in incidents {
            let entries = tx.entries(incident.id).await?;
            cases.push(Case {
                opened: entries[0].at,
                tickets: entries.iter().filter(|entry| matches!(entry.change, Change::Ticketed { .. })).count(),
                messages: tx.messages(incident.id).await?,
                pages: tx.pages(incident.id).await?.len(),
                incident,
            });
        }
        let forgotten = tx.open_incidents_without_job().await?.len();
        Ok((tx.calls(10_000, None).await?, cases, tx.job_counts().await?.dead, forgotten, tx.nodes().await?.len()))
    });
    let (calls, cases, dead, forgotten, nodes) = read.await.unwrap();
    let mut problems = Vec::new();
    let mut hold = |true_: bool, text: String| {
        if !true_ {
            problems.push(text);
        }
    };
    hold((dead, forgotten) == (0, 0), format!("{dead} jobs are dead, {forgotten} open incidents have none"));
    hold(nodes <= 3, format!("{nodes} nodes are known, and two live"));
    for call in network.calls() {
        let found: Vec<&Call> = calls.iter().filter(|kept| kept.provider_call == call.sid.to_string()).collect();
        let reported = found.iter().filter(|kept| kept.outcome == Some(Outcome::Reported) && kept.ended_at.is_some());
        let opened = cases.iter().filter(|case| found.iter().any(|kept| kept.id == case.incident.call)).count();
        let text = format!("{} of {}: {opened} incidents, in the store as {found:?}", call.sid, call.from);
        hold(found.len() == 1 && reported.count() == 1 && opened == 1, text);
    }
    let sent = by_name(network);
    let copies = |message: &Message| sent.get(&message.id.to_string()).map_or(0, Vec::len);
    let mut pages = Vec::new();
    for Case { incident, opened, messages, pages: told, tickets } in &cases {
        let number = &incident.number;
        hold(incident.state == State::Acknowledged, format!("case {number} is {:?}", incident.state));
        hold((*told, *tickets) == (1, 1), format!("case {number} has {told} pages and {tickets} tickets"));
        hold(incident.due_at - incident.started_at == TimeDelta::hours(4), format!("the clock of case {number}"));
        let lost = messages.iter().filter(|message| copies(message) == 0).count();
        hold(lost == 0, format!("{lost} messages of case {number} were never sent"));
        let first = messages.iter().find(|message| message.template == "page");
        let first = first.and_then(|message| sent.get(&message.id.to_string())?.iter().map(|sent| sent.created).min());
        match first {
            Some(first) => pages.push(first - *opened),
            None => hold(false, format!("case {number} was never paged")),
        }
    }
    let known: usize = cases.iter().map(|case| case.messages.len()).sum();
    hold(sent.len() == known, format!("{} messages have a name, and {known} were set down", sent.len()));
    for (name, copies) in &sent {
        hold(copies.len() <= 1 + kills, format!("{name} was sent {} times over {kills} kills", copies.len()));
        let same = copies.iter().all(|copy| (&copy.to, &copy.body) == (&copies[0].to, &copies[0].body));
        hold(same && copies[0].to == DUTY, format!("{name} is not the same each time: {copies:?}"));
    }
    pages.sort_unstable();
    let again = sent.values().map(|copies| copies.len() - 1).sum();
    Verdict { problems, calls: calls.len(), pages, again }
}

/// The messages the network was given, by the name each send had.
fn by_name(network: &Network) -> BTreeMap<String, Vec<Sent>> {
    let mut sent: BTreeMap<String, Vec<Sent>> = BTreeMap::new();
    for message in network.messages().into_iter().filter(|message| message.direction != "inbound") {
        // A provider is asked under the message's id and its own name.
        let token = message.token.clone().unwrap_or_default();
        let id = token.rsplit_once('-').map_or(token.as_str(), |(id, _)| id).to_owned();
        sent.entry(id).or_default().push(message);
    }
    sent
}
