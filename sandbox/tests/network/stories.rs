//! Stories against a tiny hotline.

use crate::application::{Answer, Application, CALLER, OURS, TOKEN, twiml};
use crate::rest::Api;
use guardia_sandbox::Network;
use guardia_sandbox::story::{Host, Report, Runner, Story, VirtualTime};
use serde_json::Value;

const STAFF: &str = "+18095550111";

/// Says that every incident is open.
struct Hosted(VirtualTime);

impl Host for Hosted {
    async fn advance(&mut self, limit: guardia_sandbox::Instant) -> bool {
        self.0.advance(limit).await
    }

    async fn check(&mut self, name: &str, expected: &Value) -> Result<(), String> {
        let so = serde_json::json!({ "state": "open", "case": "26000123" });
        if name == "incident" && *expected == so { Ok(()) } else { Err(format!("{name} is {so}, not {expected}")) }
    }
}

/// A hotline: one menu, a recording, a case number, a text message to the person on duty.
async fn hotline() -> Application {
    Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml(
            "<Gather action=\"/menu\" numDigits=\"1\"><Say>Está fuera de nuestro horario. Para un incidente crítico, marque 1.\
             </Say></Gather><Say>No recibimos nada.</Say>",
        ),
        "/menu" => twiml("<Say>Diga qué ocurre después del tono.</Say><Record action=\"/recorded\"/>"),
        "/recorded" => twiml(&format!(
            "<Sms to=\"{STAFF}\">CRITICO caso 26-00-01-23. Responda 4821A para aceptar.</Sms><Say>Su caso es \
             <prosody rate=\"slow\">veintiséis, cero cero, cero uno, veintitrés.</prosody> Gracias.</Say>"
        )),
        "/sms" => Answer {
            status: 200,
            content_type: "text/xml",
            body: format!("<Response><Message to=\"{CALLER}\">El técnico asumió: {}</Message></Response>", asked.param("Body")),
        },
        _ => twiml(""),
    })
    .await
}

fn story(steps: &str) -> String {
    format!(
        "story: Night\nat: 2026-03-07T22:00:00-04:00\ncaller: {{ from: \"{CALLER}\", dials: \"{OURS}\" }}\n\
         staff: {{ ana: \"{STAFF}\" }}\n{steps}"
    )
}

async fn play(steps: &str) -> Report {
    let app = hotline().await;
    let story = Story::parse(&story(steps), "night.yaml").unwrap();
    let mut config = app.config();
    config.start = story.starts_at();
    let network = Network::start(config);
    let mut host = Hosted(VirtualTime::new(network.clone()));
    Runner::new(network, story).run(&mut host).await
}

const WHOLE: &str = r##"steps:
  - hears: fuera de nuestro horario
  - presses: "1"
  - hears: despues del tono
  - says: { text: La nómina no responde, seconds: 9 }
  - presses: "#"
  - hears: { case_number: first }
  - staff: ana
    receives_sms: { contains: [critico, "{case_number:first}"], within: 2s }
  - staff: ana
    replies: "{code}A"
  - caller_receives_sms: { contains: [asumio, 4821A] }
  - line_hangs_up
then:
  - incident: { state: open, case: "{case_number:first}" }
  - nothing_else_was_sent
"##;

#[tokio::test]
async fn a_whole_story_is_true() {
    let report = play(WHOLE).await;
    assert!(report.passed(), "{report}");
    let spoken = report.to_string();
    assert!(spoken.contains("22:00:00.000  caller           dials     +18095550100"), "{spoken}");
    assert!(spoken.contains("ana              gets sms  CRITICO caso"), "{spoken}");
}

#[tokio::test]
async fn what_is_not_so_is_named_with_its_line_and_what_was_instead() {
    let cases = [
        (
            "steps:\n  - hears: buenos días",
            "night.yaml:6: expected caller to hear \"buenos días\"; heard instead: \"Está",
        ),
        ("steps:\n  - hears: critico\n  - hears: horario", "night.yaml:7: expected caller to hear \"horario\""),
        ("steps:\n  - presses: 1\n  - hears: critico", "night.yaml:7"),
        (
            "steps:\n  - staff: ana\n    receives_sms: { contains: [CRITICO], within: 2s }",
            "night.yaml:6: expected ana to receive a text message with CRITICO; no unread text message reached them (waited 2 s)",
        ),
        ("steps:\n  - staff: ana\n    presses: 1", "night.yaml:6: ana is not on a call"),
        ("steps:\n  - hangs_up\n  - presses: 1", "night.yaml:7: caller is not on a call (no-answer)"),
        (
            "steps:\n  - staff: ana\n    answers:\n    within: 5s",
            "night.yaml:6: expected the phone of ana to ring (waited 5 s)",
        ),
        ("steps:\n  - presses: \"{case_number:x}\"", "{case_number:x} is not known yet"),
        ("steps:\n  - check: { incident: { state: closed } }\n    within: 1s", "night.yaml:6: incident is"),
        ("steps:\n  - hangs_up\nthen:\n  - ticket: once", "night.yaml:8: ticket is"),
        (
            "steps:\n  - waits: 1s\nthen:\n  - nothing_else_was_sent",
            "night.yaml:8: the call of +18095550142 is still in-progress",
        ),
        (
            "steps:\n  - presses: 1\n  - says: nada\n  - presses: 9\n  - line_hangs_up\nthen:\n  - nothing_else_was_sent",
            "night.yaml:11: a text message to +18095550111 that nobody expected",
        ),
    ];
    for (steps, expected) in cases {
        let report = play(steps).await;
        let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
        assert!(failures.iter().any(|failure| failure.contains(expected)), "{steps}\n{expected}\n{failures:#?}");
    }
}

#[test]
fn mistakes_of_a_page_are_told_all_at_once() {
    let text = story("steps:\n  - heers: x\n  - staff: bob\n    hangs_up: true\n  - presses: 1a\nthen:\n  - 7")
        .replace(CALLER, "8095550142");
    let error = Story::parse(&text, "night.yaml").unwrap_err().to_string();
    for expected in [
        "night.yaml:3: '8095550142' is not a number in E.164",
        "night.yaml:6: 'heers' is nothing a person does",
        "night.yaml:7: nobody is called 'bob'",
        "night.yaml:9: presses: 'a' is not a key",
        "night.yaml:11: expected one name",
    ] {
        assert!(error.contains(expected), "{expected}\n{error}");
    }
    let error = Story::parse("story: x\nat: now\nsteps: []\n", "night.yaml").unwrap_err().to_string();
    assert!(error.starts_with("night.yaml:") && error.contains("caller"), "{error}");
    let error = Story::parse("story: [", "night.yaml").unwrap_err().to_string();
    assert!(error.starts_with("night.yaml:"), "{error}");
}

#[test]
fn the_example_is_a_story() {
    let text = include_str!("../../examples/report.yaml");
    assert_eq!(Story::parse(text, "report.yaml").unwrap().staff.len(), 1);
}

#[tokio::test]
async fn keys_keep_their_zeros_and_w_is_half_a_second() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Gather action=\"/got\" numDigits=\"4\"><Say>Marque.</Say></Gather>"),
        _ => twiml("<Say>Bien.</Say>"),
    })
    .await;
    let text = story("steps:\n  - hears: marque\n  - presses: 00w12\n  - hears: bien");
    let story = Story::parse(&text, "night.yaml").unwrap();
    let network = app.network();
    let mut host = VirtualTime::new(network.clone());
    let report = Runner::new(network, story).run(&mut host).await;
    assert!(report.passed(), "{report}");
    assert_eq!(app.asked_at("/got")[0].param("Digits"), "0012");
    assert_eq!(app.asked_at("/got")[0].headers["x-twilio-signature"].len(), 28, "{TOKEN}");
}

#[tokio::test]
async fn a_person_on_duty_is_called_and_accepts() {
    let app = Application::start(|asked| match asked.param("Digits") {
        "" => twiml(
            "<Gather numDigits=\"1\" action=\"/key\"><Say>Incidente abierto. Marque 1 para aceptar.</Say></Gather>",
        ),
        "1" => twiml("<Say>Asignado a usted.</Say>"),
        _ => twiml("<Hangup/>"),
    })
    .await;
    let ordered = |verdict: &'static str| {
        let url = format!("{}/page", app.url);
        let network = app.network();
        async move {
            let api = Api::of(&network).await;
            api.post("Calls.json", &[("To", STAFF), ("From", OURS), ("Url", &url)]).await;
            let steps = format!(
                "steps:\n  - staff: ana\n    answers:\n  - staff: ana\n    hears: marque 1\n  - staff: ana\n    presses: 1\n  - \
                 staff: ana\n    hears: asignado\n{verdict}then:\n  - nothing_else_was_sent"
            );
            let text = story(&steps).replace(&format!(", dials: \"{OURS}\""), "");
            let story = Story::parse(&text, "night.yaml").unwrap();
            Runner::new(network.clone(), story).run(&mut VirtualTime::new(network)).await
        }
    };
    let report = ordered("  - staff: ana\n    line_hangs_up:\n").await;
    assert!(report.passed(), "{report}");
    let report = ordered("  - staff: ana\n    switches_off:\n  - later: 1m\n").await;
    assert!(report.passed(), "switching off does not undo what was: {report}");
}

#[tokio::test]
async fn the_caller_calls_again() {
    let report = play(
        "steps:\n  - hears: critico\n  - hangs_up\n  - later: 5m\n  - calls_again\n  - hears: critico\n  - presses: 1\n  \
         - hears: tono\n  - hangs_up\nthen:\n  - nothing_else_was_sent",
    )
    .await;
    assert!(report.passed(), "{report}");
    let dialled = report.transcript.iter().filter(|entry| entry.what == guardia_sandbox::What::Dials).count();
    assert_eq!(dialled, 2);
}
