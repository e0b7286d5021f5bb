//! A developer of any TwiML application: the ten lines of examples/flask run for real, and the sandbox's README is followed.
//! `install` in this folder brings Flask.
//!
//! `flask` is in the name of every test, so that a quick run can leave them out where it is not installed.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

const README: &str = include_str!("../../README.md");
/// Where the README's application listens.
const DEFAULT: &str = "http://127.0.0.1:5000";

/// The example, listening.
struct Flask {
    url: String,
    _server: Child,
}

fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

impl Flask {
    async fn start() -> Self {
        let program = package().join("../target/flask/bin/flask");
        assert!(program.exists(), "Flask is not there: run sandbox/tests/flask/install");
        let mut server = Command::new(program)
            .args(["--app", "app", "run", "--port", "0"])
            .current_dir(package().join("examples/flask"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
        let mut said = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some((_, url)) = line.split_once("Running on ") {
                let url = url.split_whitespace().next().unwrap().to_owned();
                // Whatever else it says must be read, or it stands still.
                tokio::spawn(async move { while matches!(lines.next_line().await, Ok(Some(_))) {} });
                return Self { url, _server: server };
            }
            said.push_str(&line);
            said.push('\n');
        }
        panic!("Flask did not start:\n{said}");
    }
}

/// Runs the sandbox as a person would, with what they type.
async fn sandbox(arguments: &[String], typed: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_guardia-sandbox"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(typed.as_bytes()).await.unwrap();
    program.wait_with_output().await.unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn call(more: &[&str]) -> Vec<String> {
    std::iter::once("call").chain(more.iter().copied()).map(str::to_owned).collect()
}

#[test]
fn the_flask_application_has_ten_lines() {
    let lines = std::fs::read_to_string(package().join("examples/flask/app.py")).unwrap();
    assert!(lines.lines().count() <= 10, "{lines}");
}

#[tokio::test]
async fn a_flask_application_is_called_by_a_story() {
    let flask = Flask::start().await;
    let script = package().join("examples/flask/press-one.yaml");
    let script = script.to_str().unwrap();
    let output = sandbox(&call(&["--script", script, "--webhook", &format!("{}/voice", flask.url)]), "").await;
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    let expected = [
        "caller           dials     +18095550100",
        "webhook          voice     POST /voice: 200 in ",
        "caller           hears     To be called back, press 1.",
        "caller           presses   1",
        "webhook          gather    POST /voice: 200 in ",
        "caller           hears     We will call you back.",
        "caller           call over completed",
        "The story is true.",
    ];
    let places: Vec<_> =
        expected.iter().map(|line| said.find(line).unwrap_or_else(|| panic!("{line}\n{said}"))).collect();
    assert!(places.is_sorted(), "{said}");
}

#[tokio::test]
async fn the_readme_takes_a_newcomer_to_a_heard_flask_call_in_two_commands() {
    let block = README.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block of commands");
    let commands: Vec<Vec<&str>> = block
        .lines()
        .map(|line| line.split('#').next().unwrap().split_whitespace().collect())
        .filter(|words: &Vec<&str>| !words.is_empty())
        .collect();
    let [install, call] = commands.as_slice() else { panic!("two commands, not {commands:#?}") };
    assert_eq!(install, &["cargo", "install", "--locked", "--path", "sandbox"]);
    assert!(package().join("../sandbox/Cargo.toml").is_file(), "what is installed is there");

    let flask = Flask::start().await;
    let (program, arguments) = call.split_first().expect("a program");
    assert!(Path::new(env!("CARGO_BIN_EXE_guardia-sandbox")).file_stem().is_some_and(|name| name == *program));
    let arguments: Vec<String> = arguments.iter().map(|word| word.replace(DEFAULT, &flask.url)).collect();
    assert!(arguments.iter().any(|word| word.starts_with(&flask.url)), "the README calls {DEFAULT}: {block}");
    let output = sandbox(&arguments, "1\n").await;
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("presses   1") && said.contains("hears     We will call you back."), "{said}");
}
