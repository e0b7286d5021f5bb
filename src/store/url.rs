//! Where the data is: `sqlite:PATH` or `postgres://...`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

/// Where the data is. `Debug` and `Display` never show a password.
#[derive(Clone)]
pub struct Url(pub(super) Place);

#[derive(Clone)]
pub(super) enum Place {
    Sqlite(PathBuf),
    Postgres { options: Box<PgConnectOptions>, connections: u32 },
}

/// Why a text is no database URL. Does not repeat the text: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    /// Neither scheme.
    #[error("the database URL must begin with 'sqlite:' (sqlite:/var/lib/guardia/guardia.db) or 'postgres://'")]
    Scheme,
    /// No file is named.
    #[error("the database URL names no file: write sqlite:/var/lib/guardia/guardia.db (memory is not durable)")]
    Path,
    /// The rest of a PostgreSQL URL is wrong.
    #[error("the PostgreSQL URL cannot be read: write postgres://user:password@host:5432/database")]
    Postgres,
    /// No pool can be that large.
    #[error("the number of connections must be from 1 to 1000")]
    Connections,
}

impl Url {
    /// Connections to PostgreSQL unless said otherwise.
    pub const CONNECTIONS: u32 = 16;

    /// An SQLite file.
    #[must_use]
    pub fn sqlite(path: &Path) -> Self {
        Self(Place::Sqlite(path.to_owned()))
    }

    /// Keeps at most so many connections to PostgreSQL; means nothing for SQLite.
    ///
    /// # Errors
    /// [`UrlError::Connections`] outside 1 to 1000. Waking up across nodes takes one more.
    pub fn with_connections(mut self, number: u32) -> Result<Self, UrlError> {
        if !(1..=1000).contains(&number) {
            return Err(UrlError::Connections);
        }
        if let Place::Postgres { connections, .. } = &mut self.0 {
            *connections = number;
        }
        Ok(self)
    }
}

impl FromStr for Url {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(':') || path.contains('?') || path.ends_with('/') {
                return Err(UrlError::Path);
            }
            return Ok(Self::sqlite(Path::new(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(text).map_err(|_| UrlError::Postgres)?;
            return Ok(Self(Place::Postgres { options: Box::new(options), connections: Self::CONNECTIONS }));
        }
        Err(UrlError::Scheme)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Place::Postgres { options, .. } => {
                let database = options.get_database().unwrap_or(options.get_username());
                write!(f, "postgres://{}:{}/{database}", options.get_host(), options.get_port())
            }
        }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_are_read_and_no_password_is_shown() {
        for (text, shown) in [
            ("sqlite:guardia.db", Some("sqlite:guardia.db")),
            ("sqlite:///var/lib/guardia.db", Some("sqlite:/var/lib/guardia.db")),
            ("postgres://g:secret@db:5433/calls", Some("postgres://db:5433/calls")),
            ("sqlite::memory:", None),
            ("sqlite:", None),
            ("sqlite:a.db?mode=ro", None),
            ("mysql://x", None),
            ("postgres://[", None),
        ] {
            let read = text.parse::<Url>();
            assert_eq!(read.as_ref().ok().map(ToString::to_string).as_deref(), shown, "{text}");
            assert!(!format!("{read:?}").contains("secret"));
        }
        assert!("sqlite:a".parse::<Url>().unwrap().with_connections(0).is_err());
    }
}
