//! What scanners do: look for a door, guess numbers, guess passwords.

use std::process::Stdio;

use crate::application::{Application, twiml};
use crate::phone::Phone;
use crate::program::Program;
use crate::rig::alone;

/// Runs one of the programs; everything it says.
async fn run(program: &str, arguments: &[&str]) -> String {
    // Some of them never give up.
    let output = tokio::process::Command::new("timeout")
        .args(["6", program])
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    // What `timeout` says of a program that is not there.
    assert_ne!(
        output.status.code(),
        Some(127),
        "{program} cannot be run: install it (apt-get install sipvicious), as tests/run does"
    );
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_finds_a_door_and_neither_numbers_nor_passwords() {
    let _alone = alone().await;
    let app = Application::start(|_| twiml("<Say>Buenos días.</Say>")).await;
    let program = Program::start(&app).await;
    let port = program.gateway.port().to_string();
    let found = run("svmap", &["127.0.0.1", "-p", &port]).await;
    assert!(found.contains("guardia-sandbox"), "{found}");
    // One of these is an account and the others are not; the answers must not tell which.
    for method in ["REGISTER", "OPTIONS"] {
        let told =
            run("svwar", &["127.0.0.1", "-p", &port, "-m", method, "-e", "18095550105-18095550115", "--force"]).await;
        assert!(!told.contains("18095550111"), "{told}");
    }
    let folder = tempfile::tempdir().unwrap();
    let words = folder.path().join("words");
    let mut list: Vec<String> = (0..200).map(|number| format!("word{number}")).collect();
    list.push("hunter2\n".to_owned());
    std::fs::write(&words, list.join("\n")).unwrap();
    let told = run("svcrack", &["127.0.0.1", "-p", &port, "-u", "+18095550111", "-d", words.to_str().unwrap()]).await;
    assert!(!told.contains("hunter2"), "{told}");
    let answer = Phone::from("127.0.0.8", program.gateway, "after").await.options().await;
    assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
    let (most, _) = program.memory();
    assert!(most < 150, "{most} MB");
}
