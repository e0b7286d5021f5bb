//! Something a person must mend on a page: where, what, why, and how.

use std::fmt;

use super::Position;

/// Something a person must mend on a page: `file:line:column: what. why. mend`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The page.
    pub file: String,
    /// Counts from 1; 0 = the page as a whole.
    pub line: usize,
    /// Counts from 1; 0 = the page as a whole.
    pub column: usize,
    /// What is wrong, naming the thing.
    pub what: String,
    /// Why it matters; may be empty where it is plain.
    pub why: String,
    /// How to mend it; may be empty where it is plain.
    pub mend: String,
}

impl Problem {
    /// A problem at a place of `file`.
    #[must_use]
    pub fn at(file: &str, at: Position, what: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: at.line,
            column: at.column,
            what: what.into(),
            why: String::new(),
            mend: String::new(),
        }
    }

    /// The same with the reason.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// The same with the way to mend it.
    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }

    /// The same with `Did you mean '...'?` when one of `known` is close to `written`, else with `otherwise`.
    #[must_use]
    pub fn did_you_mean<'a>(
        self,
        written: &str,
        known: impl IntoIterator<Item = &'a str>,
        otherwise: impl Into<String>,
    ) -> Self {
        match did_you_mean(written, known) {
            Some(meant) => self.mend(format!("Did you mean '{meant}'?")),
            None => self.mend(otherwise),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if self.line > 0 {
            write!(f, "{}:{}:", self.line, self.column)?;
        }
        for sentence in [&self.what, &self.why, &self.mend] {
            if !sentence.is_empty() {
                let stop = if sentence.ends_with(['.', '?', '!']) { "" } else { "." };
                write!(f, " {sentence}{stop}")?;
            }
        }
        Ok(())
    }
}

/// The closest of `known` to what was written, if any is close enough to be meant.
#[must_use]
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Below this Jaro-Winkler similarity a guess confuses more than it helps; "add_case" ~ "add_to_case" is 0.93.
    const CLOSE: f64 = 0.8;
    known
        .into_iter()
        .filter(|name| *name != written)
        .map(|name| (strsim::jaro_winkler(written, name), name))
        .filter(|(similarity, _)| *similarity >= CLOSE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// A text from outside, on one line and short enough for a sentence.
#[must_use]
pub fn quote(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut characters = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    let mut quoted: String = characters.by_ref().take(LONGEST).collect();
    if characters.next().is_some() {
        quoted.push('…');
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_meant() {
        let known = ["add_to_case", "case_status", "information"];
        assert_eq!(did_you_mean("add_case", known), Some("add_to_case"));
        assert_eq!(did_you_mean("informacion", known), Some("information"));
        assert_eq!(did_you_mean("xyz", known), None);
    }

    #[test]
    fn a_text_from_outside_stays_short_and_on_one_line() {
        assert_eq!(quote("año\nnuevo"), "año nuevo");
        assert_eq!(quote(&"ñ".repeat(60)), "ñ".repeat(60));
        assert_eq!(quote(&"ñ".repeat(61)), format!("{}…", "ñ".repeat(60)));
    }

    #[test]
    fn a_problem_reads_as_sentences() {
        let problem =
            Problem::at("f.yaml", Position { line: 23, column: 5 }, "key 3 leads to 'add_case', which does not exist")
                .did_you_mean("add_case", ["add_to_case"], "Name a node");
        assert_eq!(
            problem.to_string(),
            "f.yaml:23:5: key 3 leads to 'add_case', which does not exist. Did you mean 'add_to_case'?"
        );
        let whole =
            Problem::at("f.yaml", Position::default(), "it is empty").why("Nothing could be said").mend("Write it");
        assert_eq!(whole.to_string(), "f.yaml: it is empty. Nothing could be said. Write it.");
    }
}
