//! Reads settings from a TOML table with the environment laid over it, and collects every problem instead of stopping at
//! the first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use toml::{Table, Value};

/// Variables that begin like a setting but are none.
const NOT_SETTINGS: [&str; 2] = ["GUARDIA_CONFIG", "GUARDIA_SANDBOX_TOKEN"];

/// One thing wrong with the configuration: which key, what it holds, how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, e.g. `paging.step`, or the environment variable that set it.
    pub key: String,
    /// What it holds; `None` when it is missing, and for secrets.
    pub value: Option<String>,
    /// What to write instead.
    pub mend: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{} = {value}: {}", self.key, self.mend),
            None => write!(f, "{}: {}", self.key, self.mend),
        }
    }
}

/// Settings being read.
#[derive(Debug)]
pub struct Reader {
    table: Table,
    environment: BTreeMap<String, String>,
    known: BTreeSet<String>,
    subtables: BTreeSet<String>,
    problems: Vec<Problem>,
}

/// How a value may be shown in a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Show {
    Plainly,
    Never,
}

impl Reader {
    /// Over `table` and those of `environment` that begin with `GUARDIA_`.
    pub fn new(table: Table, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let environment = environment
            .into_iter()
            .filter(|(name, _)| name.starts_with("GUARDIA_") && !NOT_SETTINGS.contains(&name.as_str()))
            .collect();
        Self { table, environment, known: BTreeSet::new(), subtables: BTreeSet::new(), problems: Vec::new() }
    }

    /// A setting that must be there.
    pub fn required<T>(&mut self, key: &str, mend: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.read(key, None, mend, Show::Plainly, read)
    }

    /// A setting with a default.
    pub fn optional<T>(
        &mut self,
        key: &str,
        default: &str,
        mend: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.read(key, Some(default), mend, Show::Plainly, read)
    }

    /// A secret that must be there; it is never shown.
    pub fn secret<T>(&mut self, key: &str, mend: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.read(key, None, mend, Show::Never, read)
    }

    /// A secret that may be absent or empty.
    pub fn optional_secret(&mut self, key: &str) -> Option<String> {
        self.read(key, Some(""), "write a text in quotes, or leave it out", Show::Never, |text| Ok(text.to_owned()))
            .filter(|text| !text.is_empty())
    }

    /// A setting with a default whose value may hold a password: it is never shown.
    pub fn optional_unshown<T>(
        &mut self,
        key: &str,
        default: &str,
        mend: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.read(key, Some(default), mend, Show::Never, read)
    }

    /// A whole table in the shape of `T`, e.g. `[calendar]`; the default of `T` when absent. The environment does not
    /// reach into it.
    pub fn subtable<T: serde::de::DeserializeOwned + Default>(&mut self, key: &str) -> Option<T> {
        self.subtables.insert(key.to_owned());
        let Some(value) = self.table.get(key) else { return Some(T::default()) };
        match value.clone().try_into() {
            Ok(read) => Some(read),
            Err(error) => {
                let mend = error.message().to_owned();
                self.problem(key, None, &mend);
                None
            }
        }
    }

    /// Adds a problem found by whoever looks at several settings together.
    pub fn problem(&mut self, key: &str, value: Option<String>, mend: &str) {
        self.problems.push(Problem { key: key.to_owned(), value, mend: mend.to_owned() });
    }

    /// The problems so far.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Every problem, with the keys and variables that nothing reads.
    pub fn finish(mut self) -> Vec<Problem> {
        let mut unknown = Vec::new();
        for (name, value) in &self.table {
            if !self.subtables.contains(name) {
                leaves(name, value, &mut unknown);
            }
        }
        unknown.retain(|key| !self.known.contains(key));
        for key in unknown {
            let near = self.nearest(&key);
            self.problem(&key, None, &format!("there is no such setting{near}"));
        }
        let variables: BTreeSet<String> = self.known.iter().map(|key| variable(key)).collect();
        let strange: Vec<String> = self.environment.keys().filter(|name| !variables.contains(*name)).cloned().collect();
        for name in strange {
            self.problem(&name, None, "no setting has this variable; unset it or mend its name");
        }
        self.problems
    }

    /// The known settings that the table does not set.
    #[cfg(test)]
    pub fn unset(&self) -> Vec<String> {
        self.known.iter().filter(|key| self.lookup(key).is_none()).cloned().collect()
    }

    fn read<T>(
        &mut self,
        key: &str,
        default: Option<&str>,
        mend: &str,
        show: Show,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.known.insert(key.to_owned());
        let name = variable(key);
        let (origin, text) = match (self.environment.get(&name), self.lookup(key)) {
            (Some(text), _) => (name, text.clone()),
            (None, Some(Value::String(text))) => (key.to_owned(), text.clone()),
            (None, Some(value @ (Value::Integer(_) | Value::Boolean(_) | Value::Float(_)))) => {
                (key.to_owned(), value.to_string())
            }
            (None, Some(_)) => {
                self.problem(key, None, &format!("a single value belongs here: {mend}"));
                return None;
            }
            (None, None) => {
                let Some(default) = default else {
                    self.problem(key, None, &format!("is missing: {mend} (or set {name})"));
                    return None;
                };
                (key.to_owned(), default.to_owned())
            }
        };
        match read(&text) {
            Ok(value) => Some(value),
            Err(why) => {
                let shown = (show == Show::Plainly).then(|| format!("\"{text}\""));
                let mend = if why.is_empty() { mend.to_owned() } else { format!("{why}; {mend}") };
                self.problem(&origin, shown, &mend);
                None
            }
        }
    }

    fn lookup(&self, key: &str) -> Option<&Value> {
        let mut parts = key.split('.');
        let first = self.table.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.as_table()?.get(part))
    }

    fn nearest(&self, key: &str) -> String {
        self.known
            .iter()
            .map(|known| (strsim::jaro_winkler(known, key), known))
            .filter(|(likeness, _)| *likeness > 0.85)
            .max_by(|one, other| one.0.total_cmp(&other.0))
            .map(|(_, known)| format!(". Did you mean '{known}'?"))
            .unwrap_or_default()
    }
}

/// The environment variable of a key: `paging.step` is `GUARDIA_PAGING_STEP`.
pub fn variable(key: &str) -> String {
    format!("GUARDIA_{}", key.replace('.', "_").to_uppercase())
}

fn leaves(path: &str, value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                leaves(&format!("{path}.{name}"), value, into);
            }
        }
        _ => into.push(path.to_owned()),
    }
}
