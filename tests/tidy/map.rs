//! The map in `src/lib.rs`, read: which room may know which, which rooms are pure, which crates have one home.

use crate::source::{Part, Source};

/// Where the map stands.
pub const MAP: &str = "src/lib.rs";

/// A row of the map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Room {
    pub name: String,
    line: usize,
    pub kinds: Vec<String>,
    /// Rooms and parts of rooms, as paths.
    pub imports: Vec<Vec<String>>,
}

/// The map.
#[derive(Clone, Debug, Default)]
pub struct Map {
    pub rooms: Vec<Room>,
    /// A crate, and the rooms that may name it.
    pub homes: Vec<(String, Vec<String>)>,
    /// What is wrong with the map itself.
    pub problems: Vec<String>,
}

impl Map {
    /// Reads the tables out of the doc comment.
    pub fn read(source: &Source) -> Self {
        let mut map = Self::default();
        let mut table = String::new();
        for (line, text) in source.text(Part::Comment, |_| true) {
            let Some(row) = text.trim().strip_prefix("//!").and_then(|doc| doc.trim().strip_prefix('|')) else {
                table.clear();
                continue;
            };
            let cells: Vec<&str> = row.trim_end_matches('|').split('|').map(str::trim).collect();
            let first = cells.first().copied().unwrap_or_default();
            if first.starts_with("---") {
                continue;
            }
            if table.is_empty() {
                first.clone_into(&mut table);
            } else if table == "room" {
                map.add_room(line, &cells);
            } else if table == "crate" {
                let rooms = cells.get(1).copied().unwrap_or_default();
                map.homes.push((name(first), rooms.split(',').map(name).collect()));
            }
        }
        map.check_homes();
        map
    }

    fn add_room(&mut self, line: usize, cells: &[&str]) {
        let [first, kinds, imports, purpose] = cells else {
            self.problems.push(format!("{MAP}:{line}: a row is | room | kind | may import | what it is for |"));
            return;
        };
        let mut room = Room { name: name(first), line, ..Room::default() };
        room.kinds = kinds.split(',').map(|kind| kind.trim().to_owned()).collect();
        if purpose.is_empty() {
            self.problems.push(format!("{MAP}:{line}: room {} has no purpose: say what it is for", room.name));
        }
        for entry in imports.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let path: Vec<String> = name(entry).split("::").map(str::to_owned).collect();
            if entry.contains('`') {
                if !self.rooms.iter().any(|above| path.first() == Some(&above.name)) {
                    let problem = "does not stand above it: circles would be possible; move the row or drop the entry";
                    self.problems.push(format!("{MAP}:{line}: {} names {entry}, which {problem}", room.name));
                }
                room.imports.push(path);
            } else {
                let of_kind = |above: &&Room| entry == "above" || above.kinds.iter().any(|kind| kind == entry);
                let rooms: Vec<_> = self.rooms.iter().filter(of_kind).map(|above| vec![above.name.clone()]).collect();
                if rooms.is_empty() {
                    self.problems.push(format!("{MAP}:{line}: no room above {} is of the kind '{entry}'", room.name));
                }
                room.imports.extend(rooms);
            }
        }
        self.rooms.push(room);
    }

    fn check_homes(&mut self) {
        for (krate, rooms) in &self.homes {
            for room in rooms.iter().filter(|room| !self.rooms.iter().any(|known| known.name == **room)) {
                self.problems.push(format!("{MAP}: {krate} lives in '{room}', which is no room of the map"));
            }
        }
    }

    /// The map's rows against the rooms that are there.
    pub fn against(&self, there: &[String]) -> Vec<String> {
        let stray = there.iter().filter(|name| !self.rooms.iter().any(|room| room.name == **name));
        let stray = stray.map(|name| format!("src/{name}: no row for it in the table of {MAP}: add one"));
        let gone = self.rooms.iter().filter(|room| !there.contains(&room.name));
        stray
            .chain(gone.map(|room| format!("{MAP}:{}: there is no room {}: drop the row", room.line, room.name)))
            .collect()
    }
}

/// The name in a cell: without link, backticks and blanks.
fn name(cell: &str) -> String {
    cell.trim().trim_matches(['[', ']', '`']).to_owned()
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A small map that has one of everything.
    pub const TABLE: &str = "//! | room | kind | may import | what it is for |\n//! |---|---|---|---|\n\
        //! | [`clock`] | ground | | time |\n//! | [`flow`] | domain, pure | ground | flows |\n\
        //! | `store` | outer | ground, domain | rows |\n//! | `ops` | outer | `store`, `flow` | use cases |\n\
        //! | `web` | outer | `ops::api` | pages |\n//! | `main` | outer | above | start |\n\
        //!\n//! | crate | only in |\n//! |---|---|\n//! | `sqlx` | `store` |\n//! | `axum` | `web`, `main` |\n";

    pub fn map() -> Map {
        Map::read(&Source::new(MAP, TABLE))
    }

    #[test]
    fn the_table_is_read() {
        let map = map();
        assert_eq!(map.problems, Vec::<String>::new());
        let imports = |name: &str| {
            let room = map.rooms.iter().find(|room| room.name == name).unwrap();
            room.imports.iter().map(|path| path.join("::")).collect::<Vec<_>>()
        };
        assert_eq!(imports("clock"), Vec::<String>::new());
        assert_eq!(imports("store"), ["clock", "flow"]);
        assert_eq!(imports("web"), ["ops::api"]);
        assert_eq!(imports("main"), ["clock", "flow", "store", "ops", "web"]);
        assert_eq!(map.homes.last().unwrap(), &("axum".to_owned(), vec!["web".to_owned(), "main".to_owned()]));
    }

    #[test]
    fn a_table_that_allows_circles_or_says_nothing_is_refused() {
        let head = "//! | room | kind | may import | what it is for |\n//! |---|---|---|---|\n";
        for (rows, problem) in [
            (
                "//! | `a` | x | `b` | p |\n//! | `b` | x | `a` | p |",
                "src/lib.rs:3: a names `b`, which does not stand above",
            ),
            ("//! | `a` | x | `a` | p |", "src/lib.rs:3: a names `a`"),
            ("//! | `a` | x | ground | p |", "src/lib.rs:3: no room above a is of the kind 'ground'"),
            ("//! | `a` | x | | |", "src/lib.rs:3: room a has no purpose"),
            ("//! | `a` | x |", "src/lib.rs:3: a row is"),
            ("//! | `a` | x | | p |\n//!\n//! | crate | only in |\n//! | `k` | `z` |", "src/lib.rs: k lives in 'z'"),
        ] {
            let problems = Map::read(&Source::new(MAP, &format!("{head}{rows}\n"))).problems;
            assert!(problems.len() == 1 && problems[0].starts_with(problem), "{rows}: {problems:?}");
        }
    }

    #[test]
    fn rows_and_rooms_must_match() {
        let there = ["clock", "flow", "store", "ops", "main", "attic"].map(str::to_owned);
        let problems = map().against(&there);
        assert_eq!(problems.len(), 2);
        assert!(problems[0].starts_with("src/attic: no row"), "{problems:?}");
        assert!(problems[1].starts_with("src/lib.rs:7: there is no room web"), "{problems:?}");
    }
}
