//! One case: who is paged, who takes it, when the reporter is reached, when it is mended; and its ticket.

use chrono::{Datelike, TimeDelta};

use super::call::{Going, PROVIDER, session};
use super::{Making, Recent, SeedError, words};
use crate::call::{Call, Direction, Happening, Leg};
use crate::clock::Instant;
use crate::flow::{Institution, Language, Outcome};
use crate::id::{CallId, IncidentId, JobId, MessageId, PageId, TicketId, hex};
use crate::incident::{Actor, CaseNumber, Change, Incident, State};
use crate::oncall::Channel;
use crate::ops::Task;
use crate::paging::{Delivery, Dialogue, Message, Page, Place, Recipient};
use crate::phone::Phone;
use crate::sla::{Mark, Severity, marks};
use crate::store::{NewJob, Tx};
use crate::ticket::{Author, Requester, ResponseClock, Ticket, TicketChange, TicketChannel, TicketKind, TicketState};

/// How often a case is critical, major, general.
const SEVERITIES: [u64; 3] = [86, 10, 4];
/// How often the first page is answered, the second, ...
const ROUNDS: [u64; 4] = [72, 18, 7, 3];
const IMPACTS: [&str; 3] = ["total", "partial", "security"];

/// A line of a case's timeline to be.
pub(super) type Line = (Instant, Actor, Change);

/// A case that was opened.
pub(super) struct Opened {
    pub(super) incident: IncidentId,
    pub(super) number: CaseNumber,
    /// From when until when the caller waited and talked, where they stayed.
    pub(super) waited: Option<(Instant, Instant)>,
    pub(super) recent: Recent,
}

/// When what happens to it.
struct Course {
    acknowledged_at: Instant,
    by: String,
    method: &'static str,
    /// How long they talked, and that it was in the call.
    talked: Option<i64>,
    responded_at: Instant,
    resolved_at: Instant,
    closed_at: Instant,
}

/// Opens the case of a call, with all that comes of it until the end of the year that is made.
pub(super) async fn open(
    making: &mut Making<'_>,
    tx: &mut Tx,
    going: &mut Going,
    (institution, service): (&Institution, &str),
    silent: bool,
) -> Result<Opened, SeedError> {
    let (now, until) = (going.now, making.plan.until);
    let (dice, policy) = (&making.dice, &making.hotline.policy);
    let severity = if silent { 0 } else { dice.weighted(&SEVERITIES) };
    let severity = Severity::ALL.get(severity).copied().unwrap_or(Severity::Critical);
    let (start, target) = (going.call.answered_at, policy.targets.get(severity));
    let due_at = policy.calendar.due(start, target)?;
    let marks = marks(start, target, &policy.calendar)?;
    let year = start.with_timezone(&policy.calendar.zone()).year();
    let number = CaseNumber::new(year, tx.next_case_sequence(year).await?)?;
    let mut incident = Incident {
        id: IncidentId(dice.0.ordered(now)),
        number,
        state: State::Received,
        severity,
        call: going.call.id,
        cycle: 1,
        started_at: start,
        target,
        due_at,
        acknowledged_at: None,
        acknowledged_by: None,
        responded_at: None,
        resolved_at: None,
        breached_at: None,
        institution: (!silent).then(|| institution.code.clone()),
        institution_name: (!silent).then(|| institution.name.clone()),
        service: (!silent).then(|| service.to_owned()),
        impact: dice.pick(&IMPACTS).filter(|_| !silent).map(|&impact| impact.to_owned()),
        reporter: going.call.from.clone(),
        call_back: going.call.from.clone(),
        text_messages: going.call.from.is_some() && dice.chance(700),
        language: going.call.session.language.code().to_owned(),
        silent,
        merged_into: None,
        version: 1,
    };
    let (course, pages, lines) = plan(making, &incident, now);
    let mut lines = lines;
    settle(making, &mut incident, &course, &marks, &mut lines);
    tx.insert_incident(&incident).await?;
    going.call.incident = Some(incident.id);
    keep_pages(making, tx, &incident, &course, pages).await?;
    keep_ticket(making, tx, &incident, now).await?;
    making.seeded.cases = making.seeded.cases.saturating_add(1);
    if incident.state.is_open() {
        making.seeded.open = making.seeded.open.saturating_add(1);
        keep_jobs(making, tx, &incident, &marks).await?;
    }
    let waited = course.talked.map(|_| (now + TimeDelta::seconds(25), course.responded_at));
    let recent = Recent {
        incident: incident.id,
        number: incident.number.clone(),
        institution: incident.institution.unwrap_or_default(),
        service: incident.service.unwrap_or_default(),
        reporter: incident.reporter,
        since: now,
        until: course.resolved_at.min(until),
        lines,
    };
    let waited = waited.filter(|(_, parted)| *parted < until);
    Ok(Opened { incident: incident.id, number: incident.number, waited, recent })
}

/// A page: to whom, and when.
struct Paged {
    person: String,
    phone: Option<Phone>,
    at: Instant,
}

/// What people will do: who is paged until somebody answers, when they reach the reporter, when it is mended.
fn plan(making: &Making<'_>, incident: &Incident, now: Instant) -> (Course, Vec<Paged>, Vec<Line>) {
    let dice = &making.dice;
    let learned = |what: &str, value: Option<&String>| {
        let change = Change::Learned { what: what.to_owned(), value: value.cloned() };
        (now, Actor::Caller, change)
    };
    let opened = Change::Opened { severity: incident.severity, due_at: incident.due_at };
    let mut lines = vec![(now, Actor::Caller, opened)];
    if !incident.silent {
        lines.push(learned("institution", incident.institution_name.as_ref()));
        lines.push(learned("service", incident.service.as_ref()));
        lines.push(learned("impact", incident.impact.as_ref()));
    }
    let rounds = dice.weighted(&ROUNDS);
    let mut pages = Vec::new();
    let mut at = now + TimeDelta::seconds(1);
    for round in 0..=rounds {
        let order = making.roster.duty(at).order;
        let person = order.get(round.checked_rem(order.len()).unwrap_or(0));
        if let Some(person) = person {
            pages.push(Paged { person: person.id.to_string(), phone: person.phone().cloned(), at });
        }
        if round < rounds {
            at += TimeDelta::minutes(5);
        }
    }
    for (round, page) in (0_u32..).zip(&pages) {
        let person = page.person.clone();
        lines.push((page.at, Actor::System, Change::Paged { person: person.clone(), round }));
        let told = page.at + dice.seconds(3, 9);
        let news = if dice.chance(25) {
            Change::PageFailed { person, round, channel: "sms".to_owned(), code: Some(30003) }
        } else {
            Change::PageDelivered { person, round }
        };
        lines.push((told, Actor::System, news));
    }
    let by = pages.last().map_or_else(|| "nobody".to_owned(), |page| page.person.clone());
    let acknowledged_at = at + dice.seconds(20, 230);
    let stays = rounds == 0 && incident.reporter.is_some() && dice.chance(420);
    let talked = stays.then(|| dice.between(30, 420));
    let method = if stays { "voice" } else { dice.pick(&["sms", "sms", "voice", "link"]).copied().unwrap_or("sms") };
    let target = incident.due_at - incident.started_at;
    let responded_at = match talked {
        // The reporter has finished describing it by then.
        Some(seconds) => {
            acknowledged_at.max(now + TimeDelta::seconds(100)) + TimeDelta::seconds(seconds) + dice.seconds(4, 12)
        }
        // One in twenty is late.
        None if dice.chance(50) => incident.due_at + dice.seconds(60, 9_000),
        None => {
            let most = (target.num_seconds() * 9 / 10).clamp(400, 12_000);
            acknowledged_at + dice.seconds(180, most).min(dice.seconds(180, most)).min(dice.seconds(180, most))
        }
    };
    let resolved_at = responded_at + dice.seconds(600, 90_000).min(dice.seconds(600, 30_000));
    let closed_at = resolved_at + dice.seconds(3_600, 172_800);
    (Course { acknowledged_at, by, method, talked, responded_at, resolved_at, closed_at }, pages, lines)
}

/// Brings `incident` to where it stands at the end, and writes down how.
fn settle(
    making: &Making<'_>,
    incident: &mut Incident,
    course: &Course,
    marks: &[(Mark, Instant)],
    lines: &mut Vec<Line>,
) {
    let until = making.plan.until;
    let person = || course.by.clone();
    let actor = || Actor::Person(course.by.clone());
    lines.push((
        course.acknowledged_at,
        actor(),
        Change::Acknowledged { person: person(), method: course.method.to_owned() },
    ));
    for (mark, at) in marks.iter().filter(|(_, at)| *at < course.responded_at) {
        let change = match mark {
            Mark::Breach => Change::Breached { reason: None },
            other => Change::Warned { percent: other.percent() },
        };
        lines.push((*at, Actor::System, change));
        if *mark == Mark::Breach && *at <= until {
            incident.breached_at = Some(*at);
        }
    }
    if let Some(seconds) = course.talked.and_then(|seconds| u32::try_from(seconds).ok()) {
        lines.push((course.responded_at, Actor::System, Change::Bridged { person: person(), seconds }));
    }
    let method = if course.talked.is_some() { "call" } else { "manual" }.to_owned();
    let met = course.responded_at <= incident.due_at;
    lines.push((course.responded_at, actor(), Change::Responded { method, note: None, met }));
    let told = course.responded_at + making.dice.seconds(60, 1_500);
    if told < course.resolved_at && incident.severity == Severity::Critical {
        let eta = told + making.dice.seconds(1_800, 14_400);
        let change = Change::Estimated { eta: Some(eta), next_update: None, reason: None };
        lines.push((told, actor(), change));
    }
    let note = Some(words::mend(&making.dice));
    lines.push((course.resolved_at, actor(), Change::Resolved { note }));
    lines.push((course.closed_at, Actor::System, Change::Closed));
    for (at, state) in [
        (course.acknowledged_at, State::Acknowledged),
        (course.responded_at, State::Responded),
        (course.resolved_at, State::Resolved),
        (course.closed_at, State::Closed),
    ] {
        if at <= until {
            incident.state = state;
            incident.version = incident.version.saturating_add(1);
        }
    }
    let by_then = |at: Instant| (at <= until).then_some(at);
    incident.acknowledged_at = by_then(course.acknowledged_at);
    incident.acknowledged_by = incident.acknowledged_at.map(|_| person());
    incident.responded_at = by_then(course.responded_at);
    incident.resolved_at = by_then(course.resolved_at);
}

/// The pages with the messages that carried them; a page that was answered by telephone was a call.
async fn keep_pages(
    making: &mut Making<'_>,
    tx: &mut Tx,
    incident: &Incident,
    course: &Course,
    pages: Vec<Paged>,
) -> Result<(), SeedError> {
    let (dice, until) = (&making.dice, making.plan.until);
    let last = pages.len().saturating_sub(1);
    let mut placed = 0_u32;
    for (round, paged) in pages.into_iter().enumerate().filter(|(_, paged)| paged.at <= until) {
        let answered = incident.acknowledged_at.filter(|_| round == last);
        let page = Page {
            id: PageId(dice.0.ordered(paged.at)),
            incident: incident.id,
            cycle: 1,
            person: paged.person,
            round: u32::try_from(round).unwrap_or(0),
            code_hash: hex(&dice.0.bytes::<16>()),
            bundle: None,
            created_at: paged.at,
            answered_at: answered,
            closed_at: incident.acknowledged_at,
        };
        tx.insert_page(&page).await?;
        let Some(phone) = paged.phone else { continue };
        let spoken = answered.is_some() && course.method == "voice";
        let id = MessageId(dice.0.ordered(paged.at));
        let message = Message {
            id,
            incident: Some(incident.id),
            page: Some(page.id),
            template: "page".to_owned(),
            channel: if spoken { Channel::Voice } else { Channel::Sms },
            to: Recipient::Number(phone.clone()),
            body: format!("{} {}", incident.severity.as_str().to_uppercase(), incident.number),
            state: Delivery::Delivered,
            provider_message: Some(format!("SM{id}")),
            error_code: None,
            created_at: paged.at,
            sent_at: Some(paged.at + TimeDelta::seconds(1)),
        };
        tx.insert_message(&message).await?;
        if spoken {
            let (ended, talked) = (course.acknowledged_at, course.talked.unwrap_or(0));
            let ended = (ended + TimeDelta::seconds(talked)).min(until);
            let call = outbound(making, incident, phone, (paged.at + TimeDelta::seconds(1), ended));
            tx.insert_call(&call).await?;
            let place = Place::Menu { times: 1 };
            let dialogue = Dialogue { call: call.id, message: id, incident: incident.id, person: page.person, place };
            tx.insert_dialogue(&dialogue).await?;
            let leg = Leg {
                provider_call: call.provider_call.clone(),
                call: call.id,
                role: "staff".to_owned(),
                status: "completed".to_owned(),
                rank: 5,
                started_at: call.answered_at,
                ended_at: call.ended_at,
                seconds: u32::try_from((ended - call.answered_at).num_seconds()).ok(),
            };
            tx.upsert_leg(&leg).await?;
            for (at, how) in [(call.answered_at + TimeDelta::seconds(8), "answered"), (ended, "completed")] {
                tx.append_call_entries(call.id, at, &[Happening::Called { how: how.to_owned() }]).await?;
            }
            placed = placed.saturating_add(1);
        }
    }
    if let Some(to) = incident.call_back.clone().filter(|_| incident.text_messages) {
        let at = incident.started_at + TimeDelta::seconds(95);
        let id = MessageId(dice.0.ordered(at));
        let message = Message {
            id,
            incident: Some(incident.id),
            page: None,
            template: "caller_confirm".to_owned(),
            channel: Channel::Sms,
            to: Recipient::Number(to),
            body: format!("Caso {}", incident.number),
            state: if dice.chance(30) { Delivery::Failed } else { Delivery::Delivered },
            provider_message: Some(format!("SM{id}")),
            error_code: None,
            created_at: at,
            sent_at: Some(at + TimeDelta::seconds(1)),
        };
        tx.insert_message(&message).await?;
    }
    making.seeded.outbound = making.seeded.outbound.saturating_add(placed);
    Ok(())
}

/// The call that the line made to whoever took the case by telephone.
fn outbound(making: &Making<'_>, incident: &Incident, to: Phone, (placed, ended): (Instant, Instant)) -> Call {
    let id = CallId(making.dice.0.opaque());
    Call {
        id,
        provider: PROVIDER.to_owned(),
        provider_call: format!("CA{id}"),
        direction: Direction::Outbound,
        from: Some(making.hotline.policy.line.clone()),
        to,
        answered_at: placed,
        ended_at: Some(ended),
        flow: making.hotline.policy.flow.clone(),
        session: session(placed, Language::Es, "welcome"),
        turn: 2,
        outcome: Some(Outcome::Informed),
        incident: Some(incident.id),
        fallback: false,
    }
}

/// The ticket of the case, as it stands.
async fn keep_ticket(making: &Making<'_>, tx: &mut Tx, incident: &Incident, now: Instant) -> Result<(), SeedError> {
    let at = now + TimeDelta::seconds(2);
    let id = TicketId(making.dice.0.ordered(at));
    let changes = [incident.acknowledged_at, incident.responded_at, incident.resolved_at];
    let updated_at = changes.into_iter().flatten().max().unwrap_or(at);
    let state = TicketState::of(incident.state);
    let phone = incident.call_back.clone();
    let ticket = Ticket {
        id,
        external_id: Some(incident.number.to_string()),
        incident: Some(incident.id),
        kind: TicketKind::Incident,
        severity: incident.severity,
        state,
        channel: TicketChannel::Phone,
        requester: Requester { phone, ..Requester::default() },
        institution: incident.institution.clone(),
        service: incident.service.clone(),
        subject: format!("{} {}", incident.number, incident.institution_name.as_deref().unwrap_or_default()),
        body: words::transcript(&making.dice, Language::Es),
        clock: ResponseClock {
            cycle: 1,
            started_at: incident.started_at,
            target: incident.target,
            due_at: incident.due_at,
            responded_at: incident.responded_at,
            breached_at: incident.breached_at,
        },
        created_at: at,
        updated_at,
        version: 1,
    };
    if tx.insert_ticket(&ticket).await? {
        tx.append_ticket_entry(id, at, &Author::System, &TicketChange::Opened).await?;
        if state != TicketState::New {
            let moved = TicketChange::Moved { from: TicketState::New, to: state, note: None };
            tx.append_ticket_entry(id, updated_at, &Author::System, &moved).await?;
        }
    }
    Ok(())
}

/// What the program would still have to do for a case that is open: its marks, and the next word to whoever has it.
async fn keep_jobs(
    making: &Making<'_>,
    tx: &mut Tx,
    incident: &Incident,
    marks: &[(Mark, Instant)],
) -> Result<(), SeedError> {
    let (until, cycle) = (making.plan.until, incident.cycle);
    let incident_id = incident.id;
    let mut due: Vec<(Instant, Task)> = Vec::new();
    if incident.responded_at.is_none() {
        for (mark, at) in marks.iter().filter(|(_, at)| *at > until) {
            due.push((*at, Task::Mark { incident: incident_id, cycle, percent: mark.percent() }));
        }
    }
    due.push(match incident.state {
        State::Received => (until + TimeDelta::minutes(5), Task::Page { incident: incident_id, cycle, round: 1 }),
        State::Acknowledged => {
            (until + TimeDelta::minutes(15), Task::Remind { incident: incident_id, cycle, round: 1 })
        }
        _ => {
            let task = Task::Estimate { incident: incident_id, cycle, sequence: 0, round: 0 };
            (until + TimeDelta::minutes(30), task)
        }
    });
    for (run_at, task) in due {
        let (key, payload) = (task.key(), serde_json::to_value(&task).unwrap_or_default());
        let job = NewJob {
            id: JobId(making.dice.0.ordered(run_at)),
            kind: task.kind(),
            key: &key,
            subject: Some(incident_id),
            priority: task.priority(),
            run_at,
            payload,
        };
        tx.enqueue(&job).await?;
    }
    Ok(())
}
