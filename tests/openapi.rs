//! The API does what its document says: Schemathesis asks the built program for everything that the document allows and much
//! that it does not, and holds every answer against it; on a file, and on a server of PostgreSQL, which keeps other letters.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/postgres.rs"]
mod postgres_cluster;
#[path = "support/site.rs"]
mod site;

use std::path::Path;
use std::process::Stdio;

use guardia::access::Scope;
use tokio::process::Command;

use site::Site;

/// Requests of each operation that are made up at random; those of the document's corners come besides.
const EXAMPLES: &str = "12";

const DIRECTORY: &str = include_str!("../directory.yaml");
const ROSTER: &str = include_str!("../roster.example.yaml");

#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_the_api_as_its_document_says_on_sqlite() {
    prove(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_the_api_as_its_document_says_on_postgres() {
    let url = postgres_cluster::database().await;
    prove(Some(&url)).await;
    postgres_cluster::remove(&url).await;
}

async fn prove(store: Option<&str>) {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = package.join("target/openapi/bin/st");
    assert!(program.exists(), "Schemathesis is not there: run tests/openapi/install");

    let site = Site::new(store, DIRECTORY, "http://127.0.0.1:1", "");
    site.import_roster(ROSTER).await;
    let scopes = Scope::ALL.map(Scope::as_str).join(",");
    let printed = site.run(&["token", "add", "contract", "--scope", &scopes]).await;
    let token = printed.lines().last().unwrap().to_owned();
    let mut server = site.start();
    server.ready().await;

    let mut command = Command::new(program);
    command
        .arg("--config-file")
        .arg(package.join("tests/openapi/schemathesis.toml"))
        .args(["run", &format!("http://{}/api/v1/openapi.json", site.listen)])
        .args(["--max-examples", EXAMPLES, "--workers", "1", "--no-color", "--suppress-health-check", "all"])
        .env("GUARDIA_TOKEN", token)
        .env("SCHEMATHESIS_HOOKS", package.join("tests/openapi/hooks.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(site.settings().parent().unwrap())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = command.output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}\nThe server, process {}, said:\n{}",
        String::from_utf8_lossy(&output.stderr),
        server.id(),
        server.log()
    );
    // The last phase goes from tickets that it made to what can be done with them.
    assert!(said.contains("✅ Stateful"), "not everything was tried:\n{said}");
    server.kill().await;
}
