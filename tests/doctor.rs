//! `guardia doctor` at a site where much is wrong: each thing is told, and nothing else.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Stdio;

use chrono::TimeDelta;
use guardia::clock::Clock;
use guardia::id::{Ids, JobId};
use guardia::store::{Journal, Lane, NewJob, Store, StoreError, Tx, Url};
use guardia_sandbox::{Config as NetworkConfig, Line, Network};
use serde_json::{Value, json};
use tokio::process::Command;

const ACCOUNT: &str = "AC00000000000000000000000000000000";
const TOKEN: &str = "a-token-of-no-account";
const NUMBER: &str = "+18095550100";

/// One person who is never off duty, and has one way to be reached.
const ROSTER: &str = "people:\n  - id: ana\n    name: Ana\n    contacts: [{ id: casa, voice: \"+18095550101\" }]\n\
                      rotation: { order: [ana], starts: 2026-01-05T08:00, length: 7d, zone: America/Santo_Domingo }\n";

fn settings(folder: &Path, api: &str, store: &str) -> String {
    let place = |name: &str| folder.join(name).display().to_string();
    let shipped = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(name).display().to_string();
    format!(
        "[server]\npublic_url = \"https://guardia.example\"\n[store]\nurl = \"{store}\"\n[line]\nnumber = \"{NUMBER}\"\n\
         support_email = \"soporte@guardia.example\"\nflow = \"{}\"\ndirectory = \"{}\"\n[twilio]\n\
         account_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\napi_url = \"{api}\"\nfrom = \"{NUMBER}\"\n[journal]\n\
         path = \"{}\"\n[paging]\nsecret = \"a-secret-that-guards-nothing-but-a-test\"\n[canary]\ncontact = \"nadie\"\n\
         [heartbeat]\nurl = \"https://hc.example/ping\"\n",
        shipped("voice-flows/critical-hotline.yaml"),
        shipped("directory.yaml"),
        place("journal"),
    )
}

/// Whether the doctor is content, and weight, word and subject of what it found; its `--json` and its text say the same.
async fn doctor(folder: &Path, settings: &str) -> (bool, Vec<String>, String) {
    let file = folder.join("guardia.toml");
    std::fs::write(&file, settings).unwrap();
    let run = async |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guardia"));
        command.arg("--config").arg(&file).arg("doctor").args(more).stdin(Stdio::null()).kill_on_drop(true);
        let output = command.output().await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        (output.status.success(), said)
    };
    let (content, text) = run(&[]).await;
    let (also, said) = run(&["--json"]).await;
    assert_eq!(content, also);
    let report: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_eq!(report["ready"], json!(content));
    let findings = report["findings"].as_array().unwrap();
    for finding in findings {
        assert!(text.contains(finding["what"]["en"].as_str().unwrap()), "{text}");
        assert!(text.contains(finding["mend"]["en"].as_str().unwrap()), "{text}");
    }
    let told = findings.iter().map(|finding| {
        let word = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}", word("weight"), word("code"), word("who")).trim_end().to_owned()
    });
    (content, told.collect(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_site_is_told_thing_by_thing() {
    let folder = tempfile::tempdir().unwrap();
    // The network's clock stands at the beginning of a year; calls go elsewhere, and what fails goes nowhere.
    let mut config = NetworkConfig::new(ACCOUNT, TOKEN);
    config.lines = vec![Line {
        number: NUMBER.to_owned(),
        voice_url: Some("https://old.example/twilio/voice".to_owned()),
        status_callback: Some("https://guardia.example/twilio/voice/status".to_owned()),
        sms_url: Some("https://guardia.example/twilio/sms".to_owned()),
        ..Line::default()
    }];
    let network = Network::start(config);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}", network.serve(listener).unwrap());
    let url = format!("sqlite:{}", folder.path().join("guardia.db").display());
    seed(&url).await;
    Journal::open(&folder.path().join("journal")).unwrap().append(&json!({ "a": "call" })).unwrap();
    let (content, told, text) = doctor(folder.path(), &settings(folder.path(), &api, &url)).await;
    assert!(!content);
    let mut told = told;
    told.sort();
    let mut expected = [
        "broken callback-wrong voice_url",
        "broken clock-off",
        "broken jobs-late",
        "broken unverified ana",
        "act callback-wrong voice_fallback_url",
        "act canary-strange nadie",
        "act heartbeat-late",
        "act jobs-given-up",
        "act journal-waits",
        "act no-supervisor",
        "act one-way ana",
        "watch not-in-writing ana",
    ];
    expected.sort_unstable();
    assert_eq!(told, expected, "{text}");
    assert!(text.contains("BROKEN") && text.ends_with("would be lost tonight.\n"), "{text}");
    assert!(!text.contains(TOKEN) && !text.contains("+1809555"), "no secret, no number: {text}");
    // The account's token was changed at the provider: nothing else can be asked there.
    let (_, told, _) =
        doctor(folder.path(), &settings(folder.path(), &api, &url).replace(TOKEN, "another-token")).await;
    assert!(told.contains(&"broken provider-refuses".to_owned()), "{told:?}");
    assert!(!told.iter().any(|line| line.contains("callback")), "{told:?}");
}

/// A job that is due for ten minutes, one that was given up, and the roster.
async fn seed(url: &str) {
    let store = Store::open(&url.parse::<Url>().unwrap()).await.unwrap();
    let (now, ids) = (Clock::machine().now(), Ids::seeded(1));
    let before = now - TimeDelta::minutes(10);
    store
        .write(async |tx: &mut Tx| -> Result<(), StoreError> {
            tx.insert_roster(ROSTER, "", "test", now).await?;
            for key in ["given-up", "late"] {
                let (id, payload) = (JobId(ids.ordered(now)), json!({}));
                let (kind, run_at) = ("mark", before);
                tx.enqueue(&NewJob { id, kind, key, subject: None, priority: 0, run_at, payload }).await?;
                if key == "given-up" {
                    let job = tx.claim(Lane::Fast, "test", (now, now), 1).await?.remove(0);
                    tx.bury(job.id, job.attempt, now, "a test").await?;
                }
            }
            Ok(())
        })
        .await
        .unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_looked_at_is_told_and_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let store = format!("sqlite:{}", folder.path().join("file/guardia.db").display());
    let away = settings(folder.path(), "http://127.0.0.1:1", &store);
    let (content, told, _) = doctor(folder.path(), &away).await;
    assert!(!content);
    assert_eq!(told, ["broken store-away", "broken provider-away"]);
    let wrong = away.replace("public_url = \"https://guardia.example\"\n", "").replace("soporte@", "soporte");
    let (content, told, _) = doctor(folder.path(), &wrong).await;
    assert!(!content);
    assert_eq!(told, ["broken settings server.public_url", "broken settings line.support_email"]);
}
