//! That nothing of the store goes untried, and that both databases are the same.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::bench::Bench;
use crate::postgres_cluster;

/// The text of every Rust file below a folder of the package.
fn texts(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut texts = Vec::new();
    for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        if file.is_dir() {
            texts.extend(self::texts(file.to_str().unwrap()));
        } else if file.extension().is_some_and(|end| end == "rs") {
            texts.push(fs::read_to_string(file).unwrap());
        }
    }
    texts
}

#[test]
fn every_function_of_the_store_is_tried() {
    let functions: BTreeSet<String> = texts("src/store")
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.trim().strip_prefix("pub async fn "))
        .map(|rest| rest.split(['(', '<']).next().unwrap().to_owned())
        .collect();
    assert!(functions.len() > 70, "the functions were not found: {functions:?}");
    let checks = texts("tests/conformance").concat();
    let untried = |function: &&String| {
        !["tx", "bench", "store", "listener", "Store:"]
            .iter()
            .any(|who| checks.contains(&format!("{who}.{function}(")) || checks.contains(&format!("{who}:{function}(")))
    };
    let untried: Vec<_> = functions.iter().filter(untried).collect();
    assert!(untried.is_empty(), "no check calls {untried:?}: write one in tests/conformance");
}

#[test]
fn both_databases_run_the_same_checks() {
    let listed = Command::new(std::env::current_exe().unwrap()).args(["--list", "--format", "terse"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let of = |database: &str| -> BTreeSet<String> {
        listed
            .lines()
            .filter_map(|line| line.strip_prefix(database)?.strip_suffix(": test"))
            .map(str::to_owned)
            .collect()
    };
    let (sqlite, postgres) = (of("sqlite::"), of("postgres::"));
    assert_eq!(sqlite, postgres);
    assert!(sqlite.len() > 40, "the checks were not found:\n{listed}");
    // Past the test harness, which shows nothing of a test that passes.
    let counts = format!("conformance: sqlite {} checks, postgres {} checks\n", sqlite.len(), postgres.len());
    std::io::stderr().write_all(counts.as_bytes()).unwrap();
}

/// Table, column, and whether it may be missing.
type Columns = BTreeSet<(String, String, bool)>;

#[tokio::test]
async fn both_schemas_have_the_same_columns() {
    let (file, server) = (Bench::sqlite().await, Bench::postgres().await);
    let mut sqlite = SqliteConnection::connect(file.url()).await.unwrap();
    let in_file: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT tables.name, columns.name, columns.\"notnull\" = 0 AND columns.pk = 0
         FROM pragma_table_list AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.schema = 'main' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tables.name NOT LIKE '\\_%' ESCAPE '\\'",
    )
    .fetch_all(&mut sqlite)
    .await
    .unwrap();
    let loose: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM pragma_table_list
         WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    )
    .fetch_all(&mut sqlite)
    .await
    .unwrap();
    assert!(loose.is_empty(), "not STRICT: {loose:?}");
    let mut postgres = PgConnection::connect(server.url()).await.unwrap();
    let on_server: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT CAST(table_name AS text), CAST(column_name AS text), is_nullable = 'YES' FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'",
    )
    .fetch_all(&mut postgres)
    .await
    .unwrap();
    let (in_file, on_server): (Columns, Columns) = (in_file.into_iter().collect(), on_server.into_iter().collect());
    assert!(in_file.len() > 100);
    let differences: Vec<_> = in_file.symmetric_difference(&on_server).collect();
    assert!(differences.is_empty(), "only in one schema: {differences:?}");
    sqlite.close().await.unwrap();
    postgres.close().await.unwrap();
    postgres_cluster::remove(server.url()).await;
}
