//! A load test whose callers have SIP telephones.

use std::collections::BTreeMap;
use std::time::Duration;

use guardia_sandbox::Network;
use guardia_sandbox::load::{Act, Load, Population};

use crate::application::{Answer, Application, status, twiml};
use crate::load::{load, run, sum};

const ON_TELEPHONES: &str = r##"callers:
  - name: reports
    weight: 3
    steps:
      - presses: [11, 12, 13, 14]
        after: { from: 100ms, to: 300ms }
      - says: 1500ms
      - presses: "#"
        after: 400ms
  - name: is cut off
  - name: thinks better of it
    steps:
      - silence: 300ms
      - hangs_up
"##;

/// Two keys, and a recording of what is said then.
async fn two_keys() -> Application {
    Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Gather action=\"/menu\" numDigits=\"2\" timeout=\"2\"/><Redirect>/cut</Redirect>"),
        "/menu" => twiml("<Record action=\"/recorded\" maxLength=\"20\"/>"),
        "/recorded" | "/cut" => twiml("<Hangup/>"),
        "/status" => Answer { status: 204, content_type: "text/xml", body: String::new() },
        _ => status(500),
    })
    .await
}

#[tokio::test]
async fn callers_with_telephones_are_heard_and_pressed_over_sip() {
    let app = two_keys().await;
    let load = Load { sip: true, ..load(ON_TELEPHONES, 20, 20.0, 3) };
    let report = run(app.config(), load).await;
    let planned = |kind: &str| *report.calls.by_kind.get(kind).unwrap_or(&0);
    assert_eq!((report.calls.started, sum(&report.calls.by_kind)), (20, 20), "{report:#?}");
    let (reports, cut) = (planned("reports"), planned("is cut off"));
    assert!(reports > 0 && cut > 0 && planned("thinks better of it") > 0, "{report:#?}");
    assert_eq!(report.calls.by_outcome, BTreeMap::from([("finished", 20)]), "{report:#?}");

    // Their keys went over the wire, in order and once each.
    let population = Population::parse(ON_TELEPHONES, "").unwrap();
    let mut planned: Vec<(String, String)> = (0..20)
        .map(|caller| population.plan(3, caller))
        .filter(|plan| plan.kind == "reports")
        .map(|plan| match &plan.steps[0].act {
            Act::Presses(keys) => (plan.from.clone(), keys.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    let asked = app.asked_at("/menu");
    let mut pressed: Vec<_> =
        asked.iter().map(|asked| (asked.param("From").to_owned(), asked.param("Digits").to_owned())).collect();
    planned.sort();
    pressed.sort();
    assert_eq!(pressed, planned);
    // So did what they said: a recording is as long as its sound.
    let recorded = app.asked_at("/recorded");
    assert_eq!(u64::try_from(recorded.len()).unwrap(), reports);
    for asked in recorded {
        assert_eq!((asked.param("RecordingDuration"), asked.param("Digits")), ("2", "#"));
    }

    let sip = report.sip.as_ref().unwrap();
    assert_eq!((sip.set_up.count, sip.refused.len(), sip.failed), (20, 0, 0), "{sip:#?}");
    assert!(sip.ringing.count > 0 && sip.ringing.p50_ms <= sip.set_up.max_ms, "{sip:#?}");
    // Fifty packets a second, both ways, for as long as they talked.
    assert!(sip.packets_sent > 1000 && sip.packets_heard > 1000, "{sip:#?}");
    assert!(sip.packets_lost * 100 <= sip.packets_heard, "{sip:#?}");
    assert!(sip.jitter.count > 1000 && sip.jitter.p50_ms <= sip.jitter.p99_ms, "{sip:#?}");
    assert!(sip.jitter.p99_ms <= sip.jitter.max_ms, "{sip:#?}");
    assert_eq!((report.errors_total, report.faults()), (0, 0), "{report:#?}");
    assert_eq!((report.webhooks["voice"].times.count, report.webhooks["redirect"].times.count), (20, cut));
}

#[tokio::test]
async fn a_run_ends_by_itself_and_says_what_sip_refused() {
    let app = two_keys().await;
    let patient = "callers: [{ name: waits, steps: [{ presses: 12, after: 50ms }] }]";
    let stays = Load { sip: true, longest: Some(Duration::from_secs(1)), ..load(patient, 1, 50.0, 1) };
    let report = run(app.config(), stays).await;
    assert_eq!(report.calls.by_outcome, BTreeMap::from([("stopped", 1)]), "{report:#?}");

    let elsewhere = Load { sip: true, number: "+18095550999".to_owned(), ..load(patient, 3, 100.0, 1) };
    let report = run(app.config(), elsewhere).await;
    assert_eq!(report.calls.by_outcome, BTreeMap::from([("failed", 3)]), "{report:#?}");
    assert_eq!(report.sip.as_ref().unwrap().refused, BTreeMap::from([("404".to_owned(), 3)]));
    assert_eq!((report.errors_total, report.faults()), (0, 3));

    let network = Network::start(app.config().starting_now());
    for (callers, why) in [(401, "at most 400 callers"), (101, "places for 100 telephones only")] {
        let load = Load { sip: true, callers, ..load(patient, 1, 1.0, 1) };
        let refused = load.run(&network, std::future::pending()).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}
