//! The house rules that a machine can see: one test for each. A finding names the place, the rule and the mend.
//!
//! Every rule is a function from text to findings, and is itself tested with a text that breaks it: a rule that cannot
//! fail is a defect.

mod documents;
mod map;
mod paths;
mod rooms;
mod source;
mod tree;
mod words;

use std::collections::BTreeSet;

use map::{MAP, Map};
use source::Source;

/// Fails with every finding at once.
#[track_caller]
fn hold(findings: &[String]) {
    assert!(findings.is_empty(), "{} findings:\n{}\n", findings.len(), findings.join("\n"));
}

/// Runs a rule over sources, of which there must be some.
#[track_caller]
fn hold_for(sources: &[Source], rule: impl Fn(&Source) -> Vec<String>) {
    assert!(!sources.is_empty(), "no sources were found: the rule looked at nothing");
    hold(&sources.iter().flat_map(rule).collect::<Vec<_>>());
}

fn map() -> Map {
    Map::read(&Source::new(MAP, &tree::read(MAP).unwrap_or_default()))
}

fn everything() -> Vec<Source> {
    tree::sources(&["src", "sandbox/src", "sandbox/tests", "tests", "benches"])
}

#[test]
fn the_map_names_every_room_once_and_allows_no_circle() {
    let map = map();
    hold(&map.problems);
    assert!(!map.homes.is_empty(), "{MAP} has no table of crates with one home");
    hold(&map.against(&tree::rooms()));
}

#[test]
fn rooms_import_only_what_the_map_allows() {
    let map = map();
    hold_for(&tree::sources(&["src"]), |source| map.imports(source));
}

#[test]
fn pure_rooms_stay_pure() {
    let map = map();
    hold_for(&tree::sources(&["src"]), |source| map.purity(source));
}

#[test]
fn crates_and_sql_stay_at_home() {
    let map = map();
    hold_for(&tree::sources(&["src"]), |source| map.homes(source));
}

#[test]
fn the_sandbox_knows_nothing_of_guardia() {
    hold_for(&tree::sources(&["sandbox"]), words::independence);
    let manifest = tree::read("sandbox/Cargo.toml").unwrap_or_default();
    assert!(!manifest.lines().any(|line| line.starts_with("guardia ") || line.starts_with("guardia=")), "{manifest}");
}

#[test]
fn files_end_before_the_wall() {
    hold_for(&everything(), words::length);
}

#[test]
fn nothing_is_left_undone() {
    hold_for(&everything(), words::undone);
}

#[test]
fn log_lines_name_nothing_personal() {
    hold_for(&tree::sources(&["src"]), words::personal);
}

#[test]
fn no_lint_or_test_is_silenced() {
    hold_for(&everything(), words::silenced);
}

#[test]
fn tests_do_not_sleep() {
    hold_for(&everything(), words::sleeps);
}

#[test]
fn no_file_names_a_place_on_one_machine() {
    let files = tree::files("");
    let texts = files.iter().filter_map(|path| Some((path, tree::read(path)?)));
    hold(&texts.flat_map(|(path, text)| words::machine_paths(path, &text)).collect::<Vec<_>>());
}

#[test]
fn every_word_of_the_console_stands_in_a_catalogue() {
    let templates: Vec<String> =
        tree::files("src/web/console").into_iter().filter(|path| tree::is_kind(path, "html")).collect();
    assert!(!templates.is_empty(), "there are no templates");
    let found = templates.iter().flat_map(|path| words::spoken(path, &tree::read(path).unwrap_or_default()));
    hold(&found.collect::<Vec<_>>());
}

#[test]
fn every_dependency_is_known_or_explained() {
    let manifests = ["Cargo.toml", "sandbox/Cargo.toml"];
    let read = |path| documents::unexplained(path, &tree::read(path).unwrap_or_default());
    hold(&manifests.into_iter().flat_map(read).collect::<Vec<_>>());
}

#[test]
fn both_dialects_have_the_same_migrations() {
    let names = |dialect: &str| {
        let folder = format!("migrations/{dialect}/");
        let names =
            tree::files("migrations").into_iter().filter_map(|path| path.strip_prefix(&folder).map(str::to_owned));
        names.collect::<BTreeSet<_>>()
    };
    hold(&documents::unpaired(&names("sqlite"), &names("postgres")));
}

#[test]
fn the_pages_are_there_and_their_links_lead_somewhere() {
    let mut pages: Vec<String> = tree::files("").into_iter().filter(|path| tree::is_kind(path, "md")).collect();
    pages.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(str::to_owned));
    let mut findings = Vec::new();
    for page in pages.into_iter().collect::<BTreeSet<_>>() {
        match tree::read(&page) {
            Some(text) => findings.extend(documents::dead_links(&page, &text, tree::read_or_picture)),
            None => findings.push(format!("{page}: is missing")),
        }
    }
    hold(&findings);
}

#[test]
fn both_commands_are_one() {
    let ci = tree::read(".ci/run").unwrap_or_default();
    let runs: Vec<&str> = ci.lines().filter(|line| line.contains("tests/")).collect();
    assert!(matches!(runs.as_slice(), [run] if run.starts_with("exec bash tests/run")), "{ci}");
    let readme = tree::read("README.md").unwrap_or_default();
    for command in ["cargo run --release -- demo", "tests/run"] {
        assert!(readme.contains(command), "README.md does not name `{command}`");
    }
}
