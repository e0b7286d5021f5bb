//! The page of one case: who does what by when, and what may be done.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::acts::Deed;
use super::clock::{Clock, Why, why};
use super::parts::{self, Cycle, Happened, Line, News, Rung, Sound, Spoken};
use crate::access::{Permission, Reach};
use crate::incident::{CaseNumber, Event, Incident, step};
use crate::ops::{CaseSheet, case_sheet};
use crate::phone::Phone;
use crate::sla::Severity;
use crate::web::Door;
use crate::web::console::answer;
use crate::web::console::guard::{Visitor, one_value};
use crate::web::console::page::Page;
use crate::web::console::time::{Moment, Times};
use crate::web::console::words::{self, CaseActs, CaseDone, CasePageWords, Terms, title};

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
    timeline: String,
}

/// What the page says beside the case itself.
#[derive(Default)]
pub struct Notice {
    /// What was done.
    pub done: Option<&'static str>,
    /// Why nothing was done, and what it would have been.
    pub refused: Option<(&'static str, Deed)>,
    /// What was typed for it: it is not to be typed twice.
    pub typed: BTreeMap<String, String>,
    /// The reporter's number, shown this once.
    pub shown: Option<Phone>,
    /// Whether every line of the timeline is wanted.
    pub is_whole: bool,
}

/// A value that may be chosen.
pub struct Choice {
    /// What the form says.
    pub value: String,
    /// What it is called.
    pub label: String,
}

/// Which forms the page has.
#[expect(clippy::struct_excessive_bools, reason = "each is a form that is there or not")]
#[derive(Default)]
struct Forms {
    any: bool,
    take: bool,
    assign: bool,
    respond: bool,
    estimate: bool,
    severity: bool,
    invite: bool,
    merge: bool,
    resolve: bool,
    close: bool,
    cancel: bool,
    reopen: bool,
}

struct TicketPart {
    remote: Option<String>,
    href: Option<String>,
    tone: &'static str,
    sync: &'static str,
    since: Option<Moment>,
}

#[derive(Template)]
#[template(path = "case.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page that is there or not")]
struct SheetPage {
    page: Page,
    w: &'static CasePageWords,
    a: &'static CaseActs,
    number: String,
    version: i64,
    state: &'static str,
    clock: Clock,
    summary: String,
    due: Moment,
    started: Moment,
    promise: String,
    severity: &'static str,
    why: Option<Vec<Why>>,
    cycles: Vec<Cycle>,
    institution: String,
    service: String,
    impact: String,
    reporter: Option<String>,
    may_unmask: bool,
    shown: Option<String>,
    takes_texts: bool,
    silent: bool,
    merged_into: Option<String>,
    rungs: Vec<Rung>,
    messages: Vec<Line>,
    news: Vec<News>,
    calls: Vec<Spoken>,
    sounds: Vec<Sound>,
    joined: Vec<String>,
    ticket: Option<TicketPart>,
    timeline: Vec<Happened>,
    left_out: usize,
    forms: Forms,
    may_change: bool,
    people: Vec<Choice>,
    methods: Vec<Choice>,
    severities: Vec<Choice>,
    wrong: Option<&'static str>,
    refused: Option<Deed>,
    typed: BTreeMap<String, String>,
}

impl SheetPage {
    /// What was typed into a field of the act that was refused.
    fn was(&self, act: &str, field: &str) -> &str {
        let same = self.refused.is_some_and(|refused| refused.as_str() == act);
        self.typed.get(field).filter(|_| same).map_or("", String::as_str)
    }

    /// Whether the form of this act stands open: it was refused.
    fn is_open(&self, act: &str) -> bool {
        self.refused.is_some_and(|refused| refused.as_str() == act)
    }
}

/// The page.
pub async fn show(
    State(door): State<Door>,
    visitor: Visitor,
    Path(number): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let deed = Deed::from_word(&done.done);
    let said = deed.and_then(|deed| deed.done(CaseDone::of(visitor.language())));
    let notice = Notice { done: said, is_whole: done.timeline == "all", ..Notice::default() };
    match find(&door, &visitor, &number, Permission::Cases).await {
        Ok(sheet) => answer::show(&page(&door, &visitor, &sheet, notice)),
        Err(response) => response,
    }
}

/// The page again, because something was not done.
pub fn refused(door: &Door, visitor: &Visitor, sheet: &CaseSheet, notice: Notice) -> Response {
    answer::show_as(StatusCode::UNPROCESSABLE_ENTITY, &page(door, visitor, sheet, notice))
}

/// The page with the reporter's number.
pub fn shown(door: &Door, visitor: &Visitor, sheet: &CaseSheet, number: Phone) -> Response {
    answer::show(&page(door, visitor, sheet, Notice { shown: Some(number), ..Notice::default() }))
}

/// The case of this number, where whoever looks may do this to it.
pub async fn find(door: &Door, visitor: &Visitor, number: &str, permission: Permission) -> Result<CaseSheet, Response> {
    let Ok(number) = CaseNumber::parse(number) else { return Err(answer::missing(door, visitor)) };
    match case_sheet(&door.hotline, &number).await {
        Ok(Some(sheet)) if may(visitor, &sheet, permission) => Ok(sheet),
        // Of somebody else's case nobody learns even that it is there.
        Ok(_) => Err(answer::missing(door, visitor)),
        Err(error) => Err(answer::trouble(&error)),
    }
}

fn may(visitor: &Visitor, sheet: &CaseSheet, permission: Permission) -> bool {
    match visitor.reach(permission) {
        Some(Reach::All) => true,
        Some(Reach::Own) => visitor.account.person.as_deref().is_some_and(|person| sheet.is_of(person)),
        None => false,
    }
}

fn page(door: &Door, visitor: &Visitor, sheet: &CaseSheet, notice: Notice) -> SheetPage {
    let (l, case) = (visitor.language(), &sheet.incident);
    let (w, policy) = (CasePageWords::of(l), &door.hotline.policy);
    let times = Times::of(door, visitor);
    let terms = Terms { times, roster: sheet.roster.as_deref(), directory: &policy.directory };
    let known = |text: Option<&str>| text.map_or_else(|| w.unknown.to_owned(), str::to_owned);
    let reporter = case.call_back.as_ref().or(case.reporter.as_ref());
    let people = sheet.roster.as_ref().map_or(&[][..], |roster| roster.people());
    let (wrong, refused) = notice.refused.unzip();
    let (timeline, left_out) = parts::timeline(&terms, sheet, notice.is_whole);
    SheetPage {
        page: Page::new(door, visitor, title(l, case.number.as_str())).at("/cases").saying(notice.done),
        w,
        a: CaseActs::of(l),
        number: case.number.to_string(),
        version: case.version,
        state: words::state(l, case.state),
        clock: Clock::of(&policy.calendar, times, case),
        summary: words::summary(&terms, sheet),
        due: times.moment(case.due_at),
        started: times.moment(case.started_at),
        promise: terms.target(case.target),
        severity: terms.severity(case.severity),
        why: why(&policy.calendar, times, case),
        cycles: parts::cycles(&terms, w, sheet),
        institution: known(case.institution_name.as_deref()),
        service: known(case.service.as_deref().map(|id| terms.service(id)).as_deref()),
        impact: known(case.impact.as_deref().map(|word| terms.impact(word))),
        reporter: reporter.map(Phone::masked),
        may_unmask: may(visitor, sheet, Permission::Unmask),
        shown: notice.shown.map(|phone| phone.local().to_owned()),
        takes_texts: sheet.takes_texts,
        silent: case.silent,
        merged_into: case.merged_into.as_ref().map(ToString::to_string),
        rungs: parts::ladder(&terms, w, sheet),
        messages: parts::messages(&terms, sheet),
        news: parts::news(&terms, sheet),
        calls: parts::calls(&terms, w, sheet),
        sounds: parts::sounds(&terms, sheet),
        joined: parts::joined(sheet),
        ticket: ticket(door, times, w, sheet),
        timeline,
        left_out,
        forms: forms(visitor, sheet),
        may_change: may(visitor, sheet, Permission::CasesChange),
        people: people.iter().map(|of| Choice { value: of.id.to_string(), label: of.name.clone() }).collect(),
        methods: super::acts::METHODS
            .iter()
            .map(|method| Choice { value: (*method).to_owned(), label: terms.method(method).to_owned() })
            .collect(),
        severities: Severity::ALL
            .iter()
            .filter(|of| **of != case.severity)
            .map(|of| Choice {
                value: of.as_str().to_owned(),
                label: format!("{}: {}", terms.severity(*of), terms.target(policy.targets.get(*of))),
            })
            .collect(),
        wrong,
        refused,
        typed: notice.typed,
    }
}

/// Which forms there are: what the state allows, and the role.
fn forms(visitor: &Visitor, sheet: &CaseSheet) -> Forms {
    if !may(visitor, sheet, Permission::CasesChange) {
        return Forms::default();
    }
    let case: &Incident = &sheet.incident;
    let (waits, open) = (case.state.awaits_response(), case.state.is_open());
    let allows = |event| step(case.state, event).is_ok();
    let person = visitor.account.person.as_deref();
    let asked = sheet.pages.iter().any(|(page, _)| Some(page.person.as_str()) == person && page.closed_at.is_none());
    Forms {
        any: open || allows(Event::Reopen),
        // Somebody who was asked beside whoever holds it, and does not answer, may take it too.
        take: person.is_some() && (allows(Event::Acknowledge) || (waits && asked)),
        assign: waits && visitor.reach(Permission::CasesChange) == Some(Reach::All),
        respond: allows(Event::Respond),
        estimate: open,
        severity: waits,
        invite: sheet.talking,
        merge: open,
        resolve: allows(Event::Resolve),
        close: allows(Event::Close),
        cancel: allows(Event::Cancel),
        reopen: allows(Event::Reopen),
    }
}

fn ticket(door: &Door, times: Times, w: &CasePageWords, sheet: &CaseSheet) -> Option<TicketPart> {
    let policy = door.hotline.policy.hand_offs.as_ref()?;
    let hand_off = sheet.hand_off.as_ref();
    let remote = hand_off.and_then(|hand_off| hand_off.progress.remote.clone());
    let href = remote.as_deref().and_then(|id| Some(policy.page.as_ref()?.replace("{id}", &one_value(id))));
    let waits = hand_off.and_then(|hand_off| hand_off.asked_at);
    let (tone, sync) = match (sheet.hand_off_failed, waits, hand_off) {
        (true, ..) => ("act", w.sync_failed),
        (false, Some(_), _) => ("watch", w.sync_waits),
        (false, None, Some(_)) => ("calm", w.sync_done),
        (false, None, None) => ("watch", w.ticket_none),
    };
    Some(TicketPart { remote, href, tone, sync, since: waits.map(|at| times.moment(at)) })
}
