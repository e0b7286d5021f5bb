//! What is done to a case from its page: each a form, and a redirect once it is durable.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use super::sheet::{self, Notice, find};
use crate::access::{Permission, Reach};
use crate::clock::Instant;
use crate::incident::{CaseNumber, Event, NoMerge};
use crate::ops::{self, CaseAct, CaseRefusal, CaseSheet, Estimate, Hand, Invitation, act_on_case, estimate_preview};
use crate::phone::Phone;
use crate::sla::Severity;
use crate::web::Door;
use crate::web::console::guard::Visitor;
use crate::web::console::page::Page;
use crate::web::console::time::Times;
use crate::web::console::words::{CaseActs, CaseDone, CaseRefused, Terms, Told, tell_button, tell_to};
use crate::web::console::{CONSOLE, answer};

/// The longest reason or note, in characters.
const LONGEST: usize = 2_000;

/// How a reporter is reached by hand.
pub const METHODS: [&str; 4] = ["phone", "email", "chat", "visit"];

/// What a form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Take,
    Assign,
    Respond,
    Estimate,
    Severity,
    Invite,
    Merge,
    Resolve,
    Close,
    Cancel,
    Reopen,
    Note,
    Number,
}

type Fields = BTreeMap<String, String>;

#[derive(Template)]
#[template(path = "case_estimate.html")]
struct EstimatePage {
    page: Page,
    a: &'static CaseActs,
    number: String,
    version: String,
    eta: String,
    next_update: String,
    reason: String,
    to: String,
    text: Option<String>,
    button: String,
}

impl Deed {
    const ALL: [Self; 13] = [
        Self::Take,
        Self::Assign,
        Self::Respond,
        Self::Estimate,
        Self::Severity,
        Self::Invite,
        Self::Merge,
        Self::Resolve,
        Self::Close,
        Self::Cancel,
        Self::Reopen,
        Self::Note,
        Self::Number,
    ];

    /// The word of addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Assign => "assign",
            Self::Respond => "respond",
            Self::Estimate => "estimate",
            Self::Severity => "severity",
            Self::Invite => "invite",
            Self::Merge => "merge",
            Self::Resolve => "resolve",
            Self::Close => "close",
            Self::Cancel => "cancel",
            Self::Reopen => "reopen",
            Self::Note => "note",
            Self::Number => "number",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == word)
    }

    /// What is said once it is done.
    pub fn done(self, w: &'static CaseDone) -> Option<&'static str> {
        Some(match self {
            Self::Take => w.take,
            Self::Assign => w.assign,
            Self::Respond => w.respond,
            Self::Estimate => w.estimate,
            Self::Severity => w.severity,
            Self::Invite => w.invite,
            Self::Merge => w.merge,
            Self::Resolve => w.resolve,
            Self::Close => w.close,
            Self::Cancel => w.cancel,
            Self::Reopen => w.reopen,
            Self::Note => w.note,
            Self::Number => return None,
        })
    }

    /// The act that the fields of its form ask for; `None` where something is missing or cannot be read.
    fn act(self, fields: &Fields, zone: Tz) -> Option<CaseAct> {
        Some(match self {
            Self::Take => CaseAct::Take,
            Self::Assign => CaseAct::Assign(field(fields, "person").to_owned()),
            Self::Respond => {
                let method = field(fields, "method");
                CaseAct::Respond(METHODS.into_iter().find(|known| *known == method)?)
            }
            Self::Estimate => CaseAct::Estimate(estimate(fields, zone)?),
            Self::Severity => CaseAct::Severity(Severity::from_word(field(fields, "severity"))?),
            Self::Invite => CaseAct::Invite(field(fields, "person").to_owned()),
            Self::Merge => CaseAct::Merge(CaseNumber::parse(field(fields, "into")).ok()?),
            Self::Resolve => CaseAct::Step(Event::Resolve),
            Self::Close => CaseAct::Step(Event::Close),
            Self::Cancel => CaseAct::Step(Event::Cancel),
            Self::Reopen => CaseAct::Step(Event::Reopen),
            Self::Note => CaseAct::Note,
            Self::Number => return None,
        })
    }
}

/// Does it, or says why not.
pub async fn act(
    State(door): State<Door>,
    visitor: Visitor,
    Path((number, word)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    let found = find(&door, &visitor, &number, Permission::CasesChange).await;
    let (sheet, deed) = match (found, Deed::from_word(&word)) {
        (Err(response), _) => return response,
        (Ok(_), None | Some(Deed::Number)) => return answer::missing(&door, &visitor),
        (Ok(sheet), Some(deed)) => (sheet, deed),
    };
    let w = CaseRefused::of(visitor.language());
    let Some(act) = deed.act(&fields, door.hotline.policy.calendar.zone()) else {
        let why = if deed == Deed::Merge { w.no_other } else { w.unreadable };
        return refuse(&door, &visitor, &sheet, (why, deed), fields);
    };
    if field(&fields, "reason").chars().count() > LONGEST {
        return refuse(&door, &visitor, &sheet, (w.long, deed), fields);
    }
    // To assign others is for those whose every case is theirs to change; whoever has only their own takes it.
    if deed == Deed::Assign && visitor.reach(Permission::CasesChange) != Some(Reach::All) {
        return answer::denied(&door, &visitor);
    }
    if let CaseAct::Estimate(told) = &act
        && !fields.contains_key("confirmed")
        && told.eta.iter().chain(&told.next_update).all(|at| *at > door.hotline.clock.now())
        && (told.eta.is_some() || told.next_update.is_some())
    {
        return preview(&door, &visitor, &sheet, *told, &fields);
    }
    let hand = hand(&visitor, Permission::CasesChange, &fields);
    match act_on_case(&door.hotline, &sheet.incident.number, hand, &act).await {
        Ok(Ok(_)) => {
            Redirect::to(&format!("{CONSOLE}/cases/{}?done={}", sheet.incident.number, deed.as_str())).into_response()
        }
        Ok(Err(refusal)) => again(&door, &visitor, refusal, (&sheet.incident.number, deed), fields).await,
        Err(error) => answer::trouble(&error),
    }
}

/// Shows the reporter's number, once.
pub async fn show_number(
    State(door): State<Door>,
    visitor: Visitor,
    Path(number): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let sheet = match find(&door, &visitor, &number, Permission::Unmask).await {
        Ok(sheet) => sheet,
        Err(response) => return response,
    };
    if field(&fields, "reason").chars().count() > LONGEST {
        let why = CaseRefused::of(visitor.language()).long;
        return refuse(&door, &visitor, &sheet, (why, Deed::Number), fields);
    }
    let hand = hand(&visitor, Permission::Unmask, &fields);
    match ops::show_number(&door.hotline, &sheet.incident.number, hand).await {
        Ok(Ok(phone)) => sheet::shown(&door, &visitor, &sheet, phone),
        Ok(Err(refusal)) => again(&door, &visitor, refusal, (&sheet.incident.number, Deed::Number), fields).await,
        Err(error) => answer::trouble(&error),
    }
}

fn hand<'a>(visitor: &'a Visitor, permission: Permission, fields: &'a Fields) -> Hand<'a> {
    Hand {
        login: &visitor.account.login,
        name: &visitor.account.name,
        person: visitor.account.person.as_deref(),
        reach: visitor.reach(permission).unwrap_or(Reach::Own),
        // A page without a version has seen nothing.
        seen: field(fields, "version").parse().unwrap_or_default(),
        reason: field(fields, "reason"),
    }
}

/// The case as it is now, and why nothing was done.
async fn again(
    door: &Door,
    visitor: &Visitor,
    refusal: CaseRefusal,
    (number, deed): (&CaseNumber, Deed),
    fields: Fields,
) -> Response {
    if refusal == CaseRefusal::Missing {
        return answer::missing(door, visitor);
    }
    let sheet = match find(door, visitor, number.as_str(), Permission::Cases).await {
        Ok(sheet) => sheet,
        Err(response) => return response,
    };
    refuse(door, visitor, &sheet, (sentence(CaseRefused::of(visitor.language()), refusal), deed), fields)
}

fn refuse(door: &Door, visitor: &Visitor, sheet: &CaseSheet, refused: (&'static str, Deed), typed: Fields) -> Response {
    sheet::refused(door, visitor, sheet, Notice { refused: Some(refused), typed, ..Notice::default() })
}

fn sentence(w: &CaseRefused, refusal: CaseRefusal) -> &'static str {
    match refusal {
        CaseRefusal::Missing | CaseRefusal::NoOther => w.no_other,
        CaseRefusal::Stale => w.stale,
        CaseRefusal::State(_) => w.state,
        CaseRefusal::Taken => w.taken,
        CaseRefusal::Nobody => w.nobody,
        CaseRefusal::Unknown | CaseRefusal::Invitation(Invitation::Unknown) => w.person,
        CaseRefusal::Past => w.past,
        CaseRefusal::Same => w.same,
        CaseRefusal::NoReason => w.reason,
        CaseRefusal::NoNumber => w.no_number,
        CaseRefusal::Invitation(Invitation::Nobody) => w.talk_nobody,
        CaseRefusal::Invitation(Invitation::There | Invitation::Called) => w.talk_there,
        CaseRefusal::Invitation(Invitation::Unreachable) => w.talk_unreachable,
        CaseRefusal::Merge(NoMerge::Itself) => w.merge_itself,
        CaseRefusal::Merge(NoMerge::Over) => w.merge_over,
        CaseRefusal::Merge(NoMerge::StayingOver) => w.merge_staying,
        CaseRefusal::Merge(NoMerge::LessSevere) => w.merge_lesser,
    }
}

/// What the reporter will be told, and to whom it goes, before it does.
fn preview(door: &Door, visitor: &Visitor, sheet: &CaseSheet, told: Estimate, fields: &Fields) -> Response {
    let (l, policy) = (visitor.language(), &door.hotline.policy);
    let terms =
        Terms { times: Times::of(door, visitor), roster: sheet.roster.as_deref(), directory: &policy.directory };
    let reason = Some(field(fields, "reason")).filter(|reason| !reason.is_empty());
    let text = estimate_preview(&door.hotline, sheet, told, reason);
    let masked = sheet.incident.call_back.as_ref().map(Phone::masked).unwrap_or_default();
    let renews = sheet.told.is_some_and(|before| before.eta.is_some() && told.eta.is_some());
    let a = CaseActs::of(l);
    answer::show(&EstimatePage {
        page: Page::new(door, visitor, a.preview).at("/cases"),
        a,
        number: sheet.incident.number.to_string(),
        version: field(fields, "version").to_owned(),
        eta: field(fields, "eta").to_owned(),
        next_update: field(fields, "next_update").to_owned(),
        reason: field(fields, "reason").to_owned(),
        to: tell_to(l, &masked),
        button: tell_button(&terms, Told::new(told.eta, told.next_update), text.is_some(), renews),
        text,
    })
}

fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.get(name).map_or("", |value| value.trim())
}

/// The two times of the form; `None` where one cannot be read.
fn estimate(fields: &Fields, zone: Tz) -> Option<Estimate> {
    Some(Estimate {
        eta: instant(field(fields, "eta"), zone).ok()?,
        next_update: instant(field(fields, "next_update"), zone).ok()?,
    })
}

/// A text that is no time on the wall's clock.
#[derive(Debug, PartialEq, Eq)]
struct NoTime;

/// A time as browsers write it, on the wall's clock; `None` where nothing is written.
fn instant(text: &str, zone: Tz) -> Result<Option<Instant>, NoTime> {
    if text.is_empty() {
        return Ok(None);
    }
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let read = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let local = read.and_then(|read| zone.from_local_datetime(&read).earliest());
    local.map(|at| Some(at.to_utc())).ok_or(NoTime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_addresses_come_back() {
        for deed in Deed::ALL {
            assert_eq!(Deed::from_word(deed.as_str()), Some(deed));
        }
        assert_eq!(Deed::from_word("erase"), None);
    }

    #[test]
    fn a_time_is_read_on_the_walls_clock() {
        let zone = chrono_tz::America::Santo_Domingo;
        let evening = "2026-03-08T23:30:00Z".parse().ok();
        for (text, read) in [
            ("2026-03-08T19:30", Ok(evening)),
            ("2026-03-08T19:30:00", Ok(evening)),
            ("", Ok(None)),
            ("7:30 p. m.", Err(NoTime)),
            ("2026-02-30T19:30", Err(NoTime)),
        ] {
            assert_eq!(instant(text, zone), read, "{text}");
        }
    }
}
