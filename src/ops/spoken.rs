//! Words for people on the telephone: a person of the roster in a dialogue, a reporter beside the flow.

use std::sync::Arc;
use std::time::Duration;

use super::facts::queue_of;
use super::open_incident::language_of;
use super::room::{Who, bridge};
use super::{Hotline, OpsError};
use crate::flow::prompts::Placeholder;
use crate::flow::speech::{Context, Noun, Value};
use crate::flow::{Bridge, Far, Flow, Gather, Language, Utterance, Verb};
use crate::id::CallId;
use crate::incident::Incident;
use crate::oncall::{Person, Roster};
use crate::paging::Room;
use crate::paging::dialogue::{Line, Say, Then};
use crate::store::Tx;

/// How long a person has for a key.
const KEY: Duration = Duration::from_secs(10);
/// How long the reporter's telephone rings.
pub(super) const RING: Duration = Duration::from_secs(30);
/// The longest conversation.
pub(super) const LONGEST: Duration = Duration::from_hours(2);
/// How long it takes until it is looked again whether a room is there.
const LOOK: Duration = Duration::from_secs(1);

/// A prompt without open places, in the language of the reporter.
pub(super) async fn in_language(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    name: &str,
) -> Result<Utterance, OpsError> {
    let flow = hotline.flow(tx, &hotline.policy.flow).await?;
    let context = Context { now: hotline.now(), zone: hotline.policy.calendar.zone() };
    let spoken = flow.prompts().render(language_of(incident), name, &context, |_| None);
    let spoken = spoken.map_err(|_| OpsError::Impossible("a prompt for reporters that is missing"))?;
    Ok(Utterance::Words { language: spoken.language, text: spoken.text })
}

/// Speaks to the person who was called.
pub(super) struct Voice<'a> {
    pub(super) hotline: &'a Hotline,
    pub(super) flow: Arc<Flow>,
    pub(super) roster: Option<&'a Roster>,
    pub(super) person: Option<&'a Person>,
    pub(super) incident: &'a Incident,
    pub(super) reports: &'a [String],
    pub(super) cases: usize,
    /// Who asked the person to come into a conversation.
    pub(super) asked_by: Option<&'a str>,
}

impl Voice<'_> {
    pub(super) fn speak(&self, say: &Say) -> Result<Vec<Verb>, OpsError> {
        let said = self.said(&say.lines)?;
        let listen = |digits, end, prompts| {
            let language = self.language();
            let gather = Gather { prompts, digits, end, first: KEY, between: KEY, words: Vec::new(), language };
            vec![Verb::Gather(gather), Verb::Continue]
        };
        Ok(match say.then {
            Then::Key => listen(Some(1), None, said),
            Then::Digits => listen(None, Some('#'), said),
            Then::Wait => {
                let then = [Verb::Pause(LOOK), Verb::Continue];
                said.into_iter().map(Verb::Say).chain(then).collect()
            }
            Then::Talk | Then::HangUp => said.into_iter().map(Verb::Say).chain(std::iter::once(Verb::Hangup)).collect(),
        })
    }

    /// Joins the person to the reporter: out of the queue, or by calling them.
    pub(super) fn join(&self, say: &Say, waiting: Option<CallId>, record: bool) -> Result<Vec<Verb>, OpsError> {
        let line = self.hotline.policy.line.clone();
        let to = match (waiting, &self.incident.call_back) {
            (Some(call), _) => Far::Queue { name: queue_of(call), whisper: true },
            (None, Some(phone)) => Far::Number { phone: phone.clone(), from: line, whisper: true },
            (None, None) => return self.speak(&Say { lines: say.lines.clone(), then: Then::HangUp }),
        };
        let mut verbs: Vec<Verb> = self.said(&say.lines)?.into_iter().map(Verb::Say).collect();
        verbs.push(Verb::Bridge(Bridge { to, ring: RING, limit: LONGEST, record }));
        Ok(verbs)
    }

    /// Brings the person into a room.
    pub(super) fn confer(&self, say: &Say, room: &Room) -> Result<Vec<Verb>, OpsError> {
        let mut verbs: Vec<Verb> = self.said(&say.lines)?.into_iter().map(Verb::Say).collect();
        verbs.push(bridge(room, Who::Staff));
        Ok(verbs)
    }

    fn said(&self, lines: &[Line]) -> Result<Vec<Utterance>, OpsError> {
        let context = Context { now: self.hotline.now(), zone: self.hotline.policy.calendar.zone() };
        let mut said = Vec::new();
        for line in lines {
            match line {
                Line::Report => {
                    said.extend(self.reports.iter().map(|url| Utterance::Recording { url: url.clone() }));
                }
                Line::Prompt(name) => {
                    let spoken = self
                        .flow
                        .prompts()
                        .render(self.language(), name, &context, |place| self.value(place))
                        .map_err(|_| OpsError::Impossible("a prompt for staff that is missing or cannot be filled"))?;
                    let (language, text) = (spoken.language, spoken.text);
                    said.push(match spoken.audio {
                        Some(file) => Utterance::File { language, file, text },
                        None => Utterance::Words { language, text },
                    });
                }
            }
        }
        Ok(said)
    }

    fn language(&self) -> Language {
        self.person.map_or(Language::Es, |person| person.language)
    }

    fn value(&self, place: Placeholder) -> Option<Value> {
        let unknown = |es: &str, en: &str| match self.language() {
            Language::Es => Value::from(es),
            Language::En => Value::from(en),
        };
        let directory = &self.hotline.policy.directory;
        match place {
            Placeholder::Cases => {
                Some(Value::Quantity { n: u32::try_from(self.cases).unwrap_or(u32::MAX), noun: Noun::Case })
            }
            Placeholder::CaseNumber => Some(self.incident.number.clone().into()),
            Placeholder::Due => Some(self.incident.due_at.into()),
            Placeholder::Institution => Some(match &self.incident.institution_name {
                Some(name) => Value::Text(name.clone()),
                None => unknown("institución por confirmar", "an institution to be confirmed"),
            }),
            Placeholder::Service => {
                let service = self.incident.service.as_deref().and_then(|id| directory.service(id));
                Some(match service {
                    Some(service) => unknown(&service.es, &service.en),
                    None => unknown("servicio por confirmar", "service to be confirmed"),
                })
            }
            Placeholder::Person => {
                if let Some(asked_by) = self.asked_by {
                    return Some(Value::Text(asked_by.to_owned()));
                }
                let holder = self.incident.acknowledged_by.as_deref()?;
                let name = Hotline::person(self.roster, holder).map_or(holder, |person| &person.name);
                Some(Value::Text(name.to_owned()))
            }
            _ => None,
        }
    }
}
