//! Rules about what is not Rust: links between pages, dependencies, migrations.

use std::collections::BTreeSet;

/// Crates that need no word on why they are there: everybody who reads Rust knows them.
const PLAIN: [&str; 21] = [
    "axum",
    "base64",
    "chrono",
    "chrono-tz",
    "clap",
    "hmac",
    "proptest",
    "quick-xml",
    "reqwest",
    "serde",
    "serde_json",
    "sha1",
    "sha2",
    "sqlx",
    "tempfile",
    "thiserror",
    "tokio",
    "toml",
    "tracing",
    "tracing-subscriber",
    "uuid",
];

/// A relative link of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub line: usize,
    /// The file, relative to the page; empty = the page itself.
    pub file: String,
    /// The heading behind `#`.
    pub heading: Option<String>,
}

/// The relative links of a Markdown page: `[text](target)`, outside code.
pub fn links(markdown: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (line, text) in prose(markdown) {
        // Every second piece between backticks is code.
        let outside: String = text.split('`').step_by(2).collect();
        for rest in outside.split("](").skip(1) {
            let Some((target, _)) = rest.split_once(')') else { continue };
            if ["http:", "https:", "mailto:"].iter().any(|scheme| target.starts_with(scheme)) {
                continue;
            }
            let (file, heading) = match target.split_once('#') {
                Some((file, heading)) => (file, Some(heading.to_owned())),
                None => (target, None),
            };
            links.push(Link { line, file: file.to_owned(), heading });
        }
    }
    links
}

/// The lines outside fenced code, with their numbers.
fn prose(markdown: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    (1..).zip(markdown.lines()).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The anchors of a page's headings, as forges make them.
pub fn anchors(markdown: &str) -> BTreeSet<String> {
    let headings = prose(markdown).filter(|(_, line)| line.starts_with('#'));
    headings.map(|(_, line)| anchor(line.trim_start_matches('#').trim())).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

/// Links that lead nowhere. `read` gives the text of a file or an empty text for a folder, `None` where nothing is.
pub fn dead_links(page: &str, markdown: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut problems = Vec::new();
    for Link { line, file, heading } in links(markdown) {
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        let target = if folder.is_empty() { file.clone() } else { format!("{folder}/{file}") };
        let text = if file.is_empty() { Some(markdown.to_owned()) } else { read(&target) };
        let Some(text) = text else {
            problems.push(format!("{page}:{line}: link to {file}: there is no {target}"));
            continue;
        };
        if let Some(heading) = heading.filter(|heading| !anchors(&text).contains(heading)) {
            problems.push(format!("{page}:{line}: link to {file}#{heading}: no heading there makes that anchor"));
        }
    }
    problems
}

/// Dependencies of a `Cargo.toml` without a line on why they are there.
pub fn unexplained(path: &str, manifest: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut in_dependencies = false;
    let mut depth = 0_usize;
    let mut explained = false;
    for (number, line) in (1..).zip(manifest.lines().map(str::trim)) {
        let was_explained = std::mem::replace(&mut explained, line.starts_with('#'));
        if line.starts_with('#') {
            continue;
        }
        let at_top = depth == 0;
        depth = (depth + line.matches(['[', '{']).count()).saturating_sub(line.matches([']', '}']).count());
        let name = if let (true, Some(table)) = (at_top, line.strip_prefix('[').and_then(|line| line.strip_suffix(']')))
        {
            in_dependencies = table.ends_with("dependencies");
            // A dependency may also be a table of its own: [dependencies.name].
            table.rsplit_once("dependencies.").map(|(_, name)| name)
        } else {
            // The workspace's own entry explains `name = { workspace = true }`.
            let entry = line
                .split_once('=')
                .filter(|(_, value)| at_top && in_dependencies && !value.contains("workspace = true"));
            entry.map(|(name, _)| name.trim().trim_end_matches(".workspace"))
        };
        if let Some(name) = name.filter(|name| !PLAIN.contains(name) && !was_explained) {
            problems.push(format!("{path}:{number}: {name}: say in a comment line above what it is for"));
        }
    }
    problems
}

/// Migrations that only one dialect has.
pub fn unpaired(sqlite: &BTreeSet<String>, postgres: &BTreeSet<String>) -> Vec<String> {
    let missing = |here: &str, there: &str, names: Vec<&String>| {
        let line = |name| format!("migrations/{here}/{name}: migrations/{there} has no file of that name: write both");
        names.into_iter().map(line).collect::<Vec<_>>()
    };
    let mut problems = missing("sqlite", "postgres", sqlite.difference(postgres).collect());
    problems.extend(missing("postgres", "sqlite", postgres.difference(sqlite).collect()));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let page = "# Two words: here\n[a](b.md) [c](https://d.example) [e](#two-words-here)\n\
                    ```\n[f](g.md)\n# not a heading\n```\nand `[h](i.md)` [j](b.md#top) [k](gone.md) [l](b.md#gone) [m](#not-a-heading)";
        let read = |path: &str| (path == "docs/b.md").then(|| "# Top".to_owned());
        let problems = dead_links("docs/page.md", page, read);
        assert_eq!(
            problems,
            [
                "docs/page.md:7: link to gone.md: there is no docs/gone.md",
                "docs/page.md:7: link to b.md#gone: no heading there makes that anchor",
                "docs/page.md:7: link to #not-a-heading: no heading there makes that anchor",
            ]
        );
        assert_eq!(links(page).len(), 6);
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\nserde = \"1\"\n# Why.\nodd = { version = \"1\", features = [\n  \"a\",\n] }\n\
                        rare = \"1\"\nshared = { workspace = true }\n[dev-dependencies]\nstrange = \"1\"\n[dependencies.own]\nversion = \"1\"\n\
                        [profile.dev]\ndebug = 1\n";
        let lines: Vec<_> = unexplained("Cargo.toml", manifest);
        let names: Vec<_> = lines.iter().map(|line| line.split(": ").nth(1).unwrap()).collect();
        assert_eq!(names, ["rare", "strange", "own"], "{lines:?}");
        assert!(lines[0].starts_with("Cargo.toml:9: "), "{lines:?}");
    }

    #[test]
    fn a_migration_of_one_dialect_is_found() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(unpaired(&set(&["1.sql"]), &set(&["1.sql"])), Vec::<String>::new());
        let problems = unpaired(&set(&["1.sql", "2.sql"]), &set(&["1.sql", "3.sql"]));
        assert_eq!(problems.len(), 2);
        assert!(problems[0].starts_with("migrations/sqlite/2.sql: migrations/postgres"), "{problems:?}");
        assert!(problems[1].starts_with("migrations/postgres/3.sql: migrations/sqlite"), "{problems:?}");
    }
}
