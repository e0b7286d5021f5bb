//! What the command answers, to the letter.

use clap::Parser;

use super::*;

const EXAMPLE: &str = include_str!("../../../roster.example.yaml");
const FULL: &str = include_str!("../../../roster.full.example.yaml");

#[derive(Parser)]
enum Whole {
    Check(Check),
    Who(Who),
    Gaps(Gaps),
    Calendar(Feed),
}

/// The answer, and whether it is a good one.
fn answer(line: &str, page: &str) -> (String, bool) {
    let now = "2026-01-12T08:00:00-04:00".parse().unwrap();
    let mut out = Vec::new();
    let roster = || Roster::parse(page, "r.yaml").unwrap();
    let fine = match Whole::try_parse_from(std::iter::once("roster").chain(line.split(' '))).unwrap() {
        Whole::Check(check) => check.run(page, now, &mut out).unwrap(),
        Whole::Who(who) => told_failure(who.run(&roster(), now, &mut out).map(|()| true), &mut out),
        Whole::Gaps(gaps) => told_failure(gaps.run(&roster(), now, &mut out), &mut out),
        Whole::Calendar(feed) => told_failure(feed.run(&roster(), now, &mut out).map(|()| true), &mut out),
    };
    (String::from_utf8(out).unwrap(), fine)
}

fn told_failure(answer: Result<bool, Failure>, out: &mut Vec<u8>) -> bool {
    answer.unwrap_or_else(|failure| {
        out.extend(failure.to_string().bytes());
        false
    })
}

#[test]
fn a_roster_without_fault_says_what_it_holds() {
    let expected = "The roster is without fault: 4 people (1 supervisor); 1 schedule; 1 exception.\n\
        On duty now:\n\
        guardia, Mon 12 Jan 2026 08:00 (America/Santo_Domingo):\n\
        \x20 on duty  Luis Peña (luis), until Mon 19 Jan 2026 08:00\n\
        \x20 then     Carmen Núñez (carmen)\n\
        \x20 then     Ana Rodríguez (ana)\n";
    assert_eq!(answer("check roster.yaml", EXAMPLE), (expected.to_owned(), true));
    let (text, fine) = answer("check roster.yaml", &EXAMPLE.replace("supervisor: true", "supervisor: false"));
    assert!(fine && text.contains("\nwarning: Nobody is a supervisor"), "{text}");
    assert!(answer("check roster.yaml", FULL).0.starts_with("The roster is without fault: 5 people"));
}

#[test]
fn a_roster_with_faults_names_each_with_its_place() {
    let page = EXAMPLE.replace("person: luis", "person: lois").replace("length: 7d", "length: 0d");
    let expected = "rota/roster.yaml:23:11: a turn lasts 1 hour to 366 days. Write hours, days or weeks, as 12h, 7d or \
        1w, or 'daily' or 'weekly'.\n\
        rota/roster.yaml:27:61: nobody has the id 'lois'. Did you mean 'luis'?\n\
        2 problems.\n";
    assert_eq!(answer("check rota/roster.yaml", &page), (expected.to_owned(), false));
}

#[test]
fn who_is_on_duty_and_why() {
    let (text, _) = answer("who --at 2026-03-07T22:00:00-04:00 --why", EXAMPLE);
    let expected = "guardia, Sat 7 Mar 2026 22:00 (America/Santo_Domingo):\n\
        \x20 on duty  Carmen Núñez (carmen), until Mon 9 Mar 2026 08:00\n\
        \x20 then     Ana Rodríguez (ana)\n\
        \x20 then     Luis Peña (luis)\n\
        \x20 why      Carmen Núñez has turn 9 of the rotation, from Mon 2 Mar 2026 08:00 to Mon 9 Mar 2026 08:00.\n\
        \x20 why      Who does not answer is followed by Ana Rodríguez, Luis Peña.\n";
    assert_eq!(text, expected);
    let (text, _) = answer("who", EXAMPLE);
    assert!(text.contains("  on duty  Luis Peña (luis)"), "now, unless an instant is given: {text}");
    let (text, _) = answer("who --at 2026-03-07T22:00:00-04:00 --json", EXAMPLE);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json[0]["on_duty"][0]["id"], "carmen");
    assert_eq!(json[0]["then"][1]["id"], "luis");
    assert_eq!(json[0]["until"], "2026-03-09T08:00:00-04:00");
    let (text, _) = answer("who --at 2026-12-25T00:00:00-04:00 --schedule guardia", FULL);
    assert!(text.contains("Marta Jiménez (marta), until Sat 26 Dec 2026 08:00\n  on duty  Pedro Santana"), "{text}");
    let (text, fine) = answer("who --schedule guarida", FULL);
    assert_eq!((text.as_str(), fine), ("there is no schedule 'guarida'. Did you mean 'guardia'?", false));
}

#[test]
fn gaps_are_told_and_end_in_a_failure() {
    let (text, fine) = answer("gaps --days 30", EXAMPLE);
    assert_eq!((text.as_str(), fine), ("Somebody is on duty at every instant of 30 days.\n", true));
    let page = "people: [{ id: a, name: A, phone: 8095550101 }]
schedules:
  day:
    layers:
      - rotation: { order: [a], starts: 2026-01-05T08:00, length: weekly }
        only: [{ days: mon-fri, from: 08:00, to: 16:00 }]
";
    let (text, fine) = answer("gaps --days 1", page);
    let expected = "Nobody is on duty:\n  day           from Mon 12 Jan 2026 16:00 to Tue 13 Jan 2026 08:00 (16h)\n";
    assert_eq!((text.as_str(), fine), (expected, false));
    let (text, _) = answer("gaps --days 1 --json", page);
    let expected =
        "[{\"from\":\"2026-01-12T16:00:00-04:00\",\"schedule\":\"day\",\"to\":\"2026-01-13T08:00:00-04:00\"}]\n";
    assert_eq!(text, expected);
    let (text, _) = answer("check r.yaml", page);
    assert!(text.contains("warning: By schedule 'day' nobody is on duty from Mon 12 Jan 2026 16:00"), "{text}");
}

#[test]
fn duty_as_a_calendar() {
    let (text, fine) = answer("calendar --person luis --days 10", EXAMPLE);
    assert!(fine && text.starts_with("BEGIN:VCALENDAR\r\n"), "{text}");
    assert!(text.contains("UID:guardia-luis-20260112T120000Z@guardia\r\n"), "{text}");
    let (text, fine) = answer("calendar --person lius", EXAMPLE);
    assert_eq!((text.as_str(), fine), ("nobody has the id 'lius'. Did you mean 'luis'?", false));
    let (text, _) = answer("calendar --schedule redes --days 1 --language en", FULL);
    assert!(text.contains("SUMMARY:Pedro Santana\r\n") && text.contains("X-WR-CALNAME:On duty: redes"), "{text}");
    for line in ["calendar", "calendar --person ana --schedule guardia"] {
        assert!(Whole::try_parse_from(std::iter::once("roster").chain(line.split(' '))).is_err(), "{line}");
    }
}
