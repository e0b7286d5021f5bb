//! Somebody hangs up at every node at which a call can stop: the call is on record with its place and what came of it,
//! and whoever reported something is not forgotten.

use chrono::TimeDelta;
use guardia::call::{Call, Direction};
use guardia::flow::{Input, Outcome};
use guardia::stage::Stage;
use guardia::store::{StoreError, Tx};
use guardia_sandbox::CallSid;
use guardia_sandbox::story::Host;
use serde_json::json;

use crate::moments::LINE;
use crate::ways::{Way, find, shipped, stops};

/// Instants in which one input must have had its effect; the longest is being held for three minutes.
const MOST_INSTANTS: usize = 400;

#[test]
fn somebody_reaches_every_node_at_which_a_call_can_stop() {
    let (flow, directory) = shipped();
    let ways = find(&flow, &directory);
    let unreached: Vec<String> = stops(&flow).into_iter().filter(|node| !ways.contains_key(node)).collect();
    assert_eq!(unreached, [""; 0], "no way leads there: add a moment or an input");
    assert!(ways.len() >= 30, "{} nodes: is this the shipped flow?", ways.len());
}

/// The nodes are dealt out to a few tests, which run side by side.
const HANDS: usize = 4;

async fn hang_up_at_every_node(hand: usize) {
    let (flow, directory) = shipped();
    let ways = find(&flow, &directory);
    for (node, way) in ways.iter().enumerate().filter(|(place, _)| place % HANDS == hand).map(|(_, way)| way) {
        hang_up(node, way).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hanging_up_at_every_node_first_hand() {
    hang_up_at_every_node(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hanging_up_at_every_node_second_hand() {
    hang_up_at_every_node(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hanging_up_at_every_node_third_hand() {
    hang_up_at_every_node(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hanging_up_at_every_node_fourth_hand() {
    hang_up_at_every_node(3).await;
}

/// Goes the way to `node` and hangs up there.
async fn hang_up(node: &str, way: &Way) {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = way.moment.stage(folder.path()).await;
    let sid = stage.network.dial(way.moment.from, LINE);
    pass(&mut stage).await;
    for (input, expected) in &way.steps {
        go(&mut stage, &sid, input, expected).await.unwrap_or_else(|why| panic!("to {node}: {why}; {way:?}"));
    }
    stage.network.hang_up(&sid);
    let limit = stage.now() + TimeDelta::seconds(5);
    while stage.advance(limit).await {}
    let call = last_call(&stage).await;
    let tell =
        || format!("{}: hung up at {node}: {:?}, incident {:?}; {way:?}", way.moment.name, call.outcome, call.incident);
    assert_eq!(call.session.node, node, "{}", tell());
    assert!(call.ended_at.is_some(), "{}", tell());
    // Who said where they call from and then had nothing yet has reported all the same.
    let left_something = way.institution && way.had.is_none();
    let reported = way.has_case || left_something;
    assert_eq!(call.incident.is_some(), reported, "{}", tell());
    match call.outcome {
        Some(Outcome::Reported) => assert!(reported, "{}", tell()),
        Some(Outcome::Missed) => assert!(!reported && way.had.is_none(), "{}", tell()),
        Some(Outcome::Informed) => assert!(!reported && way.had == Some(Outcome::Informed), "{}", tell()),
        Some(Outcome::Added) => assert_eq!(way.had, Some(Outcome::Added), "{}", tell()),
        None => panic!("{}", tell()),
    }
    let nothing = serde_json::Value::Null;
    stage.check("nothing_is_left_over", &nothing).await.unwrap_or_else(|why| panic!("{why}; {}", tell()));
    if reported {
        stage.check("ticket", &json!({})).await.unwrap_or_else(|why| panic!("{why}; {}", tell()));
    }
    assert_eq!(stage.network.errors().len(), 0, "{}", tell());
    stage.stop().await;
}

/// Does `input` and lets time pass until the call listens at `expected`.
async fn go(stage: &mut Stage, sid: &CallSid, input: &Input, expected: &str) -> Result<(), String> {
    let before = last_call(stage).await;
    if *input == Input::Silence && before.session.node == expected {
        // However long it takes: the same is asked, or the music goes on, until something else happens.
        return Ok(());
    }
    match input {
        Input::Digits(keys) => stage.network.press(sid, keys),
        Input::Recording { seconds, .. } => {
            until(stage, |stage| stage.network.call(sid).is_some_and(|call| call.listens)).await?;
            stage.network.speak(sid, "Se cayó todo", TimeDelta::seconds(i64::from(*seconds)));
        }
        _ => {}
    }
    for _ in 0..MOST_INSTANTS {
        pass(stage).await;
        let call = last_call(stage).await;
        let moved = call.turn > before.turn;
        if moved && call.session.node == expected {
            return Ok(());
        }
        if moved && call.session.node != before.session.node {
            return Err(format!("{input:?} at {} leads to {}, not {expected}", before.session.node, call.session.node));
        }
    }
    Err(format!("{input:?} at {} leads nowhere, not to {expected}", before.session.node))
}

async fn until(stage: &mut Stage, so: impl Fn(&Stage) -> bool) -> Result<(), String> {
    for _ in 0..MOST_INSTANTS {
        if so(stage) {
            return Ok(());
        }
        pass(stage).await;
    }
    Err("what was waited for does not happen".to_owned())
}

/// On to the next instant at which something happens, or a minute.
async fn pass(stage: &mut Stage) {
    let limit = stage.now() + TimeDelta::minutes(1);
    stage.advance(limit).await;
}

/// The last call of a caller: while they wait, the line calls people of its own accord.
async fn last_call(stage: &Stage) -> Call {
    let store = &stage.hotline().unwrap().store;
    let calls: Result<Vec<Call>, StoreError> = store.read(async |tx: &mut Tx| tx.calls(100, None).await).await;
    calls.unwrap().into_iter().find(|call| call.direction == Direction::Inbound).unwrap()
}
