//! The program at the keyboard, the story it leaves, and what is printed.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

use chrono::TimeDelta;
use guardia_sandbox::story::{Runner, Story, VirtualTime};
use guardia_sandbox::{Network, What};

use crate::application::{Application, CALLER, OURS, TOKEN, call, pass, status, twiml};

const STORY: &str = "steps:\n  - hears: press 1\n  - presses: 1\n  - hears: say what happened\n  - says: no light\n  - presses: \
                     \"#\"\n  - hears: goodbye\n  - line_hangs_up\nthen:\n  - nothing_else_was_sent\n";

/// A menu whose second sentence can be cut, a recording, a case number.
async fn hotline() -> Application {
    Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml(
            "<Gather action=\"/menu\" numDigits=\"1\"><Say>Welcome. To report, press 1. This takes a while to say, and \
             nobody hears it to its end.</Say></Gather>",
        ),
        "/menu" => {
            twiml("<Say>Say what happened.</Say><Record playBeep=\"false\" timeout=\"1\" action=\"/recorded\"/>")
        }
        "/recorded" => twiml("<Say>Your case is 26000123. Goodbye.</Say>"),
        "/status" => status(204),
        _ => status(500),
    })
    .await
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guardia-sandbox"));
    command
        .args(arguments)
        .env("GUARDIA_SANDBOX_TOKEN", TOKEN)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true);
    command
}

/// A file that is not there yet, for this test alone.
fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("{}-{name}", std::process::id()));
    let _ = std::fs::remove_file(&file);
    file
}

/// What the application was asked, without what differs from one call to the next.
fn asked(app: &Application) -> Vec<(String, String, String)> {
    let of = |asked: crate::application::Asked| {
        (asked.path.clone(), asked.param("Digits").to_owned(), asked.param("RecordingDuration").to_owned())
    };
    app.asked().into_iter().map(of).collect()
}

async fn plays(app: &Application, script: &Path) -> (bool, String) {
    plays_with(app, script, "1").await
}

async fn plays_with(app: &Application, script: &Path, seed: &str) -> (bool, String) {
    let webhook = format!("{}/voice", app.url);
    let status = format!("{}/status", app.url);
    let script = script.to_str().unwrap();
    let arguments = ["call", "--script", script, "--webhook", &webhook, "--status-callback", &status, "--seed", seed];
    let output = program(&arguments).output().await.unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn what_was_done_at_the_keyboard_is_played_again_by_the_story_it_left() {
    let app = hotline().await;
    let story = file("recorded.yaml");
    let webhook = format!("{}/voice", app.url);
    let status = format!("{}/status", app.url);
    let record = story.to_str().unwrap();
    let mut session =
        program(&["call", "--keys", "--record", record, "--webhook", &webhook, "--status-callback", &status])
            .spawn()
            .unwrap();
    let mut keyboard = session.stdin.take().unwrap();
    let mut screen = BufReader::new(session.stdout.take().unwrap()).lines();
    let mut seen = String::new();
    for (wait_for, typed) in [("To report, press 1.", "1\n"), ("Say what happened.", "no light\n")] {
        loop {
            let line = screen.next_line().await.unwrap().unwrap_or_else(|| panic!("it ended early:\n{seen}"));
            seen.push_str(&line);
            seen.push('\n');
            if line.contains(wait_for) {
                break;
            }
        }
        keyboard.write_all(typed.as_bytes()).await.unwrap();
    }
    while let Some(line) = screen.next_line().await.unwrap() {
        seen.push_str(&line);
        seen.push('\n');
    }
    assert!(session.wait().await.unwrap().success(), "{seen}");
    let lived = asked(&app);
    assert_eq!(
        lived.iter().map(|asked| asked.0.as_str()).collect::<Vec<_>>(),
        ["/voice", "/menu", "/recorded", "/status"]
    );

    let page = std::fs::read_to_string(&story).unwrap();
    for line in ["hears: \"Welcome.\"", "presses: \"1\"", "says: \"no light\"", "{ case_number: number_1 }"] {
        assert!(page.contains(line), "{line}\n{page}");
    }
    assert!(page.ends_with("- line_hangs_up\nthen:\n  - nothing_else_was_sent\n"), "{page}");
    let (passed, said) = plays(&app, &story).await;
    assert!(passed, "{page}\n{said}");
    assert_eq!(asked(&app)[lived.len()..], lived, "the same again:\n{page}\n{said}");

    let refused = program(&["call", "--record", record, "--webhook", &webhook]).output().await.unwrap();
    assert_eq!(refused.status.code(), Some(2), "a story is not written over another");
    std::fs::remove_file(story).unwrap();
}

#[tokio::test]
async fn whoever_cuts_in_and_breaks_off_does_so_again() {
    let app = hotline().await;
    let lived = app.network();
    let call = call(&lived).await;
    pass(&lived, 3.25).await;
    lived.press(&call, "1");
    pass(&lived, 2.0).await;
    lived.speak(&call, "no light anywhere in the whole building", TimeDelta::seconds(2));
    pass(&lived, 1.125).await;
    lived.press(&call, "#");
    pass(&lived, 0.5).await;
    lived.hang_up(&call);
    pass(&lived, 5.0).await;
    assert!(lived.transcript().iter().any(|entry| entry.what == What::HearsPart), "the menu was cut");

    let page = guardia_sandbox::story::written(&lived, &lived.call(&call).unwrap(), "Cut");
    let story = Story::parse(&page, "cut.yaml").unwrap();
    let again = app.network();
    let report = Runner::new(again.clone(), story).run(&mut VirtualTime::new(again.clone())).await;
    assert!(report.passed(), "{page}\n{report}");
    pass(&again, 5.0).await;
    let told = |network: &Network| {
        network.transcript().into_iter().map(|entry| (entry.at, entry.what, entry.text)).collect::<Vec<_>>()
    };
    assert_eq!(told(&again), told(&lived), "{page}");
    let asked = asked(&app);
    let (first, second) = asked.split_at(asked.len() / 2);
    assert_eq!(first, second);
}

fn written(name: &str) -> PathBuf {
    let story = file(name);
    let head = "story: Night\nat: 2026-03-07T22:00:00-04:00\n";
    let caller = format!("caller: {{ from: \"{CALLER}\", dials: \"{OURS}\" }}\n");
    std::fs::write(&story, format!("{head}{caller}{STORY}")).unwrap();
    story
}

#[tokio::test]
async fn a_seed_reproduces_a_run_exactly() {
    let app = hotline().await;
    let story = written("seed.yaml");
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (passed, said) = plays(&app, &story).await;
        assert!(passed, "{said}");
        // But for what the machine's own clock and ports have to say.
        let steady = |line: &str| !line.starts_with("REST API:");
        let lines = said.lines().filter(|line| steady(line)).map(|line| line.split(" in ").next().unwrap().to_owned());
        runs.push(lines.collect::<Vec<_>>());
    }
    assert_eq!(runs[0], runs[1]);
    let calls = app.asked_at("/voice");
    assert_eq!(calls[0].params, calls[1].params, "identifiers too");
    let (passed, said) = plays_with(&app, &story, "2").await;
    assert!(passed, "{said}");
    assert_ne!(
        app.asked_at("/voice")[2].param("CallSid"),
        calls[0].param("CallSid"),
        "another seed, other identifiers"
    );
    std::fs::remove_file(story).unwrap();
}

#[tokio::test]
async fn every_webhook_is_in_the_transcript_with_its_timing() {
    let app = hotline().await;
    let story = written("timing.yaml");
    let (passed, said) = plays(&app, &story).await;
    assert!(passed, "{said}");
    let webhooks: Vec<&str> = said.lines().filter(|line| line.contains("  webhook ")).collect();
    let expected =
        ["voice     POST /voice: 200 in ", "gather    POST /menu: 200 in ", "record    POST /recorded: 200 in "];
    assert_eq!(webhooks.len(), app.asked().len(), "{said}");
    for (line, expected) in webhooks.iter().zip(expected) {
        let (_, took) = line.split_once(expected).unwrap_or_else(|| panic!("{expected}\n{said}"));
        assert!(took.trim_end_matches(" ms").parse::<u64>().is_ok(), "{line}");
        assert!(line.starts_with("22:00:"), "on the network's clock: {line}");
    }
    assert!(webhooks[3].contains("call_status POST /status: 204"), "{said}");
    std::fs::remove_file(story).unwrap();
}
