//! Many callers at once, and the report of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::header;
use axum::routing::post;
use chrono::TimeDelta;
use guardia_sandbox::load::{Act, Load, Population, Report, Until};
use guardia_sandbox::{Config, Line, Network, What};
use tokio::process::Command;
use tokio::sync::Notify;

use crate::application::{ACCOUNT, Answer, Application, OURS, TOKEN, call, pass, status, twiml};

const POPULATION: &str = r##"callers:
  - name: reports
    weight: 3
    steps:
      - presses: [1, 2, 3, 4]
        after: { from: 10ms, to: 50ms }
      - says: { mean: 50ms }
      - presses: "#"
        after: 20ms
  - name: writes
    steps:
      - texts: Hola
      - hangs_up
  - name: thinks better of it
    hangs_up: { chance: 1, within: 100ms }
"##;

async fn hotline() -> Application {
    Application::start(|asked| {
        let host = asked.headers[header::HOST].to_str().unwrap();
        match asked.path.as_str() {
            "/voice" => twiml("<Gather action=\"/menu\" numDigits=\"1\"><Say>Hola.</Say></Gather><Redirect>/voice2</Redirect>"),
            "/menu" => twiml(&format!(
                "<Record action=\"/recorded\" recordingStatusCallback=\"http://{host}/kept\" recordingStatusCallbackEvent=\"completed\"/>"
            )),
            "/recorded" => twiml("<Hangup/>"),
            "/status" | "/sms" | "/kept" => Answer { status: 204, content_type: "text/xml", body: String::new() },
            _ => status(500),
        }
    })
    .await
}

pub fn load(population: &str, calls: u64, rate: f64, seed: u64) -> Load {
    let population = Population::parse(population, "population.yaml").unwrap();
    Load {
        number: OURS.to_owned(),
        population,
        callers: 100,
        rate,
        until: Until::Calls(calls),
        seed,
        sip: false,
        longest: None,
    }
}

pub async fn run(config: Config, load: Load) -> Report {
    let network = Network::start(config.starting_now());
    load.run(&network, std::future::pending()).await.unwrap()
}

pub fn sum<K>(counts: &BTreeMap<K, u64>) -> u64 {
    counts.values().sum()
}

#[tokio::test]
async fn everything_adds_up() {
    let app = hotline().await;
    let report = run(app.config(), load(POPULATION, 40, 100.0, 11)).await;
    let calls = &report.calls;
    assert_eq!((calls.arrived, calls.started, calls.turned_away), (40, 40, 0), "{report:#?}");
    assert_eq!((sum(&calls.by_kind), sum(&calls.by_outcome)), (40, 40), "{report:#?}");
    let planned = |kind: &str| {
        let population = Population::parse(POPULATION, "").unwrap();
        u64::try_from((0..40).filter(|caller| population.plan(11, *caller).kind == kind).count()).unwrap()
    };
    let kinds = ["reports", "writes", "thinks better of it"];
    assert_eq!(calls.by_kind, kinds.map(|kind| (kind.to_owned(), planned(kind))).into());
    let finished = planned("reports") + planned("writes");
    let early = planned("thinks better of it");
    assert_eq!(calls.by_outcome, BTreeMap::from([("finished", finished), ("hung_up_early", early)]), "{report:#?}");

    let kinds = [
        ("voice", "/voice"),
        ("gather", "/menu"),
        ("record", "/recorded"),
        ("call_status", "/status"),
        ("recording_status", "/kept"),
        ("sms", "/sms"),
    ];
    assert_eq!(report.webhooks.len(), kinds.len(), "{report:#?}");
    for (kind, path) in kinds {
        let figures = &report.webhooks[kind];
        assert_eq!(figures.times.count, u64::try_from(app.asked_at(path).len()).unwrap(), "{kind}: {report:#?}");
        assert_eq!(sum(&figures.statuses), figures.times.count, "{kind}");
        assert!(figures.times.p50_ms > 0.0 && figures.times.p50_ms <= figures.times.p90_ms, "{kind}: {figures:?}");
        assert!(
            figures.times.p90_ms <= figures.times.p99_ms && figures.times.p99_ms <= figures.times.max_ms,
            "{kind}: {figures:?}"
        );
    }
    assert_eq!(report.webhooks["voice"].times.count, 40);
    assert_eq!(report.webhooks["call_status"].times.count, 40);
    assert_eq!(report.webhooks["gather"].times.count, planned("reports"));
    assert_eq!((report.errors_total, report.errors.len()), (0, 0));
}

/// Answers no call before so many have come.
async fn slow(together: usize) -> Config {
    let (came, all) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let answer = move || {
        let (came, all) = (Arc::clone(&came), Arc::clone(&all));
        async move {
            let wait = all.notified();
            if came.fetch_add(1, Ordering::SeqCst) + 1 >= together {
                all.notify_waiters();
            } else {
                wait.await;
            }
            ([(header::CONTENT_TYPE, "text/xml")], "<Response><Hangup/></Response>")
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/voice", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/voice", post(answer))).await.unwrap() });
    let mut config = Config::new(ACCOUNT, TOKEN);
    config.lines.push(Line::voice(OURS, url));
    config
}

#[tokio::test]
async fn a_slow_application_shows_and_is_called_no_less() {
    // It answers nobody before the tenth has come: whoever waited for the first answer would wait for ever.
    let report = run(slow(10).await, load("callers: [{ name: waits }]", 10, 20.0, 5)).await;
    let voice = &report.webhooks["voice"];
    assert_eq!((voice.times.count, report.calls.most_at_once), (10, 10), "{report:#?}");
    assert!(voice.times.max_ms > 100.0, "the first waited for nine others, 50 ms apart: {report:#?}");
    assert!(report.seconds * 1000.0 >= voice.times.max_ms);
}

#[tokio::test]
async fn who_comes_while_all_lines_are_taken_is_turned_away() {
    let app = hotline().await;
    let mut load = load("callers: [{ name: stays, steps: [{ silence: 2s }, hangs_up] }]", 12, 200.0, 5);
    load.callers = 3;
    let calls = run(app.config(), load).await.calls;
    assert_eq!((calls.arrived, calls.started + calls.turned_away, calls.most_at_once), (12, 12, 3), "{calls:#?}");
    assert!(calls.turned_away > 0, "{calls:#?}");
    assert_eq!(sum(&calls.by_outcome), calls.started);
}

#[tokio::test]
async fn a_seed_makes_the_same_choices() {
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let app = hotline().await;
        run(app.config(), load(POPULATION, 30, 150.0, seed)).await;
        let mut chosen: Vec<_> = app
            .asked_at("/menu")
            .iter()
            .map(|asked| (asked.param("From").to_owned(), asked.param("Digits").to_owned()))
            .collect();
        chosen.sort();
        assert!(chosen.iter().all(|(_, digits)| ["1", "2", "3", "4"].contains(&digits.as_str())), "{chosen:?}");
        runs.push(chosen);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

fn file(name: &str, text: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
    std::fs::write(&file, text).unwrap();
    file
}

async fn program(app: &Application, more: &[&str]) -> (Option<i32>, String) {
    let webhook = format!("{}/voice", app.url);
    let output = Command::new(env!("CARGO_BIN_EXE_guardia-sandbox"))
        .args(["load", "--callers", "20", "--rate", "100", "--calls", "8", "--webhook", &webhook])
        .args(more)
        .env("GUARDIA_SANDBOX_TOKEN", "a token that nobody may see")
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), said)
}

#[tokio::test]
async fn a_failing_application_shows_and_fails_the_run() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Gather action=\"/menu\" numDigits=\"1\"><Say>Hola.</Say></Gather>"),
        _ => status(503),
    })
    .await;
    let population = file("failing.yaml", "callers: [{ name: presses, steps: [{ presses: 1, after: 20ms }] }]");
    let population = population.to_str().unwrap();
    let (code, said) = program(&app, &["--population", population, "--seed", "9"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(!said.contains("nobody may see"), "{said}");
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&report["errors_total"], &report["passed"]), (&8.into(), &false.into()), "{said}");
    assert_eq!((&report["errors"][0]["code"], &report["errors"][0]["count"]), (&11_200.into(), &8.into()));
    assert_eq!(report["errors"][0]["example"], "the application answered 503");
    assert_eq!(report["webhooks"]["gather"]["statuses"], serde_json::json!({ "503": 8 }));
    assert_eq!(report["webhooks"]["voice"]["statuses"], serde_json::json!({ "200": 8 }));
    assert_eq!(report["seed"], 9);
    assert!(report["command"].as_str().unwrap().starts_with("guardia-sandbox load --callers 20 --rate 100 "), "{said}");

    let written = file("report.json", "");
    let more = ["--population", population, "--max-errors", "8", "--report", written.to_str().unwrap()];
    let (code, said) = program(&app, &more).await;
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&written).unwrap()).unwrap();
    assert_eq!((&report["errors_total"], &report["passed"]), (&8.into(), &true.into()), "{report}");

    let more = ["--population", population, "--max-errors", "8", "--sip"];
    let (code, said) = program(&app, &more).await;
    assert_eq!(code, Some(0), "{said}");
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert!(report["command"].as_str().unwrap().starts_with("guardia-sandbox load --sip --callers 20 "), "{said}");
    assert_eq!((&report["sip"]["set_up"]["count"], &report["webhooks"]["gather"]["count"]), (&8.into(), &8.into()));

    std::fs::write(population, "callers:\n  - name: x\n    steps:\n      - waves\n      - presses: 1a\n").unwrap();
    let (code, said) = program(&app, &["--population", population]).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains(":4: a step is one of") && said.contains(":5: presses: \"1a\" are no keys"), "{said}");
    std::fs::remove_file(population).unwrap();
    std::fs::remove_file(written).unwrap();
}

#[tokio::test]
async fn what_is_over_and_old_is_forgotten() {
    let app = hotline().await;
    let network = app.network();
    let over = call(&network).await;
    network.press(&over, "1");
    pass(&network, 1.0).await;
    network.speak(&over, "Hola", TimeDelta::seconds(1));
    pass(&network, 2.0).await;
    network.hang_up(&over);
    network.place_sms("+18095550143", OURS, "Hola");
    let live = network.dial("+18095550144", OURS);
    pass(&network, 0.5).await;
    assert_eq!((network.calls().len(), network.recordings().len(), network.messages().len()), (2, 1, 1));
    network.forget_before(network.now() - TimeDelta::seconds(10));
    assert_eq!(network.calls().len(), 2, "not old yet");
    network.forget_before(network.now());
    assert_eq!(network.calls().iter().map(|call| call.sid.clone()).collect::<Vec<_>>(), [live]);
    assert_eq!((network.recordings().len(), network.messages().len()), (0, 0));
}

#[tokio::test]
async fn what_may_not_be_kept_is_neither_called_nor_written() {
    let app = hotline().await;
    let mut config = app.config();
    config.limits.resources = 2;
    let network = Network::start(config);
    let calls: Vec<_> = (0..3).map(|caller| network.dial(&format!("+1809555014{caller}"), OURS)).collect();
    for text in ["uno", "dos", "STOP"] {
        network.place_sms("+18095550143", OURS, text);
    }
    pass(&network, 1.0).await;
    assert_eq!(network.calls().iter().map(|call| call.sid.clone()).collect::<Vec<_>>(), calls[..2]);
    assert!(network.call(&calls[2]).is_none());
    network.press(&calls[2], "1");
    network.hang_up(&calls[2]);
    let bodies: Vec<_> = network.messages().iter().map(|message| message.body.clone()).collect();
    assert_eq!(bodies, ["uno", "dos"]);
    assert_eq!((app.asked_at("/voice").len(), app.asked_at("/sms").len()), (2, 2), "nobody was asked of the third");
    let notes: Vec<_> = network.transcript().into_iter().filter(|entry| entry.what == What::Note).collect();
    let notes: Vec<_> = notes.iter().map(|note| (note.number.as_str(), note.text.as_str())).collect();
    let expected = [
        ("+18095550142", "no room for another call: 2 are kept"),
        ("+18095550143", "no room for another text message: 2 are kept"),
    ];
    assert_eq!(notes, expected);
    // There is room again when what is over is forgotten.
    network.hang_up(&calls[0]);
    pass(&network, 1.0).await;
    network.forget_before(network.now() + TimeDelta::seconds(1));
    let next = network.dial("+18095550144", OURS);
    assert!(network.call(&next).is_some());
}

#[test]
fn the_example_is_a_population_and_its_callers_differ() {
    let population = Population::parse(include_str!("../../examples/population.yaml"), "population.yaml").unwrap();
    let plans: Vec<_> = (0..1000).map(|caller| population.plan(1, caller)).collect();
    let of = |kind: &str| plans.iter().filter(|plan| plan.kind == kind).count();
    assert!((540..660).contains(&of("reports")), "six of ten: {}", of("reports"));
    assert!((60..140).contains(&of("says nothing")), "one of ten: {}", of("says nothing"));
    let early = plans.iter().filter(|plan| plan.kind == "reports" && plan.hangs_up.is_some()).count();
    assert!((30..90).contains(&early), "one of ten of them: {early}");
    let keys = |plan: &guardia_sandbox::load::Plan| match &plan.steps[0].act {
        Act::Presses(keys) => keys.clone(),
        other => panic!("{other:?}"),
    };
    let unsure: std::collections::BTreeSet<_> =
        plans.iter().filter(|plan| plan.kind.starts_with("does not know")).map(keys).collect();
    assert_eq!(unsure, ["*", "0", "5", "9"].map(str::to_owned).into());
    assert_eq!(population.plan(1, 7), plans[7]);
}
