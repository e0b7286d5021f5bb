//! Each kind of node: what it says and where it leads for each input.

use crate::flow::testing::{call, case, flow, heard, world};
use crate::flow::{Facts, Flow, Input};
use crate::incident;

mod listening;
mod passing;

/// Endings that the small flows below lead to; the name is what happened.
const ENDS: &str = "
  one: { hangup: { say: one } }
  two: { hangup: { say: two } }
  silent: { hangup: { say: silent } }
  wrong: { hangup: { say: wrong } }
  found: { hangup: { say: found } }
  unknown: { hangup: { say: unknown } }
  skipped: { hangup: { say: skipped } }
";

fn with_ends(nodes: &str) -> Flow {
    flow(&format!("{nodes}{ENDS}"))
}

/// The node where the call stands after each input, and what was heard with the last.
fn after(flow: &Flow, facts: Facts, inputs: &[Input]) -> (String, Vec<String>) {
    let (mut call, mut turn) = call(flow, facts, world([case(11, incident::State::Received)]));
    for input in inputs {
        turn = call.give(input.clone()).unwrap();
    }
    (call.state.node, heard(&turn))
}
