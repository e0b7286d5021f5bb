//! What the person on a call does: press, speak, hang up.

use chrono::TimeDelta;

use super::{Call, Doing, Status};
use crate::exchange::Told;
use crate::transcript::What;
use crate::world::World;

/// Keys kept for a later `Gather`; more are lost.
const MOST_KEYS: usize = 1000;

impl Call {
    /// The person presses a key. A `Gather` or `Record` takes it at once, otherwise it is kept for the next `Gather`.
    pub(crate) fn press(&mut self, world: &mut World, key: char, told: Told) {
        if self.status != Status::InProgress && !self.is_live_inbound() {
            return;
        }
        match std::mem::replace(&mut self.doing, Doing::Between) {
            Doing::Recording(recorder) => self.record_key(world, recorder, key),
            Doing::Bridged(bridge) => self.key_to_other(world, bridge, key, told),
            Doing::Conferring => self.key_to_room(world, key, told),
            doing => {
                self.doing = doing;
                if self.keys.len() < MOST_KEYS {
                    self.keys.push_back(key);
                }
                self.listen_to_keys(world);
            }
        }
    }

    fn is_live_inbound(&self) -> bool {
        self.status == Status::Ringing && self.direction == super::Direction::Inbound
    }

    /// The person speaks from now on for `lasts`; whether anything listened.
    pub(crate) fn hear(&mut self, world: &mut World, words: &str, lasts: TimeDelta) -> bool {
        if self.status.is_final() {
            return false;
        }
        world.log(self.person(), Some(&self.sid), What::Says, words.to_owned());
        let until = world.now + lasts;
        let who = self.person().to_owned();
        self.tape(world, &who, words);
        match std::mem::replace(&mut self.doing, Doing::Between) {
            Doing::Recording(recorder) if recorder.is_open() => {
                self.record_speech(world, recorder, words, until);
                true
            }
            Doing::Gathering(gathering) if gathering.hears_speech() => {
                self.gather_speech(world, gathering, words, until);
                true
            }
            doing @ Doing::Bridged(_) => {
                self.doing = doing;
                self.says_to_other(world, words, until);
                true
            }
            Doing::Conferring => {
                self.doing = Doing::Conferring;
                self.says_to_room(world, words, until);
                true
            }
            doing => {
                self.doing = doing;
                self.saying = Some((words.to_owned(), until));
                false
            }
        }
    }

    /// The person hangs up.
    pub(crate) fn hang_up(&mut self, world: &mut World) {
        if self.status.is_final() {
            return;
        }
        world.log(self.person(), Some(&self.sid), What::HangsUp, String::new());
        let status = if self.status == Status::InProgress { Status::Completed } else { Status::NoAnswer };
        self.end(world, status);
    }
}
