//! A call in a conference: waiting for it to start, inside, on hold, out again.

use super::dial::Dialing;
use super::{Call, Document, Doing};
use crate::exchange::Told;
use crate::ids::ConferenceSid;
use crate::signal::Word;
use crate::time::{Instant, millis};
use crate::twiml::{ConferenceNoun, Target};
use crate::world::World;

/// One round of the music a conference plays to those who wait.
const MUSIC: i64 = 30_000;
/// The least time one round of a wait document takes.
const ROUND: i64 = 1000;

/// A call's place in a conference.
#[derive(Debug)]
pub(super) struct Room {
    pub conference: ConferenceSid,
    dialing: Dialing,
    /// What is played while nobody is heard.
    wait: Target,
    /// Nothing is to be played, not even music.
    silent: bool,
    /// When it was last asked for.
    round: Instant,
    /// When the call leaves at the latest.
    until: Instant,
    /// What is left of the document that led here.
    after: Document,
}

impl Room {
    /// Whether it has nothing of its own to play.
    pub(super) fn plays_music(&self) -> bool {
        self.wait.url.is_none() && !self.silent
    }
}

impl Call {
    pub(super) fn enter_conference(&mut self, world: &mut World, dialing: Dialing, mut noun: ConferenceNoun) {
        let wait = self.absolute(&noun.wait);
        noun.status = self.absolute(&noun.status);
        if let Some(tape) = &mut noun.record {
            tape.status = self.absolute(&tape.status);
        }
        let Some((conference, started)) = world.enter(&self.sid, &noun) else {
            return self.conference_is_over(world, dialing, "failed");
        };
        let after = std::mem::take(&mut self.document);
        self.document.url.clone_from(&after.url);
        let until = world.now + dialing.dial.longest;
        self.room = Some(Room { conference, dialing, wait, silent: noun.silent, round: world.now, until, after });
        if started {
            // It is told so at this very instant.
            self.doing = Doing::Waiting;
        } else {
            self.play_in_room(world);
        }
    }

    /// Asks for what is played while nobody is heard, or plays music until the next round.
    pub(super) fn play_in_room(&mut self, world: &mut World) {
        let Some(room) = &mut self.room else { return self.proceed(world) };
        room.round = world.now;
        if room.wait.url.is_none() {
            let until = world.now + millis(MUSIC);
            return self.do_until(world, Doing::Waiting, until);
        }
        let params = vec![("ConferenceSid", room.conference.to_string())];
        let target = room.wait.clone();
        self.ask(world, &target, params);
    }

    /// What was played is over: it is asked for again, but never twice within a second.
    pub(super) fn wait_in_room(&mut self, world: &mut World) {
        let Some(room) = &self.room else { return };
        let next = world.now.max(room.round + millis(ROUND));
        self.do_until(world, Doing::Waiting, next);
    }

    /// The conference starts, or the call is taken off hold: it is heard and hears.
    pub(super) fn conference_starts(&mut self, world: &mut World) {
        if self.room.is_none() || matches!(self.doing, Doing::Conferring) {
            return;
        }
        self.stop_timer(world);
        self.stop_doing(world);
        let Some(room) = &self.room else { return };
        let until = room.until.max(world.now);
        self.do_until(world, Doing::Conferring, until);
    }

    /// The application puts the call on hold: it hears what is played, and nobody else.
    pub(super) fn put_on_hold(&mut self, world: &mut World, hold: Target) {
        let Some(room) = &mut self.room else { return };
        room.wait = hold;
        room.silent = false;
        self.stop_timer(world);
        self.stop_hearing(world);
        self.stop_doing(world);
        self.play_in_room(world);
    }

    /// The person says something in a conference.
    pub(super) fn says_to_room(&mut self, world: &mut World, words: &str, until: Instant) {
        let who = self.person().to_owned();
        let Some(room) = &self.room else { return };
        let listeners = world.listeners(&room.conference, &self.sid);
        if !listeners.is_empty() {
            world.record_conference(&room.conference, &who, words);
        }
        let aloud = self.aloud();
        for listener in listeners {
            world.word(listener, Word::Hears { who: who.clone(), words: words.to_owned(), until, aloud });
        }
    }

    /// The person presses a key in a conference.
    pub(super) fn key_to_room(&mut self, world: &mut World, key: char, told: Told) {
        let Some(room) = &self.room else { return };
        if key == '*' && room.dialing.dial.hangup_on_star {
            return self.goes_out(world);
        }
        for listener in world.listeners(&room.conference, &self.sid) {
            world.word(listener, Word::Tone(key, told));
        }
        self.doing = Doing::Conferring;
    }

    /// The person leaves the conference and stays on the line.
    pub(super) fn goes_out(&mut self, world: &mut World) {
        if let Some(room) = &self.room {
            world.leave_conference(&room.conference, &self.sid, false);
        }
        self.conference_ends(world);
    }

    /// The conference is over, or the application removed the call from it: the document goes on.
    pub(super) fn conference_ends(&mut self, world: &mut World) {
        let Some(room) = self.room.take() else { return };
        self.stop_timer(world);
        self.stop_hearing(world);
        self.stop_doing(world);
        self.document = room.after;
        self.conference_is_over(world, room.dialing, "answered");
    }

    /// The call is over, or taken elsewhere, while it is in a conference.
    pub(super) fn leave_room(&mut self, world: &mut World) {
        let Some(mut room) = self.room.take() else { return };
        self.stop_hearing(world);
        world.leave_conference(&room.conference, &self.sid, false);
        self.hand_in_conference(world, &mut room.dialing);
    }
}
