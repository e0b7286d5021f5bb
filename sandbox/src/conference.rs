//! Conferences: rooms where any number of calls hear each other, and what is told of them.

use chrono::TimeDelta;

use crate::delivery::Purpose;
use crate::ids::{CallSid, ConferenceSid};
use crate::signal::{Aloud, Word};
use crate::tape::Reel;
use crate::time::{Instant, rfc2822};
use crate::twiml::{Beep, ConferenceNoun, Tape, Target};
use crate::world::{News, Webhook, World};

/// A conference: it is there from the first call that enters it.
#[derive(Debug)]
pub(crate) struct Conference {
    pub sid: ConferenceSid,
    pub name: String,
    pub status: Stage,
    pub created: Instant,
    pub updated: Instant,
    /// Who is in it, in the order they came.
    pub seats: Vec<Seat>,
    /// Why it ended, and whose leaving ended it.
    pub ended: Option<(&'static str, Option<CallSid>)>,
    /// How it is recorded, and the recording once it has started.
    tape: Option<Tape>,
    pub reel: Option<Reel>,
    /// Whom it tells, as the first one to enter said.
    status_callback: Target,
    events: Vec<String>,
    sequence: u32,
}

/// Where a conference has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Somebody waits for it to start.
    Init,
    InProgress,
    Completed,
}

impl Stage {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
        }
    }
}

/// A call in a conference.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the participant, as on the wire")]
pub(crate) struct Seat {
    pub call: CallSid,
    pub joined: Instant,
    pub muted: bool,
    pub hold: bool,
    pub start_on_enter: bool,
    pub end_on_exit: bool,
    /// The call whose person alone hears this one.
    pub coaches: Option<CallSid>,
    pub label: Option<String>,
    beep: Beep,
}

impl Conference {
    fn new(world: &mut World, noun: &ConferenceNoun) -> Self {
        Self {
            sid: ConferenceSid::draw(&mut world.ids),
            name: noun.name.clone(),
            status: Stage::Init,
            created: world.now,
            updated: world.now,
            seats: Vec::new(),
            ended: None,
            tape: noun.record.clone(),
            reel: None,
            status_callback: noun.status.clone(),
            events: noun.events.clone(),
            sequence: 0,
        }
    }

    pub(crate) fn seat(&self, call: &CallSid) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.call == *call)
    }

    /// A seat by the name of its call, or by its label.
    pub(crate) fn seat_named(&self, name: &str) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.call.as_str() == name || seat.label.as_deref() == Some(name))
    }
}

impl World {
    /// Lets a call into a conference, whose addresses are absolute; `None` = it is full. Whether it has started.
    pub(crate) fn enter(&mut self, call: &CallSid, noun: &ConferenceNoun) -> Option<(ConferenceSid, bool)> {
        let sid = self.conference_of(noun);
        let now = self.now;
        let conference = self.conferences.get_mut(&sid)?;
        if conference.seats.len() >= noun.most {
            return None;
        }
        conference.seats.push(Seat {
            call: call.clone(),
            joined: now,
            muted: noun.muted,
            hold: false,
            start_on_enter: noun.start_on_enter,
            end_on_exit: noun.end_on_exit,
            coaches: noun.coaches.as_deref().map(CallSid::from),
            label: noun.label.clone(),
            beep: noun.beep,
        });
        let waits = conference.status == Stage::Init;
        // A conference of one does not start.
        let starts = waits && conference.seats.len() > 1 && conference.seats.iter().any(|seat| seat.start_on_enter);
        self.tell_conference(&sid, "join", "participant-join", Some(call), Vec::new());
        if starts {
            self.start_conference(&sid);
        } else if !waits {
            self.word(call.clone(), Word::ConferenceStarts);
            if matches!(noun.beep, Beep::OnEnter | Beep::Both) {
                self.sound(&sid, call, "[beep]");
            }
        }
        Some((sid, starts || !waits))
    }

    /// The conference of that name that is not over; there is one from now on.
    pub(crate) fn conference_of(&mut self, noun: &ConferenceNoun) -> ConferenceSid {
        let live = |conference: &&Conference| conference.name == noun.name && conference.status != Stage::Completed;
        if let Some(conference) = self.conferences.values().find(live) {
            return conference.sid.clone();
        }
        let conference = Conference::new(self, noun);
        let sid = conference.sid.clone();
        self.conference_order.push(sid.clone());
        self.conferences.insert(sid.clone(), conference);
        sid
    }

    fn start_conference(&mut self, sid: &ConferenceSid) {
        let now = self.now;
        let Some(conference) = self.conferences.get_mut(sid) else { return };
        conference.status = Stage::InProgress;
        conference.updated = now;
        let calls: Vec<CallSid> = conference.seats.iter().map(|seat| seat.call.clone()).collect();
        if let (Some(tape), Some(first)) = (conference.tape.clone(), calls.first()) {
            let reel = Reel::start(self, first, Some(sid), "Conference", tape);
            if let Some(conference) = self.conferences.get_mut(sid) {
                conference.reel = Some(reel);
            }
        }
        for call in calls {
            self.word(call, Word::ConferenceStarts);
        }
        self.tell_conference(sid, "start", "conference-start", None, Vec::new());
    }

    /// A call leaves a conference, of its own accord or (`kicked`) because the application wants it so.
    pub(crate) fn leave_conference(&mut self, sid: &ConferenceSid, call: &CallSid, kicked: bool) {
        let now = self.now;
        let Some(conference) = self.conferences.get_mut(sid) else { return };
        let Some(place) = conference.seats.iter().position(|seat| seat.call == *call) else { return };
        let seat = conference.seats.remove(place);
        conference.updated = now;
        let ends = match (seat.end_on_exit, conference.seats.is_empty(), kicked) {
            (true, _, true) => Some("participant-with-end-conference-on-exit-kicked"),
            (true, _, false) => Some("participant-with-end-conference-on-exit-left"),
            (false, true, true) => Some("last-participant-kicked"),
            (false, true, false) => Some("last-participant-left"),
            (false, false, _) => None,
        };
        self.tell_conference(sid, "leave", "participant-leave", Some(call), seat_params(&seat));
        match ends {
            Some(reason) => self.end_conference(sid, reason, Some(call)),
            None if matches!(seat.beep, Beep::OnExit | Beep::Both) => self.sound(sid, call, "[beep]"),
            None => {}
        }
    }

    /// The conference is over: whoever is left goes on with their own documents.
    pub(crate) fn end_conference(&mut self, sid: &ConferenceSid, reason: &'static str, by: Option<&CallSid>) {
        let now = self.now;
        let Some(conference) = self.conferences.get_mut(sid) else { return };
        if conference.status == Stage::Completed {
            return;
        }
        conference.status = Stage::Completed;
        conference.updated = now;
        conference.ended = Some((reason, by.cloned()));
        let reel = conference.reel.take();
        let left = std::mem::take(&mut conference.seats);
        for seat in left {
            self.tell_conference(sid, "leave", "participant-leave", Some(&seat.call), seat_params(&seat));
            self.word(seat.call, Word::ConferenceEnds);
        }
        if let Some(reel) = reel {
            reel.stop(self);
        }
        let mut params = vec![("ReasonConferenceEnded", reason.to_owned())];
        params.extend(by.map(|call| ("CallSidEndingConference", call.to_string())));
        self.tell_conference(sid, "end", "conference-end", None, params);
    }

    /// Who hears what `from` says: nobody when they are muted or on hold, one when they coach.
    pub(crate) fn listeners(&self, sid: &ConferenceSid, from: &CallSid) -> Vec<CallSid> {
        let Some(conference) = self.conferences.get(sid) else { return Vec::new() };
        let Some(speaker) = conference.seat(from).filter(|seat| !seat.muted && !seat.hold) else { return Vec::new() };
        let coached = |seat: &&Seat| speaker.coaches.as_ref().is_none_or(|coached| *coached == seat.call);
        let others = conference.seats.iter().filter(|seat| seat.call != *from && !seat.hold).filter(coached);
        others.map(|seat| seat.call.clone()).collect()
    }

    /// Puts what is said in a conference on its recording.
    pub(crate) fn record_conference(&mut self, sid: &ConferenceSid, who: &str, words: &str) {
        let name = self.names.get(who).map_or(who, String::as_str);
        if let Some(reel) = self.conferences.get_mut(sid).and_then(|conference| conference.reel.as_mut()) {
            reel.add(name, words);
        }
    }

    /// Everybody but `from` hears a sound.
    fn sound(&mut self, sid: &ConferenceSid, from: &CallSid, sound: &str) {
        let Some(conference) = self.conferences.get(sid) else { return };
        let others: Vec<CallSid> = conference
            .seats
            .iter()
            .filter(|seat| seat.call != *from && !seat.hold)
            .map(|seat| seat.call.clone())
            .collect();
        for other in others {
            let (who, words, until) = (String::new(), sound.to_owned(), self.now);
            self.word(other, Word::Hears { who, words, until, aloud: Aloud::Beep });
        }
    }

    /// The application mutes a participant or puts them on hold.
    pub(crate) fn change_seat(&mut self, sid: &ConferenceSid, call: &CallSid, change: &SeatChange) {
        let now = self.now;
        let Some(conference) = self.conferences.get_mut(sid) else { return };
        let Some(seat) = conference.seats.iter_mut().find(|seat| seat.call == *call) else { return };
        conference.updated = now;
        let mut told = Vec::new();
        if let Some(muted) = change.muted.filter(|muted| *muted != seat.muted) {
            seat.muted = muted;
            told.push(("mute", if muted { "participant-mute" } else { "participant-unmute" }));
        }
        let before = (seat.end_on_exit, seat.coaches.clone());
        seat.end_on_exit = change.end_on_exit.unwrap_or(seat.end_on_exit);
        match &change.coaching {
            Coaching::AsBefore => {}
            Coaching::Nobody => seat.coaches = None,
            Coaching::Of(call) => seat.coaches = Some(call.clone()),
        }
        if (seat.end_on_exit, &seat.coaches) != (before.0, &before.1) {
            told.push(("modify", "participant-modify"));
        }
        if let Some(hold) = change.hold.filter(|hold| *hold != seat.hold) {
            seat.hold = hold;
            told.push(("hold", if hold { "participant-hold" } else { "participant-unhold" }));
            let word = if hold { Word::OnHold(change.hold_url.clone()) } else { Word::ConferenceStarts };
            self.word(call.clone(), word);
        }
        for (event, name) in told {
            self.tell_conference(sid, event, name, Some(call), Vec::new());
        }
    }

    pub(crate) fn tell_conference(
        &mut self,
        sid: &ConferenceSid,
        event: &str,
        name: &'static str,
        call: Option<&CallSid>,
        more: Vec<(&'static str, String)>,
    ) {
        let now = self.now;
        let Some(conference) = self.conferences.get_mut(sid) else { return };
        conference.sequence = conference.sequence.saturating_add(1);
        let Some(url) = conference.status_callback.url.clone() else { return };
        if !conference.events.iter().any(|wanted| wanted == event) {
            return;
        }
        let mut params = vec![
            ("ConferenceSid", sid.to_string()),
            ("FriendlyName", conference.name.clone()),
            ("StatusCallbackEvent", name.to_owned()),
            ("SequenceNumber", conference.sequence.to_string()),
            ("Timestamp", rfc2822(now)),
        ];
        if let Some(call) = call {
            params.push(("CallSid", call.to_string()));
            params.extend(conference.seat(call).map(seat_params).unwrap_or_default());
        }
        params.extend(more);
        let method = conference.status_callback.method;
        let purpose = Purpose::ConferenceStatus(sid.clone());
        let news = if event == "end" { News::Last } else { News::Early };
        self.callback_after(
            TimeDelta::zero(),
            news,
            Webhook { purpose, fetch: 0, method, url, params, fallback: None },
        );
    }
}

/// What the application changes about a participant.
#[derive(Clone, Debug)]
pub(crate) struct SeatChange {
    pub muted: Option<bool>,
    pub hold: Option<bool>,
    pub hold_url: Target,
    pub end_on_exit: Option<bool>,
    pub coaching: Coaching,
}

/// Whom a participant coaches.
#[derive(Clone, Debug)]
pub(crate) enum Coaching {
    AsBefore,
    Nobody,
    Of(CallSid),
}

fn seat_params(seat: &Seat) -> Vec<(&'static str, String)> {
    let mut params = vec![
        ("Muted", seat.muted.to_string()),
        ("Hold", seat.hold.to_string()),
        ("Coaching", seat.coaches.is_some().to_string()),
        ("EndConferenceOnExit", seat.end_on_exit.to_string()),
        ("StartConferenceOnEnter", seat.start_on_enter.to_string()),
    ];
    params.extend(seat.coaches.as_ref().map(|coached| ("CallSidToCoach", coached.to_string())));
    params.extend(seat.label.clone().map(|label| ("ParticipantLabel", label)));
    params
}
