//! One call to the line: who rings, what they hear and press, what comes of it.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::case::Line;
use super::when::Coming;
use super::{Caller, Making, Recent, SeedError, case, words};
use crate::call::{Call, CallText, Direction, Disposed, Disposition, Happening, Leg, READY, Recording, TextKind};
use crate::clock::Instant;
use crate::flow::{self, Institution, Language, Outcome, Waited};
use crate::id::{CallId, IncidentId};
use crate::incident::{Actor, Change};
use crate::phone::Phone;
use crate::store::Tx;

/// The provider's name in rows.
pub(super) const PROVIDER: &str = "twilio";

/// How a call goes.
#[derive(Clone, Copy, PartialEq)]
enum Course {
    /// It opens a case, or joins one.
    Report,
    /// The caller hears what they asked for.
    Informed,
    /// They add to their case.
    Added,
    /// They leave with nothing.
    Missed,
    /// They report without a word.
    Silent,
}

const COURSES: [Course; 5] = [Course::Report, Course::Informed, Course::Added, Course::Missed, Course::Silent];
/// How often each, in service hours, out of them, and while many report the same.
const OPEN: [u64; 5] = [34, 41, 9, 15, 1];
const CLOSED: [u64; 5] = [50, 22, 6, 20, 2];
const OUTAGE: [u64; 5] = [78, 12, 2, 8, 0];

/// A call that goes on, and what happened in it so far.
pub(super) struct Going {
    pub(super) call: Call,
    pub(super) now: Instant,
    happenings: Vec<(Instant, Happening)>,
}

impl Going {
    fn happens(&mut self, later: TimeDelta, happening: Happening) {
        self.now += later;
        self.happenings.push((self.now, happening));
    }

    fn reaches(&mut self, later: TimeDelta, node: &str) {
        node.clone_into(&mut self.call.session.node);
        self.happens(later, Happening::Reached { node: node.to_owned() });
    }

    fn keys(&mut self, later: TimeDelta, keys: &str) {
        self.happens(later, Happening::Keyed { keys: keys.to_owned() });
    }
}

/// A session as it is when a call begins.
pub(super) fn session(at: Instant, language: Language, node: &str) -> flow::State {
    flow::State {
        node: node.to_owned(),
        language,
        tries: 0,
        turns: 1,
        entered: 0,
        began_at: at,
        over: false,
        recording: None,
        variables: BTreeMap::new(),
        institution: None,
        call_back: None,
        case: None,
        found: None,
        said: Vec::new(),
        last_recording: None,
        waiting_since: None,
        joining_until: None,
        leaving: None,
        had: None,
        ended: true,
    }
}

/// Makes the call `coming`.
pub(super) async fn make(
    making: &mut Making<'_>,
    tx: &mut Tx,
    coming: Coming,
    caller: Caller,
) -> Result<(), SeedError> {
    let at = coming.at;
    let open = making.hotline.policy.calendar.is_open(at);
    let weights = if coming.outage.is_some() {
        OUTAGE
    } else if open {
        OPEN
    } else {
        CLOSED
    };
    let mut course = COURSES.get(making.dice.weighted(&weights)).copied().unwrap_or(Course::Missed);
    let own = making.own(caller.phone.as_ref(), at);
    if course == Course::Added && own.is_none() {
        course = Course::Informed;
    }
    let language = if making.dice.chance(35) { Language::En } else { Language::Es };
    let mut going = answered(making, at, caller.phone.clone(), language);
    tx.insert_call(&going.call).await?;
    let menu = if open { "main_menu" } else { "night_menu" };
    going.reaches(TimeDelta::zero(), "welcome");
    if language == Language::En {
        going.keys(making.dice.seconds(3, 6), "9");
        going.happens(TimeDelta::zero(), Happening::Language { language: "en".to_owned() });
    }
    going.reaches(making.dice.seconds(6, 12), menu);
    match course {
        Course::Report | Course::Silent => {
            let service = coming.outage.and_then(|place| making.services.get(place)).cloned();
            let service = match service {
                Some(service) => service,
                None => making.dice.pick(&making.services).cloned().unwrap_or_default(),
            };
            report(making, tx, &mut going, (&caller.institution, &service), course == Course::Silent).await?;
        }
        Course::Informed => {
            going.keys(making.dice.seconds(4, 15), if open { "3" } else { "2" });
            going.reaches(TimeDelta::zero(), if making.dice.chance(600) { "reopens" } else { "status_told" });
            end(making, &mut going, (15, 70), Outcome::Informed);
        }
        Course::Added => {
            if let Some(case) = own {
                add(making, &mut going, &case);
            }
        }
        Course::Missed => {
            if making.dice.chance(300) {
                going.happens(making.dice.seconds(8, 12), Happening::Silence);
            }
            end(making, &mut going, (1, 25), Outcome::Missed);
        }
    }
    keep(making, tx, going).await
}

fn answered(making: &Making<'_>, at: Instant, from: Option<Phone>, language: Language) -> Going {
    let id = CallId(making.dice.0.opaque());
    let call = Call {
        id,
        provider: PROVIDER.to_owned(),
        provider_call: format!("CA{id}"),
        direction: Direction::Inbound,
        from,
        to: making.hotline.policy.line.clone(),
        answered_at: at,
        ended_at: None,
        flow: making.hotline.policy.flow.clone(),
        session: session(at, language, "welcome"),
        turn: 1,
        outcome: None,
        incident: None,
        fallback: false,
    };
    Going { call, now: at, happenings: vec![(at, Happening::Answered)] }
}

/// The caller reports: a new case, or one that is known.
async fn report(
    making: &mut Making<'_>,
    tx: &mut Tx,
    going: &mut Going,
    (institution, service): (&Institution, &str),
    silent: bool,
) -> Result<(), SeedError> {
    if silent {
        going.keys(making.dice.seconds(3, 9), "55");
    } else {
        going.keys(making.dice.seconds(3, 14), "1");
        going.reaches(TimeDelta::zero(), "report_notice");
        let recording = !making.dice.chance(60);
        going.call.session.recording = Some(recording);
        going
            .happens(making.dice.seconds(12, 15), Happening::Consent { recording, prompt: "report_notice".to_owned() });
        going.reaches(TimeDelta::zero(), "institution_code");
        going.call.session.institution = Some(institution.clone());
        going.keys(making.dice.seconds(5, 14), &institution.code);
        going.reaches(TimeDelta::zero(), "service");
        going.keys(making.dice.seconds(6, 16), "1");
    }
    let now = going.now;
    if !silent
        && let Some(known) = making.duplicate(&institution.code, service, now)
        && making.dice.chance(700)
    {
        going.reaches(TimeDelta::zero(), "duplicate");
        going.keys(making.dice.seconds(4, 10), "1");
        going.happens(TimeDelta::zero(), Happening::Case { number: known.number.to_string() });
        going.reaches(TimeDelta::zero(), "joined_done");
        going.call.incident = Some(known.incident);
        tx.count_affected(&known.incident.to_string(), going.call.id, going.call.from.as_ref()).await?;
        let joined = Change::Joined { call: going.call.id, case: None };
        making.join(known.incident, (going.now, Actor::Caller, joined));
        end(making, going, (6, 20), Outcome::Added);
        return Ok(());
    }
    going.reaches(making.dice.seconds(1, 4), "describe");
    let spoken = if going.call.session.recording == Some(true) { making.dice.between(6, 80) } else { 0 };
    let mut case = case::open(making, tx, going, (institution, service), silent).await?;
    going.happens(TimeDelta::zero(), Happening::Case { number: case.number.to_string() });
    if spoken > 0 {
        let line = describe(making, tx, going, case.incident, spoken).await?;
        case.recent.lines.push(line);
    }
    making.remember(case.recent);
    going.reaches(making.dice.seconds(1, 3), "registered");
    if let Some((since, until)) = case.waited {
        // The words before the queue took until then.
        going.now = going.now.max(since);
        going.reaches(TimeDelta::zero(), "hold");
        going.now = going.now.max(until);
        going.happens(TimeDelta::zero(), Happening::Waited { how: Waited::Joined });
    }
    end(making, going, (5, 25), Outcome::Reported);
    Ok(())
}

/// What the caller recorded, as sound and as words.
async fn describe(
    making: &Making<'_>,
    tx: &mut Tx,
    going: &mut Going,
    incident: IncidentId,
    seconds: i64,
) -> Result<Line, SeedError> {
    let seconds_kept = u32::try_from(seconds).unwrap_or(0);
    let holds = "description".to_owned();
    going.happens(TimeDelta::seconds(seconds), Happening::Recorded { holds: holds.clone(), seconds: seconds_kept });
    let id = making.dice.0.opaque().simple().to_string();
    let recording = Recording {
        provider_recording: format!("RE{id}"),
        call: going.call.id,
        incident: Some(incident),
        url: format!("https://recordings.example/RE{id}"),
        seconds: seconds_kept,
        holds: holds.clone(),
        status: READY.to_owned(),
        at: going.now,
    };
    tx.insert_recording(&recording).await?;
    let change = Change::Recorded { recording: recording.provider_recording, holds, seconds: seconds_kept };
    let line = (going.now, Actor::Caller, change);
    let text = CallText {
        call: going.call.id,
        kind: TextKind::Transcript,
        author: Some("demo".to_owned()),
        at: going.now,
        text: words::transcript(&making.dice, going.call.session.language),
    };
    tx.insert_call_text(&text).await?;
    Ok(line)
}

/// The caller adds to their case.
fn add(making: &mut Making<'_>, going: &mut Going, case: &Recent) {
    going.keys(making.dice.seconds(4, 12), "2");
    going.reaches(TimeDelta::zero(), "add_to_case");
    going.keys(making.dice.seconds(4, 12), case.number.as_str());
    going.call.incident = Some(case.incident);
    going.happens(TimeDelta::zero(), Happening::Case { number: case.number.to_string() });
    let joined = Change::Joined { call: going.call.id, case: None };
    making.join(case.incident, (going.now, Actor::Caller, joined));
    going.reaches(TimeDelta::zero(), "add_open");
    end(making, going, (10, 50), Outcome::Added);
}

fn end(making: &Making<'_>, going: &mut Going, (low, high): (i64, i64), outcome: Outcome) {
    let node = going.call.session.node.clone();
    going.happens(making.dice.seconds(low, high), Happening::Ended { outcome, node });
    going.call.session.had = (outcome != Outcome::Missed).then_some(outcome);
    going.call.outcome = Some(outcome);
    going.call.ended_at = Some(going.now);
}

/// Keeps the call as it became, its leg and its timeline; and what was decided about it, where somebody had to.
async fn keep(making: &mut Making<'_>, tx: &mut Tx, going: Going) -> Result<(), SeedError> {
    let Going { mut call, now, happenings } = going;
    call.turn = u32::try_from(happenings.len()).unwrap_or(1);
    tx.save_call(&call).await?;
    let seconds = u32::try_from((now - call.answered_at).num_seconds()).ok();
    let leg = Leg {
        provider_call: call.provider_call.clone(),
        call: call.id,
        role: "caller".to_owned(),
        status: "completed".to_owned(),
        rank: 5,
        started_at: call.answered_at,
        ended_at: Some(now),
        seconds,
    };
    tx.upsert_leg(&leg).await?;
    let mut rest = happenings.as_slice();
    while let Some((at, _)) = rest.first() {
        let same = rest.iter().take_while(|(other, _)| other == at).count();
        let (now, later) = rest.split_at(same);
        let together: Vec<Happening> = now.iter().map(|(_, happening)| happening.clone()).collect();
        tx.append_call_entries(call.id, *at, &together).await?;
        rest = later;
    }
    making.seeded.calls = making.seeded.calls.saturating_add(1);
    let decided_at = now + making.dice.seconds(600, 36_000);
    let old = decided_at < making.plan.until;
    if call.outcome == Some(Outcome::Missed) && call.incident.is_none() && old && making.dice.chance(930) {
        let kinds = [Disposition::CalledBack, Disposition::NothingNeeded, Disposition::WrongNumber, Disposition::Spam];
        let disposition = making.dice.pick(&kinds).copied().unwrap_or(Disposition::NothingNeeded);
        let note = making.dice.chance(400).then(|| words::note(&making.dice));
        let by = making.roster.supervisors().next().map_or_else(|| "supervisor".to_owned(), |who| who.id.to_string());
        tx.dispose_call(&Disposed { call: call.id, disposition, decided_by: by, at: decided_at, note }).await?;
    }
    Ok(())
}
