//! Stories of people on duty whose phones ring: who picks up, who does not, and who talks to whom.

use guardia_sandbox::Network;
use guardia_sandbox::story::{Report, Runner, Story, VirtualTime};

use crate::application::{Application, CALLER, OURS, twiml};
use crate::rest::Api;

const ANA: &str = "+18095550111";

/// The caller waits in a queue; whoever on duty presses 1 takes them.
async fn play(steps: &str, ordered: u32) -> Report {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Say>Espere, por favor.</Say><Enqueue waitUrl=\"/wait\">guard</Enqueue>"),
        "/wait" => twiml("<Play>music.mp3</Play>"),
        "/page" => twiml(
            "<Gather numDigits=\"1\" action=\"/take\" timeout=\"3\"><Say>Incidente crítico. Marque 1.</Say></Gather><Hangup/>",
        ),
        "/take" => twiml("<Dial><Queue url=\"/before\">guard</Queue></Dial>"),
        "/before" => twiml("<Say>Le comunico.</Say>"),
        _ => twiml(""),
    })
    .await;
    let text = format!(
        "story: Guard\nat: 2026-03-07T22:00:00-04:00\ncaller: {{ from: \"{CALLER}\", dials: \"{OURS}\" }}\n\
         staff: {{ ana: \"{ANA}\" }}\nsteps:\n{steps}then:\n  - nothing_else_was_sent\n"
    );
    let story = Story::parse(&text, "guard.yaml").unwrap();
    let mut config = app.config();
    config.start = story.starts_at();
    let network = Network::start(config);
    let api = Api::of(&network).await;
    let page = format!("{}/page", app.url);
    for _ in 0..ordered {
        api.post("Calls.json", &[("To", ANA), ("From", OURS), ("Url", &page), ("Timeout", "20")]).await;
    }
    Runner::new(network.clone(), story).run(&mut VirtualTime::new(network)).await
}

fn failures(report: &Report) -> Vec<String> {
    report.failures.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn two_people_are_joined_and_talk() {
    let report = play(
        "  - hears: espere\n  - staff: ana\n    receives_call: { within: 5s }\n  - staff: ana\n    answers:\n  \
         - staff: ana\n    hears: marque 1\n  - staff: ana\n    presses: 1\n  - hears: le comunico\n  \
         - says: { text: La nómina no responde, seconds: 2 }\n  - staff: ana\n    hears: la nomina no responde\n  \
         - staff: ana\n    says: Ya lo reviso\n  - hears: ya lo reviso\n  - staff: ana\n    presses: 7\n  - hears: key 7\n  \
         - staff: ana\n    hangs_up:\n  - line_hangs_up\n",
        1,
    )
    .await;
    assert!(report.passed(), "{report}");
}

#[tokio::test]
async fn a_phone_is_left_to_ring_turned_away_busy_or_off() {
    for steps in [
        "  - staff: ana\n    lets_it_ring:\n",
        "  - staff: ana\n    receives_call:\n  - staff: ana\n    lets_it_ring:\n",
        "  - staff: ana\n    declines:\n",
        "  - staff: ana\n    is_busy:\n  - later: 30s\n",
        "  - staff: ana\n    switches_off:\n  - later: 30s\n",
    ] {
        let report = play(&format!("{steps}  - hangs_up\n"), 1).await;
        assert!(report.passed(), "{steps}\n{report}");
    }
}

#[tokio::test]
async fn voicemail_hears_and_never_presses() {
    let report = play(
        "  - staff: ana\n    has_voicemail: { after: 8s, says: Ha llamado a Ana }\n  - staff: ana\n    voicemail_answers:\n  \
         - staff: ana\n    hears: marque 1\n  - staff: ana\n    line_hangs_up:\n  - hangs_up\n",
        1,
    )
    .await;
    assert!(report.passed(), "{report}");
    assert!(report.to_string().contains("ana              says      Ha llamado a Ana"), "{report}");
}

#[tokio::test]
async fn a_call_nobody_spoke_of_is_something_else_that_was_sent() {
    let rang = play("  - later: 40s\n  - hangs_up\n", 1).await;
    assert_eq!(failures(&rang), ["guard.yaml:9: a call to +18095550111 that nobody expected (no-answer)"]);
    let twice = play("  - staff: ana\n    lets_it_ring:\n  - later: 40s\n  - hangs_up\n", 2).await;
    assert!(failures(&twice)[0].contains("that nobody expected"), "{twice}");
    let machine = play("  - staff: ana\n    has_voicemail:\n  - later: 40s\n  - hangs_up\n", 1).await;
    assert!(failures(&machine)[0].contains("that nobody expected (completed)"), "{machine}");
}

#[tokio::test]
async fn a_phone_that_does_not_ring_fails_the_step() {
    let none = play("  - staff: ana\n    receives_call: { within: 5s }\n", 0).await;
    assert_eq!(failures(&none), ["guard.yaml:6: expected the phone of ana to ring (waited 5 s)"]);
    let none = play("  - staff: ana\n    lets_it_ring: { within: 5s }\n", 0).await;
    assert_eq!(failures(&none), ["guard.yaml:6: expected the phone of ana to ring (waited 5 s)"]);
    let none = play("  - staff: ana\n    voicemail_answers: { within: 5s }\n", 1).await;
    assert_eq!(failures(&none), ["guard.yaml:6: expected the voicemail of ana to pick up (waited 5 s)"]);
}
