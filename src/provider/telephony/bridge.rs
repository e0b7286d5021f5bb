//! Waiting for another call and being joined to one, in the provider's words.

use std::time::Duration;

use super::leg_event::is_name;
use super::twiml::{Document, RenderError, seconds};
use crate::flow::{Bridge, Conference, Far};
use crate::phone::Phone;

/// The longest that the provider waits for the far end.
const MAX_RING: Duration = Duration::from_mins(10);
/// The longest conversation that the provider allows (its default, too).
const MAX_CONVERSATION: Duration = Duration::from_hours(4);

impl<'a> Document<'a> {
    pub(super) fn enqueue(&mut self, queue: &str) -> Result<(), RenderError> {
        named(queue)?;
        let mut attributes = vec![("action", self.links.action), ("method", "POST")];
        attributes.extend(self.links.waiting.into_iter().flat_map(|url| [("waitUrl", url), ("waitUrlMethod", "POST")]));
        self.element("Enqueue", &attributes, queue)
    }

    pub(super) fn bridge(&mut self, bridge: &Bridge) -> Result<(), RenderError> {
        let ring = seconds(bridge.ring.min(MAX_RING));
        let limit = seconds(bridge.limit.min(MAX_CONVERSATION));
        let mut attributes = vec![("action", self.links.action), ("method", "POST")];
        attributes.extend([("timeout", ring.as_str()), ("timeLimit", &limit)]);
        if let Far::Number { from, .. } = &bridge.to {
            attributes.push(("callerId", from.as_str()));
        }
        // A conference is recorded by itself, once, not by each call in it.
        if bridge.record && !matches!(bridge.to, Far::Conference(_)) {
            attributes.push(("record", "record-from-answer-dual"));
            attributes.extend(self.recording_reports());
        }
        self.open("Dial", &attributes)?;
        match &bridge.to {
            Far::Queue { name, whisper } => self.queue(name, *whisper)?,
            Far::Conference(conference) => self.conference(conference, bridge.record)?,
            Far::Number { phone, whisper, .. } => self.number(phone, *whisper)?,
        }
        self.close("Dial")
    }

    fn queue(&mut self, name: &str, whisper: bool) -> Result<(), RenderError> {
        named(name)?;
        let attributes = self.whisper(whisper)?;
        self.element("Queue", &attributes, name)
    }

    fn number(&mut self, phone: &Phone, whisper: bool) -> Result<(), RenderError> {
        let mut attributes = self.whisper(whisper)?;
        attributes.extend(self.links.leg_status.into_iter().flat_map(|url| {
            let events = ("statusCallbackEvent", "initiated ringing answered completed");
            [("statusCallback", url), ("statusCallbackMethod", "POST"), events]
        }));
        self.element("Number", &attributes, phone.as_str())
    }

    fn conference(&mut self, conference: &Conference, record: bool) -> Result<(), RenderError> {
        named(&conference.name)?;
        let word = |flag: bool| if flag { "true" } else { "false" };
        let mut attributes = vec![("startConferenceOnEnter", word(conference.starts))];
        attributes.extend([("endConferenceOnExit", word(conference.ends)), ("beep", word(conference.beep))]);
        attributes.extend(self.links.waiting.into_iter().flat_map(|url| [("waitUrl", url), ("waitMethod", "POST")]));
        if record {
            attributes.push(("record", "record-from-start"));
            attributes.extend(self.recording_reports());
        }
        attributes.extend(self.links.conference_status.into_iter().flat_map(|url| {
            let events = ("statusCallbackEvent", "start end join leave");
            [("statusCallback", url), ("statusCallbackMethod", "POST"), events]
        }));
        self.element("Conference", &attributes, &conference.name)
    }

    fn whisper(&self, wanted: bool) -> Result<Vec<(&'static str, &'a str)>, RenderError> {
        if !wanted {
            return Ok(Vec::new());
        }
        let url = self.links.whisper.ok_or(RenderError::Whisper)?;
        Ok(vec![("url", url), ("method", "POST")])
    }
}

fn named(name: &str) -> Result<(), RenderError> {
    if is_name(name) { Ok(()) } else { Err(RenderError::Name) }
}

#[cfg(test)]
#[path = "bridge_tests.rs"]
mod tests;
