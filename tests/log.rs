//! What the log says, at its most talkative, of a night in which much goes wrong: nothing personal, no code, no secret.
#![expect(clippy::unwrap_used, reason = "a test ends where something is wrong")]

use std::io;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use guardia::stage::{Props, Stage};
use guardia_sandbox::story::{Host, Story};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tracing_subscriber::fmt::MakeWriter;

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A report by keys and voice, a page that bounces, one that the provider is too busy for, a wrong answer, a right one.
const NIGHT: &str = r##"
story: a night in which much goes wrong
at: 2026-03-07T22:00:00-04:00
caller: { from: "+18095550142" }
staff: { carmen: "+18095550103", ana: "+18095550101" }
steps:
  - meanwhile: { network: { fails: { "+18095550103": 21211 } } }
  - dials: "+18095550100"
  - hears: marque uno
  - presses: 1
  - hears: código de cuatro dígitos
  - presses: "1042#"
  - hears: ministerio de hacienda
  - presses: 1
  - hears: nómina, marque uno
  - presses: 1
  - hears: detenido, marque uno
  - presses: 1
  - hears: díganos qué falla
  - says: { text: "Se cayó la nómina", seconds: 4 }
  - presses: "#"
  - hears: para enviar su mensaje
  - presses: 1
  - hears: le llamaremos al
  - presses: 2
  - hears: diez dígitos
  - presses: "8295550177#"
  - hears: { case_number: first }
  - presses: 1
  - hears: le enviamos
  - hangs_up
  - staff: ana
    receives_sms: { contains: [ESCALADO, "{case_number:first}"] }
  - staff: ana
    sends_sms: { to: "+18095550100", text: "7777A" }
  - staff: ana
    receives_sms: codigo no valido
  - staff: ana
    replies: "0000E por favor, que atienda Luisito"
  - staff: ana
    receives_sms: codigo no valido
  - later: 4m
  - meanwhile: { guardia: restarts }
  - later: 20m
"##;

/// Whether `word` stands in `text` by itself, not as a part of an id.
fn stands_in(word: &str, text: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).unwrap().chars().next_back();
        let after = text.get(at + word.len()..).unwrap().chars().next();
        [before, after].into_iter().all(|neighbour| neighbour.is_none_or(|letter| !letter.is_alphanumeric()))
    })
}

/// What opens a recording, nearly.
const TOKEN: &str = "0069b4c2e0c0ffeec0ffeec0ffeec0ffeec0ffee00RE0123456789abcdef0123456789abcdef";

/// Somebody follows that link; the status.
async fn follow(stage: &Stage) -> u16 {
    let mut stream = TcpStream::connect(stage.address()).await.unwrap();
    let request = format!("GET /r/{TOKEN} HTTP/1.1\r\nHost: guardia.example\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_word_is_found_by_itself_only() {
    assert!(stands_in("1042", "keys=1042#") && stands_in("+18095550142", "from +18095550142,"));
    assert!(!stands_in("1042", "id=91042f") && stands_in("1042", "id=91042f 1042"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_bad_night_names_nobody() {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("guardia=trace,guardia_sandbox=off")
        .with_ansi(false)
        .without_time()
        .with_writer(kept.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let story = Story::parse(NIGHT, "night").unwrap();
    let mut stage = Stage::set(story.starts_at(), folder.path(), &Props::default()).await.unwrap();
    let report = stage.play(story).await;
    assert!(report.passed(), "{report}");
    // The provider's API cannot be reached for a while; then somebody else writes with another secret.
    let api = std::mem::replace(&mut stage.config.twilio.api_url, "http://127.0.0.1:1".to_owned());
    stage.stop().await;
    stage.start().await.unwrap();
    let limit = stage.now() + TimeDelta::minutes(20);
    while stage.advance(limit).await {}
    stage.stop().await;
    stage.config.twilio.api_url = api;
    stage.start().await.unwrap();
    let mut faults = stage.network.faults();
    faults.wrong_signature = true;
    stage.network.set_faults(faults.clone());
    stage.network.place_sms("+18095550101", "+18095550100", "4444A secretito");
    stage.network.dial("+18095550142", "+18095550100");
    let limit = stage.now() + TimeDelta::minutes(1);
    while stage.advance(limit).await {}
    // Somebody tries links until they are stopped.
    while follow(&stage).await == 404 {}
    // The store is gone while somebody calls and answers.
    faults.wrong_signature = false;
    stage.network.set_faults(faults);
    stage.hotline().unwrap().store.close().await;
    stage.network.place_sms("+18095550101", "+18095550100", "5555A");
    let sid = stage.network.dial("+18095550142", "+18095550100");
    let limit = stage.now() + TimeDelta::seconds(20);
    while stage.advance(limit).await {}
    stage.network.hang_up(&sid);
    let limit = stage.now() + TimeDelta::minutes(1);
    while stage.advance(limit).await {}
    stage.stop().await;

    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    for said in [
        "a webhook was refused",
        "links are followed too often",
        "a job failed and will be tried again",
        "the fallback journal",
        "no document",
    ] {
        assert!(log.contains(said), "the night was not bad enough, '{said}' is missing:\n{log}");
    }
    let mut secrets: Vec<String> = [
        // Names, of people and of their institution.
        "Carmen",
        "Ana",
        "Luis",
        "Marta",
        "carmen",
        "ana",
        "luis",
        "marta",
        "Ministerio",
        "Hacienda",
        // What was keyed and said.
        "1042",
        "8295550177",
        "8095550142",
        "nómina",
        "Luisito",
        "secretito",
        "7777A",
        "7777",
        "4444",
        "5555",
        // What guards the doors.
        "stage-token-of-no-account",
        "a-secret-of-the-stage-that-guards-nothing",
        TOKEN,
        "Bearer",
        "Basic",
    ]
    .map(str::to_owned)
    .into();
    for last in ["00", "01", "02", "03", "04", "42"] {
        secrets.extend([format!("+180955501{last}"), format!("180955501{last}"), format!("80955501{last}")]);
    }
    for message in stage.network.messages() {
        let codes = message.body.split(|letter: char| !letter.is_alphanumeric()).filter(|word| {
            word.len() == 5
                && word.ends_with(['A', 'E', 'R'])
                && word.bytes().take(4).all(|digit| digit.is_ascii_digit())
        });
        secrets.extend(codes.map(|code| code.chars().take(4).collect::<String>()));
        secrets.push(message.body);
    }
    assert!(secrets.len() > 60, "{secrets:?}");
    for line in log.lines() {
        if let Some(secret) = secrets.iter().find(|secret| stands_in(secret, line)) {
            panic!("the log says '{secret}': {line}");
        }
    }
}
