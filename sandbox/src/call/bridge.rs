//! Two calls joined: what one person says or presses, the other hears.

use chrono::TimeDelta;

use super::dial::Dialing;
use super::{Call, Doing, Overheard};
use crate::exchange::Told;
use crate::ids::CallSid;
use crate::signal::{Aloud, Word};
use crate::time::Instant;
use crate::timetable::{Event, Key};
use crate::transcript::What;
use crate::world::World;

/// One side of a conversation.
#[derive(Debug)]
pub(super) struct Bridge {
    pub with: CallSid,
    /// When the one who was dialled picked up, or left the queue.
    pub answered: Instant,
    /// The `Dial` behind it; `None` = this is the side that was dialled.
    pub dialing: Option<Box<Dialing>>,
}

/// Words on their way to a person's ear.
#[derive(Debug)]
pub(super) struct Hearing {
    words: String,
    began: Instant,
    until: Instant,
    key: Key,
}

impl Call {
    /// What another call has to say to this one.
    pub(crate) fn take(&mut self, world: &mut World, word: Word) {
        match word {
            Word::Ready { from, answered } => self.other_is_ready(world, from, answered),
            Word::Joined(with) => self.joined(world, with),
            Word::Parted { from, status, seconds } => {
                if self.aside.as_ref() == Some(&from) {
                    self.left_alone(world);
                } else if matches!(&self.doing, Doing::Bridged(bridge) if bridge.with == from) {
                    self.other_is_gone(world);
                } else {
                    self.leg_is_gone(world, &from, status, seconds);
                }
            }
            Word::Summoned { by, whisper } => self.summoned(world, by, &whisper),
            Word::Taken(member) => self.taken(world, member),
            Word::Hears { who, words, until, aloud } => self.hears(world, &who, words, until, aloud),
            Word::ConferenceStarts => self.conference_starts(world),
            Word::OnHold(hold) => self.put_on_hold(world, hold),
            Word::ConferenceEnds => self.conference_ends(world),
            Word::Tone(key, told) => {
                if matches!(self.doing, Doing::Bridged(_) | Doing::Conferring) {
                    if told == Told::Beside {
                        self.overhear(Overheard::Key(key));
                    }
                    world.log(self.person(), Some(&self.sid), What::Hears, format!("[key {key}]"));
                }
            }
        }
    }

    /// What this call tells those it was joined to when it goes.
    pub(super) fn parted(&self) -> Word {
        Word::Parted { from: self.sid.clone(), status: self.status, seconds: self.seconds() }
    }

    /// The document that comes before the conversation is over.
    pub(super) fn ready(&mut self, world: &mut World, waiting: CallSid) {
        self.doing = Doing::Ready;
        let answered = self.taken_at().or(self.answered).unwrap_or(world.now);
        world.word(waiting, Word::Ready { from: self.sid.clone(), answered });
    }

    fn joined(&mut self, world: &mut World, with: CallSid) {
        if self.status.is_final() || self.aside.as_ref() != Some(&with) {
            return world.word(with, self.parted());
        }
        self.aside = None;
        self.stop_timer(world);
        self.mark_bridged();
        if let Some((words, until)) = self.saying.take().filter(|(_, until)| *until > world.now) {
            // A machine that was in the middle of its greeting.
            let who = self.person().to_owned();
            world.word(with.clone(), Word::Hears { who, words, until, aloud: self.aloud() });
        }
        self.doing = Doing::Bridged(Bridge { with, answered: world.now, dialing: None });
    }

    /// Whoever was to be joined to this call is gone before it was.
    fn left_alone(&mut self, world: &mut World) {
        self.aside = None;
        if self.place.is_some() {
            self.stop_timer(world);
            self.stop_doing(world);
            self.leave(world, "error");
        } else {
            let status = if self.answered.is_some() { super::Status::Completed } else { super::Status::Canceled };
            self.end(world, status);
        }
    }

    /// The other side of the conversation is gone.
    fn other_is_gone(&mut self, world: &mut World) {
        let Doing::Bridged(bridge) = std::mem::replace(&mut self.doing, Doing::Between) else { return };
        if bridge.dialing.is_some() {
            return self.talked(world, bridge);
        }
        self.stop_hearing(world);
        if self.place.is_some() {
            self.leave(world, "bridged");
        } else {
            self.end(world, super::Status::Completed);
        }
    }

    /// The longest conversation is over, or `*` was pressed: the one who was dialled is let go.
    pub(super) fn hang_up_on_other(&mut self, world: &mut World, bridge: Bridge) {
        world.word(bridge.with.clone(), self.parted());
        self.talked(world, bridge);
    }

    /// The person says something to whoever they are joined to.
    pub(super) fn says_to_other(&mut self, world: &mut World, words: &str, until: Instant) {
        let who = self.person().to_owned();
        if let Doing::Bridged(bridge) = &self.doing {
            let (words, aloud) = (words.to_owned(), self.aloud());
            world.word(bridge.with.clone(), Word::Hears { who, words, until, aloud });
        }
    }

    /// The person presses a key while they talk: the other hears it, and nothing else takes it.
    pub(super) fn key_to_other(&mut self, world: &mut World, bridge: Bridge, key: char, told: Told) {
        if key == '*' && bridge.dialing.as_ref().is_some_and(|dialing| dialing.dial.hangup_on_star) {
            return self.hang_up_on_other(world, bridge);
        }
        world.word(bridge.with.clone(), Word::Tone(key, told));
        self.doing = Doing::Bridged(bridge);
    }

    /// Somebody says something to this person, until an instant.
    fn hears(&mut self, world: &mut World, who: &str, words: String, until: Instant, aloud: Aloud) {
        match self.doing {
            Doing::Bridged(_) | Doing::Conferring => self.tape(world, who, &words),
            _ => return,
        }
        self.listen(world, &words, aloud);
        let key = world.timetable.put(until, Event::CallHears(self.sid.clone()));
        self.hearing.push(Hearing { words, began: world.now, until, key });
    }

    /// What was being said has been heard to its end.
    pub(crate) fn heard_out(&mut self, world: &mut World) {
        let (over, still): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.hearing).into_iter().partition(|hearing| hearing.until <= world.now);
        self.hearing = still;
        for heard in over {
            world.timetable.cancel(heard.key);
            world.log(self.person(), Some(&self.sid), What::Hears, heard.words);
        }
    }

    /// The line is cut: what was being said is heard in part.
    pub(super) fn stop_hearing(&mut self, world: &mut World) {
        self.heard_out(world);
        self.hush();
        for hearing in std::mem::take(&mut self.hearing) {
            world.timetable.cancel(hearing.key);
            let heard = part(&hearing.words, world.now - hearing.began, hearing.until - hearing.began);
            if !heard.trim().is_empty() {
                world.log(self.person(), Some(&self.sid), What::HearsPart, heard);
            }
        }
    }

    pub(super) fn tape(&mut self, world: &World, who: &str, words: &str) {
        let who = world.names.get(who).map_or(who, String::as_str);
        for reel in &mut self.reels {
            reel.add(who, words);
        }
        if let Doing::Bridged(Bridge { dialing: Some(dialing), .. }) = &mut self.doing
            && let Some(reel) = &mut dialing.reel
        {
            reel.add(who, words);
        }
    }
}

/// As much of `words` as is heard in `spoken` of `total`.
pub(super) fn part(words: &str, spoken: TimeDelta, total: TimeDelta) -> String {
    let total = total.num_milliseconds().max(1);
    let all = i64::try_from(words.chars().count()).unwrap_or(i64::MAX);
    let characters = all.saturating_mul(spoken.num_milliseconds()) / total;
    words.chars().take(usize::try_from(characters).unwrap_or_default()).collect()
}
