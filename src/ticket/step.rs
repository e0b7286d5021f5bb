//! What the hand-off of a case does next: one step at a time, each a durable job with a key of its own.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Values;
use crate::incident::State;

/// One step of a hand-off. Each looks at the store before it acts, so that it may be run any number of times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// There is one ticket: searched, else made; doubles are one with the lowest.
    Ticket,
    /// A recording is attached, or said where it is heard.
    Recording {
        /// The telephony provider's id of it.
        recording: String,
    },
    /// An entry of the timeline is a comment.
    Comment {
        /// Its place in the timeline.
        sequence: i64,
    },
    /// The state is the one the case has.
    State,
    /// The fields hold what they were sent.
    Fields,
}

impl fmt::Display for Step {
    /// As a key and a list for people have it: opaque, nothing personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket => f.write_str("ticket"),
            Self::Recording { recording } => write!(f, "recording:{recording}"),
            Self::Comment { sequence } => write!(f, "comment:{sequence}"),
            Self::State => f.write_str("state"),
            Self::Fields => f.write_str("fields"),
        }
    }
}

/// How far the hand-off of a case has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The store's id of the ticket, once it was read back.
    pub remote: Option<String>,
    /// The last entry of the timeline that was told, or that needs no telling.
    pub commented: i64,
    /// Recordings that were handed over.
    pub recordings: BTreeSet<String>,
    /// The state that the store was seen to have.
    pub state: Option<State>,
    /// The fields that the store was seen to hold.
    pub values: Option<Values>,
}

/// What the store should hold beside the ticket itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Entries of the timeline that are told, in their order.
    pub comments: Vec<i64>,
    /// Recordings, the oldest first.
    pub recordings: Vec<String>,
    /// The state, where the store is told it.
    pub state: Option<State>,
    /// The fields, where the store takes changes of them.
    pub values: Option<Values>,
}

/// The next step, without those that were `given_up`: a ticket that could not be made stops everything, a comment those that
/// come after it, and anything else only itself.
#[must_use]
pub fn next(progress: &Progress, wanted: &Wanted, given_up: &BTreeSet<Step>) -> Option<Step> {
    let open = |step: &Step| !given_up.contains(step);
    if progress.remote.is_none() {
        return Some(Step::Ticket).filter(open);
    }
    let recordings = wanted.recordings.iter().filter(|recording| !progress.recordings.contains(*recording));
    let recording = recordings.map(|recording| Step::Recording { recording: recording.clone() }).find(open);
    let comment = wanted.comments.iter().find(|sequence| **sequence > progress.commented);
    let comment = comment.map(|sequence| Step::Comment { sequence: *sequence }).filter(open);
    let state = wanted.state.filter(|state| progress.state != Some(*state)).map(|_| Step::State).filter(open);
    let fields = wanted.values.as_ref().filter(|values| progress.values.as_ref() != Some(*values));
    recording.or(comment).or(state).or_else(|| fields.map(|_| Step::Fields).filter(open))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ticket::Field;

    fn wanted() -> Wanted {
        Wanted {
            comments: vec![2, 5],
            recordings: vec!["RE1".into(), "RE2".into()],
            state: Some(State::Acknowledged),
            values: Some(Values::from([(Field::ExternalId, "26000019".into())])),
        }
    }

    /// Does a step in mind.
    fn done(progress: &mut Progress, wanted: &Wanted, step: &Step) {
        match step {
            Step::Ticket => progress.remote = Some("7".into()),
            Step::Recording { recording } => drop(progress.recordings.insert(recording.clone())),
            Step::Comment { sequence } => progress.commented = *sequence,
            Step::State => progress.state = wanted.state,
            Step::Fields => progress.values.clone_from(&wanted.values),
        }
    }

    fn walk(wanted: &Wanted, given_up: &BTreeSet<Step>) -> Vec<String> {
        let mut progress = Progress::default();
        let mut steps = Vec::new();
        while let Some(step) = next(&progress, wanted, given_up) {
            done(&mut progress, wanted, &step);
            steps.push(step.to_string());
        }
        steps
    }

    #[test]
    fn everything_is_told_in_order_and_then_nothing() {
        let steps = ["ticket", "recording:RE1", "recording:RE2", "comment:2", "comment:5", "state", "fields"];
        assert_eq!(walk(&wanted(), &BTreeSet::new()), steps);
    }

    #[test]
    fn what_was_given_up_stops_only_what_hangs_on_it() {
        let without = |step: Step| walk(&wanted(), &BTreeSet::from([step]));
        assert_eq!(without(Step::Ticket), Vec::<String>::new());
        let after = ["ticket", "recording:RE1", "recording:RE2", "state", "fields"];
        assert_eq!(without(Step::Comment { sequence: 2 }), after);
        let after = ["ticket", "recording:RE2", "comment:2", "comment:5", "state", "fields"];
        assert_eq!(without(Step::Recording { recording: "RE1".into() }), after);
        assert!(without(Step::Fields).ends_with(&["state".to_owned()]));
    }

    proptest! {
        /// However often steps are repeated, what is told is told once and the end is the same.
        #[test]
        fn it_ends(sequences in prop::collection::btree_set(1_i64..40, 0..8), state in 0_usize..6) {
            let wanted = Wanted {
                comments: sequences.iter().copied().collect(),
                state: State::ALL.get(state).copied(),
                ..wanted()
            };
            let steps = walk(&wanted, &BTreeSet::new());
            let once: BTreeSet<&String> = steps.iter().collect();
            prop_assert_eq!(once.len(), steps.len());
            prop_assert_eq!(steps.len(), 1 + 2 + sequences.len() + 2);
        }
    }
}
