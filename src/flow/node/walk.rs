//! One step on its way from node to node: what it gathers until a node listens, asks or ends the call.

use crate::flow::document::{IMPACT, Line, Node, SERVICE, Target};
use crate::flow::machine::Fault;
use crate::flow::prompts::{Missing, Spoken};
use crate::flow::values::Values;
use crate::flow::{
    Ask, CaseFacts, Effect, Facts, Flow, Gather, Impact, Institution, Language, Learned, Next, Outcome, Record, State,
    Step, Utterance, Verb,
};

/// What a node does next.
#[derive(Debug)]
pub(in crate::flow) enum Go<'f> {
    /// On to another node.
    To(&'f Target),
    /// Listen for keys; what was said goes into it.
    Gather(Gather),
    /// Record the caller; what was said goes before it.
    Record(Record),
    /// Wait in the queue; what was said goes before it.
    Wait,
    /// A question first; the answer comes back to the same node.
    Ask(Ask),
    /// The call ends, with what the page says the caller had.
    End(Option<Outcome>),
}

/// One step on its way.
pub(in crate::flow) struct Walk<'f> {
    pub(in crate::flow) flow: &'f Flow,
    pub(in crate::flow) facts: &'f Facts,
    pub(in crate::flow) state: State,
    pub(in crate::flow) effects: Vec<Effect>,
    present: Option<&'f Node>,
    /// How much was said before the present node had its turn.
    before: usize,
}

impl<'f> Walk<'f> {
    pub(in crate::flow) fn new(flow: &'f Flow, facts: &'f Facts, state: State) -> Self {
        Self { flow, facts, state, effects: Vec::new(), present: None, before: 0 }
    }

    /// Looks a node up; from here on it is the one that speaks.
    pub(in crate::flow) fn node(&mut self, name: &str) -> Result<&'f Node, Fault> {
        let node = self.flow.node(name).ok_or_else(|| Fault::NoNode(name.to_owned()))?;
        self.present = Some(node);
        self.before = self.state.said.len();
        Ok(node)
    }

    /// Speaks a prompt.
    pub(in crate::flow) fn say(&mut self, prompt: &str) -> Result<(), Fault> {
        let values = self.values();
        let language = self.state.language;
        let said = self.flow.prompts().render(language, prompt, &values.context(), |place| values.get(place));
        let Spoken { language, text, audio } = said.map_err(|why| self.mute(why))?;
        self.state.said.push(match audio {
            Some(file) => Utterance::File { language, file, text },
            None => Utterance::Words { language, text },
        });
        Ok(())
    }

    /// Lets the caller hear everything a node has for them.
    pub(in crate::flow) fn say_all(&mut self, lines: &[Line]) -> Result<(), Fault> {
        for line in lines {
            match line {
                Line::Prompt(prompt) => self.say(&prompt.name)?,
                Line::LastRecording => {
                    let url = self.state.last_recording.clone();
                    self.state.said.extend(url.map(|url| Utterance::Recording { url }));
                }
            }
        }
        Ok(())
    }

    /// Writes a text message.
    pub(in crate::flow) fn write(&self, template: &str) -> Result<String, Fault> {
        let values = self.values();
        let language = self.state.language;
        let written = self.flow.messages().render(language, template, &values.context(), |place| values.get(place));
        written.map_err(|why| self.mute(why))
    }

    /// The case that the present node speaks of.
    pub(in crate::flow) fn case(&self) -> Option<&CaseFacts> {
        self.values().case()
    }

    /// A case as it stands now: what is known of it is replaced.
    pub(in crate::flow) fn looked_at(&mut self, case: &CaseFacts) {
        for known in [&mut self.state.case, &mut self.state.found].into_iter().flatten() {
            if known.number == case.number {
                known.clone_from(case);
            }
        }
    }

    /// The values that fill a sentence here and now.
    pub(in crate::flow) fn values(&self) -> Values<'_> {
        Values::new(self.facts, &self.state, self.present.map(|node| node.about).unwrap_or_default())
    }

    /// An answer that the present node did not ask for.
    pub(in crate::flow) fn unasked(&self) -> Fault {
        Fault::Answer(self.state.node.clone())
    }

    fn mute(&self, why: Missing) -> Fault {
        let node = self.present.map_or(&self.state.node, |node| &node.name).clone();
        Fault::Speech { node, why }
    }

    /// Counts a try in vain; whether that was the last of `tries`.
    pub(in crate::flow) fn was_last(&mut self, tries: u8) -> bool {
        self.state.tries = self.state.tries.saturating_add(1);
        self.state.tries >= tries
    }

    /// The caller had at least this from the call.
    pub(in crate::flow) fn had(&mut self, outcome: Outcome) {
        // `Outcome::ALL` is ordered, best first.
        let best = Outcome::ALL.into_iter().find(|one| *one == outcome || self.state.had == Some(*one));
        self.state.had = best;
    }

    /// Goes on in this language.
    pub(in crate::flow) fn language(&mut self, language: Language) {
        self.state.language = language;
        self.effects.push(Effect::Language(language));
    }

    /// Keeps a choice; the incident is told of the affected service and how it fails.
    pub(in crate::flow) fn set(&mut self, variable: &str, value: String) {
        match variable {
            SERVICE => self.learned(Learned::Service(value.clone())),
            IMPACT => {
                let impact = Impact::from_word(&value).map(Learned::Impact);
                self.effects.extend(impact.map(Effect::Learned));
            }
            _ => {}
        }
        self.state.variables.insert(variable.to_owned(), value);
    }

    /// The caller calls from this institution.
    pub(in crate::flow) fn institution(&mut self, institution: Institution) {
        self.learned(Learned::Institution(institution.clone()));
        self.state.institution = Some(institution);
    }

    /// Tells the incident.
    pub(in crate::flow) fn learned(&mut self, learned: Learned) {
        self.effects.push(Effect::Learned(learned));
    }

    /// The prompt that asked what is settled now: the first of the node that is being left.
    pub(in crate::flow) fn asked_by(&self) -> String {
        let left = self.flow.node(&self.state.node);
        left.and_then(|node| node.prompts().into_iter().next()).map(|prompt| prompt.name).unwrap_or_default()
    }

    /// Whether another document would be one too many.
    pub(in crate::flow) fn is_over(&self) -> bool {
        let limits = &self.flow.document().limits;
        let (calls, turns) = if self.state.over { (2, limits.turns.saturating_mul(2)) } else { (1, limits.turns) };
        let length = (self.facts.now - self.state.began_at).to_std().unwrap_or_default();
        self.state.turns >= turns || length >= limits.call.saturating_mul(calls)
    }

    /// Takes back what the present node said: it will not listen after all.
    pub(in crate::flow) fn unsay(&mut self) {
        self.state.said.truncate(self.before);
    }

    /// What is to be heard now.
    pub(in crate::flow) fn heard(&mut self) -> Vec<Utterance> {
        std::mem::take(&mut self.state.said)
    }

    /// The step ends with a document.
    pub(in crate::flow) fn document(mut self, verbs: Vec<Verb>) -> Step {
        self.state.turns = self.state.turns.saturating_add(1);
        self.state.entered = 0;
        Step { state: self.state, effects: self.effects, next: Next::Document(verbs) }
    }
}
