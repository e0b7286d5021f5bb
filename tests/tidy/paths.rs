//! The paths a source names: `use` trees opened out, and paths in the code, with their lines.

use crate::source::Token;

/// One path, e.g. `crate::flow::Verb`, without turbofish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub line: usize,
    pub segments: Vec<String>,
}

/// Every path among the tokens, also those of a single word.
pub fn paths(tokens: &[Token]) -> Vec<Path> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at = if is_word(token) { tree(tokens, at, &[], &mut found) } else { at + 1 };
    }
    found
}

fn is_word(token: &Token) -> bool {
    token.text.starts_with(|first: char| first.is_alphanumeric() || first == '_')
}

/// Opens out the tree that begins at `at`, below `prefix`; returns where the tokens go on.
fn tree(tokens: &[Token], at: usize, prefix: &[String], found: &mut Vec<Path>) -> usize {
    let Some(token) = tokens.get(at) else { return at };
    if token.text == "{" {
        return group(tokens, at + 1, prefix, found);
    }
    let mut segments = prefix.to_vec();
    segments.push(token.text.clone());
    let leads_on = tokens.get(at + 1).is_some_and(|next| next.text == "::")
        && tokens.get(at + 2).is_some_and(|next| is_word(next) || next.text == "{" || next.text == "*");
    if leads_on {
        return tree(tokens, at + 2, &segments, found);
    }
    found.push(Path { line: token.line, segments });
    at + 1
}

fn group(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Path>) -> usize {
    while let Some(token) = tokens.get(at) {
        at = match token.text.as_str() {
            "}" => return at + 1,
            "as" => at + 2,
            "{" | "*" => tree(tokens, at, prefix, found),
            _ if is_word(token) => tree(tokens, at, prefix, found),
            _ => at + 1,
        };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn read(text: &str) -> Vec<(usize, String)> {
        let tokens = Source::new("src/x.rs", text).all();
        paths(&tokens).into_iter().map(|path| (path.line, path.segments.join("::"))).collect()
    }

    fn leading(text: &str, first: &str) -> Vec<(usize, String)> {
        read(text).into_iter().filter(|(_, path)| path.starts_with(first)).collect()
    }

    fn expected(paths: &[(usize, &str)]) -> Vec<(usize, String)> {
        paths.iter().map(|(line, path)| (*line, (*path).to_owned())).collect()
    }

    #[test]
    fn use_trees_are_opened_out_with_the_line_of_each_leaf() {
        let text = "use crate::{\n    call::{self, Turn as T, Entry},\n    flow,\n    store::*,\n};\nuse crate::*;";
        let paths = [
            (2, "crate::call::self"),
            (2, "crate::call::Turn"),
            (2, "crate::call::Entry"),
            (3, "crate::flow"),
            (4, "crate::store::*"),
            (6, "crate::*"),
        ];
        assert_eq!(leading(text, "crate"), expected(&paths));
    }

    #[test]
    fn a_path_in_the_code_is_found_wherever_it_stands() {
        let text = "fn f(a: &crate::store::Tx) -> Vec<crate::id::CallId> {\n    crate::ops::run::<crate::call::Turn>(a * 2)\n}";
        let paths =
            [(1, "crate::store::Tx"), (1, "crate::id::CallId"), (2, "crate::ops::run"), (2, "crate::call::Turn")];
        assert_eq!(leading(text, "crate"), expected(&paths));
        assert_eq!(
            leading("pub(crate) use super::super::store as s;", "super"),
            expected(&[(1, "super::super::store")])
        );
        assert_eq!(leading("fn f() { $crate::store::on!(a) }", "crate"), expected(&[(1, "crate::store::on")]));
        assert_eq!(leading("fn f() -> ::std::fs::File {}", "std"), expected(&[(1, "std::fs::File")]));
        assert_eq!(leading("// crate::a\nf(\"crate::b\")", "crate"), []);
    }
}
