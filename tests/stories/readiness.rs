//! Contacts are verified, the pager tests itself, signs of life go out, and the report says what is wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::routing::get;
use chrono::TimeDelta;
use guardia::oncall::{Attempt, Proof, Verification};
use guardia::ops::{confirm_code, send_code};
use guardia::paging::Code;
use guardia::provider::http::{Http, Limits};
use guardia::stage::{Props, Stage};
use guardia::store::{StoreError, Tx};
use guardia_sandbox::Faults;
use guardia_sandbox::story::{Host, Story};
use serde_json::{Value, json};
use tempfile::TempDir;

const LINE: &str = "+18095550100";
const ANA: &str = "+18095550101";
const CARMEN: &str = "+18095550103";

/// A stage on a Saturday night, when Carmen is on duty, with more settings.
async fn stage(settings: &str) -> (Stage, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let props = Props { settings: settings.to_owned(), ..Props::default() };
    let at = "2026-03-07T22:00:00-04:00".parse::<chrono::DateTime<chrono::FixedOffset>>().unwrap().to_utc();
    (Stage::set(at, folder.path(), &props).await.unwrap(), folder)
}

async fn pass(stage: &mut Stage, minutes: i64) {
    let limit = stage.now() + TimeDelta::minutes(minutes);
    while stage.advance(limit).await {}
}

async fn play(stage: &mut Stage, steps: &str) {
    let text = format!(
        "story: Readiness\nat: 2026-03-07T22:00:00-04:00\ncaller: {{ from: \"+18095550142\" }}\nstaff: {{ ana: \"{ANA}\", \
         carmen: \"{CARMEN}\", marta: \"+18095550104\" }}\nsteps:\n{steps}"
    );
    let story = Story::parse(&text, "readiness").unwrap_or_else(|error| panic!("{error}"));
    let report = stage.play(story).await;
    assert!(report.passed(), "{report}");
}

async fn known(stage: &Stage, person: &str, contact: &str) -> Option<Verification> {
    let store = &stage.hotline().unwrap().store;
    let all: Result<Vec<Verification>, StoreError> = store.read(async |tx: &mut Tx| tx.verifications().await).await;
    all.unwrap().into_iter().find(|known| known.person == person && known.contact == contact)
}

async fn proof(stage: &Stage, person: &str, contact: &str) -> Option<Proof> {
    known(stage, person, contact).await?.verified.map(|(_, proof)| proof)
}

/// The six digits that were last texted to `number`.
fn texted(stage: &Stage, number: &str) -> String {
    let sent = stage.network.messages().into_iter().rfind(|message| message.to == number).unwrap();
    let (_, rest) = sent.body.split_once("responda ").unwrap_or_else(|| panic!("no code: {}", sent.body));
    rest.chars().take_while(char::is_ascii_digit).collect()
}

/// What the API says: the status, and weight, word and subject of each finding.
async fn report(stage: &Stage) -> (u16, Vec<String>) {
    let http = Http::new(Limits::default()).unwrap();
    let url = format!("http://{}/api/v1/readiness", stage.address());
    assert_eq!(http.get(&url, None).await.unwrap().0, 401, "it tells names: not without the token");
    let (status, body) = http.get(&url, stage.config.api_token.as_ref()).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["ready"], json!(status == 200), "{body}");
    let findings = body["findings"].as_array().unwrap().iter();
    let told = findings.map(|finding| {
        let word = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}", word("weight"), word("code"), word("who")).trim_end().to_owned()
    });
    (status, told.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_texts_the_code_back_and_the_report_turns_good() {
    let (mut stage, folder) = stage("").await;
    let before = [
        "broken unverified carmen",
        "act unverified ana",
        "act unverified marta",
        "watch no-canary",
        "watch no-heartbeat",
    ];
    assert_eq!(report(&stage).await, (503, before.map(str::to_owned).to_vec()));
    let hotline = stage.hotline().unwrap().clone();
    send_code(&hotline, "carmen", "sms").await.unwrap();
    pass(&mut stage, 1).await;
    let code = texted(&stage, CARMEN);
    // Not from another telephone, be it that of a colleague.
    stage.network.place_sms(ANA, LINE, &code);
    pass(&mut stage, 1).await;
    assert_eq!(proof(&stage, "carmen", "sms").await, None);
    stage.network.place_sms(CARMEN, LINE, &code);
    pass(&mut stage, 1).await;
    assert_eq!(proof(&stage, "carmen", "sms").await, Some(Proof::Code));
    let last = stage.network.messages().into_iter().rfind(|message| message.to == CARMEN).unwrap();
    assert!(last.body.contains("contacto verificado"), "{}", last.body);
    let after = ["act unverified ana", "act half-verified carmen", "act unverified marta"];
    let (status, told) = report(&stage).await;
    assert_eq!((status, &told[..3]), (200, &after.map(str::to_owned)[..]));
    // Once it was sent and answered, the code is kept nowhere.
    stage.stop().await;
    let url = format!("sqlite:{}", folder.path().join("guardia.db").display());
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    let bodies: Vec<String> =
        sqlx::query_scalar("SELECT body FROM messages UNION ALL SELECT body FROM inbound_messages")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert!(bodies.len() >= 4 && bodies.iter().all(|body| !body.contains(&code)), "{bodies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_use_one_up_and_a_changed_number_is_unverified_again() {
    let (mut stage, _folder) = stage("").await;
    let hotline = stage.hotline().unwrap().clone();
    assert!(send_code(&hotline, "nadie", "sms").await.is_err());
    assert!(send_code(&hotline, "carmen", "fax").await.is_err());
    send_code(&hotline, "carmen", "sms").await.unwrap();
    pass(&mut stage, 1).await;
    let code = Code::parse(&texted(&stage, CARMEN)).unwrap();
    let other = if code.as_str() == "000000" { "000001" } else { "000000" };
    let wrong = Code::parse(other).unwrap();
    for left in [4, 3, 2, 1, 0] {
        assert_eq!(confirm_code(&hotline, "carmen", "sms", &wrong).await.unwrap(), Attempt::Wrong { left });
    }
    assert_eq!(confirm_code(&hotline, "carmen", "sms", &code).await.unwrap(), Attempt::NoCode);
    send_code(&hotline, "carmen", "sms").await.unwrap();
    pass(&mut stage, 1).await;
    let code = Code::parse(&texted(&stage, CARMEN)).unwrap();
    assert_eq!(confirm_code(&hotline, "carmen", "sms", &code).await.unwrap(), Attempt::Right);
    assert!(!report(&stage).await.1.contains(&"broken unverified carmen".to_owned()));
    let moved = include_str!("../../roster.example.yaml").replace(CARMEN, "+18095550133");
    let now = stage.now();
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<i64, StoreError> { tx.insert_roster(&moved, "", "test", now).await })
        .await
        .unwrap();
    assert!(report(&stage).await.1.contains(&"broken unverified carmen".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_spoken_twice_and_given_back_by_whoever_heard_it() {
    let (mut stage, _folder) = stage("").await;
    let hotline = stage.hotline().unwrap().clone();
    send_code(&hotline, "ana", "voice").await.unwrap();
    play(
        &mut stage,
        "  - staff: ana\n    receives_call\n  - staff: ana\n    answers\n  - staff: ana\n    hears: código de verificación\n  \
         - staff: ana\n    hears: código de verificación\n  - later: 1m\nthen:\n  - nothing_is_left_over\n  \
         - nothing_else_was_sent\n"
            .replace("receives_call\n", "receives_call: ~\n")
            .replace("answers\n", "answers: ~\n")
            .as_str(),
    )
    .await;
    let heard: String = stage.network.transcript().into_iter().map(|entry| entry.text + "\n").collect();
    let digits = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"];
    let (_, spoken) = heard.split_once("verificación es:").unwrap_or_else(|| panic!("{heard}"));
    let words = spoken.split([' ', ',', '.', '\n']).filter(|word| !word.is_empty());
    let digit = |word: &str| digits.iter().position(|digit| *digit == word).map(|digit| digit.to_string());
    let code: String = words.map_while(digit).collect();
    let code = Code::parse(&code).unwrap();
    assert_eq!(code.as_str().len(), 6);
    assert_eq!(proof(&stage, "ana", "voice").await, None, "hearing it proves nothing yet");
    assert_eq!(confirm_code(&hotline, "ana", "voice", &code).await.unwrap(), Attempt::Right);
    assert_eq!(proof(&stage, "ana", "voice").await, Some(Proof::Code));
    assert_eq!(proof(&stage, "ana", "sms").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_a_page_has_verified_where_it_came() {
    let (mut stage, _folder) = stage("").await;
    let text = format!(
        "story: A page\nat: 2026-03-07T22:00:00-04:00\ncaller: {{ from: \"+18095550142\", dials: \"{LINE}\" }}\nstaff: {{ \
         carmen: \"{CARMEN}\" }}\nsteps:\n  - hears: marque uno\n  - presses: 1\n  - hears: código de cuatro dígitos\n  \
         - staff: carmen\n    receives_sms: CRITICO\n  - staff: carmen\n    replies: \"{{code}}A\"\n  - staff: carmen\n    \
         receives_sms: lo acepto\n"
    );
    let report = stage.play(Story::parse(&text, "a page").unwrap_or_else(|error| panic!("{error}"))).await;
    assert!(report.passed(), "{report}");
    assert_eq!(proof(&stage, "carmen", "sms").await, Some(Proof::Page));
    assert_eq!(proof(&stage, "carmen", "voice").await, None);
}

/// Settings with tests of the pager, told to `person`.
fn canary(person: &str) -> String {
    format!("[canary]\ncontact = \"{person}\"\nevery = \"24h\"\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_of_the_pager_that_is_answered_ends_by_itself() {
    let (mut stage, _folder) = stage(&canary("carmen")).await;
    play(
        &mut stage,
        "  - staff: carmen\n    receives_sms: { contains: [CRITICO, PRUEBA DEL SISTEMA], within: 6m }\n  - staff: carmen\n    \
         replies: \"{code}A\"\n  - staff: carmen\n    receives_sms: era una prueba\n  - later: 23h\nthen:\n  \
         - incidents: 1\n  - incident: { state: cancelled, acknowledged_by: carmen, breached: false }\n  \
         - timeline: { has: [opened, canary, paged, acknowledged, cancelled], lacks: [ticketed, warned, breached, reminded] }\n  \
         - nothing_is_left_over\n  - nothing_else_was_sent\n",
    )
    .await;
    let (_, told) = report(&stage).await;
    assert!(!told.iter().any(|line| line.contains("canary")), "{told:?}");
    // The next one comes a day later.
    pass(&mut stage, 70).await;
    stage.check("incidents", &json!(2)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_answered_to_a_test_passes_it() {
    let (mut stage, _folder) = stage(&canary("carmen")).await;
    play(
        &mut stage,
        "  - staff: carmen\n    receives_sms: { contains: [PRUEBA DEL SISTEMA], within: 6m }\n  - staff: carmen\n    \
         replies: \"{code}R\"\n  - staff: carmen\n    receives_sms: era una prueba\n  - later: 3h\nthen:\n  \
         - incident: { state: cancelled }\n  - timeline: { lacks: [responded, escalated] }\n  - nothing_is_left_over\n  \
         - nothing_else_was_sent\n",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_nobody_answers_is_told_to_the_supervisors_and_to_nobody_else() {
    let (mut stage, _folder) = stage(&canary("ana")).await;
    play(
        &mut stage,
        "  - staff: ana\n    receives_sms: { contains: [PRUEBA DEL SISTEMA], within: 6m }\n  - staff: ana\n    \
         lets_it_ring: ~\n    within: 3m\n  - staff: marta\n    receives_sms: { contains: [PRUEBA FALLIDA, Ana], within: 9m }\n  \
         - staff: ana\n    receives_sms: cancelado\n  - later: 3h\nthen:\n  - incident: { state: cancelled }\n  \
         - timeline: { has: [opened, canary, paged, cancelled], paged: [ana], lacks: [ticketed, acknowledged] }\n  \
         - nothing_is_left_over\n  - nothing_else_was_sent\n",
    )
    .await;
    let (status, told) = report(&stage).await;
    assert_eq!(status, 503);
    assert!(told.contains(&"broken canary-failed ana".to_owned()), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signs_of_life_go_out_until_a_test_fails() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/ping", listener.local_addr().unwrap());
    let beats = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&beats);
    let ping = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        std::future::ready("OK")
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/ping", get(ping))).await.unwrap() });
    let count = || beats.load(Ordering::SeqCst);
    let hourly = canary("ana").replace("24h", "1h");
    let settings = format!("{hourly}[heartbeat]\nurl = \"{url}\"\nevery = \"60s\"\n");
    let (mut stage, _folder) = stage(&settings).await;
    // Texts to Ana fail for good and her telephone rings in vain: no patience is waited out then.
    let sms_failures = [(ANA.to_owned(), 30_003)].into();
    stage.network.set_faults(Faults { sms_failures, ..Faults::default() });
    pass(&mut stage, 1).await;
    assert!((1..=2).contains(&count()), "{}", count());
    pass(&mut stage, 8).await;
    let (_, told) = report(&stage).await;
    assert!(told.contains(&"broken canary-failed ana".to_owned()), "{told:?}");
    let before = count();
    pass(&mut stage, 20).await;
    assert_eq!(count(), before, "the pager is not well: whoever waits must hear nothing");
    assert!(report(&stage).await.1.contains(&"act heartbeat-late".to_owned()));
    // Of all those jobs one is left: the next.
    let counts = stage.hotline().unwrap().store.read(async |tx: &mut Tx| tx.job_counts().await).await.unwrap();
    assert_eq!((counts.dead, counts.leased), (0, 0));
    // She can be reached again, and the next test is answered.
    stage.network.set_faults(Faults::default());
    play(
        &mut stage,
        "  - staff: ana\n    receives_sms: { contains: [PRUEBA DEL SISTEMA], within: 65m }\n  - staff: ana\n    \
         replies: \"{code}A\"\n  - staff: ana\n    receives_sms: era una prueba\n",
    )
    .await;
    let before = count();
    pass(&mut stage, 3).await;
    assert!(count() > before, "well again");
}
