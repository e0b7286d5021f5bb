//! The network against a tiny application, by the wire.

#[cfg(test)]
mod account;
#[cfg(test)]
mod application;
#[cfg(test)]
mod bridged;
#[cfg(test)]
mod conference;
#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod dequeue;
#[cfg(test)]
mod dial;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod duty;
#[cfg(test)]
mod gather;
#[cfg(test)]
mod handset;
#[cfg(test)]
mod keyboard;
#[cfg(test)]
mod load;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod outbound;
#[cfg(test)]
mod participants;
#[cfg(test)]
mod played;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod record;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod rest;
#[cfg(test)]
mod signature;
#[cfg(test)]
mod sip_load;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod taping;
#[cfg(test)]
mod telephone;

/// The page's tables name tests that are there, and every test here stands in one of them.
#[test]
fn the_page_names_every_test() {
    use std::collections::{BTreeMap, BTreeSet};

    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/network");
    let mut there: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let tests = text.split("test]\n").skip(1).filter_map(|after| after.split("fn ").nth(1)?.split('(').next());
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        there.insert(module, tests.map(str::to_owned).collect());
    }
    there.remove("main");
    let tables = include_str!("../../README.md").split_once("\n## What it does as the provider does").unwrap().1;
    let tables = tables.split("\n## ").next().unwrap();
    let rows = tables.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.rsplit_once(" | "));
    let mut left = there.clone();
    for (rule, tests) in rows.filter(|(rule, _)| *rule != "Rule") {
        if tests.starts_with("left out") || tests.starts_with("read, without effect") {
            continue;
        }
        for named in tests.split("; ") {
            let (module, names) = named.split_once(": ").unwrap_or((named, ""));
            let known = there.get(module).unwrap_or_else(|| panic!("no file {module}.rs: {rule}"));
            if names.is_empty() {
                left.remove(module);
            }
            for name in names.split(", ").filter(|name| !name.is_empty()) {
                assert!(known.contains(name), "no test {name} in {module}.rs: {rule}");
                left.get_mut(module).map(|left| left.remove(name));
            }
        }
    }
    left.retain(|_, tests| !tests.is_empty());
    assert!(left.is_empty(), "not in the tables of README.md: {left:#?}");
}
