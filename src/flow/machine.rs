//! The machine: where a call stands, and what came in, give what is heard next and what changes outside.
//!
//! Pure: it is told the time and the facts, and asks for what it cannot know ([`Ask`](super::Ask)). A step ends when a
//! node listens, when a question must be answered, or when the call ends.

use super::document::{Act, Kind, Node, Target};
use super::node::{Go, Walk};
use super::prompts::Missing;
use super::{CaseFacts, Effect, Facts, Flow, Input, Learned, Next, Outcome, State, Step, Verb};

/// The most nodes a call may run through without listening.
pub const MAX_ENTERED: u8 = 64;

/// The prompt said at the end of a call that used up its limits.
const GOODBYE: &str = "goodbye";

/// Why a step could not be taken. The one who drives the machine answers with the safe document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The flow has no such node: the checker did not pass it.
    #[error("the flow has no node '{0}'")]
    NoNode(String),
    /// Nodes lead to one another and none of them listens.
    #[error("more than {MAX_ENTERED} nodes without listening; the last is '{0}'")]
    Circle(String),
    /// An answer came where nothing was asked, or it answers something else.
    #[error("node '{0}' got an answer that it did not ask for")]
    Answer(String),
    /// A prompt or a message cannot be spoken.
    #[error("node '{node}' cannot speak: {why}")]
    Speech {
        /// The node.
        node: String,
        /// Which prompt or message, and why.
        #[source]
        why: Missing,
    },
}

/// One step: `input` reached the call that stands at `state`.
///
/// An input that the present node cannot take (keys where a recording was awaited, a late webhook) asks again; it never
/// moves the call.
///
/// # Errors
/// [`Fault`], after which `state` is still where the call stands.
pub fn step(flow: &Flow, state: &State, input: &Input, facts: &Facts) -> Result<Step, Fault> {
    if state.ended {
        let next = Next::Document(vec![Verb::Hangup]);
        return Ok(Step { state: state.clone(), effects: Vec::new(), next });
    }
    let mut walk = Walk::new(flow, facts, state.clone());
    let go = if *input == Input::Begin {
        Go::To(&flow.document().begin)
    } else {
        let node = walk.node(&state.node)?;
        node.take(&mut walk, input)?
    };
    run(walk, go)
}

/// What a caller who waits in the queue hears meanwhile, and where that leaves the call. `keys` is what they pressed while
/// they heard it last, `case` how their case stands now.
///
/// # Errors
/// [`Fault`], after which `state` is still where the call stands.
pub fn wait(
    flow: &Flow,
    state: &State,
    keys: Option<&str>,
    facts: &Facts,
    case: Option<&CaseFacts>,
) -> Result<(State, Vec<Verb>), Fault> {
    let mut walk = Walk::new(flow, facts, state.clone());
    let verbs = match &walk.node(&state.node)?.kind {
        // What ended is heard no more.
        _ if state.ended => vec![Verb::Leave],
        Kind::WaitForPerson(node) => node.hold(&mut walk, keys, case)?,
        // The call went on meanwhile: it leaves the queue, and what it stands at is asked anew.
        _ => vec![Verb::Leave],
    };
    Ok((walk.state, verbs))
}

fn run<'f>(mut walk: Walk<'f>, mut go: Go<'f>) -> Result<Step, Fault> {
    loop {
        go = match go {
            Go::To(target) => {
                let node = enter(&mut walk, target)?;
                node.enter(&mut walk)?
            }
            Go::Gather(_) | Go::Record(_) | Go::Wait if walk.is_over() => over(&mut walk),
            Go::Gather(mut gather) => {
                // What was said on the way is cut short by a key, like the prompts of the node itself.
                gather.prompts = walk.heard();
                return Ok(walk.document(vec![Verb::Gather(gather), Verb::Continue]));
            }
            Go::Record(record) => {
                let mut verbs: Vec<Verb> = walk.heard().into_iter().map(Verb::Say).collect();
                verbs.extend([Verb::Record(record), Verb::Continue]);
                return Ok(walk.document(verbs));
            }
            Go::Wait => {
                let mut verbs: Vec<Verb> = walk.heard().into_iter().map(Verb::Say).collect();
                verbs.push(Verb::Enqueue { queue: walk.facts.queue.clone() });
                return Ok(walk.document(verbs));
            }
            Go::Ask(ask) => return Ok(Step { state: walk.state, effects: walk.effects, next: Next::Ask(ask) }),
            Go::End(outcome) => return Ok(end(walk, outcome)),
        }
    }
}

/// Goes to a node: settles what the way settles and notes the arrival.
fn enter<'f>(walk: &mut Walk<'f>, target: &'f Target) -> Result<&'f Node, Fault> {
    walk.state.entered = walk.state.entered.saturating_add(1);
    if walk.state.entered > MAX_ENTERED {
        return Err(Fault::Circle(target.node.clone()));
    }
    let node = walk.node(&target.node)?;
    for act in &target.acts {
        settle(walk, act);
    }
    walk.state.node.clone_from(&node.name);
    walk.state.tries = 0;
    (walk.state.waiting_since, walk.state.joining_until, walk.state.leaving) = (None, None, None);
    walk.effects.push(Effect::Reached { node: node.name.clone() });
    if node.informs {
        walk.had(Outcome::Informed);
    }
    Ok(node)
}

/// What taking a way settles.
fn settle(walk: &mut Walk<'_>, act: &Act) {
    match act {
        Act::Language(language) => walk.language(*language),
        Act::NextLanguage => {
            let languages = &walk.flow.document().languages;
            let after = languages.iter().skip_while(|language| **language != walk.state.language).nth(1);
            if let Some(next) = after.or(languages.first()) {
                walk.language(*next);
            }
        }
        Act::Set { variable, value, .. } => walk.set(variable, value.clone()),
        Act::Consent { recording } => {
            walk.state.recording = Some(*recording);
            let prompt = walk.asked_by();
            walk.effects.push(Effect::Consent { recording: *recording, prompt });
        }
        Act::Affected => {
            if walk.facts.banner.is_some() {
                walk.effects.push(Effect::Affected);
                walk.had(Outcome::Added);
            }
        }
        Act::Join => {
            if let Some(found) = walk.state.found.take() {
                walk.effects.push(Effect::Join { case: found.number.clone() });
                walk.state.case = Some(found);
                // The call's own incident, if there was one, is no longer one of its own.
                walk.state.had = Some(Outcome::Added);
            }
        }
        Act::Reopen => {
            let case = walk.state.found.as_ref().or(walk.state.case.as_ref()).map(|case| case.number.clone());
            if let Some(case) = case {
                walk.effects.push(Effect::Reopen { case });
                walk.had(Outcome::Added);
            }
        }
        Act::TextMessages { wanted } => walk.learned(Learned::TextMessages(*wanted)),
        Act::CallBackCaller => {
            if let Some(caller) = &walk.facts.caller {
                walk.state.call_back = Some(caller.clone());
                walk.learned(Learned::CallBack(caller.clone()));
            }
        }
        Act::InstitutionCaller => {
            if let Some(institution) = &walk.facts.caller_institution {
                walk.institution(institution.clone());
            }
        }
    }
}

/// The limits are used up: their way, once; then the end.
fn over<'f>(walk: &mut Walk<'f>) -> Go<'f> {
    let way = walk.flow.document().limits.over.as_ref().filter(|_| !walk.state.over);
    walk.state.over = true;
    walk.unsay();
    if let Some(target) = way {
        return Go::To(target);
    }
    // The end is polite where it can be; a flow without the prompt ends all the same.
    let _ = walk.say(GOODBYE);
    Go::End(None)
}

fn end(mut walk: Walk<'_>, outcome: Option<Outcome>) -> Step {
    // What the call gave outranks what the page says: an open incident is never counted as a missed call.
    let outcome = match (walk.state.had, outcome) {
        (Some(had @ (Outcome::Reported | Outcome::Added)), _) => had,
        (_, Some(outcome)) => outcome,
        (had, None) => had.unwrap_or(Outcome::Missed),
    };
    walk.state.had = Some(outcome);
    walk.state.ended = true;
    walk.effects.push(Effect::Ended(outcome));
    let mut verbs: Vec<Verb> = walk.heard().into_iter().map(Verb::Say).collect();
    verbs.push(Verb::Hangup);
    walk.document(verbs)
}
