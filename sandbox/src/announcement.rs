//! Announcements: a document that is spoken into a conference, to one or to all, while everybody goes on talking.

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::call::pieces;
use crate::conference::Stage;
use crate::delivery::{Answer, Purpose};
use crate::ids::{CallSid, ConferenceSid};
use crate::problem::{Failure, code};
use crate::signal::{Aloud, Word};
use crate::timetable::Event;
use crate::twiml::{Target, read_document};
use crate::world::{Webhook, World};

/// What its listeners hear it from.
const VOICE: &str = "(announcement)";

/// An announcement under way: what is left of it.
#[derive(Clone, Debug)]
pub(crate) struct Announcement {
    pub conference: ConferenceSid,
    /// One participant; `None` = everybody.
    pub to: Option<CallSid>,
    url: String,
    /// Words (or silence), and how long they take.
    left: VecDeque<(Option<String>, TimeDelta)>,
}

impl World {
    /// Asks for what is to be announced. The address is absolute.
    pub(crate) fn ask_for_announcement(&mut self, conference: &ConferenceSid, to: Option<&CallSid>, target: &Target) {
        let Some(url) = target.url.clone() else { return };
        let mut params = vec![("ConferenceSid", conference.to_string())];
        params.extend(to.map(|call| ("CallSid", call.to_string())));
        let purpose = Purpose::Announcement(conference.clone(), to.cloned());
        self.webhook(Webhook { purpose, fetch: 0, method: target.method, url, params, fallback: None });
    }

    /// The application said what is to be announced.
    pub(crate) fn announce_to_room(
        &mut self,
        conference: &ConferenceSid,
        to: Option<CallSid>,
        url: &str,
        answer: Result<Answer, Failure>,
    ) {
        match answer.and_then(|answer| read(&answer, self)) {
            Ok(left) => {
                let (conference, url) = (conference.clone(), url.to_owned());
                self.announcement_turns(Announcement { conference, to, url, left });
            }
            Err(failure) => {
                self.problem(failure.code, url, to.as_ref(), failure.text.clone());
                let more = vec![("AnnounceUrl", url.to_owned()), ("ReasonAnnouncementFailed", failure.text)];
                self.tell_conference(conference, "announcement", "announcement-fail", to.as_ref(), more);
            }
        }
    }

    /// The next piece of it is heard; after the last, it is over.
    pub(crate) fn announcement_turns(&mut self, mut announcement: Announcement) {
        let next = announcement.left.pop_front();
        let Announcement { conference: sid, to, .. } = &announcement;
        let live = self.conferences.get(sid).filter(|conference| conference.status != Stage::Completed);
        let Some(conference) = live else { return };
        let wanted = |call: &CallSid| to.as_ref().is_none_or(|to| to == call);
        let seats = conference.seats.iter().filter(|seat| !seat.hold && wanted(&seat.call));
        let listeners: Vec<CallSid> = seats.map(|seat| seat.call.clone()).collect();
        let Some((words, lasts)) = next else {
            let more = vec![("AnnounceUrl", announcement.url.clone())];
            return self.tell_conference(sid, "announcement", "announcement-end", to.as_ref(), more);
        };
        let until = self.now + lasts;
        if let Some(words) = words {
            if to.is_none() {
                self.record_conference(sid, VOICE, &words);
            }
            for listener in listeners {
                self.word(
                    listener,
                    Word::Hears { who: VOICE.to_owned(), words: words.clone(), until, aloud: Aloud::Spoken },
                );
            }
        }
        self.timetable.put(until, Event::Announces(Box::new(announcement)));
    }
}

fn read(answer: &Answer, world: &mut World) -> Result<VecDeque<(Option<String>, TimeDelta)>, Failure> {
    let verbs = read_document(&answer.body)?;
    match pieces(&verbs, world) {
        Some(pieces) => Ok(pieces),
        None => Err(Failure::new(code::SCHEMA, "an announcement may hold Say, Play and Pause")),
    }
}
