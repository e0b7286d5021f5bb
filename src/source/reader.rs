//! Reads a page into a tree of [`Node`]s, or into everything that is wrong with it.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use super::{Key, Kind, Node, Position, Problem, Source};

/// The longest page, in bytes.
pub const MAX_BYTES: usize = 512 * 1024;
/// The deepest nesting of lists and maps.
pub const MAX_DEPTH: usize = 12;
/// The most texts, lists and maps on one page.
pub const MAX_NODES: usize = 20_000;

/// Reads a page.
///
/// # Errors
/// Every duplicate key and every refused feature at once; a syntax error ends the reading, for what follows cannot be told.
pub fn read(source: &Source) -> Result<Node, Vec<Problem>> {
    if source.text.len() > MAX_BYTES {
        let what = format!("the page has {} bytes, more than the {MAX_BYTES} that are read", source.text.len());
        return Err(vec![source.problem(Position::default(), what).mend("Split it")]);
    }
    let mut reader = Reader { source, parser: Parser::new_from_str(&source.text), read: 0, problems: Vec::new() };
    match reader.page() {
        Ok(root) if reader.problems.is_empty() => Ok(root),
        Ok(_) | Err(Fatal) => Err(reader.problems),
    }
}

/// The reading ended early; the last problem says why.
struct Fatal;

struct Reader<'a> {
    source: &'a Source,
    parser: Parser<'a, StrInput<'a>>,
    read: usize,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn page(&mut self) -> Result<Node, Fatal> {
        let mut root = None;
        loop {
            let (event, at) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(self.fatal(
                        at,
                        "a second document begins here",
                        "Keep one document on a page: remove '---'",
                    ));
                }
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
                event => root = Some(self.node(event, at, 0)?),
            }
        }
        Ok(root.unwrap_or(Node { at: Position { line: 1, column: 1 }, kind: Kind::Null }))
    }

    fn next(&mut self) -> Result<(Event<'a>, Position), Fatal> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, position(span))),
            Some(Err(error)) => {
                let marker = error.marker();
                let at = Position { line: marker.line(), column: marker.col().saturating_add(1) };
                Err(self.fatal(
                    at,
                    &format!("this is not YAML: {}", error.info()),
                    "Check the indentation and the quotes",
                ))
            }
            None => Ok((Event::StreamEnd, Position::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, at: Position, depth: usize) -> Result<Node, Fatal> {
        self.read = self.read.saturating_add(1);
        if self.read > MAX_NODES {
            return Err(self.fatal(
                at,
                &format!("the page holds more than {MAX_NODES} texts, lists and maps"),
                "Split it",
            ));
        }
        if depth > MAX_DEPTH {
            return Err(self.fatal(at, &format!("this is nested deeper than {MAX_DEPTH} levels"), "Flatten it"));
        }
        let kind = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.plain(at, anchor, tag.is_some());
                match (style, text.as_ref()) {
                    (ScalarStyle::Plain, "" | "~" | "null") => Kind::Null,
                    _ => Kind::Scalar(text.into_owned()),
                }
            }
            Event::SequenceStart(anchor, tag) => {
                self.plain(at, anchor, tag.is_some());
                self.list(depth)?
            }
            Event::MappingStart(anchor, tag) => {
                self.plain(at, anchor, tag.is_some());
                self.map(depth)?
            }
            Event::Alias(_) => {
                let problem = self.source.problem(at, "'*' refers to another place of the page");
                self.problems.push(problem.mend("Write the value out, or quote it if '*' is meant"));
                Kind::Null
            }
            // The parser gives no other event in the middle of a document.
            _ => return Err(self.fatal(at, "the page ends too early", "Check the indentation and the quotes")),
        };
        Ok(Node { at, kind })
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Fatal> {
        let mut items = Vec::new();
        loop {
            let (event, at) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Kind::List(items));
            }
            items.push(self.node(event, at, depth.saturating_add(1))?);
        }
    }

    fn map(&mut self, depth: usize) -> Result<Kind, Fatal> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut seen: HashMap<String, usize> = HashMap::new();
        loop {
            let (event, at) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Kind::Map(entries));
            }
            let key = self.node(event, at, depth.saturating_add(1))?;
            let (event, value_at) = self.next()?;
            let value = self.node(event, value_at, depth.saturating_add(1))?;
            let Kind::Scalar(text) = key.kind else {
                let what = format!("a key is {}, not a text", key.what());
                self.problems.push(self.source.problem(at, what).mend("Write 'name: value'"));
                continue;
            };
            if let Some(line) = seen.get(&text) {
                let what = format!("'{text}' stands here again; it is already on line {line}");
                self.problems.push(self.source.problem(at, what).mend("Remove or rename one of them"));
            } else {
                seen.insert(text.clone(), at.line);
                entries.push((Key { text, at }, value));
            }
        }
    }

    /// Notes what YAML allows and these pages do not.
    fn plain(&mut self, at: Position, anchor: usize, tagged: bool) {
        if anchor != 0 {
            self.problems.push(self.source.problem(at, "'&' names this place").mend("Remove the name, or quote it"));
        }
        if tagged {
            self.problems.push(self.source.problem(at, "'!' gives this a type").mend("Remove the type, or quote it"));
        }
    }

    fn fatal(&mut self, at: Position, what: &str, mend: &str) -> Fatal {
        self.problems.push(self.source.problem(at, what).mend(mend));
        Fatal
    }
}

fn position(span: Span) -> Position {
    Position { line: span.start.line(), column: span.start.col().saturating_add(1) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(text: &str) -> Result<Node, Vec<String>> {
        read(&Source::new("p.yaml", text)).map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn everything_knows_its_line_and_column() {
        let page =
            page("flow: hotline\nnodes:\n  welcome:\n    say: \"héllo\"\n    keys: { 1: a, \"*\": [b, ~] }\n").unwrap();
        let welcome = page.get("nodes").unwrap().get("welcome").unwrap();
        let at = |line, column| Position { line, column };
        assert_eq!(page.get("flow").unwrap().at, at(1, 7));
        assert_eq!(welcome.as_map().unwrap()[0].0, Key { text: "say".into(), at: at(4, 5) });
        assert_eq!(welcome.get("say").unwrap().as_text(), Some("héllo"));
        let keys = welcome.get("keys").unwrap();
        assert_eq!(keys.as_map().unwrap()[0].0.at, at(5, 13));
        assert_eq!(keys.get("1").unwrap().as_text(), Some("a"));
        let list = keys.get("*").unwrap().as_list().unwrap();
        assert_eq!(list.iter().map(|node| node.at).collect::<Vec<_>>(), [at(5, 25), at(5, 28)]);
        assert_eq!(list[1].kind, Kind::Null);
    }

    #[test]
    fn an_empty_page_is_nothing() {
        assert_eq!(page("# only a remark\n").unwrap().kind, Kind::Null);
        assert_eq!(page("").unwrap().kind, Kind::Null);
    }

    #[test]
    fn problems_point() {
        for (text, problems) in [
            (
                "a: 1\nb: 2\na: 3\nb: 4\n",
                vec![
                    "p.yaml:3:1: 'a' stands here again; it is already on line 1. Remove or rename one of them.",
                    "p.yaml:4:1: 'b' stands here again; it is already on line 2. Remove or rename one of them.",
                ],
            ),
            (
                "a: &x 1\nb: *x\n",
                vec![
                    "p.yaml:1:4: '&' names this place. Remove the name, or quote it.",
                    "p.yaml:2:4: '*' refers to another place of the page. Write the value out, or quote it if '*' is meant.",
                ],
            ),
            ("a: !!str 1\n", vec!["p.yaml:1:4: '!' gives this a type. Remove the type, or quote it."]),
            ("[a]: 1\n", vec!["p.yaml:1:1: a key is a list, not a text. Write 'name: value'."]),
            (
                "a: 1\n---\nb: 2\n",
                vec!["p.yaml:2:1: a second document begins here. Keep one document on a page: remove '---'."],
            ),
        ] {
            assert_eq!(page(text).unwrap_err(), problems, "{text:?}");
        }
        let syntax = page("a: 1\nb: [1, 2\n").unwrap_err();
        assert!(syntax[0].starts_with("p.yaml:") && syntax[0].contains("this is not YAML"), "{syntax:?}");
    }

    #[test]
    fn limits_hold() {
        assert!(page(&"a".repeat(MAX_BYTES + 1)).unwrap_err()[0].contains("bytes"));
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(page(&nested(MAX_DEPTH)).is_ok());
        assert!(page(&nested(MAX_DEPTH + 2)).unwrap_err()[0].contains("nested deeper"));
        assert!(page(&nested(50_000)).is_err());
        assert!(page(&"- a\n".repeat(MAX_NODES + 1)).unwrap_err()[0].contains("more than 20000"));
    }

    proptest! {
        #[test]
        fn no_page_breaks_the_reader(text in "[ -~\n]{0,200}") {
            // Any answer will do: reading must end, without a panic.
            let _ = page(&text);
        }
    }
}
