//! The exchange: every 20 ms of real time, it gives each telephone what its call hears, and hands on what it sends.

mod keys;
mod line;
mod player;
mod room;
mod signals;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;

use crate::call::{Call, Ear};
use crate::handset::Handset;
use crate::ids::{CallSid, ConferenceSid};
use crate::network::Network;
use crate::sound::Frame;
use crate::state::State;
use crate::time::Metronome;

use line::Line;
use player::Beat;
use room::Voices;

pub(crate) use keys::Told;
pub(crate) use player::Samples;
pub(crate) use player::length;
pub(crate) use signals::beep;

/// How long a frame is.
const BEAT: Duration = Duration::from_millis(20);

/// The telephones that are plugged in, and what each is saying at this beat.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    lines: BTreeMap<CallSid, Line>,
    /// Whether somebody beats time, and how often it was beaten.
    runs: bool,
    beats: u64,
}

impl Network {
    /// Plugs a telephone into a live call; `None` when the call is over or there is none, when a telephone is on it already,
    /// or when too many are ([`crate::Limits::handsets`]). From now on the network's clock follows the machine's.
    #[must_use]
    pub fn plug(&self, call: &CallSid) -> Option<Handset> {
        let (handset, starts) = self.act(|state| state.plug(call))?;
        self.follow_the_machine();
        if starts {
            let network = self.clone();
            self.spawn(async move {
                let mut metronome = Metronome::new(BEAT);
                loop {
                    let late = metronome.beat().await;
                    if !network.act(|state| state.beat(late)) {
                        return;
                    }
                }
            });
        }
        Some(handset)
    }
}

impl State {
    /// A telephone is plugged in; the second says whether time must be beaten from now on.
    fn plug(&mut self, sid: &CallSid) -> Option<(Handset, bool)> {
        let most = self.world.config.limits.handsets;
        let call = self.calls.get_mut(sid).filter(|call| !call.status.is_final())?;
        let plugged = self.exchange.lines.values().filter(|line| line.is_plugged()).count();
        if plugged >= most {
            tracing::warn!(most, "no more telephones can be plugged in");
            return None;
        }
        let (handset, socket) = Handset::pair();
        self.exchange.lines.entry(sid.clone()).or_default().plug(socket).then_some(())?;
        call.plugged = true;
        let starts = !std::mem::replace(&mut self.exchange.runs, true);
        Some((handset, starts))
    }

    /// 20 ms go by; whether anybody is still plugged in.
    fn beat(&mut self, late: TimeDelta) -> bool {
        let mut exchange = std::mem::take(&mut self.exchange);
        exchange.beats = exchange.beats.saturating_add(1);
        exchange.join(self);
        let said = exchange.listen(self);
        self.settle();
        let now = self.world.now;
        exchange.speak(self, &said, Beat { due: now - late, now });
        // The last words of a call are heard out.
        let live = |sid: &CallSid| self.calls.get(sid).is_some_and(|call| !call.status.is_final());
        exchange.lines.retain(|sid, line| live(sid) || line.player.has_more());
        exchange.runs = exchange.lines.values().any(Line::is_plugged);
        if !exchange.runs {
            exchange.lines.clear();
        }
        self.exchange = exchange;
        self.exchange.runs
    }
}

/// What everybody says at a beat, and whether it is a voice.
type Said = BTreeMap<CallSid, (Frame, bool)>;

impl Exchange {
    /// Whoever is joined to somebody with a telephone has a line, with or without one: there may be a recording of it.
    fn join(&mut self, state: &State) {
        let others = self.lines.keys().filter_map(|sid| match state.calls.get(sid)?.ear() {
            Ear::Other(other) => Some(other),
            _ => None,
        });
        for other in others.collect::<Vec<_>>() {
            self.lines.entry(other).or_default();
        }
    }

    /// Takes in what the telephones send.
    fn listen(&mut self, state: &mut State) -> Said {
        let mut said = Said::new();
        for (sid, line) in &mut self.lines {
            let heard = line.listen(self.beats);
            state.press(sid, &heard.beside, Told::Beside);
            if let Some(key) = heard.in_sound {
                state.press(sid, key.encode_utf8(&mut [0; 4]), Told::InSound);
            }
            if heard.speaks {
                state.with_call(sid, Call::voice);
            }
            said.insert(sid.clone(), (heard.frame, heard.speaks));
        }
        said
    }

    /// Gives every telephone what its call hears at a beat, and every recording what is said.
    fn speak(&mut self, state: &mut State, said: &Said, beat: Beat) {
        let mut rooms: BTreeMap<ConferenceSid, Voices> = BTreeMap::new();
        for (sid, line) in &mut self.lines {
            let Some(call) = state.calls.get_mut(sid) else { continue };
            let ear = call.ear();
            let mut frame = line.player.next(&ear, beat);
            match &ear {
                Ear::Other(other) => frame = said.get(other).map_or(Frame::SILENCE, |(frame, _)| frame.clone()),
                Ear::Room(room) => {
                    let voices = rooms.entry(room.clone()).or_insert_with(|| Voices::of(&state.world, room, said));
                    frame = voices.to(sid).clone();
                }
                Ear::Nothing | Ear::Ringing | Ear::Music | Ear::Sound { .. } => {}
            }
            call.plugged = line.is_plugged();
            let shelf = &mut state.world.shelf;
            call.overheard.retain(|overheard| !line.player.overhears(overheard, shelf));
            line.player.overlay(&mut frame);
            let (says, speaks) = said.get(sid).map_or((&Frame::SILENCE, false), |(says, speaks)| (says, *speaks));
            for track in call.tracks() {
                state.world.films.add(&track, beat.due, says, &frame, speaks);
            }
            line.give(frame);
        }
        for (room, voices) in rooms {
            if let Some(track) = state.world.track(&room) {
                state.world.films.add(&track, beat.due, &voices.all, &Frame::SILENCE, voices.speak);
            }
        }
    }
}
