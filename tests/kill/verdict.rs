//! What must be true after a story with kills in it, looked at as people do: by the commands, and by what the phones got.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use guardia_sandbox::{Message, Network};
use serde_json::Value;

use crate::site::Site;

/// What a clock of a case shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    case: String,
    started: DateTime<Utc>,
    due: DateTime<Utc>,
}

/// The clocks of all cases, read by the command beside the running server.
pub async fn promises(site: &Site) -> Vec<Promise> {
    let listed: Value = serde_json::from_str(&site.run(&["incidents", "--json"]).await).unwrap();
    let instant = |value: &Value| value.as_str().unwrap().parse().unwrap();
    let promise = |case: &Value| Promise {
        case: case["case"].as_str().unwrap().to_owned(),
        started: instant(&case["started_at"]),
        due: instant(&case["due_at"]),
    };
    listed.as_array().unwrap().iter().map(promise).collect()
}

/// Everything that is not as it must be after `kills` kills. `seen` is what the clock showed after each restart.
pub async fn problems(site: &Site, network: &Network, seen: &[Promise], kills: usize) -> Vec<String> {
    let mut found: Vec<String> = network.errors().iter().map(ToString::to_string).collect();
    let mut hold = |true_: bool, text: String| {
        if !true_ {
            found.push(text);
        }
    };
    let promises = promises(site).await;
    let [promise] = promises.as_slice() else {
        found.push(format!("{} incidents, not one", promises.len()));
        return found;
    };
    hold(promise.due - promise.started == TimeDelta::hours(4), format!("the clock is {promise:?}"));
    hold(seen.iter().all(|seen| seen == promise), format!("the clock was {seen:?}, and is {promise:?}"));

    let calls: Value = serde_json::from_str(&site.run(&["calls", "--json"]).await).unwrap();
    let calls = calls.as_array().unwrap();
    let whole = calls.iter().all(|call| call["outcome"] == "reported" && !call["ended_at"].is_null());
    let of_case = calls.iter().all(|call| call["case"] == promise.case.as_str() && call["fallback"] == false);
    hold(calls.len() == 1 && whole && of_case, format!("the calls are {calls:?}"));

    let case: Value = serde_json::from_str(&site.run(&["incident", &promise.case, "--json"]).await).unwrap();
    hold(case["incident"]["state"] == "acknowledged", format!("the case is {}", case["incident"]["state"]));
    let timeline = case["timeline"].as_array().unwrap();
    let kinds: Vec<&str> = timeline.iter().map(|entry| entry["change"]["kind"].as_str().unwrap()).collect();
    let times = |kind: &str| kinds.iter().filter(|known| **known == kind).count();
    for kind in ["opened", "ticketed", "paged", "acknowledged", "recorded"] {
        hold(times(kind) == 1, format!("'{kind}' stands {} times in the timeline: {kinds:?}", times(kind)));
    }
    let places = timeline.iter().enumerate().all(|(place, entry)| entry["sequence"] == place + 1);
    hold(places, format!("the timeline has gaps: {timeline:?}"));

    // The page, the caller's confirmation, the taker's, and the news that it was taken: each intended once, each handed over
    // at least once, again only after a kill and then under its name.
    let sent = by_name(network);
    hold(sent.len() == 4 && !sent.contains_key(""), format!("{} messages, not 4: {sent:?}", sent.len()));
    for (name, copies) in &sent {
        hold(copies.len() <= 1 + kills, format!("{name} was sent {} times over {kills} kills", copies.len()));
        let same = copies.iter().all(|copy| (&copy.to, &copy.body) == (&copies[0].to, &copies[0].body));
        hold(same, format!("{name} is not the same each time: {copies:?}"));
    }
    let pages = sent.values().filter(|copies| copies[0].body.contains("CRITICO")).count();
    hold(pages == 1, format!("{pages} pages, not one"));
    found
}

/// The messages the network was given, by the name each send had.
fn by_name(network: &Network) -> BTreeMap<String, Vec<Message>> {
    let mut sent: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    for message in network.messages().into_iter().filter(|message| message.direction != "inbound") {
        sent.entry(message.token.clone().unwrap_or_default()).or_default().push(message);
    }
    sent
}

/// How many messages were handed over more than once.
pub fn repeats(network: &Network) -> usize {
    by_name(network).values().map(|copies| copies.len() - 1).sum()
}
