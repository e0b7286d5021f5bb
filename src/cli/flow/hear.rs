//! `guardia flow try`: a call in the terminal, one line typed for each thing the caller does.

use std::fmt::Write as _;
use std::io::{BufRead, Write};
use std::time::Duration;

use super::{Error, Scene};
use crate::clock::Instant;
use crate::flow::rehearsal::{Rehearsal, Turn};
use crate::flow::{Effect, Facts, Flow, Input, Language, Learned, Utterance, Verb};
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

/// What may be typed.
const HELP: &str =
    "  digits, * and #   keys          record 9   speak for nine seconds     accept   a person takes the case
  an empty line     silence       say WORDS  speak where speech is heard  hangup   the caller hangs up";

/// Plays a call until it ends or nothing more is typed.
///
/// # Errors
/// [`Error::Io`] of the terminal, [`Error::Fault`] of the flow.
pub fn hear(
    flow: &Flow,
    scene: &Scene,
    moment: &Moment,
    input: impl BufRead,
    mut out: impl Write,
) -> Result<(), Error> {
    let mut call = Rehearsal::new(flow, scene.facts(flow, moment), scene.world());
    if let Some(language) = moment.language {
        call.state.language = language;
    }
    writeln!(out, "  * {}", moment_told(&call.facts))?;
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

/// `Mon 4 May 2026 10:00, closed: Día del Trabajo (Labour Day); opens Tue 5 May 2026 08:00`
fn moment_told(facts: &Facts) -> String {
    let local = |at: Instant| at.with_timezone(&facts.zone).format("%a %-d %b %Y %H:%M");
    let mut told = format!("{}, {}", local(facts.now), if facts.open { "open" } else { "closed" });
    if let Some(holiday) = &facts.holiday {
        // Writing to a text does not fail.
        let _ = write!(told, ": {} ({})", holiday.es, holiday.en);
    }
    if let Some(opening) = facts.next_open {
        let _ = write!(told, "; opens {}", local(opening));
    }
    told
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
            Verb::Enqueue { .. } => writeln!(out, "  (waits in a queue)")?,
            Verb::Bridge(_) => writeln!(out, "  (is joined to another call)")?,
            Verb::Leave => writeln!(out, "  (leaves the queue)")?,
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
