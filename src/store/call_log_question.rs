//! One question to the call log, as a statement that has only what was asked: so each database takes the index for it.

use sqlx::{Database, Encode, QueryBuilder, Type};

use super::call_log::ROWS;
use super::tx::Dialect;
use crate::call::{CallFilter, CallPage, CallPlace, Direction, words};
use crate::flow::{Language, Outcome};
use crate::sla::Severity;

/// A condition: a column and its value, or words without one.
enum Condition {
    /// This column of the log has this value.
    Is(&'static str, String),
    /// This holds.
    So(&'static str),
}

/// What is asked.
pub(super) struct Question {
    /// The most selective first.
    conditions: Vec<Condition>,
    words: Vec<String>,
    /// Places from this one on.
    least: Option<i64>,
    /// Places before this one.
    below: Option<i64>,
    ascending: bool,
    limit: u32,
}

/// A connection's driver, with what is bound here.
pub(super) trait Driver: Dialect {
    type Database: Database;
    /// Whether this is SQLite.
    const SQLITE: bool;
}

impl Driver for sqlx::SqliteConnection {
    type Database = sqlx::Sqlite;
    const SQLITE: bool = true;
}

impl Driver for sqlx::PgConnection {
    type Database = sqlx::Postgres;
    const SQLITE: bool = false;
}

impl Question {
    /// The question of a filter; `caller` is the number it is about.
    pub(super) fn new(filter: &CallFilter, caller: Option<String>) -> Self {
        let word = |word: &str| word.to_owned();
        // Where several are asked, SQLite takes the index of the first: those with the fewest calls each.
        let values = [
            ("caller", caller),
            ("person", filter.person.clone()),
            ("institution", filter.institution.clone()),
            ("node", filter.node.clone()),
            ("service", filter.service.clone()),
            ("outcome", filter.outcome.map(Outcome::as_str).map(word)),
            ("severity", filter.severity.map(Severity::as_str).map(word)),
            ("language", filter.language.map(Language::code).map(word)),
            ("direction", filter.direction.map(Direction::as_str).map(word)),
        ];
        let is = values.into_iter().filter_map(|(column, value)| Some(Condition::Is(column, value?)));
        let so = [
            filter.case.map(|case| if case { "l.incident IS NOT NULL" } else { "l.incident IS NULL" }),
            filter.decided.map(|is| if is { "l.disposition IS NOT NULL" } else { "l.disposition IS NULL" }),
            filter.recording.map(|is| {
                if is {
                    "EXISTS (SELECT 1 FROM recordings WHERE recordings.call = l.call)"
                } else {
                    "NOT EXISTS (SELECT 1 FROM recordings WHERE recordings.call = l.call)"
                }
            }),
        ];
        Self {
            conditions: is.chain(so.into_iter().flatten().map(Condition::So)).collect(),
            words: filter.text.as_deref().map(words).unwrap_or_default(),
            least: filter.from.map(|from| CallPlace::from(from).0),
            below: filter.to.map(|to| CallPlace::from(to).0),
            ascending: false,
            limit: 0,
        }
    }

    /// The work-list. Word for word as in the partial index.
    pub(super) fn to_answer() -> Self {
        let mut question = Self::new(&CallFilter::default(), None);
        question
            .conditions
            .push(Condition::So("l.outcome = 'missed' AND l.incident IS NULL AND l.disposition IS NULL"));
        question
    }

    /// Of this part of the list.
    pub(super) fn of(mut self, page: CallPage) -> Self {
        match page {
            CallPage::Newest => {}
            CallPage::Older(CallPlace(place)) => self.below = Some(self.below.map_or(place, |below| below.min(place))),
            CallPage::Newer(CallPlace(place)) => {
                let next = place.saturating_add(1);
                self.least = Some(self.least.map_or(next, |least| least.max(next)));
                self.ascending = true;
            }
        }
        self
    }

    /// At most so many rows.
    pub(super) fn at_most(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// The statement that gives the rows.
    pub(super) fn rows<C: Driver>(&self, connection: &C) -> QueryBuilder<C::Database>
    where
        for<'q> String: Encode<'q, C::Database> + Type<C::Database>,
        for<'q> i64: Encode<'q, C::Database> + Type<C::Database>,
    {
        let mut sql = QueryBuilder::new("WITH chosen AS (");
        self.choose(connection, &mut sql);
        sql.push(")").push(ROWS);
        sql
    }

    /// The statement that gives their number.
    pub(super) fn count<C: Driver>(&self, connection: &C) -> QueryBuilder<C::Database>
    where
        for<'q> String: Encode<'q, C::Database> + Type<C::Database>,
        for<'q> i64: Encode<'q, C::Database> + Type<C::Database>,
    {
        let mut sql = QueryBuilder::new("SELECT COUNT(*) FROM (");
        self.choose(connection, &mut sql);
        sql.push(") AS chosen");
        sql
    }

    /// The places of the rows.
    fn choose<C: Driver>(&self, _: &C, sql: &mut QueryBuilder<C::Database>)
    where
        for<'q> String: Encode<'q, C::Database> + Type<C::Database>,
        for<'q> i64: Encode<'q, C::Database> + Type<C::Database>,
    {
        // Words come from their index in the order of places; what else is asked is looked up for each. SQLite would go the
        // other way round (CROSS JOIN keeps the order); PostgreSQL knows how common a word is.
        let place = match (self.words.is_empty(), self.conditions.is_empty(), C::SQLITE) {
            (true, _, _) => {
                sql.push("SELECT l.place FROM call_log AS l WHERE TRUE");
                "l.place"
            }
            (false, true, true) => {
                sql.push("SELECT w.rowid AS place FROM _call_words AS w WHERE TRUE");
                "w.rowid"
            }
            (false, false, true) => {
                sql.push("SELECT w.rowid AS place FROM _call_words AS w CROSS JOIN call_log AS l ON l.place = w.rowid WHERE TRUE");
                "w.rowid"
            }
            (false, _, false) => {
                sql.push("SELECT w.place FROM _call_words AS w JOIN call_log AS l ON l.place = w.place WHERE TRUE");
                "w.place"
            }
        };
        if let Some(looked_for) = looked_for(&self.words, C::SQLITE) {
            let matches = if C::SQLITE { " AND w._call_words MATCH " } else { " AND w.words @@ CAST(" };
            sql.push(matches).push_bind(looked_for);
            if !C::SQLITE {
                sql.push(" AS tsquery)");
            }
        }
        for (number, condition) in self.conditions.iter().enumerate() {
            match condition {
                // A plus sign keeps SQLite from an index it would only guess to be better.
                Condition::Is(column, value) => {
                    let other = C::SQLITE && (number > 0 || !self.words.is_empty());
                    sql.push(if other { " AND +l." } else { " AND l." });
                    sql.push(*column).push(" = ").push_bind(value.clone());
                }
                Condition::So(so) => {
                    sql.push(" AND ").push(*so);
                }
            }
        }
        if let Some(least) = self.least {
            sql.push(" AND ").push(place).push(" >= ").push_bind(least);
        }
        if let Some(below) = self.below {
            sql.push(" AND ").push(place).push(" < ").push_bind(below);
        }
        sql.push(" ORDER BY ").push(place).push(if self.ascending { " ASC" } else { " DESC" });
        sql.push(" LIMIT ").push_bind(i64::from(self.limit));
    }
}

/// All these words, as each database asks for them. They are letters and digits: nothing in them has a meaning.
fn looked_for(words: &[String], sqlite: bool) -> Option<String> {
    let (mark, between) = if sqlite { ("\"", " ") } else { ("'", " & ") };
    let quoted: Vec<String> = words.iter().map(|word| format!("{mark}{word}{mark}")).collect();
    (!quoted.is_empty()).then(|| quoted.join(between))
}
