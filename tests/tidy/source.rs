//! A Rust source, taken apart just far enough: code, comments and texts, what ships and what is a test.

/// What a character of a source belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Code,
    Comment,
    /// The inside of a string or character literal.
    Text,
}

/// One character with its place and meaning.
#[derive(Clone, Copy, Debug)]
struct Mark {
    character: char,
    line: usize,
    part: Part,
    /// Inside an item that only tests compile.
    test: bool,
}

/// A source file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path from the repository's root, with `/`.
    pub path: String,
    marks: Vec<Mark>,
}

/// A word or sign of the code, with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub line: usize,
    pub text: String,
}

/// An attribute, `#[...]` or `#![...]`.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub line: usize,
    /// Whether it is about what surrounds it: `#![...]`.
    inner: bool,
    /// The words and signs between the brackets.
    pub tokens: Vec<String>,
    begins: usize,
    ends: usize,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let mut source = Self { path: path.to_owned(), marks: take_apart(text) };
        source.mark_tests();
        source
    }

    /// The file is compiled by tests only: its parent module says so.
    pub fn all_tests(&mut self) {
        self.marks.iter_mut().for_each(|mark| mark.test = true);
    }

    /// The number of lines.
    pub fn lines(&self) -> usize {
        self.marks.last().map_or(0, |last| last.line + 1)
    }

    /// Lines (counted from 1) of one part, outside tests or inside; what is not of it is blank.
    pub fn text(&self, part: Part, wanted: impl Fn(bool) -> bool) -> Vec<(usize, String)> {
        let mut lines: Vec<(usize, String)> = Vec::new();
        for mark in &self.marks {
            if lines.last().is_none_or(|(line, _)| *line != mark.line + 1) {
                lines.push((mark.line + 1, String::new()));
            }
            let shown = mark.part == part && wanted(mark.test) && mark.character != '\n';
            if let Some((_, text)) = lines.last_mut() {
                text.push(if shown { mark.character } else { ' ' });
            }
        }
        lines
    }

    /// The words and signs of what ships.
    pub fn shipped(&self) -> Vec<Token> {
        self.tokens(|mark| !mark.test)
    }

    /// The words and signs of what only tests compile.
    pub fn tested(&self) -> Vec<Token> {
        self.tokens(|mark| mark.test)
    }

    /// All words and signs.
    pub fn all(&self) -> Vec<Token> {
        self.tokens(|_| true)
    }

    fn tokens(&self, wanted: impl Fn(&Mark) -> bool) -> Vec<Token> {
        tokens(self.marks.iter().filter(|mark| mark.part == Part::Code && wanted(mark)))
    }

    /// Every attribute.
    pub fn attributes(&self) -> Vec<Attribute> {
        let code: Vec<(usize, &Mark)> =
            self.marks.iter().enumerate().filter(|(_, mark)| mark.part == Part::Code).collect();
        let sign = |at: usize| code.get(at).map(|(_, mark)| mark.character);
        let mut found = Vec::new();
        for (at, (begins, mark)) in code.iter().enumerate() {
            let inner = sign(at + 1) == Some('!');
            let open = at + 1 + usize::from(inner);
            if mark.character != '#' || sign(open) != Some('[') {
                continue;
            }
            let mut depth = 0_usize;
            let length = code.iter().skip(open).position(|(_, mark)| {
                match mark.character {
                    '[' => depth += 1,
                    ']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0
            });
            let Some(length) = length else { continue };
            let inside = code.iter().skip(open + 1).take(length.saturating_sub(1)).map(|(_, mark)| *mark);
            let tokens = tokens(inside).into_iter().map(|token| token.text).collect();
            let ends = code.get(open + length).map_or(*begins, |(index, _)| index + 1);
            found.push(Attribute { line: mark.line + 1, inner, tokens, begins: *begins, ends });
        }
        found
    }

    /// The modules in files of their own that only tests compile: their paths, without `.rs` or `/mod.rs`.
    pub fn test_modules(&self) -> Vec<String> {
        let attributes = self.attributes();
        let cfg_tests = attributes.iter().filter(|attribute| attribute.is_cfg_test() && !attribute.inner);
        cfg_tests.filter_map(|cfg_test| self.module_behind(cfg_test, &attributes)).collect()
    }

    /// The module that `cfg_test` and the attributes directly behind it are about.
    fn module_behind(&self, cfg_test: &Attribute, attributes: &[Attribute]) -> Option<String> {
        let mut from = cfg_test.ends;
        let mut file = None;
        for attribute in attributes.iter().filter(|attribute| attribute.begins >= cfg_test.ends) {
            let between = self.marks.iter().take(attribute.begins).skip(from);
            if between.clone().any(|mark| mark.part == Part::Code && !mark.character.is_whitespace()) {
                break;
            }
            from = attribute.ends;
            if attribute.name() == Some("path") {
                let inside = self.marks.iter().take(attribute.ends).skip(attribute.begins);
                file =
                    Some(inside.filter(|mark| mark.part == Part::Text).map(|mark| mark.character).collect::<String>());
            }
        }
        let rest = self.marks.iter().skip(from).filter(|mark| mark.part == Part::Code);
        let item = tokens(rest.take_while(|mark| mark.character != ';' && mark.character != '{'));
        let place = item.iter().position(|token| token.text == "mod")?;
        let name = item.get(place + 1)?.text.clone();
        let (folder, own) = self.path.rsplit_once('/')?;
        let own = own.strip_suffix(".rs")?;
        Some(match file {
            Some(file) => format!("{folder}/{}", file.strip_suffix(".rs").unwrap_or(&file)),
            None if ["mod", "lib", "main"].contains(&own) => format!("{folder}/{name}"),
            None => format!("{folder}/{own}/{name}"),
        })
    }

    fn mark_tests(&mut self) {
        for attribute in self.attributes().iter().filter(|attribute| attribute.is_cfg_test()) {
            let (begins, ends) =
                if attribute.inner { (0, self.marks.len()) } else { (attribute.begins, self.item_end(attribute.ends)) };
            self.marks.iter_mut().take(ends).skip(begins).for_each(|mark| mark.test = true);
        }
    }

    /// Where the item that begins at `from` ends: behind its `;` or its closing brace.
    fn item_end(&self, from: usize) -> usize {
        let (mut brackets, mut braces) = (0_usize, 0_usize);
        for (index, mark) in self.marks.iter().enumerate().skip(from).filter(|(_, mark)| mark.part == Part::Code) {
            match mark.character {
                '(' | '[' => brackets += 1,
                ')' | ']' => brackets = brackets.saturating_sub(1),
                ';' if brackets == 0 && braces == 0 => return index + 1,
                '{' => braces += 1,
                '}' => {
                    braces = braces.saturating_sub(1);
                    if braces == 0 {
                        return index + 1;
                    }
                }
                _ => {}
            }
        }
        self.marks.len()
    }
}

impl Attribute {
    /// The attribute's own name.
    pub fn name(&self) -> Option<&str> {
        self.tokens.first().map(String::as_str)
    }

    /// Whether it says, also by way of `cfg_attr`, the word `name`.
    pub fn says(&self, name: &str) -> bool {
        self.name() == Some(name) || (self.name() == Some("cfg_attr") && self.tokens.iter().any(|token| token == name))
    }

    fn is_cfg_test(&self) -> bool {
        let has = |word: &str| self.tokens.iter().any(|token| token == word);
        self.name() == Some("cfg") && has("test") && !has("not")
    }
}

/// Words, `::`, and single signs.
fn tokens<'a>(marks: impl Iterator<Item = &'a Mark>) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut before: Option<char> = None;
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    for mark in marks {
        let joins = before.is_some_and(|before| {
            (is_word(before) && is_word(mark.character)) || (before == ':' && mark.character == ':')
        });
        before = Some(mark.character);
        match tokens.last_mut() {
            Some(last) if joins && last.text != "::" && last.line == mark.line + 1 => last.text.push(mark.character),
            _ if mark.character.is_whitespace() => {}
            _ => tokens.push(Token { line: mark.line + 1, text: mark.character.to_string() }),
        }
    }
    tokens
}

fn take_apart(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut line = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum::<usize>();
        let pieces = if rest.starts_with("//") {
            [(Part::Comment, rest.find('\n').unwrap_or(rest.len())), (Part::Text, 0), (Part::Code, 0)]
        } else if rest.starts_with("/*") {
            [(Part::Comment, block_comment(rest)), (Part::Text, 0), (Part::Code, 0)]
        } else if let Some((open, inside)) = literal(rest) {
            // The closing quote is read as code; hashes behind it do no harm there.
            [(Part::Code, open), (Part::Text, inside), (Part::Code, usize::from(open + inside < rest.len()))]
        } else {
            // Words are taken whole, so that the `r` of `for` opens no raw string.
            [(Part::Code, word.max(first.len_utf8())), (Part::Text, 0), (Part::Code, 0)]
        };
        for (part, length) in pieces {
            let (piece, next) = rest.split_at(length);
            for character in piece.chars() {
                marks.push(Mark { character, line, part, test: false });
                line += usize::from(character == '\n');
            }
            rest = next;
        }
    }
    marks
}

/// The length of the block comment that `text` begins with; they nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut skip = false;
    for ((at, first), (_, second)) in text.char_indices().zip(text.char_indices().skip(1)) {
        if std::mem::take(&mut skip) {
            continue;
        }
        match (first, second) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => continue,
        }
        skip = true;
        if depth == 0 {
            return at + 2;
        }
    }
    text.len()
}

/// The literal that `text` begins with: the lengths of what opens it and of its inside.
fn literal(text: &str) -> Option<(usize, usize)> {
    for prefix in ["br", "cr", "r", "b", "c", ""] {
        let Some(rest) = text.strip_prefix(prefix) else { continue };
        if prefix.ends_with('r') {
            let body = rest.trim_start_matches('#');
            let hashes = rest.len() - body.len();
            if let Some(body) = body.strip_prefix('"') {
                let close = format!("\"{}", "#".repeat(hashes));
                return Some((prefix.len() + hashes + 1, body.find(&close).unwrap_or(body.len())));
            }
        } else if let Some(body) = rest.strip_prefix('"') {
            return Some((prefix.len() + 1, until_unescaped('"', body)));
        } else if let Some(body) = rest.strip_prefix('\'') {
            // A lifetime has no quote behind its first character.
            let is_character = body.starts_with('\\') || body.chars().nth(1) == Some('\'');
            return is_character.then(|| (prefix.len() + 1, until_unescaped('\'', body)));
        }
    }
    None
}

fn until_unescaped(quote: char, text: &str) -> usize {
    let mut escaped = false;
    let end = text.find(|character| {
        let ends = character == quote && !escaped;
        escaped = character == '\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, part: Part) -> String {
        let lines = Source::new("src/x.rs", text).text(part, |_| true);
        lines
            .iter()
            .map(|(_, line)| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
            .join("|")
    }

    fn words(tokens: &[Token]) -> Vec<&str> {
        tokens.iter().map(|token| token.text.as_str()).collect()
    }

    #[test]
    fn code_comments_and_texts_are_told_apart() {
        for (text, code, comment, inside) in [
            ("let a = 1; // b \"c\"", "let a = 1;", "// b \"c\"", ""),
            ("a /* b /* c */ d */ e", "a e", "/* b /* c */ d */", ""),
            (r#"f("a // \" b")"#, "f(\" \")", "", r#"a // \" b"#),
            ("f(r#\"a \" // b\"#)", "f(r#\" \"#)", "", "a \" // b"),
            ("for\"x\"", "for\" \"", "", "x"),
            ("f('{', '\\'', b'}', \"é\")", "f(' ', ' ', b' ', \" \")", "", "{ \\' } é"),
            ("fn f<'a>(x: &'a str) { 'l: loop {} }", "fn f<'a>(x: &'a str) { 'l: loop {} }", "", ""),
            ("r#type + \"open", "r#type + \"", "", "open"),
        ] {
            assert_eq!(part(text, Part::Code), code, "{text}");
            assert_eq!(part(text, Part::Comment), comment, "{text}");
            assert_eq!(part(text, Part::Text), inside, "{text}");
        }
    }

    #[test]
    fn lines_are_counted_through_texts_and_comments() {
        let source = Source::new("src/x.rs", "/*\n*/\n\"a\nb\"\nlast::word\n");
        let last = source.all().pop().unwrap();
        assert_eq!((last.line, last.text.as_str()), (5, "word"));
        assert_eq!(source.lines(), 5);
        assert_eq!(Source::new("src/x.rs", "a\nb").lines(), 2);
        assert_eq!(Source::new("src/x.rs", "").lines(), 0);
    }

    #[test]
    fn what_only_tests_compile_is_known() {
        let source = Source::new(
            "src/x.rs",
            "fn a(b: [u8; 2]) {}\n#[cfg(test)]\n#[derive(Debug)]\nstruct C { d: u8 }\nfn e() {}\n\
             #[cfg(test)]\nuse f::{g};\n#[cfg(all(test, unix))]\nmod h { fn i() { \"}\" } }\n#[cfg(not(test))]\nmod j {}",
        );
        let (shipped, tested) = (source.shipped(), source.tested());
        for (word, ships) in [("a", true), ("C", false), ("e", true), ("g", false), ("i", false), ("j", true)] {
            assert_eq!(words(&shipped).contains(&word), ships, "{word}");
            assert_eq!(words(&tested).contains(&word), !ships, "{word}");
        }
        assert!(Source::new("src/x.rs", "#![cfg(test)]\nfn a() {}").shipped().is_empty());
    }

    #[test]
    fn a_module_file_of_tests_is_named_by_its_parent() {
        let text = "#[cfg(test)]\nmod checks;\n#[cfg(test)]\n#[path = \"x_tests.rs\"]\n#[expect(a)]\npub mod tests;\n\
                    #[cfg(test)]\nuse a::b;\nmod other;";
        assert_eq!(Source::new("src/x.rs", text).test_modules(), ["src/x/checks", "src/x_tests"]);
        assert_eq!(
            Source::new("sandbox/src/x/mod.rs", text).test_modules(),
            ["sandbox/src/x/checks", "sandbox/src/x/x_tests"]
        );
    }

    #[test]
    fn attributes_are_read_across_lines() {
        let source = Source::new("src/x.rs", "#![a(b)]\n#[cfg_attr(\n  test,\n  allow(c[0]),\n)]\nfn d() { e[1] }");
        let attributes = source.attributes();
        assert_eq!(
            attributes.iter().map(|a| (a.line, a.name().unwrap())).collect::<Vec<_>>(),
            [(1, "a"), (2, "cfg_attr")]
        );
        assert!(attributes[1].says("allow") && !attributes[0].says("allow"));
    }
}
