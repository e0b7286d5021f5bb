//! The phones of people on duty: each of them rings, is picked up, turned away, left alone, or left to a machine.

use super::runner::{Runner, Tried};
use super::step::Act;
use crate::call::{Direction, Status};
use crate::ids::CallSid;

impl Runner {
    /// The phone rings, and the person picks up, turns the call away, or only notices.
    pub(super) fn pick_up(&mut self, who: &str, act: &Act) -> Result<Tried, String> {
        let ringing = self.ringing(who)?;
        let noticed = self.people.get(who)?.rings.clone().filter(|call| ringing.contains(call));
        let call = match act {
            // Each call is received once; a second one that rings meanwhile is another.
            Act::ReceivesCall => ringing.into_iter().find(|call| !self.people.expected_calls.contains(call)),
            _ => noticed.or_else(|| ringing.into_iter().next()),
        };
        let Some(call) = call else {
            return Ok(Tried::NotYet(format!("expected the phone of {who} to ring")));
        };
        self.people.expected_calls.insert(call.clone());
        let person = self.people.get(who)?;
        person.rings = None;
        match act {
            Act::Answers => {
                person.is_on(call.clone());
                self.network.answer(&call);
            }
            Act::Declines => self.network.decline(&call),
            _ => person.rings = Some(call),
        }
        Ok(Tried::Done)
    }

    /// The phone rings, and nobody does anything until it stops.
    pub(super) fn let_it_ring(&mut self, who: &str) -> Result<Tried, String> {
        let ringing = self.ringing(who)?;
        let noticed = self.people.get(who)?.rings.take();
        if noticed.as_ref().is_some_and(|call| !ringing.contains(call)) {
            return Ok(Tried::Done);
        }
        let Some(call) = noticed.or_else(|| ringing.into_iter().next()) else {
            return Ok(Tried::NotYet(format!("expected the phone of {who} to ring")));
        };
        self.people.expected_calls.insert(call.clone());
        self.people.get(who)?.rings = Some(call);
        Ok(Tried::NotYet(format!("the phone of {who} still rings")))
    }

    /// The calls that ring at a person's phone, the longest first.
    fn ringing(&mut self, who: &str) -> Result<Vec<CallSid>, String> {
        let number = self.people.get(who)?.number.clone();
        let calls = self.network.calls().into_iter();
        let ringing = calls
            .filter(|call| call.direction != Direction::Inbound && call.to == number && call.status == Status::Ringing);
        Ok(ringing.map(|call| call.sid).collect())
    }

    /// Nobody picks up, and voicemail does: from now on the person's phone is the one on the call.
    pub(super) fn leave_to_voicemail(&mut self, who: &str) -> Result<Tried, String> {
        let number = self.people.get(who)?.number.clone();
        let taken = self.network.calls().into_iter().rfind(|call| {
            call.direction != Direction::Inbound && call.to == number && call.machine && !call.status.is_final()
        });
        let Some(call) = taken else {
            return Ok(Tried::NotYet(format!("expected the voicemail of {who} to pick up")));
        };
        self.people.expected_calls.insert(call.sid.clone());
        self.people.get(who)?.is_on(call.sid);
        Ok(Tried::Done)
    }
}
