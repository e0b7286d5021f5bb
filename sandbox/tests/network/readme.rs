//! The table of rules in README.md: every test it names is there.

use std::path::Path;

/// The files and tests that the last cell of a row names: `dial: one_test, another; queue`.
fn named(cell: &str) -> Vec<(&str, Vec<&str>)> {
    let groups = cell.split(';').map(|group| group.split_once(':').unwrap_or((group, "")));
    groups
        .map(|(file, tests)| (file.trim(), tests.split(',').map(str::trim).filter(|test| !test.is_empty()).collect()))
        .collect()
}

#[test]
fn every_rule_names_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("README.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Rule"));
    let (mut rules, mut missing) = (0, Vec::new());
    for row in rows {
        let cell = row.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap().trim();
        if cell.starts_with("left out") || cell.starts_with("read, without effect") {
            continue;
        }
        rules += 1;
        for (file, tests) in named(cell) {
            let source = std::fs::read_to_string(root.join(format!("tests/network/{file}.rs"))).unwrap_or_default();
            let there = |test: &&str| source.contains(&format!("fn {test}()"));
            missing.extend(tests.iter().filter(|test| !there(test)).map(|test| format!("{file}: {test}")));
            if source.is_empty() {
                missing.push(file.to_owned());
            }
        }
    }
    assert_eq!(missing, [""; 0]);
    assert!(rules > 50, "{rules} rules were found");
}
