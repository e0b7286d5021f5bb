//! Something a person must mend in a roster: where, what, why, and how.

use std::fmt;

/// Something wrong on a page, as `file:line:column: what. why. mend`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The page's name.
    pub file: String,
    /// Counts from 1; 0 = the page as a whole.
    pub line: usize,
    /// Counts from 1, in characters; 0 = the page as a whole.
    pub column: usize,
    /// What is wrong, naming the thing.
    pub what: String,
    /// Why it matters; empty where it is plain.
    pub why: String,
    /// How to mend it; empty where it is plain.
    pub mend: String,
}

impl Problem {
    /// The same with the reason.
    #[must_use]
    pub(super) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// The same with the way to mend it.
    #[must_use]
    pub(super) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        f.write_str(":")?;
        [&self.what, &self.why, &self.mend].into_iter().filter(|text| !text.is_empty()).try_for_each(|text| {
            let end = if text.ends_with(['.', '?']) { "" } else { "." };
            write!(f, " {text}{end}")
        })
    }
}

/// `Did you mean '...'?` when one of `known` is close to `written`.
pub(super) fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let nearest = known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(written, word), word))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (nearest.0 >= 0.75).then(|| format!("Did you mean '{}'?", nearest.1))
}
