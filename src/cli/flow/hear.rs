//! `guardia flow try`: a call in the terminal, one line typed for each thing the caller does.

use std::io::{BufRead, Write};
use std::time::Duration;

use chrono::{Datelike as _, Timelike as _, Weekday};
use chrono_tz::Tz;

use super::Error;
use crate::clock::Instant;
use crate::flow::rehearsal::{Rehearsal, Turn, World};
use crate::flow::{Effect, Facts, Flow, Input, Institution, Language, Learned, Service, Utterance, Verb};
use crate::incident;
use crate::phone::Phone;

/// The moment of the call that is played.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When it comes in.
    pub at: Instant,
    /// The caller's number; `None` = withheld.
    pub from: Option<Phone>,
    /// The language it begins in; `None` = the flow's first.
    pub language: Option<Language>,
}

/// The line that is dialled when the page names none; the number is fictional.
const LINE: &str = "+18095550100";

/// What may be typed.
const HELP: &str =
    "  digits, * and #   keys          record 9   speak for nine seconds     accept   a person takes the case
  an empty line     silence       say WORDS  speak where speech is heard  hangup   the caller hangs up";

/// Plays a call until it ends or nothing more is typed.
///
/// # Errors
/// [`Error::Io`] of the terminal, [`Error::Fault`] of the flow.
pub fn hear(flow: &Flow, moment: Moment, input: impl BufRead, mut out: impl Write) -> Result<(), Error> {
    let language = moment.language;
    let line = flow.document().line.clone().map_or_else(|| Phone::parse(LINE), Ok)?;
    let mut call = Rehearsal::new(flow, facts(moment, line), world());
    if let Some(language) = language {
        call.state.language = language;
    }
    let mut turn = call.give(Input::Begin)?;
    print(&turn, &mut out)?;
    let mut recorded: u32 = 0;
    for line in input.lines() {
        if call.state.ended {
            return Ok(());
        }
        let line = line?;
        let given = match line.split_once(' ').map_or((line.as_str(), ""), |(word, rest)| (word, rest.trim())) {
            ("", _) => Input::Silence,
            ("hangup", _) => break,
            ("accept", _) => {
                accept(&mut call);
                writeln!(out, "  * a person on duty takes the case")?;
                Input::Silence
            }
            ("say", words) => Input::Speech(words.to_owned()),
            ("record", seconds) => {
                recorded = recorded.saturating_add(1);
                let url = format!("recording-{recorded}");
                Input::Recording { id: url.clone(), url, seconds: seconds.parse().unwrap_or(5) }
            }
            (keys, _) if keys.chars().all(|key| key.is_ascii_digit() || "*#".contains(key)) => {
                Input::Digits(keys.to_owned())
            }
            _ => {
                writeln!(out, "{HELP}")?;
                continue;
            }
        };
        call.facts.now += passed(&turn, &given);
        let had_case = call.state.case.is_some();
        turn = call.give(given)?;
        if let Some(case) = call.state.case.as_ref().filter(|_| !had_case) {
            writeln!(out, "  * case {} is open", case.number)?;
        }
        print(&turn, &mut out)?;
    }
    if !call.state.ended {
        let (node, outcome) = (&call.state.node, call.state.outcome().as_str());
        writeln!(out, "  * the caller hangs up at '{node}': {outcome}")?;
    }
    Ok(())
}

/// How long the caller took: silence is waited out, speech takes its time, a key comes at once.
fn passed(turn: &Turn, given: &Input) -> Duration {
    let listening = turn.verbs.iter().find_map(|verb| match verb {
        Verb::Gather(gather) => Some(gather.first),
        _ => None,
    });
    match given {
        Input::Silence => listening.unwrap_or(Duration::from_secs(5)),
        Input::Recording { seconds, .. } => Duration::from_secs(u64::from(*seconds)),
        _ => Duration::from_secs(2),
    }
}

fn accept(call: &mut Rehearsal<'_>) {
    let own = call.world.own.clone();
    let now = call.facts.now;
    if let Some(case) = call.world.cases.iter_mut().find(|case| Some(&case.number) == own.as_ref()) {
        case.state = incident::State::Acknowledged;
        case.acknowledged_at = Some(now);
    }
}

fn print(turn: &Turn, out: &mut impl Write) -> std::io::Result<()> {
    for effect in &turn.effects {
        if let Some(told) = told(effect) {
            writeln!(out, "  * {told}")?;
        }
    }
    for verb in &turn.verbs {
        match verb {
            Verb::Say(utterance) => writeln!(out, "{}", words(utterance))?,
            Verb::Pause(length) => writeln!(out, "  ({} s of silence)", length.as_secs())?,
            Verb::Gather(gather) => {
                for utterance in &gather.prompts {
                    writeln!(out, "{}", words(utterance))?;
                }
                writeln!(out, "  (listens for {} s)", gather.first.as_secs())?;
            }
            Verb::Record(record) => writeln!(out, "  (records up to {} s)", record.max.as_secs())?,
            Verb::Continue => {}
            Verb::Hangup => writeln!(out, "  (hangs up)")?,
        }
    }
    Ok(())
}

fn words(utterance: &Utterance) -> &str {
    match utterance {
        Utterance::Words { text, .. } | Utterance::File { text, .. } => text,
        Utterance::Recording { .. } => "  (plays the recording)",
    }
}

fn told(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Reached { .. } => return None,
        Effect::Language(language) => format!("language: {language}"),
        Effect::Consent { recording: true, .. } => "may be recorded".to_owned(),
        Effect::Consent { recording: false, .. } => "may not be recorded".to_owned(),
        Effect::Learned(Learned::Institution(institution)) => format!("institution: {}", institution.name),
        Effect::Learned(Learned::Service(service)) => format!("service: {service}"),
        Effect::Learned(Learned::Impact(impact)) => format!("impact: {}", impact.as_str()),
        Effect::Learned(Learned::CallBack(phone)) => format!("is called back at {}", phone.local()),
        Effect::Learned(Learned::TextMessages(wanted)) => format!("text messages wanted: {wanted}"),
        Effect::Recorded { seconds, holds, .. } => format!("recorded {seconds} s ({holds})"),
        Effect::Affected => "counted with the outage".to_owned(),
        Effect::Join { case } => format!("this call is about case {case}"),
        Effect::Reopen { case } => format!("case {case} is reopened"),
        Effect::Send { template, text, .. } => format!("text message '{template}': {text}"),
        Effect::Ended(outcome) => format!("the call ends: {}", outcome.as_str()),
    })
}

/// A made-up directory: one institution with code 1042.
fn world() -> World {
    let institution = Institution { code: "1042".to_owned(), name: "Ministerio de Prueba".to_owned() };
    World { institutions: vec![institution], ..World::default() }
}

/// The facts of the moment as the published hours have them: Monday to Friday, 8 to 16, holidays not considered.
fn facts(moment: Moment, line: Phone) -> Facts {
    let zone = chrono_tz::America::Santo_Domingo;
    let local = moment.at.with_timezone(&zone);
    let weekend = matches!(local.weekday(), Weekday::Sat | Weekday::Sun);
    let open = !weekend && (8..16).contains(&local.hour());
    let service = |id: &str, es: &str, en: &str| Service {
        id: id.to_owned(),
        es: es.to_owned(),
        en: en.to_owned(),
        short: id.to_uppercase(),
    };
    Facts {
        now: moment.at,
        zone,
        open,
        holiday: None,
        next_open: (!open).then(|| next_open(moment.at, zone)).flatten(),
        banner: None,
        caller: moment.from,
        caller_institution: None,
        line,
        support_email: "soporte@example.gob.do".to_owned(),
        services: vec![
            service("nomina", "nómina", "payroll"),
            service("portal", "portal de servicios", "services portal"),
            service("correo", "correo institucional", "institutional e-mail"),
            service("firma", "firma digital", "digital signature"),
        ],
    }
}

/// Eight o'clock of the next weekday.
fn next_open(at: Instant, zone: Tz) -> Option<Instant> {
    let today = at.with_timezone(&zone).date_naive();
    today
        .iter_days()
        .take(8)
        .filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
        .filter_map(|day| day.and_hms_opt(8, 0, 0)?.and_local_timezone(zone).earliest())
        .map(|opening| opening.to_utc())
        .find(|opening| *opening > at)
}
