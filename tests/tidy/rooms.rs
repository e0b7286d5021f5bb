//! What the map says, held against the sources: imports, purity, crates and SQL at home.

use crate::map::{MAP, Map, Room};
use crate::paths::{Path, paths};
use crate::source::{Part, Source};

/// What a pure room may not name.
const IMPURE: [&str; 11] = [
    "async",
    "await",
    "tokio",
    "sqlx",
    "axum",
    "reqwest",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
];

/// How SQL looks in a text. Capital letters, as everywhere in the store: a sentence may well begin with "Select".
const SQL: [&str; 9] = [
    "SELECT ",
    "INSERT INTO ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "ALTER TABLE ",
    "DROP TABLE ",
    "PRAGMA ",
    "BEGIN IMMEDIATE",
];

impl Map {
    /// Every import that the map does not allow.
    pub fn imports(&self, source: &Source) -> Vec<String> {
        let Some(room) = self.room_of(source) else { return Vec::new() };
        let mut problems = Vec::new();
        for path in paths(&source.shipped()) {
            let Some(target) = self.target(source, &path) else { continue };
            let Some(to) = target.first().filter(|to| **to != room.name) else { continue };
            if room.imports.iter().any(|allowed| target.starts_with(allowed)) {
                continue;
            }
            let mend = if self.rooms.iter().any(|known| known.name == *to) {
                format!("{}the table is in {MAP}", self.mend(room, to))
            } else {
                format!("'{to}' is no room of the table in {MAP}; name the room that the item lives in")
            };
            let (from, to) = (&room.name, target.join("::"));
            problems.push(format!("{}:{}: room {from} may not import {to}: {mend}", source.path, path.line));
        }
        problems
    }

    fn mend(&self, from: &Room, to: &str) -> String {
        let may = |room: &Room, name: &str| room.imports.iter().any(|path| path.iter().eq([name]));
        let both = self.rooms.iter().filter(|room| may(room, &from.name) && may(room, to));
        let both: Vec<_> = both.map(|room| room.name.as_str()).take(3).collect();
        let both = if both.is_empty() {
            String::new()
        } else {
            format!("let a room that may know both ({}) bring them together, or ", both.join(", "))
        };
        let below: Vec<_> = from.imports.iter().map(|path| path.join("::")).collect();
        let below = if below.is_empty() { "none".to_owned() } else { below.join(", ") };
        format!("{both}move what is needed down into a room it may import ({below}); ")
    }

    /// The path below `src/` that is meant, if it leads into the program at all.
    fn target(&self, source: &Source, path: &Path) -> Option<Vec<String>> {
        let rest = |skip: usize| path.segments.iter().skip(skip).filter(|segment| *segment != "self").cloned();
        match path.segments.first()?.as_str() {
            "crate" | "guardia" if path.segments.len() > 1 => Some(rest(1).collect()),
            "super" => {
                let climbs = path.segments.iter().take_while(|segment| *segment == "super").count();
                let module = module(&source.path);
                let kept = module.len().checked_sub(climbs)?;
                let target: Vec<String> = module.into_iter().take(kept).chain(rest(climbs)).collect();
                // From an inline module one `super` leads to its own file, so a plain item is no room here.
                self.rooms.iter().any(|room| target.first() == Some(&room.name)).then_some(target)
            }
            _ => None,
        }
    }

    fn room_of(&self, source: &Source) -> Option<&Room> {
        let name = module(&source.path)
            .into_iter()
            .next()
            .unwrap_or_else(|| if source.path == "src/main.rs" { "main".to_owned() } else { String::new() });
        self.rooms.iter().find(|room| room.name == name)
    }

    /// Whatever a pure room may not name.
    pub fn purity(&self, source: &Source) -> Vec<String> {
        let Some(room) = self.room_of(source).filter(|room| room.kinds.iter().any(|kind| kind == "pure")) else {
            return Vec::new();
        };
        let mut problems = Vec::new();
        for path in paths(&source.shipped()) {
            let named = path.segments.join("::");
            if let Some(impure) =
                IMPURE.iter().find(|impure| named == **impure || named.starts_with(&format!("{impure}::")))
            {
                problems.push(format!(
                    "{}:{}: room {} is pure and may not name {impure}: take the value as an argument, or do it in an outer room",
                    source.path, path.line, room.name
                ));
            }
        }
        problems
    }

    /// Crates named away from home, and SQL outside the store.
    pub fn homes(&self, source: &Source) -> Vec<String> {
        let room = self.room_of(source).map(|room| room.name.clone()).unwrap_or_default();
        let mut problems = Vec::new();
        for path in paths(&source.shipped()) {
            for (krate, rooms) in self.homes.iter().filter(|(krate, _)| path.segments.first() == Some(krate)) {
                if !rooms.contains(&room) {
                    let (file, line, home) = (&source.path, path.line, rooms.join(" and "));
                    problems.push(format!("{file}:{line}: {krate} is named only in {home}: ask that room ({MAP})"));
                }
            }
        }
        if room != "store" {
            for (line, text) in source.text(Part::Text, |test| !test) {
                let update = text.contains("UPDATE ") && text.contains(" SET ");
                if update || SQL.iter().any(|sql| text.contains(sql)) {
                    problems.push(format!("{}:{line}: SQL stands only in store: write a store function", source.path));
                }
            }
        }
        problems
    }
}

/// The module that a file is: `src/flow/node/menu.rs` is flow, node, menu; `src/lib.rs` and `src/main.rs` are the root.
fn module(path: &str) -> Vec<String> {
    let inside = path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs")).unwrap_or_default();
    let mut module: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") || ["lib", "main", ""].contains(&inside) {
        module.pop();
    }
    module
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::tests::map;

    fn imports(path: &str, text: &str) -> Vec<String> {
        map().imports(&Source::new(path, text))
    }

    #[test]
    fn a_forbidden_import_is_found_however_it_is_written() {
        for (path, text, line) in [
            ("src/flow/mod.rs", "use crate::store::Tx;", 1),
            ("src/flow/node/menu.rs", "use crate::{\n    clock::Instant,\n    store::{Tx, self},\n};", 3),
            ("src/flow/x.rs", "fn f(_: crate::store::Tx) {}", 1),
            ("src/flow/node/menu.rs", "\nuse super::super::super::store::Tx;", 2),
            ("src/flow/mod.rs", "use super::{clock, store};", 1),
            ("src/flow/x.rs", "use crate::*;", 1),
            ("src/flow/x.rs", "use crate::attic;", 1),
            ("src/clock.rs", "use crate::flow;", 1),
            ("src/store/x.rs", "use crate::{ops};", 1),
            ("src/web/x.rs", "use crate::ops::run;", 1),
            ("src/web/x.rs", "use crate::ops;", 1),
            ("src/store/x.rs", "use guardia::web;", 1),
        ] {
            let problems = imports(path, text);
            assert!(!problems.is_empty(), "{path} {text}");
            assert!(problems[0].starts_with(&format!("{path}:{line}: room ")), "{text}: {problems:?}");
        }
        assert_eq!(
            imports("src/flow/x.rs", "use crate::store::Tx;"),
            [
                "src/flow/x.rs:1: room flow may not import store::Tx: let a room that may know both (ops, main) bring them \
              together, or move what is needed down into a room it may import (clock); the table is in src/lib.rs"
            ]
        );
    }

    #[test]
    fn what_the_table_allows_is_left_alone() {
        for (path, text) in [
            ("src/flow/node/menu.rs", "use crate::clock::Instant;\nuse crate::flow::{self, Verb};\nuse super::Node;"),
            ("src/flow/x.rs", "mod inner { use super::super::Node; use super::store; }"),
            ("src/flow/x.rs", "// crate::store\n/// [`crate::store`]\nfn f() { g(\"crate::store\") }"),
            ("src/flow/x.rs", "#[cfg(test)]\nmod tests { use crate::store::Tx; }"),
            ("src/web/x.rs", "use crate::ops::api::Answer;"),
            ("src/main.rs", "use guardia::web;"),
            ("src/lib.rs", "pub mod store;"),
            ("src/flow/x.rs", "pub(crate) fn f() {}"),
        ] {
            assert_eq!(imports(path, text), Vec::<String>::new(), "{path} {text}");
        }
    }

    #[test]
    fn a_pure_room_stays_pure() {
        let purity = |path: &str, text: &str| map().purity(&Source::new(path, text));
        for text in [
            "async fn f() {}",
            "fn f() { g.await }",
            "use tokio::sync::Mutex;",
            "use std::{fmt, fs::File};",
            "fn f() { std::env::var(\"A\") }",
            "fn f() -> sqlx::Error {}",
            "use std::net::IpAddr;",
            "fn f() { std::thread::spawn(g) }",
        ] {
            assert_eq!(purity("src/flow/x.rs", text).len(), 1, "{text}");
            assert_eq!(purity("src/store/x.rs", text).len(), 0, "{text}");
        }
        let clean = "use std::fmt;\n// async\nfn f() { g(\"tokio\") }\n#[cfg(test)]\nmod tests { async fn f() {} }";
        assert_eq!(purity("src/flow/x.rs", clean), Vec::<String>::new());
    }

    #[test]
    fn a_crate_stays_at_home_and_sql_in_the_store() {
        let homes = |path: &str, text: &str| map().homes(&Source::new(path, text));
        for (path, text, found) in [
            ("src/ops/x.rs", "use sqlx::Row;", 1),
            ("src/store/x.rs", "use sqlx::Row;", 0),
            ("src/ops/x.rs", "use axum::Router;", 1),
            ("src/web/x.rs", "use axum::Router;", 0),
            ("src/lib.rs", "fn f() -> sqlx::Error {}", 1),
            ("src/ops/x.rs", "const A: &str = \"SELECT a FROM b\";", 1),
            ("src/ops/x.rs", "const A: &str = r#\"\n  UPDATE a SET b = 1\"#;", 1),
            ("src/store/x.rs", "const A: &str = \"SELECT a FROM b\";", 0),
            ("src/ops/x.rs", "const A: &str = \"Select a language, then UPDATE the page\";", 0),
            ("src/ops/x.rs", "#[cfg(test)]\nmod tests { const A: &str = \"SELECT a FROM b\"; }", 0),
        ] {
            assert_eq!(homes(path, text).len(), found, "{path} {text}");
        }
    }

    #[test]
    fn a_file_is_a_module() {
        for (path, expected) in [
            ("src/flow/node/menu.rs", vec!["flow", "node", "menu"]),
            ("src/flow/mod.rs", vec!["flow"]),
            ("src/clock.rs", vec!["clock"]),
            ("src/lib.rs", vec![]),
            ("src/main.rs", vec![]),
        ] {
            assert_eq!(module(path), expected, "{path}");
        }
    }
}
