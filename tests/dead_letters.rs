//! A ticket store refuses a case, or puts it off: the command line says which and why, and has it tried anew.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "one case is enough here")]
#[path = "conformance/sample.rs"]
mod sample;
#[expect(dead_code, reason = "no people are needed here")]
#[path = "support/site.rs"]
mod site;
mod ticketing {
    pub mod recorded;
}

use std::process::Stdio;

use chrono::TimeDelta;
use guardia::clock::Clock;
use guardia::id::{Ids, JobId};
use guardia::store::{NewJob, Store, StoreError, Tx, Url};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use site::Site;
use ticketing::recorded::{Exchange, Recorded};

/// The store's secret, which nothing says.
const SECRET: &str = "a-key-of-no-store";
/// What the account needs that osTicket does not say.
const MEND: &str = "it must be active";

/// A site whose cases go to the store `name` at `url`, with one case that was just opened; its number.
async fn site(name: &str, url: &str, options: &str) -> (TempDir, Site, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("guardia.db").display());
    let more = format!(
        "[ticketing]\npoll = \"off\"\n\
         store = \"{name}\"\nurl = \"{url}\"\nuser = \"guardia\"\nsecret = \"{SECRET}\"\nqueue = \"12\"\n\
         [ticket_options]\n{options}\n"
    );
    let site = Site::new(Some(&file), include_str!("../directory.yaml"), "http://127.0.0.1:1", &more);
    let (store, now) = (Store::open(&file.parse::<Url>().unwrap()).await.unwrap(), Clock::machine().now());
    let number = store
        .write(async |tx: &mut Tx| -> Result<String, StoreError> {
            let incident = sample::open(tx, 1).await?;
            let (id, key) = (JobId(Ids::seeded(7).ordered(now)), format!("ticket:{}", incident.id));
            let payload = json!({ "task": "ticket", "incident": incident.id });
            let subject = Some(incident.id);
            let (kind, priority, run_at) = ("ticket", 4, now);
            tx.enqueue(&NewJob { id, kind, key: &key, subject, priority, run_at, payload }).await?;
            Ok(incident.number.to_string())
        })
        .await
        .unwrap();
    store.close().await;
    (folder, site, number)
}

/// Runs a command until what it prints has `word`.
async fn until(site: &Site, arguments: &[&str], word: &str) -> String {
    let clock = Clock::machine();
    let end = clock.now() + TimeDelta::seconds(60);
    loop {
        let said = site.run(arguments).await;
        if said.contains(word) {
            return said;
        }
        assert!(clock.now() < end, "waited for '{word}': {said}");
    }
}

/// Whether `guardia ticketing check` is content, and what it says.
async fn check(site: &Site, more: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guardia"));
    command.arg("--config").arg(site.settings()).args(["ticketing", "check"]).args(more);
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await.unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_waits_for_a_person_and_then_goes_through() {
    let asked = || Exchange::post("/api/tickets.json").header("X-API-Key", SECRET);
    let wrong = "API key not found/active or source IP not authorized";
    let played = Recorded::play(vec![
        asked().any_body().answers_text(401, "text/html", wrong),
        asked().json(json!({})).answers_text(401, "text/html", wrong),
        asked().json(json!({})).answers_text(400, "text/html", "Unexpected or invalid data received"),
        asked().any_body().answers_text(201, "text/html", "123456"),
    ])
    .await;
    let (_folder, site, number) = site("os_ticket", played.url(), "email = \"linea@example.gob.do\"").await;
    let mut server = site.start();
    server.ready().await;

    let dead = until(&site, &["ticketing", "dead"], &number).await;
    let row = dead.lines().nth(2).unwrap();
    assert!(dead.starts_with("Given up: mend the reason") && !dead.contains("Held up"), "{dead}");
    assert!(row.starts_with(&format!("{number}  ticket  ")) && row.contains(MEND), "{dead}");
    let listed: Value = serde_json::from_str(&site.run(&["ticketing", "dead", "--json"]).await).unwrap();
    let first = &listed["given_up"][0];
    assert_eq!((&first["case"], &first["step"]), (&json!(number), &json!("ticket")), "{listed}");
    assert!(first["since"].is_string() && listed["held_up"] == json!([]), "{listed}");

    let (is_well, wrong) = check(&site, &[]).await;
    assert!(!is_well && wrong.contains("WRONG   credentials: ") && wrong.contains(MEND), "{wrong}");
    assert!(wrong.contains("note    It cannot be searched") && wrong.contains("external_id"), "{wrong}");
    let (is_well, mended) = check(&site, &["--json"]).await;
    let mended: Value = serde_json::from_str(&mended).unwrap();
    assert!(is_well && mended["ok"] == true && mended["store"] == "os_ticket", "{mended}");
    assert_eq!(mended["findings"][0]["what"], "credentials");

    assert_eq!(site.run(&["ticketing", "retry", &number]).await, "1 case is tried anew.\n");
    until(&site, &["incident", &number], "ticket 123456 is in the ticket store").await;
    assert_eq!(site.run(&["ticketing", "dead"]).await, "Nothing was given up.\n");
    assert_eq!(site.run(&["ticketing", "retry", "--all"]).await, "Nothing has failed.\n");
    let log = server.log();
    for said in [dead, wrong, mended.to_string(), listed.to_string(), log] {
        assert!(!said.contains(SECRET) && !said.contains(played.url()), "{said}");
    }
    server.kill().await;
    played.done();
}

/// osTicket cannot be searched: where it surely did nothing it is told again, and where nobody knows, a person looks.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_searched_is_told_again_only_where_it_did_nothing() {
    let asked = || Exchange::post("/api/tickets.json").any_body();
    let played = Recorded::play(vec![
        asked().with("Retry-After", "1").answers_nothing(429),
        asked().loses(),
        asked().answers_text(201, "text/html", "123456"),
    ])
    .await;
    let (_folder, site, number) = site("os_ticket", played.url(), "email = \"linea@example.gob.do\"").await;
    let mut server = site.start();
    server.ready().await;
    let dead = until(&site, &["ticketing", "dead"], "Given up").await;
    assert!(dead.contains("look in the store whether the ticket was made"), "{dead}");
    site.run(&["ticketing", "retry", &number]).await;
    until(&site, &["incident", &number], "ticket 123456 is in the ticket store").await;
    server.kill().await;
    played.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_off_for_an_hour_is_tried_at_once() {
    let asked = || Exchange::post("/api/v1/tickets/search?expand=true").any_body();
    let played = Recorded::play(vec![
        asked().with("Retry-After", "3600").answers_nothing(429),
        asked().answers(401, json!({ "error": "authentication failed" })),
    ])
    .await;
    let (_folder, site, number) = site("zammad", played.url(), "customer = \"linea@example.gob.do\"").await;
    let mut server = site.start();
    server.ready().await;

    let held = until(&site, &["ticketing", "dead"], "Held up").await;
    assert!(held.starts_with("Nothing was given up.\n\nHeld up: tried again by itself.\n"), "{held}");
    let row = held.lines().last().unwrap();
    assert!(row.starts_with(&format!("{number}  ticket  ")) && row.ends_with("status 429"), "{held}");
    let listed: Value = serde_json::from_str(&site.run(&["ticketing", "dead", "--json"]).await).unwrap();
    assert_eq!(listed["held_up"][0]["case"], json!(number));

    assert_eq!(site.run(&["ticketing", "retry", "--all"]).await, "1 case is tried anew.\n");
    let dead = until(&site, &["ticketing", "dead"], "Given up").await;
    assert!(dead.contains("status 401") && !dead.contains("Held up"), "{dead}");
    server.kill().await;
    played.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_store_has_nothing_to_check() {
    let site = Site::new(None, include_str!("../directory.yaml"), "http://127.0.0.1:1", "");
    let (is_well, said) = check(&site, &[]).await;
    assert!(is_well && said.contains("built-in ticket store"), "{said}");
    let (_, said) = check(&site, &["--json"]).await;
    assert_eq!(serde_json::from_str::<Value>(&said).unwrap()["store"], "built_in");
}
