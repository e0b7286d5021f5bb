use super::*;
use crate::clock::Instant;
use crate::language::Language;
use crate::oncall::Roster;
use crate::readiness::{Callbacks, Reached, Tests, Weight};

const EXAMPLE: &str = include_str!("../../roster.example.yaml");
const FULL: &str = include_str!("../../roster.full.example.yaml");

fn roster(text: &str) -> Roster {
    Roster::parse(text, "r.yaml").unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Saturday night: Carmen is on duty until Monday, then Ana.
fn now() -> Instant {
    "2026-03-08T02:00:00Z".parse().unwrap()
}

fn callbacks() -> Callbacks {
    Callbacks {
        voice: "https://g.example/twilio/voice".to_owned(),
        fallback: "https://g.example/twilio/voice/fallback".to_owned(),
        status: "https://g.example/twilio/voice/status".to_owned(),
        sms: "https://g.example/twilio/sms".to_owned(),
    }
}

fn well() -> House {
    House {
        store_writes: true,
        tests: Some(Tests {
            person: "ana".to_owned(),
            every: TimeDelta::hours(24),
            last: Some((now() - TimeDelta::hours(3), true)),
        }),
        heartbeat: Some((TimeDelta::seconds(60), Some(now() - TimeDelta::seconds(60)))),
        ..House::default()
    }
}

fn all_verified(roster: &Roster) -> Reached {
    let mut verified = Reached::default();
    for person in roster.people() {
        person.contacts.iter().for_each(|contact| verified.note(person, contact));
    }
    verified
}

/// Everything as it must be.
fn facts(roster: &Roster) -> Facts<'_> {
    let number = Number::Ours(Callbacks { voice: callbacks().voice + "#rc=2&rp=all", ..callbacks() });
    Facts {
        now: now(),
        zone: chrono_tz::America::Santo_Domingo,
        roster: Some(roster),
        verified: all_verified(roster),
        house: Some(well()),
        line: Some(Line::Answers { ahead: Some(TimeDelta::seconds(5)), number }),
        callbacks: callbacks(),
        signatures: true,
        journal_empty: Some(true),
    }
}

/// Weight, word, and whom it is about.
fn told(facts: &Facts<'_>) -> Vec<String> {
    let report = judge(facts);
    let line = |finding: &Finding| {
        let who = finding.who().map(|who| format!(" {who}")).unwrap_or_default();
        format!("{} {}{who}", finding.weight().as_str(), finding.code())
    };
    report.findings().iter().map(line).collect()
}

#[test]
fn where_all_is_well_nothing_is_found() {
    let roster = roster(EXAMPLE);
    assert_eq!(told(&facts(&roster)), Vec::<String>::new());
    let json = judge(&facts(&roster)).to_json();
    assert_eq!(json, serde_json::json!({ "ready": true, "findings": [] }));
}

#[test]
fn each_thing_that_is_wrong_with_the_house_is_found_alone() {
    let roster = roster(EXAMPLE);
    let house = |house: House| Facts { house: Some(house), ..facts(&roster) };
    let tests = |person: &str, last: Option<(i64, bool)>| {
        let last = last.map(|(hours, answered)| (now() - TimeDelta::hours(hours), answered));
        house(House { tests: Some(Tests { person: person.to_owned(), every: TimeDelta::hours(24), last }), ..well() })
    };
    let beat = |seconds: i64| Some((TimeDelta::seconds(60), Some(now() - TimeDelta::seconds(seconds))));
    for (facts, found) in [
        (house(House { store_writes: false, ..well() }), "broken store-refuses"),
        (house(House { late: Some(TimeDelta::seconds(61)), ..well() }), "broken jobs-late"),
        (house(House { late: Some(TimeDelta::seconds(60)), ..well() }), ""),
        (house(House { given_up: 2, ..well() }), "act jobs-given-up"),
        (house(House { forgotten: 1, ..well() }), "broken cases-forgotten"),
        (Facts { journal_empty: Some(false), ..facts(&roster) }, "act journal-waits"),
        (Facts { journal_empty: None, ..facts(&roster) }, "broken journal-away"),
        (Facts { signatures: false, ..facts(&roster) }, "broken signatures"),
        (Facts { roster: None, ..facts(&roster) }, "broken no-roster"),
        (house(House { tests: None, ..well() }), "watch no-canary"),
        (tests("nadie", None), "act canary-strange nadie"),
        (tests("ana", None), ""),
        (tests("ana", Some((1, false))), "broken canary-failed ana"),
        (tests("ana", Some((48, true))), ""),
        (tests("ana", Some((49, true))), "act canary-late"),
        (house(House { heartbeat: None, ..well() }), "watch no-heartbeat"),
        (house(House { heartbeat: Some((TimeDelta::seconds(60), None)), ..well() }), "act heartbeat-late"),
        (house(House { heartbeat: beat(180), ..well() }), ""),
        (house(House { heartbeat: beat(181), ..well() }), "act heartbeat-late"),
    ] {
        assert_eq!(told(&facts).join(", "), found);
    }
}

#[test]
fn each_thing_that_is_wrong_at_the_provider_is_found_alone() {
    let roster = roster(EXAMPLE);
    let answers = |seconds: i64, number: Number| Line::Answers { ahead: Some(TimeDelta::seconds(seconds)), number };
    let ours = |change: &dyn Fn(&mut Callbacks)| {
        let mut found = callbacks();
        change(&mut found);
        answers(0, Number::Ours(found))
    };
    for (line, found) in [
        (Line::Away("no connection".to_owned()), "broken provider-away"),
        (Line::Refuses, "broken provider-refuses"),
        (answers(0, Number::Strange), "broken number-strange"),
        (answers(0, Number::Untold), "watch number-untold"),
        (answers(6, Number::Ours(callbacks())), "act clock-off"),
        (answers(-6, Number::Ours(callbacks())), "act clock-off"),
        (answers(-61, Number::Ours(callbacks())), "broken clock-off"),
        (ours(&|found| found.voice = "https://old.example/".to_owned()), "broken callback-wrong voice_url"),
        (ours(&|found| found.fallback.clear()), "act callback-wrong voice_fallback_url"),
        (ours(&|found| found.status.clear()), "act callback-wrong status_callback"),
        (ours(&|found| found.sms.clear()), "broken callback-wrong sms_url"),
        (Line::Answers { ahead: None, number: Number::Ours(callbacks()) }, ""),
    ] {
        assert_eq!(told(&Facts { line: Some(line), ..facts(&roster) }).join(", "), found);
    }
}

#[test]
fn everybody_on_duty_in_the_week_to_come_needs_two_verified_channels() {
    let roster = roster(EXAMPLE);
    let nobody = Facts { verified: Reached::default(), ..facts(&roster) };
    // Luis is on duty in nine days: not looked at yet.
    assert_eq!(told(&nobody), ["broken unverified carmen", "act unverified ana", "act unverified marta"]);
    let mut verified = all_verified(&roster);
    let carmen = roster.people().iter().find(|person| person.id.as_str() == "carmen").unwrap();
    verified = {
        let mut less = Reached::default();
        for person in roster.people() {
            let theirs = verified.of(person).filter(|contact| person.id != carmen.id || contact.id.as_str() == "sms");
            theirs.for_each(|contact| less.note(person, contact));
        }
        less
    };
    let half = Facts { verified, ..facts(&roster) };
    assert_eq!(told(&half), ["act half-verified carmen"]);
    let finding = judge(&half).findings()[0].clone();
    assert_eq!(
        finding.what(Language::Es),
        "Carmen Núñez (de guardia ahora) tiene contactos verificados solo por mensaje de texto."
    );
    assert_eq!(
        finding.mend(Language::En),
        "Verify two contacts of different channels: guardia roster verify carmen CONTACT"
    );
}

#[test]
fn a_person_with_one_channel_only_is_named() {
    let text = EXAMPLE
        .replace("    phone: \"+18095550103\"\n", "    contacts: [{ id: casa, voice: \"+18095550103\" }]\n")
        .replace("    phone: \"+18095550101\"", "    pin: \"4711\"\n    phone: \"+18095550101\"");
    let roster = roster(&text);
    assert_eq!(
        told(&facts(&roster)),
        ["act one-way carmen", "watch not-in-writing carmen", "watch no-pin carmen", "watch no-pin marta"]
    );
}

#[test]
fn gaps_of_used_schedules_only_are_told() {
    let layer = "    layers:\n      - rotation: { order: [ana], starts: 2026-01-05T08:00, length: 7d }\n        only: \
                 [{ days: sat, from: \"20:00\", to: \"08:00\" }]\n";
    let gap = format!(
        "\nschedules:\n  noches:\n{layer}  sin-uso:\n{layer}escalation:\n  default:\n    steps:\n      \
         - {{ notify: [{{ schedule: noches }}], wait: 5m }}\n"
    );
    let roster = roster(&format!("{EXAMPLE}{gap}"));
    let found = facts(&roster);
    assert_eq!(told(&found), ["act nobody-on-duty noches"]);
    let later = Facts { now: now() + TimeDelta::hours(20), ..facts(&roster) };
    assert!(told(&later).contains(&"broken nobody-on-duty noches".to_owned()), "{:?}", told(&later));
    let finding = judge(&found).findings()[0].clone();
    assert_eq!(
        finding.what(Language::En),
        "By schedule 'noches' nobody is on duty from Sun 8 Mar 2026 08:00 to Sat 14 Mar 2026 20:00."
    );
}

#[test]
fn the_heaviest_comes_first_and_both_languages_differ() {
    let roster = roster(FULL);
    let all = Facts {
        verified: Reached::default(),
        house: Some(House { given_up: 1, ..House::default() }),
        line: Some(Line::Refuses),
        journal_empty: Some(false),
        ..facts(&roster)
    };
    let report = judge(&all);
    assert!(report.is_broken());
    let weights: Vec<Weight> = report.findings().iter().map(Finding::weight).collect();
    assert!(weights.is_sorted_by(|one, other| one >= other), "{weights:?}");
    for finding in report.findings() {
        assert_ne!(finding.what(Language::Es), finding.what(Language::En), "{finding:?}");
        assert!(!finding.mend(Language::Es).is_empty() && !finding.mend(Language::En).is_empty());
        let text = format!("{}{finding:?}", finding.what(Language::Es));
        assert!(!text.contains("+1809") && !text.contains("hooks"), "an address is personal data: {text}");
    }
    assert_eq!(report.to_json()["ready"], false);
}
