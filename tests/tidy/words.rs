//! Rules about single files and words: length, things left undone, silenced lints, sleeps, machine paths, the witness.

use crate::source::{Part, Source, Token};

/// The wall; a file at 400 lines already looks for the idea it is missing.
pub const LONGEST: usize = 600;

/// Marks of something left undone. Looked for in comments only: the first is also a Spanish word.
const UNDONE: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// Folders of one machine, in two halves so that this file does not name them.
const MACHINE: [(&str, &str); 4] = [("/wo", "rk/"), ("/ro", "ot/"), ("/fa", "rm/"), ("/tmp/", "wt")];

pub fn length(source: &Source) -> Vec<String> {
    let lines = source.lines();
    if lines <= LONGEST {
        return Vec::new();
    }
    vec![format!(
        "{}:{lines}: {lines} lines, and {LONGEST} is the wall: which idea wants a file of its own?",
        source.path
    )]
}

pub fn undone(source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    for (line, text) in source.text(Part::Comment, |_| true) {
        let words = text.split(|character: char| !character.is_alphanumeric() && character != '_');
        for mark in words.filter(|word| UNDONE.contains(word)) {
            problems.push(format!("{}:{line}: {mark}: do it now, or file it where it will be read", source.path));
        }
    }
    for (token, next) in neighbours(&source.all()) {
        if ["todo", "unimplemented"].contains(&token.text.as_str()) && next == "!" {
            problems
                .push(format!("{}:{}: {}!: do it now, or leave the function out", source.path, token.line, token.text));
        }
    }
    problems
}

pub fn silenced(source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    for attribute in source.attributes() {
        for (name, mend) in [
            ("allow", "write #[expect(lint, reason = \"...\")]: it complains when it is no longer needed"),
            ("ignore", "a test that does not run proves nothing: mend it or delete it"),
        ] {
            if attribute.says(name) {
                problems.push(format!("{}:{}: #[{name}]: {mend}", source.path, attribute.line));
            }
        }
    }
    problems
}

/// Whether the file is a test as a whole.
pub fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/") || path.starts_with("sandbox/tests/")
}

pub fn sleeps(source: &Source) -> Vec<String> {
    let tokens = if is_test_file(&source.path) { source.all() } else { source.tested() };
    let sleeps = neighbours(&tokens).filter(|(token, next)| token.text == "sleep" && *next == "(");
    let mend = "wait on a condition, or `sleep_until` on a simulated clock: a duration is either too short or too long";
    sleeps.map(|(token, _)| format!("{}:{}: sleep(: {mend}", source.path, token.line)).collect()
}

/// Names of what is personal: a number, a name, what was keyed or said.
const PERSONAL: [&str; 12] =
    ["phone", "from", "to", "caller", "reporter", "call_back", "digits", "keys", "name", "body", "text", "input"];

/// Log lines that name something personal.
pub fn personal(source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    let (tokens, mut at) = (source.shipped(), 0);
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.text == text);
    while let Some(first) = tokens.get(at) {
        at += 1;
        let macro_of_log = ["trace", "debug", "info", "warn", "error"].iter().any(|level| is(at + 1, level));
        if first.text != "tracing" || !is(at, "::") || !macro_of_log || !is(at + 2, "!") {
            continue;
        }
        let mut depth = 0_usize;
        for (token, next) in neighbours(tokens.get(at + 3..).unwrap_or_default()) {
            match token.text.as_str() {
                "(" => depth += 1,
                ")" if depth == 1 => break,
                ")" => depth -= 1,
                // What a thing is called, as in `store.name()`; a person's name is a field.
                "name" if next == "(" => {}
                word if PERSONAL.contains(&word) => problems.push(format!(
                    "{}:{}: a log line names {word}: numbers, names and what was keyed or said stay out of logs; log an id",
                    source.path, token.line
                )),
                _ => {}
            }
        }
    }
    problems
}

/// Each token with the text of the one behind it.
fn neighbours(tokens: &[Token]) -> impl Iterator<Item = (&Token, &str)> {
    tokens.iter().zip(tokens.iter().skip(1)).map(|(token, next)| (token, next.text.as_str()))
}

/// The sandbox is a witness of its own: it must not know the program it testifies about.
pub fn independence(source: &Source) -> Vec<String> {
    neighbours(&source.all())
        .filter(|(token, next)| token.text == "guardia" && *next == "::")
        .map(|(token, _)| {
            let mend = "the sandbox knows the provider's public wire format only: write the type again from that";
            format!("{}:{}: guardia::: {mend}", source.path, token.line)
        })
        .collect()
}

/// Words of people that stand in a template and not in a catalogue: text between tags, and attributes that are read out.
pub fn spoken(path: &str, template: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (line, text) in template.lines().enumerate() {
        let text = without(&without(&without(text, "{{", "}}"), "{%", "%}"), "{#", "#}");
        let read_out = ["aria-label=\"", "title=\"", "alt=\"", "placeholder=\""];
        let attributes =
            read_out.iter().flat_map(|name| text.split(name).skip(1)).map(|rest| rest.split('"').next().unwrap_or(""));
        let between = without(&text, "<", ">");
        let found = attributes
            .chain([between.as_str()])
            .any(|words| words.replace("Guardia", "").replace("&nbsp;", "").chars().any(char::is_alphabetic));
        if found {
            problems.push(format!(
                "{path}:{}: words in a template: put them into a catalogue of src/web/console/words, in both languages",
                line + 1
            ));
        }
    }
    problems
}

/// A text without what stands between two signs, and without them.
fn without(text: &str, from: &str, to: &str) -> String {
    let mut pieces = text.split(from);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |kept, piece| kept + piece.split_once(to).map_or("", |(_, rest)| rest))
}

/// Machine paths in any text file.
pub fn machine_paths(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for (one, two) in MACHINE {
            let folder = format!("{one}{two}");
            // Behind a letter, a dot or a bracket it is part of a path within the project.
            let is_outside = |at: usize| {
                let before = line.get(..at).and_then(|before| before.chars().last());
                before.is_none_or(|before| !before.is_alphanumeric() && !"._-*}])".contains(before))
            };
            if line.match_indices(&folder).any(|(at, _)| is_outside(at)) {
                problems.push(format!(
                    "{path}:{number}: {folder} is a place on one machine: write a path within the project"
                ));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source::new(path, text)
    }

    #[test]
    fn a_file_ends_at_the_wall() {
        assert_eq!(length(&source("src/x.rs", &"a\n".repeat(LONGEST))), Vec::<String>::new());
        let problems = length(&source("src/x.rs", &"a\n".repeat(LONGEST + 1)));
        assert!(problems[0].starts_with("src/x.rs:601: 601 lines"), "{problems:?}");
    }

    #[test]
    fn what_is_left_undone_is_found() {
        for (text, found) in [
            ("// TODO: later", 1),
            ("/* a\n FIXME b */", 1),
            ("/// XXX", 1),
            ("fn f() { todo!() }", 1),
            ("fn f() { unimplemented!(\"x\") }", 1),
            ("#[cfg(test)]\nmod t { fn f() { todo!() } }", 1),
            ("f(\"TODO EL DIA\")", 0),
            ("// ACXXXX is an account", 0),
            ("fn todo() {}", 0),
        ] {
            assert_eq!(undone(&source("src/x.rs", text)).len(), found, "{text}");
        }
    }

    #[test]
    fn a_log_line_that_names_a_person_is_found() {
        for (text, found) in [
            ("fn f() { tracing::info!(phone = %p, \"rang\"); }", 1),
            ("fn f() {\n tracing::warn!(%error, (a.b(call.from)), \"x\");\n let from = 1; }", 1),
            ("fn f() { tracing::error!(%call, case = %incident.number, \"no phone, no name\"); }", 0),
            ("fn f() { tracing::info!(person.name); tracing::info!(store = store.name()); }", 1),
            ("fn f(name: &str) { println!(name) }", 0),
            ("#[cfg(test)]\nmod t { fn f() { tracing::info!(phone) } }", 0),
        ] {
            assert_eq!(personal(&source("src/x.rs", text)).len(), found, "{text}");
        }
    }

    #[test]
    fn a_silenced_lint_or_test_is_found() {
        for (text, found) in [
            ("#[allow(dead_code)]\nfn f() {}", 1),
            ("#![allow(clippy::all)]", 1),
            ("#[cfg_attr(test, allow(dead_code))]\nfn f() {}", 1),
            ("#[ignore]\nfn f() {}", 1),
            ("#[ignore = \"slow\"]\nfn f() {}", 1),
            ("#[expect(dead_code, reason = \"allow\")]\nfn f() {}", 0),
            ("fn allow(ignore: bool) {}", 0),
            ("// #[allow(x)]\nf(\"#[ignore]\")", 0),
        ] {
            assert_eq!(silenced(&source("src/x.rs", text)).len(), found, "{text}");
        }
    }

    #[test]
    fn a_test_that_sleeps_is_found() {
        for (path, text, found) in [
            ("tests/x.rs", "fn f() { std::thread::sleep(d) }", 1),
            ("tests/x.rs", "fn f() { clock.sleep_until(d) }", 0),
            ("sandbox/tests/x.rs", "fn f() { tokio::time::sleep(d).await }", 1),
            ("src/x.rs", "fn f() { sleep(d) }", 0),
            ("src/x.rs", "#[cfg(test)]\nmod tests { fn f() { sleep(d) } }", 1),
            ("tests/x.rs", "// sleep(d)\nf(\"sleep(\")", 0),
        ] {
            assert_eq!(sleeps(&source(path, text)).len(), found, "{path} {text}");
        }
    }

    #[test]
    fn the_witness_knows_nothing_of_the_accused() {
        for (text, found) in [
            ("use guardia::clock::Clock;", 1),
            ("fn f(_: guardia::phone::Phone) {}", 1),
            ("use guardia_sandbox::Network;", 0),
            ("//! guardia::serve\nf(\"guardia::x\")", 0),
        ] {
            assert_eq!(independence(&source("sandbox/src/x.rs", text)).len(), found, "{text}");
        }
    }

    #[test]
    fn a_word_in_a_template_is_found() {
        for (text, found) in [
            ("<p>{{ w.title }}: {% if a %}<b class=\"x\">{{ b }}</b>{% endif %}</p>", 0),
            ("<a class=\"brand\" href=\"/console\">Guardia</a>", 0),
            ("<p>Hola {{ name }}</p>", 1),
            ("<nav aria-label=\"Menu\">", 1),
            ("<nav aria-label=\"{{ w.menu }}\">", 0),
            ("<img alt=\"\">&nbsp;·", 0),
        ] {
            assert_eq!(spoken("a.html", text).len(), found, "{text}");
        }
        assert!(spoken("a.html", "\n<p>x</p>")[0].starts_with("a.html:2: "));
    }

    #[test]
    fn a_machine_path_is_found() {
        for (one, two) in MACHINE {
            let folder = format!("{one}{two}");
            for (line, found) in
                [(format!("cd {folder}x"), 1), (format!("a = \"{folder}x\""), 1), (format!("src{folder}x"), 0)]
            {
                assert_eq!(machine_paths("a.md", &format!("\n{line}")).len(), found, "{line}");
            }
        }
        assert!(machine_paths("a.md", "\n/tmp/wt/x")[0].starts_with("a.md:2: "));
    }
}
